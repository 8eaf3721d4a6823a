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
	offerUnmatched = touch + `
		SELECT a.asset, 3
		FROM receiver c CROSS JOIN answer a CROSS JOIN entity e
		WHERE c.account = $2 AND c.profile = $3 AND a.receiver = c.id AND a.outcome = 'unmatched' AND a.at < $4
			AND e.id = a.asset AND e.flow = $1
		ORDER BY a.asset` + urgent
)

// Offer makes the named assets due in a run, however little changed, and tells
// how many of them the journal knows.
func (j *Journal) Offer(ctx context.Context, r pipeline.Run, assets []string) (int, error) {
	rules := make([]rule, len(assets))
	for i, key := range assets {
		rules[i] = rule{rental.Ref{Kind: rental.Asset, Key: key}.String(), offerOne, args(r.Flow, key)}
	}
	n, err := j.offer(ctx, r, rules...)
	return n, named(err, "offer %d assets in run %q", len(assets), r.ID)
}

// OfferFleet makes every asset of the register due in a run, and tells how many
// were not due in it already.
func (j *Journal) OfferFleet(ctx context.Context, r pipeline.Run) (int, error) {
	n, err := j.offer(ctx, r, rule{"the fleet", offerFleet, args(r.Flow, r.ID)})
	return n, named(err, "offer the fleet in run %q", r.ID)
}

// OfferUnmatched makes those due in a run that the account did not know when it
// last answered, before the given time.
func (j *Journal) OfferUnmatched(ctx context.Context, r pipeline.Run, account, profile string, before time.Time) (int, error) {
	n, err := j.offer(ctx, r, rule{"what was unmatched", offerUnmatched, args(r.Flow, account, profile, nanos(before))})
	return n, named(err, "offer what was unmatched in run %q", r.ID)
}

func (j *Journal) offer(ctx context.Context, r pipeline.Run, rules ...rule) (n int, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		c := closing{session: s, run: r}
		if err := c.forget(ctx); err != nil {
			return err
		}
		for _, step := range rules {
			if err := step.apply(ctx, s); err != nil {
				return err
			}
		}
		if err := s.one(ctx, `SELECT COUNT(*) FROM touched`, nil, &n); err != nil || n == 0 {
			return err
		}
		if err := c.dispatch(ctx); err != nil {
			return err
		}
		return j.jobs.insert(ctx, s, r.Flow)
	})
	if err == nil {
		j.jobs.wake(ctx)
	}
	return n, err
}
