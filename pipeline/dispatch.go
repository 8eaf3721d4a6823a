package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"rentalsync/pipeline/rental"
)

// Dispatcher sends what is due in a run, one asset at a time, and records what
// became of each. Documents are assembled when they are sent, so that nothing
// older overtakes anything newer.
type Dispatcher struct {
	Journal  DispatchJournal
	Sink     Sink
	Assembly rental.Assembly
	Parallel int     // requests under way at once; default 2
	Rate     float64 // documents a second that are configured; 0 is no limit

	// Pacing is how many documents a second the account allows, and until when
	// it wants none at all; default: those that are configured.
	Pacing func(ctx context.Context) (Pacing, error)

	Hold bool // hold everything while the account has never accepted a document of the flow, and nobody has approved it

	// Reoffer is how long what the account did not know is left alone before it
	// is sent again, changed or not; default: never.
	Reoffer time.Duration

	Owner   string // names this worker's leases
	Now     func() time.Time
	Log     *slog.Logger
	Reached func(point string) // see CrashPoints; default: nobody

	restUntil atomic.Pointer[time.Time]
}

// Work settles every dispatch of the run that is due. It returns early when ctx
// ends; what is in hand then is settled first, and the rest is found again.
func (d *Dispatcher) Work(ctx context.Context, run Run) error {
	if err := d.sameReferences(ctx, run); err != nil {
		return err
	}
	held, err := d.greet(ctx, run)
	if held || err != nil {
		return err
	}
	if err := d.reoffer(ctx, run); err != nil {
		return err
	}

	if err := d.announce(ctx, run); err != nil {
		return err
	}
	return d.empty(ctx, run)
}

// handsAtMost is how many shares of a run are worked side by side: what waits
// for another attempt in one of them holds nobody up in the others.
const handsAtMost = 4

// empty works a run until nothing in it is due any more.
func (d *Dispatcher) empty(ctx context.Context, run Run) error {
	n := min(max(d.Parallel, 1), handsAtMost)
	working, end := context.WithCancelCause(ctx)
	defer end(nil)

	var hands sync.WaitGroup
	var stop stopper
	for range n {
		hands.Go(func() {
			if err := d.hand(working, run, n, &stop); err != nil {
				end(err)
			}
		})
	}
	hands.Wait()

	if working.Err() != nil {
		return context.Cause(working)
	}
	if stopped := stop.first.Load(); stopped != nil {
		return d.giveUp(ctx, run, stopped)
	}
	return nil
}

// hand works one share of a run after the other, one of several side by side.
func (d *Dispatcher) hand(ctx context.Context, run Run, hands int, stop *stopper) error {
	for stop.first.Load() == nil && ctx.Err() == nil {
		pacing, _, err := d.rested(ctx, shortPause)
		if err != nil {
			return err
		}
		due, err := d.Journal.Lease(ctx, run.ID, d.Owner, share(pacing.Rate, hands))
		if err != nil {
			return fmt.Errorf("lease dispatches of run %s: %w", run.ID, err)
		}
		if len(due) == 0 {
			// What was put off until the end of a rest is due then.
			if _, waited, err := d.rested(ctx, 0); err != nil || !waited {
				return err
			}
			continue
		}
		stopped, err := d.work(ctx, run, due)
		if err != nil {
			return err
		}
		if stopped != nil {
			stop.first.CompareAndSwap(nil, stopped)
		}
	}
	return nil
}

// giveUp defers what is left of a run whose account takes nothing. It is due
// again as soon as somebody tries.
func (d *Dispatcher) giveUp(ctx context.Context, run Run, stopped *Stopped) error {
	d.Log.Error("account stopped", "flow", run.Flow, "error", stopped.Error())
	until := d.Now().Add(restTime)
	d.restUntil.Store(&until)

	_, err := d.Journal.SettleAll(context.WithoutCancel(ctx), run.ID, Deferred, stopped.Error())
	if err != nil {
		return fmt.Errorf("defer what is left of run %s: %w", run.ID, err)
	}
	return nil
}
