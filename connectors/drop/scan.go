package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// sight is what is known of a file as it lies in the inbox.
type sight struct {
	Entry
	since    time.Time // when it was first seen like this
	looks    int       // how many looks have seen it like this
	changing time.Time // when it was first seen changing, if it has not settled since
	verdict  *verdict  // on its content; nil until it was read

	kind pipeline.PendingKind // what was last said about it
	why  string

	short   string   // why its control file speaks against it
	control *control // what it lists, of a control file that was read
}

// Scan looks at the inbox once. It never waits and never changes anything
// there.
func (w *Watcher) Scan(ctx context.Context) (pipeline.Look, error) {
	w.looking.Lock()
	defer w.looking.Unlock()

	entries, err := w.fs.List(ctx, Path{Inbox, "."})
	if err != nil {
		return pipeline.Look{}, fmt.Errorf("look into the inbox: %w; check that the folder is there and may be read", err)
	}
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		names[e.Name] = true
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })

	var look pipeline.Look
	seen := make(map[string]*sight, len(entries))
	if err := w.lookControls(ctx, entries, seen, &look); err != nil {
		return pipeline.Look{}, err
	}
	for _, e := range entries {
		if w.passes(e.Name) {
			continue
		}
		s := w.see(e)
		seen[e.Name] = s
		if err := w.judge(ctx, s, names, &look); err != nil {
			return pipeline.Look{}, err
		}
	}

	// Only what is there is remembered, so that the memory cannot grow.
	w.seen = seen
	slices.SortFunc(look.Ready, func(a, b pipeline.File) int { return strings.Compare(a.Name, b.Name) })
	return look, nil
}

// see finds what is known of a file, as long as it has not changed.
func (w *Watcher) see(e Entry) *sight {
	now := w.opts.Now()
	s := w.seen[e.Name]
	switch {
	case s == nil || now.Before(s.since):
		return &sight{Entry: e, since: now, changing: now, looks: 1}
	case s.changed(e):
		return s.anew(e, now)
	}
	s.looks++
	return s
}

// anew begins to watch a file that has changed.
func (s *sight) anew(e Entry, now time.Time) *sight {
	next := &sight{Entry: e, since: now, changing: now, looks: 1, kind: s.kind, why: s.why}
	if s.kind == pipeline.Changing {
		next.changing = s.changing
	}
	return next
}

// changed tells whether a file differs from what was seen of it.
func (s *sight) changed(e Entry) bool {
	return s.Size != e.Size || !s.ModTime.Equal(e.ModTime)
}

// judge puts a file where it belongs in a look.
func (w *Watcher) judge(ctx context.Context, s *sight, names map[string]bool, look *pipeline.Look) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := pipeline.Pending{File: s.file(), Since: s.since}
	if p.Kind, p.Why = w.wait(s, names); p.Why == "" {
		if err := w.inspect(ctx, s, names, &p); err != nil {
			return err
		}
	}

	if p.Kind == pipeline.Changing {
		p.Since = s.changing
	}
	switch {
	case s.verdict != nil && s.verdict.members != nil && (p.Why == "" || p.Late && s.short == ""):
		w.list(s, p.Late, look)
	case p.Why == "":
		look.Ready = append(look.Ready, s.file())
	case p.Why != gone:
		look.Pending = append(look.Pending, p)
	}
	w.tell(s, p)
	return nil
}

// wait says why a file is not even read yet; "" is that it is time.
func (w *Watcher) wait(s *sight, names map[string]bool) (pipeline.PendingKind, string) {
	if why := refuse(s.Name); why != "" {
		return pipeline.OutOfReach, why
	}
	now := w.opts.Now()
	if kind, why := w.settled(s); why != "" {
		return kind, why
	}
	// Its time is a hint that may be ahead of the clock for long; having
	// watched it for that long is as good.
	if age := max(w.fs.Now().Sub(s.ModTime), now.Sub(s.since)); age < w.opts.MinAge {
		return pipeline.Changing, fmt.Sprintf("it is younger than %s", w.opts.MinAge)
	}
	if w.marker.wanted() && !w.marker.among(names, s.Name) {
		return pipeline.NotWhole, w.marker.missing(s.Name)
	}
	return 0, ""
}

// settled says why a file is still watched; "" is that it has settled.
func (w *Watcher) settled(s *sight) (pipeline.PendingKind, string) {
	if w.opts.Now().Sub(s.since) < w.opts.Settle || s.looks < w.opts.Looks {
		return pipeline.Changing, "it has not settled yet"
	}
	return 0, ""
}

// gone is said of a file that went away during a look.
const gone = "it is gone"

// inspect judges the content of a file that has settled, and says in p why it
// is not ready, if it is not. An error ends the look.
func (w *Watcher) inspect(ctx context.Context, s *sight, names map[string]bool, p *pipeline.Pending) error {
	if s.verdict == nil {
		err := w.read(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			p.File, p.Since = s.file(), s.since
			p.Kind, p.Why = explain(err)
			return nil
		}
	}

	if s.verdict.incomplete != "" {
		p.File = s.file()
		p.Kind, p.Why, p.Since = pipeline.NotWhole, s.verdict.incomplete, s.verdict.at
		p.Late = w.opts.Now().Sub(p.Since) >= w.opts.Incomplete
		return nil
	}
	w.compare(s, names, p)
	return nil
}

// explain says why there is no verdict on a file, and the cure where there is
// one.
func explain(err error) (pipeline.PendingKind, string) {
	switch {
	case errors.Is(err, pipeline.ErrNoMapping):
		return pipeline.NoMapping, pipeline.ErrNoMapping.Error()
	case errors.Is(err, errChanged):
		return pipeline.Changing, errChanged.Error()
	case errors.Is(err, fs.ErrNotExist):
		return 0, gone
	case errors.Is(err, fs.ErrPermission):
		return pipeline.OutOfReach, fmt.Sprintf("it cannot be read: %v; let the user that runs rentalsync read what the ERP drops", err)
	}
	return pipeline.OutOfReach, fmt.Sprintf("it cannot be read: %v", err)
}

// file is what a look says of a sight.
func (s *sight) file() pipeline.File {
	f := pipeline.File{Name: s.Name, Size: s.Size, ModTime: s.ModTime}
	if s.verdict != nil && s.verdict.digest != "" { // an archive is known by what is in it
		f.Size, f.Digest, f.Stamp = s.verdict.size, s.verdict.digest, s.verdict.stamp
	}
	return f
}

// tell remembers what was said about a file, and logs what is new in it.
func (w *Watcher) tell(s *sight, p pipeline.Pending) {
	s.kind = p.Kind
	why := p.Why
	if p.Late {
		why += "; it is late"
	}
	if why == s.why {
		return
	}
	s.why = why
	if why == "" {
		w.opts.Log.Info("file is ready", "file", s.Name, "size", s.Size)
		return
	}
	w.opts.Log.Info("file is left alone", "file", s.Name, "why", why)
}
