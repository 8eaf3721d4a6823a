package report

import (
	"iter"
	"time"

	"rentalsync/pipeline"
)

// OfFleet is the workbook of a snapshot: one line a machine, times as real dates
// in the zone that the header names. What a machine does not report is blank, and
// so is the ERP number of one that is another's.
func OfFleet(machines iter.Seq2[pipeline.Machine, error], zone *time.Location) Book {
	if zone == nil {
		zone = time.UTC
	}
	at := func(what string) Column {
		return Column{Title: what + " (" + zone.String() + ")", Type: Moment, Width: 24}
	}
	return Book{Zone: zone, Sheets: []Sheet{{
		Name: "Fleet",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Serial number", Width: 20}, {Title: "PIN", Width: 20},
			{Title: "Maker", Width: 18}, {Title: "Model", Width: 14}, {Title: "Name", Width: 22},
			{Title: "Latitude", Type: Decimal, Decimals: 5, Width: 11}, {Title: "Longitude", Type: Decimal, Decimals: 5, Width: 11}, at("Located"),
			{Title: "Operating hours", Type: Decimal, Width: 15}, at("Hours read"), {Title: "Idle hours", Type: Decimal, Width: 12},
			{Title: "Fuel used", Type: Decimal, Width: 12}, {Title: "Fuel unit", Width: 10}, {Title: "Fuel left %", Type: Decimal, Decimals: 1, Width: 11},
			{Title: "Distance", Type: Decimal, Width: 12}, {Title: "Distance unit", Width: 13}, at("Distance read"),
			{Title: "Engine", Width: 9},
		},
		Rows: mapped(machines, machineRow),
	}}}
}

func machineRow(m pipeline.Machine) []Cell {
	latitude, longitude, located := Cell{}, Cell{}, Cell{}
	if m.Location != nil {
		latitude, longitude, located = N(m.Location.Latitude), N(m.Location.Longitude), At(m.Location.At)
	}
	hours, _, read := reading(m.OperatingHours)
	idle, _, _ := reading(m.IdleHours)
	fuel, fuelUnit, _ := reading(m.FuelUsed)
	left, _, _ := reading(m.FuelRemaining)
	distance, distanceUnit, moved := reading(m.Distance)
	return []Cell{
		T(m.AssetKey), T(m.SerialNumber), T(m.PIN), T(m.OEMName), T(m.Model), T(m.EquipmentID),
		latitude, longitude, located, hours, read, idle, fuel, fuelUnit, left, distance, distanceUnit, moved, T(engine(m.EngineRunning)),
	}
}

func reading(r *pipeline.Reading) (value, unit, at Cell) {
	if r == nil {
		return Cell{}, Cell{}, Cell{}
	}
	return N(r.Value), T(r.Unit), At(r.At)
}

func engine(s *pipeline.Switch) string {
	switch {
	case s == nil:
		return ""
	case s.On:
		return "running"
	default:
		return "off"
	}
}
