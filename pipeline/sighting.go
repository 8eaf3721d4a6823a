package pipeline

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Sighting is a file as it lies in a drop, and since when. It is kept in the
// journal: how long a process has been running says nothing of how long a file
// has been there, and one that is started every few minutes has to be as patient
// as one that runs all day.
type Sighting struct {
	Name    string
	Size    int64
	ModTime time.Time
	Since   time.Time // when it was first seen as it is
}

// shows reports whether a file still looks as it did.
func (s *Sighting) shows(f *File) bool {
	return s.Size == f.Size && s.ModTime.Equal(f.ModTime)
}

// defaultIncomplete is how long a file may be incomplete where nobody says.
const defaultIncomplete = 30 * time.Minute

// recall loads what was seen of the drop before.
func (in *Intake) recall(ctx context.Context) error {
	before, err := in.Deliveries.Sightings(ctx, in.Flow)
	if err != nil {
		return err
	}
	in.sighted = make(map[string]Sighting, len(before))
	for _, s := range before {
		in.sighted[s.Name] = s
	}
	return nil
}

// Since tells a drop since when a file has been there as it is; the zero time is
// that nobody has seen it.
func (in *Intake) Since(f File) time.Time {
	if s, known := in.sighted[f.Name]; known && s.shows(&f) {
		return s.Since
	}
	return time.Time{}
}

// remember finds out since when each file of a look has been there as it is, and
// which of those that are not whole are late. Nothing is written while nothing
// changes.
func (in *Intake) remember(ctx context.Context, look *Look) error {
	m := memory{known: maps.Clone(in.sighted), now: in.Now()}
	for i := range look.Ready {
		m.see(&look.Ready[i], m.now, true)
	}
	for i := range look.Pending {
		p := &look.Pending[i]
		m.see(&p.File, p.Since, p.Kind != Changing)
		if p.Kind == NotWhole && p.File.Since.Before(p.Since) {
			p.Since = p.File.Since
		}
		p.Late = p.Late || in.late(p, m.now)
	}
	if gone := m.gone(); len(m.news)+len(gone) > 0 {
		return in.Deliveries.Sight(ctx, in.Flow, m.news, gone)
	}
	return nil
}

// late reports whether a file was read and found incomplete for too long. One
// that was not read yet, because its marker is missing, is never late: nothing
// says that it is bad.
func (in *Intake) late(p *Pending, now time.Time) bool {
	patience := in.Incomplete
	if patience <= 0 {
		patience = defaultIncomplete
	}
	return p.Kind == NotWhole && p.Digest != "" && now.Sub(p.Since) >= patience
}

// memory is what is known of the files of a drop while a look is gone through.
type memory struct {
	known map[string]Sighting // less those that were seen again
	now   time.Time
	news  []Sighting
}

// see tells of a file since when it has been as it is. One that has not settled
// yet is not worth remembering: it will look otherwise with the next look, unless
// this process has only begun to watch it.
func (m *memory) see(f *File, since time.Time, settled bool) {
	s, known := m.known[f.Name]
	delete(m.known, f.Name)
	switch {
	case known && s.shows(f) && !s.Since.After(m.now): // else a clock was set back
		f.Since = s.Since
		return
	case since.IsZero() || since.After(m.now):
		since = m.now
	}
	f.Since = since
	if settled {
		m.news = append(m.news, Sighting{Name: f.Name, Size: f.Size, ModTime: f.ModTime, Since: since})
	}
}

// gone lists the files that were there before and are not any more.
func (m *memory) gone() []string {
	names := make([]string, 0, len(m.known))
	for name := range m.known {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
