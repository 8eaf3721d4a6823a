package iris_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
)

const page1 = "GET /public/api/aemp/v2/15143/-3/Fleet/1"

// serials reads a fleet and gathers who is in it.
func serials(t *testing.T, f *iris.Fleet) ([]string, error) {
	t.Helper()
	var all []string
	for m, err := range f.Machines(t.Context()) {
		if err != nil {
			return all, err
		}
		all = append(all, m.SerialNumber)
	}
	return all, nil
}

func TestMachinesOfAllPages(t *testing.T) {
	t.Parallel()
	for _, json := range []bool{false, true} {
		for _, n := range []int{0, 1, 100, 250} {
			inTime(t, fmt.Sprintf("%d, JSON %v", n, json), func(t *testing.T) {
				se := simulator(t, iristest.Options{Fleet: n, Seed: 7})
				var asked []string
				f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{JSON: json, Gate: func(_ context.Context, url string) error {
					asked = append(asked, strings.TrimPrefix(url, "http://iris.test"))
					return nil
				}})
				got, err := serials(t, f)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(append([]string(nil), se.Serials()...), got); diff != "" {
					t.Errorf("serials differ (-want +got):\n%s", diff)
				}
				if want := max(1, (n+99)/100); len(asked) != want || asked[0] != "/public/api/aemp/v2/15143/-3/Fleet/1" {
					t.Errorf("asked for %q, want %d pages", asked, want)
				}
			})
		}
	}
}

func TestBothFormsSayTheSame(t *testing.T) {
	t.Parallel()
	now := time.Now()
	se := simulator(t, iristest.Options{Fleet: 60, Seed: 3, Now: func() time.Time { return now }})
	var forms [2][]pipeline.Machine
	for i := range forms {
		for m, err := range iris.NewFleet(client(t, demo(se)), iris.FleetOptions{JSON: i == 1}).Machines(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			forms[i] = append(forms[i], m)
		}
	}
	if diff := cmp.Diff(forms[0], forms[1]); diff != "" {
		t.Errorf("XML and JSON differ:\n%s", diff)
	}
	if forms[0][0].AssetID == "" {
		t.Error("machines have no metadata")
	}
}

func TestOneEquipment(t *testing.T) {
	t.Parallel()
	se := simulator(t, iristest.Options{Serials: []string{"OT 12/7"}})
	f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{})
	m, err := f.Equipment(t.Context(), "OT 12/7")
	if err != nil || m.SerialNumber != "OT 12/7" {
		t.Errorf("got %+v, %v", m, err)
	}

	_, err = f.Equipment(t.Context(), "NOBODY")
	var said *iris.ErrorResponse
	if !errors.As(err, &said) || said.Status != 404 {
		t.Errorf("got %v, want 404", err)
	}
}

func TestFleetFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault iristest.Fault
		after time.Duration
		says  string
	}{
		{"429 with a wait", iristest.Fault{On: page1, Status: 429, RetryAfter: "600"}, 10 * time.Minute, "rate limit of fleet requests"},
		{"429 without one is a quarter of an hour", iristest.Fault{On: page1, Status: 429, Body: "empty"}, 15 * time.Minute, "rate limit of fleet requests"},
		{"500 that stays", iristest.Fault{On: page1, Status: 500, Body: "html"}, 0, "500"},
		{"a page that always breaks off", iristest.Fault{On: page1, Body: "truncated"}, 0, "breaks off"},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			se := simulator(t, iristest.Options{Fleet: 3, Faults: []iristest.Fault{tt.fault}})
			_, err := serials(t, iris.NewFleet(client(t, demo(se)), iris.FleetOptions{}))
			var later *pipeline.Later
			if !errors.As(err, &later) || later.After != tt.after || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want later, after %s: %s", err, tt.after, tt.says)
			}
		})
	}
}

func TestFleetThatRecovers(t *testing.T) {
	t.Parallel()
	for _, fault := range []iristest.Fault{
		{On: page1, Status: 503, Times: 1}, {On: page1, Cut: true, Times: 1}, {On: page1, Body: "truncated", Times: 1},
		{On: page1, ExpireToken: true, Times: 1}, {On: page1, Status: 429, RetryAfter: "1", Times: 1},
	} {
		inTime(t, fmt.Sprintf("%+v", fault), func(t *testing.T) {
			se := simulator(t, iristest.Options{Fleet: 3, Faults: []iristest.Fault{fault}})
			if got, err := serials(t, iris.NewFleet(client(t, demo(se)), iris.FleetOptions{})); err != nil || len(got) != 3 {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	se := simulator(t, iristest.Options{Fleet: 1})
	f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{})
	var err error
	for range 60 { // the pool of extra requests is used up on the way
		if _, err = serials(t, f); err != nil {
			break
		}
	}
	var later *pipeline.Later
	if !errors.As(err, &later) || later.After <= 10*time.Minute || later.After > 15*time.Minute {
		t.Errorf("got %v, want later, within a quarter of an hour", err)
	}
}

func TestGateEndsTheReading(t *testing.T) {
	t.Parallel()
	se := simulator(t, iristest.Options{Fleet: 150})
	closed := errors.New("the page has to rest")
	f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{Gate: func(_ context.Context, url string) error {
		if strings.HasSuffix(url, "/2") {
			return closed
		}
		return nil
	}})
	if got, err := serials(t, f); !errors.Is(err, closed) || len(got) != 100 {
		t.Errorf("got %d machines, %v", len(got), err)
	}
}

// pages serves a fleet of its own making: each path answers with a page of one
// machine and the link that is given.
func pages(t *testing.T, links map[string]string, machines int) (cfg iris.Config, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"access_token":"t0ken","expires_in":3600}`)
			return
		}
		*asked = append(*asked, r.URL.String())
		number := strings.TrimPrefix(r.URL.Path, "/base/public/api/aemp/v2/15143/-3/Fleet/")
		link, found := links[number]
		if !found {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprint(w, "<Fleet>")
		if link != "" {
			_, _ = fmt.Fprintf(w, "<Links><rel>next</rel><href>%s</href></Links>", strings.ReplaceAll(link, "HOST", "http://"+r.Host))
		}
		for i := range machines {
			_, _ = fmt.Fprintf(w, "<Equipment><EquipmentHeader><SerialNumber>%s-%d</SerialNumber></EquipmentHeader></Equipment>", number, i)
		}
		_, _ = fmt.Fprint(w, "</Fleet>")
	}))
	t.Cleanup(server.Close)
	return iris.Config{URL: server.URL + "/base/", Token: iris.TokenConfig{URL: server.URL + "/token", ClientID: "id", ClientSecret: "secret"}}, asked
}

func TestLinksThatAreFollowed(t *testing.T) {
	t.Parallel()
	const root = "/base/public/api/aemp/v2/15143/-3/Fleet/"
	for name, link := range map[string]string{
		"an address": "HOST" + root + "2", "a path": root + "2", "a neighbour": "2",
		"an address with a query": "HOST" + root + "2?cursor=x%26y&amp;addMetadata=true",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, asked := pages(t, map[string]string{"1": link, "2": ""}, 1)
			got, err := serials(t, iris.NewFleet(client(t, cfg), iris.FleetOptions{}))
			if err != nil || len(got) != 2 {
				t.Fatalf("got %q, %v", got, err)
			}
			want := root + "2?addMetadata=true"
			if strings.Contains(link, "cursor") {
				want += "&cursor=x%26y"
			}
			if (*asked)[1] != want {
				t.Errorf("asked for %s, want %s", (*asked)[1], want)
			}
		})
	}
}

func TestLinksThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	const root = "/base/public/api/aemp/v2/15143/-3/Fleet/"
	for _, tt := range []struct{ name, link, want string }{
		{"another host", "https://evil.example" + root + "2", "which is not http://127.0.0.1"},
		{"another port", "http://127.0.0.1:1" + root + "2", "which is not http://127.0.0.1"},
		{"another scheme", "https://127.0.0.1" + root + "2", "which is not http://127.0.0.1"},
		{"another user", "http://me@127.0.0.1:1" + root + "2", "which is not"},
		{"another API", "HOST/base/api/asset/v1/assets", "which is no page of the fleet"},
		{"a way out", "HOST" + root + "../../../../../elsewhere/2", "which is no page of the fleet"},
		{"no number", "HOST" + root + "two", "which is no page of the fleet"},
		{"itself", "HOST" + root + "1", "leads in a circle"},
		{"the page before", "HOST" + root + "0", "leads in a circle"},
		{"rubbish", "http://[::1", "cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, asked := pages(t, map[string]string{"1": tt.link, "2": ""}, 1)
			_, err := serials(t, iris.NewFleet(client(t, cfg), iris.FleetOptions{}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if len(*asked) != 1 {
				t.Errorf("asked for %q, want page 1 alone", *asked)
			}
		})
	}
}

func TestFullPagesWithoutLinksAreCountedOn(t *testing.T) {
	t.Parallel()
	cfg, asked := pages(t, map[string]string{"1": "", "2": ""}, 100)
	got, err := serials(t, iris.NewFleet(client(t, cfg), iris.FleetOptions{}))
	if err != nil || len(got) != 200 || len(*asked) != 3 {
		t.Errorf("got %d machines by asking for %q, %v; want 200, and 404 beyond the last page", len(got), *asked, err)
	}
}

func TestFleetThatIsNotThere(t *testing.T) {
	t.Parallel()
	cfg, _ := pages(t, nil, 0)
	_, err := serials(t, iris.NewFleet(client(t, cfg), iris.FleetOptions{}))
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v, want 404", err)
	}
}
