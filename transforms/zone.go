package transforms

import (
	"fmt"
	"time"
)

// Shift tells what became of a wall-clock time on its way to an instant.
type Shift uint8

const (
	Exact   Shift = iota // the time exists once
	Gap                  // the clocks jumped over it; moved on to the first time that exists
	Overlap              // the clocks showed it twice; the first of the two
)

// String names the shift as a warning would.
func (s Shift) String() string {
	switch s {
	case Exact:
		return "exact"
	case Gap:
		return "gap"
	case Overlap:
		return "overlap"
	}
	return fmt.Sprintf("shift %d", uint8(s))
}

// In gives the instant at which the clocks of the zone show c. Where they skip
// c, it is the first instant after the gap; where they show c twice, the first
// of the two. A nil location is UTC.
func (c Civil) In(loc *time.Location) (time.Time, Shift) {
	if loc == nil {
		loc = time.UTC
	}
	t := time.Date(c.Year, c.Month, c.Day, c.Hour, c.Minute, c.Second, 0, loc)

	// In a gap time.Date uses the offset of one of its sides, so the clock
	// shows something else; the edge of that zone period is the gap.
	switch shown := civilOf(t); {
	case shown.after(c):
		edge, _ := t.ZoneBounds()
		return edge, Gap
	case c.after(shown):
		_, edge := t.ZoneBounds()
		return edge, Gap
	}
	return firstShowing(t)
}

// firstShowing finds the first of the instants at which the clocks show what
// they show at t, looking at the zone periods before and after that of t.
func firstShowing(t time.Time) (time.Time, Shift) {
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		earlier := t.Add(offsetAt(t) - offsetAt(start.Add(-time.Second)))
		if earlier.Before(start) {
			return earlier, Overlap
		}
	}
	if !end.IsZero() {
		later := t.Add(offsetAt(t) - offsetAt(end))
		if !later.Before(end) {
			return t, Overlap
		}
	}
	return t, Exact
}

func offsetAt(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

func civilOf(t time.Time) Civil {
	return Civil{
		Year: t.Year(), Month: t.Month(), Day: t.Day(),
		Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(), HasTime: true,
	}
}

func (c Civil) after(other Civil) bool {
	return c.asUTC().After(other.asUTC())
}

// asUTC lays the wall clock on UTC, only to compare and to count.
func (c Civil) asUTC() time.Time {
	return time.Date(c.Year, c.Month, c.Day, c.Hour, c.Minute, c.Second, 0, time.UTC)
}

// StartOfDay is 00:00:00 of the day: when a rental begins that names no time.
func (c Civil) StartOfDay() Civil {
	return Civil{Year: c.Year, Month: c.Month, Day: c.Day, HasTime: true}
}

// EndOfDay is 23:59:59 of the day: when a rental ends that names no time.
func (c Civil) EndOfDay() Civil {
	return Civil{Year: c.Year, Month: c.Month, Day: c.Day, Hour: 23, Minute: 59, Second: 59, HasTime: true}
}
