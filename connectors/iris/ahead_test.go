package iris_test

import (
	"context"
	"errors"
	"fmt"
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
	"rentalsync/pipeline"
)

// export is a fleet of small pages that answers after a while, and counts.
type export struct {
	pages int
	after time.Duration
	fails map[int]int // statuses of pages, each once

	mu    sync.Mutex
	asked []int
	open  int // on their way
	most  int
}

func (e *export) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if strings.HasPrefix(req.URL.Path, "/token") {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"t0ken","expires_in":3600}`)
		return w.Result(), nil
	}

	var n int
	_, _ = fmt.Sscanf(req.URL.Path, "/public/api/aemp/v2/15143/-3/Fleet/%d", &n)
	fails := e.arrives(n)
	select {
	case <-time.After(e.after):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	e.mu.Lock()
	e.open--
	pages := e.pages
	e.mu.Unlock()

	if n > pages {
		fails = http.StatusNotFound
	}
	if fails != 0 {
		w.WriteHeader(fails)
		return w.Result(), nil
	}
	fmt.Fprint(w, "<Fleet>")
	if n < pages {
		fmt.Fprintf(w, "<Links><rel>next</rel><href>%d</href></Links>", n+1)
	}
	fmt.Fprintf(w, "<Links><rel>last</rel><href>%d</href></Links>", pages)
	fmt.Fprintf(w, "<Equipment><EquipmentHeader><SerialNumber>%d</SerialNumber></EquipmentHeader></Equipment></Fleet>", n)
	return w.Result(), nil
}

func (e *export) arrives(n int) (fails int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, n)
	e.open++
	e.most = max(e.most, e.open)
	fails = e.fails[n]
	delete(e.fails, n)
	return fails
}

func (e *export) fleet(t *testing.T) *iris.Fleet {
	t.Helper()
	cfg := account("http://iris.test")
	cfg.Transport, cfg.Rates.Fleet = e, 50
	return iris.NewFleet(client(t, cfg), iris.FleetOptions{})
}

func numbers(from, to int) (all []string) {
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprint(n))
	}
	return all
}

func TestAThousandPagesInTime(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, 300 * time.Millisecond, 600 * time.Millisecond} {
		inTime(t, after.String(), func(t *testing.T) {
			e := &export{pages: 1000, after: after}
			begun := time.Now()
			got, err := serials(t, e.fleet(t))
			took := time.Since(begun)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(numbers(1, 1000), got); diff != "" {
				t.Errorf("pages are not in order:\n%s", diff)
			}
			if len(e.asked) != 1000 || took > 24*time.Second || took < 19*time.Second {
				t.Errorf("%d requests in %s, want 1000 in 24s at most, and no faster than 50 a second", len(e.asked), took)
			}
			t.Logf("answers after %s: %d pages in %s, %.1f%% of the allowed rate, at most %d at once", after, len(got), took, 1000/took.Seconds()/50*100, e.most)
		})
	}
}

func TestAPageThatBreaksLosesNoneAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &export{pages: 100, after: 300 * time.Millisecond, fails: map[int]int{7: 403}}
		f := e.fleet(t)
		var got []string
		var next string
		var broke error
		for page, err := range f.Pages(t.Context(), "", nil) {
			if err != nil {
				broke = err
				continue
			}
			got, next = append(got, page.Machines[0].SerialNumber), page.Next
		}
		if broke == nil || !strings.Contains(broke.Error(), "read fleet page 7") || len(got) < 20 || slices.Contains(got, "7") {
			t.Fatalf("got %d pages, %v", len(got), broke)
		}

		rest, err := serialsFrom(t, f, next, nil)
		if err != nil || rest[0] != "7" {
			t.Fatalf("went on with %q: %v, %v", next, rest, err)
		}
		all := append(got, rest...)
		slices.Sort(all)
		if len(all) != 100 || len(slices.Compact(all)) != 100 || len(e.asked) != 101 {
			t.Errorf("%d pages by %d requests; want each once, and page 7 again", len(all), len(e.asked))
		}
	})
}

func TestTheLastPageDecidesWhatFollows(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]int{"a fleet that grows": 43, "a fleet that shrinks": 37} {
		inTime(t, name, func(t *testing.T) {
			e := &export{pages: 40, after: time.Second}
			var got []string
			for page, err := range e.fleet(t).Pages(t.Context(), "", nil) {
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range page.Machines {
					got = append(got, m.SerialNumber)
				}
				e.mu.Lock()
				e.pages = change
				e.mu.Unlock()
			}
			if diff := cmp.Diff(numbers(1, change), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhoStopsReadingStopsAsking(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &export{pages: 1000, after: 300 * time.Millisecond}
		var mu sync.Mutex
		passing := 0
		gate := func(ctx context.Context, _ string, ask pipeline.AskFunc) error {
			mu.Lock()
			passing++
			mu.Unlock()
			defer func() { mu.Lock(); passing--; mu.Unlock() }()
			_, err := ask(ctx)
			return err
		}
		n := 0
		for range e.fleet(t).Pages(t.Context(), "", gate) {
			if n++; n == 5 {
				break
			}
		}
		if passing != 0 || len(e.asked) > 60 {
			t.Errorf("%d pages are still on their way, %d were asked for", passing, len(e.asked))
		}
	})
}

func TestAGateThatClosesAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &export{pages: 100, after: 100 * time.Millisecond}
		rests := errors.New("the page has to rest")
		gate := func(ctx context.Context, url string, ask pipeline.AskFunc) error {
			if strings.HasSuffix(url, "/Fleet/10") {
				return rests
			}
			_, err := ask(ctx)
			return err
		}
		var last error
		next := ""
		for page, err := range e.fleet(t).Pages(t.Context(), "", gate) {
			if last = err; err == nil {
				next = page.Next
			}
		}
		if !errors.Is(last, rests) || !strings.HasPrefix(next, "10-10,") || slices.Contains(e.asked, 10) {
			t.Errorf("ends with %v, and goes on with %q", last, next)
		}
	})
}

func TestPlacesToGoOnFrom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &export{pages: 9}
		for from, want := range map[string][]string{
			"8?addMetadata=true":         {"8", "9"},
			"8+?addMetadata=true":        {"8", "9"},
			"3-3,8-9+?addMetadata=true":  {"3", "8", "9"},
			"2-4?addMetadata=true":       {"2", "3", "4"},
			"1-2,9+?addMetadata=true":    {"1", "2", "9"},
			"5-20+?addMetadata=true":     {"5", "6", "7", "8", "9"},
			"10-12,14+?addMetadata=true": nil,
		} {
			if got, err := serialsFrom(t, e.fleet(t), from, nil); err != nil || !slices.Equal(got, want) {
				t.Errorf("from %s: %v, %v; want %v", from, got, err, want)
			}
		}
		for _, from := range []string{"x", "0", "3-2?", "1,,2", "-1", "2?%zz"} {
			if got, err := serialsFrom(t, e.fleet(t), from, nil); err == nil {
				t.Errorf("from %s: %v, want an error", from, got)
			}
		}
	})
}
