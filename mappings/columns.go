package mappings

import (
	"fmt"
	"strconv"

	"rentalsync/transforms"
)

// columns compiles the columns that the file names.
func (c *compiler) columns() {
	m := c.made
	m.short, m.headers = map[string]int{}, map[string]int{}
	for _, e := range c.said.Columns {
		at := len(m.columns)
		plan := columnPlan{Place: e.Name.Place, name: e.Name.Value, headers: e.Value.Header.values(), do: e.Value.Do, none: m.none, declared: true}
		if len(plan.headers) == 0 {
			plan.headers = []string{plan.name}
		}
		if e.Value.None != nil {
			plan.none = e.Value.None.values()
		}
		for i, header := range plan.headers {
			c.in("columns", e.Name.Value, func() { c.header(header, at, e, i) })
			plan.folded = append(plan.folded, transforms.Fold(header))
		}
		m.short[plan.name] = at
		m.columns = append(m.columns, plan)
	}
}

// header takes one header of a column, which no other column may have.
func (c *compiler) header(header string, at int, e Entry[column], i int) {
	place := e.Name.Place
	if i < len(e.Value.Header) {
		place = e.Value.Header[i].Place
	}
	folded := transforms.Fold(header)
	other, taken := c.made.headers[folded]
	switch {
	case folded == "":
		c.fault(place, fmt.Sprintf("column %q has a blank header", e.Name.Value), "a column without a name is called by its number")
	case taken && other != at:
		c.fault(place, fmt.Sprintf("the header %q stands under two names, %q and %q", header, c.made.columns[other].name, e.Name.Value), "keep one of them")
	default:
		c.made.headers[folded] = at
	}
}

// find looks a column up by its short name, or else by its header.
func (c *compiler) find(name string) (int, bool) {
	if at, found := c.made.short[name]; found {
		return at, true
	}
	at, found := c.made.headers[transforms.Fold(name)]
	return at, found
}

// column gives the column that a field names. A name that stands nowhere is
// taken as a header of the file.
func (c *compiler) column(said Text) int {
	at, found := c.find(said.Value)
	if !found {
		at = c.implicit(said)
	}
	c.made.columns[at].used = true
	return at
}

func (c *compiler) implicit(said Text) int {
	if near, found := transforms.Nearest(said.Value, c.shortNames()); found {
		c.warn(said.Place, fmt.Sprintf("%q is not among the columns and is taken as a header", said.Value), fmt.Sprintf("did you mean %q?", near))
	}
	at := len(c.made.columns)
	folded := transforms.Fold(said.Value)
	c.made.columns = append(c.made.columns, columnPlan{
		Place: said.Place, name: said.Value, headers: []string{said.Value}, folded: []string{folded}, none: c.made.none,
	})
	c.made.headers[folded] = at
	return at
}

// numbered holds the columns of a file without a header to their numbers: there
// is nothing else to find them by.
func (c *compiler) numbered() {
	if !c.made.dialect.NoHeader {
		return
	}
	for i := range c.made.columns {
		p := &c.made.columns[i]
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
	for i := range c.made.columns {
		if c.made.columns[i].declared {
			names = append(names, c.made.columns[i].name)
		}
	}
	return names
}

// need makes a column one that every file must have.
func (c *compiler) need(at int) {
	c.made.columns[at].needed = true
	c.made.columns[at].used = true
}

func (c *compiler) unusedColumns() {
	for i := range c.made.columns {
		if p := &c.made.columns[i]; !p.used && !c.included("columns", p.name) {
			c.warn(p.Place, fmt.Sprintf("the column %q is used nowhere", p.name), "remove it, or name it in a field")
		}
	}
}
