package mappings

import (
	"fmt"
	"time"

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

	testNight `yaml:",inline"`
}

// testNight is one night of a test.
type testNight struct {
	Place Place `yaml:"-"`

	// The day the file is of. Default: the day after the night before, or the day before the night after.
	BusinessDate Text `yaml:"businessDate"`

	// The cells of one row, by header or short name. A column that is not named is not in the file. Default: none.
	Row Named[Text] `yaml:"row"`

	// Several rows; in a later night [] is a file without any. Default: none.
	Rows []Named[Text] `yaml:"rows"`

	// What the rows say, and on a later night what the register holds: fields by entity, as "asset 004711"; null is empty. Fields that are not named are not looked at. Default: nothing is looked at.
	Gives Named[Named[expected]] `yaml:"gives"`

	// The columns, fields or code tables whose code is parked. Default: none.
	Parks Texts `yaml:"parks"`

	// The name of the rule that skips the row. Default: none.
	Skips Text `yaml:"skips"`

	// The columns for which the row is rejected. Default: none.
	Rejects Texts `yaml:"rejects"`

	// The nights that follow, in their order. Default: none.
	Then []testNight `yaml:"then"`
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
		test := &tests[i]
		test.Place = test.At
		run := testRun{m: m, doc: doc, name: test.Name.Value, register: newTestRegister(m)}
		run.nights(test.all())
		faults = append(faults, run.faults...)
	}
	faults.Sort()
	return faults
}

// all lists a night and those that follow it, in their order.
func (n *testNight) all() []*testNight {
	nights := []*testNight{n}
	for i := range n.Then {
		nights = append(nights, n.Then[i].all()...)
	}
	return nights
}

// testRun is one test in hand.
type testRun struct {
	m        *Mapping
	doc      *Document
	name     string
	register *testRegister

	test   *testNight // the night in hand
	later  bool       // it is not the first
	outs   []pipeline.Mapped
	faults Faults
}

func (t *testRun) fault(at Place, what, cure string) {
	what = fmt.Sprintf("%s: %s", t.name, what)
	t.faults = append(t.faults, t.doc.at(at.Line, at.Column, what, cure))
}

// nights runs one night after the other, as long as their rows can be mapped.
func (t *testRun) nights(nights []*testNight) {
	t.test = nights[0]
	dates, ok := t.dates(nights)
	for i := 0; ok && i < len(nights); i++ {
		t.test, t.later, t.outs = nights[i], i > 0, nil
		if ok = t.rows(); !ok {
			return
		}
		for _, ref := range t.register.pass(dates[i], t.outs) {
			t.fault(t.test.Place, fmt.Sprintf("two rows of the night say different things of %s, and the later one is rejected", ref), "let one row say it; for assets, prefer: settles it")
		}
		t.rejects()
		t.skips()
		t.parks()
		t.gives()
	}
}

// dates are the business dates of the nights; one that does not say its own lies
// beside its neighbour.
func (t *testRun) dates(nights []*testNight) ([]string, bool) {
	days := make([]time.Time, len(nights))
	for i, night := range nights {
		said := night.BusinessDate
		if !said.Said() {
			continue
		}
		if _, err := transforms.ISODate(said.Value); err != nil {
			t.fault(said.Place, err.Error(), "")
			return nil, false
		}
		days[i], _ = time.Parse(time.DateOnly, said.Value) // it was read above
	}
	if len(days) > 1 && days[0].IsZero() && !days[1].IsZero() {
		days[0] = days[1].AddDate(0, 0, -1)
	}

	dates := make([]string, len(days))
	for i := range days {
		switch {
		case days[i].IsZero() && i == 0:
			days[i] = time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC) // no rule cares which day it is
		case days[i].IsZero():
			days[i] = days[i-1].AddDate(0, 0, 1)
		case i > 0 && !days[i].After(days[i-1]):
			t.fault(nights[i].BusinessDate.Place, fmt.Sprintf("the night of %s does not follow that of %s", days[i].Format(time.DateOnly), dates[i-1]), "nights stand in their order")
			return nil, false
		}
		dates[i] = days[i].Format(time.DateOnly)
	}
	return dates, true
}

// rows maps the rows of the night.
func (t *testRun) rows() bool {
	rows := t.test.Rows
	if len(t.test.Row) > 0 {
		rows = append([]Named[Text]{t.test.Row}, rows...)
	}
	if len(rows) == 0 && !(t.later && t.test.Rows != nil) {
		cure := "add row: with its cells by header"
		if t.later {
			cure += ", or rows: [] for a file without any"
		}
		t.fault(t.test.Place, "there is no row", cure)
	}
	for _, cells := range rows {
		if !t.mapRow(cells) {
			return false
		}
	}
	return true
}

// mapRow maps one row of the test.
func (t *testRun) mapRow(cells Named[Text]) bool {
	header := &pipeline.Header{Line: 1}
	row := pipeline.Row{Header: header, Origin: rental.Origin{File: t.doc.File, Line: t.test.Place.Line}}
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
		t.fault(t.test.Place, err.Error(), "")
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
