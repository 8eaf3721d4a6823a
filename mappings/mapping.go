package mappings

import (
	"cmp"
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
	d.Header = slices.Clone(d.Header)
	return d
}

// Stamped reports whether the content says when the file was made.
func (m *Mapping) Stamped() bool { return false }

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
	return slices.ContainsFunc(m.entities, func(e entityPlan) bool {
		return e.kind == kind && cmp.Or(e.scope, m.scope) != nil
	})
}

// scopedByRows reports whether the rows say for whom the file speaks.
func (m *Mapping) scopedByRows(kind rental.Kind) bool {
	return slices.ContainsFunc(m.entities, func(e entityPlan) bool {
		scope := cmp.Or(e.scope, m.scope)
		return e.kind == kind && scope != nil && scope.varies()
	})
}

// varies reports whether a field can have another value in another row.
func (p *fieldPlan) varies() bool {
	return p.column >= 0 || p.formula != nil && len(p.formula.Columns()) > 0
}

// Kinds lists the kinds the mapping gives, in working order.
func (m *Mapping) Kinds() []rental.Kind {
	kinds := make([]rental.Kind, len(m.entities))
	for i := range m.entities {
		kinds[i] = m.entities[i].kind
	}
	return kinds
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
	at, _ := date.In(m.zone.named(zone))
	return rental.OfTime(at)
}

// offClock is the time of day at which rentals end.
func (m *Mapping) offClock() clock {
	for i := range m.entities {
		for j := range m.entities[i].fields {
			if f := &m.entities[i].fields[j]; f.field == rental.OffRentDate && f.clock != nil {
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
