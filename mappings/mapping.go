package mappings

import (
	"slices"

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

// Claim says what absence of a kind means. Of a file that speaks for one scope
// alone nothing is concluded yet.
func (m *Mapping) Claim(kind rental.Kind) pipeline.Claim {
	if int(kind) >= len(m.claims) || m.scoped() != nil {
		return pipeline.Changes
	}
	return m.claims[kind]
}

// scoped is where the mapping limits its claims; nil when it does not.
func (m *Mapping) scoped() *Place {
	if m.scope != nil {
		return &m.scope.Place
	}
	for i := range m.entities {
		if m.entities[i].scope != nil {
			return &m.entities[i].scope.Place
		}
	}
	return nil
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
