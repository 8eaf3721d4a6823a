package iris

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"rentalsync/pipeline"
)

// machine is an equipment as the pipeline takes it. A block that is not there, or
// has nothing in it, is nil; one that cannot be understood makes the machine a
// *pipeline.MachineError.
func (eq *Equipment) machine() (pipeline.Machine, error) {
	header, meta := eq.block(headerName), eq.meta()
	m := pipeline.Machine{
		OEMName:               header.get("oemname"),
		Model:                 header.get("model"),
		EquipmentID:           header.get("equipmentid"),
		SerialNumber:          header.get("serialnumber"),
		PIN:                   header.get("pin"),
		TelematicSerialNumber: meta.get("telematicserialnumber"),
		AssetID:               cmp.Or(meta.get("assetid"), meta.get("machineid")),
		ExternalReference:     meta.get("externalreferencenumber"),

		Location:       eq.location(),
		OperatingHours: eq.reading("CumulativeOperatingHours"),
		IdleHours:      eq.reading("CumulativeIdleHours"),
		Distance:       eq.reading("Distance"),
		FuelUsed:       eq.reading("FuelUsed"),
		FuelRemaining:  eq.reading("FuelRemaining"),
		DEFRemaining:   eq.reading("DEFRemaining"),
		EngineRunning:  eq.running(),
		Extended:       eq.extended(),
	}
	if len(eq.Faults) > 0 {
		return m, &pipeline.MachineError{SerialNumber: eq.identity(), Why: eq.why()}
	}
	return m, nil
}

// why is everything that is wrong with a machine, in one line.
func (eq *Equipment) why() string {
	each := make([]string, len(eq.Faults))
	for i, f := range eq.Faults {
		if each[i] = f.What; f.Value != "" {
			each[i] = f.String()
		}
	}
	return strings.Join(each, "; ")
}

func (eq *Equipment) location() *pipeline.Location {
	block := eq.block("Location")
	lat, hasLat := block.number("latitude")
	lon, hasLon := block.number("longitude")
	if !hasLat || !hasLon {
		return nil
	}
	l := &pipeline.Location{Latitude: lat, Longitude: lon, At: trueAt(block)}
	if unit := block.get("altitudeunits"); unit == "" || unit == heights.unit {
		if metres, told := block.number("altitude"); told {
			l.Altitude = &metres
		}
	}
	return l
}

// ownFields are the blocks that a machine has a field for.
var ownFields = map[string]bool{
	headerName: true, "Location": true, "CumulativeOperatingHours": true, "CumulativeIdleHours": true, "Distance": true,
	"FuelUsed": true, "FuelRemaining": true, "DEFRemaining": true, "EngineStatus": true, "Metadata": true,
}

// extended are the readings that a machine has no field for; nil when there are
// none.
func (eq *Equipment) extended() map[string]pipeline.Reading {
	var all map[string]pipeline.Reading
	for i := range eq.blocks {
		name := eq.blocks[i].name
		if name == "" || ownFields[name] {
			continue
		}
		if r := eq.reading(name); r != nil {
			if all == nil {
				all = map[string]pipeline.Reading{}
			}
			first, size := utf8.DecodeRuneInString(name)
			all[string(unicode.ToUpper(first))+name[size:]] = *r
		}
	}
	return all
}

// reading is the first number of a block, with its unit.
func (eq *Equipment) reading(name string) *pipeline.Reading {
	block := eq.block(name)
	if block == nil || block.kind == ofList {
		return nil
	}
	for i := range block.children {
		c := &block.children[i]
		n, told := block.number(c.key)
		if !told {
			continue
		}
		return &pipeline.Reading{Value: n, Unit: block.unitOf(c), At: trueAt(block)}
	}
	return nil
}

// unitOf is the unit of a number: the one that the block names, or the one that
// the number's own name is.
func (e *element) unitOf(c *element) string {
	switch c.key {
	case "hour", "percent":
		return c.key
	}
	for i := range e.children {
		if unit := &e.children[i]; strings.HasSuffix(unit.key, "units") || strings.HasSuffix(unit.key, "unit") {
			return unit.trimmed()
		}
	}
	return ""
}

func (eq *Equipment) running() *pipeline.Switch {
	block := eq.block("EngineStatus")
	running := block.child("running")
	if running == nil {
		return nil
	}
	return &pipeline.Switch{On: running.text == "true", At: trueAt(block)}
}
