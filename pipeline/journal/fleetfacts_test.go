package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func TestTheFleetIsToldAsTheRegisterHasIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-06-01",
		asset("4711", said{rental.RentalStatus: "ON_RENT", rental.OwningDepot: "N", rental.Identifier: "S-1", rental.IdentifierType: "SERIAL_NUMBER", rental.MeterHours: "120.5"}),
		asset("4712", said{rental.RentalStatus: "AVAILABLE"}),
		customer("K1", said{rental.Name: "Muster Bau", rental.SameAs: "K2"}), customer("K2", said{rental.Name: "Muster Bau AG"}),
		contract("MV-1", said{rental.CustomerRef: "K1"}), contract("MV-2", said{rental.CustomerRef: "K1"}),
		item("MV-1/10", said{rental.AssetRef: "4711", rental.ContractRef: "MV-1", rental.OnRentDate: "2026-05-20T07:00:00Z", rental.DueDate: "2026-06-30T17:00:00Z"}),
		item("MV-0/10", said{rental.AssetRef: "4711", rental.ContractRef: "MV-2", rental.OnRentDate: "2025-05-20T07:00:00Z", rental.OffRentDate: "2025-06-01T17:00:00Z"}),
		depot("N", said{rental.Name: "Nord"}),
	)
	w.night("2026-06-02", asset("4712", said{rental.RentalStatus: "IN_REPAIR"}), asset("4711", said{rental.RentalStatus: "ON_RENT"}))

	got := all(t, w.FleetAssets(t.Context(), flow, "2026-01-01"))
	for i := range got {
		got[i].Sent = pipeline.SentState{} // nothing was sent, and everything is due
	}
	want := []pipeline.FleetAsset{
		{
			Key: "4711", Status: "ON_RENT", StatusDay: "2026-06-01", OwningDepot: "N", IdentifierType: "SERIAL_NUMBER", Identifier: "S-1",
			Meter: 120.5, MeterDay: "2026-06-01",
			Items: []pipeline.FleetItem{{
				Key: "MV-1/10", Contract: "MV-1", ContractStatus: "OPEN", Customer: "K2", CustomerName: "Muster Bau AG",
				On: time.Date(2026, 5, 20, 7, 0, 0, 0, time.UTC), Due: time.Date(2026, 6, 30, 17, 0, 0, 0, time.UTC),
			}},
		},
		{Key: "4712", Status: "IN_REPAIR", StatusDay: "2026-06-02"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the fleet is not as it was said (-want +got):\n%s", diff)
	}

	depots, err := w.FleetDepots(t.Context(), flow)
	w.must(err)
	if len(depots) != 1 || depots[0].Text(rental.Name) != "Nord" {
		t.Errorf("depots are %+v", depots)
	}
	word, err := w.LastWord(t.Context(), flow)
	w.must(err)
	if !word.Equal(time.Unix(2, 0)) {
		t.Errorf("the last word was said at %s", word)
	}
}
