package iristest_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

func TestEverythingAtOnceLosesNothing(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 50, Seed: 9})
	ca.door = ca.Simulator // what is sent is described
	serials := ca.Serials()

	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 50 {
				body := wholeOf(serials[i], i)
				if status := ca.synchronize(body).status; status != http.StatusOK {
					t.Errorf("got status %d", status)
				}
				switch worker {
				case 1:
					ca.get("/api/rental/v1/contracts?sort=-externalReference")
				case 2:
					ca.get("/simulator/state")
				case 3:
					ca.get(fmt.Sprintf("%sEquipment/ID/x%d", fleetBase, i))
				case 4:
					ca.AddSerials(fmt.Sprint("NEW ", i))
					ca.Advance(time.Second)
				case 5:
					ca.Held(serials[i])
					ca.get("/simulator/")
				case 6:
					_ = ca.AddFaults(iristest.Fault{On: "GET /nowhere", Status: 500})
				}
			}
		})
	}
	all.Wait()

	wantEqual(t, ca.State().Counts.Matched, 400)
	for _, serial := range serials {
		wantEqual(t, len(ca.History(serial)), 8)
	}
	contracts := decoded[page[struct{}]](t, ca.get("/api/rental/v1/contracts").body)
	wantEqual(t, contracts.TotalElements, 17)
}

func FuzzSynchronizeNeverPanics(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[null,{"contract":[]}]}`))
	f.Add([]byte(`{"identifier":"1","identifierType":"SERIAL_NUMBER","owningDepot":{},"contractItems":[{"externalReference":"x","contract":{"customer":{}}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, strict := range []bool{false, true} {
			ca := newCaller(t, iristest.Options{Strict: strict, Nulls: iristest.NullsClear})
			got := ca.synchronize(string(body)).status
			if got != http.StatusAccepted && got != http.StatusBadRequest {
				t.Errorf("got status %d", got)
			}
		}
	})
}
