package iris_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
)

// lists is an IRIS whose lists are what a function says.
func lists(t *testing.T, answer func(page string, r *http.Request) string) *iris.Client {
	t.Helper()
	si := simulator(t, iristest.Options{})
	mux := http.NewServeMux()
	mux.Handle("/", si)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		body := answer(r.FormValue("page"), r)
		if strings.HasPrefix(body, `{"status":400`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = fmt.Fprint(w, body)
	})
	cfg := demo(si)
	cfg.Transport = memory{mux}
	return client(t, cfg)
}

// names lists the names of customers, and the error that ended the list.
func names(t *testing.T, c *iris.Client) (got string, err error) {
	t.Helper()
	for cu, err := range c.Customers(t.Context()) {
		if err != nil {
			return got, err
		}
		got += cu.Name
	}
	return got, nil
}

func TestListsEndHoweverIRISSaysSo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer func(page string, r *http.Request) string
	}{
		{"by the number of pages", func(page string, _ *http.Request) string {
			return map[string]string{
				"0": `{"totalPages":2,"number":0,"content":[{"name":"a"}]}`,
				"1": `{"totalPages":2,"number":1,"content":[{"name":"b"}]}`,
			}[page]
		}},
		{"by the last page saying that it is", func(page string, _ *http.Request) string {
			return map[string]string{
				"0": `{"number":0,"last":false,"content":[{"name":"a"}]}`,
				"1": `{"number":1,"last":true,"content":[{"name":"b"}]}`,
			}[page]
		}},
		{"by a page with nothing on it, whatever the number of pages", func(page string, _ *http.Request) string {
			return map[string]string{
				"0": `{"totalPages":9,"content":[{"name":"a"}]}`,
				"1": `{"totalPages":9,"content":[{"name":"b"}]}`,
				"2": `{"totalPages":10,"content":[]}`,
			}[page]
		}},
		{"by a cursor that leads nowhere", func(_ string, r *http.Request) string {
			return map[string]string{
				"":  `{"limit":1,"after":"x","content":[{"name":"a"}]}`,
				"x": `{"limit":1,"last":true,"content":[{"name":"b"}]}`,
			}[r.FormValue("after")]
		}},
		{"by a page without a link to another", func(_ string, r *http.Request) string {
			return map[string]string{
				"":  `{"last":false,"links":[{"rel":"next","href":"customers?at=2"}],"content":[{"name":"a"}]}`,
				"2": `{"last":true,"links":[{"rel":"self","href":"customers?at=2"}],"content":[{"name":"b"}]}`,
			}[r.FormValue("at")]
		}},
		{"where it takes fewer at once", func(page string, r *http.Request) string {
			if r.FormValue("size") == "1000" {
				return `{"status":400,"code":"constraint_violation","violations":[{"field":"size","message":"at most 100"}]}`
			}
			return map[string]string{
				"0": `{"totalPages":2,"content":[{"name":"a"}]}`,
				"1": `{"totalPages":2,"content":[{"name":"b"}]}`,
			}[page]
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := names(t, lists(t, tt.answer))
			if got != "ab" || err != nil {
				t.Errorf("got %q, %v; want ab", got, err)
			}
		})
	}

	t.Run("at once where there are no pages", func(t *testing.T) {
		t.Parallel()
		got, err := names(t, lists(t, func(page string, _ *http.Request) string {
			return map[string]string{"0": `[{"name":"a"},{"name":"b"}]`, "1": `[]`}[page]
		}))
		if got != "ab" || err != nil {
			t.Errorf("got %q, %v; want ab", got, err)
		}
	})
}

func TestListsThatWouldNeverEndAreNoticed(t *testing.T) {
	t.Parallel()
	count := func(body string) func(string, *http.Request) string {
		return func(string, *http.Request) string { return body }
	}
	for _, tt := range []struct {
		name   string
		answer func(page string, r *http.Request) string
		want   string
	}{
		{"a page that comes again under its own number", count(`{"totalPages":99,"number":0,"content":[{"name":"a"}]}`), "page 1 was asked for, and page 0 came"},
		{"a page that comes again without a number", count(`{"content":[{"name":"a"}]}`), "holds what the one before it held"},
		{"more pages with each page", func(page string, _ *http.Request) string {
			return `{"totalPages":9` + page + `,"number":` + page + `,"content":[{"name":"a"}]}`
		}, "holds what the one before it held"},
		{"a link to where it was", func(_ string, r *http.Request) string {
			return `{"links":[{"rel":"next","href":"?at=` + strings.Repeat("x", len(r.FormValue("at"))%2+1) + `"}],"content":[{"name":"` + r.FormValue("at") + `a"}]}`
		}, "leads in a circle"},
		{"a link to another host", count(`{"links":[{"rel":"next","href":"http://elsewhere.test/api/customer/v1/customers?page=1"}],"content":[{"name":"a"}]}`), "not of the same list"},
		{"a link to another list", count(`{"links":[{"rel":"next","href":"/api/asset/v1/assets?page=1"}],"content":[{"name":"a"}]}`), "not of the same list"},
		{"a cursor that stays where it is", func(_ string, r *http.Request) string {
			return `{"after":"x","content":[{"name":"` + r.FormValue("after") + `"}]}`
		}, "leads in a circle"},
		{"no list at all", count(`{"name":"a"}`), "has no content"},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			_, err := names(t, lists(t, tt.answer))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func TestSitesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	c := lists(t, func(string, *http.Request) string {
		return `{"totalPages":1,"content":[
			{"id":"1","name":"flat","city":"Oslo","country":"NO","polygon":{"geometry":{"type":"Polygon","coordinates":[[[10.7,59.9],[10.8,59.9],[10.8,60],[10.7,59.9]]]}}},
			{"id":"2","name":"below","city":null,"address":{"streetAddress":"Kirkeveien 4","city":{"id":7,"name":"Oslo"},"country":{"name":"NO"}},"polygon":[[10.7,59.9,12],[10.8,59.9,12],[10.8,60,12],[10.7,59.9,12]]},
			{"id":"3","name":"odd","type":"MOON_BASE","colour":"red","city":7.5,"polygon":{"geometry":{"type":"MultiPolygon","coordinates":[[[[10.7,59.9],[10.8,59.9],[10.8,60],[10.7,59.9]]],[[[1,1],[1,2],[2,2],[1,1]]]]}}},
			{"id":"4","name":"bare","polygon":"unknown"}]}`
	})
	sites := all(t, iris.NewDirectory(c).Sites(t.Context()))
	if len(sites) != 4 {
		t.Fatalf("got %d sites, want 4", len(sites))
	}
	for i, s := range sites[:3] {
		if len(s.Area) != 1 || len(s.Area[0]) != 4 || s.Area[0][1] != [2]float64{10.8, 59.9} {
			t.Errorf("site %d: got area %v", i+1, s.Area)
		}
	}
	if sites[0].City != "Oslo" || sites[1].City != "Oslo" || sites[1].Country != "NO" || sites[1].StreetAddress != "Kirkeveien 4" || sites[3].Area != nil {
		t.Errorf("got %+v", sites)
	}
}

func TestContractsAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	c := lists(t, func(string, *http.Request) string {
		return `{"totalPages":1,"content":[
			{"id":"1","externalReference":"C-1","startDate":"2026-03-01","endDate":"2026-04-30T00:00:00.000Z","customer":{"id":"9","externalReference":"K-1"},"hiringDepot":{"id":"d"}},
			{"id":"2","externalReference":"C-2","startDate":"2026-03-01T02:00:00+02:00","endDate":"soon","customer":null,"hiringDepot":"d"},
			{"id":"3","contractStatus":"PAUSED","startDate":null}]}`
	})
	contracts := all(t, iris.NewDirectory(c).Contracts(t.Context()))
	if len(contracts) != 3 {
		t.Fatalf("got %d contracts, want 3", len(contracts))
	}
	first, second, third := contracts[0], contracts[1], contracts[2]
	if !first.StartDate.Equal(second.StartDate) || first.EndDate.IsZero() || !second.EndDate.IsZero() {
		t.Errorf("got %+v and %+v", first, second)
	}
	if first.Customer != "K-1" || first.HiringDepot != "d" || second.HiringDepot != "d" || third.ContractStatus != "PAUSED" {
		t.Errorf("got %+v", contracts)
	}
}

func TestAPatchIsSentInTheFormThatIRISTakes(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusUnsupportedMediaType} {
		var forms []string
		si := simulator(t, options())
		cfg := demo(si)
		cfg.Transport = memory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			form := r.Header.Get("Content-Type")
			if r.Method == http.MethodPatch {
				forms = append(forms, form)
			}
			if r.Method == http.MethodPatch && form != "application/json-patch+json" {
				w.WriteHeader(status)
				return
			}
			si.ServeHTTP(w, r)
		})}
		d := directory(t, cfg)
		id := all(t, d.Assets(t.Context()))[0].ID
		for _, reference := range []string{"A-1", "A-2"} {
			if err := d.SetReference(t.Context(), id, reference); err != nil {
				t.Fatal(err)
			}
		}
		want := "[application/json application/json-patch+json application/json-patch+json]"
		if got := all(t, d.Assets(t.Context()))[0].ExternalReference; got != "A-2" || fmt.Sprint(forms) != want {
			t.Errorf("%d: got reference %q by %v", status, got, forms)
		}
	}
}

func TestWhatCreatesIsSentOnceAndWhatChangesAgain(t *testing.T) {
	t.Parallel()
	inTime(t, "a customer", func(t *testing.T) {
		si := simulator(t, options(iristest.Fault{On: "POST /api/customer/*", CutAfter: true}))
		c := client(t, demo(si))
		if _, err := c.CreateCustomer(t.Context(), iris.Customer{Name: "Nordby Anlegg AS"}); err == nil {
			t.Error("a line that broke was taken for an answer")
		}
		if n := len(all(t, c.Customers(t.Context()))); n != 1 {
			t.Errorf("got %d customers, want one", n)
		}
	})
	inTime(t, "a reference", func(t *testing.T) {
		si := simulator(t, options(iristest.Fault{On: "PATCH /api/asset/*", CutAfter: true, Times: 2}))
		d := directory(t, demo(si))
		if err := d.SetReference(t.Context(), all(t, d.Assets(t.Context()))[0].ID, "A-1"); err != nil {
			t.Error(err)
		}
	})
	inTime(t, "a change whose answer is no answer", func(t *testing.T) {
		si := simulator(t, options(iristest.Fault{On: "PATCH /api/asset/*", Body: "empty"}))
		c := client(t, demo(si))
		id := all(t, c.Assets(t.Context()))[0].ID
		if a, err := c.PatchAsset(t.Context(), id, map[string]any{"externalReference": "A-1"}); err != nil || a.ExternalReference != "A-1" {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}
