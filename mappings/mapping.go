package mappings

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// Name is how flows, reports and the register call the mapping.
func (m *Mapping) Name() string { return m.name }

// Describes says for people what the file is.
func (m *Mapping) Describes() string { return m.describes }

// File names the mapping's YAML file.
func (m *Mapping) File() string { return m.file }

// Version is a digest of what the mapping says; comments do not change it.
func (m *Mapping) Version() string { return m.version }

// Match reads a file's name, by the first pattern that fits it.
func (m *Mapping) Match(name string) (pipeline.Stamp, bool) {
	for _, p := range m.patterns {
		if stamp, fits := p.match(name); fits {
			return stamp, true
		}
	}
	return pipeline.Stamp{}, false
}

// Dialect says how to read the file.
func (m *Mapping) Dialect() pipeline.Dialect {
	d := m.dialect
	d.Header, d.Find, d.Columns = slices.Clone(d.Header), slices.Clone(d.Find), slices.Clone(d.Columns)
	d.Parts, d.Asks = slices.Clone(d.Parts), slices.Clone(d.Asks)
	return d
}

// Claim says what absence of a kind means.
func (m *Mapping) Claim(kind rental.Kind) pipeline.Claim {
	if int(kind) >= len(m.claims) {
		return pipeline.Changes
	}
	return m.claims[kind]
}

// Scoped reports whether what absence says of a kind is limited to scopes: those
// that the rows name, or one that is the same for the whole file.
func (m *Mapping) Scoped(kind rental.Kind) bool {
	for t, e := range m.entities() {
		if e.kind == kind && cmp.Or(e.scope, t.scope) != nil {
			return true
		}
	}
	return false
}

// scopedByRows reports whether the rows say for whom the file speaks.
func (m *Mapping) scopedByRows(kind rental.Kind) bool {
	for t, e := range m.entities() {
		if scope := cmp.Or(e.scope, t.scope); e.kind == kind && scope != nil && scope.varies() {
			return true
		}
	}
	return false
}

// entities goes through what the mapping says of the kinds, part by part.
func (m *Mapping) entities() iter.Seq2[*tablePlan, *entityPlan] {
	return func(yield func(*tablePlan, *entityPlan) bool) {
		for _, t := range m.tables {
			for i := range t.entities {
				if !yield(t, &t.entities[i]) {
					return
				}
			}
		}
	}
}

// varies reports whether a field can have another value in another row.
func (p *fieldPlan) varies() bool {
	return p.column >= 0 || p.formula != nil && len(p.formula.Columns()) > 0
}

// Kinds lists the kinds the mapping gives, in working order.
func (m *Mapping) Kinds() []rental.Kind {
	given := map[rental.Kind]bool{}
	for _, e := range m.entities() {
		given[e.kind] = true
	}
	return slices.DeleteFunc(rental.Kinds(), func(kind rental.Kind) bool { return !given[kind] })
}

// Prefer orders the statuses that settle two rows about one asset.
func (m *Mapping) Prefer() []string { return slices.Clone(m.prefer) }

// End is the instant at which a rental ends that ended on a day, of which no row
// tells the time.
func (m *Mapping) End(day, zone string) rental.Value {
	date, err := transforms.ISODate(day)
	if err != nil {
		return rental.Nothing()
	}
	clock := m.offClock()
	date.Hour, date.Minute, date.Second, date.HasTime = clock.hour, clock.minute, clock.second, true
	at, _ := date.In(m.zone().named(zone))
	return rental.OfTime(at)
}

// zone is how the zones of rows are found, which is said for the whole file.
func (m *Mapping) zone() *zonePlan {
	for t := range m.entities() {
		return &t.zone
	}
	return &zonePlan{}
}

// offClock is the time of day at which rentals end.
func (m *Mapping) offClock() clock {
	for _, e := range m.entities() {
		for i := range e.fields {
			if f := &e.fields[i]; f.field == rental.OffRentDate && f.clock != nil {
				return *f.clock
			}
		}
	}
	return clock{23, 59, 59}
}

// named is the zone of a name, or the one that all rows share.
func (z *zonePlan) named(name string) *time.Location {
	shared := cmp.Or(z.all, z.fallback)
	for _, loc := range z.of {
		if loc.String() == name {
			return loc
		}
		if shared == nil && !z.several() {
			shared = loc
		}
	}
	return cmp.Or(shared, time.UTC)
}
