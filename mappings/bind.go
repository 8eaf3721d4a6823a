package mappings

import (
	"cmp"
	"fmt"
	"strings"

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

// search looks for columns under a header, and remembers what it misses.
type search struct {
	header  *pipeline.Header
	none    bool           // the file has no header: columns are called by their numbers
	places  map[string]int // by folded name; the first where several are alike
	twins   map[string]int // the second of those that are alike
	missing []string
	absent  []pipeline.Fault // columns that the file can do without
	doubts  []string
	twinned []string
}

func newSearch(h *pipeline.Header, none bool) *search {
	s := &search{header: h, none: none, places: make(map[string]int, len(h.Names)), twins: map[string]int{}}
	for i, name := range h.Names {
		folded := transforms.Fold(name)
		if _, twice := s.places[folded]; twice {
			s.twins[folded] = i
			continue
		}
		s.places[folded] = i
	}
	return s
}

// column finds one column.
func (s *search) column(plan *columnPlan) boundColumn {
	found := plan.among(s.places)
	if len(found) == 0 {
		switch {
		case plan.needed:
			s.missing = append(s.missing, s.wanted(plan))
		case plan.used:
			s.absent = append(s.absent, pipeline.Fault{
				Column: plan.headers[0], What: s.table() + " has no column " + s.wanted(plan) + ": its fields stay as they were",
			})
		}
		return boundColumn{plan: plan, index: -1, header: plan.headers[0]}
	}

	name := s.header.Names[found[0]]
	twin, alike := s.twins[transforms.Fold(name)]
	switch {
	case !plan.used:
	case len(found) > 1:
		s.doubts = append(s.doubts, fmt.Sprintf("%q and %q both stand for %s", name, s.header.Names[found[1]], plan.name))
	case alike:
		s.twinned = append(s.twinned, fmt.Sprintf("%q and %q are the same header for %s", name, s.header.Names[twin], plan.name))
	}
	return boundColumn{plan: plan, index: found[0], header: name}
}

// otherDelimiters are what a header has inside its only cell where cells are not
// parted as the mapping says.
const otherDelimiters = ",;|\t"

// verdict is what keeps the file from being read.
func (s *search) verdict() error {
	switch {
	case len(s.missing) > 0 && s.none:
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the first row, on line %d, has %s and lacks column %s", s.header.Line, cellCount(len(s.header.Names)), strings.Join(s.missing, ", ")),
			Hint: "check delimiter, and the numbers under columns",
		}
	case len(s.missing) > 0 && len(s.header.Names) == 1 && strings.ContainsAny(s.header.Names[0], otherDelimiters):
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("%s is one cell, %q, and lacks %s", s.place(), s.header.Names[0], strings.Join(s.missing, ", ")),
			Hint: "the file has another delimiter than the mapping says; check delimiter",
		}
	case len(s.missing) > 0:
		hint := "add the header's new spelling under columns, or check delimiter and header"
		if s.header.Sheet != "" {
			hint = "add the header's new spelling under columns, or check sheet and header"
		}
		return &pipeline.Unreadable{Why: fmt.Sprintf("%s lacks %s", s.place(), strings.Join(s.missing, ", ")), Hint: hint}
	case len(s.doubts) > 0:
		return &pipeline.Unreadable{Why: strings.Join(s.doubts, ", "), Hint: "name the right one alone under columns"}
	case len(s.twinned) > 0:
		return &pipeline.Unreadable{
			Why:  strings.Join(s.twinned, ", "),
			Hint: "rename one of them in the ERP's export: case, accents and blanks do not tell headers apart",
		}
	default:
		return nil
	}
}

// table names what has the header.
func (s *search) table() string {
	if s.header.Sheet != "" {
		return fmt.Sprintf("the sheet %q", s.header.Sheet)
	}
	return "the file"
}

// place says where the header stands.
func (s *search) place() string {
	text := fmt.Sprintf("the header on line %d", s.header.Line)
	if s.header.Sheet != "" {
		text += fmt.Sprintf(" of sheet %q", s.header.Sheet)
	}
	return text
}

// among finds the places where a header bears one of the column's names.
func (p *columnPlan) among(places map[string]int) []int {
	var found []int
	for _, folded := range p.folded {
		if at, there := places[folded]; there {
			found = append(found, at)
		}
	}
	return found
}

func cellCount(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", n)
}

// wanted names a missing column with the header that is nearest to it.
func (s *search) wanted(p *columnPlan) string {
	if s.none {
		return p.headers[0]
	}
	text := fmt.Sprintf("%q", p.headers[0])
	for _, header := range p.headers[1:] {
		text += fmt.Sprintf(" or %q", header)
	}
	for _, header := range p.headers {
		if near, found := transforms.Nearest(header, s.header.Names); found {
			return text + fmt.Sprintf(" (is it %q?)", near)
		}
	}
	return text
}

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
