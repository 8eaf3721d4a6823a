package journal

import (
	"context"
	"fmt"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// closing is what the steps of one closing transaction share.
type closing struct {
	session
	run     pipeline.Run
	stage   int64
	first   bool   // the flow has closed no run before
	before  string // the newest business date that the flow had closed
	history string // which ended rentals of the first night are sent
}

// CloseRun makes a run's stage true in one short transaction. What was staged has
// been written before, so that all that is left to do is to let the register
// point to it, and to find the assets that it touches. Closing a closed run
// changes nothing.
//
// On the flow's first night, history says which ended rentals are sent: none, all,
// or those that ended on a date or later.
func (j *Journal) CloseRun(ctx context.Context, r pipeline.Run, history string) (pipeline.Closed, error) {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		stage, state, err := stageFor(ctx, s, r.Flow, r.ID)
		if err != nil {
			return err
		}
		if state != stageOpen {
			return nil
		}
		c := closing{session: s, run: r, stage: stage, history: history}
		return c.close(ctx, j.jobs)
	})
	if err != nil {
		return pipeline.Closed{}, named(err, "close run %q", r.ID)
	}

	j.jobs.wake(ctx)
	if err := j.sweep(ctx); err != nil {
		j.log.Warn("what was staged is not cleared away yet", "run", r.ID, "err", err)
	}
	closed, err := j.closed(ctx, r.ID)
	return closed, named(err, "tell what closing run %q changed", r.ID)
}

const flowClosed = `SELECT COUNT(*) = 0 FROM stage WHERE flow = $1 AND state = 1`

func (c *closing) close(ctx context.Context, jobs *jobs) error {
	if err := c.one(ctx, flowClosed, args(c.run.Flow), &c.first); err != nil {
		return fmt.Errorf("find the flow's last run: %w", err)
	}
	if err := c.one(ctx, today, args(c.run.Flow), &c.before); err != nil {
		return fmt.Errorf("find the business date before: %w", err)
	}

	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"find what touched assets before", c.touchBefore},
		{"bring the register up to date", c.flip},
		{"tell who is gone", c.markAbsent},
		{"find what touches assets now", c.touchAfter},
		{"make dispatches", c.dispatch},
		{"carry in what earlier runs left", c.carry},
		{"take nights back", c.takeBack},
		{"make custom values due", c.customs},
		{"mark the run as closed", c.mark},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	return named(jobs.insert(ctx, c.session, c.run.Flow), "wake the work")
}

// Which ended rentals of a first night are sent, where it is no date.
const (
	allHistory = "all"
	noHistory  = "none"
)

const (
	// What changes is no history any more. A rental whose key another takes over
	// has not changed by that.
	flip = `
		UPDATE entity SET record = s.record, history = CASE WHEN s.former IS NULL THEN 0 ELSE COALESCE((
			SELECT b.history FROM entity b JOIN record o ON o.id = b.record JOIN record n ON n.id = s.record
			WHERE b.id = s.former AND o.ended = n.ended AND o.on_rent = n.on_rent AND o.off_rent = n.off_rent), 0) END
		FROM staged s
		WHERE s.stage = $1 AND s.record IS NOT NULL AND s.entity = entity.id`

	// Before a flow's first night, rentals ended that nobody wants to be told:
	// all that ended before a date, or every one where there is none.
	markHistory = `
		UPDATE entity SET history = 1
		FROM staged s, record r
		WHERE s.stage = $1 AND s.kind = 4 AND r.id = s.record AND r.ended > 0
			AND ($2 = '' OR r.off_rent < $2) AND r.off_rent <= $3 AND s.entity = entity.id`

	// What an account has accepted of an item belongs to the rental that it
	// accepted, and not to the one that takes over its key. Of several former ones
	// that is the first.
	moveAccepted = `
		UPDATE item_answer SET item = (SELECT MIN(entity) FROM staged WHERE stage = $1 AND former = item_answer.item)
		WHERE receiver IN (SELECT id FROM receiver) AND item IN (SELECT former FROM staged WHERE stage = $1 AND former IS NOT NULL)`

	// A night that was taken back may have told of a former rental before: what was
	// accepted of it then is not what takes its place now.
	forgetAccepted = `
		DELETE FROM item_answer
		WHERE receiver IN (SELECT id FROM receiver)
			AND item IN (SELECT MIN(entity) FROM staged WHERE stage = $1 AND former IS NOT NULL GROUP BY former)`

	// What another mapping said last is no news any more: the register moved on
	// since, so the next time it says the same it has to be looked at again.
	othersSaid = `
		UPDATE said SET stale = 1, next_stale = 1
		FROM staged s, source o
		WHERE s.stage = $1 AND s.record IS NOT NULL AND o.flow = $2
			AND said.source = o.id AND said.entity = s.entity AND said.stage <> $1`
	sources = `SELECT COUNT(*) FROM source WHERE flow = $1`

	countChanged = `
		INSERT INTO changed (run, kind, count)
		SELECT $2, kind, COUNT(*) FROM staged
		WHERE stage = $1 AND record IS NOT NULL
		GROUP BY kind`
)

// flip lets the register point to what was staged.
func (c *closing) flip(ctx context.Context) error {
	if _, err := c.exec(ctx, flip, c.stage); err != nil {
		return err
	}
	if c.first && c.history != allHistory {
		if _, err := c.exec(ctx, markHistory, c.stage, strings.TrimPrefix(c.history, noHistory), c.run.BusinessDate); err != nil {
			return err
		}
	}
	for _, accepted := range []string{forgetAccepted, moveAccepted} {
		if _, err := c.exec(ctx, accepted, c.stage); err != nil {
			return err
		}
	}
	if err := c.outdate(ctx); err != nil {
		return err
	}
	_, err := c.exec(ctx, countChanged, c.stage, c.run.ID)
	return err
}

// outdate lets mappings be heard again on what others have changed. On a first
// run nobody has said anything before.
func (c *closing) outdate(ctx context.Context) error {
	if c.first {
		return nil
	}
	var mappings int
	if err := c.one(ctx, sources, args(c.run.Flow), &mappings); err != nil || mappings < 2 {
		return err
	}
	_, err := c.exec(ctx, othersSaid, c.stage, c.run.Flow)
	return err
}

const (
	// isUnfinished is whether the run of a dispatch still works.
	isUnfinished = `EXISTS (SELECT 1 FROM run WHERE id = dispatch.run AND state IN ('staging', 'closed'))`

	overtake = `
		INSERT INTO outcome (run, asset, outcome, status, code, why, clears, carried_from, at, left_out)
		SELECT dispatch.run, dispatch.asset, 'overtaken', 0, '', '', 0, dispatch.carried_from, @now_ms * 1000000, '[]'
		FROM touched t CROSS JOIN dispatch
		WHERE dispatch.asset = t.asset AND dispatch.run <> $1 AND ` + isUnfinished + `
		ON CONFLICT (run, asset) DO UPDATE SET
			outcome = excluded.outcome, status = 0, code = '', why = '', clears = 0, at = excluded.at, left_out = '[]'`

	// Whoever works on the asset right now keeps it until he is through or his
	// lease is over: one in flight per asset. What a person has approved was not
	// what is due now.
	makeDue = `
		INSERT INTO dispatch (asset, flow, run, class, due_ms, attempts, lease_ms, held, again, carried_from)
		SELECT asset, $2, $1, class, @now_ms, 0, 0, 0, 0, '' FROM touched WHERE true
		ON CONFLICT (asset) DO UPDATE SET
			carried_from = CASE WHEN ` + isUnfinished + ` THEN '' ELSE dispatch.run END,
			run = excluded.run, due_ms = excluded.due_ms, attempts = 0, held = 0, approved = 0,
			class = CASE WHEN dispatch.class < excluded.class THEN dispatch.class ELSE excluded.class END`

	// A document that waits for a person is looked at again with every night;
	// one that IRIS asked to keep back stays where it is until it is due.
	carryIn = `
		UPDATE dispatch SET run = $1, carried_from = dispatch.run, held = 0,
			due_ms = CASE WHEN held > 0 THEN @now_ms ELSE due_ms END
		WHERE flow = $2 AND run <> $1 AND (held > 0 OR due_ms <= @now_ms) AND NOT ` + isUnfinished
)

// dispatch makes the touched assets due in this run.
func (c *closing) dispatch(ctx context.Context) error {
	if _, err := c.exec(ctx, overtake, c.run.ID); err != nil {
		return err
	}
	_, err := c.exec(ctx, makeDue, c.run.ID, c.run.Flow)
	return err
}

// carry takes over what earlier runs left.
func (c *closing) carry(ctx context.Context) error {
	_, err := c.exec(ctx, carryIn, c.run.ID, c.run.Flow)
	return err
}

const (
	closeRun = `
		INSERT INTO run (id, flow, business_date, state, opened_at, closed_at, done_at, reason)
		VALUES ($1, $2, $3, 'closed', $4, @now_ms * 1000000, 0, $5)
		ON CONFLICT (id) DO UPDATE SET
			business_date = excluded.business_date, state = excluded.state,
			closed_at = excluded.closed_at, reason = excluded.reason`
	closeDeliveries = `UPDATE delivery SET state = 'closed' WHERE run = $1 AND state = 'staged'`
	closeStage      = `UPDATE stage SET state = 1, business_date = $2 WHERE id = $1`
)

func (c *closing) mark(ctx context.Context) error {
	if _, err := c.exec(ctx, closeRun, c.run.ID, c.run.Flow, c.run.BusinessDate, nanos(c.run.OpenedAt), c.run.Reason); err != nil {
		return err
	}
	if _, err := c.exec(ctx, closeDeliveries, c.run.ID); err != nil {
		return err
	}
	_, err := c.exec(ctx, closeStage, c.stage, c.run.BusinessDate)
	return err
}

const (
	tellChanged = `SELECT kind, count FROM changed WHERE run = $1`
	tellAbsent  = `
		SELECT COUNT(DISTINCT m.entity)
		FROM stage g JOIN missed m ON m.stage = g.id
		WHERE g.run = $1 AND g.state = 1 AND m.kind = 5 AND m.since = g.business_date`
	tellDue = `
		SELECT COUNT(*), COUNT(CASE WHEN carried_from <> '' THEN 1 END) FROM (
			SELECT asset, carried_from FROM dispatch WHERE run = $1
			UNION
			SELECT asset, carried_from FROM outcome WHERE run = $1) due`
)

// closed counts what closing a run changed. The answer is the same however often
// it is asked for.
func (j *Journal) closed(ctx context.Context, run string) (closed pipeline.Closed, err error) {
	closed.Changed = map[rental.Kind]int{}

	err = j.read(ctx, func(ctx context.Context, s session) error {
		err := s.each(ctx, tellChanged, args(run), func(scan func(...any) error) error {
			var kind rental.Kind
			var n int
			err := scan(&kind, &n)
			closed.Changed[kind] = n
			return err
		})
		if err != nil {
			return err
		}
		if err := s.one(ctx, tellAbsent, args(run), &closed.Absent); err != nil {
			return err
		}
		return s.one(ctx, tellDue, args(run), &closed.Due, &closed.CarriedIn)
	})
	return closed, err
}
