package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rentalsync/pipeline"
)

// Columns of a record have no headers: they are found by where they stand.

// position takes where a column stands in a record, or sees to it that a column
// with a header has none.
func (c *compiler) position(plan *columnPlan, said *column) {
	where := said.Where
	switch {
	case !c.into.inRecord && where.Said():
		c.fault(where.Place, fmt.Sprintf("the column %q has a position, and this file has headers", plan.name), "write header: with its header")
		return
	case !c.into.inRecord:
		return
	case said.bare && len(said.Header) == 1:
		where = said.Header[0]
	case said.Header != nil && !said.bare:
		c.fault(said.At, fmt.Sprintf("the column %q has a header, and records have none", plan.name), "write at: with its first and last character")
	case !where.Said():
		c.fault(said.At, fmt.Sprintf("the column %q has no position", plan.name), c.positionCure(plan.name))
	}
	plan.headers = []string{plan.name}
	if where.Said() {
		plan.at = c.slice(where)
		plan.at.Name = plan.name
	}
}

func (c *compiler) positionCure(name string) string {
	if c.made.dialect.Format == "fixed" {
		return fmt.Sprintf("write its first and last character, as %s: 5-12", name)
	}
	return fmt.Sprintf("write the number of its cell, as %s: 2", name)
}

// unplaced tells that a field names what no column of the record is.
func (c *compiler) unplaced(said Text) {
	cure := suggest(said.Value, c.shortNames())
	if cure == "" || !strings.HasPrefix(cure, "did you mean") {
		cure = "add it to columns: " + c.positionCure(said.Value)
	}
	c.fault(said.Place, fmt.Sprintf("%q is no column of the record", said.Value), cure)
}

// slice reads a position: 5-12, or 70 for a single character, or the number of
// a cell.
func (c *compiler) slice(said Text) pipeline.Slice {
	first, last, ranged := strings.Cut(said.Value, "-")
	from, errFrom := strconv.Atoi(strings.TrimSpace(first))
	to, errTo := from, error(nil)
	if ranged {
		to, errTo = strconv.Atoi(strings.TrimSpace(last))
	}
	fixed := c.made.dialect.Format == "fixed"
	switch length := c.said.File.Length.Of; {
	case !fixed && (ranged || errFrom != nil):
		c.fault(said.Place, fmt.Sprintf("%q is no number of a cell", said.Value), "cells of separated text are counted from 1, as number: 2")
	case errFrom != nil || errTo != nil:
		c.fault(said.Place, fmt.Sprintf("%q is no position", said.Value), "write the first and the last character, as 5-12")
	case from < 1 || max(from, to) > maxRecord:
		c.fault(said.Place, fmt.Sprintf("there is no position %q in a record", said.Value), "the first character is 1")
	case to < from:
		c.fault(said.Place, fmt.Sprintf("%q ends before it begins", said.Value), fmt.Sprintf("write %d-%d", to, from))
	case fixed && length > 0 && to > length:
		c.fault(said.Place, fmt.Sprintf("%q lies beyond the record, which has %d characters", said.Value, length), "check length, and the position")
	default:
		c.ends = max(c.ends, to)
		return pipeline.Slice{From: from, To: to}
	}
	return pipeline.Slice{}
}

// overlaps warns of columns that share characters.
func (c *compiler) overlaps() {
	if !c.into.inRecord {
		return
	}
	placed := make([]*columnPlan, 0, len(c.into.columns))
	for i := range c.into.columns {
		if c.into.columns[i].at.From > 0 {
			placed = append(placed, &c.into.columns[i])
		}
	}
	slices.SortStableFunc(placed, func(a, b *columnPlan) int { return cmp.Compare(a.at.From, b.at.From) })
	for i := 1; i < len(placed); i++ {
		before, p := placed[i-1], placed[i]
		if p.at.From <= before.at.To {
			c.warn(p.Place, fmt.Sprintf("the column %q begins at %d, and %q ends at %d", p.name, p.at.From, before.name, before.at.To), "check the positions")
		}
		if before.at.To > p.at.To {
			placed[i] = before // it reaches farther
		}
	}
}

// slices lists where the columns of a table stand, for whoever reads the file.
func (t *tablePlan) slices() []pipeline.Slice {
	var all []pipeline.Slice
	for i := range t.columns {
		if at := t.columns[i].at; at.From > 0 {
			all = append(all, at)
		}
	}
	return all
}

// finds lists the headers by which the line is known that has all the columns
// the mapping cannot do without.
func (t *tablePlan) finds() [][]string {
	var all [][]string
	for i := range t.columns {
		if p := &t.columns[i]; p.needed {
			all = append(all, slices.Clone(p.headers))
		}
	}
	return all
}
