package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// yard is a business in which every rule has something to touch, and something
// to leave alone.
func yard() []rental.Entity {
	serial := func(key, number string, more said) rental.Entity {
		s := said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: number, rental.RentalStatus: "ON_RENT"}
		for field, value := range more {
			s[field] = value
		}
		return asset(key, s)
	}
	on := func(key, k, a, begin string, more said) rental.Entity {
		s := said{rental.ContractRef: k, rental.AssetRef: a, rental.OnRentDate: begin}
		for field, value := range more {
			s[field] = value
		}
		return item(key, s)
	}
	const past, soon = "2026-11-01T06:00:00Z", "2026-11-22T06:00:00Z"

	return []rental.Entity{
		depot("HH", said{rental.Name: "Hamburg"}), depot("M", said{rental.Name: "Munich"}), depot("B", said{rental.Name: "Berlin"}),
		customer("C1", said{rental.Name: "Bau AG"}), customer("C2", said{rental.Name: "Tief GmbH"}),

		contract("K1", said{rental.CustomerRef: "C1"}), // no status of its own
		contract("K2", said{rental.CustomerRef: "C2", rental.ContractStatus: "OPEN"}),
		contract("K3", said{rental.HiringDepot: "B"}),
		contract("K4", said{}),

		serial("A1", "1", said{rental.OwningDepot: "HH"}), on("I1", "K1", "A1", past, nil),
		serial("A2", "2", nil), on("I2", "K1", "A2", past, nil),
		serial("A3", "3", nil), on("I3", "K1", "A3", past, said{rental.OffRentDate: "2026-11-10T22:59:59Z"}),
		serial("A4", "4", nil), on("I4", "K2", "A4", past, said{rental.HiringDepot: "M"}),
		serial("A5", "5", nil), on("I5", "K2", "A5", past, nil),
		serial("A6", "6", nil), on("I6", "K3", "A6", past, nil),
		serial("A7", "7", nil), on("I7", "K4", "A7", soon, nil),
		serial("A8", "8", nil), on("I8", "K4", "A8", "2026-12-24T06:00:00Z", nil),
		serial("A9", "9", nil),
		serial("T1", "same", nil), serial("T2", "SA-ME", nil),
	}
}

func TestARunTouchesTheAssetsThatShowWhatChanged(t *testing.T) {
	t.Parallel()
	sn := func(number string) said {
		return said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: number, rental.RentalStatus: "ON_RENT"}
	}

	for _, rule := range []struct {
		name string
		date string // "" is the date of the night before
		says []rental.Entity
		want []string
	}{
		{"nothing that is said again touches anything", "", yard(), nil},
		{"an asset touches itself", "", []rental.Entity{asset("A9", said{rental.RentalStatus: "IN_REPAIR"})}, []string{"A9"}},
		{"an item touches its asset", "", []rental.Entity{item("I4", said{rental.OrderNumber: "4711"})}, []string{"A4"}},
		{"an item that moves touches both assets", "", []rental.Entity{item("I4", said{rental.AssetRef: "A9"})}, []string{"A4", "A9"}},
		{"an item that comes before its asset touches the key", "", []rental.Entity{item("I9", said{rental.ContractRef: "K2", rental.AssetRef: "X"})}, []string{"X"}},
		{"a contract touches the assets of its open items", "", []rental.Entity{contract("K1", said{rental.EndDate: "2026-12-01T22:59:59Z"})}, []string{"A1", "A2"}},
		{"a customer touches assets through its open items", "", []rental.Entity{customer("C1", said{rental.Name: "Hochbau AG"})}, []string{"A1", "A2"}},
		{"a depot touches the assets it owns", "", []rental.Entity{depot("HH", said{rental.SiteID: "s"})}, []string{"A1"}},
		{"a depot touches what it hires out by item", "", []rental.Entity{depot("M", said{rental.SiteID: "s"})}, []string{"A4"}},
		{"a depot touches what it hires out by contract", "", []rental.Entity{depot("B", said{rental.SiteID: "s"})}, []string{"A6"}},
		{"an item that ends touches the open items of a contract without a status", "",
			[]rental.Entity{item("I1", said{rental.OffRentDate: "2026-11-20T22:59:59Z"})}, []string{"A1", "A2"}},
		{"an item that ends leaves a contract with a status alone", "",
			[]rental.Entity{item("I4", said{rental.OffRentDate: "2026-11-20T22:59:59Z"})}, []string{"A4"}},
		{"an item whose price changes leaves the contract's others alone", "",
			[]rental.Entity{item("I1", said{rental.RateUnitPrice: "12"})}, []string{"A1"}},
		{"an item that changes its contract touches the others of both", "",
			[]rental.Entity{item("I6", said{rental.ContractRef: "K1"})}, []string{"A1", "A2", "A6"}},
		{"an item that leaves a contract touches those that stay", "",
			[]rental.Entity{item("I7", said{rental.ContractRef: "K2"})}, []string{"A7", "A8"}},
		{"a night that reaches the day of a reservation touches its contract's assets", "2026-12-31", nil, []string{"A7", "A8"}},
		{"a night before that day touches nothing", "2026-11-21", nil, nil},
		{"an item that begins on another day touches the contract's others", "",
			[]rental.Entity{item("I7", said{rental.OnRentDate: "2026-11-19T06:00:00Z"})}, []string{"A7", "A8"}},
		{"a twin that arrives touches the other", "", []rental.Entity{asset("A10", sn("0009"))}, []string{"A10", "A9"}},
		{"a twin that leaves touches the other", "", []rental.Entity{asset("T1", sn("77"))}, []string{"T1", "T2"}},
		{"an asset that keeps its identifier leaves its twin alone", "", []rental.Entity{asset("T1", said{rental.RentalStatus: "RETURNED"})}, []string{"T1"}},
	} {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			first, _ := w.night("2026-11-20", yard()...)
			w.work(first, pipeline.Matched)

			date := rule.date
			if date == "" {
				date = "2026-11-20"
			}
			r, closed := w.night(date, rule.says...)

			got := assetsOf(w.lease(r, "w"))
			if diff := cmp.Diff(rule.want, got, cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Errorf("touched (-want +got):\n%s", diff)
			}
			if closed.Due != len(got) {
				t.Errorf("closing said %d are due, %d are", closed.Due, len(got))
			}
		})
	}
}

func TestWhatIsMostUrgentGoesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", yard()...)
	w.work(first, pipeline.Matched)

	r, _ := w.night("2026-11-20",
		customer("C1", said{rental.Name: "Hochbau AG"}),
		asset("A9", said{rental.RentalStatus: "IN_REPAIR"}),
		item("I2", said{rental.OffRentDate: "2026-11-20T22:59:59Z"}),
	)
	var got []string
	for _, d := range w.lease(r, "w") {
		got = append(got, d.Asset)
	}
	if diff := cmp.Diff([]string{"A2", "A9", "A1"}, got); diff != "" {
		t.Errorf("order of sending (-want +got):\n%s", diff)
	}
}

func TestRentalsThatEndedBeforeTheFirstNightAreHistoryUntilTheyChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", yard()...)
	history := func(r pipeline.Run) bool {
		due := w.lease(r, "w")
		defer w.settle("w", pipeline.Matched, due...)
		for _, k := range w.known(due...) {
			if k.Asset == "A3" {
				return k.Parts.Items[0].History
			}
		}
		t.Fatal("asset A3 is not due")
		return false
	}

	if !history(r) {
		t.Error("an item that had ended is no history")
	}
	r, _ = w.night("2026-11-21", item("I3", said{rental.OffRentDate: "2026-11-09T22:59:59Z"}))
	if history(r) {
		t.Error("an item that changed since is still history")
	}
}

func TestOfRentalsThatEndedBeforeTheFirstNightHistorySaysWhichAreSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		history string
		want    []string // items that are history
	}{
		{"", []string{"E1", "E2"}},
		{"none", []string{"E1", "E2"}},
		{"2026-11-10", []string{"E1"}},
		{"all", nil},
	} {
		t.Run("history: "+c.history, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			w.history = c.history
			ended := func(key, day string) rental.Entity {
				return item(key, said{rental.AssetRef: "A", rental.OnRentDate: "2026-11-01T06:00:00Z", rental.OffRentDate: day + "T22:59:59Z"})
			}
			r, _ := w.night("2026-11-20", asset("A", said{rental.Identifier: "1"}), ended("E1", "2026-11-09"), ended("E2", "2026-11-10"),
				item("O", said{rental.AssetRef: "A", rental.OnRentDate: "2026-11-11T06:00:00Z"}))

			var got []string
			for _, i := range w.known(w.lease(r, "w")...)[0].Parts.Items {
				if i.History {
					got = append(got, i.Key)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}
