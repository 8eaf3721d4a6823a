package rental

import (
	"fmt"
	"slices"
)

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

// Restored is an entity as it was before the nights from a date on that are taken
// back. What they said where nothing was said before has to go from IRIS as well:
// to be silent about it again would leave it there.
func Restored(now, before *Record, date string) Record {
	back := Record{Ref: before.Ref, Fields: slices.Clone(before.Fields)}
	if before.Number() < now.Number() {
		return back.reopen(date) // now is another rental: only the end of this one came with those nights
	}
	for i := range back.Fields {
		if last, said := now.Get(back.Fields[i].Field); said {
			back.Fields[i].Value = back.Fields[i].Value.after(last)
		}
	}
	for i := range now.Fields {
		field := now.Fields[i].Field
		spec, known := SpecOf(now.Kind, field)
		if _, said := before.Get(field); !said && known && spec.Sent && !isLink(spec) && !now.Fields[i].Value.IsEmpty() {
			back = back.With(field, Value{Type: Cleared}, reverted(date))
		}
	}
	return back
}

// reopen clears the end that nights which are taken back gave an open rental.
func (r *Record) reopen(date string) Record {
	if r.Ended() {
		return *r
	}
	return r.With(OffRentDate, Value{Type: Cleared}, reverted(date))
}

func reverted(date string) Source { return Source{Rule: "reverted the night of " + date} }

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
