package rental

import (
	"fmt"
	"slices"
	"strings"
)

// notNamed begins the rule of what follows from absence.
const notNamed = "inferred: not named on "

// ByAbsence reports whether a rule said the value because no file named the
// entity.
func (s *Source) ByAbsence() bool { return strings.HasPrefix(s.Rule, notNamed) }

// Vanished reports whether an item is over that never began: a reservation that
// the ERP no longer names.
func (r *Record) Vanished() bool {
	if !r.Ended() || !r.Inferred(OffRentDate) {
		return false
	}
	begins, _ := r.Get(OnRentDate)
	ends, _ := r.Get(OffRentDate)
	return begins.Type == Instant && ends.Text == begins.Text
}

// EndUnnamed ends an item that every one open should have been named with, and
// that was not, from a business date on. It ended on that day, or when the
// asset's next item began, if that is earlier. One that lay ahead never began.
func EndUnnamed(item *Record, since, delivery string, others []Record, end EndFunc) Record {
	begins, _ := item.Get(OnRentDate)
	rule := notNamed + since
	off := end(since, item.Text(Zone))

	if begins.Day() > since {
		return item.With(OffRentDate, begins, Source{Delivery: delivery, Rule: rule + ", before it began"})
	}
	for i := range others {
		next, _ := others[i].Get(OnRentDate)
		if next.Type == Instant && next.Day() > begins.Day() && earlier(next, off) {
			off = next
			rule = fmt.Sprintf("%s%s, and item %s began then", notNamed, since, others[i].Key)
		}
	}
	return item.With(OffRentDate, off, Source{Delivery: delivery, Rule: rule})
}

func earlier(a, b Value) bool {
	at, ok := a.Time()
	than, known := b.Time()
	return ok && known && at.Before(than)
}

// EndsBeforeItBegins reports whether an item's dates contradict each other.
func (r *Record) EndsBeforeItBegins() bool {
	begins, _ := r.Get(OnRentDate)
	ends, _ := r.Get(OffRentDate)
	return earlier(ends, begins)
}

// Reopened is an item that is named again among the open ones: an end that was
// only inferred did not happen.
func (r *Record) Reopened(delivery string) Record {
	if r.Kind != Item || !r.Inferred(OffRentDate) || !r.Ended() {
		return *r
	}
	return r.With(OffRentDate, Value{Type: Cleared}, Source{Delivery: delivery, Rule: "named again"})
}

// GoneStatus is an asset that no file names any more, with the rental status
// that the flow gives to such assets.
func GoneStatus(asset *Record, status, since, delivery string) Record {
	return asset.With(RentalStatus, Of(status), Source{Delivery: delivery, Rule: notNamed + since})
}

// Overlaps lists the open items of one asset that are out at the same time, by
// key; nil when at most one is.
func Overlaps(items []Record) []string {
	var keys []string
	for i := range items {
		for j := range items {
			if i != j && overlap(&items[i], &items[j]) {
				keys = append(keys, items[i].Key)
				break
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// overlap reports whether two rentals are out on one day. A rental without an
// end goes on.
func overlap(a, b *Record) bool {
	return !before(a, b) && !before(b, a)
}

// before reports whether a is over when b begins.
func before(a, b *Record) bool {
	ends, _ := a.Get(OffRentDate)
	begins, _ := b.Get(OnRentDate)
	if ends.Type == Instant && begins.Type == Instant {
		return ends.Day() <= begins.Day()
	}
	due, _ := a.Get(DueDate)
	on, _ := a.Get(OnRentDate)
	// A reservation may follow a rental whose planned end lies before it.
	return due.Type == Instant && begins.Type == Instant && on.Day() < begins.Day() && due.Day() <= begins.Day()
}
