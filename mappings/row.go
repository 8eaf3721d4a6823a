package mappings

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// NoEntity is the name under which rows count that say nothing about any
// entity, because no block's when holds.
const NoEntity = "no entity"

// mapper makes entities of the rows under one header.
type mapper struct {
	m        *Mapping
	columns  []boundColumn
	names    map[string]int // columns by the names that formulas use
	entities []boundEntity
	scope    *boundField

	row      *pipeline.Row
	out      *pipeline.Mapped
	count    uint64 // rows so far; says which cells are of this row
	cells    []cell
	rawCells bool // formulas see cells as they stand in the file
	stoodIn  bool // the value just read was the default
	quiet    bool // faults are not told: only keys are wanted
	zone     *time.Location
	zoneRow  uint64
	about    rental.Ref // the entity in hand
}

// Map writes into out everything that the row says, or every fault of it.
func (r *mapper) Map(row *pipeline.Row, out *pipeline.Mapped) {
	out.Reset()
	r.row, r.out, r.quiet = row, out, false
	r.count++

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

// skip finds the first rule that leaves the row out.
func (r *mapper) skip() (string, bool) {
	r.rawCells = true
	defer func() { r.rawCells = false }()

	for i := range r.m.skips {
		rule := &r.m.skips[i]
		holds, err := rule.when.Bool(r)
		if err != nil {
			r.fault("skip "+rule.name, "", err.Error(), "")
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
			r.out.Present = append(r.out.Present, rental.Ref{Kind: e.plan.kind, Key: key})
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
	before := len(r.out.Faults)
	r.about = rental.Ref{Kind: e.plan.kind}
	value, said := r.eval(&e.key)
	return value.Text, said && !value.IsEmpty() && len(r.out.Faults) == before
}

// mapEntity adds what the row says about one kind.
func (r *mapper) mapEntity(e *boundEntity) {
	holds, err := r.holds(e)
	if err != nil {
		r.formulaFault(e.plan.whenText, err)
		r.out.Keyless = append(r.out.Keyless, e.plan.kind)
		return
	}
	if !holds {
		return
	}

	faults := len(r.out.Faults)
	key, ok := r.key(e)
	if !ok {
		r.out.Keyless = append(r.out.Keyless, e.plan.kind)
		if len(r.out.Faults) == faults {
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

// identity is what an asset is identified by.
type identity struct {
	kind, value rental.Value
	column      string
}

func (d identity) part(field rental.Field) rental.FieldValue {
	if field == rental.IdentifierType {
		return rental.FieldValue{Field: field, Value: d.kind, Column: d.column}
	}
	return rental.FieldValue{Field: field, Value: d.value, Column: d.column}
}

// identify takes the first candidate that has a value.
func (r *mapper) identify(e *boundEntity) (identity, bool) {
	empty := false
	for i := range e.identify {
		c := &e.identify[i]
		value, said := r.eval(&c.value)
		if said && !value.IsEmpty() {
			return identity{kind: rental.Of(c.kind), value: value, column: c.value.column}, true
		}
		empty = empty || said
	}
	if !empty {
		return identity{}, false
	}
	return identity{column: e.identify[0].value.column}, true
}

// tariff is the price that was chosen.
type tariff struct{ kind, currency, price rental.FieldValue }

func (t tariff) part(field rental.Field) rental.FieldValue {
	switch field {
	case rental.RateType:
		return t.kind
	case rental.RateCurrency:
		return t.currency
	default:
		return t.price
	}
}

// price takes the first price that the row has; of several, one of zero is
// taken only when there is no other.
func (r *mapper) price(e *boundEntity) (tariff, bool) {
	best, empty := -1, -1
	var price rental.FieldValue
	for i := range e.rates {
		f := &e.rates[i].price
		value, said := r.eval(f)
		switch {
		case !said:
		case value.IsEmpty():
			empty = i
		case best < 0 || price.Value.Text == "0":
			best, price = i, rental.FieldValue{Field: rental.RateUnitPrice, Value: value, Column: r.origin(f)}
		}
	}
	if best < 0 && empty < 0 {
		return tariff{}, false
	}
	if best < 0 {
		return noTariff(e.rates[empty].price.column), true
	}

	chosen := &e.rates[best]
	return tariff{
		kind:     r.part(rental.RateType, &chosen.kind),
		currency: r.part(rental.RateCurrency, &chosen.currency),
		price:    price,
	}, true
}

func (r *mapper) part(field rental.Field, f *boundField) rental.FieldValue {
	value, _ := r.eval(f)
	return rental.FieldValue{Field: field, Value: value, Column: r.origin(f)}
}

func noTariff(column string) tariff {
	nothing := func(field rental.Field) rental.FieldValue { return rental.FieldValue{Field: field, Column: column} }
	return tariff{kind: nothing(rental.RateType), currency: nothing(rental.RateCurrency), price: nothing(rental.RateUnitPrice)}
}

// fault notes what is wrong with the row, once.
func (r *mapper) fault(column, value, what, hint string) {
	if r.quiet {
		return
	}
	f := pipeline.Fault{Column: column, Value: value, What: what, Hint: hint}
	if !slices.Contains(r.out.Faults, f) {
		r.out.Faults = append(r.out.Faults, f)
	}
}

func (r *mapper) formulaFault(source string, err error) {
	var bad *transforms.FormulaError
	if errors.As(err, &bad) {
		r.fault(source, "", bad.What, bad.Hint)
		return
	}
	r.fault(source, "", err.Error(), "")
}

func (r *mapper) warn(column, value, what, hint string) {
	f := pipeline.Fault{Column: column, Value: value, What: what, Hint: hint}
	if !r.quiet && !slices.Contains(r.out.Warnings, f) {
		r.out.Warnings = append(r.out.Warnings, f)
	}
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

// zoneOf finds the zone of the row's dates.
func (r *mapper) zoneOf() (*time.Location, error) {
	plan := &r.m.zone
	if plan.all != nil {
		return plan.all, nil
	}
	if r.zoneRow == r.count {
		return r.zone, nil
	}

	value := r.cell(plan.by).text
	zone, found := plan.of[value]
	if !found {
		zone = plan.fallback
	}
	if zone == nil {
		return nil, fmt.Errorf("no zone is known for %s %q", r.columns[plan.by].header, value)
	}
	r.zone, r.zoneRow = zone, r.count
	return zone, nil
}
