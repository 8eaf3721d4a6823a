package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var _ pipeline.RevertJournal = (*Journal)(nil)

// Records never change, and closing a run only lets entities point to others. So
// what the register held before some night is still there, as long as what that
// night staged is kept.

// Errors of a revert that cannot be done.
var (
	// ErrNoNight says that no run closed on a business date or after it.
	ErrNoNight = errors.New("no night from that date on was worked")

	// ErrForgotten says that what the register held before is not kept any more.
	ErrForgotten = errors.New("what the register held before is not kept any more; keep.history says for how long it is")

	// ErrReverting says that somebody asked before and that it was not done yet.
	ErrReverting = errors.New("nights are being taken back already; wait until that is through")
)

const (
	nightsFrom  = `SELECT COUNT(*), COALESCE(SUM(swept), 0) FROM stage WHERE flow = $1 AND state = 1 AND business_date >= $2`
	isReverting = `SELECT COUNT(*) FROM run WHERE flow = $1 AND reverts = 1 AND state IN ('staging', 'closed')`
	countHeld   = `SELECT COUNT(*) FROM run WHERE flow = $1 AND state = 'held' AND closed_at = 0`
)

// Revert opens a run that takes the nights from its business date on back, and
// wakes whoever works the flow. Nothing is opened where that cannot be done.
func (j *Journal) Revert(ctx context.Context, r pipeline.Run) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		var nights, swept, reverting, held int
		if err := s.one(ctx, nightsFrom, args(r.Flow, r.BusinessDate), &nights, &swept); err != nil {
			return err
		}
		if err := s.one(ctx, isReverting, args(r.Flow), &reverting); err != nil {
			return err
		}
		if err := s.one(ctx, countHeld, args(r.Flow), &held); err != nil {
			return err
		}
		switch {
		case nights == 0:
			return ErrNoNight
		case swept > 0:
			return ErrForgotten
		case reverting > 0:
			return ErrReverting
		case held > 0:
			return pipeline.ErrHeldBefore
		}
		if err := writeRun(ctx, s, r); err != nil {
			return err
		}
		return j.jobs.insert(ctx, s, r.Flow)
	})
	if err == nil {
		j.jobs.wake(ctx)
	}
	return named(err, "revert to before %s", r.BusinessDate)
}

// turnedSize is how many entities are looked at together.
const turnedSize = 2000

// turnedFrom finds what closed runs have changed, with the record that the first of
// them met and the one that the register holds.
const turnedFrom = `
	SELECT f.kind, f.entity, e.key, s.prior, p.body, n.body
	FROM (
		SELECT x.kind, x.entity, MIN(x.stage) AS stage
		FROM stage g CROSS JOIN staged x
		WHERE g.flow = $1 AND g.state = 1 AND g.business_date >= $2 AND x.stage = g.id
			AND x.record IS NOT NULL AND (x.kind, x.entity) > ($3, $4)
		GROUP BY x.kind, x.entity
		ORDER BY x.kind, x.entity
		LIMIT $5) f
	JOIN staged s ON s.stage = f.stage AND s.kind = f.kind AND s.entity = f.entity
	JOIN entity e ON e.id = f.entity
	JOIN record n ON n.id = e.record
	LEFT JOIN record p ON p.id = s.prior
	ORDER BY f.kind, f.entity`

// Turned yields every entity that closed runs of a flow with a business date from
// date on have changed.
func (j *Journal) Turned(ctx context.Context, flow, date string) iter.Seq2[pipeline.Turned, error] {
	return func(yield func(pipeline.Turned, error) bool) {
		var kind, entity int64
		for n := turnedSize; n == turnedSize; {
			var page []pipeline.Turned
			err := j.read(ctx, func(ctx context.Context, s session) error {
				return s.each(ctx, turnedFrom, args(flow, date, kind, entity, turnedSize), func(scan func(...any) error) error {
					t, err := scanTurned(scan, &kind, &entity)
					page = append(page, t)
					return err
				})
			})
			if err != nil {
				yield(pipeline.Turned{}, named(err, "find what changed in flow %q from %s on", flow, date))
				return
			}
			for _, t := range page {
				if !yield(t, nil) {
					return
				}
			}
			n = len(page)
		}
	}
}

func scanTurned(scan func(...any) error, kind, entity *int64) (t pipeline.Turned, err error) {
	var ref rental.Ref
	var prior *int64
	var before, now []byte
	if err := scan(kind, entity, &ref.Key, &prior, &before, &now); err != nil {
		return t, err
	}
	ref.Kind = rental.Kind(*kind)
	if t.Now, err = rental.DecodeRecord(ref, now); err != nil || prior == nil {
		return t, named(err, "%s", ref)
	}
	if before == nil {
		return t, fmt.Errorf("%s: %w", ref, ErrForgotten)
	}
	record, err := rental.DecodeRecord(ref, before)
	t.Before = &record
	return t, named(err, "%s", ref)
}

// unheard is the digest of what nobody says.
const unheard = 0

// unsay lets what mappings last said in those nights, or of anything that the
// run has staged, count as something else, from the closing of the run on. That
// they named it stays known, so that its absence is noticed. What was missed
// first in those nights was not missed.
const unsay = `
	UPDATE said SET ` + settleSaid + `
		stage = $2, next_digest = $4,
		next_scope = CASE WHEN ` + nextCounts + ` THEN said.next_scope ELSE said.scope END,
		next_absent = CASE WHEN COALESCE(CASE WHEN ` + nextCounts + ` THEN said.next_absent ELSE said.absent END, $3) >= $3 THEN NULL
			ELSE CASE WHEN ` + nextCounts + ` THEN said.next_absent ELSE said.absent END END
	WHERE source = $5 AND said.stage <> $2
		AND (EXISTS (SELECT 1 FROM staged x WHERE x.stage = $2 AND x.kind = said.kind AND x.entity = said.entity)
			OR said.stage IN (SELECT id FROM stage WHERE flow = $1 AND state = 1 AND business_date >= $3))
		AND (CASE WHEN ` + nextCounts + ` THEN said.next_digest ELSE said.digest END) IS NOT NULL
		AND said.entity IN (SELECT entity FROM said WHERE source = $5 AND entity > $6 ORDER BY entity LIMIT $7)`

const (
	sourcesOf = `SELECT id FROM source WHERE flow = $1 ORDER BY id`
	saidEdge  = `SELECT COALESCE(MAX(entity), 0), COUNT(*) FROM (SELECT entity FROM said WHERE source = $1 AND entity > $2 ORDER BY entity LIMIT $3) page`
)

// Unsay stages that what mappings said in the nights that a run takes back, or of
// anything it has staged, is to be heard again.
func (j *Journal) Unsay(ctx context.Context, r pipeline.Run) error {
	var sources []int64
	err := j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, sourcesOf, args(r.Flow), func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			sources = append(sources, id)
			return err
		})
	})
	for _, source := range sources {
		for from, more := int64(0), true; more && err == nil; {
			err = j.write(ctx, func(ctx context.Context, s session) (err error) {
				from, more, err = unsaySome(ctx, s, r, source, from)
				return err
			})
		}
	}
	return named(err, "let be heard again what run %q takes back", r.ID)
}

// unsaySome does so with some entities that a mapping named, in the order of
// their numbers.
func unsaySome(ctx context.Context, s session, r pipeline.Run, source, from int64) (edge int64, more bool, err error) {
	stage, err := openStageOf(ctx, s, r.Flow, r.ID)
	if err != nil {
		return from, false, err
	}
	var n int
	if err := s.one(ctx, saidEdge, args(source, from, turnedSize), &edge, &n); err != nil || n == 0 {
		return edge, false, err
	}
	_, err = s.exec(ctx, unsay, r.Flow, stage, r.BusinessDate, unheard, source, from, turnedSize)
	return edge, n == turnedSize, err
}

const (
	revertDeliveries = `
		UPDATE delivery SET state = 'reverted'
		WHERE flow = $1 AND business_date >= $2 AND state IN ('closed', 'archived', 'acked')`

	// A night that was taken back missed nothing.
	revertMissed = `
		DELETE FROM missed
		WHERE stage IN (SELECT id FROM stage WHERE flow = $1 AND state = 1 AND business_date >= $2)`
	revertGone = `UPDATE entity SET gone = NULL WHERE gone >= $2 AND flow = $1`
)

// takeBack lets the deliveries of the nights that the run takes back not count
// any more, as part of its closing.
func (c *closing) takeBack(ctx context.Context) error {
	if !c.run.Reverts {
		return nil
	}
	for _, text := range []string{revertDeliveries, revertMissed, revertGone} {
		if _, err := c.exec(ctx, text, c.run.Flow, c.run.BusinessDate); err != nil {
			return err
		}
	}
	return nil
}
