package mappings

import (
	"fmt"
	"strconv"

	"rentalsync/transforms"
)

// columns compiles the columns that the part names.
func (c *compiler) columns() {
	t := c.into
	t.short, t.headers = map[string]int{}, map[string]int{}
	for _, e := range c.part.Columns {
		c.in("columns", e.Name.Value, func() { c.declare(e) })
	}
	c.overlaps()
}

// declare compiles one column.
func (c *compiler) declare(e Entry[column]) {
	t, at := c.into, len(c.into.columns)
	plan := columnPlan{Place: e.Name.Place, name: e.Name.Value, headers: e.Value.Header.values(), do: e.Value.Do, none: c.made.none, declared: true}
	if e.Value.None != nil {
		plan.none = e.Value.None.values()
	}
	c.position(&plan, &e.Value)
	if len(plan.headers) == 0 {
		plan.headers = []string{plan.name}
	}
	for i, header := range plan.headers {
		c.header(header, at, e, i)
		plan.folded = append(plan.folded, transforms.Fold(header))
	}
	c.figure(&plan, &e.Value)
	plan.noDays = c.daysOf(plan.none)

	t.short[plan.name] = at
	t.columns = append(t.columns, plan)
}

// daysOf are those of the values for "nothing" that are dates: a cell that is a
// date to the workbook is compared with these.
func (c *compiler) daysOf(none []string) []transforms.Civil {
	var days []transforms.Civil
	for _, value := range none {
		day, err := c.made.dates.Parse(value)
		if err != nil {
			day, err = transforms.ISODate(value)
		}
		if err == nil {
			days = append(days, day)
		}
	}
	return days
}

// figure takes how the digits of a column are a number.
func (c *compiler) figure(plan *columnPlan, said *column) {
	if said.Implied == nil && !said.Sign.Said() {
		return
	}
	plan.figure = new(transforms.Figure)
	if said.Implied != nil {
		plan.figure.Places = *said.Implied
	}
	if said.Sign.Said() {
		sign, known := transforms.ParseSign(said.Sign.Value)
		if !known {
			c.fault(said.Sign.Place, fmt.Sprintf("unknown sign %q", said.Sign.Value), suggest(said.Sign.Value, transforms.SignNames()))
		}
		plan.figure.Sign = sign
	}
	if err := plan.figure.Check(); err != nil {
		c.fault(said.At, err.Error(), "")
	}
}

// header takes one header of a column, which no other column may have.
func (c *compiler) header(header string, at int, e Entry[column], i int) {
	place := e.Name.Place
	if i < len(e.Value.Header) {
		place = e.Value.Header[i].Place
	}
	folded := transforms.Fold(header)
	other, taken := c.into.headers[folded]
	switch {
	case folded == "":
		c.fault(place, fmt.Sprintf("column %q has a blank header", e.Name.Value), "a column without a name is called by its number")
	case taken && other != at:
		c.fault(place, fmt.Sprintf("the header %q stands under two names, %q and %q", header, c.into.columns[other].name, e.Name.Value), "keep one of them")
	default:
		c.into.headers[folded] = at
	}
}

// find looks a column up by its short name, or else by its header.
func (c *compiler) find(name string) (int, bool) {
	if at, found := c.into.short[name]; found {
		return at, true
	}
	at, found := c.into.headers[transforms.Fold(name)]
	return at, found
}

// column gives the column that a field names. A name that stands nowhere is
// taken as a header of the file.
func (c *compiler) column(said Text) int {
	at, found := c.find(said.Value)
	if !found {
		at = c.implicit(said)
	}
	c.into.columns[at].used = true
	return at
}

func (c *compiler) implicit(said Text) int {
	if near, found := transforms.Nearest(said.Value, c.shortNames()); found && !c.into.inRecord {
		c.warn(said.Place, fmt.Sprintf("%q is not among the columns and is taken as a header", said.Value), fmt.Sprintf("did you mean %q?", near))
	}
	if c.into.inRecord {
		c.unplaced(said)
	}
	at := len(c.into.columns)
	folded := transforms.Fold(said.Value)
	c.into.columns = append(c.into.columns, columnPlan{
		Place: said.Place, name: said.Value, headers: []string{said.Value}, folded: []string{folded},
		none: c.made.none, noDays: c.daysOf(c.made.none),
	})
	c.into.headers[folded] = at
	return at
}

// numbered holds the columns of a file without a header to their numbers: there
// is nothing else to find them by.
func (c *compiler) numbered() {
	if !c.into.byNumber {
		return
	}
	for i := range c.into.columns {
		p := &c.into.columns[i]
		if !p.used && c.included("columns", p.name) {
			continue
		}
		for _, header := range p.headers {
			if number, err := strconv.Atoi(header); err == nil && number > 0 && header[0] != '+' && header[0] != '0' {
				continue
			}
			c.in("columns", p.name, func() {
				c.fault(p.Place, fmt.Sprintf("the file has no header, so no column is called %q", header), "name columns by their numbers: 1, 2, …")
			})
		}
	}
}

func (c *compiler) shortNames() []string {
	var names []string
	for i := range c.into.columns {
		if c.into.columns[i].declared {
			names = append(names, c.into.columns[i].name)
		}
	}
	return names
}

// need makes a column one that every file must have.
func (c *compiler) need(at int) {
	c.into.columns[at].needed = true
	c.into.columns[at].used = true
}

// unusedColumns finds columns that no part uses.
func (c *compiler) unusedColumns() {
	used := map[Place]bool{}
	for _, t := range c.made.tables {
		for i := range t.columns {
			if t.columns[i].used {
				used[t.columns[i].Place] = true
			}
		}
	}
	for _, t := range c.made.tables {
		for i := range t.columns {
			if p := &t.columns[i]; !used[p.Place] && !c.included("columns", p.name) {
				c.warn(p.Place, fmt.Sprintf("the column %q is used nowhere", p.name), "remove it, or name it in a field")
			}
		}
	}
}
