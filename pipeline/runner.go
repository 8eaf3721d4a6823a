package pipeline

import (
	"context"
	"errors"
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
	Values     *CustomValues // nil where no custom field is set
	Publisher  *Publisher
	Reverter   *Reverter
	Deliveries DeliveryJournal
	Holds      HoldJournal
	Dispatches DispatchJournal

	Scan     time.Duration // between looks when nothing wakes; default 10s
	Settle   time.Duration // how long a file must be left alone
	Patience time.Duration // how long Once waits for a file that keeps changing; default 3 × Settle
	Now      func() time.Time
	Log      *slog.Logger
	Reached  func(point string) // told after each phase, see CrashPoints; default: nobody

	trouble string // what keeps the drop from being worked, as it was logged last
}

// CrashPoints are the names that Runner and Dispatcher tell as they reach them:
// after any of them a restart must come to the same end. A drop has its own.
func CrashPoints() []string {
	return []string{"run:claimed", "run:staged", "run:closed", "dispatch:sending", "dispatch:answered", "run:dispatched", "run:published"}
}

// HoldPoints are those that only a run reaches that is held, decided, or takes
// another's place.
func HoldPoints() []string {
	return []string{"run:held", "hold:told", "hold:decided", "hold:carried-out", "hold:replaced"}
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
	Left    Left      // documents that are still to be sent, and runs that wait
	Holds   []Hold    // the runs that wait
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
	return r.Left.Due+r.Left.Later+r.Left.Held+r.Left.Runs > 0
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
	result.Pending = look.waiting()
	if err != nil {
		return result, err
	}
	runs, queued, err := r.work(ctx, look)
	result.Runs = append(result.Runs, runs...)
	result.Pending = append(result.Pending, queued...)
	if err != nil {
		return result, err
	}

	leftover, err := r.Leftover(ctx)
	result.Runs = append(result.Runs, leftover...)
	if err != nil {
		return result, err
	}
	r.tend(ctx)
	return result, r.tellLeft(ctx, &result)
}

// tend lets the drop clear away what has been kept for long enough. What cannot be
// cleared away keeps nothing from being worked.
func (r *Runner) tend(ctx context.Context) {
	if err := r.Intake.Drop.Tend(ctx); err != nil && ctx.Err() == nil {
		r.Log.Warn("the drop could not be tidied up; it is tried again", "flow", r.Flow, "error", err)
	}
}

// tellLeft says what is still to be sent, and what waits for a person.
func (r *Runner) tellLeft(ctx context.Context, result *Result) (err error) {
	if result.Left, err = r.Dispatches.Leftover(ctx, r.Flow); err != nil {
		return err
	}
	hold, err := r.held(ctx)
	if err == nil && hold != nil {
		result.Left.Runs, result.Holds = 1, []Hold{*hold}
	}
	return err
}

// Recover finishes what an interrupted process left: files on their way, what
// was decided, runs that were being read, documents that were due, reports.
func (r *Runner) Recover(ctx context.Context) ([]RunFacts, error) {
	if err := r.Closer.Settle(ctx, r.Flow); err != nil {
		return nil, err
	}
	all, err := r.decided(ctx)
	if err != nil {
		return all, err
	}
	runs, err := r.unfinished(ctx)
	if err != nil {
		return all, err
	}

	for _, run := range runs {
		r.Log.Info("run found unfinished", "flow", r.Flow, "run", run.ID, "state", run.State.String())
		if run.State == RunStaging {
			replaced, err := r.replacedBy(ctx, &run)
			if all = append(all, replaced...); err != nil {
				return all, err
			}
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
	return all, r.retell(ctx)
}

// unfinished lists the runs that are to be finished now: one that a person asked
// for waits while another is held.
func (r *Runner) unfinished(ctx context.Context) ([]Run, error) {
	runs, err := r.Deliveries.UnfinishedRuns(ctx, r.Flow)
	if err != nil {
		return nil, fmt.Errorf("load unfinished runs: %w", err)
	}
	hold, err := r.held(ctx)
	if err != nil || hold == nil {
		return runs, err
	}
	return r.notWaiting(ctx, runs)
}

// retell writes what is known of a held run once more, where a process may have
// died before it did.
func (r *Runner) retell(ctx context.Context) error {
	hold, err := r.held(ctx)
	if err != nil || hold == nil || !hold.ToldAt.IsZero() {
		return err
	}
	_, err = r.complete(ctx, hold.Run)
	return err
}

// settled looks at the drop until every file that was there at first has
// settled, or has kept changing for longer than patience lasts. An empty drop is
// not waited for.
func (r *Runner) settled(ctx context.Context) (Look, error) {
	look, err := r.Intake.Look(ctx)
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
		look, err = r.Intake.Look(ctx)
	}
	if err != nil {
		return look, err
	}
	return look.only(present), nil
}

// work makes a run of each business date that has ready files, and tells which
// files wait behind a held run.
func (r *Runner) work(ctx context.Context, look Look) (all []RunFacts, queued []Pending, err error) {
	groups := r.Intake.Groups(look)
	for {
		hold, deliveries, err := r.before(ctx)
		if err != nil {
			return all, nil, err
		}
		group, replaces, ok := r.Intake.next(groups, hold, deliveries)
		if !ok {
			return all, queue(groups, hold), nil
		}

		var facts []RunFacts
		if replaces {
			facts, err = r.workInstead(ctx, group, hold, deliveries)
		} else {
			facts, err = r.workGroup(ctx, group)
		}
		for _, f := range facts {
			all = appendRun(all, f)
		}
		if errors.Is(err, ErrDecided) { // by somebody, just now
			facts, err = r.decided(ctx)
			all = append(all, facts...)
		} else {
			groups = rest(groups, group)
		}
		if err != nil {
			return all, nil, err
		}
	}
}

// before is the held run that files have to wait behind, with its deliveries.
func (r *Runner) before(ctx context.Context) (*Hold, []Delivery, error) {
	hold, err := r.held(ctx)
	if err != nil || hold == nil {
		return nil, nil, err
	}
	deliveries, err := r.Deliveries.Deliveries(ctx, hold.Run.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("load the deliveries of run %s: %w", hold.Run.ID, err)
	}
	return hold, deliveries, nil
}

// workGroup works the files of one business date.
func (r *Runner) workGroup(ctx context.Context, g Group) ([]RunFacts, error) {
	run, err := r.Intake.Claim(ctx, g)
	if err != nil {
		return nil, err
	}
	facts, err := r.finish(ctx, run)
	if err != nil {
		return nil, err
	}
	return []RunFacts{facts}, nil
}

// workInstead works the files of one business date in place of a held run.
func (r *Runner) workInstead(ctx context.Context, g Group, hold *Hold, deliveries []Delivery) ([]RunFacts, error) {
	run, err := r.Intake.replace(ctx, hold, g, deliveries)
	if err != nil {
		return nil, err
	}
	reached(r.Reached, "hold:replaced")
	replaced, err := r.replaced(ctx, hold)
	if err != nil {
		return nil, err
	}
	if err := r.Closer.Settle(ctx, r.Flow); err != nil {
		return nil, err
	}
	if err := r.Intake.Reclaim(ctx, run); err != nil {
		return []RunFacts{replaced}, err
	}
	facts, err := r.finish(ctx, run)
	if err != nil {
		return []RunFacts{replaced}, err
	}
	return []RunFacts{replaced, facts}, nil
}

// replacedBy says on the page of the held run that a run has taken the place of
// what a process may not have said before it died.
func (r *Runner) replacedBy(ctx context.Context, run *Run) ([]RunFacts, error) {
	hold, err := r.Holds.Replaced(ctx, r.Flow)
	if err != nil {
		return nil, fmt.Errorf("look for the run that run %s took the place of: %w", run.ID, err)
	}
	if hold == nil || !tookItsPlace(run, hold) {
		return nil, nil
	}
	facts, err := r.replaced(ctx, hold)
	if err != nil {
		return nil, err
	}
	return []RunFacts{facts}, nil
}

// replaced says on the page of a held run that another has taken its place.
func (r *Runner) replaced(ctx context.Context, hold *Hold) (RunFacts, error) {
	if hold.Decision == Undecided {
		hold.Decision, hold.DecidedAt = Replaced, r.Now()
	}
	if _, err := r.Publisher.PublishHold(ctx, *hold); err != nil {
		return RunFacts{}, err
	}
	facts, err := r.Publisher.Journal.Facts(ctx, hold.Run.ID)
	if err != nil {
		return facts, fmt.Errorf("sum up run %s: %w", hold.Run.ID, err)
	}
	return facts, nil
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
		staged, err := r.stage(ctx, run)
		if err != nil {
			return RunFacts{}, err
		}
		reached(r.Reached, "run:staged")
		closed, err := r.Closer.Close(ctx, staged)
		if err != nil {
			return RunFacts{}, err
		}
		run = closed
	}
	return r.complete(ctx, run)
}

func (r *Runner) stage(ctx context.Context, run Run) (Run, error) {
	if run.Reverts {
		return run, r.Reverter.Work(ctx, run)
	}
	return r.Intake.Work(ctx, run)
}

// complete takes a run that was closed, held or ended to its report.
func (r *Runner) complete(ctx context.Context, run Run) (RunFacts, error) {
	if run.State == RunClosed {
		reached(r.Reached, "run:closed")
		if err := r.Dispatcher.Work(ctx, run); err != nil {
			return RunFacts{}, err
		}
		reached(r.Reached, "run:dispatched")
		if err := r.setValues(ctx, run); err != nil {
			return RunFacts{}, err
		}
	}
	if run.Undecided() {
		reached(r.Reached, "run:held")
	}
	facts, err := r.Publisher.Publish(ctx, run)
	if err == nil && run.Undecided() {
		err = r.tellHeld(ctx, &facts)
	}
	reached(r.Reached, "run:published")
	return facts, err
}

// setValues sets custom values once their documents are through. Nothing is set in
// an account that waits for a person.
func (r *Runner) setValues(ctx context.Context, run Run) error {
	if r.Values == nil {
		return nil
	}
	welcome, err := r.Dispatcher.Welcome(ctx, run.Flow)
	if err != nil || !welcome {
		return err
	}
	return r.Values.Work(ctx, run)
}

// valuesPending reports whether custom values are to be set that no run knows of.
func (r *Runner) valuesPending(ctx context.Context) (bool, error) {
	if r.Values == nil {
		return false, nil
	}
	welcome, err := r.Dispatcher.Welcome(ctx, r.Flow)
	if err != nil || !welcome {
		return false, err
	}
	return r.Values.Pending(ctx, r.Flow)
}

// tellHeld writes the page about a run that was held, and tells people.
func (r *Runner) tellHeld(ctx context.Context, facts *RunFacts) error {
	hold, err := r.held(ctx)
	if err != nil || hold == nil {
		return err
	}
	pages, err := r.Publisher.PublishHold(ctx, *hold)
	if err != nil {
		return err
	}
	facts.Reports = append(facts.Reports, pages...)
	if err := r.remind(ctx); err != nil {
		return err
	}
	reached(r.Reached, "hold:told")
	return nil
}
