package report

import (
	"slices"

	"rentalsync/pipeline"
)

// stale is which machines nothing was heard of, the longest first.
func (v *view) stale() Sheet {
	return Sheet{
		Name: staleSheet, Table: "Stale",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Serial number", Width: 20}, {Title: "Model", Width: 16}, {Title: "Status", Width: 16},
			{Title: "Contract", Width: 16}, {Title: "Customer", Width: 28}, {Title: "Home depot", Width: 20},
			{Title: "Days without contact", Type: Integer, Width: 21}, v.at("Last contact"), {Title: "Last place", Width: 24}, {Title: "Map", Width: 8},
		},
		Rows: picked(v.silent(), func(m **pipeline.MachineFacts) []Cell {
			facts := *m
			erp := v.rental(facts)
			return []Cell{
				T(facts.Key), T(facts.Serial), T(facts.Model), erp[0], erp[1], erp[2], erp[4],
				v.silence(facts.Contact).In(Notable), At(facts.Contact), T(where(facts)), mapOf(facts.Point),
			}
		}),
	}
}

// silent are the machines without contact, those that never had any first.
func (v *view) silent() []*pipeline.MachineFacts {
	var list []*pipeline.MachineFacts
	for i := range v.Machines {
		if v.Snapshot.TakenAt.Sub(v.Machines[i].Contact) >= v.Tolerances.StaleAfter {
			list = append(list, &v.Machines[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *pipeline.MachineFacts) int { return a.Contact.Compare(b.Contact) })
	return list
}
