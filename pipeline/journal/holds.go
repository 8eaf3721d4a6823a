package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rentalsync/pipeline"
)

var _ pipeline.HoldJournal = (*Journal)(nil)

const addHold = `
	INSERT INTO hold (run, breaches, held_at, told, told_at, decision, decided_at)
	VALUES ($1, $2, $3, '[]', 0, '', 0)
	ON CONFLICT (run) DO UPDATE SET breaches = excluded.breaches`

// Hold records a staged run as held, and why, in one step.
func (j *Journal) Hold(ctx context.Context, h pipeline.Hold) error {
	breaches, err := json.Marshal(h.Breaches)
	if err != nil {
		return fmt.Errorf("hold run %q: %w", h.Run.ID, err)
	}
	err = j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, addHold, h.Run.ID, string(breaches), nanos(h.HeldAt)); err != nil {
			return err
		}
		return writeRun(ctx, s, h.Run)
	})
	return named(err, "hold run %q", h.Run.ID)
}

const (
	holdColumns = `breaches, held_at, told, told_at, decision, decided_at`

	// A run that is held after it closed waits with its documents alone.
	heldRun = `
		SELECT ` + runColumns + `, ` + holdColumns + `
		FROM run JOIN hold ON hold.run = run.id
		WHERE flow = $1 AND state = 'held' AND closed_at = 0
		ORDER BY id LIMIT 1`
	replacedLast = `
		SELECT ` + runColumns + `, ` + holdColumns + `
		FROM run JOIN hold ON hold.run = run.id
		WHERE flow = $1 AND decision = 'replace'
		ORDER BY decided_at DESC, id DESC LIMIT 1`
)

// Held is the run of a flow that is held before it closed, with the decision
// where it was not carried out yet; nil when there is none.
func (j *Journal) Held(ctx context.Context, flow string) (*pipeline.Hold, error) {
	hold, err := j.hold(ctx, heldRun, flow)
	return hold, named(err, "look for the held run of flow %q", flow)
}

// Replaced is the run of a flow that a newer night took the place of last; nil
// when there was none.
func (j *Journal) Replaced(ctx context.Context, flow string) (*pipeline.Hold, error) {
	hold, err := j.hold(ctx, replacedLast, flow)
	return hold, named(err, "look for the replaced run of flow %q", flow)
}

func (j *Journal) hold(ctx context.Context, query, flow string) (hold *pipeline.Hold, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, query, args(flow), func(scan func(...any) error) error {
			hold, err = scanHold(scan)
			return err
		})
	})
	return hold, err
}

func scanHold(scan func(...any) error) (*pipeline.Hold, error) {
	var h pipeline.Hold
	var breaches, told []byte
	var held, toldAt, decided int64
	run, err := scanRun(func(into ...any) error {
		return scan(append(into, &breaches, &held, &told, &toldAt, &h.Decision, &decided)...)
	})
	if err != nil {
		return nil, err
	}
	h.Run, h.HeldAt, h.ToldAt, h.DecidedAt = run, instant(held), instant(toldAt), instant(decided)
	return &h, errors.Join(json.Unmarshal(breaches, &h.Breaches), json.Unmarshal(told, &h.Told))
}

const setTold = `UPDATE hold SET told = $2, told_at = $3 WHERE run = $1`

// Told records who was told of a held run.
func (j *Journal) Told(ctx context.Context, h pipeline.Hold) error {
	told, err := json.Marshal(append([]string{}, h.Told...))
	if err != nil {
		return err
	}
	err = j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, setTold, h.Run.ID, string(told), nanos(h.ToldAt))
		return err
	})
	return named(err, "record who was told of run %q", h.Run.ID)
}

const (
	setDecision = `
		UPDATE hold SET decision = $2, decided_at = $3
		WHERE run = $1 AND decision = '' AND EXISTS (SELECT 1 FROM run WHERE id = $1 AND state = 'held' AND closed_at = 0)`
	decisionOf = `SELECT decision FROM hold WHERE run = $1`
)

// Decide records what a person decided about a held run, and wakes whoever works
// the flow. The error is pipeline.ErrDecided where somebody decided before, and
// pipeline.ErrNotHeld where the run does not wait.
func (j *Journal) Decide(ctx context.Context, r pipeline.Run, d pipeline.Decision, at time.Time) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		changed, err := s.exec(ctx, setDecision, r.ID, string(d), nanos(at))
		if err != nil || changed > 0 {
			return errors.Join(err, j.jobs.insert(ctx, s, r.Flow))
		}
		var before string
		known, err := found(s.one(ctx, decisionOf, args(r.ID), &before))
		switch {
		case err != nil:
			return err
		case known && before != "":
			return fmt.Errorf("%w: %s", pipeline.ErrDecided, pipeline.Decision(before).Done())
		default:
			return pipeline.ErrNotHeld
		}
	})
	if err == nil {
		j.jobs.wake(ctx)
	}
	return named(err, "decide about run %q", r.ID)
}

const decideReplaced = `UPDATE hold SET decision = 'replace', decided_at = $2 WHERE run = $1 AND decision = ''`

// Replace ends a held run and opens another in its place in one step, with
// deliveries of both as they are from now on. Where a person has decided
// meanwhile, the error is pipeline.ErrDecided and nothing is changed.
func (j *Journal) Replace(ctx context.Context, held, next pipeline.Run, deliveries []pipeline.Delivery) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		changed, err := s.exec(ctx, decideReplaced, held.ID, nanos(held.DoneAt))
		if err != nil {
			return err
		}
		if changed == 0 {
			return pipeline.ErrDecided
		}
		if err := dropStageOf(ctx, s, held.ID); err != nil {
			return err
		}
		for _, r := range []pipeline.Run{held, next} {
			if err := writeRun(ctx, s, r); err != nil {
				return err
			}
		}
		for i := range deliveries {
			if err := writeDelivery(ctx, s, &deliveries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return named(err, "replace run %q by run %q", held.ID, next.ID)
}
