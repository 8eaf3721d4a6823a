package mappings

import (
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var _ pipeline.Chooser = (*Mapping)(nil)

// Choices lists, by column of a header, what may stand there: the codes of the code
// table of the first field that reads the column, or the depots where a field takes
// a depot's key as it stands.
func (m *Mapping) Choices(h *pipeline.Header, depots []string) map[int][]string {
	bound, err := m.Bind(h)
	if err != nil {
		return nil
	}
	r := bound.(*mapper)
	choices := map[int][]string{}
	for i := range r.entities {
		e := &r.entities[i]
		for j := range e.fields {
			plan := e.fields[j].plan
			if plan.from != fromColumn {
				continue
			}
			at := r.columns[plan.column].index
			if _, listed := choices[at]; at < 0 || listed {
				continue
			}
			if offered := r.offered(e, plan, depots); len(offered) > 0 {
				choices[at] = offered
			}
		}
	}
	return choices
}

// offered is what one field may be chosen from; nil where anything may stand.
func (r *mapper) offered(e *boundEntity, plan *fieldPlan, depots []string) []string {
	spec, _ := rental.SpecOf(e.plan.kind, plan.field)
	asItStands := len(plan.do.Steps) == 0 && len(r.columns[plan.column].plan.do.Steps) == 0
	switch {
	case plan.codes != nil:
		return plan.codes.Keys()
	case spec.Refers == rental.Depot && asItStands:
		return depots
	}
	return nil
}
