package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// rejects compares the faults of the rows with those that are wanted.
func (t *testRun) rejects() {
	var found []pipeline.Fault
	for _, out := range t.outs {
		found = append(found, out.Faults...)
	}
	if len(t.test.Rejects) == 0 {
		for _, f := range found {
			t.fault(t.test.Place, "the row is rejected: "+f.String(), "")
		}
		return
	}
	for _, want := range t.test.Rejects {
		about := func(f pipeline.Fault) bool { return t.sameColumn(want.Value, f.Column) }
		if !slices.ContainsFunc(found, about) {
			t.fault(want.Place, fmt.Sprintf("the row is not rejected for %s", want.Value), "")
		}
	}
}

// sameColumn reports whether a test's word is a column, by short name or header.
func (t *testRun) sameColumn(word, header string) bool {
	for _, table := range t.m.tables {
		if at, found := table.short[word]; found && slices.Contains(table.columns[at].folded, transforms.Fold(header)) {
			return true
		}
	}
	return transforms.Fold(word) == transforms.Fold(header)
}

func (t *testRun) skips() {
	want := t.test.Skips
	for _, out := range t.outs {
		switch {
		case out.Skip == want.Value:
		case want.Said() && out.Skip == "":
			t.fault(want.Place, fmt.Sprintf("the row is not skipped by %q", want.Value), "")
		case want.Said():
			t.fault(want.Place, fmt.Sprintf("the row is skipped by %q, not by %q", out.Skip, want.Value), "")
		default:
			t.fault(t.test.Place, fmt.Sprintf("the row is skipped by %q", out.Skip), "")
		}
	}
}

// parks compares the codes that no table knows with those that are wanted.
func (t *testRun) parks() {
	wanted := t.test.Parks
	hit := make([]bool, len(wanted))
	for _, out := range t.outs {
		for _, p := range out.Parked {
			about := func(w Text) bool {
				return w.Value == p.Table || w.Value == string(p.Field) || t.sameColumn(w.Value, p.Column)
			}
			if at := slices.IndexFunc(wanted, about); at >= 0 {
				hit[at] = true
				continue
			}
			t.fault(t.test.Place, fmt.Sprintf("%s %q is parked", p.Column, p.Code), "add "+p.Line)
		}
	}
	for i, w := range wanted {
		if !hit[i] {
			t.fault(w.Place, fmt.Sprintf("%s is not parked", w.Value), "")
		}
	}
}

// gives compares what the rows say, or what the register holds after a later
// night, with what is wanted.
func (t *testRun) gives() {
	for _, e := range t.test.Gives {
		given, found := t.given(e.Name.Value)
		switch {
		case !found && t.later:
			t.fault(e.Name.Place, fmt.Sprintf("the register has no %s", e.Name.Value), t.instead())
		case !found:
			t.fault(e.Name.Place, fmt.Sprintf("the row gives no %s", e.Name.Value), t.instead())
		}
		for _, field := range e.Value {
			if found {
				t.field(given, field.Name.Value, field)
			}
		}
	}
}

// givenThing is an entity of a row or a record of the register.
type givenThing struct {
	rental.Ref
	get func(rental.Field) (rental.Value, bool)
}

// given finds an entity by its kind and key; the last row wins.
func (t *testRun) given(ref string) (givenThing, bool) {
	for _, thing := range slices.Backward(t.things()) {
		if thing.String() == ref {
			return thing, true
		}
	}
	return givenThing{}, false
}

// things lists what the rows of the first night give, and then what the register
// holds.
func (t *testRun) things() []givenThing {
	var things []givenThing
	if t.later {
		for ref, record := range t.register.records {
			things = append(things, givenThing{ref, record.Get})
		}
		slices.SortFunc(things, func(a, b givenThing) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
		})
		return things
	}
	for _, out := range t.outs {
		for i := range out.Entities {
			things = append(things, givenThing{out.Entities[i].Ref, out.Entities[i].Get})
		}
	}
	return things
}

func (t *testRun) instead() string {
	var refs []string
	for _, thing := range t.things() {
		refs = append(refs, thing.String())
	}
	switch {
	case len(refs) == 0:
		return ""
	case t.later:
		return "it has " + strings.Join(refs, ", ")
	default:
		return "it gives " + strings.Join(refs, ", ")
	}
}

// field compares one field; the parts of a block are fields of their own.
func (t *testRun) field(given givenThing, name string, e Entry[expected]) {
	for _, part := range e.Value.parts {
		t.field(given, name+"."+part.Name.Value, part)
	}
	if len(e.Value.parts) > 0 {
		return
	}

	got, said := given.get(rental.Field(name))
	_, known := rental.SpecOf(given.Kind, rental.Field(name))
	switch want := e.Value; {
	case !said && !known && !strings.HasPrefix(name, rental.ExtraPrefix):
		t.fault(e.Name.Place, fmt.Sprintf("%s has no field %s", given.Kind, name), suggest(name, fieldNames(given.Kind)))
	case !said && t.later && want.empty: // nothing was ever said of it
	case !said && t.later:
		t.fault(want.Place, fmt.Sprintf("%s of %s was never said", name, given.Ref), "")
	case !said:
		t.fault(want.Place, fmt.Sprintf("%s of %s is left alone", name, given.Ref), "")
	case want.empty && !got.IsEmpty():
		t.fault(want.Place, fmt.Sprintf("%s of %s is %q, not empty", name, given.Ref, got.Text), "")
	case !want.empty && got.IsEmpty():
		t.fault(want.Place, fmt.Sprintf("%s of %s is empty, not %q", name, given.Ref, want.Value), "")
	case !want.empty && !sameValue(want.Value, got):
		t.fault(want.Place, fmt.Sprintf("%s of %s is %q, not %q", name, given.Ref, got.Text, want.Value), "")
	}
}

// sameValue compares what a test wants with a value: numbers by what they are
// worth, instants by when they are.
func sameValue(want string, got rental.Value) bool {
	if want == got.Text {
		return true
	}
	switch got.Type {
	case rental.Number:
		canonical, err := transforms.NumberFormat{}.Parse(want)
		return err == nil && canonical == got.Text
	case rental.Instant:
		at, err := time.Parse(time.RFC3339, want)
		have, ok := got.Time()
		return err == nil && ok && at.Equal(have)
	case rental.Text, rental.Empty:
	}
	return false
}
