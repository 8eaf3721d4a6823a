package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var _ pipeline.FieldTeller = (*Mapping)(nil)

// TellField tells by which rule a field of an entity is made of a row, and which
// cells it reads. Without a row, or where the row does not speak of the entity,
// it tells only the rule.
func (m *Mapping) TellField(row *pipeline.Row, ref rental.Ref, field rental.Field) pipeline.FieldReading {
	for i, table := range m.tables {
		if row != nil && row.Header.Part != i {
			continue
		}
		at := slices.IndexFunc(table.entities, func(e entityPlan) bool { return e.kind == ref.Kind })
		if at < 0 {
			continue
		}
		e := &table.entities[at]
		if of := slices.IndexFunc(e.fields, func(f fieldPlan) bool { return f.field == field }); of >= 0 {
			return m.tell(table, row, at, ref, &e.fields[of])
		}
	}
	if row != nil {
		return m.TellField(nil, ref, field) // another part says it
	}
	return pipeline.FieldReading{}
}

// tell tells a field that the rows of a table say, by one row or without.
func (m *Mapping) tell(table *tablePlan, row *pipeline.Row, at int, ref rental.Ref, f *fieldPlan) pipeline.FieldReading {
	if row != nil {
		t := teller{m: m, table: table}
		if told, speaks := t.row(row, at, ref, f); speaks {
			return told
		}
	}
	t := teller{m: m, table: table}
	return t.field(&table.entities[at], f)
}

// teller tells how a mapping reads one row.
type teller struct {
	m      *Mapping
	table  *tablePlan
	mapper *mapper // nil without a row
}

// row tells of the row, or of that part of it, that speaks of an entity; false
// where none does.
func (t *teller) row(row *pipeline.Row, at int, ref rental.Ref, f *fieldPlan) (told pipeline.FieldReading, speaks bool) {
	bound, err := t.m.Bind(row.Header)
	if err != nil {
		return told, false
	}
	r, ok := bound.(*mapper)
	if !ok {
		return told, false
	}
	r.row, r.out, r.quiet = row, &pipeline.Mapped{}, true
	t.mapper = r

	r.whole()
	base, _, _ := rental.FormerKey(ref.Key)
	for range r.parts {
		key, _ := r.key(&r.entities[at])
		if key == ref.Key || key == base {
			return t.field(&t.table.entities[at], f), true
		}
	}
	return told, false
}

func (t *teller) field(e *entityPlan, f *fieldPlan) pipeline.FieldReading {
	switch f.from {
	case fromIdentify:
		return t.identify(e, f)
	case fromRate:
		return t.rate(e, f)
	case fromConstant:
		return pipeline.FieldReading{Rule: fmt.Sprintf("a constant of the mapping: %q", f.text)}
	case fromColumn, fromFormula:
	}
	return t.plain(f)
}

// plain is a field that is made of a column or of a formula.
func (t *teller) plain(f *fieldPlan) pipeline.FieldReading {
	var told pipeline.FieldReading
	var rules []string
	if f.from == fromFormula {
		rules = append(rules, "by the formula "+f.text)
		for _, name := range f.formula.Columns() {
			if at, found := t.find(name); found {
				told.Cells = append(told.Cells, t.cell(at)...)
			}
		}
	} else {
		told.Cells = t.cell(f.column)
		if len(t.table.columns[f.column].do.written) > 0 {
			rules = append(rules, "cleaned by "+strings.Join(t.table.columns[f.column].do.written, ", "))
		}
	}
	if len(f.do.written) > 0 {
		rules = append(rules, "cleaned by "+strings.Join(f.do.written, ", "))
	}
	if f.codes != nil {
		rules = append(rules, t.codes(f))
	}
	if t.stoodIn(f) {
		rules = append(rules, fmt.Sprintf("the default %q, because the ERP says nothing", f.standby))
	}
	told.Rule = strings.Join(rules, ", ")
	return told
}

// codes names the table that a field is read by.
func (t *teller) codes(f *fieldPlan) string {
	if f.table == "" {
		return "by the codes of " + f.label
	}
	return "by code table " + f.table
}

// stoodIn reports whether the default stands for the field in this row.
func (t *teller) stoodIn(f *fieldPlan) bool {
	if t.mapper == nil || !f.hasStand {
		return false
	}
	t.mapper.eval(t.mapper.field(f))
	return t.mapper.stoodIn
}

// identify tells which candidate has a value first.
func (t *teller) identify(e *entityPlan, f *fieldPlan) pipeline.FieldReading {
	names := make([]string, len(e.identify))
	for i := range e.identify {
		names[i] = e.identify[i].kind
	}
	listed := fmt.Sprintf("the first of identify (%s) that has a value", strings.Join(names, ", "))
	if t.mapper == nil {
		return pipeline.FieldReading{Rule: listed}
	}
	for i := range e.identify {
		value, said := t.mapper.eval(t.mapper.field(&e.identify[i].value))
		switch {
		case !said || value.IsEmpty():
		case f.field == rental.IdentifierType:
			return pipeline.FieldReading{Rule: listed}
		default:
			return t.plain(&e.identify[i].value)
		}
	}
	return pipeline.FieldReading{Rule: "none of identify (" + strings.Join(names, ", ") + ") has a value"}
}

// rate tells which price was chosen.
func (t *teller) rate(e *entityPlan, f *fieldPlan) pipeline.FieldReading {
	told := pipeline.FieldReading{Rule: "the first rate that has a price"}
	if t.mapper == nil {
		return told
	}
	for i := range e.rates {
		r := &e.rates[i]
		value, said := t.mapper.eval(t.mapper.field(&r.price))
		if !said || value.IsEmpty() {
			continue
		}
		of := &r.price
		switch f.field {
		case rental.RateType:
			of = &r.kind
		case rental.RateCurrency:
			of = &r.currency
		}
		one := t.field(e, of)
		if len(e.rates) > 1 {
			one.Rule = strings.TrimPrefix(one.Rule+", "+told.Rule, ", ")
		}
		return one
	}
	return told
}

func (t *teller) find(name string) (int, bool) {
	if at, found := t.table.short[name]; found {
		return at, true
	}
	for i := range t.table.columns {
		if slices.Contains(t.table.columns[i].headers, name) {
			return i, true
		}
	}
	return 0, false
}

// cell is a column's cell as it stands in the file.
func (t *teller) cell(at int) []pipeline.ReadCell {
	if t.mapper == nil {
		return nil
	}
	bound := &t.mapper.columns[at]
	if bound.index < 0 || bound.index >= len(t.mapper.row.Cells) {
		return nil
	}
	return []pipeline.ReadCell{{Column: bound.header, Text: t.mapper.row.Cells[bound.index]}}
}
