package rental_test

import (
	"testing"

	"rentalsync/pipeline/rental"
)

// begun is the third rental under a key, as some night brought it.
func begun() rental.Record {
	r := rental.Record{Ref: rental.Ref{Kind: rental.Item, Key: "K"}}
	r = r.With(rental.AssetRef, rental.Of("A"), rental.Source{})
	r = r.With(rental.ContractRef, rental.Of("C"), rental.Source{})
	r = r.With(rental.OnRentDate, rental.Value{Type: rental.Instant, Text: "2026-11-21T07:00:00+01:00"}, rental.Source{})
	return r.With(rental.Generation, rental.OfNumber("3"), rental.Source{})
}

func TestARentalOfANightThatIsTakenBackNeverBegan(t *testing.T) {
	t.Parallel()
	item := begun()
	ended := rental.NeverBegun(&item, "2026-11-21")
	if !ended.Vanished() || ended.Text(rental.OffRentDate) != "2026-11-21T07:00:00+01:00" {
		t.Errorf("it ends on %s", ended.Text(rental.OffRentDate))
	}
	off, _ := ended.Get(rental.OffRentDate)
	for _, f := range ended.Fields {
		if f.Value == off && f.Field == rental.OffRentDate && f.Source.Rule != "inferred: reverted the night of 2026-11-21" {
			t.Errorf("the rule is %q", f.Source.Rule)
		}
	}
}

func TestARentalWithoutADateThatIsTakenBackEndsWithItsNight(t *testing.T) {
	t.Parallel()
	item := begun()
	item = item.Without(rental.OnRentDate)
	ended := rental.NeverBegun(&item, "2026-11-21")
	if !ended.Ended() || ended.Text(rental.OffRentDate) != "2026-11-21T00:00:00Z" {
		t.Errorf("it ends on %q", ended.Text(rental.OffRentDate))
	}
}

func TestARentalThatItsKeyLeavesIsKeptUnderItsOwnNumber(t *testing.T) {
	t.Parallel()
	item := begun()
	apart := rental.Apart(&item, "2026-11-21")
	if apart.Key != "K~3" || apart.SentKey() != item.SentKey() || !apart.Vanished() {
		t.Errorf("it is %s, sent as %s", apart.Key, apart.SentKey())
	}
}

func TestAFormerRentalThatIsTheNewestAgainIsShownOnce(t *testing.T) {
	t.Parallel()
	item := begun()
	hollow := rental.Hollow(&item, "2026-11-21")
	if hollow.Text(rental.AssetRef) != "" || hollow.Text(rental.ContractRef) != "" || !hollow.Ended() {
		t.Errorf("it still stands on %q", hollow.Text(rental.AssetRef))
	}
}
