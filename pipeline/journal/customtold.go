package journal

import (
	"context"
	"fmt"
	"iter"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

const (
	countCustom = `SELECT outcome, COUNT(*) FROM custom_outcome WHERE run = $1 GROUP BY outcome`
	allCustom   = `
		SELECT e.kind, e.key, o.field, o.value, o.outcome, o.why, o.cure, o.at
		FROM custom_outcome o JOIN entity e ON e.id = o.entity
		WHERE o.run = $1
		ORDER BY e.kind DESC, e.key, o.field`

	heldOf   = `SELECT entity, field, target, accepted IS NOT NULL, COALESCE(accepted, ''), attempt, at FROM custom_value WHERE entity = $2 AND account = $1`
	customOf = `
		SELECT e.kind, e.key, o.field, o.value, o.outcome, o.why, o.cure, o.at
		FROM custom_outcome o JOIN entity e ON e.id = o.entity
		WHERE o.entity = $1
		ORDER BY o.run`
)

// countCustoms adds up a run's custom values.
func countCustoms(ctx context.Context, s session, run string) (pipeline.CustomTotals, error) {
	totals := pipeline.CustomTotals{}
	err := s.each(ctx, countCustom, args(run), func(scan func(...any) error) error {
		var name string
		var n int
		if err := scan(&name, &n); err != nil {
			return err
		}
		outcome, err := pipeline.ParseCustomOutcome(name)
		totals[outcome] = n
		return err
	})
	if len(totals) == 0 {
		return nil, err
	}
	return totals, err
}

// CustomOutcomes yields what became of a run's custom values, by kind, key and
// field.
func (j *Journal) CustomOutcomes(ctx context.Context, run string) iter.Seq2[pipeline.CustomFieldOutcome, error] {
	return stream(ctx, j, fmt.Sprintf("read the custom values of run %q", run), allCustom, args(run),
		func(scan func(...any) error) (pipeline.CustomFieldOutcome, bool, error) {
			o, err := scanCustom(scan)
			return o, true, err
		})
}

func scanCustom(scan func(...any) error) (o pipeline.CustomFieldOutcome, err error) {
	var outcome string
	var at int64
	if err := scan(&o.Kind, &o.Key, &o.Field, &o.Value, &outcome, &o.Why, &o.Cure, &at); err != nil {
		return o, err
	}
	o.At = instant(at)
	o.Outcome, err = pipeline.ParseCustomOutcome(outcome)
	return o, err
}

// CustomHeld tells what an account holds of the custom values of one entity, and
// what became of each last, by the key of the field.
func (j *Journal) CustomHeld(ctx context.Context, flow, account string, ref rental.Ref) (map[string]pipeline.HeldCustom, error) {
	all := map[string]pipeline.HeldCustom{}
	err := j.read(ctx, func(ctx context.Context, s session) error {
		known, err := names(ctx, s, flow, 0, []rental.Ref{ref})
		if err != nil {
			return err
		}
		id := known[ref].id
		err = s.each(ctx, heldOf, args(account, id), func(scan func(...any) error) error {
			_, field, held, err := scanHeld(scan)
			all[field] = pipeline.HeldCustom{Field: field, HeldValue: held}
			return err
		})
		if err != nil {
			return err
		}
		return s.each(ctx, customOf, args(id), func(scan func(...any) error) error {
			o, err := scanCustom(scan)
			one := all[o.Field]
			one.Field, one.Last = o.Field, o
			all[o.Field] = one
			return err
		})
	})
	return all, named(err, "find the custom values of %s", ref)
}
