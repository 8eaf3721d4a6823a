package rental

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An ERP may use the key of a contract line again: for another machine that
// takes the place of a broken one, or for the next rental after a return. To
// IRIS these are different items. The key stands for the newest rental, and
// former ones are kept under KEY~1, KEY~2 and so on.

// Number is which rental under its key an item is: 1 for the first.
func (r *Record) Number() int {
	n, err := strconv.Atoi(r.Text(Generation))
	if err != nil {
		return 1
	}
	return n
}

// SentKey is the key by which IRIS knows the entity: its own, or KEY~2 for the
// second rental under one key.
func (r *Record) SentKey() string {
	if r.Kind != Item {
		return r.Key
	}
	base, _, _ := FormerKey(r.Key)
	if n := r.Number(); n > 1 {
		return fmt.Sprintf("%s~%d", base, n)
	}
	return base
}

// FormerKey takes apart the key of a former rental. For any other key base is
// the key itself.
func FormerKey(key string) (base string, number int, former bool) {
	at := strings.LastIndexByte(key, '~')
	if at <= 0 {
		return key, 0, false
	}
	n, err := strconv.Atoi(key[at+1:])
	if err != nil || n < 1 || key[at+1:] != strconv.Itoa(n) {
		return key, 0, false
	}
	return key[:at], n, true
}

// EndFunc is the instant at which a rental ends that ended on a day, in a zone;
// see the mapping that names the item.
type EndFunc func(day, zone string) Value

// Follows reports whether what a row says under an item's key is another rental
// than the one the register holds: on another asset, or begun after that one had
// ended. What later deliveries, by id, have set is not contradicted.
func (r *Record) Follows(e *Entity, later map[string]bool) bool {
	if r.Kind != Item || len(r.Fields) == 0 {
		return false
	}
	return r.swapped(e, later) || r.begunAgain(e, later)
}

func (r *Record) swapped(e *Entity, later map[string]bool) bool {
	asset, said := e.Get(AssetRef)
	i, known := r.find(AssetRef)
	return said && known && !asset.IsEmpty() && !r.Fields[i].Value.IsEmpty() &&
		asset != r.Fields[i].Value && !later[r.Fields[i].Source.Delivery]
}

func (r *Record) begunAgain(e *Entity, later map[string]bool) bool {
	i, known := r.find(OffRentDate)
	if !known || !r.Ended() || later[r.Fields[i].Source.Delivery] {
		return false
	}
	begins, said := e.Get(OnRentDate)
	last, _ := r.Get(OnRentDate)
	return said && begins.Type == Instant && begins != last && begins.Day() >= r.Fields[i].Value.Day()
}

// Succeed parts an item's key between the rental that the register holds and the
// one that a row begins on a business date: former is the old one, ended, and
// next what the new one starts from before the row is merged into it.
func (r *Record) Succeed(e *Entity, delivery, date string, end EndFunc) (former, next Record) {
	former = Record{Ref: Ref{Kind: Item, Key: fmt.Sprintf("%s~%d", r.Key, r.Number())}, Fields: r.Fields}
	if !r.Ended() {
		off, rule := r.succeeded(e, date, end)
		former = former.With(OffRentDate, off, Source{Delivery: delivery, Line: e.Origin.Line, Sheet: e.Origin.Sheet, Rule: rule})
	}

	next = Record{Ref: r.Ref, Fields: slices.Clone(r.Fields)}
	for i := range next.Fields {
		if next.Fields[i].Value.Type == Cleared { // IRIS never had a value of the new one
			next.Fields[i].Value = Nothing()
		}
	}
	next = next.Without(OffRentDate)
	next = next.Without(PlannedEnd)
	return former, next.With(Generation, OfNumber(strconv.Itoa(r.Number()+1)), Source{
		Delivery: delivery, Line: e.Origin.Line, Sheet: e.Origin.Sheet, Rule: "the key was used again",
	})
}

// Former is the key of the rental before the one that an item's key stands for;
// false when there was none.
func (r *Record) Former() (Ref, bool) {
	if r.Kind != Item || r.Number() < 2 {
		return Ref{}, false
	}
	return Ref{Kind: Item, Key: fmt.Sprintf("%s~%d", r.Key, r.Number()-1)}, true
}

// EndsFormer reports whether a row that only tells a return speaks of the former
// rental under an item's key, and came when the next one had begun: it names the
// former asset, or a day before the next one began.
func (r *Record) EndsFormer(e *Entity, former *Record) bool {
	off, _ := e.Get(OffRentDate)
	if _, said := e.Get(OnRentDate); said || off.Type != Instant {
		return false
	}
	asset, named := e.Get(AssetRef)
	if named && asset.Text != former.Text(AssetRef) {
		return false
	}
	begins, _ := r.Get(OnRentDate)
	return named && asset.Text != r.Text(AssetRef) || off.Day() < begins.Day()
}

// swappedOn begins the rule of an end that follows from the next rental under the
// key.
const swappedOn = "inferred: on "

// BySuccession reports whether a rule said the end of a rental because another
// one took over its key.
func (s *Source) BySuccession() bool { return strings.HasPrefix(s.Rule, swappedOn) }

// succeeded is when a rental ended that another one under its key has replaced:
// when the new one began, if the ERP says that it began later; else on the
// business date that showed it.
func (r *Record) succeeded(e *Entity, date string, end EndFunc) (off Value, rule string) {
	asset, _ := e.Get(AssetRef)
	last, _ := r.Get(OnRentDate)
	if last.Day() > date {
		return last, fmt.Sprintf("%s%s the line stands on asset %s instead, before it began", swappedOn, date, asset.Text)
	}

	rule = fmt.Sprintf("%s%s the line stands on asset %s instead", swappedOn, date, asset.Text)
	if begins, _ := e.Get(OnRentDate); begins.Type == Instant && begins.Day() > last.Day() && begins.Day() <= date {
		return begins, rule
	}
	return end(date, r.Text(Zone)), rule
}
