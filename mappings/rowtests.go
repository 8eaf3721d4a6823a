package mappings

import (
	"fmt"
	"time"

	"rentalsync/pipeline"
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

	// The part of the file that the rows belong to: its sheet, or the word of its records. A row can name its own, by of: among its cells. Default: the only part with rows.
	Of Text `yaml:"of"`

	// The cells of one row, by header or short name. A column that is not named is not in the file. In a workbook a number or a date without quotes is a cell of that kind. Default: none.
	Row Named[Text] `yaml:"row"`

	// Several rows; in a later night [] is a file without any. Default: none.
	Rows []Named[Text] `yaml:"rows"`

	// Records of a fixed-width file, one or a list, as they stand in it. Default: none.
	Line Texts `yaml:"line"`

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
