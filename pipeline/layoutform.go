package pipeline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"rentalsync/transforms"
)

// LayoutForm is a layout, and who writes by it.
type LayoutForm[Of any] struct {
	Layout *Layout

	// Write writes the whole file. It may be called again for the same file, where
	// the first try did not reach the outbox.
	Write func(ctx context.Context, w io.Writer, facts LayoutFacts, what Of) (LaidOut, error)
}

// LayoutFacts is what a file tells of itself.
type LayoutFacts struct {
	Spoken
	Zone *time.Location // of its times
}

// LaidOut is what became of the lines of a file.
type LaidOut struct {
	Lines   int      // written
	Lacking int      // not written, because they lack what the layout requires
	Faulty  int      // left out, because something in them cannot be written
	Why     []string // what is wrong with the first of those
}

// mostWhys is how many faulty lines are told one by one.
const mostWhys = 5

// Leave notes a line that is left out.
func (l *LaidOut) Leave(why string) {
	l.Faulty++
	if len(l.Why) < mostWhys {
		l.Why = append(l.Why, why)
	}
}

// LayoutJournal keeps which files were written by which layout.
type LayoutJournal interface {
	// LayoutNumber is the number of the file that tells of a subject, a run or a
	// snapshot: the next one, or the one it was given before.
	LayoutNumber(ctx context.Context, flow, layout, subject string) (int64, error)

	// LayoutWritten records that the file lies in the outbox.
	LayoutWritten(ctx context.Context, flow, layout, subject string, at time.Time) error

	// LayoutBefore is the subject of the last file that was written before a
	// number; "" when there was none.
	LayoutBefore(ctx context.Context, flow, layout string, number int64) (subject string, err error)
}

// layouter writes files by layouts into an outbox.
type layouter struct {
	flow    string
	zone    *time.Location
	outbox  Outbox
	journal LayoutJournal
	now     func() time.Time
	log     *slog.Logger
}

// facts are what a file about a subject tells of itself.
func (w *layouter) facts(ctx context.Context, l *Layout, subject string, at time.Time) (LayoutFacts, error) {
	zone := w.zoneOf(l)
	facts := LayoutFacts{Zone: zone, Spoken: Spoken{Flow: w.flow, Layout: l.Name, Subject: subject, Date: CivilOf(at.In(zone))}}

	var err error
	if facts.Number, err = w.journal.LayoutNumber(ctx, w.flow, l.Name, subject); err != nil {
		return facts, err
	}
	if facts.Name, err = l.File.Name.Say(&facts.Spoken); err != nil {
		return facts, err
	}
	return facts, CheckFileName(facts.Name)
}

// zoneOf is the zone of a file's days and times.
func (w *layouter) zoneOf(l *Layout) *time.Location {
	switch {
	case l.File.Zone != nil:
		return l.File.Zone
	case w.zone != nil:
		return w.zone
	default:
		return time.UTC
	}
}

// put writes a file whole, and its marker after it. Writing it again is the same
// file.
func (w *layouter) put(ctx context.Context, l *Layout, facts LayoutFacts, write func(io.Writer) (LaidOut, error)) (path string, made LaidOut, err error) {
	path, err = w.outbox.Put(ctx, facts.Name, func(to io.Writer) (err error) {
		made, err = write(to)
		return err
	})
	if err != nil {
		return "", made, fmt.Errorf("write layout %s as %s: %w", l.Name, facts.Name, err)
	}
	if made.Faulty > 0 {
		w.log.Warn("lines left out of a file", "flow", w.flow, "layout", l.Name, "file", path, "lines", made.Faulty, "first", strings.Join(made.Why, "; "))
	}

	if !l.File.Done.Blank() {
		marker, err := l.File.Done.Say(&facts.Spoken)
		if err == nil {
			err = CheckFileName(marker)
		}
		if err == nil {
			_, err = w.outbox.Put(ctx, marker, func(io.Writer) error { return nil })
		}
		if err != nil {
			return path, made, fmt.Errorf("write the marker of %s: %w", facts.Name, err)
		}
	}
	return path, made, w.journal.LayoutWritten(ctx, w.flow, l.Name, facts.Subject, w.now())
}

// CivilOf is the date and the time that a clock in the instant's own zone shows.
func CivilOf(t time.Time) transforms.Civil {
	return transforms.Civil{Year: t.Year(), Month: t.Month(), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(), HasTime: true}
}

// CheckFileName refuses names that would leave the outbox, that no system can
// keep, or that a scan would not see.
func CheckFileName(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Errorf("%q is no name of a file", name)
	case strings.ContainsAny(name, `/\:*?"<>|`) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%q has a character that the name of a file cannot have", name)
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, " "):
		return fmt.Errorf("%q begins with a point or a blank: such files are not seen", name)
	case len(name) > 200:
		return fmt.Errorf("%q is too long for the name of a file", name)
	}
	return nil
}
