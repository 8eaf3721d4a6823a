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

	scan := time.NewTicker(r.Scan)
	defer scan.Stop()
	for recovered := false; ; {
		var err error
		if recovered, err = r.turn(ctx, recovered, tell); err != nil {
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

// turn finishes what an interrupted process left, unless that was done before,
// and then looks. A drop that cannot be reached stops no other flow: what was
// begun is found again once it can be.
func (r *Runner) turn(ctx context.Context, recovered bool, tell func([]RunFacts, error) error) (bool, error) {
	var err error
	if !recovered {
		err = tell(r.Recover(ctx))
	}
	if err == nil {
		err = r.look(ctx, tell)
	}
	if errors.Is(err, ErrUnreachable) && ctx.Err() == nil {
		r.note(err)
		return false, nil
	}
	return true, err
}

// note logs what keeps a drop from being worked, once for as long as it stays the
// same, and that it is over.
func (r *Runner) note(err error) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	if said == r.trouble {
		return
	}
	if r.trouble = said; said == "" {
		r.Log.Info("the drop can be looked at again", "flow", r.Flow)
		return
	}
	r.Log.Error("the drop cannot be worked; it is tried again with every scan", "flow", r.Flow, "error", err)
}

// look carries out what people asked for, then works what is ready, unless a file
// of the same night is still changing and patience lasts. What was read before is
// sent although the drop cannot be looked at.
func (r *Runner) look(ctx context.Context, tell func([]RunFacts, error) error) error {
	if err := tell(r.asked(ctx)); err != nil {
		return err
	}
	look, err := r.Intake.Look(ctx)
	if ctx.Err() != nil {
		return err
	}
	if r.note(err); err == nil {
		if err := r.workNow(ctx, look, tell); err != nil {
			return err
		}
	}
	if err := tell(r.Leftover(ctx)); err != nil {
		return err
	}
	return r.remind(ctx)
}

// workNow works what a look found, and tidies up after it.
func (r *Runner) workNow(ctx context.Context, look Look, tell func([]RunFacts, error) error) error {
	if !r.patient(look) {
		runs, _, err := r.work(ctx, look)
		if err := tell(runs, err); err != nil {
			return err
		}
	}
	r.tend(ctx)
	return nil
}

// asked carries out what people have decided or asked for beside the work.
func (r *Runner) asked(ctx context.Context) ([]RunFacts, error) {
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
		asked, err := r.askedFor(ctx, run)
		if err != nil {
			return all, err
		}
		if !asked {
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
