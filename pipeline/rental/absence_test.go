package rental_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline/rental"
)

// other is another item of the asset, by the day it begins.
func other(key, begins string) rental.Record {
	r := *hired(cells{rental.AssetRef: "4711", rental.OnRentDate: begins})
	r.Key = key
	return r
}

func TestAnItemThatIsNoLongerNamedEndsOnTheFirstDateThatMissedIt(t *testing.T) {
	t.Parallel()
	got := rental.EndUnnamed(onRent(), "2026-11-21", "second", nil, evening)

	if v, _ := got.Get(rental.OffRentDate); v.Text != "2026-11-21T23:59:59Z" {
		t.Errorf("it ended at %q", v.Text)
	}
	wantRule(t, &got, rental.OffRentDate, "inferred: not named on 2026-11-21")
	if !got.Ended() || got.Vanished() {
		t.Errorf("ended %t, vanished %t", got.Ended(), got.Vanished())
	}
}

func TestAnItemThatIsNoLongerNamedEndsWhenTheNextOneBegan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		others []rental.Record
		want   string
	}{
		"the next one began before it was missed":     {[]rental.Record{other("MV-2", "2026-11-18")}, "2026-11-18T07:00:00Z"},
		"the first of several that began":             {[]rental.Record{other("MV-2", "2026-11-19"), other("MV-3", "2026-11-17")}, "2026-11-17T07:00:00Z"},
		"the next one begins on the day":              {[]rental.Record{other("MV-2", "2026-11-21")}, "2026-11-21T07:00:00Z"},
		"the other one lies ahead":                    {[]rental.Record{other("MV-2", "2026-12-01")}, "2026-11-21T23:59:59Z"},
		"the other one is the older of the two":       {[]rental.Record{other("MV-0", "2026-10-01")}, "2026-11-21T23:59:59Z"},
		"the other one began on the same day as this": {[]rental.Record{other("MV-2", "2026-11-01")}, "2026-11-21T23:59:59Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rental.EndUnnamed(onRent(), "2026-11-21", "second", c.others, evening)
			if v, _ := got.Get(rental.OffRentDate); v.Text != c.want {
				t.Errorf("it ended at %q, want %q", v.Text, c.want)
			}
		})
	}
}

func TestAReservationThatIsNoLongerNamedVanishes(t *testing.T) {
	t.Parallel()
	reserved := hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-12-01"})
	got := rental.EndUnnamed(reserved, "2026-11-21", "second", []rental.Record{other("MV-2", "2026-11-18")}, evening)

	if !got.Vanished() {
		t.Errorf("it did not vanish: %+v", got.Fields)
	}
	wantRule(t, &got, rental.OffRentDate, "not named on 2026-11-21, before it began")
}

func TestAnItemThatBeganOnTheDayItWasMissedDidBegin(t *testing.T) {
	t.Parallel()
	got := rental.EndUnnamed(onRent(), "2026-11-01", "second", nil, evening)
	if got.Vanished() || !got.Ended() {
		t.Errorf("ended %t, vanished %t", got.Ended(), got.Vanished())
	}
}

func TestARealEndIsNoVanishing(t *testing.T) {
	t.Parallel()
	sameMoment := hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.OffRentDate: "2026-11-01"})
	if sameMoment.Vanished() {
		t.Error("the ERP says that the rental was over at once, and the register that it never began")
	}
}

func TestARealEndReplacesAnInferredOne(t *testing.T) {
	t.Parallel()
	inferred := rental.EndUnnamed(onRent(), "2026-11-21", "second", nil, evening)
	got := rental.Merge(&inferred, row(cells{rental.OffRentDate: "2026-11-19"}), "third")

	wantDay(t, &got, rental.OffRentDate, "2026-11-19")
	if got.Inferred(rental.OffRentDate) {
		t.Error("the end is still marked as inferred")
	}
}

func TestARealEndThatComesLateReplacesWhatALaterNightInferred(t *testing.T) {
	t.Parallel()
	later := map[string]bool{"second": true}
	late := row(cells{rental.OffRentDate: "2026-11-19"})

	inferred := rental.EndUnnamed(onRent(), "2026-11-21", "second", nil, evening)
	got := rental.MergeLate(&inferred, late, "late", later)
	wantDay(t, &got, rental.OffRentDate, "2026-11-19")

	open := inferred.Reopened("second")
	if got := rental.MergeLate(&open, late, "late", later); got.Ended() {
		t.Error("a late row has ended a rental that was named again since")
	}
	told := rental.Merge(onRent(), row(cells{rental.OffRentDate: "2026-11-20"}), "second")
	got = rental.MergeLate(&told, late, "late", later)
	wantDay(t, &got, rental.OffRentDate, "2026-11-20")
}

func TestARealEndThatEqualsTheInferredOneIsInferredNoLonger(t *testing.T) {
	t.Parallel()
	inferred := onRent().With(rental.OffRentDate, moment("2026-11-21"), rental.Source{Delivery: "second", Rule: "inferred: not named on 2026-11-21"})
	got := rental.Merge(&inferred, row(cells{rental.OffRentDate: "2026-11-21"}), "third")

	if got.Inferred(rental.OffRentDate) {
		t.Error("the end is still marked as inferred")
	}
	if _, changed := rental.Compare(&inferred, &got); !changed {
		t.Error("the register would not notice that the ERP confirmed the end")
	}
}

func TestAnItemThatIsNamedAgainIsOpenAgain(t *testing.T) {
	t.Parallel()
	inferred := rental.EndUnnamed(onRent(), "2026-11-21", "second", nil, evening)
	got := inferred.Reopened("third")

	if got.Ended() {
		t.Errorf("it is over: %+v", got.Fields)
	}
	if off, _ := got.Get(rental.OffRentDate); off.Type != rental.Cleared {
		t.Error("IRIS would not be told to clear the end")
	}
}

func TestAnEndThatTheERPToldIsNotTakenBackBySilence(t *testing.T) {
	t.Parallel()
	if got := over().Reopened("third"); !got.Ended() {
		t.Error("a real end was taken back because a file of open items still names the item")
	}
}

func TestAnAssetThatIsNoLongerNamedGetsTheStatusThatTheFlowSays(t *testing.T) {
	t.Parallel()
	asset := record(rental.Asset, "4711", rental.RentalStatus, "AVAILABLE")
	got := rental.GoneStatus(&asset, "OTHER", "2026-11-21", "second")

	if got.Text(rental.RentalStatus) != "OTHER" || asset.Text(rental.RentalStatus) != "AVAILABLE" {
		t.Errorf("got %q, and the last record says %q", got.Text(rental.RentalStatus), asset.Text(rental.RentalStatus))
	}
	wantRule(t, &got, rental.RentalStatus, "inferred: not named on 2026-11-21")
}

func TestTwoRentalsOfOneAssetOverlapWhereBothAreOutOnOneDay(t *testing.T) {
	t.Parallel()
	due := func(key, begins, due string) rental.Record {
		r := *hired(cells{rental.AssetRef: "4711", rental.OnRentDate: begins, rental.DueDate: due})
		r.Key = key
		return r
	}
	for name, c := range map[string]struct {
		items []rental.Record
		want  []string
	}{
		"both run":                                      {[]rental.Record{other("B", "2026-11-01"), other("A", "2026-11-05")}, []string{"A", "B"}},
		"one runs alone":                                {[]rental.Record{other("A", "2026-11-05")}, nil},
		"a reservation follows the planned end":         {[]rental.Record{due("A", "2026-11-01", "2026-11-30"), other("B", "2026-12-01")}, nil},
		"a reservation begins before the planned end":   {[]rental.Record{due("A", "2026-11-01", "2026-12-05"), other("B", "2026-12-01")}, []string{"A", "B"}},
		"a reservation on the day of the planned end":   {[]rental.Record{due("A", "2026-11-01", "2026-12-01"), other("B", "2026-12-01")}, nil},
		"of three the two that overlap are named":       {[]rental.Record{due("A", "2026-11-01", "2026-11-30"), other("B", "2026-12-01"), other("C", "2026-12-02")}, []string{"B", "C"}},
		"a reservation after a rental without any plan": {[]rental.Record{other("A", "2026-11-01"), other("B", "2026-12-01")}, []string{"A", "B"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, rental.Overlaps(c.items)); diff != "" {
				t.Errorf("overlapping (-want +got):\n%s", diff)
			}
		})
	}
}
