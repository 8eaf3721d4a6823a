package pipeline

import (
	"context"
	"errors"
	"time"
)

// Run works the drop until ctx ends. Each result is told as soon as it is known.
// Woken says that deferred documents may be due.
func (r *Runner) Run(ctx context.Context, woken <-chan struct{}, told func(RunFacts)) error {
	tell := func(all []RunFacts, err error) error {
		for _, facts := range all {
			told(facts)
		}
		return err
	}
	if err := tell(r.Recover(ctx)); err != nil {
		return ended(ctx, err)
	}

	scan := time.NewTicker(r.Scan)
	defer scan.Stop()
	for {
		if err := r.look(ctx, tell); err != nil {
			return ended(ctx, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-scan.C:
		case <-r.Intake.Drop.Wake():
		case <-woken:
		}
	}
}

// look carries out what people asked for, then works what is ready, unless a file
// of the same night is still changing and patience lasts.
func (r *Runner) look(ctx context.Context, tell func([]RunFacts, error) error) error {
	if err := tell(r.asked(ctx)); err != nil {
		return err
	}
	look, err := r.Intake.Look(ctx)
	if err != nil {
		r.Log.Error("the drop cannot be looked at", "flow", r.Flow, "error", err)
		return nil
	}
	if !r.patient(look) {
		runs, _, err := r.work(ctx, look)
		if err := tell(runs, err); err != nil {
			return err
		}
	}
	if err := tell(r.Leftover(ctx)); err != nil {
		return err
	}
	return r.remind(ctx)
}

// asked carries out what people have decided or asked for beside the work.
func (r *Runner) asked(ctx context.Context) ([]RunFacts, error) {
	all, err := r.decided(ctx)
	if err != nil {
		return all, err
	}
	runs, err := r.unfinished(ctx)
	if err != nil {
		return all, err
	}
	for _, run := range runs {
		if !run.Reverts {
			continue
		}
		facts, err := r.finish(ctx, run)
		if err != nil {
			return all, err
		}
		all = appendRun(all, facts)
	}
	return all, nil
}

// patient reports whether it is worth waiting for a file that still changes.
func (r *Runner) patient(look Look) bool {
	for _, p := range look.Pending {
		if p.Kind == Changing && r.Now().Sub(p.Since) < r.Patience {
			return true
		}
	}
	return false
}

// ended turns the end of ctx into a quiet end.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
