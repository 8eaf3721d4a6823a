package drop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"

	"rentalsync/pipeline"
)

// Points are the names that Options.Reached is told on the way of a plain file, in
// the order of the way. A crash at any of them is mended by asking for the same
// move again.
func Points() []string {
	return []string{
		"claim:before", "claim:marker", "claim:after",
		"unclaim:before", "unclaim:file", "unclaim:after",
		"archive:before", "archive:after", "archive:tidied",
		"quarantine:before", "quarantine:reason", "quarantine:after", "quarantine:tidied",
		"acknowledge:before",
	}
}

// RarePoints are those that only some files come by: archives and the files of
// them, sets with a control file, files that their writer went on with, and
// deliveries that are acknowledged.
func RarePoints() []string {
	return []string{
		"pack:before", "pack:archived",
		"control:noted", "control:before", "control:archived",
		"grown:kept", "acknowledge:written",
	}
}

// Move brings a claimed file to its last place. In the quarantine its reason
// is written first, so that no file lies there unexplained.
func (w *Watcher) Move(ctx context.Context, from, to, reason string) error {
	src, err := parsePlace(from)
	if err != nil {
		return fmt.Errorf("move %q: %w", from, err)
	}
	dst, err := parsePlace(to)
	if err != nil {
		return fmt.Errorf("move %q: %w", from, err)
	}
	w.moving.Lock()
	defer w.moving.Unlock()

	if err := w.move(ctx, src, dst, reason); err != nil {
		return fmt.Errorf("move %s to %s: %w", src, dst, err)
	}
	w.settlePromise(to)
	w.worked.Delete(placeOf(src))
	w.tidy(ctx, src)
	if src.Area == Quarantine && dst.Area == Inbox {
		if err := w.restore(ctx, src, dst); err != nil {
			return fmt.Errorf("move %s to %s: %w", src, dst, err)
		}
	}
	w.opts.Reached(dst.Area.String() + ":tidied")
	return nil
}

// restore makes of a file that leaves the quarantine one as it was when it came:
// without a reason, and with the marker that it waits for. A person has said that
// it is done.
func (w *Watcher) restore(ctx context.Context, src, dst Path) error {
	_ = w.fs.Remove(ctx, reasonPath(src)) // it may be gone already
	if !w.marker.wanted() {
		return nil
	}
	return w.fs.WriteFile(ctx, beside(dst, w.marker.of(dst.Base())[0]), func(io.Writer) error { return nil })
}

// settlePromise forgets the place that a delivery has come to, and with it every
// other one that it was promised and will not come to any more.
func (w *Watcher) settlePromise(place string) {
	owner, given := w.given[place]
	if !given {
		return
	}
	maps.DeleteFunc(w.given, func(_, id string) bool { return id == owner })
}

// move makes what is missing of a move.
func (w *Watcher) move(ctx context.Context, src, dst Path, reason string) error {
	here, err := w.exists(ctx, src)
	if err != nil {
		return err
	}
	there, err := w.exists(ctx, dst)
	switch {
	case err != nil:
		return err
	case !here && !there:
		return pipeline.ErrFileGone
	case !here:
		return nil
	case there:
		return w.finishCopy(ctx, src, dst)
	}

	w.opts.Reached(dst.Area.String() + ":before")
	if dst.Area == Quarantine && reason != "" {
		if err := w.explainMove(ctx, dst, reason); err != nil {
			return err
		}
		w.opts.Reached("quarantine:reason")
	}
	if grown, err := w.grown(ctx, src, dst); grown || err != nil {
		return err
	}
	if err := w.fs.Rename(ctx, src, dst); err != nil {
		return err
	}
	w.opts.Reached(dst.Area.String() + ":after")
	return nil
}

// explainMove writes for people why a file lies in the quarantine.
func (w *Watcher) explainMove(ctx context.Context, dst Path, reason string) error {
	return w.write(ctx, reasonPath(dst), reason+"\n")
}

// finishCopy ends a move between two media that was cut off after the copy.
// A file that is not a copy is left alone: the place has been taken by
// somebody else since it was promised.
func (w *Watcher) finishCopy(ctx context.Context, src, dst Path) error {
	same, longer, err := w.sameContent(ctx, src, dst)
	if err != nil {
		return err
	}
	if longer {
		return w.putBack(ctx, src, Path{Inbox, src.Base()})
	}
	if !same {
		return fmt.Errorf("%w with other content; move that file away, or ask for another place", fs.ErrExist)
	}
	return w.fs.Remove(ctx, src)
}

// sameContent compares two files by their bytes. Longer is that the first one has
// all of the second and goes on.
func (w *Watcher) sameContent(ctx context.Context, a, b Path) (same, longer bool, err error) {
	x, err := w.fs.Open(ctx, a)
	if err != nil {
		return false, false, err
	}
	defer letGo(x)
	y, err := w.fs.Open(ctx, b)
	if err != nil {
		return false, false, err
	}
	defer letGo(y)

	return sameBytes(x, y)
}

func sameBytes(x, y io.Reader) (same, longer bool, err error) {
	p, q := make([]byte, 64<<10), make([]byte, 64<<10)
	for any := false; ; any = true {
		n, errX := io.ReadFull(x, p)
		m, errY := io.ReadFull(y, q)
		if !bytes.Equal(p[:min(n, m)], q[:min(n, m)]) {
			return false, false, nil
		}
		endX, endY := ended(errX), ended(errY)
		switch {
		case errX != nil && !endX:
			return false, false, errX
		case errY != nil && !endY:
			return false, false, errY
		case endX || endY:
			return n == m && endX && endY, n > m && endY && (any || m > 0), nil
		}
	}
}

func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
