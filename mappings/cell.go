package mappings

import (
	"time"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// cell is one cell of the row in hand, read once however many fields use it.
type cell struct {
	row     uint64 // the count of the row it was read for
	exact   string // cleaned by the column's own steps, outer blanks kept: what codes see
	text    string // the same without outer blanks
	plain   string // as it stands in the file, without outer blanks
	nothing bool   // the ERP's way to say "nothing"
	kind    pipeline.CellType
	broken  bool // the column's digits are no number
}

// cell reads a column of the row.
func (r *mapper) cell(at int) *cell {
	c := &r.cells[at]
	if c.row == r.count {
		return c
	}
	c.row = r.count

	column := &r.columns[at]
	raw := r.raw(at)
	c.plain = trim(raw)
	c.exact, c.text = raw, c.plain
	if r.row.Types != nil {
		c.kind = r.typeOf(at)
	} else {
		c.kind = pipeline.TextCell
	}
	if len(column.plan.do.Steps) > 0 {
		c.exact = column.plan.do.Apply(raw)
		if c.text = trim(c.exact); c.text != c.plain {
			c.kind = pipeline.TextCell // it is what the steps made of it
		}
	}
	c.nothing = isNothing(column.plan.none, raw, c.plain, c.text) ||
		c.kind == pipeline.DateCell && c.isDayOf(column.plan.noDays)
	if column.plan.figure != nil {
		column.bad = c.reckon(column.plan.figure)
	}
	return c
}

// raw is what stands in the file in a column: the whole cell, or the part of it
// that is in hand.
func (r *mapper) raw(at int) string {
	if r.parted && at == r.table.each.column {
		return r.piece
	}
	index := r.columns[at].index
	if index < 0 || index >= len(r.row.Cells) {
		return ""
	}
	return r.row.Cells[index]
}

// isNothing reports whether one of a cell's forms is among the values that mean
// "nothing".
func isNothing(none []string, raw, plain, text string) bool {
	for _, value := range none {
		if value == plain || value == text || value == raw {
			return true
		}
	}
	return false
}

var trimStep = func() transforms.Step {
	step, err := transforms.NewStep("trim", nil)
	if err != nil {
		panic("mappings: no step trim")
	}
	return step
}()

// trim removes outer blanks, which are never part of a value.
func trim(s string) string {
	if s == "" || isGraphic(s[0]) && isGraphic(s[len(s)-1]) {
		return s
	}
	return trimStep.Apply(s)
}

func isGraphic(b byte) bool { return '!' <= b && b <= '~' }

// recentSize is how many values of one field are remembered: a night's dates
// and prices repeat much more often than that.
const recentSize = 128

// recent remembers what the last cells of a field were read as.
type recent [recentSize]reread

type reread struct {
	full bool
	kind pipeline.CellType
	text string
	zone *time.Location
	got  parsed
}

// slot is where a text is remembered.
func (s *recent) slot(text string) *reread {
	h := uint32(2166136261)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	return &s[h%recentSize]
}
