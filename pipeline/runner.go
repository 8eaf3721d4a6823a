package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Runner puts a flow's phases in order. It decides nothing about data.
type Runner struct {
	Flow       string
	Intake     *Intake
	Closer     *Closer
	Dispatcher *Dispatcher
	Publisher  *Publisher
	Deliveries DeliveryJournal
	Dispatches DispatchJournal

	Scan     time.Duration // between looks when nothing wakes; default 10s
	Settle   time.Duration // how long a file must be left alone
	Patience time.Duration // how long Once waits for a file that keeps changing; default 3 × Settle
	Now      func() time.Time
	Log      *slog.Logger
	Reached  func(point string) // told after each phase, see CrashPoints; default: nobody
}

// CrashPoints are the names that Runner and Dispatcher tell as they reach them:
// after any of them a restart must come to the same end. A drop has its own.
func CrashPoints() []string {
	return []string{"run:claimed", "run:staged", "run:closed", "dispatch:sending", "dispatch:answered", "run:dispatched", "run:published"}
}

// reached tells a point to whoever wants to know.
func reached(tell func(string), point string) {
	if tell != nil {
		tell(point)
	}
}

// Result is what Once has done.
type Result struct {
	Runs    []RunFacts
	Pending []Pending // files that were there at the start and could not be worked
	Left    Left      // documents that are still to be sent
}

// NeedsAttention reports whether a person should look at something.
func (r Result) NeedsAttention() bool {
	for _, facts := range r.Runs {
		if facts.NeedsAttention() {
			return true
		}
	}
	for _, p := range r.Pending {
		if p.Kind != NoMapping {
			return true
		}
	}
	return r.Left.Due+r.Left.Later+r.Left.Held > 0
}

// Once finishes what was begun before, then works every file that is in the drop
// now, and at last what earlier runs had to defer.
func (r *Runner) Once(ctx context.Context) (Result, error) {
	result := Result{}
	var err error
	if result.Runs, err = r.Recover(ctx); err != nil {
		return result, err
	}

	look, err := r.settled(ctx)
	result.Pending = look.Pending
	if err != nil {
		return result, err
	}
	runs, err := r.work(ctx, look)
	result.Runs = append(result.Runs, runs...)
	if err != nil {
		return result, err
	}

	leftover, err := r.Leftover(ctx)
	result.Runs = append(result.Runs, leftover...)
	if err != nil {
		return result, err
	}
	result.Left, err = r.Dispatches.Leftover(ctx, r.Flow)
	return result, err
}

// Recover finishes what an interrupted process left: files on their way, runs
// that were being read, documents that were due, reports.
func (r *Runner) Recover(ctx context.Context) ([]RunFacts, error) {
	if err := r.Closer.Settle(ctx, r.Flow); err != nil {
		return nil, err
	}
	runs, err := r.Deliveries.UnfinishedRuns(ctx, r.Flow)
	if err != nil {
		return nil, fmt.Errorf("load unfinished runs: %w", err)
	}

	var all []RunFacts
	for _, run := range runs {
		r.Log.Info("run found unfinished", "flow", r.Flow, "run", run.ID, "state", run.State.String())
		if run.State == RunStaging {
			if err := r.Intake.Reclaim(ctx, run); err != nil {
				return all, err
			}
		}
		facts, err := r.finish(ctx, run)
		if err != nil {
			return all, err
		}
		all = appendRun(all, facts)
	}
	return all, nil
}

// settled looks at the drop until every file that was there at first has
// settled, or has kept changing for longer than patience lasts. An empty drop is
// not waited for.
func (r *Runner) settled(ctx context.Context) (Look, error) {
	look, err := r.Intake.Drop.Scan(ctx)
	present := map[string]bool{}
	for _, f := range look.Ready {
		present[f.Name] = true
	}
	for _, p := range look.Pending {
		present[p.Name] = true
	}

	until := r.Now().Add(r.Patience)
	for err == nil && look.changing(present) && r.Now().Before(until) {
		if err = pause(ctx, max(r.Settle/4, 20*time.Millisecond)); err != nil {
			return look, err
		}
		look, err = r.Intake.Drop.Scan(ctx)
	}
	if err != nil {
		return look, fmt.Errorf("look at the drop: %w", err)
	}
	return look.only(present), nil
}

// work makes a run of each business date that has ready files.
func (r *Runner) work(ctx context.Context, look Look) ([]RunFacts, error) {
	var all []RunFacts
	for _, group := range r.Intake.Groups(look) {
		run, err := r.Intake.Claim(ctx, group)
		if err != nil {
			return all, err
		}
		facts, err := r.finish(ctx, run)
		if err != nil {
			return all, err
		}
		all = appendRun(all, facts)
	}
	return all, nil
}

// appendRun adds a run that has something to tell.
func appendRun(all []RunFacts, facts RunFacts) []RunFacts {
	if facts.Run.State == RunReleased {
		return all
	}
	return append(all, facts)
}

// finish takes a run from wherever it stands to its report.
func (r *Runner) finish(ctx context.Context, run Run) (RunFacts, error) {
	if run.State == RunStaging {
		reached(r.Reached, "run:claimed")
		if err := r.Intake.Work(ctx, run); err != nil {
			return RunFacts{}, err
		}
		reached(r.Reached, "run:staged")
		closed, err := r.Closer.Close(ctx, run)
		if err != nil {
			return RunFacts{}, err
		}
		run = closed
	}
	if run.State == RunClosed {
		reached(r.Reached, "run:closed")
		if err := r.Dispatcher.Work(ctx, run); err != nil {
			return RunFacts{}, err
		}
		reached(r.Reached, "run:dispatched")
	}
	facts, err := r.Publisher.Publish(ctx, run)
	reached(r.Reached, "run:published")
	return facts, err
}
