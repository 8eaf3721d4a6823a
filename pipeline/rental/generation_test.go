package rental_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline/rental"
)

// cells is what a row says of an item; "" is an empty cell, and a field that is
// not in it has no column.
type cells map[rental.Field]string

// row is one row about the item MV-1/10.
func row(said cells) *rental.Entity {
	e := &rental.Entity{Ref: rental.Ref{Kind: rental.Item, Key: "MV-1/10"}, Origin: rental.Origin{File: "L.csv", Line: 7}}
	for field, text := range said {
		value := rental.Of(text)
		if spec, _ := rental.SpecOf(rental.Item, field); spec.Type == rental.Instant && text != "" {
			value = moment(text)
		}
		e.Fields = append(e.Fields, rental.FieldValue{Field: field, Value: value, Column: "c"})
	}
	e.Sort()
	return e
}

// moment is an instant of a day at seven, or of the time that is given.
func moment(text string) rental.Value {
	if at, err := time.Parse("2006-01-02 15:04", text); err == nil {
		return rental.OfTime(at)
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return rental.OfTime(at.Add(7 * time.Hour))
}

// evening ends rentals at 23:59:59.
func evening(day, _ string) rental.Value {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return rental.OfTime(at.Add(24*time.Hour - time.Second))
}

// hired is what the register holds of an item of which one row has told, by the
// delivery "first".
func hired(said cells) *rental.Record {
	r := rental.Merge(nil, row(said), "first")
	return &r
}

// onRent is a rental that runs since the 1st.
func onRent() *rental.Record {
	return hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.OffRentDate: ""})
}

// over is a rental from the 1st to the 10th.
func over() *rental.Record {
	return hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.OffRentDate: "2026-11-10"})
}

// next lets another rental begin under the key on a business date.
func next(r *rental.Record, e *rental.Entity, date string) (former, now rental.Record) {
	former, now = r.Succeed(e, "second", date, evening)
	return former, rental.Merge(&now, e, "second")
}

func wantDay(t *testing.T, r *rental.Record, f rental.Field, day string) {
	t.Helper()
	if v, _ := r.Get(f); v.Day() != day {
		t.Errorf("%s of %s is %q, want %q", f, r.Key, v.Text, day)
	}
}

func wantRule(t *testing.T, r *rental.Record, f rental.Field, rule string) {
	t.Helper()
	i := slices.IndexFunc(r.Fields, func(have rental.RecordField) bool { return have.Field == f })
	if i < 0 || !strings.Contains(r.Fields[i].Source.Rule, rule) {
		t.Errorf("%s of %s does not say %q: %+v", f, r.Key, rule, r.Fields)
	}
}

func TestWhatBeginsAnotherRentalUnderAKey(t *testing.T) {
	t.Parallel()
	vanished := rental.EndUnnamed(hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-12-01"}), "2026-11-21", "d", nil, evening)

	for name, c := range map[string]struct {
		last *rental.Record
		says cells
		want bool
	}{
		"the line stands on another asset":                            {onRent(), cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-01"}, true},
		"a rental that is over stands on another asset":               {over(), cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-12"}, true},
		"a rental that is over begins after its end":                  {over(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-12"}, true},
		"a rental that is over begins on the day of its end":          {over(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-10 14:00"}, true},
		"a rental that is over is told again with the same dates":     {over(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.OffRentDate: "2026-11-10"}, false},
		"an off-rent date is taken back":                              {over(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.OffRentDate: ""}, false},
		"an off-rent date is corrected":                               {over(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.OffRentDate: "2026-11-09"}, false},
		"the begin of a rental that is over is corrected":             {over(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-03"}, false},
		"the begin of a rental that runs is corrected":                {onRent(), cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-30"}, false},
		"the row does not tell on which asset":                        {onRent(), cells{rental.OnRentDate: "2026-11-01"}, false},
		"the row says that the line stands on no asset":               {onRent(), cells{rental.AssetRef: "", rental.OnRentDate: "2026-11-01"}, false},
		"a line without an asset gets one":                            {hired(cells{rental.AssetRef: "", rental.OnRentDate: "2026-11-01"}), cells{rental.AssetRef: "4711"}, false},
		"a reservation moves to another asset":                        {hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-12-01"}), cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-12-01"}, true},
		"a reservation that vanished is named again with its date":    {&vanished, cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-12-01"}, false},
		"a reservation that vanished is named again on another asset": {&vanished, cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-12-01"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.last.Follows(row(c.says), nil); got != c.want {
				t.Errorf("begins another rental: %t, want %t", got, c.want)
			}
		})
	}
}

func TestASwapEndsTheOldRentalFirst(t *testing.T) {
	t.Parallel()
	swap := row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-01"})
	former, now := next(onRent(), swap, "2026-11-21")

	if former.Key != "MV-1/10~1" || former.Text(rental.AssetRef) != "4711" || former.SentKey() != "MV-1/10" {
		t.Errorf("the former rental is %s on %s, sent as %s", former.Key, former.Text(rental.AssetRef), former.SentKey())
	}
	wantDay(t, &former, rental.OffRentDate, "2026-11-21")
	wantRule(t, &former, rental.OffRentDate, "inferred: on 2026-11-21 the line stands on asset 4712 instead")

	if now.Key != "MV-1/10" || now.SentKey() != "MV-1/10~2" || now.Text(rental.AssetRef) != "4712" || now.Ended() {
		t.Errorf("the new rental is %s, sent as %s: %+v", now.Key, now.SentKey(), now.Fields)
	}
}

func TestASwapThatTellsItsDayEndsTheOldRentalThen(t *testing.T) {
	t.Parallel()
	former, now := next(onRent(), row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-18"}), "2026-11-21")

	wantDay(t, &former, rental.OffRentDate, "2026-11-18")
	wantDay(t, &now, rental.OnRentDate, "2026-11-18")
}

func TestASwapAfterTheReturnKeepsTheRealEnd(t *testing.T) {
	t.Parallel()
	former, now := next(over(), row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-15"}), "2026-11-21")

	wantDay(t, &former, rental.OffRentDate, "2026-11-10")
	if former.Inferred(rental.OffRentDate) || now.Ended() {
		t.Errorf("former %+v, now %+v", former.Fields, now.Fields)
	}
}

func TestAReRentAfterTheEndKeepsTheFormerRentalAsItWas(t *testing.T) {
	t.Parallel()
	former, now := next(over(), row(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-12", rental.OffRentDate: ""}), "2026-11-21")

	wantDay(t, &former, rental.OnRentDate, "2026-11-01")
	wantDay(t, &former, rental.OffRentDate, "2026-11-10")
	wantDay(t, &now, rental.OnRentDate, "2026-11-12")
	if now.SentKey() != "MV-1/10~2" || now.Ended() {
		t.Errorf("the new rental is sent as %s: %+v", now.SentKey(), now.Fields)
	}
	if off, _ := now.Get(rental.OffRentDate); off.Type == rental.Cleared {
		t.Error("the new rental never had an end that would have to be cleared")
	}
}

func TestTheThirdRentalUnderAKeyIsNumberedThree(t *testing.T) {
	t.Parallel()
	_, second := next(onRent(), row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-18"}), "2026-11-18")
	former, third := next(&second, row(cells{rental.AssetRef: "4713", rental.OnRentDate: "2026-11-20"}), "2026-11-20")

	if former.Key != "MV-1/10~2" || former.SentKey() != "MV-1/10~2" || third.SentKey() != "MV-1/10~3" || third.Number() != 3 {
		t.Errorf("former %s sent as %s, then %s", former.Key, former.SentKey(), third.SentKey())
	}
}

func TestALateDeliveryBeginsNoRental(t *testing.T) {
	t.Parallel()
	later := map[string]bool{"first": true}

	if onRent().Follows(row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-01"}), later) {
		t.Error("a late delivery moved a line back to another asset")
	}
	if over().Follows(row(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-12"}), later) {
		t.Error("a late delivery began a rental after an end that a later one told")
	}
}

func TestAReservationThatMovesToAnotherAssetNeverBeganOnTheFirst(t *testing.T) {
	t.Parallel()
	reserved := hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-12-01"})
	former, now := next(reserved, row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-12-01"}), "2026-11-21")

	if !former.Vanished() {
		t.Errorf("the former reservation began: %+v", former.Fields)
	}
	wantRule(t, &former, rental.OffRentDate, "before it began")
	if now.Ended() || now.Text(rental.AssetRef) != "4712" {
		t.Errorf("the new reservation: %+v", now.Fields)
	}
}

func TestAKeyTellsWhetherItIsThatOfAFormerRental(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]struct {
		base   string
		number int
	}{
		"MV-1/10~2": {"MV-1/10", 2}, "MV~1~12": {"MV~1", 12},
		"MV-1/10": {"MV-1/10", 0}, "~2": {"~2", 0}, "A~0": {"A~0", 0}, "A~02": {"A~02", 0}, "A~": {"A~", 0}, "A~x": {"A~x", 0},
	} {
		if base, number, former := rental.FormerKey(key); base != want.base || number != want.number || former != (want.number > 0) {
			t.Errorf("%s is %s, number %d, former %t", key, base, number, former)
		}
	}
}

func TestAReturnThatComesLateEndsTheRentalThatItSpeaksOf(t *testing.T) {
	t.Parallel()
	swap := row(cells{rental.AssetRef: "4712", rental.OnRentDate: "2026-11-20"})
	former, next := onRent().Succeed(swap, "second", "2026-11-20", evening)
	second := rental.Merge(&next, swap, "second")

	for name, tt := range map[string]struct {
		said cells
		want bool
	}{
		"it came back before the next one began":     {cells{rental.OffRentDate: "2026-11-19"}, true},
		"it names the asset that came back":          {cells{rental.AssetRef: "4711", rental.OffRentDate: "2026-11-21"}, true},
		"it came back since":                         {cells{rental.OffRentDate: "2026-11-21"}, false},
		"it came back on the day the next one began": {cells{rental.OffRentDate: "2026-11-20"}, false},
		"it names the asset that is out":             {cells{rental.AssetRef: "4712", rental.OffRentDate: "2026-11-19"}, false},
		"it names a third asset":                     {cells{rental.AssetRef: "4713", rental.OffRentDate: "2026-11-19"}, false},
		"it tells of a beginning":                    {cells{rental.OnRentDate: "2026-11-18", rental.OffRentDate: "2026-11-19"}, false},
		"it tells of no return":                      {cells{rental.OffRentDate: ""}, false},
	} {
		if got := second.EndsFormer(row(tt.said), &former); got != tt.want {
			t.Errorf("%s: got %t, want %t", name, got, tt.want)
		}
	}

	if ref, used := second.Former(); !used || ref != former.Ref {
		t.Errorf("got %v as the former rental, want %v", ref, former.Ref)
	}
	if _, used := onRent().Former(); used {
		t.Error("the first rental under a key has no former one")
	}
}
