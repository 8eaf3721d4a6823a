package report

import (
	"iter"

	"rentalsync/pipeline"
)

// A machine has moved when it is further away than receivers err.
const movedFrom = 0.2 // kilometres

// moved is what happened since the last whole snapshot.
func (v *view) moved() Sheet {
	return Sheet{
		Name: movedSheet, Table: "Moved",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Serial number", Width: 20}, {Title: "Model", Width: 16}, {Title: "Status", Width: 16}, {Title: "Customer", Width: 28},
			{Title: "Kilometres", Type: Decimal, Decimals: 1, Width: 12}, {Title: "From", Width: 24}, {Title: "To", Width: 24}, {Title: "Map", Width: 8},
			{Title: "Hours gained", Type: Decimal, Decimals: 1, Width: 14}, {Title: "Fuel used", Type: Decimal, Decimals: 1, Width: 12}, {Title: "Fuel unit", Width: 11},
			v.at("Located before"), v.at("Located"),
		},
		Rows: picked(v.Machines, v.movedRow),
	}
}

// movedRow is nil for a machine that stayed as it was.
func (v *view) movedRow(m *pipeline.MachineFacts) []Cell {
	hours, hasHours := pipeline.Gained(m.Was.Hours, m.Hours)
	fuel, hasFuel := pipeline.Gained(m.Was.Fuel, m.Fuel)
	way := m.Moved()
	if !m.Was.Known || way < movedFrom && hours < 0.05 {
		return nil
	}
	status, customer := v.who(m.Asset)
	before := ""
	if m.Was.Site != nil {
		before = m.Was.Site.Name
	}
	return []Cell{
		T(m.Key), T(m.Serial), T(m.Model), status, customer,
		filledIf(m.Was.Point.Known() && m.Point.Known(), R(way)), T(before), T(where(m)), mapOf(m.Point),
		filledIf(hasHours, R(hours)), filledIf(hasFuel, R(fuel)), T(m.Unit), At(m.Was.Point.At), At(m.Point.At),
	}
}

// who is an asset's status, and who has it.
func (v *view) who(asset *pipeline.FleetAsset) (status, customer Cell) {
	if asset == nil {
		return Cell{}, Cell{}
	}
	if item := asset.Rented(v.Snapshot.TakenAt); item != nil {
		customer = T(customerOf(item))
	}
	return T(asset.Status), customer
}

func filledIf(known bool, c Cell) Cell {
	if !known {
		return Cell{}
	}
	return c
}

// picked makes rows of those of a list that have one.
func picked[E any](list []E, row func(*E) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for i := range list {
			if cells := row(&list[i]); cells != nil && !yield(cells, nil) {
				return
			}
		}
	}
}
