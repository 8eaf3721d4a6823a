package mappings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// The content of a file can say when it was made: a record that heads it, a cell
// above the header, or a column whose every cell is the same.

// stampPlan is one thing that the content says about the file.
type stampPlan struct {
	number  bool   // the sequence; else it is the business date
	ask     string // under which the reader tells it; "" where a column has it
	where   string // for messages: cell B2, the record HDR
	form    transforms.DateForm
	columns []int // of a column: its place in each table, -1 where it has none
}

// The names under which a reader tells what was asked for.
const (
	askDate     = "businessDate"
	askSequence = "sequence"
)

// told compiles what a record tells that heads the file.
func (c *compiler) told(part *partBlock) {
	told := part.Header.told
	where := "the record " + c.into.label
	for _, t := range []struct {
		name string
		said *placeBlock
	}{{askDate, &told.BusinessDate}, {askSequence, &told.Sequence}} {
		if t.said.At.Line == 0 {
			continue
		}
		plan := stampPlan{number: t.name == askSequence, ask: t.name, where: where}
		c.stampForm(&plan, t.said.At, t.said.Date)
		c.ask(plan, t.said.At, pipeline.Ask{Name: t.name, Part: len(c.made.tables) - 1, At: c.slice(t.said.Where)})
	}
}

// ask adds something that is to be told of the file, which nothing else says.
func (c *compiler) ask(plan stampPlan, at Place, ask pipeline.Ask) {
	same := func(p stampPlan) bool { return p.number == plan.number }
	if slices.ContainsFunc(c.made.stamps, same) {
		c.fault(at, fmt.Sprintf("%s is said in two places of the mapping", wordOf(plan.number)), "keep one of them")
		return
	}
	c.made.stamps = append(c.made.stamps, plan)
	if ask.Name != "" {
		c.made.dialect.Asks = append(c.made.dialect.Asks, ask)
	}
}

func wordOf(number bool) string {
	if number {
		return askSequence
	}
	return askDate
}

// stampForm takes how a date is written that says when the file was made.
func (c *compiler) stampForm(plan *stampPlan, at Place, said dateForm) {
	plan.form = c.made.dates
	if said.own != nil {
		plan.form = *said.own
	}
	switch {
	case plan.number && said.said():
		c.fault(said.Place, "the sequence is a number and has no date", "remove date:")
	case !plan.number && plan.form.String() == "" && !c.said.File.Dates.Said():
		c.fault(at, "nothing says how the business date is written", "add date:, as date: YYYYMMDD")
	}
}

// stamps compiles what file: says about the content.
func (c *compiler) stamps() {
	c.content(&c.said.File.BusinessDate, false)
	c.content(&c.said.File.Sequence, true)
}

func (c *compiler) content(said *contentBlock, number bool) {
	if said.At.Line == 0 {
		return
	}
	plan := stampPlan{number: number}
	c.stampForm(&plan, said.At, said.Date)
	switch {
	case said.Cell.Said() == said.Column.Said():
		c.fault(said.At, wordOf(number)+" stands either in a cell or in a column", "write {cell: B2} or {column: Exported}")
	case said.Cell.Said():
		c.contentCell(&plan, said.Cell)
	default:
		c.contentColumn(&plan, said.Column)
	}
}

var cellName = regexp.MustCompile(`^[A-Z]{1,3}[1-9][0-9]{0,6}$`)

// contentCell finds the sheet of a cell.
func (c *compiler) contentCell(plan *stampPlan, said Text) {
	sheet, cell, named := cutLast(said.Value, "!")
	if !named {
		sheet, cell = "", said.Value
	}
	format, parts := c.made.dialect.Format, len(c.said.Parts) > 0
	switch {
	case format == "fixed" || format == "csv" && parts:
		c.fault(said.Place, "records have no cells with names", "let a part head the file, as header: {businessDate: {at: 21-28, date: YYYYMMDD}}")
		return
	case !cellName.MatchString(cell):
		c.fault(said.Place, fmt.Sprintf("%q is no cell", cell), "write its column and its line as a spreadsheet does, as B2")
	case named && !parts:
		c.fault(said.Place, fmt.Sprintf("the mapping reads no sheet %q", sheet), "name the cell alone, or write parts: with the sheets")
	}
	part := 0
	if named && parts {
		part = c.sheetOf(strings.Trim(sheet, "'"))
	}
	plan.ask, plan.where = wordOf(plan.number), "cell "+said.Value
	c.ask(*plan, said.Place, pipeline.Ask{Name: plan.ask, Part: part, Cell: cell})
}

// sheetOf finds the part of a sheet. A sheet of which no part has rows tells only
// of the file.
func (c *compiler) sheetOf(name string) int {
	at := slices.IndexFunc(c.made.tables, func(t *tablePlan) bool { return t.label == name })
	if at >= 0 {
		return at
	}
	c.made.tables = append(c.made.tables, &tablePlan{label: name, use: pipeline.TableHeader})
	c.made.dialect.Parts = append(c.made.dialect.Parts, pipeline.Table{Sheet: name, Use: pipeline.TableHeader})
	return len(c.made.tables) - 1
}

// cutLast parts a text at the last of its marks.
func cutLast(text, mark string) (before, after string, found bool) {
	at := strings.LastIndex(text, mark)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(mark):], true
}

// contentColumn finds a column in the parts that have it.
func (c *compiler) contentColumn(plan *stampPlan, said Text) {
	known := false
	for _, t := range c.made.tables {
		c.into = t
		at, found := c.find(said.Value)
		if !found {
			at = -1
		}
		plan.columns = append(plan.columns, at)
		known = known || found
	}
	if !known {
		c.fault(said.Place, fmt.Sprintf("no part has a column %q", said.Value), "add it to the columns of a part")
	}
	plan.where = fmt.Sprintf("column %q", said.Value)
	c.ask(*plan, said.Place, pipeline.Ask{})
}

// stampColumns makes the columns that say when the file was made ones that the
// part must have. With parts, those that name the column say it.
func (c *compiler) stampColumns() {
	for _, said := range []Text{c.said.File.BusinessDate.Column, c.said.File.Sequence.Column} {
		if !said.Said() {
			continue
		}
		if _, found := c.find(said.Value); found || len(c.said.Parts) == 0 {
			c.need(c.column(said))
		}
	}
}
