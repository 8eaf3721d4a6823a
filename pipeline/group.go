package pipeline

import (
	"slices"
	"strings"
	"time"
)

// Group is the ready files of one business date.
type Group struct {
	Date  string
	Files []File
	Late  map[string]bool // by name, files that are still not whole
	joins bool            // they are what the held run of the date lacks
}

// Groups sorts the files that a look found ready by their business dates, oldest
// first. A file that stayed incomplete for too long is among them: reading it
// says what is missing, and it goes to quarantine. So does what no mapping knows
// in an archive, with what came in the same one; other files that no mapping
// knows are not ready.
func (in *Intake) Groups(look Look) []Group {
	s := sorting{in: in, byDate: map[string][]File{}, archives: map[string]string{}, late: map[string]bool{}}
	for _, p := range look.Pending {
		s.late[p.Name] = p.Late
	}
	files := look.workable()
	s.begin(files)
	for _, f := range files {
		if _, stamp, ok := in.stampOf(f); ok {
			s.put(f, s.dateOf(f, stamp))
		}
	}
	for _, f := range files {
		if _, _, ok := in.stampOf(f); !ok {
			s.put(f, orElse(s.archives[archiveOf(f.Name)], s.dateOf(f, Stamp{})))
		}
	}
	return s.groups()
}

// sorting is files on their way into groups.
type sorting struct {
	in       *Intake
	byDate   map[string][]File
	archives map[string]string // the oldest date of what came in an archive
	late     map[string]bool
	night    time.Time // when the first file of a set came that says no date
}

// begin looks for the first file of a set that says no date itself: the others
// may come after midnight, and are of the same night.
func (s *sorting) begin(files []File) {
	for _, f := range files {
		m, stamp, ok := s.in.stampOf(f)
		if !ok || stamp.Date != "" || f.Since.IsZero() || !slices.Contains(s.in.Set.Needs, m.Name()) {
			continue
		}
		if s.night.IsZero() || f.Since.Before(s.night) {
			s.night = f.Since
		}
	}
}

// dateOf is the business date of a file: what it says itself, else the day it
// arrived, or on which its night began.
func (s *sorting) dateOf(f File, stamp Stamp) string {
	now := s.in.Now()
	day := f.Since
	switch {
	case stamp.Date != "":
		return stamp.Date
	case day.IsZero():
		day = now
	case !s.night.IsZero() && day.After(s.night) && day.Before(s.night.Add(s.in.Set.Within)):
		day = s.night
	}
	return day.In(now.Location()).Format(time.DateOnly)
}

func (s *sorting) put(f File, date string) {
	s.byDate[date] = append(s.byDate[date], f)
	if archive := archiveOf(f.Name); archive != "" {
		if oldest, known := s.archives[archive]; !known || date < oldest {
			s.archives[archive] = date
		}
	}
}

func (s *sorting) groups() []Group {
	groups := make([]Group, 0, len(s.byDate))
	for date, files := range s.byDate {
		groups = append(groups, Group{Date: date, Files: files, Late: s.late})
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.Date, b.Date) })
	return groups
}

// archiveOf is the archive that a file came in; "" where it came by itself.
func archiveOf(name string) string {
	archive, _, within := strings.Cut(name, "/")
	if !within {
		return ""
	}
	return archive
}

func (in *Intake) mappingOf(name string) (Mapping, Stamp, bool) {
	var mended correction
	stamp, corrects := mended.Match(PlainName(name))
	corrects = corrects && in.Replays != nil
	if corrects && mended.ours(PlainName(name)) {
		return mended, stamp, true
	}
	for _, plain := range []string{name, PlainName(name)} {
		for _, m := range in.Mappings {
			if stamp, ok := m.Match(plain); ok {
				return m, stamp, true
			}
		}
	}
	if corrects {
		return mended, stamp, true
	}
	return nil, Stamp{}, false
}

func (in *Intake) mappingNamed(name string) (Mapping, bool) {
	for _, m := range in.Mappings {
		if m.Name() == name {
			return m, true
		}
	}
	return correction{}, name == Corrections && in.Replays != nil
}

// aheadDays is how far a business date may lie ahead of today. It only has to tell
// a wrong century or year from a clock that is off.
const aheadDays = 400

// ahead reports whether a business date lies so far ahead that it must be wrong:
// it would make every real night an old one.
func (in *Intake) ahead(date string) bool {
	return date > in.Now().AddDate(0, 0, aheadDays).Format(time.DateOnly)
}
