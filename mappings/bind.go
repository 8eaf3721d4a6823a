package mappings

import (
	"cmp"
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// Bind finds the mapping's columns under a header. A file without a column that
// keys, zones or rules need cannot be read; any other column that is missing
// leaves its fields alone.
func (m *Mapping) Bind(h *pipeline.Header) (pipeline.RowMapper, error) {
	if h.Part < 0 || h.Part >= len(m.tables) {
		return nil, &pipeline.Unreadable{Why: fmt.Sprintf("the mapping %s has no part %d", m.name, h.Part+1)}
	}
	t := m.tables[h.Part]
	search := newSearch(h, t.byNumber)
	search.repeated(t.headers)
	r := &mapper{m: m, table: t, header: h, columns: make([]boundColumn, len(t.columns)), cells: make([]cell, len(t.columns))}
	for i := range t.columns {
		r.columns[i] = search.column(&t.columns[i])
	}
	if err := search.verdict(); err != nil {
		return nil, err
	}
	r.missing = search.absent
	r.prepare(search)
	return r, nil
}

// Missing are the columns that the file lacks, so that their fields are left
// alone.
func (r *mapper) Missing() []pipeline.Fault { return r.missing }

// boundColumn is a column and where it stands in the file.
type boundColumn struct {
	plan   *columnPlan
	index  int    // -1 when the file lacks it
	header string // as it stands in the file
	bad    error  // why its digits in the row in hand are no number
}

// boundEntity is an entity plan with its fields bound.
type boundEntity struct {
	plan     *entityPlan
	key      boundField
	joins    []int // the columns whose cells the key joins
	scope    *boundField
	fields   []boundField
	identify []boundCandidate
	rates    []boundRate
}

type boundCandidate struct {
	kind  string
	value boundField
}

type boundRate struct{ kind, currency, price boundField }

// boundField is a field whose columns are known.
type boundField struct {
	plan   *fieldPlan
	column string // what the register says the value came from
	absent bool   // the file lacks its column
	reads  []int  // the columns of a formula that makes a name
	seen   *recent
}

// prepare resolves everything that does not depend on the row.
func (r *mapper) prepare(search *search) {
	r.names = map[string]int{}
	for name, at := range r.table.short {
		r.names[name] = at
	}
	for i := range r.table.columns {
		for _, header := range r.table.columns[i].headers {
			if _, taken := r.names[header]; !taken {
				r.names[header] = i
			}
		}
	}

	for i := range r.table.entities {
		e := r.entity(&r.table.entities[i])
		e.scope = r.scope(cmp.Or(e.plan.scope, r.table.scope), search)
		r.entities = append(r.entities, e)
	}
}

// scope binds what limits what absence says. A word that no field speaks of is a
// column where the file has one of that name, else it stands for itself.
func (r *mapper) scope(plan *fieldPlan, search *search) *boundField {
	if plan == nil {
		return nil
	}
	at, found := search.places[transforms.Fold(plan.text)]
	if plan.from != fromConstant || !found {
		return r.field(plan)
	}

	column := *plan
	column.from, column.column = fromColumn, len(r.columns)
	r.columns = append(r.columns, boundColumn{
		plan: &columnPlan{Place: plan.Place, name: plan.text, headers: []string{plan.text}, none: r.m.none}, index: at, header: search.header.Names[at],
	})
	r.cells = append(r.cells, cell{})
	return r.field(&column)
}

// Covers are those whom the file speaks for whatever its rows say.
func (r *mapper) Covers() []pipeline.Covered {
	var all []pipeline.Covered
	for i := range r.entities {
		if e := &r.entities[i]; e.scope != nil && !e.scope.plan.varies() {
			value, _ := r.eval(e.scope)
			all = append(all, pipeline.Covered{Kind: e.plan.kind, Scope: value.Text})
		}
	}
	return all
}

func (r *mapper) entity(plan *entityPlan) boundEntity {
	e := boundEntity{plan: plan, key: *r.field(&plan.key)}
	if plan.key.formula != nil {
		for _, name := range plan.key.formula.Joins() {
			e.joins = append(e.joins, r.names[name])
		}
	}
	for i := range plan.fields {
		e.fields = append(e.fields, *r.field(&plan.fields[i]))
	}
	for i := range plan.identify {
		c := &plan.identify[i]
		if f := r.field(&c.value); !f.absent {
			e.identify = append(e.identify, boundCandidate{kind: c.kind, value: *f})
		}
	}
	for i := range plan.rates {
		p := &plan.rates[i]
		if price := r.field(&p.price); !price.absent {
			e.rates = append(e.rates, boundRate{kind: *r.field(&p.kind), currency: *r.field(&p.currency), price: *price})
		}
	}
	return e
}

func (r *mapper) field(plan *fieldPlan) *boundField {
	f := &boundField{plan: plan, column: plan.text}
	switch plan.from {
	case fromConstant:
		f.column = "constant"
	case fromFormula:
		names := plan.formula.Columns()
		f.absent = len(names) > 0
		for _, name := range names {
			f.absent = f.absent && r.columns[r.names[name]].index < 0
			if plan.names {
				f.reads = append(f.reads, r.names[name])
			}
		}
	case fromColumn:
		f.column, f.absent = r.columns[plan.column].header, r.columns[plan.column].index < 0
	case fromZone:
		f.column = r.columns[plan.column].header
	case fromIdentify, fromRate:
	}
	if plan.read != asText {
		f.seen = new(recent)
	}
	return f
}

// Cell gives a formula a cell: cleaned, and "" where it means nothing.
func (r *mapper) Cell(name string) string {
	c := r.cell(r.names[name])
	switch {
	case c.nothing:
		return ""
	case c.kind != pipeline.TextCell:
		return r.written(c)
	case r.rawCells:
		return c.plain
	default:
		return c.text
	}
}

var _ transforms.Cells = (*mapper)(nil)
var _ pipeline.RowMapper = (*mapper)(nil)
