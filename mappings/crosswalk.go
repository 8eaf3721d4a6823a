package mappings

import "slices"

// crosswalks are the mappings that every flow has.
var crosswalks = []string{"crosswalk.yaml", "crosswalk-comma.yaml", "crosswalk-workbook.yaml"}

// Crosswalk gives the mappings of the files in which people keep who is who.
// They stand behind a flow's own mappings, so that one of these which matches
// such a file takes it; a mapping of the flow that bears the name of one of them
// replaces it.
func Crosswalk(own []*Mapping) ([]*Mapping, Faults) {
	var all []*Mapping
	var faults Faults
	for _, file := range crosswalks {
		text, err := FS.ReadFile(file)
		if err != nil {
			return nil, append(faults, Fault{File: file, What: err.Error()})
		}
		m, found := Parse(file, text, Options{ReadFile: FS.ReadFile})
		faults = append(faults, found.Broken()...)
		if m != nil && !slices.ContainsFunc(own, func(o *Mapping) bool { return o.name == m.name }) {
			all = append(all, m)
		}
	}
	return all, faults
}
