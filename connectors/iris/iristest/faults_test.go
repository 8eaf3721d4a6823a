package iristest_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

const onSynchronization = "POST " + synchronization

// statuses synchronizes the same asset n times.
func statuses(ca *caller, n int) []int {
	var got []int
	for range n {
		got = append(got, ca.synchronize(whole).status)
	}
	return got
}

func TestAFaultHappensWhenItIsDue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault iristest.Fault
		want  []int
	}{
		{"always", iristest.Fault{Status: 503}, []int{503, 503, 503, 503, 503, 503}},
		{"twice", iristest.Fault{Status: 503, Times: 2}, []int{503, 503, 202, 202, 202, 202}},
		{"after three", iristest.Fault{Status: 503, After: 3}, []int{202, 202, 202, 503, 503, 503}},
		{"every third", iristest.Fault{Status: 503, Every: 3}, []int{202, 202, 503, 202, 202, 503}},
		{"every second after one, once", iristest.Fault{Status: 503, After: 1, Every: 2, Times: 1}, []int{202, 202, 503, 202, 202, 202}},
		{"for another asset", iristest.Fault{Status: 503, Identifier: "X"}, []int{202, 202, 202, 202, 202, 202}},
		{"for this asset", iristest.Fault{Status: 503, Identifier: "WJX00213", Times: 1}, []int{503, 202, 202, 202, 202, 202}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.fault.On = onSynchronization
			ca := newCaller(t, iristest.Options{Faults: []iristest.Fault{tc.fault}})
			wantEqual(t, statuses(ca, 6), tc.want)
		})
	}
}

func TestAFaultIsAboutTheRequestsThatItNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		on         string
		sync, site int
	}{
		{onSynchronization, 500, 200},
		{"GET /api/site/*", 202, 500},
		{"/api/*", 500, 500},
		{"* /api/*", 500, 500},
		{"POST /api/*", 500, 200},
		{"*", 500, 500},
		{"GET /api/site", 202, 200},
	} {
		ca := newCaller(t, iristest.Options{Faults: []iristest.Fault{{On: tc.on, Status: 500}}})
		ca.synchronize(whole).want(t, tc.sync)
		ca.get("/api/site/v1/sites").want(t, tc.site)
		ca.get("/simulator/state").want(t, http.StatusOK)
	}
}

func TestAStatusComesWithRetryAfterInBothForms(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Faults: []iristest.Fault{
		{On: onSynchronization, Status: 429, RetryAfter: "2", Times: 1},
		{On: onSynchronization, Status: 503, RetryAfter: "date:3s", Times: 1, After: 1},
	}})
	ca.Advance(24 * time.Hour) // clients do not live in the simulator's time
	ca.token = ca.Token()

	got := ca.synchronize(whole)
	got.wantCode(t, 429, "too_many_requests")
	wantEqual(t, got.header.Get("Retry-After"), "2")
	got = ca.synchronize(whole)
	got.wantCode(t, 503, "service_unavailable")
	wantEqual(t, got.header.Get("Retry-After"), noon.Add(3*time.Second).Format(http.TimeFormat))
	ca.synchronize(whole).want(t, 202)
	wantEqual(t, ca.State().Counts, iristest.Counts{Unmatched: 1, Throttled: 1, Requests: 3})
}

func TestAnExpiredTokenIsExpiredForGood(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Faults: []iristest.Fault{{On: onSynchronization, ExpireToken: true, After: 1, Times: 1}}})
	wantEqual(t, statuses(ca, 3), []int{202, 401, 401})
	ca.token = ca.Token()
	wantEqual(t, statuses(ca, 1), []int{202})
}

func TestACutConnectionHasDoneNothingOrEverything(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault iristest.Fault
		done  int
	}{
		{"before", iristest.Fault{Cut: true}, 0},
		{"after", iristest.Fault{CutAfter: true}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.fault.On, tc.fault.Times = onSynchronization, 1
			se := listening(t, iristest.Options{Faults: []iristest.Fault{tc.fault}})
			if got, err := send(t, se, "POST", synchronization, whole); err == nil {
				t.Fatalf("got status %d, want an error", got.status)
			}
			wantEqual(t, len(se.History("WJX00213")), tc.done)
			wantEqual(t, se.State().Counts.Unmatched, int64(tc.done))
			if _, err := send(t, se, "POST", synchronization, whole); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestABodyCanBeSpoiled(t *testing.T) {
	t.Parallel()
	const sites = "GET /api/site/v1/sites"
	for _, tc := range []struct {
		name   string
		fault  iristest.Fault
		status int
		check  func(t *testing.T, got answer, err error)
	}{
		{"html for an answer", iristest.Fault{Body: "html"}, 200, wantHTML},
		{"html for an error", iristest.Fault{Status: 502, Body: "html"}, 502, wantHTML},
		{"nothing for an answer", iristest.Fault{Body: "empty"}, 200, wantNothing},
		{"nothing for an error", iristest.Fault{Status: 429, Body: "empty"}, 429, wantNothing},
		{"an object that nobody knows", iristest.Fault{Body: "object"}, 200, wantObject},
		{"half an answer", iristest.Fault{Body: "truncated"}, 200, wantHalf},
		{"half an error", iristest.Fault{Status: 500, Body: "truncated"}, 500, wantHalf},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.fault.On = sites
			se := listening(t, iristest.Options{Faults: []iristest.Fault{tc.fault}})
			got, err := send(t, se, "GET", "/api/site/v1/sites", "")
			wantEqual(t, got.status, tc.status)
			tc.check(t, got, err)
		})
	}
}

func wantHTML(t *testing.T, got answer, err error) {
	t.Helper()
	if err != nil || !strings.Contains(got.body, "<html>") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("got %q, %v, want a page", got.body, err)
	}
}

func wantObject(t *testing.T, got answer, err error) {
	t.Helper()
	if err != nil || decoded[map[string]string](t, got.body)["result"] == "" {
		t.Errorf("got %q, %v, want an object", got.body, err)
	}
}

func wantNothing(t *testing.T, got answer, err error) {
	t.Helper()
	if err != nil || got.body != "" {
		t.Errorf("got %q, %v, want nothing", got.body, err)
	}
}

func wantHalf(t *testing.T, got answer, err error) {
	t.Helper()
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(got.body, "{") {
		t.Errorf("got %q, %v, want half an object", got.body, err)
	}
}

func TestFaultsAreSetAndClearedAtRunTime(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	rules := `[{"on":"POST /api/rental/v1/synchronization","after":1,"times":1,"status":503,"retryAfter":"1"}]`
	ca.do("POST", "/simulator/faults", rules).want(t, http.StatusOK)
	wantEqual(t, statuses(ca, 3), []int{202, 503, 202})
	wantEqual(t, ca.get("/simulator/faults").body,
		`[{"on":"POST /api/rental/v1/synchronization","after":1,"times":1,"status":503,"retryAfter":"1","seen":3,"happened":1}]`)

	ca.do("POST", "/simulator/faults", rules).want(t, http.StatusOK)
	ca.do("DELETE", "/simulator/faults", "").want(t, http.StatusNoContent)
	wantEqual(t, statuses(ca, 2), []int{202, 202})
	ca.do("POST", "/simulator/faults", `[{"on":"*","state":503}]`).wantCode(t, http.StatusBadRequest, "bad_request")
	ca.do("POST", "/simulator/faults", `[{"on":"*","status":5030}]`).wantCode(t, http.StatusBadRequest, "bad_request")
}

func TestAFileOfFaultsIsYAMLOrJSON(t *testing.T) {
	t.Parallel()
	want := []iristest.Fault{
		{On: onSynchronization, After: 5, Times: 2, Every: 3, Status: 429, RetryAfter: "date:3s", Latency: "200ms", Identifier: "X"},
		{On: "GET /public/*", CutAfter: true},
	}
	for name, text := range map[string]string{
		"faults.yaml": "- on: POST /api/rental/v1/synchronization\n  after: 5\n  times: 2\n  every: 3\n  status: 429\n" +
			"  retryAfter: date:3s\n  latency: 200ms\n  identifier: X\n- {on: GET /public/*, cutAfter: true}\n",
		"faults.json": `[{"on":"POST /api/rental/v1/synchronization","after":5,"times":2,"every":3,"status":429,
			"retryAfter":"date:3s","latency":"200ms","identifier":"X"},{"on":"GET /public/*","cutAfter":true}]`,
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := iristest.LoadFaults(file)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, got, want)
	}
}

func TestAWrongFaultIsNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"- {on: GET /x, sttus: 500}", "sttus"},
		{"- {status: 500}", `fault 1: on ""`},
		{"- {on: GET /x, status: 500}\n- {on: x, status: 500}", `fault 2: on "x"`},
		{"- {on: /x}", "nothing goes wrong"},
		{"- {on: /x, status: 99}", "status 99"},
		{"- {on: /x, status: 500, cut: true}", "only one of"},
		{"- {on: /x, latency: soon}", `latency "soon"`},
		{"- {on: /x, body: pdf}", `body "pdf"`},
		{"- {on: /x, status: 429, retryAfter: soon}", `retryAfter "soon"`},
		{"- {on: /x, status: 429, retryAfter: date:x}", `retryAfter "date:x"`},
		{"- {on: /x, cut: true, retryAfter: '1'}", "needs a status"},
		{"- {on: /x, cut: true, after: -1}", "after -1"},
		{"on: /x", "parse faults"},
	} {
		_, err := iristest.ParseFaults([]byte(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got error %v, want one that names %s", tc.text, err, tc.want)
		}
	}
}

func TestAShareOfRequestsFailsAsTheSeedDecides(t *testing.T) {
	t.Parallel()
	failed := func(seed uint64) (numbers []int) {
		ca := newCaller(t, iristest.Options{Seed: seed, Faults: []iristest.Fault{{On: "*", Percent: 20, Status: 503}}})
		for i := range 300 {
			if ca.get("/api/rental/v1/contracts").status == 503 {
				numbers = append(numbers, i)
			}
		}
		return numbers
	}
	one := failed(1)
	wantEqual(t, one, failed(1))
	if len(one) < 40 || len(one) > 80 {
		t.Errorf("got %d faults in 300 requests, want about 60", len(one))
	}
	if slices.Equal(one, failed(2)) {
		t.Error("another seed fails the same requests")
	}
}
