package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// marker is how the files are named that tell that another one is done. Any
// one of its forms is enough. The zero value is that none are wanted.
type marker []pattern

// parseMarker reads a marker's name: "{name}.ok", "{stem}.ok", or "*.ok" for
// either.
func parseMarker(text string) (marker, error) {
	if text == "" {
		return nil, nil
	}
	forms := []string{text}
	if after, star := strings.CutPrefix(text, "*"); star {
		forms = []string{"{name}" + after, "{stem}" + after}
	}
	var m marker
	for _, form := range forms {
		p, err := parsePattern(form)
		if err != nil {
			return nil, err
		}
		m = append(m, p)
	}
	return m, nil
}

// wanted tells whether files need a marker.
func (m marker) wanted() bool { return len(m) > 0 }

// of lists the names of a file's marker, of which one has to be there.
func (m marker) of(name string) []string {
	var names []string
	for _, p := range m {
		if of := p.of(name); !slices.Contains(names, of) {
			names = append(names, of)
		}
	}
	return names
}

// is tells whether a name is that of a marker.
func (m marker) is(name string) bool {
	return slices.ContainsFunc(m, func(p pattern) bool { return p.is(name) })
}

// among tells whether a file's marker is one of names.
func (m marker) among(names map[string]bool, file string) bool {
	return slices.ContainsFunc(m.of(file), func(name string) bool { return names[name] })
}

// missing says which marker a file waits for.
func (m marker) missing(file string) string {
	names := m.of(file)
	for i, name := range names {
		names[i] = strconv.Quote(name)
	}
	return fmt.Sprintf("its marker %s is missing", strings.Join(names, " or "))
}

// claimMarkers takes a file's markers along. One that was never there, or that
// an earlier try has taken, is no matter; one that another file waits for, too,
// is left to the last of them.
func (w *Watcher) claimMarkers(ctx context.Context, from, to Path) error {
	for _, name := range w.marker.of(from.Base()) {
		shared, err := w.markerShared(ctx, name, from.Base())
		if err != nil {
			return err
		}
		if shared {
			continue
		}
		err = w.fs.Rename(ctx, beside(from, name), beside(to, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// markerShared tells whether a marker stands for another file than this one,
// as EQUIP.done does for EQUIP.csv and EQUIP.zip.
func (w *Watcher) markerShared(ctx context.Context, name, file string) (bool, error) {
	if !slices.ContainsFunc(w.marker, func(p pattern) bool { return p.stem && p.of(file) == name }) {
		return false, nil
	}
	entries, err := w.fs.List(ctx, Path{Inbox, "."})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(entries, func(e Entry) bool {
		return e.Name != file && !w.passes(e.Name) && slices.Contains(w.marker.of(e.Name), name)
	}), nil
}

// putBackMarkers lets a file be ready again. A marker that cannot be put back
// is one that a newer file brought along, or that there never was.
func (w *Watcher) putBackMarkers(ctx context.Context, from, to Path) {
	for i, name := range w.marker.of(from.Base()) {
		if back := w.marker.of(to.Base()); i < len(back) {
			_ = w.fs.Rename(ctx, beside(from, name), beside(to, back[i]))
		}
	}
}

// removeMarkers clears away what a file needed to be ready.
func (w *Watcher) removeMarkers(ctx context.Context, file Path) {
	for _, name := range w.marker.of(file.Base()) {
		if shared, err := w.markerShared(ctx, name, file.Base()); err == nil && !shared {
			_ = w.fs.Remove(ctx, beside(file, name))
		}
	}
}

// beside is a name in the folder of another one.
func beside(file Path, name string) Path { return Path{file.Area, path.Join(file.Dir().Name, name)} }
