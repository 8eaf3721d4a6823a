package mappings

import (
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// record compiles the records of one type: rows, or what stands before or behind
// them.
func (c *compiler) record(part *partBlock) pipeline.Table {
	if c.made.dialect.Format == "xlsx" {
		c.fault(part.Record.At, "a workbook has sheets, and no records", "write sheet: with its name")
	}
	if part.Header.said() && part.Header.told == nil {
		c.fault(part.Header.Place, "records have no line of column names", "say where the columns stand; header: of a record is what it tells, as {businessDate: {at: 21-28, date: YYYYMMDD}}")
	}
	if part.End.Said() {
		c.fault(part.End.Place, "end: is the last line of a sheet", "write it in file:, or a part with totals:")
	}
	if len(part.Record.Is) == 0 {
		c.fault(part.Record.At, "is: is an empty list", "write the word by which the records are known")
	}

	c.into.inRecord = true
	c.into.record = c.slice(part.Record.Where)
	table := pipeline.Table{NoHeader: true, Record: pipeline.RecordType{At: c.into.record, Is: c.into.words}}
	heads, ends := part.Header.told != nil, part.Totals.At.Line > 0
	switch {
	case heads && ends:
		c.fault(part.At, "a record cannot head the file and end it", "make two parts of it")
	case heads:
		c.into.use = pipeline.TableHeader
		c.noRows(part)
		c.told(part)
	case ends:
		c.into.use = pipeline.TableTrailer
		c.noRows(part)
		table.Totals = c.counted(part)
	default:
		c.rows()
		table.Columns = c.into.slices()
	}
	return table
}

// noRows refuses what only rows can say, in a record that is none.
func (c *compiler) noRows(part *partBlock) {
	refuse := func(at Place, key string) {
		if at.Line > 0 {
			c.fault(at, key+": stands in a part whose records are no rows", "move it into a part of rows, or remove it")
		}
	}
	own := c.said.Parts[len(c.made.tables)-1]
	for _, kind := range rental.Kinds() {
		refuse(part.block(kind).Place, kind.String())
	}
	if len(own.Columns) > 0 {
		refuse(own.Columns[0].Name.Place, "columns")
	}
	if len(own.Skip) > 0 {
		refuse(own.Skip[0].Name.Place, "skip")
	}
	if len(own.Extra) > 0 {
		refuse(own.Extra[0].Name.Place, "extra")
	}
	refuse(part.Each.At, "each")
	refuse(part.Scope.Place, "scope")
}

// counted compiles what a trailer says of the rows before it.
func (c *compiler) counted(part *partBlock) (totals pipeline.Totals) {
	if count := part.Totals.Count; count.Where.Said() {
		totals.Count = &pipeline.Total{At: c.slice(count.Where), Plus: count.Plus}
	}
	if sum := part.Totals.Sum; sum.Where.Said() {
		totals.Sum = &pipeline.Total{At: c.slice(sum.Where), Of: sum.Of.Value}
	}
	if totals == (pipeline.Totals{}) {
		c.fault(part.Totals.At, "totals: says nothing that could be compared", "add count: with its place, or sum:")
	}
	return totals
}

// sums sees to it that what a trailer sums up is a column.
func (c *compiler) sums() {
	for i := range c.said.Parts {
		of := c.said.Parts[i].Totals.Sum.Of
		if !of.Said() {
			continue
		}
		found := false
		var known []string
		for _, t := range c.made.tables {
			at, here := t.short[of.Value]
			if here {
				t.columns[at].used = true
			}
			found = found || here
			c.into = t
			known = append(known, c.shortNames()...)
		}
		if !found {
			c.fault(of.Place, fmt.Sprintf("no part has a column %q", of.Value), suggest(of.Value, known))
		}
	}
}

// wordsTwice finds records that would belong to two parts.
func (c *compiler) wordsTwice() {
	type word struct {
		at pipeline.Slice
		is string
	}
	seen := map[word]bool{}
	for i := range min(len(c.said.Parts), len(c.made.dialect.Parts)) {
		record := c.made.dialect.Parts[i].Record
		for _, is := range c.said.Parts[i].Record.Is {
			w := word{record.At, is.Value}
			if seen[w] && record.At.From > 0 {
				c.fault(is.Place, fmt.Sprintf("another part has the records %q already", is.Value), "keep one of them; one part can say several things of a row")
			}
			seen[w] = true
		}
	}
}
