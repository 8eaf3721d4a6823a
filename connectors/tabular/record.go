package tabular

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// record is one line of a file that holds several tables, or of a file of fixed
// width, before it is known what it tells.
type record struct {
	line   int
	raw    []byte           // as it stands in the file; valid until the next one is read
	text   string           // the same in fixed width; "" in separated text
	starts []int            // of fixed width, where its characters start; nil where each is one byte
	cells  []string         // of separated text; nil in fixed width
	open   bool             // the file ends behind it without a line end
	faults []pipeline.Fault // what is wrong with it as a whole
}

// at is what stands at a place. Fixed width loses its padding, and what lies
// beyond the end of a short record is blank.
func (r *record) at(s pipeline.Slice) string {
	if r.cells != nil {
		if s.From > len(r.cells) {
			return ""
		}
		return r.cells[s.From-1]
	}
	from, to := r.offset(s.From-1), r.offset(max(s.To, s.From))
	return strings.Trim(r.text[from:to], padding)
}

// padding fills up the cells of fixed width. NUL is what COBOL calls low values.
const padding = " \x00"

// offset is where the character with a number from 0 starts.
func (r *record) offset(i int) int {
	switch {
	case i >= r.size():
		return len(r.text)
	case r.starts == nil:
		return i
	default:
		return r.starts[i]
	}
}

// size is the number of characters, or of cells.
func (r *record) size() int {
	switch {
	case r.cells != nil:
		return len(r.cells)
	case r.starts != nil:
		return len(r.starts)
	default:
		return len(r.text)
	}
}

// kept is a copy that outlives the reading of the next record.
func (r *record) kept() *record {
	kept := *r
	kept.raw, kept.cells, kept.starts = nil, slices.Clone(r.cells), slices.Clone(r.starts)
	return &kept
}

// recordPart is one of the tables of a file, while it is read.
type recordPart struct {
	pipeline.Table
	index  int
	names  []string         // of the columns; nil where there are none
	header *pipeline.Header // of the rows to come; nil until there is one
	rows   int
	seen   *record // of a trailer: where it stands
}

func newRecordPart(t pipeline.Table, index int) (*recordPart, error) {
	p := &recordPart{Table: t, index: index}
	lines := headerLines{}
	for _, column := range t.Columns {
		lines.names = append(lines.names, strings.TrimSpace(column.Name))
	}
	if len(lines.names) > 0 {
		p.names = lines.header().Names
	}
	return p, p.check()
}

// check refuses places that are none.
func (p *recordPart) check() error {
	places := slices.Clone(p.Columns)
	if len(p.Record.Is) > 0 {
		places = append(places, p.Record.At)
	}
	for _, total := range []*pipeline.Total{p.Totals.Count, p.Totals.Sum} {
		if total != nil {
			places = append(places, total.At)
		}
	}
	return checkPlaces(places)
}

func checkPlaces(places []pipeline.Slice) error {
	for _, at := range places {
		if at.From < 1 || (at.To != 0 && at.To < at.From) {
			return &pipeline.Unreadable{
				Why:  fmt.Sprintf("%s is no place in a record", place(at)),
				Hint: "places count from 1, as in at: 13-22",
			}
		}
	}
	return nil
}

// place writes a place as the mapping has it.
func place(at pipeline.Slice) string {
	if at.To == 0 || at.To == at.From {
		return fmt.Sprint(at.From)
	}
	return fmt.Sprintf("%d-%d", at.From, at.To)
}

// has tells whether a record is of the part's type.
func (p *recordPart) has(r *record) bool {
	if len(p.Record.Is) == 0 {
		return true
	}
	word := strings.Trim(r.at(p.Record.At), padding)
	return slices.ContainsFunc(p.Record.Is, func(is string) bool { return strings.Trim(is, padding) == word })
}

// reach is the place of the last character, or cell, that the part knows.
func (p *recordPart) reach() (last int) {
	for _, column := range p.Columns {
		last = max(last, column.From, column.To)
	}
	return last
}

// cut makes the cells of a row.
func (p *recordPart) cut(cells []string, r *record) []string {
	if p.Columns == nil {
		return append(cells, r.everything()...)
	}
	for _, column := range p.Columns {
		cells = append(cells, r.at(column))
	}
	return cells
}

// everything is a record without columns: its cells, or its line.
func (r *record) everything() []string {
	if r.cells != nil {
		return r.cells
	}
	return []string{strings.TrimRight(r.text, padding)}
}
