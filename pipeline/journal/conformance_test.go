package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// fleet is a small rental business: two machines of one contract, one in the yard.
func fleet() []rental.Entity {
	return []rental.Entity{
		depot("HH", said{rental.Name: "Hamburg", rental.SiteID: "site-1"}),
		customer("C1", said{rental.Name: "Bau AG"}),
		contract("K1", said{rental.CustomerRef: "C1", rental.HiringDepot: "HH"}),
		item("K1/1", said{rental.ContractRef: "K1", rental.AssetRef: "A1", rental.OnRentDate: "2026-11-01T06:00:00Z"}),
		item("K1/2", said{rental.ContractRef: "K1", rental.AssetRef: "A2", rental.OnRentDate: "2026-11-01T06:00:00Z"}),
		asset("A1", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "SN-1", rental.RentalStatus: "ON_RENT", rental.OwningDepot: "HH"}),
		asset("A2", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "SN-2", rental.RentalStatus: "ON_RENT"}),
		asset("A3", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "SN-3", rental.RentalStatus: "AVAILABLE"}),
	}
}

func TestANightFromStageToReport(t *testing.T) {
	w := newWorld(t, time.Minute)
	r, closed := w.night("2026-11-21", fleet()...)

	want := pipeline.Closed{Due: 3, Changed: map[rental.Kind]int{rental.Depot: 1, rental.Customer: 1, rental.Contract: 1, rental.Item: 2, rental.Asset: 3}}
	if diff := cmp.Diff(want, closed); diff != "" {
		t.Errorf("closed (-want +got):\n%s", diff)
	}

	due := w.lease(r, "w")
	if diff := cmp.Diff([]string{"A1", "A2", "A3"}, assetsOf(due)); diff != "" {
		t.Fatalf("leased (-want +got):\n%s", diff)
	}
	known := w.known(due...)
	doc, err := rental.Assembly{}.Document(&known[0].Parts)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Items) != 1 || doc.Items[0].Customer == nil || len(doc.Left) != 0 {
		t.Errorf("document of %s: %+v", known[0].Asset, doc)
	}
	if still := w.sending("w", due...); len(still) != 3 {
		t.Errorf("still leased: %v, want all three", still)
	}
	w.settle("w", pipeline.Matched, due[:2]...)
	w.settle("w", pipeline.Rejected, due[2:]...)
	w.done(r)

	f := w.facts(r)
	if diff := cmp.Diff(pipeline.DocumentTotals{pipeline.Matched: 2, pipeline.Rejected: 1}, f.Documents); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if f.Run.ClosedAt.IsZero() || f.Run.State != pipeline.RunDone || f.Rows.Read != 8 {
		t.Errorf("facts: %+v", f)
	}
	outcomes := all(t, w.Outcomes(t.Context(), r.ID))
	if len(outcomes) != 3 || outcomes[0].Asset != "A1" || outcomes[0].Identifier != "SN-1" || outcomes[2].Code != "bad" {
		t.Errorf("outcomes: %+v", outcomes)
	}
	if yes, err := w.Answered(t.Context(), flow, account, profile); err != nil || !yes {
		t.Errorf("answered: %v, %v", yes, err)
	}
}
