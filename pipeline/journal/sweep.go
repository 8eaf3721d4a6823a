package journal

import (
	"context"
	"fmt"
	"time"
)

// What a stage held is cleared away after it was dropped, or closed so long ago
// that nobody may take it back any more, in small transactions: nobody waits for
// it, and a crash only puts it off.

const dropStage = `UPDATE stage SET state = 2 WHERE run = $1 AND state = 0 RETURNING id`

// ClearStage forgets everything a run has staged and counted.
func (j *Journal) ClearStage(ctx context.Context, run string) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		return dropStageOf(ctx, s, run)
	})
	if err != nil {
		return named(err, "clear the stage of run %q", run)
	}
	if err := j.sweep(ctx); err != nil {
		j.log.Warn("what was staged is not cleared away yet", "run", run, "err", err)
	}
	return nil
}

// dropStageOf drops what a run has staged, and forgets its counts.
func dropStageOf(ctx context.Context, s session, run string) error {
	var stage int64
	open, err := found(s.one(ctx, dropStage, args(run), &stage))
	if err != nil || !open {
		return err
	}
	for _, counts := range []string{`DELETE FROM counted WHERE stage = $1`, `DELETE FROM skipped WHERE stage = $1`} {
		if _, err := s.exec(ctx, counts, stage); err != nil {
			return err
		}
	}
	return nil
}

// sweepSize is how many entities one transaction clears away.
const sweepSize = 2000

// settledStays is how long what was unmatched is told of at the least.
const settledStays = 30 * 24 * time.Hour

const (
	nextToSweep = `
		SELECT g.id, g.state FROM stage g LEFT JOIN run r ON r.id = g.run
		WHERE g.swept = 0 AND (g.state = 2 OR g.state = 1 AND COALESCE(r.closed_at, 0) <= @now_ms * 1000000 - $1)
		ORDER BY g.id LIMIT 1`
	swept = `UPDATE stage SET swept = 1 WHERE id = $1`

	sweepEdge = `
		SELECT kind, entity FROM staged WHERE stage = $1
		ORDER BY kind, entity LIMIT 1 OFFSET $2`
	// Where nothing changed, the record before is the record after.
	sweepThese = ` IN (SELECT %s FROM staged WHERE stage = $1 AND (kind, entity) <= ($2, $3) AND %[1]s IS NOT NULL AND record IS NOT NULL)`

	// A record that the register still points to stays, whatever was staged.
	sweepUnused = `
		AND NOT EXISTS (SELECT 1 FROM entity e WHERE e.id = record.entity AND e.record = record.id)`
	sweepStaged = `DELETE FROM staged WHERE stage = $1 AND (kind, entity) <= ($2, $3)`
)

// sweepSettled clears away what an account came to know so long ago.
const sweepSettled = `
	DELETE FROM unmatched WHERE (account, asset, since) IN (
		SELECT account, asset, since FROM unmatched
		WHERE ended_at > 0 AND ended_at <= @now_ms * 1000000 - $1 LIMIT 2000)`

// sweep clears away what dropped stages held, closed ones that are old enough, and
// what was unmatched and is settled as long.
func (j *Journal) sweep(ctx context.Context) error {
	for n := sweepSize; n == sweepSize; {
		err := j.write(ctx, func(ctx context.Context, s session) (err error) {
			n, err = s.exec(ctx, sweepSettled, int64(max(j.history, settledStays)))
			return err
		})
		if err != nil {
			return fmt.Errorf("clear away what was unmatched: %w", err)
		}
	}
	for {
		var stage int64
		var state int
		var more bool
		err := j.read(ctx, func(ctx context.Context, s session) (err error) {
			more, err = found(s.one(ctx, nextToSweep, args(int64(j.history)), &stage, &state))
			return err
		})
		if err != nil || !more {
			return err
		}
		if err := j.sweepStage(ctx, stage, state); err != nil {
			return fmt.Errorf("clear away stage %d: %w", stage, err)
		}
	}
}

func (j *Journal) sweepStage(ctx context.Context, stage int64, state int) error {
	if state == stageDropped {
		if err := j.sweepRows(ctx, stage); err != nil {
			return err
		}
	}
	for done := false; !done; {
		err := j.write(ctx, func(ctx context.Context, s session) (err error) {
			done, err = sweepSome(ctx, s, stage, state)
			return err
		})
		if err != nil {
			return err
		}
	}
	return j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, swept, stage)
		return err
	})
}

// sweepSome clears away some entities: of a closed stage the records that the
// register no longer points to, of a dropped one those that it never did.
func sweepSome(ctx context.Context, s session, stage int64, state int) (done bool, err error) {
	kind, entity := 1<<15-1, int64(0)
	more, err := found(s.one(ctx, sweepEdge, args(stage, sweepSize-1), &kind, &entity))
	if err != nil {
		return false, err
	}

	records := "prior"
	if state == stageDropped {
		records = "record"
	}
	clear := `DELETE FROM record WHERE id` + fmt.Sprintf(sweepThese, records) + sweepUnused
	if _, err := s.exec(ctx, clear, stage, kind, entity); err != nil {
		return false, err
	}
	_, err = s.exec(ctx, sweepStaged, stage, kind, entity)
	return !more, err
}

// sweepRows clears away what was said of single rows.
func (j *Journal) sweepRows(ctx context.Context, stage int64) error {
	for _, some := range []string{
		`DELETE FROM reject WHERE id IN (SELECT id FROM reject WHERE stage = $1 LIMIT 2000)`,
		`DELETE FROM parked WHERE id IN (SELECT id FROM parked WHERE stage = $1 LIMIT 2000)`,
		`DELETE FROM warning WHERE id IN (SELECT id FROM warning WHERE stage = $1 LIMIT 2000)`,
		`DELETE FROM missed WHERE stage = $1`,
		`DELETE FROM found WHERE stage = $1`,
		`DELETE FROM reworked WHERE stage = $1`,
	} {
		for n := sweepSize; n == sweepSize; {
			err := j.write(ctx, func(ctx context.Context, s session) (err error) {
				n, err = s.exec(ctx, some, stage)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
