package mappings

import (
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// rowTest is one test beside a mapping: rows, and what they must become.
type rowTest struct {
	At Place `yaml:"-"`

	// What the test shows, as a sentence. Required.
	Name Text `yaml:"name,required"`

	// The day the file is of. Default: none.
	BusinessDate Text `yaml:"businessDate"`

	// The cells of one row, by header or short name. A column that is not named is not in the file. Default: none.
	Row Named[Text] `yaml:"row"`

	// Several rows. Default: none.
	Rows []Named[Text] `yaml:"rows"`

	// What the rows say: fields by entity, as "asset 004711"; null is empty. Fields that are not named are not looked at. Default: nothing is looked at.
	Gives Named[Named[expected]] `yaml:"gives"`

	// The columns, fields or code tables whose code is parked. Default: none.
	Parks Texts `yaml:"parks"`

	// The name of the rule that skips the row. Default: none.
	Skips Text `yaml:"skips"`

	// The columns for which the row is rejected. Default: none.
	Rejects Texts `yaml:"rejects"`

	Then laterNights `yaml:"then" jsonschema:"-"`
}

// laterNights are nights that follow; they need a register.
type laterNights struct{}

// DecodeYAML refuses what stands there.
func (laterNights) DecodeYAML(d *Decoder, n *yaml.Node) {
	d.Fault(n, "this version tests rows alone, not what a later night makes of them", "remove then:")
}

// expected is a field's value, null for empty, or the parts of a block.
type expected struct {
	Text
	empty bool
	parts Named[expected]
}

// DecodeYAML takes a scalar, null, or a block.
func (e *expected) DecodeYAML(d *Decoder, n *yaml.Node) {
	e.Place = Place{n.Line, n.Column}
	switch {
	case isNull(n):
		e.empty = true
	case n.Kind == yaml.MappingNode:
		e.parts.DecodeYAML(d, n)
	default:
		e.Text.DecodeYAML(d, n)
	}
}

// RunTests runs the tests that stand beside a mapping. Every test that fails is
// a fault at the place of what was wanted.
func RunTests(m *Mapping, file string, data []byte) Faults {
	doc, faults := Read(file, data)
	if doc.Root == nil {
		return faults
	}
	var tests []rowTest
	faults = append(faults, doc.Decode(&tests)...)
	if len(faults) > 0 {
		return faults
	}

	for i := range tests {
		run := testRun{m: m, doc: doc, test: &tests[i]}
		run.run()
		faults = append(faults, run.faults...)
	}
	faults.Sort()
	return faults
}

// testRun is one test in hand.
type testRun struct {
	m      *Mapping
	doc    *Document
	test   *rowTest
	outs   []pipeline.Mapped
	faults Faults
}

func (t *testRun) fault(at Place, what, cure string) {
	what = fmt.Sprintf("%s: %s", t.test.Name.Value, what)
	t.faults = append(t.faults, t.doc.at(at.Line, at.Column, what, cure))
}

func (t *testRun) run() {
	if day := t.test.BusinessDate; day.Said() {
		if _, err := transforms.ISODate(day.Value); err != nil {
			t.fault(day.Place, err.Error(), "")
		}
	}
	rows := t.test.Rows
	if len(t.test.Row) > 0 {
		rows = append([]Named[Text]{t.test.Row}, rows...)
	}
	if len(rows) == 0 {
		t.fault(t.test.At, "there is no row", "add row: with its cells by header")
	}

	for _, cells := range rows {
		if !t.mapRow(cells) {
			return
		}
	}
	t.rejects()
	t.skips()
	t.parks()
	t.gives()
}

// mapRow maps one row of the test.
func (t *testRun) mapRow(cells Named[Text]) bool {
	header := &pipeline.Header{Line: 1}
	row := pipeline.Row{Header: header, Origin: rental.Origin{File: t.doc.File, Line: t.test.At.Line}}
	for _, e := range cells {
		header.Names = append(header.Names, t.header(e.Name))
		row.Cells = append(row.Cells, e.Value.Value)
	}
	for _, missing := range t.m.missing(header.Names) {
		header.Names = append(header.Names, missing)
		row.Cells = append(row.Cells, "")
	}

	mapper, err := t.m.Bind(header)
	if err != nil {
		t.fault(t.test.At, err.Error(), "")
		return false
	}
	var out pipeline.Mapped
	mapper.Map(&row, &out)
	t.outs = append(t.outs, out)
	return true
}

// header gives the header that a test's name of a column stands for.
func (t *testRun) header(said Text) string {
	if at, found := t.m.short[said.Value]; found {
		return t.m.columns[at].headers[0]
	}
	if _, found := t.m.headers[transforms.Fold(said.Value)]; !found {
		t.fault(said.Place, fmt.Sprintf("%q is no column of the mapping", said.Value), suggest(said.Value, t.m.allHeaders()))
	}
	return said.Value
}

func (m *Mapping) allHeaders() []string {
	var headers []string
	for i := range m.columns {
		headers = append(headers, m.columns[i].headers...)
	}
	return headers
}

// missing lists the headers that no file may lack and a test's row does; they
// are blank there.
func (m *Mapping) missing(names []string) []string {
	places := map[string]int{}
	for i, name := range names {
		places[transforms.Fold(name)] = i
	}
	var missing []string
	for i := range m.columns {
		if p := &m.columns[i]; p.needed && len(p.among(places)) == 0 {
			missing = append(missing, p.headers[0])
		}
	}
	return missing
}
