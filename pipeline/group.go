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
}

// Groups sorts the files that a look found ready by their business dates, oldest
// first. A file that stayed incomplete for too long is among them: reading it
// says what is missing, and it goes to quarantine. Files that no mapping knows
// are not in any group.
func (in *Intake) Groups(look Look) []Group {
	late := map[string]bool{}
	for _, p := range look.Pending {
		late[p.Name] = p.Late
	}
	byDate := map[string][]File{}
	for _, f := range look.workable() {
		if _, stamp, ok := in.stampOf(f); ok {
			date := in.dateOf(stamp)
			byDate[date] = append(byDate[date], f)
		}
	}

	groups := make([]Group, 0, len(byDate))
	for date, files := range byDate {
		groups = append(groups, Group{Date: date, Files: files, Late: late})
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.Date, b.Date) })
	return groups
}

func (in *Intake) mappingOf(name string) (Mapping, Stamp, bool) {
	for _, plain := range []string{name, PlainName(name)} {
		for _, m := range in.Mappings {
			if stamp, ok := m.Match(plain); ok {
				return m, stamp, true
			}
		}
	}
	return nil, Stamp{}, false
}

func (in *Intake) mappingNamed(name string) (Mapping, bool) {
	for _, m := range in.Mappings {
		if m.Name() == name {
			return m, true
		}
	}
	return nil, false
}

// dateOf is the business date of a file: what it says itself, else the day it
// arrived.
func (in *Intake) dateOf(s Stamp) string {
	if s.Date != "" {
		return s.Date
	}
	return in.Now().Format(time.DateOnly)
}
