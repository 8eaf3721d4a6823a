package mappings

import (
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// NoEntity is the name under which rows count that say nothing about any
// entity, because no block's when holds.
const NoEntity = "no entity"

// mapper makes entities of the rows under one header.
type mapper struct {
	m        *Mapping
	columns  []boundColumn
	missing  []pipeline.Fault // columns that the file lacks
	names    map[string]int   // columns by the names that formulas use
	entities []boundEntity
	scope    *boundField
	scoped   bool

	row      *pipeline.Row
	out      *pipeline.Mapped
	count    uint64 // rows so far; says which cells are of this row
	cells    []cell
	rawCells bool // formulas see cells as they stand in the file
	stoodIn  bool // the value just read was the default
	quiet    bool // faults are not told: only keys are wanted
	told     int  // faults told of the row, those that were there already too
	zone     *time.Location
	zoneRow  uint64
	about    rental.Ref // the entity in hand
}

// Map writes into out everything that the row says, or every fault of it.
func (r *mapper) Map(row *pipeline.Row, out *pipeline.Mapped) {
	out.Reset()
	r.row, r.out, r.quiet, r.told = row, out, false, 0
	r.count++

	r.covers()
	if name, skipped := r.skip(); skipped {
		out.Skip = name
		r.presence()
		return
	}
	for i := range r.entities {
		r.mapEntity(&r.entities[i])
	}

	switch {
	case len(out.Faults) > 0:
		r.reject()
	case len(out.Entities) == 0:
		out.Skip = NoEntity
	}
}

// covers lists whom the row speaks for, where the mapping limits its claims.
func (r *mapper) covers() {
	if !r.scoped {
		return
	}
	for i := range r.entities {
		e := &r.entities[i]
		r.out.Covers = append(r.out.Covers, pipeline.Covered{Kind: e.plan.kind, Scope: r.scopeOf(e)})
	}
}

// skip finds the first rule that leaves the row out.
func (r *mapper) skip() (string, bool) {
	r.rawCells = true
	defer func() { r.rawCells = false }()

	for i := range r.m.skips {
		rule := &r.m.skips[i]
		holds, err := rule.when.Bool(r)
		if err != nil {
			r.formulaFault("skip "+rule.name, err)
			continue
		}
		if holds && len(r.out.Faults) == 0 {
			return rule.name, true
		}
	}
	return "", false
}

// reject leaves of a row with faults only what it proves to exist.
func (r *mapper) reject() {
	r.out.Entities = r.out.Entities[:0]
	r.out.Parked, r.out.Warnings = r.out.Parked[:0], r.out.Warnings[:0]
	r.out.Skip = ""
	r.presence()
}

// presence lists the entities whose keys a rejected or skipped row still shows.
func (r *mapper) presence() {
	r.quiet = true
	for i := range r.entities {
		e := &r.entities[i]
		if holds, err := r.holds(e); err != nil || !holds {
			continue
		}
		if key, ok := r.key(e); ok {
			r.out.Present = append(r.out.Present, pipeline.Named{Ref: rental.Ref{Kind: e.plan.kind, Key: key}, Scope: r.scopeOf(e)})
		}
	}
	r.quiet = false
}

func (r *mapper) holds(e *boundEntity) (bool, error) {
	if e.plan.when == nil {
		return true, nil
	}
	return e.plan.when.Bool(r)
}

// key reads an entity's key; false when the row has none.
func (r *mapper) key(e *boundEntity) (string, bool) {
	before := r.told
	r.about = rental.Ref{Kind: e.plan.kind}
	value, said := r.eval(&e.key)
	return value.Text, said && !value.IsEmpty() && r.told == before
}

// mapEntity adds what the row says about one kind.
func (r *mapper) mapEntity(e *boundEntity) {
	holds, err := r.holds(e)
	if err != nil {
		r.formulaFault(e.plan.whenText, err)
		r.out.Keyless = append(r.out.Keyless, pipeline.Unnamed{Kind: e.plan.kind, Scope: r.scopeOf(e)})
		return
	}
	if !holds {
		return
	}

	before := r.told
	key, ok := r.key(e)
	if !ok {
		r.out.Keyless = append(r.out.Keyless, pipeline.Unnamed{Kind: e.plan.kind, Scope: r.scopeOf(e)})
		if r.told == before {
			r.emptyKey(e)
		}
	}
	r.about.Key = key

	made := next(r.out)
	made.Ref, made.Origin = r.about, r.row.Origin
	made.Scope = r.scopeOf(e)
	r.fields(e, made)
}

// emptyKey tells that a key is missing.
func (r *mapper) emptyKey(e *boundEntity) {
	hint := ""
	if e.plan.when == nil {
		hint = "add when: to the block if not every row has one"
	}
	r.fault(e.key.column, r.rawOf(&e.key), e.plan.kind.String()+" key is empty", hint)
}

// next makes room for one more entity and uses the memory of an earlier one.
func next(out *pipeline.Mapped) *rental.Entity {
	n := len(out.Entities)
	if n == cap(out.Entities) {
		out.Entities = append(out.Entities, rental.Entity{})
	}
	out.Entities = out.Entities[:n+1]
	e := &out.Entities[n]
	e.Fields = e.Fields[:0]
	return e
}

func (r *mapper) scopeOf(e *boundEntity) string {
	f := e.scope
	if f == nil {
		f = r.scope
	}
	if f == nil {
		return ""
	}
	value, _ := r.eval(f)
	return value.Text
}

// fields adds the fields of one entity, sorted by name as they are planned.
func (r *mapper) fields(e *boundEntity, made *rental.Entity) {
	id, identified := r.identify(e)
	price, priced := r.price(e)
	for i := range e.fields {
		f := &e.fields[i]
		switch f.plan.from {
		case fromIdentify:
			if identified {
				made.Fields = append(made.Fields, id.part(f.plan.field))
			}
		case fromRate:
			if priced {
				made.Fields = append(made.Fields, price.part(f.plan.field))
			}
		case fromColumn, fromFormula, fromConstant:
			if value, said := r.eval(f); said {
				made.Fields = append(made.Fields, rental.FieldValue{Field: f.plan.field, Value: value, Column: r.origin(f)})
			}
		}
	}
}

// origin names what said a field's value.
func (r *mapper) origin(f *boundField) string {
	if r.stoodIn {
		return "default"
	}
	return f.column
}

// rawOf is what stands in the file where a field looks.
func (r *mapper) rawOf(f *boundField) string {
	if f.plan.column < 0 {
		return ""
	}
	at := r.columns[f.plan.column].index
	if at < 0 || at >= len(r.row.Cells) {
		return ""
	}
	return r.row.Cells[at]
}
