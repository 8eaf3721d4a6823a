package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// Some ERPs write several serials into one cell of one line. Such a row is
// mapped once for each part of that cell, as if the line stood there so often.

// whole takes the row in hand as it stands in the file.
func (r *mapper) whole() {
	r.piece, r.parted = "", false
	r.count++
}

// parts goes through the parts of the cell that each names. A row of a mapping
// without each has one part, and so has a row whose cell has none.
func (r *mapper) parts(yield func() bool) {
	if r.table.each == nil {
		yield()
		return
	}

	cell, found := r.raw(r.table.each.column), false
	for part := range strings.SplitSeq(cell, r.table.each.split) {
		r.piece, r.parted = trim(part), true
		r.count++
		if r.piece == "" || r.cell(r.table.each.column).nothing {
			continue
		}
		found = true
		if !yield() {
			break
		}
	}
	if !found {
		r.piece, r.parted = "", true
		r.count++
		yield()
	}
	r.whole()
}

// unite leaves out what a part of the row says just as an earlier part did. One
// key cannot stand for two things.
func (r *mapper) unite(at int) {
	made := &r.out.Entities[at]
	first := slices.IndexFunc(r.out.Entities[:at], func(e rental.Entity) bool { return e.Ref == made.Ref })
	if first < 0 {
		return
	}
	earlier := &r.out.Entities[first]
	if earlier.Digest() != made.Digest() {
		name := r.columns[r.table.each.column].header
		r.fault(name, r.raw(r.table.each.column), fmt.Sprintf("%s is said twice in the row, and not the same", made.Ref),
			fmt.Sprintf("make its key of %s, too, so that each part has its own", name))
	}
	r.out.Entities = r.out.Entities[:at]
	r.uniteParked()
}

// uniteParked lets a code count once that several parts of the row show.
func (r *mapper) uniteParked() {
	once := r.out.Parked[:0]
	for _, p := range r.out.Parked {
		if !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	r.out.Parked = once
}

// each compiles what parts a row. It comes after everything that names columns.
func (c *compiler) each() {
	said := &c.part.Each
	if !said.Of.Said() {
		return
	}
	at, found := c.find(said.Of.Value)
	if !found {
		c.fault(said.Of.Place, fmt.Sprintf("no field is made of a column %q", said.Of.Value), suggest(said.Of.Value, c.shortNames()))
		return
	}
	c.need(at)
	split := ","
	if said.Split.Said() {
		split = said.Split.Value
	}
	if strings.TrimSpace(split) == "" && split != " " {
		c.fault(said.Split.Place, "split: is blank", `write what stands between two parts, as ",", or " " for a space`)
		return
	}
	c.into.each = &eachPlan{column: at, split: split}
	c.eachKeys(at)
}

// eachKeys notes which keys are made of the parts of a row, and warns where the parts of a row would fall together under one key.
func (c *compiler) eachKeys(at int) {
	keyed := false
	for i := range c.into.entities {
		e := &c.into.entities[i]
		e.ofPart = c.reads(&e.key, at)
		keyed = keyed || e.ofPart
	}
	if !keyed {
		c.warn(c.part.Each.Of.Place, fmt.Sprintf("no key is made of %s, so its parts cannot be told apart", c.part.Each.Of.Value), "add it to the key of what comes several times in a row")
		return
	}
	for i := range c.into.entities {
		e := &c.into.entities[i]
		reads := func(f fieldPlan) bool { return c.reads(&f, at) }
		identifies := func(p candidatePlan) bool { return reads(p.value) }
		if !e.ofPart && (slices.ContainsFunc(e.fields, reads) || slices.ContainsFunc(e.identify, identifies)) {
			c.warn(e.key.Place, fmt.Sprintf("%s says another thing for each part of %s, under one key", e.kind, c.part.Each.Of.Value), fmt.Sprintf("add %s to the key", c.part.Each.Of.Value))
		}
	}
}

// reads reports whether a field is made of a column.
func (c *compiler) reads(f *fieldPlan, column int) bool {
	if f.from == fromColumn {
		return f.column == column
	}
	return f.formula != nil && slices.ContainsFunc(f.formula.Columns(), func(name string) bool {
		at, found := c.find(name)
		return found && at == column
	})
}
