package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"rentalsync/pipeline"
)

// Claim moves a file out of the inbox to its claim place, or unpacks it to there
// if it lies in an archive. If the place is filled the claim was made before, and
// a file that has appeared under the same name since then is a new one and stays.
func (w *Watcher) Claim(ctx context.Context, name, place string) error {
	from, to, err := claimPaths(name, place)
	if err != nil {
		return fmt.Errorf("claim %q: %w", name, err)
	}
	w.moving.Lock()
	defer w.moving.Unlock()

	done, err := w.exists(ctx, to)
	if err == nil && !done {
		err = w.claimNow(ctx, from, to, name)
	}
	if err == nil {
		err = w.finish(ctx, from)
	}
	if err != nil {
		return fmt.Errorf("claim %q: %w", name, err)
	}
	return nil
}

// claimNow makes a claim that was not made before.
func (w *Watcher) claimNow(ctx context.Context, from, to Path, name string) error {
	if there, err := w.exists(ctx, from); err != nil {
		return err
	} else if !there {
		w.giveUp(ctx, from, to)
		return pipeline.ErrFileGone
	}

	w.opts.Reached("claim:before")
	claim := w.claim
	if _, member := splitName(name); member != "" {
		claim = func(ctx context.Context, from, to Path) error { return w.claimMember(ctx, from, to, member) }
	}
	if err := claim(ctx, from, to); err != nil {
		w.giveUp(ctx, from, to)
		return err
	}
	w.opts.Reached("claim:after")
	return nil
}

// giveUp undoes what a claim that failed has begun. The marker of a file that is
// still there belongs to it.
func (w *Watcher) giveUp(ctx context.Context, from, to Path) {
	if there, err := w.exists(ctx, from); err == nil && there {
		w.putBackMarkers(ctx, to, from)
	}
	if err := w.noteLeft(ctx, from.Base()); err != nil {
		w.opts.Log.Warn("the notes about a set cannot be written", "file", from.Base(), "error", err)
	}
	if here, err := w.exists(ctx, to); err == nil && !here {
		w.tidy(ctx, to)
	}
}

// finish ends what hangs on the claims of several files: an archive that is
// unpacked, and a control file all of whose files are ours.
func (w *Watcher) finish(ctx context.Context, claimed Path) error {
	if err := w.finishPack(ctx, claimed); err != nil {
		return err
	}
	return w.finishControls(ctx)
}

// claim takes the marker first: once the file itself is claimed nothing is
// left to do, so a marker that lies there later is a newer file's.
func (w *Watcher) claim(ctx context.Context, from, to Path) error {
	if err := w.noteTaken(ctx, from.Base()); err != nil {
		return err
	}
	if err := w.keepShort(ctx, from, to); err != nil {
		return err
	}
	if w.marker.wanted() {
		if err := w.claimMarkers(ctx, from, to); err != nil {
			return err
		}
		w.opts.Reached("claim:marker")
	}

	err := w.fs.Rename(ctx, from, to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", pipeline.ErrFileGone, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; let the user that runs rentalsync move files in the drop", err)
	}
	return err
}

// claimPaths checks that both ends are what they must be.
func claimPaths(name, place string) (inbox, claimed Path, err error) {
	lies, member := splitName(name)
	if why := refuse(lies); why != "" {
		return inbox, claimed, errors.New(why)
	}
	if member != "" {
		if why := refuseMember(member); why != "" {
			return inbox, claimed, errors.New(why)
		}
	}
	claimed, err = parsePlace(place)
	if err == nil && claimed.Area != Inbox {
		err = fmt.Errorf("place %q is not a claim's", place)
	}
	return Path{Inbox, lies}, claimed, err
}

// Unclaim puts a claimed file back under its name, or under the next free one
// if a newer file has taken that. What was unpacked from an archive that is still
// there is removed instead.
func (w *Watcher) Unclaim(ctx context.Context, place, name string) error {
	to, from, err := claimPaths(name, place)
	if err != nil {
		return fmt.Errorf("put back %q: %w", name, err)
	}
	w.moving.Lock()
	defer w.moving.Unlock()

	if err := w.unclaim(ctx, from, to, name); err != nil {
		return fmt.Errorf("put back %q: %w", name, err)
	}
	w.worked.Delete(place)
	return nil
}

func (w *Watcher) unclaim(ctx context.Context, from, to Path, name string) error {
	packed, member := splitName(name)
	if member != "" {
		held, err := w.packHolds(ctx, Path{Inbox, packed}, member, from)
		if err != nil {
			return err
		}
		if held {
			return w.repack(ctx, from, to, member)
		}
		to = Path{Inbox, path.Base(member)}
	}

	if here, err := w.exists(ctx, from); err != nil {
		return err
	} else if !here {
		return w.putBackBefore(ctx, from, to)
	}
	w.opts.Reached("unclaim:before")
	if err := w.putBack(ctx, from, to); err != nil {
		return err
	}
	w.opts.Reached("unclaim:after")
	w.tidy(ctx, from)
	return nil
}

// putBackBefore finishes what an earlier call began.
func (w *Watcher) putBackBefore(ctx context.Context, from, to Path) error {
	there, err := w.exists(ctx, to)
	if err != nil {
		return err
	}
	if !there {
		return pipeline.ErrFileGone
	}
	w.putBackMarkers(ctx, from, to)
	w.tidy(ctx, from)
	return nil
}

func (w *Watcher) putBack(ctx context.Context, from, to Path) error {
	for n := 1; ; n++ {
		next := Path{to.Area, Numbered(to.Name, n)}
		err := w.fs.Rename(ctx, from, next)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		w.opts.Reached("unclaim:file")
		w.putBackMarkers(ctx, from, next)
		return w.noteGiven(ctx, to.Name)
	}
}

// tidy removes what a claim leaves behind once its file is elsewhere. What
// cannot be removed is in use by another claim, or gone.
func (w *Watcher) tidy(ctx context.Context, claimed Path) {
	if claimed.Area != Inbox {
		return
	}
	for _, name := range w.marker.of(claimed.Base()) {
		_ = w.fs.Remove(ctx, beside(claimed, name))
	}
	if w.control.wanted() {
		_ = w.fs.Remove(ctx, beside(claimed, shortNote))
	}
	_ = w.fs.Remove(ctx, claimed.Dir())
	_ = w.fs.Remove(ctx, Path{Inbox, claims})
}
