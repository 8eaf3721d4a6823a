package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// claims is the folder of the inbox that claimed files wait in. Scans do not
// see it, nor does anyone who lists files with their defaults.
const claims = ".rentalsync"

// reasonEnding is added to a quarantined file's name for its reason.
const reasonEnding = ".reason.txt"

// A place is a path as the journal keeps it: a claim's as it lies in the
// inbox, any other after the name of its area.

func placeOf(p Path) string {
	if p.Area == Inbox {
		return p.Name
	}
	return p.String()
}

func parsePlace(place string) (Path, error) {
	p := Path{Inbox, place}
	for _, a := range []Area{Archive, Quarantine} {
		if name, ok := strings.CutPrefix(place, a.String()+"/"); ok {
			p = Path{a, name}
		}
	}
	if !p.valid() || p.Area == Inbox && !strings.HasPrefix(place, claims+"/") {
		return Path{}, fmt.Errorf("place %q is not one of this drop", place)
	}
	return p, nil
}

// ClaimPlace is a folder of its own for every delivery, so that a claim never
// meets another file. What comes in an archive has its own name there.
func (w *Watcher) ClaimPlace(d *pipeline.Delivery) string {
	return path.Join(claims, encode(d.ID), encode(path.Base(d.Name)))
}

// ArchivePlace finds a free name in the archive, by the delivery's business
// date. What has been promised to a delivery stays promised until it is
// moved.
func (w *Watcher) ArchivePlace(ctx context.Context, d *pipeline.Delivery) (string, error) {
	folder := w.archive.folder(w.dateOf(d))
	switch d.State {
	case pipeline.DeliveryDuplicate:
		folder = path.Join("duplicate", folder)
	case pipeline.DeliverySuperseded:
		folder = path.Join("superseded", folder)
	case pipeline.DeliveryDiscarded:
		folder = path.Join("discarded", folder)
	}
	return w.place(ctx, d, Path{Archive, path.Join(folder, encode(path.Base(d.Name)))})
}

// QuarantinePlace finds a free name in the quarantine, for the file and for
// its reason.
func (w *Watcher) QuarantinePlace(ctx context.Context, d *pipeline.Delivery) (string, error) {
	return w.place(ctx, d, Path{Quarantine, path.Join(w.aside.folder(w.dateOf(d)), encode(path.Base(d.Name)))})
}

// dateOf is the day that a delivery speaks of, else the day it came.
func (w *Watcher) dateOf(d *pipeline.Delivery) time.Time {
	if date, err := time.Parse(time.DateOnly, d.BusinessDate); err == nil {
		return date
	}
	if d.ClaimedAt.IsZero() {
		return w.opts.Now()
	}
	return d.ClaimedAt
}

// place promises the first free name to a delivery. Asked again it promises
// the same.
func (w *Watcher) place(ctx context.Context, d *pipeline.Delivery, want Path) (string, error) {
	w.moving.Lock()
	defer w.moving.Unlock()
	return w.promise(ctx, d, want)
}

// promise finds the first name that is neither taken nor promised. Whoever calls
// it holds what moves.
func (w *Watcher) promise(ctx context.Context, d *pipeline.Delivery, want Path) (string, error) {
	for n := 1; ; n++ {
		p := Path{want.Area, path.Join(want.Dir().Name, Numbered(want.Base(), n))}
		place := placeOf(p)
		if owner, given := w.given[place]; given && owner == d.ID {
			return place, nil
		} else if given {
			continue
		}
		switch taken, err := w.taken(ctx, p); {
		case err != nil:
			return "", fmt.Errorf("find a place for %q: %w", d.Name, err)
		case !taken:
			w.given[place] = d.ID
			return place, nil
		}
	}
}

// taken tells whether a file or, in the quarantine, its reason would meet
// another one.
func (w *Watcher) taken(ctx context.Context, p Path) (bool, error) {
	taken, err := w.exists(ctx, p)
	if taken || err != nil || p.Area != Quarantine {
		return taken, err
	}
	return w.exists(ctx, reasonPath(p))
}

// exists tells whether a name is taken, by whatever.
func (w *Watcher) exists(ctx context.Context, p Path) (bool, error) {
	_, err := w.fs.Stat(ctx, p)
	switch {
	case err == nil || errors.Is(err, ErrNotPlain):
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, fmt.Errorf("look at %s: %w", p, err)
}

func reasonPath(p Path) Path { return Path{p.Area, p.Name + reasonEnding} }
