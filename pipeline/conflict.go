package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rentalsync/pipeline/rental"
)

// settled is how a contradiction between two rows ends.
type settled struct {
	drop     bool // the earlier row stands
	faults   []Fault
	warnings []Fault
}

// settle decides between two rows of one run that say different things of one
// entity. Rows about customers, contracts and depots repeat what somebody typed
// once, and the last one wins; of assets and items only one can be true.
func (s *stager) settle(ctx context.Context, e *rental.Entity, last mention) (settled, error) {
	have, err := s.current(ctx, e.Ref)
	if err != nil {
		return settled{}, err
	}
	differ := rental.Differences(&have, e)
	if len(differ) == 0 {
		return settled{}, nil
	}

	fault := Fault{
		Column: columnOf(e, differ[0]), Value: textOf(e, differ[0]),
		What: fmt.Sprintf("%s says %q here and %q on line %d (%s)", e.Ref, textOf(e, differ[0]), have.Text(differ[0]), last.line, differ[0]),
	}
	switch {
	case e.Kind != rental.Asset && e.Kind != rental.Item:
		fault.Hint = "the later line is used"
		return settled{warnings: []Fault{fault}}, nil
	case e.Kind == rental.Asset:
		if wins, decided := s.preferred(e, &have); decided {
			return settled{drop: !wins}, nil
		}
		fault.Hint = "say prefer: in the mapping's asset block, or correct one of the lines in the ERP"
	default:
		fault.Hint = "give each line a key of its own, or correct one of them in the ERP"
	}
	return settled{faults: []Fault{fault}}, nil
}

// preferred tells whether the row's rental status comes before the one held, in
// the order that the mapping prefers.
func (s *stager) preferred(e *rental.Entity, have *rental.Record) (wins, decided bool) {
	order := s.claims.mapping.Prefer()
	mine := slices.Index(order, textOf(e, rental.RentalStatus))
	theirs := slices.Index(order, have.Text(rental.RentalStatus))
	if mine == theirs || len(order) == 0 {
		return false, false
	}
	if mine < 0 || theirs < 0 {
		return theirs < 0, true
	}
	return mine < theirs, true
}

// contradict warns where two files of one night that both claim to be complete
// say different things of one entity: the one that is read later is used.
func (s *stager) contradict(have *rental.Record, w *word) {
	for _, field := range rental.Differences(have, &w.Entity) {
		source := have.SourceOf(field)
		other, staged := s.peers[source.Delivery]
		if !staged || other.mapping.Name() == s.delivery.Mapping || other.mapping.Claim(w.Kind) == Changes || s.claims.mapping.Claim(w.Kind) == Changes {
			continue
		}
		s.warn(w.Origin, []Fault{{
			Column: columnOf(&w.Entity, field), Value: textOf(&w.Entity, field),
			What: fmt.Sprintf("%s says %q here and %q in %s line %d (%s)", w.Ref, textOf(&w.Entity, field), have.Text(field), other.name, source.Line, field),
			Hint: "this line is used; let one of the two mappings leave the field out",
		}})
	}
}

// doubt warns of what the ERP says of an item that cannot be.
func (s *stager) doubt(item *rental.Record, w *word) {
	if item.Kind != rental.Item || !item.EndsBeforeItBegins() {
		return
	}
	s.warn(w.Origin, []Fault{{
		Column: columnOf(&w.Entity, rental.OffRentDate), Value: item.Text(rental.OffRentDate),
		What: fmt.Sprintf("%s ends on %s, before it begins on %s", item.Ref, item.Text(rental.OffRentDate), item.Text(rental.OnRentDate)),
		Hint: "it is sent as the ERP says it; correct one of the dates there",
	}})
}

func columnOf(e *rental.Entity, f rental.Field) string {
	for i := range e.Fields {
		if e.Fields[i].Field == f {
			return e.Fields[i].Column
		}
	}
	return ""
}

func textOf(e *rental.Entity, f rental.Field) string {
	v, _ := e.Get(f)
	return v.Text
}
