package mappings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// NoEntity is the name under which rows count that say nothing about any
// entity, because no block's when holds.
const NoEntity = "no entity"

// HiddenRow is the name under which rows count that a workbook hides, where the
// mapping leaves them out.
const HiddenRow = "hidden row"

// mapper makes entities of the rows under one header.
type mapper struct {
	m        *Mapping
	table    *tablePlan // of the part that the rows belong to
	header   *pipeline.Header
	columns  []boundColumn
	missing  []pipeline.Fault // columns that the file lacks
	names    map[string]int   // columns by the names that formulas use
	entities []boundEntity

	row      *pipeline.Row
	out      *pipeline.Mapped
	count    uint64 // rows and parts of rows so far; says which cells are of this one
	piece    string // of the cell that each parts, where parted
	parted   bool
	cells    []cell
	rawCells bool // formulas see cells as they stand in the file
	stoodIn  bool // the value just read was the default
	quiet    bool // faults are not told: only keys are wanted
	told     int  // faults told of the row, those that were there already too
	zone     *time.Location
	zoneRow  uint64
	about    rental.Ref // the entity in hand
	unheard  pipeline.Mapped
}

// Map writes into out everything that the row says, or every fault of it.
func (r *mapper) Map(row *pipeline.Row, out *pipeline.Mapped) {
	out.Reset()
	r.row, r.out, r.quiet, r.told = row, out, false, 0
	r.whole()

	if r.hides(row) {
		out.Skip = HiddenRow
		r.proves()
		return
	}
	if name, skipped := r.skip(); skipped {
		out.Skip = name
		r.proves()
		return
	}
	for range r.parts {
		r.mapPart()
	}

	switch {
	case len(out.Faults) > 0:
		r.reject()
	case len(out.Entities) == 0:
		out.Skip = NoEntity
	}
	r.covers()
}

// hides reports whether a row is left out because nobody sees it in the workbook.
func (r *mapper) hides(row *pipeline.Row) bool { return row.Hidden && r.m.hidden }

// mapPart adds what the row says, or what it says of one part of a cell.
func (r *mapper) mapPart() {
	for i := range r.entities {
		before := len(r.out.Entities)
		r.mapEntity(&r.entities[i])
		if r.parted && len(r.out.Entities) > before {
			r.unite(before)
		}
	}
}

// covers lists whom the row speaks for, whatever became of it, where its cells
// limit what absence says.
func (r *mapper) covers() {
	r.quiet = true
	for range r.parts {
		for i := range r.entities {
			e := &r.entities[i]
			if e.scope == nil || !e.scope.plan.varies() {
				continue
			}
			scope, known := r.scopeOf(e)
			at := pipeline.Covered{Kind: e.plan.kind, Scope: scope}
			if known && !slices.Contains(r.out.Covers, at) {
				r.out.Covers = append(r.out.Covers, at)
			}
		}
	}
	r.quiet = false
}

// skip finds the first rule that leaves the row out.
func (r *mapper) skip() (string, bool) {
	r.rawCells = true
	defer func() { r.rawCells = false }()

	for i := range r.table.skips {
		rule := &r.table.skips[i]
		holds, err := rule.when.Bool(r)
		if err != nil {
			r.ruleFault(rule.when, "skip "+rule.name, err)
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

// proves tells of a row that is left out whom it speaks for, and who exists all
// the same.
func (r *mapper) proves() {
	r.presence()
	r.covers()
}

// presence lists the entities whose keys a rejected or skipped row still shows.
func (r *mapper) presence() {
	r.quiet = true
	for range r.parts {
		for i := range r.entities {
			r.present(&r.entities[i])
		}
	}
	r.quiet = false
}

func (r *mapper) present(e *boundEntity) {
	if holds, err := r.holds(e); err != nil || !holds {
		return
	}
	key, ok := r.key(e)
	if !ok {
		return
	}
	scope, _ := r.scopeOf(e)
	named := pipeline.Named{Ref: rental.Ref{Kind: e.plan.kind, Key: key}, Scope: scope}
	if !slices.Contains(r.out.Present, named) {
		r.out.Present = append(r.out.Present, named)
	}
}

// keyless notes that a row should have named something and did not.
func (r *mapper) keyless(e *boundEntity) {
	scope, known := r.scopeOf(e)
	who := pipeline.Unnamed{Kind: e.plan.kind, Scope: scope, Anywhere: !known}
	if !slices.Contains(r.out.Keyless, who) {
		r.out.Keyless = append(r.out.Keyless, who)
	}
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
	if e.plan.ofPart && r.parted && r.piece == "" {
		return "", false // what is left of the formula would name something that is not there
	}
	if r.lacks(e) >= 0 {
		return "", false // half a key would name something that is not there
	}
	value, said := r.eval(&e.key)
	if _, _, former := rental.FormerKey(value.Text); former && e.plan.kind == rental.Item {
		r.formerKey(e, value.Text)
	}
	return value.Text, said && !value.IsEmpty() && r.told == before
}

// lacks finds the first column of which a key is made and whose cell is empty; -1
// where there is none.
func (r *mapper) lacks(e *boundEntity) int {
	return slices.IndexFunc(e.joins, func(at int) bool { return r.cell(at).text == "" || r.cell(at).nothing })
}

// formerKey tells that an item has a key by which the register knows a rental
// that another one has followed.
func (r *mapper) formerKey(e *boundEntity, key string) {
	at := strings.LastIndexByte(key, '~')
	r.fault(e.key.column, r.shown(&e.key, key), fmt.Sprintf("item key %q ends like that of a former rental", key),
		fmt.Sprintf(`write it in another way, as by do: [{replace: {"~": "-"}}], which gives %q`, key[:at]+"-"+key[at+1:]))
}

// mapEntity adds what the row says about one kind.
func (r *mapper) mapEntity(e *boundEntity) {
	holds, err := r.holds(e)
	if err != nil {
		r.ruleFault(e.plan.when, e.plan.whenText, err)
		r.keyless(e)
		return
	}
	if !holds {
		return
	}

	before := r.told
	key, ok := r.key(e)
	if !ok {
		if r.told == before {
			r.emptyKey(e)
		}
		r.keyless(e)
	}
	r.about.Key = key

	made := next(r.out)
	made.Ref, made.Origin = r.about, r.row.Origin
	made.Scope, _ = r.scopeOf(e)
	r.fields(e, made)
	r.judge(made)
}

// judge tells of an entity what none of its fields says alone.
func (r *mapper) judge(made *rental.Entity) {
	if made.Kind != rental.Customer {
		return
	}
	at := slices.IndexFunc(made.Fields, func(f rental.FieldValue) bool { return f.Field == rental.SameAs })
	if at >= 0 && made.Fields[at].Value.Text == made.Key && made.Key != "" {
		r.fault(made.Fields[at].Column, made.Key, made.String()+" is said to be the same as itself", "name the other one, or leave it blank")
	}
}

// emptyKey tells that a key is missing.
func (r *mapper) emptyKey(e *boundEntity) {
	hint := ""
	if e.plan.when == nil {
		hint = "add when: to the block if not every row has one"
	}
	column, what := e.key.column, e.plan.kind.String()+" key is empty"
	if at := r.lacks(e); at >= 0 && len(e.joins) > 1 {
		column = r.columns[e.joins[at]].header
		what = fmt.Sprintf("%s key is made of %q, which is empty", e.plan.kind, column)
		if hint == "" {
			hint = "say what the key is then, as =" + column + ` == "" ? … : …`
		}
	}
	r.fault(column, r.rawOf(&e.key), what, hint)
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

// scopeOf reads what limits what absence says of a kind; false where it cannot
// be read. A blank cell is a scope of its own.
func (r *mapper) scopeOf(e *boundEntity) (string, bool) {
	if e.scope == nil {
		return "", true
	}
	before := r.told
	value, _ := r.eval(e.scope)
	return value.Text, r.told == before
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
		case fromZone:
			if zone, known := r.findZone(); known {
				made.Fields = append(made.Fields, rental.FieldValue{Field: rental.Zone, Value: rental.Of(zone.String()), Column: f.column})
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
	return r.raw(f.plan.column)
}
