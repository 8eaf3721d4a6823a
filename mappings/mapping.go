package mappings

import (
	"slices"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// Name is how flows, reports and the register call the mapping.
func (m *Mapping) Name() string { return m.name }

// Describes says for people what the file is.
func (m *Mapping) Describes() string { return m.describes }

// File names the mapping's YAML file.
func (m *Mapping) File() string { return m.file }

// Version is a digest of what the mapping says; comments do not change it.
func (m *Mapping) Version() string { return m.version }

// Match reads a file's name.
func (m *Mapping) Match(name string) (pipeline.Stamp, bool) { return m.pattern.match(name) }

// Dialect says how to read the file.
func (m *Mapping) Dialect() pipeline.Dialect {
	d := m.dialect
	d.Header = slices.Clone(d.Header)
	return d
}

// Claim says what absence of a kind means.
func (m *Mapping) Claim(kind rental.Kind) pipeline.Claim {
	if int(kind) >= len(m.claims) {
		return pipeline.Changes
	}
	return m.claims[kind]
}

// Scoped reports whether claims are limited to what rows name as their scope.
func (m *Mapping) Scoped() bool {
	return m.scope != nil || slices.ContainsFunc(m.entities, func(e entityPlan) bool { return e.scope != nil })
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
	at, err := time.ParseInLocation(time.DateOnly, day, m.zone.named(zone))
	if err != nil {
		return rental.Nothing()
	}
	clock := m.offClock()
	return rental.OfTime(time.Date(at.Year(), at.Month(), at.Day(), clock.hour, clock.minute, clock.second, 0, at.Location()))
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
	for _, loc := range z.of {
		if loc.String() == name {
			return loc
		}
	}
	switch {
	case z.all != nil:
		return z.all
	case z.fallback != nil:
		return z.fallback
	default:
		return time.UTC
	}
}
