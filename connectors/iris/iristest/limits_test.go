package iristest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

const fleet1 = "/public/api/aemp/v2/15143/-3/Fleet/1"

func TestTheRateHoldsForAllRESTAPIsTogether(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Rate: 2})

	ca.synchronize(whole).want(t, http.StatusAccepted)
	ca.get("/api/site/v1/sites").want(t, http.StatusOK)
	got := ca.synchronize(whole)
	got.wantCode(t, http.StatusTooManyRequests, "too_many_requests")
	wantEqual(t, got.header.Get("Retry-After"), "1")
	ca.get(fleet1).want(t, http.StatusOK)

	ca.Advance(500 * time.Millisecond)
	ca.synchronize(whole).want(t, http.StatusAccepted)
	ca.synchronize(whole).want(t, http.StatusTooManyRequests)
	wantEqual(t, ca.State().Counts, iristest.Counts{Unmatched: 2, Throttled: 2, Requests: 6})
}

func TestAFleetURLIsFreeEveryQuarterOfAnHourAndHasFiftyMore(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 1})
	ca.door = ca.Simulator // what is counted is described

	ca.get(fleet1).want(t, http.StatusOK)
	for range 50 { // the pool, whatever the query
		ca.Advance(100 * time.Millisecond)
		ca.get(fleet1+"?addMetadata=true").want(t, http.StatusOK)
	}
	ca.Advance(5 * time.Minute)
	got := ca.get(fleet1)
	got.wantCode(t, http.StatusTooManyRequests, "too_many_requests")
	wantEqual(t, got.header.Get("Retry-After"), "600")
	ca.get("/public/api/aemp/v2/15143/-3/Fleet/2").want(t, http.StatusNotFound)

	ca.Advance(10 * time.Minute)
	ca.get(fleet1).want(t, http.StatusOK)
	ca.get(fleet1).want(t, http.StatusTooManyRequests)

	ca.Advance(30 * 24 * time.Hour) // the pool is full again, and the token is old
	ca.token = ca.Token()
	for range 51 {
		ca.Advance(100 * time.Millisecond)
		ca.get(fleet1).want(t, http.StatusOK)
	}
	ca.get(fleet1).want(t, http.StatusTooManyRequests)
}

func TestTheExportHasACeilingForPagesAndOneForSingleMachines(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 1})
	ca.door = ca.Simulator // what is counted is described
	count := func(form string) (free int) {
		for i := range 600 {
			if ca.get(fmt.Sprintf(form, i+2)).status != http.StatusTooManyRequests {
				free++
			}
		}
		return free
	}
	const pages, machines = "/public/api/aemp/v2/15143/-3/Fleet/%d", "/public/api/aemp/v2/15143/-3/Fleet/Equipment/ID/%d"
	wantEqual(t, []int{count(pages), count(machines)}, []int{50, 500})
	ca.Advance(500 * time.Millisecond)
	wantEqual(t, []int{count(pages), count(machines)}, []int{25, 250})
}

func TestLatencyEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	se := listening(t, iristest.Options{Latency: time.Hour})
	client := &http.Client{Timeout: 50 * time.Millisecond}
	if response, err := client.Get(se.URL + "/api/site/v1/sites"); err == nil {
		_ = response.Body.Close()
		t.Fatal("got an answer, want none in time")
	}
	response, err := client.Get(se.URL + "/simulator/state")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}
