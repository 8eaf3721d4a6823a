package pipeline

import (
	"context"
	"fmt"
	"time"
)

// How fast documents go, and when an account is left alone.

// restTime is how long a stopped account is left alone by one process.
const restTime = time.Minute

// Resting reports whether the account was stopped a moment ago, so that asking
// again is no use yet.
func (d *Dispatcher) Resting() bool {
	until := d.restUntil.Load()
	return until != nil && d.Now().Before(*until)
}

// share is how many assets a hand leases at once: all of them together about five
// seconds' worth.
func share(rate float64, hands int) int {
	if rate == 0 {
		return settleCount
	}
	return min(max(int(rate*5)/hands, 1), settleCount)
}

// How long an account's rest is waited for before anything is leased: a short
// one is over before a lease is, and what is due after a long one is left to a
// later run.
const (
	shortPause = 3 * time.Second
	longPause  = 2 * time.Minute
)

// rested waits while the account wants to be left alone for more than a while,
// and then a moment more, so that what was put off until the end is due.
func (d *Dispatcher) rested(ctx context.Context, more time.Duration) (pacing Pacing, waited bool, err error) {
	for {
		pacing, err = d.pacing(ctx)
		wait := pacing.Rests.Sub(d.Now())
		if err != nil || wait <= more || wait > longPause {
			return pacing, waited, err
		}
		d.Log.Debug("account rests", "account", d.Sink.Account(), "for", wait.Round(time.Second))
		if err := pause(ctx, wait+time.Second); err != nil {
			return pacing, waited, err
		}
		waited = true
	}
}

// announce tells what is to be sent, and when it will be through.
func (d *Dispatcher) announce(ctx context.Context, run Run) error {
	n, err := d.Journal.CountDue(ctx, run.ID)
	if err != nil {
		return fmt.Errorf("count what is due in run %s: %w", run.ID, err)
	}
	pacing, err := d.pacing(ctx)
	if err != nil || n == 0 {
		return err
	}
	d.Log.Info("documents due", "flow", run.Flow, "run", run.ID, "plan", pacing.Plan(n, d.Now()))
	return nil
}

func (d *Dispatcher) pacing(ctx context.Context) (Pacing, error) {
	if d.Pacing == nil {
		return Pacing{Rate: d.Rate, Configured: d.Rate}, nil
	}
	return d.Pacing(ctx)
}
