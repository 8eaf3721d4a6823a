package mappings

import (
	"fmt"
	"slices"

	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// codeTable is what codes mean.
type codeTable struct {
	Place
	meanings Named[Text]
}

// DecodeYAML takes codes with their meanings.
func (t *codeTable) DecodeYAML(d *Decoder, n *yaml.Node) {
	t.Place = Place{n.Line, n.Column}
	t.meanings.DecodeYAML(d, n)
}

func (t *codeTable) compile() transforms.Codes {
	meanings := make(map[string]string, len(t.meanings))
	for _, e := range t.meanings {
		meanings[e.Name.Value] = e.Value.Value
	}
	return transforms.NewCodes(meanings)
}

// codesRef is the name of a code table, or the table itself.
type codesRef struct {
	name  Text
	table *codeTable
}

// DecodeYAML takes a name or a table.
func (r *codesRef) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		r.table = new(codeTable)
		r.table.DecodeYAML(d, n)
		return
	}
	r.name.DecodeYAML(d, n)
}

func (r codesRef) said() bool { return r.table != nil || r.name.Said() }

// codeTables compiles the tables that the file names.
func (c *compiler) codeTables() {
	c.tables = map[string]transforms.Codes{}
	for i := range c.said.Codes {
		e := &c.said.Codes[i]
		c.tables[e.Name.Value] = e.Value.compile()
	}
}

// table gives a field its code table, named or its own.
func (c *compiler) table(f *fieldPlan, said *rule) {
	table := said.Codes.table
	if table != nil {
		codes := table.compile()
		f.codes = &codes
		c.checkTargets(table, f)
		return
	}

	name := said.Codes.name
	f.table = name.Value
	c.usedBy[f.table] = append(c.usedBy[f.table], f.label)
	for i := range c.said.Codes {
		if e := &c.said.Codes[i]; e.Name.Value == f.table {
			codes := c.tables[f.table]
			f.codes = &codes
			c.in("codes", f.table, func() { c.checkTargets(&e.Value, f) })
			return
		}
	}
	var known []string
	for _, e := range c.said.Codes {
		known = append(known, e.Name.Value)
	}
	c.fault(name.Place, fmt.Sprintf("unknown code table %q", name.Value), suggest(name.Value, known))
}

func (c *compiler) unusedTables() {
	for _, e := range c.said.Codes {
		if len(c.usedBy[e.Name.Value]) == 0 && !c.included("codes", e.Name.Value) {
			c.warn(e.Name.Place, fmt.Sprintf("the code table %q is used nowhere", e.Name.Value), "remove it, or name it in a field's codes:")
		}
	}
}

// checkTargets looks whether a table gives values that a field can have.
func (c *compiler) checkTargets(table *codeTable, f *fieldPlan) {
	for _, e := range table.meanings {
		switch v := e.Value.Value; {
		case v == "":
		case f.currency && !isCurrency(v):
			c.fault(e.Value.Place, fmt.Sprintf("%q is no currency", v), "a currency is three capital letters, as EUR")
		case f.allowed != nil && !slices.Contains(f.allowed, v):
			c.fault(e.Value.Place, fmt.Sprintf("%q is no value of %s", v, f.label), suggest(v, f.allowed))
		}
	}
}
