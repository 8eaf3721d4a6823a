package journal

import (
	"context"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// Documents become due without any row having changed: because somebody asks to
// send them again, because IRIS may know by now what it did not know, or because
// they go to another account.

const (
	offerOne   = touch + `SELECT id, 3 FROM entity WHERE flow = $1 AND kind = 5 AND key = $2` + urgent
	offerFleet = touch + `
		SELECT id, 3 FROM entity
		WHERE flow = $1 AND kind = 5 AND record IS NOT NULL AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.asset = entity.id AND d.run = $2)
		ORDER BY id` + urgent

	// unmatchedLong are the answers a of an account to assets e of a flow that it
	// did not know, and that were not offered since a time.
	unmatchedLong = `
		FROM receiver c CROSS JOIN answer a CROSS JOIN entity e
		WHERE c.account = $2 AND c.profile = $3 AND a.receiver = c.id AND a.outcome = 'unmatched' AND a.at < $4 AND a.offered_at < $4
			AND e.id = a.asset AND e.flow = $1 `
	notDue = ` AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.asset = a.asset) `

	offerUnmatched = touch + `SELECT DISTINCT a.asset, 3` + unmatchedLong + notDue + urgent

	// What is due in the run anyway is to be sent there, changed or not.
	remindUnmatched = `
		UPDATE dispatch SET offered = 1
		WHERE run = $5 AND held = 0 AND offered = 0 AND asset IN (SELECT a.asset` + unmatchedLong + `)`
	countUnmatched = `SELECT (SELECT COUNT(*)` + unmatchedLong + notDue + `) + (SELECT COUNT(*)` + listedByNow + `)`

	// However little changed, what is offered is sent.
	markOffered = `UPDATE dispatch SET offered = 1 WHERE asset IN (SELECT asset FROM touched)`

	// Once a period is enough, whatever becomes of what is offered.
	justOffered = `
		UPDATE answer SET offered_at = $4
		WHERE receiver = (SELECT id FROM receiver WHERE account = $1 AND profile = $2)
			AND asset IN (SELECT asset FROM dispatch WHERE run = $3 AND offered = 1)`

	nowServes = `
		INSERT INTO served (flow, account, profile) VALUES ($1, $2, $3)
		ON CONFLICT (flow) DO UPDATE SET account = excluded.account, profile = excluded.profile`

	// A flow that never told whom it serves serves whoever has accepted anything.
	isCutover = `
		SELECT EXISTS (SELECT 1 FROM stage WHERE flow = $3 AND state = 1)
			AND COALESCE((SELECT account <> $1 OR profile <> $2 FROM served WHERE flow = $3), NOT ` + hasAnswered + `)`
)

// Offer makes the named assets due in a run, to be sent however little changed,
// and tells how many of them the journal knows.
func (j *Journal) Offer(ctx context.Context, r pipeline.Run, assets []string) (int, error) {
	rules := make([]rule, len(assets))
	for i, key := range assets {
		rules[i] = rule{rental.Ref{Kind: rental.Asset, Key: key}.String(), offerOne, args(r.Flow, key)}
	}
	n, err := j.offer(ctx, r, rules, rule{"what is sent in any case", markOffered, nil})
	return n, named(err, "offer %d assets in run %q", len(assets), r.ID)
}

// OfferFleet makes every asset of the register due in a run, and tells how many
// were not due in it already. The fleet is now offered to this account, in this
// profile.
func (j *Journal) OfferFleet(ctx context.Context, r pipeline.Run, account, profile string) (int, error) {
	n, err := j.offer(ctx, r, []rule{{"the fleet", offerFleet, args(r.Flow, r.ID)}},
		rule{"whom the flow serves", nowServes, args(r.Flow, account, profile)},
		rule{"every custom value", everyCustom, args(r.Flow)})
	return n, named(err, "offer the fleet in run %q", r.ID)
}

// Cutover reports whether a flow's fleet was offered to another account or in
// another profile last, or to nobody yet.
func (j *Journal) Cutover(ctx context.Context, flow, account, profile string) (yes bool, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, isCutover, args(account, profile, flow), &yes)
	})
	return yes, named(err, "ask whom flow %q serves", flow)
}

// OfferUnmatched makes those due in a run, to be sent however little changed,
// that the account did not know when it last answered, and that were not offered
// since the given time. It tells how many were not due anyway.
func (j *Journal) OfferUnmatched(ctx context.Context, r pipeline.Run, account, profile string, since, now time.Time) (int, error) {
	who := args(r.Flow, account, profile, nanos(since))
	shown := args(r.Flow, account)
	n, err := j.offer(ctx, r, []rule{{"what was unmatched", offerUnmatched, who}, {"what the account lists by now", offerListed, shown}},
		rule{"what is sent in any case", markOffered, nil},
		rule{"what was unmatched and is due anyway", remindUnmatched, append(who, r.ID)},
		rule{"what the account lists by now and is due anyway", remindListed, append(shown, r.ID)},
		rule{"what was offered as listed", offeredListed, append(shown, r.ID)},
		rule{"what was offered just now", justOffered, args(account, profile, r.ID, nanos(now))})
	return n, named(err, "offer what was unmatched in run %q", r.ID)
}

// Unmatched tells how many assets OfferUnmatched would make due.
func (j *Journal) Unmatched(ctx context.Context, flow, account, profile string, since time.Time) (n int, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, countUnmatched, args(flow, account, profile, nanos(since)), &n)
	})
	return n, named(err, "count what was unmatched in flow %q", flow)
}

// offer makes due what the rules find, and then does what is to be done with it.
func (j *Journal) offer(ctx context.Context, r pipeline.Run, rules []rule, then ...rule) (n int, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		c := closing{session: s, run: r}
		if err := c.forget(ctx); err != nil {
			return err
		}
		if err := applyAll(ctx, s, rules); err != nil {
			return err
		}
		if err := s.one(ctx, `SELECT COUNT(*) FROM touched`, nil, &n); err != nil {
			return err
		}
		if err := c.dispatch(ctx); err != nil {
			return err
		}
		if err := applyAll(ctx, s, then); err != nil || n == 0 {
			return err
		}
		return j.jobs.insert(ctx, s, r.Flow)
	})
	if err == nil && n > 0 {
		j.jobs.wake(ctx)
	}
	return n, err
}
