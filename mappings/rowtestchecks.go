package mappings

import (
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
			t.fault(t.test.At, "the row is rejected: "+f.String(), "")
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
	if at, found := t.m.short[word]; found && slices.Contains(t.m.columns[at].folded, transforms.Fold(header)) {
		return true
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
			t.fault(t.test.At, fmt.Sprintf("the row is skipped by %q", out.Skip), "")
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
			t.fault(t.test.At, fmt.Sprintf("%s %q is parked", p.Column, p.Code), "add "+p.Line)
		}
	}
	for i, w := range wanted {
		if !hit[i] {
			t.fault(w.Place, fmt.Sprintf("%s is not parked", w.Value), "")
		}
	}
}

// gives compares the entities of the rows with those that are wanted.
func (t *testRun) gives() {
	for _, e := range t.test.Gives {
		given := t.given(e.Name.Value)
		if given == nil {
			t.fault(e.Name.Place, fmt.Sprintf("the row gives no %s", e.Name.Value), t.instead())
			continue
		}
		for _, field := range e.Value {
			t.field(given, field.Name.Value, field)
		}
	}
}

// given finds an entity by its kind and key; the last row wins.
func (t *testRun) given(ref string) *rental.Entity {
	for _, out := range slices.Backward(t.outs) {
		for i := range out.Entities {
			if out.Entities[i].String() == ref {
				return &out.Entities[i]
			}
		}
	}
	return nil
}

func (t *testRun) instead() string {
	var refs []string
	for _, out := range t.outs {
		for i := range out.Entities {
			refs = append(refs, out.Entities[i].String())
		}
	}
	if len(refs) == 0 {
		return ""
	}
	return "it gives " + strings.Join(refs, ", ")
}

// field compares one field; the parts of a block are fields of their own.
func (t *testRun) field(given *rental.Entity, name string, e Entry[expected]) {
	for _, part := range e.Value.parts {
		t.field(given, name+"."+part.Name.Value, part)
	}
	if len(e.Value.parts) > 0 {
		return
	}

	got, said := given.Get(rental.Field(name))
	_, known := rental.SpecOf(given.Kind, rental.Field(name))
	switch want := e.Value; {
	case !said && !known && !strings.HasPrefix(name, rental.ExtraPrefix):
		t.fault(e.Name.Place, fmt.Sprintf("%s has no field %s", given.Kind, name), suggest(name, fieldNames(given.Kind)))
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
