package rental_test

import (
	"testing"

	"rentalsync/pipeline/rental"
)

// out is a rental that goes on; ended is the same as a wrong night ended it.
func out() (open, ended rental.Record) {
	open = rental.Record{Ref: rental.Ref{Kind: rental.Item, Key: "K"}}
	open = open.With(rental.OnRentDate, rental.Value{Type: rental.Instant, Text: "2026-11-02T00:00:00Z"}, rental.Source{})
	return open, open.With(rental.OffRentDate, rental.Value{Type: rental.Instant, Text: "2026-11-20T00:00:00Z"}, rental.Source{})
}

func TestAnEndThatIsTakenBackGoesFromIRIS(t *testing.T) {
	t.Parallel()
	silent, ended := out()
	blank := silent.With(rental.OffRentDate, rental.Nothing(), rental.Source{Line: 3})
	for name, before := range map[string]rental.Record{"nothing was said of it": silent, "it was said to be nothing": blank} {
		back := rental.Restored(&ended, &before, "2026-11-20")
		if off, _ := back.Get(rental.OffRentDate); off.Type != rental.Cleared {
			t.Errorf("%s: the off-rent date is %+v", name, off)
		}
	}
}

func TestARentalThatIsTheNewestAgainIsOpenAgain(t *testing.T) {
	t.Parallel()
	before, _ := out()
	next := before.With(rental.Generation, rental.OfNumber("2"), rental.Source{})
	back := rental.Restored(&next, &before, "2026-11-20")
	if off, _ := back.Get(rental.OffRentDate); off.Type != rental.Cleared || back.Number() != 1 {
		t.Errorf("it is rental %d with off-rent date %+v", back.Number(), off)
	}
}

func TestWhatWasTrueBeforeComesBackAsItWas(t *testing.T) {
	t.Parallel()
	before, _ := out()
	before = before.With(rental.OffRentDate, rental.Value{Type: rental.Instant, Text: "2026-11-10T00:00:00Z"}, rental.Source{Line: 7})
	_, now := out()
	back := rental.Restored(&now, &before, "2026-11-20")
	if back.Digest() != before.Digest() || back.SourceOf(rental.OffRentDate).Line != 7 {
		t.Errorf("it is %+v", back)
	}
}
