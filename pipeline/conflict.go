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
