package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Set is the files that make up one night, where a flow names them. The files of
// a night wait for each other, and those of other mappings that came with them.
//
// What was worked for the same business date before counts: a file that comes
// after its night was worked without it is worked at once, and so is a better
// copy of one that was there.
type Set struct {
	Needs  []string      // mappings, of each of which a file must be there
	Within time.Duration // how long after the first one the others are waited for
	Hold   bool          // whether a night that is not whole by then is held; else it is worked, and says what is missing
}

// lacks lists the mappings of which nothing is there.
func (s *Set) lacks(there map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(s.Needs), func(name string) bool { return there[name] })
}

// among reports whether any of the needed mappings is one of these.
func (s *Set) among(names map[string]bool) bool {
	return slices.ContainsFunc(s.Needs, func(name string) bool { return names[name] })
}

// keepTogether keeps the files of nights back of which others are missing and may
// still come.
func (in *Intake) keepTogether(ctx context.Context, look *Look) error {
	if len(in.Set.Needs) == 0 {
		return nil
	}
	for _, g := range in.Groups(*look) {
		why, err := in.waits(ctx, g)
		if err != nil {
			return err
		}
		if why != "" {
			look.keepBack(g, why)
		}
	}
	return nil
}

// waits tells for what a night waits, and until when; "" is that it does not. A
// file that stayed incomplete for too long is no member: what it lacks may come.
func (in *Intake) waits(ctx context.Context, g Group) (string, error) {
	there := map[string]bool{}
	var first time.Time
	for _, f := range g.Files {
		m, _, known := in.mappingOf(f.Name)
		if !known || g.Late[f.Name] || !slices.Contains(in.Set.Needs, m.Name()) {
			continue
		}
		there[m.Name()] = true
		if first.IsZero() || f.Since.Before(first) {
			first = f.Since
		}
	}

	now := in.Now()
	lacks, until := in.Set.lacks(there), first.Add(in.Set.Within)
	if len(there) == 0 || len(lacks) == 0 || !now.Before(until) || in.ahead(g.Date) {
		return "", nil
	}
	before, err := in.cameBefore(ctx, g.Date, "")
	if err != nil || in.Set.among(before) {
		return "", err // it was whole before, or its time was up
	}
	return fmt.Sprintf("waits for %s of %s until %s", strings.Join(lacks, " and "), g.Date, clock(until, now)), nil
}

// cameBefore is of which mappings something came for a night besides a run.
func (in *Intake) cameBefore(ctx context.Context, date, run string) (map[string]bool, error) {
	names, err := in.Deliveries.Came(ctx, in.Flow, date, run)
	if err != nil {
		return nil, fmt.Errorf("look for what came for %s before: %w", date, err)
	}
	before := make(map[string]bool, len(names))
	for _, name := range names {
		before[name] = true
	}
	return before, nil
}

// clock is a time of day as people near the program read it, with its day where
// that is not today.
func clock(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// keepBack turns files of a group that are ready into files that are left alone.
func (l *Look) keepBack(g Group, why string) {
	l.Ready = slices.DeleteFunc(l.Ready, func(f File) bool {
		waits := slices.ContainsFunc(g.Files, func(w File) bool { return w.Name == f.Name })
		if waits {
			l.Pending = append(l.Pending, Pending{File: f, Kind: Alone, Why: why, Since: f.Since})
		}
		return waits
	})
}

// missing is what a run lacks of its set, once it is known what became of its
// files: there are the mappings of those that speak in it, or did before. Where
// the night was worked without them before, nothing is waited for any more.
func (in *Intake) missing(ctx context.Context, run Run, came, there map[string]bool) (lacks []string, again bool, err error) {
	if len(there) == 0 || !in.Set.among(came) || len(in.Set.lacks(there)) == 0 {
		return nil, false, nil
	}
	before, err := in.cameBefore(ctx, run.BusinessDate, run.ID)
	if err != nil {
		return nil, false, err
	}
	lacks = slices.DeleteFunc(in.Set.lacks(there), func(name string) bool { return before[name] })
	return lacks, in.Set.among(before), nil
}

// breach is why a night that is not whole is held; nil where it is not.
func (s *Set) breach(run Run) *Breach {
	if !s.Hold || len(run.Lacks) == 0 {
		return nil
	}
	return &Breach{
		Gate: "set",
		What: fmt.Sprintf("no file of %s that could be read has come for %s, %s after the first file of the night",
			strings.Join(run.Lacks, " and "), run.BusinessDate, inWords(s.Within)),
		Hint: "find out why the ERP did not write it, or look into the quarantine; when it comes it joins this night by itself. Approve the night only if nothing is to be told by that file: rentals that it would end go on",
	}
}

// inWords is a span of time as people say it.
func inWords(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return counted(int(d/time.Hour), "hour")
	case d >= time.Minute && d%time.Minute == 0:
		return counted(int(d/time.Minute), "minute")
	default:
		return d.String()
	}
}
