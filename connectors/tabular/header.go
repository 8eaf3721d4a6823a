package tabular

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rentalsync/pipeline"
)

// headerLines accumulates the lines of a header, from top to bottom.
type headerLines struct {
	names []string
	line  int // of the first one
}

// add joins the cells of one more line to the names above them.
func (h *headerLines) add(cells []string, line int) {
	if h.line == 0 {
		h.line = line
	}
	for i, cell := range cells {
		if i == len(h.names) {
			h.names = append(h.names, "")
		}
		h.names[i] = strings.TrimSpace(h.names[i] + " " + strings.TrimSpace(cell))
	}
}

// blank tells a header that names nothing and splits nothing.
func (h *headerLines) blank() bool { return len(h.names) == 1 && h.names[0] == "" }

// openEnd tells a header that ends with a delimiter: rows need not.
func (h *headerLines) openEnd() bool {
	return len(h.names) > 1 && h.names[len(h.names)-1] == ""
}

// header names every column once: a repeated name gets its number, an empty one
// is its column number.
func (h *headerLines) header() *pipeline.Header {
	taken := make(map[string]int, len(h.names)) // a name, and how often it came
	unique := make([]string, len(h.names))
	var again []int

	for i, name := range h.names {
		if name == "" {
			name = strconv.Itoa(i + 1)
		}
		unique[i] = name
		if taken[name] > 0 && h.names[i] != "" {
			again = append(again, i)
		}
		for taken[unique[i]] > 0 {
			taken[name]++
			unique[i] = fmt.Sprintf("%s (%d)", name, taken[name])
		}
		taken[unique[i]]++
	}
	return &pipeline.Header{Names: unique, Again: again, Line: h.line}
}

// numbered is the header of a table without one.
func numbered(width, line int) *pipeline.Header {
	names := make([]string, width)
	for i := range names {
		names[i] = strconv.Itoa(i + 1)
	}
	return &pipeline.Header{Names: names, Line: line}
}

// headerPlan are the physical lines of a header in their order; empty means the
// first line that says anything.
func headerPlan(d pipeline.Dialect) []int {
	plan := slices.Clone(d.Header)
	slices.Sort(plan)
	return slices.Compact(plan)
}
