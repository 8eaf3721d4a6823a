package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"rentalsync/pipeline"
)

// Claim moves a file out of the inbox to its claim place. If the place is
// filled the claim was made before, and a file that has appeared under the
// same name since then is a new one and stays.
func (w *Watcher) Claim(ctx context.Context, name, place string) error {
	from, to, err := claimPaths(name, place)
	if err != nil {
		return fmt.Errorf("claim %q: %w", name, err)
	}
	w.moving.Lock()
	defer w.moving.Unlock()

	if done, err := w.exists(ctx, to); done || err != nil {
		return err
	}
	if there, err := w.exists(ctx, from); err != nil {
		return err
	} else if !there {
		w.tidy(ctx, to)
		return fmt.Errorf("claim %q: %w", name, pipeline.ErrFileGone)
	}

	w.opts.Reached("claim:before")
	if err := w.claim(ctx, from, to); err != nil {
		return fmt.Errorf("claim %q: %w", name, err)
	}
	w.opts.Reached("claim:after")
	return nil
}

// claim takes the marker first: once the file itself is claimed nothing is
// left to do, so a marker that lies there later is a newer file's.
func (w *Watcher) claim(ctx context.Context, from, to Path) error {
	if w.marker.wanted() {
		err := w.fs.Rename(ctx, w.markerOf(from), w.markerOf(to))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
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
	if why := refuse(name); why != "" {
		return inbox, claimed, errors.New(why)
	}
	claimed, err = parsePlace(place)
	if err == nil && claimed.Area != Inbox {
		err = fmt.Errorf("place %q is not a claim's", place)
	}
	return Path{Inbox, name}, claimed, err
}

// Unclaim puts a claimed file back under its name, or under the next free one
// if a newer file has taken that.
func (w *Watcher) Unclaim(ctx context.Context, place, name string) error {
	to, from, err := claimPaths(name, place)
	if err != nil {
		return fmt.Errorf("put back %q: %w", name, err)
	}
	w.moving.Lock()
	defer w.moving.Unlock()

	if here, err := w.exists(ctx, from); err != nil {
		return err
	} else if !here {
		return w.putBackBefore(ctx, from, to)
	}

	w.opts.Reached("unclaim:before")
	if err := w.putBack(ctx, from, to); err != nil {
		return fmt.Errorf("put back %q: %w", name, err)
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
		return fmt.Errorf("put back %q: %w", to.Name, pipeline.ErrFileGone)
	}
	w.putBackMarker(ctx, from, to)
	w.tidy(ctx, from)
	return nil
}

func (w *Watcher) putBack(ctx context.Context, from, to Path) error {
	for n := 1; ; n++ {
		next := Path{to.Area, numbered(to.Name, n)}
		err := w.fs.Rename(ctx, from, next)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			w.opts.Reached("unclaim:file")
			w.putBackMarker(ctx, from, next)
		}
		return err
	}
}

// putBackMarker lets a file be ready again. A marker that cannot be put back
// is one that a newer file brought along, or that there never was.
func (w *Watcher) putBackMarker(ctx context.Context, from, to Path) {
	if w.marker.wanted() {
		_ = w.fs.Rename(ctx, w.markerOf(from), w.markerOf(to))
	}
}

func (w *Watcher) markerOf(file Path) Path {
	return Path{file.Area, path.Join(file.Dir().Name, w.marker.of(file.Base()))}
}

// tidy removes what a claim leaves behind once its file is elsewhere. What
// cannot be removed is in use by another claim, or gone.
func (w *Watcher) tidy(ctx context.Context, claimed Path) {
	if claimed.Area != Inbox {
		return
	}
	if w.marker.wanted() {
		_ = w.fs.Remove(ctx, w.markerOf(claimed))
	}
	_ = w.fs.Remove(ctx, claimed.Dir())
	_ = w.fs.Remove(ctx, Path{Inbox, claims})
}

// Open reads a claimed file, or one that has come to its last place.
func (w *Watcher) Open(ctx context.Context, place string) (io.ReadCloser, error) {
	p, err := parsePlace(place)
	if err != nil {
		return nil, err
	}
	return w.fs.Open(ctx, p)
}

// Stat looks at a claimed file again.
func (w *Watcher) Stat(ctx context.Context, place string) (pipeline.File, error) {
	p, err := parsePlace(place)
	if err != nil {
		return pipeline.File{}, err
	}
	e, err := w.fs.Stat(ctx, p)
	if err != nil {
		return pipeline.File{}, err
	}
	return pipeline.File{Name: e.Name, Size: e.Size, ModTime: e.ModTime}, nil
}
