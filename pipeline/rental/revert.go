package rental

import "fmt"

// What a night brought can be taken back only as far as IRIS can forget: a rental
// that was begun by mistake is ended as one that never began.

// NeverBegun is an item that a night brought which is taken back: it ends when it
// began. One without an on-rent date ends with the beginning of that night.
func NeverBegun(item *Record, date string) Record {
	rule := "inferred: reverted the night of " + date
	off, _ := item.Get(OnRentDate)
	if off.Type != Instant {
		off = Value{Type: Instant, Text: date + "T00:00:00Z"}
		rule += "; no on-rent date is known"
	}
	ended := item.Without(PlannedEnd)
	return ended.With(OffRentDate, off, Source{Rule: rule})
}

// Apart is the rental that a night began under a key which goes back to the one
// before: it is kept as a former rental that never began, under its own number.
func Apart(item *Record, date string) Record {
	base, _, _ := FormerKey(item.Key)
	apart := NeverBegun(item, date)
	apart.Ref = Ref{Kind: Item, Key: fmt.Sprintf("%s~%d", base, item.Number())}
	return apart
}

// Hollow is a former rental whose key's newest rental is the same one again: it
// stands on no asset and no contract any more, so that no document shows it twice.
func Hollow(former *Record, date string) Record {
	hollow := former.Without(AssetRef)
	hollow = hollow.Without(ContractRef)
	return NeverBegun(&hollow, date)
}
