package mappings

import "rentalsync/pipeline"

var _ pipeline.Chooser = (*Mapping)(nil)

// Choices lists, by column of a header, the codes that may stand there: those of the
// code table of the first field that reads the column.
func (m *Mapping) Choices(h *pipeline.Header) map[int][]string {
	bound, err := m.Bind(h)
	if err != nil {
		return nil
	}
	r := bound.(*mapper)
	choices := map[int][]string{}
	for i := range r.entities {
		for j := range r.entities[i].fields {
			plan := r.entities[i].fields[j].plan
			if plan.from != fromColumn || plan.codes == nil {
				continue
			}
			at := r.columns[plan.column].index
			if _, listed := choices[at]; at >= 0 && !listed {
				choices[at] = plan.codes.Keys()
			}
		}
	}
	return choices
}
