package report

import (
	"rentalsync/pipeline"
)

// History is what one snapshot adds to the history of a fleet: one line a machine.
// Its columns are a promise to whoever reads the file; new ones come last.
func History(a *pipeline.Analysis) Sheet {
	return Sheet{
		Name: "History",
		Columns: []Column{
			{Title: "Time", Type: Moment}, {Title: "AssetKey"}, {Title: "SerialNumber"}, {Title: "OperatingHours", Type: Decimal}, {Title: "OperatingHoursTime", Type: Moment},
			{Title: "IdleHours", Type: Decimal}, {Title: "FuelUsed", Type: Decimal}, {Title: "FuelUsedUnit"},
			{Title: "Latitude", Type: Decimal, Decimals: 5}, {Title: "Longitude", Type: Decimal, Decimals: 5}, {Title: "Status"}, {Title: "Model"},
		},
		Rows: picked(a.Machines, func(m *pipeline.MachineFacts) []Cell {
			status := ""
			if m.Asset != nil {
				status = m.Asset.Status
			}
			return []Cell{
				At(a.Snapshot.TakenAt), T(m.Key), T(m.Serial), metered(m.Hours), At(m.Hours.At), metered(m.Idle), metered(m.Fuel), T(m.Unit),
				filledIf(m.Point.Known(), N(m.Point.Latitude)), filledIf(m.Point.Known(), N(m.Point.Longitude)), T(status), T(m.Model),
			}
		}),
	}
}

func metered(m pipeline.Meter) Cell { return filledIf(m.Known(), N(m.Value)) }
