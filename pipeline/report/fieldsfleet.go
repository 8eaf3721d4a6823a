package report

import (
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// A line of a snapshot is one machine.
type fleetLine = pipeline.FleetLine

func fleetFields() []fieldOf[fleetLine] {
	all := identity()
	for _, r := range readings {
		all = append(all, r.fields()...)
	}
	return append(append(all, position()...), registered()...)
}

// identity is by what a machine is known.
func identity() []fieldOf[fleetLine] {
	all := []fieldOf[fleetLine]{
		text("asset.key", "the ERP's own key of the machine; blank where IRIS holds no external reference of this flow", func(l *fleetLine) string { return l.AssetKey }),
		text("asset.reference", "the external reference that IRIS holds", func(l *fleetLine) string { return l.ExternalReference }),
		text("asset.id", "the machine's id in IRIS", func(l *fleetLine) string { return l.AssetID }),
		text("serialNumber", "the serial number", func(l *fleetLine) string { return l.SerialNumber }),
		text("pin", "the product identification number", func(l *fleetLine) string { return l.PIN }),
		text("oemName", "the maker", func(l *fleetLine) string { return l.OEMName }),
		text("model", "the model", func(l *fleetLine) string { return l.Model }),
		text("equipmentId", "the machine's name in IRIS", func(l *fleetLine) string { return l.EquipmentID }),
		text("telematicSerialNumber", "the serial number of the telematics unit", func(l *fleetLine) string { return l.TelematicSerialNumber }),
	}
	for i := range all {
		all[i].Reading = all[i].Name
	}
	return append(all, moment("snapshot.time", "when the snapshot was begun", func(l *fleetLine) Cell { return At(l.Snapshot.TakenAt) }))
}

// readingOf is one number that machines report.
type readingOf struct {
	name, about string
	units       bool // miles or kilometres, litres or gallons
	of          func(*fleetLine) *pipeline.Reading
}

var readings = []readingOf{
	{"operatingHours", "the hour meter", false, func(l *fleetLine) *pipeline.Reading { return l.OperatingHours }},
	{"idleHours", "the hours of it that the engine idled", false, func(l *fleetLine) *pipeline.Reading { return l.IdleHours }},
	{"distance", "the odometer", true, func(l *fleetLine) *pipeline.Reading { return l.Distance }},
	{"fuelUsed", "the fuel used in the machine's life", true, func(l *fleetLine) *pipeline.Reading { return l.FuelUsed }},
	{"fuelRemaining", "the fuel in the tank, in percent", false, func(l *fleetLine) *pipeline.Reading { return l.FuelRemaining }},
	{"defRemaining", "the diesel exhaust fluid in the tank, in percent", false, func(l *fleetLine) *pipeline.Reading { return l.DEFRemaining }},
}

// fields are the reading's value, its unit where there are several, and its time.
func (r readingOf) fields() []fieldOf[fleetLine] {
	part := func(get func(*pipeline.Reading) Cell) func(*fleetLine) Cell {
		return func(l *fleetLine) Cell {
			if reading := r.of(l); reading != nil {
				return get(reading)
			}
			return Cell{}
		}
	}
	all := []fieldOf[fleetLine]{
		number(r.name, r.about, part(func(reading *pipeline.Reading) Cell { return N(reading.Value) })),
		moment(r.name+".time", "when "+r.name+" was read", part(func(reading *pipeline.Reading) Cell { return At(reading.At) })),
	}
	if r.units {
		unit := fieldOf[fleetLine]{Field{Name: r.name + ".unit", About: "the unit of " + r.name}, part(func(reading *pipeline.Reading) Cell { return T(reading.Unit) })}
		all = append(all, unit)
	}
	for i := range all {
		all[i].Reading = r.name
	}
	return all
}

// position is where a machine is, and whether its engine runs.
func position() []fieldOf[fleetLine] {
	at := func(get func(*pipeline.Location) Cell) func(*fleetLine) Cell {
		return func(l *fleetLine) Cell {
			if l.Location != nil {
				return get(l.Location)
			}
			return Cell{}
		}
	}
	all := []fieldOf[fleetLine]{
		number("location.latitude", "degrees north", at(func(p *pipeline.Location) Cell { return N(p.Latitude) })),
		number("location.longitude", "degrees east", at(func(p *pipeline.Location) Cell { return N(p.Longitude) })),
		number("location.altitude", "metres above the sea", at(func(p *pipeline.Location) Cell {
			if p.Altitude == nil {
				return Cell{}
			}
			return N(*p.Altitude)
		})),
		moment("location.time", "when the machine was there", at(func(p *pipeline.Location) Cell { return At(p.At) })),
	}
	for i := range all {
		all[i].Reading = "location"
	}

	running := text("engineRunning", "whether the engine runs", func(l *fleetLine) string {
		switch {
		case l.EngineRunning == nil:
			return ""
		case l.EngineRunning.On:
			return "true"
		default:
			return "false"
		}
	})
	running.Values, running.Reading = []string{"true", "false"}, "engineRunning"
	since := moment("engineRunning.time", "when engineRunning was read", func(l *fleetLine) Cell {
		if l.EngineRunning == nil {
			return Cell{}
		}
		return At(l.EngineRunning.At)
	})
	since.Reading = "engineRunning"
	return append(all, running, since)
}

// registered is what the register holds of the machine: the ERP's own words.
func registered() []fieldOf[fleetLine] {
	var all []fieldOf[fleetLine]
	for _, spec := range rental.Specs(rental.Asset) {
		name := spec.Field
		if name == rental.AssetID {
			continue // the crosswalk's; asset.id is what IRIS says
		}
		f := fieldOf[fleetLine]{Field{Name: "asset." + string(name), About: spec.About + ", as the register holds it", Register: true}, func(l *fleetLine) Cell {
			if l.Asset == nil {
				return Cell{}
			}
			v, _ := l.Asset.Get(name)
			return valueCell(v)
		}}
		if spec.Type == rental.Number {
			f.Type = Decimal
		}
		if spec.Type == rental.Instant {
			f.Type = Moment
		}
		all = append(all, f)
	}
	return all
}
