package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Keep says how long files stay where they end. Of 0 it is for ever.
//
// The time counts from when the file was first seen there, by the clock of the
// medium, which is never earlier than it came: its own time and the date of its
// folder may be far older. It counts for whatever lies in the folders that files
// end in, also for what people have put there, and for nothing anywhere else. A
// reason goes with its file.
type Keep struct {
	Archive    time.Duration // worked files, duplicates, late nights, control files; default 0
	Quarantine time.Duration // files that could not be read; default 0
}

// check refuses to clear up where what is kept cannot be told from what is not.
func (k Keep) check(archive, aside Template) error {
	for template, keep := range map[*Template]time.Duration{&archive: k.Archive, &aside: k.Quarantine} {
		if keep > 0 && path.Clean(template.Root()) == "." && len(template.globs()) == 0 {
			return errors.New("files end in no folder of their own, so nothing can be cleared away; name one")
		}
	}
	if path.Clean(archive.Root()) == path.Clean(aside.Root()) && k.Archive != k.Quarantine {
		return errors.New("archive and quarantine are one folder; keep both for the same time, or name two")
	}
	return nil
}

// tendEvery is how often it is worth while to look.
const tendEvery = time.Hour

// firstSeen is the ledger of what lies in an area.
const firstSeen = ".rentalsync.seen"

// Tend clears away what has been kept for long enough, and markers whose file
// never came. It does so once an hour at most.
func (w *Watcher) Tend(ctx context.Context) error {
	w.tending.Lock()
	defer w.tending.Unlock()
	now := w.opts.Now()
	if since := now.Sub(w.tended); !w.tended.IsZero() && since >= 0 && since < tendEvery {
		return nil
	}

	w.tended = now // what fails now is tried in an hour, and not at every look
	err := errors.Join(
		w.tendArea(ctx, Archive, w.opts.Keep.Archive),
		w.tendArea(ctx, Quarantine, w.opts.Keep.Quarantine),
		w.tendMarkers(ctx),
	)
	if err != nil {
		return fmt.Errorf("clear away what was kept for long enough: %w", err)
	}
	return nil
}

// tendArea removes what lies in an area for longer than it is kept.
func (w *Watcher) tendArea(ctx context.Context, area Area, keep time.Duration) error {
	if keep <= 0 {
		return nil
	}
	folders, err := w.endings(ctx, area)
	if err != nil {
		return err
	}
	at := Path{area, firstSeen}
	before, err := loadLedger(ctx, w.fs, at)
	if err != nil {
		return err
	}

	t := tender{w: w, before: before, after: ledger{}, now: w.fs.Now(), keep: keep}
	for _, folder := range folders {
		if err := t.tend(ctx, folder); err != nil {
			return err
		}
	}
	if before.String() == t.after.String() {
		return nil
	}
	return w.write(ctx, at, t.after.String())
}

// tender clears up one area.
type tender struct {
	w             *Watcher
	before, after ledger
	now           time.Time
	keep          time.Duration
}

// tend removes what is too old in a folder, and the folder if nothing is left.
func (t *tender) tend(ctx context.Context, folder Path) error {
	entries, err := t.w.fs.List(ctx, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	byName := map[string]Entry{}
	for _, e := range entries {
		byName[e.Name] = e
	}
	left := len(entries)
	for _, e := range entries {
		p := Path{folder.Area, path.Join(folder.Name, e.Name)}
		whole := e
		if of, ok := strings.CutSuffix(e.Name, reasonEnding); ok && folder.Area == Quarantine {
			if file, there := byName[of]; there {
				whole = file // the reason is as old as what it explains
			}
		}
		seen := t.since(Path{folder.Area, path.Join(folder.Name, whole.Name)}, whole)
		if t.now.Sub(seen) <= t.keep {
			t.after[p.Name] = lineOf(e, seen)
			continue
		}
		if err := t.w.fs.Remove(ctx, p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		t.w.opts.Log.Info("file is removed, it was kept for long enough", "file", p.String(), "since", seen)
		left--
	}
	if left == 0 {
		t.w.removeFolders(ctx, folder)
	}
	return nil
}

// since is when a file was first seen where it lies. A clock that was set back
// makes it young again rather than old.
func (t *tender) since(p Path, e Entry) time.Time {
	line, known := t.before[p.Name]
	if !known || !line.is(e) || line.seen.After(t.now) {
		return t.now
	}
	return line.seen
}

// removeFolders removes a folder and those above it, as long as they are empty. No
// move is under way meanwhile that has just made one of them.
func (w *Watcher) removeFolders(ctx context.Context, folder Path) {
	w.moving.Lock()
	defer w.moving.Unlock()
	for folder.Name != "." {
		if w.fs.Remove(ctx, folder) != nil {
			return
		}
		folder = folder.Dir()
	}
}

// tendMarkers removes markers without a file that are older than a file may stay
// incomplete, and a day, and had none either when they were last looked at.
func (w *Watcher) tendMarkers(ctx context.Context) error {
	if !w.marker.wanted() {
		return nil
	}
	w.moving.Lock()
	defer w.moving.Unlock()
	entries, err := w.fs.List(ctx, Path{Inbox, "."})
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, e := range entries {
		if w.marker.is(e.Name) || ignored(e.Name) && !unfinished(e.Name) {
			continue
		}
		for _, name := range w.marker.of(finalName(e.Name)) {
			needed[name] = true
		}
	}

	alone := map[string]bool{}
	for _, e := range entries {
		if !w.marker.is(e.Name) || needed[e.Name] || w.fs.Now().Sub(e.ModTime) < max(w.opts.Incomplete, 24*time.Hour) {
			continue
		}
		if !w.alone[e.Name] {
			alone[e.Name] = true
			continue
		}
		if err := w.fs.Remove(ctx, Path{Inbox, e.Name}); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		w.opts.Log.Info("marker is removed, its file never came", "file", e.Name)
	}
	w.alone = alone
	return nil
}
