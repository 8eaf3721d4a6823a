package mappings

import (
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var _ pipeline.CustomFieldTeller = (*Mapping)(nil)

// CustomFields lists the custom fields that the mapping gives values to, as it
// names them.
func (m *Mapping) CustomFields() []pipeline.CustomField {
	var fields []pipeline.CustomField
	for t, e := range m.entities() {
		for i := range e.fields {
			key, custom := strings.CutPrefix(string(e.fields[i].field), rental.ExtraPrefix)
			if !custom {
				continue
			}
			f := pipeline.CustomField{Kind: e.kind, Key: key, Mapping: m.name}
			if at := e.fields[i].column; at >= 0 && len(t.columns[at].headers) > 0 {
				f.Column = t.columns[at].headers[0]
			}
			fields = append(fields, f)
		}
	}
	return fields
}
