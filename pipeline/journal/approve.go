package journal

import (
	"context"
	"fmt"
	"iter"

	"rentalsync/pipeline"
)

// Some documents wait for a person: a whole fleet for an account that was never
// sent anything, and single ones for what they say. What he decides is written
// beside the work, and wakes it.

const (
	release = `UPDATE dispatch SET held = 0, due_ms = @now_ms WHERE flow = $1 AND held = 1`

	approveAccount = `
		INSERT INTO approval (flow, account, profile, at) VALUES ($1, $2, $3, @now_ms * 1000000)
		ON CONFLICT (flow, account, profile) DO NOTHING`
	isApproved = `SELECT EXISTS (SELECT 1 FROM approval WHERE flow = $1 AND account = $2 AND profile = $3)`

	approveDocument = `
		UPDATE dispatch SET approved = 1, held = 0, due_ms = @now_ms
		WHERE held = 2 AND asset = (SELECT id FROM entity WHERE flow = $1 AND kind = 5 AND key = $2)`

	heldDocuments = `
		SELECT e.key, COALESCE(o.why, ''), d.run, d.held = 1
		FROM dispatch d CROSS JOIN entity e LEFT JOIN outcome o ON o.run = d.run AND o.asset = d.asset
		WHERE d.flow = $1 AND d.held > 0 AND e.id = d.asset
		ORDER BY e.key`
)

// Release makes due again what waits in a flow because its account was never sent
// anything, and wakes the work. What is held for what a document says stays held.
func (j *Journal) Release(ctx context.Context, flow string) (int, error) {
	n, err := j.decide(ctx, flow, func(ctx context.Context, s session) (int, error) { return s.exec(ctx, release, flow) })
	return n, named(err, "release what is held in flow %q", flow)
}

// ApproveAccount lets a flow's documents go to an account in a profile, although
// it was never sent anything, and tells how many waited for that.
func (j *Journal) ApproveAccount(ctx context.Context, flow, account, profile string) (released int, err error) {
	released, err = j.decide(ctx, flow, func(ctx context.Context, s session) (int, error) {
		if _, err := s.exec(ctx, approveAccount, flow, account, profile); err != nil {
			return 0, err
		}
		return s.exec(ctx, release, flow)
	})
	return released, named(err, "approve account %q for flow %q", account, flow)
}

// Approved reports whether a person has said that a flow's documents may go to an
// account in a profile.
func (j *Journal) Approved(ctx context.Context, flow, account, profile string) (yes bool, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, isApproved, args(flow, account, profile), &yes)
	})
	return yes, named(err, "ask whether account %q is approved for flow %q", account, flow)
}

// ApproveDocuments lets the documents of assets go that are held for what they
// say, and tells how many were. What an asset's document says on a later night is
// approved anew.
func (j *Journal) ApproveDocuments(ctx context.Context, flow string, assets []string) (int, error) {
	n, err := j.decide(ctx, flow, func(ctx context.Context, s session) (n int, err error) {
		for _, key := range assets {
			one, err := s.exec(ctx, approveDocument, flow, key)
			if err != nil {
				return n, fmt.Errorf("asset %s: %w", key, err)
			}
			n += one
		}
		return n, nil
	})
	return n, named(err, "approve documents of flow %q", flow)
}

// decide writes what a person decided, and wakes the work where that makes
// anything due.
func (j *Journal) decide(ctx context.Context, flow string, write func(context.Context, session) (int, error)) (n int, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		if n, err = write(ctx, s); err != nil || n == 0 {
			return err
		}
		return j.jobs.insert(ctx, s, flow)
	})
	if err == nil && n > 0 {
		j.jobs.wake(ctx)
	}
	return n, err
}

// HeldDocuments yields what waits for a person in a flow, by asset, and why.
func (j *Journal) HeldDocuments(ctx context.Context, flow string) iter.Seq2[pipeline.HeldDocument, error] {
	return stream(ctx, j, fmt.Sprintf("list what is held in flow %q", flow), heldDocuments, args(flow),
		func(scan func(...any) error) (h pipeline.HeldDocument, ok bool, err error) {
			err = scan(&h.Asset, &h.Why, &h.Run, &h.Account)
			return h, true, err
		})
}
