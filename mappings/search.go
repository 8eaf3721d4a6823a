package mappings

import (
	"fmt"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// search looks for columns under a header, and remembers what it misses.
type search struct {
	header  *pipeline.Header
	none    bool           // the file has no header: columns are called by their numbers
	places  map[string]int // by folded name; the first where several are alike
	twins   map[string]int // the second of those that are alike
	missing []string
	absent  []pipeline.Fault // columns that the file can do without
	doubts  []string
	twinned []string
}

func newSearch(h *pipeline.Header, none bool) *search {
	s := &search{header: h, none: none, places: make(map[string]int, len(h.Names)), twins: map[string]int{}}
	for i, name := range h.Names {
		folded := transforms.Fold(name)
		if _, twice := s.places[folded]; twice {
			s.twins[folded] = i
			continue
		}
		s.places[folded] = i
	}
	return s
}

// repeated makes twins of columns that have the very same header: the reader has
// put a number behind the second one. A mapping that names it with its number
// knows of both.
func (s *search) repeated(named map[string]int) {
	for _, i := range s.header.Again {
		name := s.header.Names[i]
		if _, known := named[transforms.Fold(name)]; known {
			continue
		}
		if cut := strings.LastIndex(name, " ("); cut > 0 {
			s.twins[transforms.Fold(name[:cut])] = i
		}
	}
}

// column finds one column.
func (s *search) column(plan *columnPlan) boundColumn {
	found := plan.among(s.places)
	if len(found) == 0 {
		switch {
		case plan.needed:
			s.missing = append(s.missing, s.wanted(plan))
		case plan.used:
			s.absent = append(s.absent, pipeline.Fault{
				Column: plan.headers[0], What: s.table() + " has no column " + s.wanted(plan) + ": its fields stay as they were",
			})
		}
		return boundColumn{plan: plan, index: -1, header: plan.headers[0]}
	}

	name := s.header.Names[found[0]]
	twin, alike := s.twins[transforms.Fold(name)]
	switch {
	case !plan.used:
	case len(found) > 1:
		s.doubts = append(s.doubts, fmt.Sprintf("%q and %q both stand for %s", name, s.header.Names[found[1]], plan.name))
	case alike:
		s.twinned = append(s.twinned, fmt.Sprintf("%q and %q are the same header for %s", name, s.header.Names[twin], plan.name))
	}
	return boundColumn{plan: plan, index: found[0], header: name}
}

// otherDelimiters are what a header has inside its only cell where cells are not
// parted as the mapping says.
const otherDelimiters = ",;|\t"

// verdict is what keeps the file from being read.
func (s *search) verdict() error {
	switch {
	case len(s.missing) > 0 && s.none:
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the first row, on line %d, has %s and lacks column %s", s.header.Line, cellCount(len(s.header.Names)), strings.Join(s.missing, ", ")),
			Hint: "check delimiter, and the numbers under columns",
		}
	case len(s.missing) > 0 && len(s.header.Names) == 1 && strings.ContainsAny(s.header.Names[0], otherDelimiters):
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("%s is one cell, %q, and lacks %s", s.place(), s.header.Names[0], strings.Join(s.missing, ", ")),
			Hint: "the file has another delimiter than the mapping says; check delimiter",
		}
	case len(s.missing) > 0:
		hint := "add the header's new spelling under columns, or check delimiter and header"
		if s.header.Sheet != "" {
			hint = "add the header's new spelling under columns, or check sheet and header"
		}
		return &pipeline.Unreadable{Why: fmt.Sprintf("%s lacks %s", s.place(), strings.Join(s.missing, ", ")), Hint: hint}
	case len(s.doubts) > 0:
		return &pipeline.Unreadable{Why: strings.Join(s.doubts, ", "), Hint: "name the right one alone under columns"}
	case len(s.twinned) > 0:
		return &pipeline.Unreadable{
			Why:  strings.Join(s.twinned, ", "),
			Hint: "rename one of them in the ERP's export: case, accents and blanks do not tell headers apart",
		}
	default:
		return nil
	}
}

// table names what has the header.
func (s *search) table() string {
	if s.header.Sheet != "" {
		return fmt.Sprintf("the sheet %q", s.header.Sheet)
	}
	return "the file"
}

// place says where the header stands.
func (s *search) place() string {
	text := fmt.Sprintf("the header on line %d", s.header.Line)
	if s.header.Sheet != "" {
		text += fmt.Sprintf(" of sheet %q", s.header.Sheet)
	}
	return text
}

// among finds the places where a header bears one of the column's names.
func (p *columnPlan) among(places map[string]int) []int {
	var found []int
	for _, folded := range p.folded {
		if at, there := places[folded]; there {
			found = append(found, at)
		}
	}
	return found
}

func cellCount(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", n)
}

// wanted names a missing column with the header that is nearest to it.
func (s *search) wanted(p *columnPlan) string {
	if s.none {
		return p.headers[0]
	}
	text := fmt.Sprintf("%q", p.headers[0])
	for _, header := range p.headers[1:] {
		text += fmt.Sprintf(" or %q", header)
	}
	for _, header := range p.headers {
		if near, found := transforms.Nearest(header, s.header.Names); found {
			return text + fmt.Sprintf(" (is it %q?)", near)
		}
	}
	return text
}
