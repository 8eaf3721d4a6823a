package pipeline

import (
	"context"
	"fmt"
	"time"
)

// Leftover makes a run of what earlier runs had to defer, where that is due
// again, of what they held, once nothing holds it any more, and of what is to be
// sent without any file having come: the fleet to another account, and what the
// account did not know for long.
func (r *Runner) Leftover(ctx context.Context) ([]RunFacts, error) {
	if r.Dispatcher.Resting() {
		return nil, nil
	}
	left, err := r.Dispatches.Leftover(ctx, r.Flow)
	if err != nil {
		return nil, err
	}
	if left.Held > 0 && !r.Dispatcher.Hold {
		released, err := r.Dispatches.Release(ctx, r.Flow)
		if err != nil {
			return nil, fmt.Errorf("release what was held: %w", err)
		}
		left.Due += released
	}
	pending, err := r.Dispatcher.Pending(ctx, r.Flow)
	if err != nil {
		return nil, fmt.Errorf("look for what is to be sent: %w", err)
	}
	if !pending && left.Due == 0 {
		pending, err = r.valuesPending(ctx)
	}
	if err != nil || left.Due == 0 && !pending {
		return nil, err
	}

	now := r.Now()
	run := Run{ID: newID(now), Flow: r.Flow, BusinessDate: now.Format(time.DateOnly), State: RunClosed, OpenedAt: now, ClosedAt: now}
	if err := r.Deliveries.SaveRun(ctx, run); err != nil {
		return nil, fmt.Errorf("open a run for what was deferred: %w", err)
	}
	if _, err := r.Dispatches.Adopt(ctx, run); err != nil {
		return nil, fmt.Errorf("carry on with what was deferred: %w", err)
	}
	facts, err := r.finish(ctx, run)
	if err != nil {
		return nil, err
	}
	return []RunFacts{facts}, nil
}
