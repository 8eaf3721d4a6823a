package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"rentalsync/pipeline"
)

// What dispatch.held says.
const (
	notHeld    = iota
	heldAll    // with the whole fleet, for an account that was never sent anything
	heldItself // for what its own document says
)

const (
	// left are the dispatches of finished runs that nobody works on.
	left = `
		flow = $1 AND owner IS NULL
		AND NOT EXISTS (SELECT 1 FROM run WHERE id = dispatch.run AND state IN ('staging', 'closed'))`

	adopt = `
		UPDATE dispatch SET carried_from = dispatch.run, run = $2
		WHERE ` + left + ` AND dispatch.run <> $2 AND held = 0 AND due_ms <= @now_ms`

	leftover = `
		SELECT COUNT(CASE WHEN held = 0 AND due_ms <= @now_ms THEN 1 END), COUNT(CASE WHEN held = 0 AND due_ms > @now_ms THEN 1 END),
			COUNT(CASE WHEN held > 0 THEN 1 END), COALESCE(MIN(CASE WHEN held = 0 AND due_ms > @now_ms THEN due_ms END), 0)
		FROM dispatch WHERE ` + left
)

// Adopt gives the dispatches that finished runs left, and that are due again, to
// a run, and tells how many. What waits for a person is not due before Release.
func (j *Journal) Adopt(ctx context.Context, r pipeline.Run) (n int, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		n, err = s.exec(ctx, adopt, r.Flow, r.ID)
		return err
	})
	return n, named(err, "adopt what is left for run %q", r.ID)
}

// Leftover tells what finished runs of a flow have not sent.
func (j *Journal) Leftover(ctx context.Context, flow string) (l pipeline.Left, err error) {
	var ms int64
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, leftover, args(flow), &l.Due, &l.Later, &l.Held, &ms)
	})
	if ms > 0 {
		l.Next = time.UnixMilli(ms).UTC()
	}
	return l, named(err, "count what is left in flow %q", flow)
}

const countDue = `SELECT COUNT(*) FROM dispatch WHERE run = $1 AND held = 0 AND due_ms <= @now_ms`

// CountDue tells how many assets of a run are due.
func (j *Journal) CountDue(ctx context.Context, run string) (n int, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, countDue, args(run), &n)
	})
	return n, named(err, "count what is due in run %q", run)
}

const lease = `
	UPDATE dispatch SET owner = $2, lease_ms = @now_ms + $3
	WHERE asset IN (
		SELECT asset FROM dispatch
		WHERE run = $1 AND held = 0 AND due_ms <= @now_ms AND (owner IS NULL OR lease_ms <= @now_ms)
		ORDER BY class, asset
		LIMIT $4 @skip_locked)
	RETURNING asset, (SELECT key FROM entity WHERE id = dispatch.asset), flow, run, carried_from, class, attempts, offered, approved, lease_ms`

// Lease takes up to n assets of a run that are due and nobody works on, in order
// of sending: by class, then as they were first named.
func (j *Journal) Lease(ctx context.Context, run, owner string, n int) ([]pipeline.Due, error) {
	type leased struct {
		pipeline.Due
		asset int64
	}
	var list []leased

	err := j.write(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, lease, args(run, owner, j.lease.Milliseconds(), n), func(scan func(...any) error) error {
			var l leased
			var until int64
			err := scan(&l.asset, &l.Asset, &l.Flow, &l.Run, &l.CarriedFrom, &l.Class, &l.Attempts, &l.Offered, &l.Approved, &until)
			l.Until = time.UnixMilli(until).UTC()
			list = append(list, l)
			return err
		})
	})
	if err != nil {
		return nil, named(err, "lease assets of run %q", run)
	}

	slices.SortFunc(list, func(a, b leased) int { // RETURNING keeps no order
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.asset, b.asset))
	})
	due := make([]pipeline.Due, len(list))
	for i := range list {
		due[i] = list[i].Due
	}
	return due, nil
}

const (
	settleOutcomes = `
		INSERT INTO outcome (run, asset, outcome, status, code, why, clears, carried_from, at, left_out)
		SELECT run, asset, $2, 0, '', $3, 0, carried_from, @now_ms * 1000000, '[]'
		FROM dispatch WHERE run = $1 AND owner IS NULL AND held = 0
		ON CONFLICT (run, asset) DO UPDATE SET
			outcome = excluded.outcome, status = 0, code = '', why = excluded.why, clears = 0, at = excluded.at, left_out = '[]'`
	settleDispatches = `UPDATE dispatch SET held = $2 WHERE run = $1 AND owner IS NULL AND held = 0`
)

// SettleAll settles everything that is due in a run, and that nobody works on,
// as Held or Deferred. What is held already stays as it is.
func (j *Journal) SettleAll(ctx context.Context, run string, o pipeline.Outcome, why string) (n int, err error) {
	if o.Final() {
		return 0, fmt.Errorf("settle run %q: %s is an end that each document comes to by itself", run, o)
	}
	err = j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, settleOutcomes, run, o.String(), why); err != nil {
			return err
		}
		held := notHeld
		if o == pipeline.Held {
			held = heldAll
		}
		n, err = s.exec(ctx, settleDispatches, run, held)
		return err
	})
	return n, named(err, "settle what is due in run %q as %s", run, o)
}

const (
	hasAnswered = `EXISTS (
		SELECT 1 FROM receiver r
		JOIN answer a ON a.receiver = r.id
		JOIN entity e ON e.id = a.asset
		WHERE r.account = $1 AND r.profile = $2 AND e.flow = $3 AND a.accepted IS NOT NULL)`
	answered = `SELECT ` + hasAnswered
)

// Answered reports whether the account ever accepted a document of the flow in
// this profile.
func (j *Journal) Answered(ctx context.Context, flow, account, profile string) (yes bool, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, answered, args(account, profile, flow), &yes)
	})
	return yes, named(err, "ask whether account %q ever accepted anything of flow %q", account, flow)
}

const (
	receiverOf = `
		INSERT INTO receiver (account, profile) VALUES ($1, $2)
		ON CONFLICT (account, profile) DO UPDATE SET profile = excluded.profile
		RETURNING id`

	leasedTo = `
		SELECT e.id, COALESCE(d.owner = $3 AND d.lease_ms > @now_ms, false)
		FROM entity e LEFT JOIN dispatch d ON d.asset = e.id
		WHERE e.flow = $1 AND e.kind = 5 AND e.key = $2`

	beginAttempt = `
		INSERT INTO answer (receiver, asset, attempted, attempt, outcome, status, code, message, clears, at)
		VALUES ($1, $2, $3, 1, '', 0, '', '', 0, 0)
		ON CONFLICT (receiver, asset) DO UPDATE SET attempted = excluded.attempted, attempt = 1`
)

// Sending records durably that requests are about to be sent, and answers which
// of the assets are still leased to the owner.
func (j *Journal) Sending(ctx context.Context, owner, account, profile string, attempts []pipeline.Attempt) (map[string]bool, error) {
	still := make(map[string]bool, len(attempts))

	err := j.write(ctx, func(ctx context.Context, s session) error {
		var receiver int64
		if err := s.one(ctx, receiverOf, args(account, profile), &receiver); err != nil {
			return err
		}
		for _, a := range attempts {
			var asset int64
			var mine bool
			if known, err := found(s.one(ctx, leasedTo, args(a.Flow, a.Asset, owner), &asset, &mine)); err != nil {
				return err
			} else if !known || !mine {
				continue
			}
			if _, err := s.exec(ctx, beginAttempt, receiver, asset, a.Digest[:]); err != nil {
				return fmt.Errorf("asset %s: %w", a.Asset, err)
			}
			still[a.Asset] = true
		}
		return nil
	})
	if err != nil {
		return nil, named(err, "record attempts of %s", owner)
	}
	return still, nil
}

const acceptedReference = `
	SELECT e.key, a.reference
	FROM receiver r
	JOIN answer a ON a.receiver = r.id
	JOIN entity e ON e.id = a.asset
	WHERE r.account = $1 AND e.flow = $2 AND a.accepted IS NOT NULL AND a.reference <> ''
	LIMIT 1`

// AcceptedReference is one asset of the flow that the account has accepted, and
// the reference it is known by there; both are "" when there is none.
func (j *Journal) AcceptedReference(ctx context.Context, flow, account string) (key, reference string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		_, err := found(s.one(ctx, acceptedReference, args(account, flow), &key, &reference))
		return err
	})
	return key, reference, named(err, "find how account %q knows the assets of flow %q", account, flow)
}
