package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// Lint finds what is wrong or odd with the mappings of one flow: what
// [LintApart] finds, and keys that two mappings form differently.
func Lint(ms []*Mapping) Faults {
	faults := append(LintApart(ms), keysApart(ms)...)
	faults.Sort()
	return faults
}

// LintApart finds what is wrong or odd with mappings that need not be of one
// flow: the same name twice, two mappings that match one file, assets that none
// of them identifies, and items that never say when they begin.
func LintApart(ms []*Mapping) Faults {
	faults := append(unidentified(ms), undated(ms)...)
	for i, m := range ms {
		for _, other := range ms[:i] {
			faults = append(faults, m.against(other)...)
		}
	}
	faults.Sort()
	return faults
}

// unidentified warns where mappings speak of assets and none says by what IRIS
// finds them: unless a mapping that is not here does, all of them wait for ever.
func unidentified(ms []*Mapping) Faults {
	var silent Faults
	for _, m := range ms {
		for _, e := range m.entities() {
			if e.kind != rental.Asset {
				continue
			}
			if slices.ContainsFunc(e.fields, func(f fieldPlan) bool { return f.field == rental.Identifier }) {
				return nil
			}
			silent = append(silent, m.fault(e.Place, "asset does not say by what IRIS finds it, and waits until another file does",
				"add identify: as [{SERIAL_NUMBER: Serial}]", true))
		}
	}
	return silent
}

// undated warns where items end by absence and nothing says when they begin: the
// next rental under the same key would look like the last one.
func undated(ms []*Mapping) Faults {
	var silent Faults
	for _, m := range ms {
		for _, e := range m.entities() {
			if e.kind != rental.Item {
				continue
			}
			if slices.ContainsFunc(e.fields, func(f fieldPlan) bool { return f.field == rental.OnRentDate }) {
				return nil
			}
			if m.Claim(rental.Item) != pipeline.Changes {
				silent = append(silent, m.fault(e.Place, "items end here when they are no longer named, and nothing says when they begin",
					"add onRentDate:, or a rental that begins again under its key is taken for the last one", true))
			}
		}
	}
	return silent
}

func (m *Mapping) fault(at Place, what, cure string, warning bool) Fault {
	return Fault{File: m.file, Line: at.Line, Column: at.Column, What: what, Cure: cure, Warning: warning}
}

// against compares a mapping with one that was named before it.
func (m *Mapping) against(other *Mapping) Faults {
	var faults Faults
	if m.name == other.name {
		faults = append(faults, m.fault(m.at, fmt.Sprintf("the mapping %q stands in %s already", m.name, other.file), "give it another name", false))
	}
	if p, sample := m.overlap(other); p != nil {
		faults = append(faults, m.fault(p.Place,
			fmt.Sprintf("a file such as %q matches %s too", sample, other.file), "make one of the patterns narrower; the first mapping takes the file", true))
	}
	return faults
}

// overlap finds a pattern of the mapping by which a file could be another's, and
// the name of such a file.
func (m *Mapping) overlap(other *Mapping) (*pattern, string) {
	for _, mine := range m.patterns {
		for _, theirs := range other.patterns {
			if _, both := mine.match(theirs.sample); both {
				return mine, theirs.sample
			}
			if _, both := theirs.match(mine.sample); both {
				return mine, mine.sample
			}
		}
	}
	return nil, ""
}

// forming is how a mapping forms the keys of one kind.
type forming struct {
	how     string
	mapping *Mapping
	at      Place
	label   string
}

// keysApart warns where the same kind's key is formed in two ways: the same
// thing would then be two.
func keysApart(ms []*Mapping) Faults {
	var faults Faults
	first := map[rental.Kind]forming{}
	for _, m := range ms {
		for _, f := range m.formings() {
			kind := f.kind
			known, found := first[kind]
			switch {
			case !found:
				first[kind] = f.forming
			case known.how != f.how:
				faults = append(faults, m.fault(f.at,
					fmt.Sprintf("%s forms the %s's key by %s, but %s in %s by %s", f.label, kind, f.how, known.label, known.mapping.file, known.how),
					"form it in the same way, or the same thing becomes two", true))
			}
		}
	}
	return faults
}

type kindForming struct {
	forming
	kind rental.Kind
}

// formings lists where a mapping forms a key: in the kind's own block, and
// where other kinds refer to it.
func (m *Mapping) formings() []kindForming {
	var all []kindForming
	add := func(t *tablePlan, kind rental.Kind, f *fieldPlan) {
		if how, plain := t.forms(f); plain {
			all = append(all, kindForming{forming{how: how, mapping: m, at: f.Place, label: f.label}, kind})
		}
	}
	for t, e := range m.entities() {
		add(t, e.kind, &e.key)
		for j := range e.fields {
			f := &e.fields[j]
			if spec, _ := rental.SpecOf(e.kind, f.field); spec.Refers != 0 {
				add(t, spec.Refers, f)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b kindForming) int { return a.at.Line - b.at.Line })
	return all
}

// forms tells the steps that form a key. Formulas and code tables are not
// compared: they join what other files may keep apart.
func (t *tablePlan) forms(f *fieldPlan) (string, bool) {
	if f.from != fromColumn || f.column < 0 || f.codes != nil {
		return "", false
	}
	written := slices.Concat(t.columns[f.column].do.written, f.do.written)
	written = slices.DeleteFunc(written, func(step string) bool { return step == "trim" })
	if len(written) == 0 {
		return "no steps", true
	}
	return strings.Join(written, ", "), true
}
