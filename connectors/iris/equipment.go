package iris

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// machine understands one Equipment of the export. A block that is not there,
// or has nothing in it, is nil; one that cannot be understood makes the machine
// a *pipeline.MachineError.
func machine(e *element) (pipeline.Machine, error) {
	header, meta := e.child("EquipmentHeader"), e.child("Metadata")
	m := pipeline.Machine{
		OEMName:               header.get("OEMName"),
		Model:                 header.get("Model"),
		EquipmentID:           header.get("EquipmentID"),
		SerialNumber:          header.get("SerialNumber"),
		PIN:                   header.get("PIN"),
		TelematicSerialNumber: meta.get("TelematicSerialNumber"),
		AssetID:               cmp.Or(meta.get("AssetId"), meta.get("MachineId")),
		ExternalReference:     meta.get("ExternalReferenceNumber"),
	}

	in := blocks{equipment: e}
	in.expect(header != nil, "it has no EquipmentHeader")
	in.expect(header == nil || identity(&m) != "", "it has no serial number, no PIN and no other id")
	m.Location = in.location()
	m.OperatingHours = in.hours("CumulativeOperatingHours")
	m.IdleHours = in.hours("CumulativeIdleHours")
	m.Distance = in.amount("Distance", "Odometer", "OdometerUnits")
	m.FuelUsed = in.amount("FuelUsed", "FuelConsumed", "FuelUnits")
	m.FuelRemaining = in.percent("FuelRemaining")
	m.DEFRemaining = in.percent("DEFRemaining")
	m.EngineRunning = in.engine()

	if len(in.faults) > 0 {
		return m, &pipeline.MachineError{SerialNumber: identity(&m), Why: strings.Join(in.faults, "; ")}
	}
	return m, nil
}

// identity is what people will find the machine by.
func identity(m *pipeline.Machine) string {
	return cmp.Or(m.SerialNumber, m.PIN, m.EquipmentID, m.TelematicSerialNumber, m.AssetID)
}

// blocks reads the data blocks of one machine and gathers every fault.
type blocks struct {
	equipment *element
	faults    []string
}

func (b *blocks) expect(ok bool, why string) {
	if !ok {
		b.faults = append(b.faults, why)
	}
}

func (b *blocks) fault(format string, args ...any) {
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

func (b *blocks) location() *pipeline.Location {
	block := b.equipment.child("Location")
	lat, hasLat := b.decimal(block, "Latitude")
	lon, hasLon := b.decimal(block, "Longitude")
	if !hasLat || !hasLon {
		return nil
	}
	if math.Abs(lat) > 90 || math.Abs(lon) > 180 {
		b.fault("Location %v, %v is not on earth", lat, lon)
	}
	return &pipeline.Location{Latitude: lat, Longitude: lon, Altitude: b.altitude(block), At: b.time(block)}
}

// metresInFoot turns the one other unit that ISO knows for altitudes.
const metresInFoot = 0.3048

func (b *blocks) altitude(block *element) *float64 {
	metres, ok := b.decimal(block, "Altitude")
	if !ok {
		return nil
	}
	switch unit := block.get("AltitudeUnits"); strings.ToLower(unit) {
	case "", "metre", "meter", "m":
	case "foot", "feet", "ft":
		metres *= metresInFoot
	default:
		b.fault("Location.AltitudeUnits %q is not known", unit)
	}
	return &metres
}

// hours reads a block of Hour: a decimal number at Trackunit, a duration such
// as PT1873H15M at some other makers.
func (b *blocks) hours(name string) *pipeline.Reading {
	block := b.equipment.child(name)
	text := block.get("Hour")
	if text == "" {
		return nil
	}
	hours, err := parseHours(text)
	if err != nil {
		b.fault("%s.Hour %v", name, err)
	}
	return &pipeline.Reading{Value: hours, Unit: "hour", At: b.time(block)}
}

func (b *blocks) amount(name, value, unit string) *pipeline.Reading {
	block := b.equipment.child(name)
	n, ok := b.decimal(block, value)
	if !ok {
		return nil
	}
	return &pipeline.Reading{Value: n, Unit: block.get(unit), At: b.time(block)}
}

func (b *blocks) percent(name string) *pipeline.Reading {
	block := b.equipment.child(name)
	n, ok := b.decimal(block, "Percent")
	if !ok {
		return nil
	}
	return &pipeline.Reading{Value: n, Unit: "percent", At: b.time(block)}
}

func (b *blocks) engine() *pipeline.Switch {
	block := b.equipment.child("EngineStatus")
	text := block.get("Running")
	if text == "" {
		return nil
	}
	on, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		b.fault("EngineStatus.Running %q is neither true nor false", text)
	}
	return &pipeline.Switch{On: on, At: b.time(block)}
}

// decimal reads a number; false when there is none.
func (b *blocks) decimal(block *element, name string) (float64, bool) {
	text := block.get(name)
	if text == "" {
		return 0, false
	}
	n, err := parseDecimal(text)
	if err != nil {
		b.fault("%s.%s %v", block.name, name, err)
	}
	return n, true
}

// time reads when a block was true: the attribute datetime, however it is
// spelled. Without one the time is zero, which is not known.
func (b *blocks) time(block *element) time.Time {
	text := block.get("datetime")
	if text == "" {
		return time.Time{}
	}
	at, err := parseTime(text)
	if err != nil {
		b.fault("%s.datetime %q is no date and time", block.name, text)
	}
	return at
}

// parseTime reads ISO 8601 as machines write it; without a zone it is UTC.
func parseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err == nil {
		return at.UTC(), nil
	}
	return time.Parse("2006-01-02T15:04:05.999999999", text)
}

// parseDecimal reads a number as XML and JSON write it, and nothing that is
// only a number to Go.
func parseDecimal(text string) (float64, error) {
	if strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, fmt.Errorf("%q is no number", text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return n, nil
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// parseHours reads a number of hours, or a duration of days, hours, minutes and
// seconds. Months and years have no number of hours.
func parseHours(text string) (float64, error) {
	if !strings.HasPrefix(text, "P") {
		return parseDecimal(text)
	}
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil || strings.HasSuffix(text, "P") || strings.HasSuffix(text, "T") {
		return 0, fmt.Errorf("%q is no duration of days, hours, minutes and seconds", text)
	}
	hours := 0.0
	for i, unit := range []float64{24, 1, 1. / 60, 1. / 3600} {
		if parts[i+1] == "" {
			continue
		}
		n, err := parseDecimal(parts[i+1])
		if err != nil {
			return 0, err
		}
		hours += n * unit
	}
	return hours, nil
}
