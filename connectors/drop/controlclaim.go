package drop

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// noteTaken writes down that a file of a set is about to be claimed.
func (w *Watcher) noteTaken(ctx context.Context, name string) error {
	c, as, err := w.setOf(ctx, name)
	if c == nil || err != nil || !w.control.mark(c, as, true) {
		return err
	}
	if err := w.keepNote(ctx, c); err != nil {
		return err
	}
	w.opts.Reached("control:noted")
	return nil
}

// noteGiven writes down that a file of a set is in the inbox again, and fetches
// its control file back.
func (w *Watcher) noteGiven(ctx context.Context, name string) error {
	c, _, err := w.setOf(ctx, name)
	if err != nil || !w.control.wanted() {
		return err
	}
	if c != nil {
		return w.noteLeft(ctx, name)
	}
	c, as := w.control.endedWith(name)
	if c == nil {
		return nil
	}
	err = w.fs.Rename(ctx, c.parked, Path{Inbox, c.Name})
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	w.control.mark(c, as, false)
	return w.keepNote(ctx, c)
}

// noteLeft writes down that a file of a set is not ours.
func (w *Watcher) noteLeft(ctx context.Context, name string) error {
	c, as, err := w.setOf(ctx, name)
	if c == nil || err != nil || !w.control.mark(c, as, false) {
		return err
	}
	return w.keepNote(ctx, c)
}

// setOf finds the set of a file, also where no look has come before.
func (w *Watcher) setOf(ctx context.Context, name string) (c *control, as string, err error) {
	if !w.control.wanted() {
		return nil, "", nil
	}
	if err := w.knowControls(ctx); err != nil {
		return nil, "", err
	}
	c, as = w.control.of(name)
	return c, as, nil
}

// knowControls reads the control files of claims that another process has begun.
// They had settled then.
func (w *Watcher) knowControls(ctx context.Context) error {
	w.control.mu.Lock()
	known := w.control.known
	w.control.mu.Unlock()
	if known {
		return nil
	}
	entries, err := w.fs.List(ctx, Path{Inbox, "."})
	if err != nil {
		return err
	}
	sets := map[string]*control{}
	for _, e := range entries {
		if !w.control.is(e.Name) || ignored(e.Name) {
			continue
		}
		c, err := w.readControl(ctx, e)
		if err != nil && !errors.Is(err, errChanged) && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			sets[e.Name] = c
		}
	}
	w.control.mu.Lock()
	defer w.control.mu.Unlock()
	w.control.sets, w.control.known = sets, true
	return nil
}

// mark records whether a file of a set is ours, and tells whether that is news.
func (cs *controls) mark(c *control, name string, ours bool) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c.taken[name] == ours {
		return false
	}
	c.taken[name] = ours
	return true
}

// endedWith finds the control file that named a file and was archived by this
// process.
func (cs *controls) endedWith(name string) (*control, string) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return newest(cs.ended, name)
}

func (w *Watcher) keepNote(ctx context.Context, c *control) error {
	w.control.mu.Lock()
	var text strings.Builder
	text.WriteString(c.head())
	for _, name := range slices.Sorted(maps.Keys(c.taken)) {
		if c.taken[name] {
			text.WriteString(name + "\n")
		}
	}
	w.control.mu.Unlock()
	return w.write(ctx, c.note(), text.String())
}

// finishControls moves control files to the archive all of whose files are ours.
func (w *Watcher) finishControls(ctx context.Context) error {
	if !w.control.wanted() {
		return nil
	}
	if err := w.knowControls(ctx); err != nil {
		return err
	}
	for _, c := range w.control.whole() {
		if left, err := w.packLeft(ctx, c); left || err != nil {
			return err
		}
		if err := w.archiveControl(ctx, c); err != nil {
			return err
		}
	}
	return w.clearNotes(ctx)
}

// packLeft tells whether an archive of a set still lies in the inbox, all of whose
// files are ours: it is only ready again while its control file is there.
func (w *Watcher) packLeft(ctx context.Context, c *control) (bool, error) {
	for file := range c.files {
		if !isZip(file) {
			continue
		}
		if left, err := w.exists(ctx, Path{Inbox, file}); left || err != nil {
			return left, err
		}
	}
	return false, nil
}

// whole lists the control files all of whose files are ours.
func (cs *controls) whole() []*control {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var whole []*control
	for _, name := range slices.Sorted(maps.Keys(cs.sets)) {
		c, left := cs.sets[name], false
		for file := range c.files {
			left = left || !c.taken[file]
		}
		if !left && c.fault == "" {
			whole = append(whole, c)
		}
	}
	return whole
}

func (w *Watcher) archiveControl(ctx context.Context, c *control) error {
	d := &pipeline.Delivery{ID: "control " + c.Name, Name: c.Name}
	place, err := w.promise(ctx, d, Path{Archive, path.Join("control", w.archive.folder(w.dateOf(d)), encode(c.Name))})
	if err != nil {
		return err
	}
	if c.parked, err = parsePlace(place); err != nil {
		return err
	}
	w.opts.Reached("control:before")
	if err := w.fs.Rename(ctx, Path{Inbox, c.Name}, c.parked); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	w.opts.Reached("control:archived")
	w.settlePromise(place)

	w.control.mu.Lock()
	defer w.control.mu.Unlock()
	delete(w.control.sets, c.Name)
	maps.DeleteFunc(w.control.ended, func(_ string, old *control) bool { return c.at.Sub(old.at) > tendEvery })
	w.control.ended[c.Name] = c
	return nil
}

// clearNotes removes what was written down about control files that are not there
// any more.
func (w *Watcher) clearNotes(ctx context.Context) error {
	entries, err := w.fs.List(ctx, Path{Inbox, notes})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if there, err := w.exists(ctx, Path{Inbox, e.Name}); err != nil {
			return err
		} else if !there {
			_ = w.fs.Remove(ctx, Path{Inbox, path.Join(notes, e.Name)}) // the next one tries again
		}
	}
	_ = w.fs.Remove(ctx, Path{Inbox, notes})
	_ = w.fs.Remove(ctx, Path{Inbox, claims})
	return nil
}
