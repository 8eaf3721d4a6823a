package mappings

import (
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// parts compiles the tables of the file: those that it lists, or the file as a
// whole.
func (c *compiler) parts() {
	if len(c.said.Parts) == 0 {
		c.onlyPart()
	} else {
		c.besideParts()
		for i := range c.said.Parts {
			c.onePart(&c.said.Parts[i])
		}
		c.sums()
		c.wordsTwice()
	}
	c.length()
}

// begin takes a part in hand.
func (c *compiler) begin(part *partBlock, words ...string) {
	c.part = part
	c.into = &tablePlan{Place: part.At, label: strings.Join(words, " or "), words: words}
	c.made.tables = append(c.made.tables, c.into)
}

// onlyPart compiles a file that is one table.
func (c *compiler) onlyPart() {
	said, d := &c.said.File, &c.made.dialect
	c.begin(&partBlock{At: c.said.At, Columns: c.said.Columns, Skip: c.said.Skip, rowBlock: c.said.rowBlock})
	c.into.inRecord = d.Format == "fixed"
	c.into.byNumber = said.Header.none
	c.rows()

	d.Header, d.NoHeader, d.Find = c.headed(&said.Header)
	d.Sheet = sheetName(said.Sheet)
	d.Columns = c.into.slices()
}

// sheetName takes the word for every sheet.
func sheetName(said Text) string {
	if said.Value == "all" {
		return "*"
	}
	return said.Value
}

// headed gives where the header of the table in hand is, once it is known which
// columns it must have.
func (c *compiler) headed(said *headerLines) (lines []int, none bool, find [][]string) {
	if !said.find {
		return said.lines, said.none, nil
	}
	find = c.into.finds()
	if len(find) == 0 {
		c.fault(said.Place, "header: find looks for the columns that the mapping cannot do without, and it has none", "write the header's line")
	}
	return nil, false, find
}

// besideParts refuses what a row says where no part is.
func (c *compiler) besideParts() {
	stray := func(at Place, key string) {
		if at.Line > 0 {
			c.fault(at, key+": stands beside parts, and nothing says whose rows it is about", "move it into the part whose rows say it")
		}
	}
	for _, kind := range rental.Kinds() {
		stray(c.said.block(kind).Place, kind.String())
	}
	stray(c.said.Each.At, "each")
	if len(c.said.Extra) > 0 {
		stray(c.said.Extra[0].Name.Place, "extra")
	}
}

// onePart compiles a sheet, or the records of one type.
func (c *compiler) onePart(said *partBlock) {
	part := c.shared(said)
	defer func() { c.own = nil }()

	var table pipeline.Table
	sheet, record := said.Sheet.Said(), said.Record.At.Line > 0
	switch {
	case sheet == record:
		c.begin(part)
		c.fault(said.At, "a part is either a sheet or the records of one type", "write sheet: with its name, or record: as {at: 1-3, is: EQP}")
	case sheet:
		c.begin(part, said.Sheet.Value)
		table = c.sheet(part)
	default:
		c.begin(part, said.Record.Is.values()...)
		table = c.record(part)
	}
	table.Use = c.into.use
	c.made.dialect.Parts = append(c.made.dialect.Parts, table)
}

// shared adds to a part what all parts share. What the part says itself wins.
func (c *compiler) shared(said *partBlock) *partBlock {
	part := *said
	c.own = map[string]bool{}
	part.Columns = withShared(c, "columns", c.said.Columns, said.Columns)
	part.Skip = withShared(c, "skip", c.said.Skip, said.Skip)
	return &part
}

func withShared[T any](c *compiler, block string, shared, own Named[T]) Named[T] {
	for _, e := range own {
		c.own[block+"."+e.Name.Value] = true
	}
	all := slices.DeleteFunc(slices.Clone(shared), func(e Entry[T]) bool { return c.own[block+"."+e.Name.Value] })
	return append(all, own...)
}

// sheet compiles a sheet of a workbook.
func (c *compiler) sheet(part *partBlock) pipeline.Table {
	file := &c.said.File
	if c.made.dialect.Format != "xlsx" {
		c.fault(part.Sheet.Place, "only a workbook has sheets", "write format: xlsx in file:, or record: for the records of one type")
	}
	if part.Header.told != nil {
		c.fault(part.Header.Place, "the header of a sheet is a line, a list of lines, none or find", "where a cell says the date, write businessDate: {cell: B2} in file:")
	}
	if part.Totals.At.Line > 0 {
		c.fault(part.Totals.At, "totals stand in a record of their own", `for the last line of a sheet write end:, as end: "TOTAL {count}"`)
	}

	header := &part.Header.headerLines
	if !header.said() {
		header = &file.Header
	}
	end := part.End
	if c.end(end); !end.Said() {
		end = file.End
	}
	c.into.byNumber = header.none
	c.rows()

	table := pipeline.Table{Sheet: sheetName(part.Sheet), End: end.Value}
	table.Header, table.NoHeader, table.Find = c.headed(header)
	return table
}

// length takes how long records are, once it is known where the last column ends.
func (c *compiler) length() {
	said, d := &c.said.File.Length, &c.made.dialect
	d.Length, d.Strict = said.Of, said.Strict
	if said.Strict && d.Length == 0 {
		d.Length = c.ends
	}
}
