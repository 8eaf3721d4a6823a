package iris_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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
	return serialsFrom(t, f, "", nil)
}

func serialsFrom(t *testing.T, f *iris.Fleet, from string, gate pipeline.PageGate) (all []string, err error) {
	t.Helper()
	for page, err := range f.Pages(t.Context(), from, gate) {
		if err != nil {
			return all, err
		}
		for _, m := range page.Machines {
			all = append(all, m.SerialNumber)
		}
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
				var mu sync.Mutex
				f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{JSON: json})
				got, err := serialsFrom(t, f, "", func(ctx context.Context, url string, ask pipeline.AskFunc) error {
					mu.Lock()
					asked = append(asked, strings.TrimPrefix(url, "http://iris.test"))
					mu.Unlock()
					answered, err := ask(ctx)
					if !answered {
						t.Errorf("%s was not answered, %v", url, err)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(append([]string(nil), se.Serials()...), got); diff != "" {
					t.Errorf("serials differ (-want +got):\n%s", diff)
				}
				if want := max(1, (n+99)/100); len(asked) != want || slices.Min(asked) != "/public/api/aemp/v2/15143/-3/Fleet/1" {
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
		for page, err := range iris.NewFleet(client(t, demo(se)), iris.FleetOptions{JSON: i == 1}).Pages(t.Context(), "", nil) {
			if err != nil {
				t.Fatal(err)
			}
			forms[i] = append(forms[i], page.Machines...)
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

func TestTheGateEndsTheReading(t *testing.T) {
	t.Parallel()
	se := simulator(t, iristest.Options{Fleet: 150})
	closed := errors.New("the page has to rest")
	f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{})
	got, err := serialsFrom(t, f, "", func(ctx context.Context, url string, ask pipeline.AskFunc) error {
		if strings.HasSuffix(url, "/2") {
			return closed
		}
		_, err := ask(ctx)
		return err
	})
	if !errors.Is(err, closed) || len(got) != 100 || !strings.Contains(err.Error(), "read fleet page 2") {
		t.Errorf("got %d machines, %v", len(got), err)
	}
}

func TestReadingGoesOnFromAnyPage(t *testing.T) {
	t.Parallel()
	se := simulator(t, iristest.Options{Fleet: 250})
	f := iris.NewFleet(client(t, demo(se)), iris.FleetOptions{})
	read := 0
	for page, err := range f.Pages(t.Context(), "", nil) {
		if err != nil {
			t.Fatal(err)
		}
		read += len(page.Machines)
		rest := []string(nil)
		if page.Next != "" {
			if rest, err = serialsFrom(t, f, page.Next, nil); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(append([]string(nil), se.Serials()[read:]...), rest); diff != "" {
			t.Errorf("from %q (-want +got):\n%s", page.Next, diff)
		}
	}
}

func TestTheGateHearsWhetherIRISAnswered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fault  iristest.Fault
		serves bool // in the end
		want   bool
	}{
		{"the page", iristest.Fault{On: page1, Latency: "1s"}, true, true},
		{"429", iristest.Fault{On: page1, Status: 429}, false, true},
		{"403", iristest.Fault{On: page1, Status: 403}, false, true},
		{"404", iristest.Fault{On: page1, Status: 404}, false, true},
		{"a page that breaks off", iristest.Fault{On: page1, Body: "truncated"}, false, true},
		{"a line that is cut instead", iristest.Fault{On: page1, CutAfter: true}, false, false},
		{"a page that cannot be understood", iristest.Fault{On: page1, Body: "html"}, false, true},
		{"500", iristest.Fault{On: page1, Status: 500}, false, false},
		{"503, then the page", iristest.Fault{On: page1, Status: 503, Times: 1}, true, true},
		{"401", iristest.Fault{On: page1, ExpireToken: true}, false, false},
		{"a line that is cut", iristest.Fault{On: page1, Cut: true}, false, false},
		{"no answer in time", iristest.Fault{On: page1, Latency: "1h"}, false, false},
		{"no token", iristest.Fault{On: "POST /token/v2", Status: 401}, false, false},
		{"a token server that is down", iristest.Fault{On: "POST /token/v2", Status: 503}, false, false},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			se := simulator(t, iristest.Options{Fleet: 3, Faults: []iristest.Fault{tt.fault}})
			got := false
			_, err := serialsFrom(t, iris.NewFleet(client(t, demo(se)), iris.FleetOptions{}), "", func(ctx context.Context, _ string, ask pipeline.AskFunc) (err error) {
				got, err = ask(ctx)
				return err
			})
			if got != tt.want || (err == nil) != tt.serves {
				t.Errorf("answered is %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestAnAnswerCountsWhateverComesAfterIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		se := simulator(t, iristest.Options{Fleet: 3, Faults: []iristest.Fault{
			{On: page1, Body: "truncated", Times: 1}, {On: page1, Cut: true, After: 1},
		}})
		answered := false
		_, err := serialsFrom(t, iris.NewFleet(client(t, demo(se)), iris.FleetOptions{}), "", func(ctx context.Context, _ string, ask pipeline.AskFunc) (err error) {
			answered, err = ask(ctx)
			return err
		})
		if err == nil || !answered {
			t.Errorf("answered is %v, %v; want an error after an answer", answered, err)
		}
	})
}

func TestAnExtraRequestIsNeverTakenSilently(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault iristest.Fault
		want  int
	}{
		"a page that breaks off is asked for again": {iristest.Fault{On: page1, Body: "truncated", Times: 1}, 1},
		"one that was not answered costs nothing":   {iristest.Fault{On: page1, Status: 503, Times: 2}, 0},
		"nor does one that was told to wait":        {iristest.Fault{On: page1, Status: 429, RetryAfter: "1", Times: 1}, 0},
	} {
		inTime(t, name, func(t *testing.T) {
			se := simulator(t, iristest.Options{Fleet: 3, Faults: []iristest.Fault{tt.fault}})
			var log bytes.Buffer
			cfg := demo(se)
			cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
			_, err := serialsFrom(t, iris.NewFleet(client(t, cfg), iris.FleetOptions{}), "", func(ctx context.Context, _ string, ask pipeline.AskFunc) error {
				_, err := ask(ctx)
				return err
			})
			if told := strings.Count(log.String(), "extra request"); err != nil || told != tt.want {
				t.Errorf("%v; told %d times, want %d:\n%s", err, told, tt.want, &log)
			}
		})
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

func TestExtendedDataAreAskedForWhereWanted(t *testing.T) {
	t.Parallel()
	const root = "/base/public/api/aemp/v2/15143/-3/Fleet/"
	for want, options := range map[string]iris.FleetOptions{
		"?addMetadata=true":                      {},
		"?addExtendedData=true&addMetadata=true": {Extended: true},
	} {
		cfg, asked := pages(t, map[string]string{"1": "2", "2": "", "Equipment/ID/OT 12/7": ""}, 1)
		f := iris.NewFleet(client(t, cfg), options)
		if _, err := serials(t, f); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Equipment(t.Context(), "OT 12/7"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{root + "1" + want, root + "2" + want, root + "Equipment/ID/OT%2012%2F7" + want}, *asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	}
}
