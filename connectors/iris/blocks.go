package iris

import "strings"

// block is a block of data of ISO 15143-3: the names it goes by, and its fields,
// the first of which is the one that a block without any stands for.
type block struct {
	name   string
	also   string // keys; older editions of the standard, and makers, have other names
	fields []field
	many   bool // may be there several times and none replaces another
}

// field is one value of a block.
type field struct {
	name    string
	key     string // of the name
	also    string // keys
	is      sort
	floor   bool // cannot be below 0
	measure *measure
	units   string // the field that names its unit
	flat    string // keys that mean it also beside the blocks
}

// sort is what a field's value is.
type sort int

const (
	words sort = iota
	amount
	hours
	share // percent
	truth
	moment
	unit // of another field
	part // latitude or longitude
)

func hourly(name, also string) block {
	return block{name: name, also: also, fields: []field{
		{name: "Hour", also: "hours", is: hours, floor: true, measure: &durations, units: "HourUnits"},
		{name: "HourUnits", also: "hourunit", is: unit},
	}}
}

func measured(name, also string, f field, unitsAlso string) block {
	f.is, f.floor = amount, true
	return block{name: name, also: also, fields: []field{f, {name: f.units, also: unitsAlso, is: unit, flat: keyOf(f.units)}}}
}

func tank(name, also, what, flat string) block {
	return block{name: name, also: also, fields: []field{
		{name: "Percent", also: "percentage", is: share, flat: flat},
		{name: what + "TankCapacity", is: amount, floor: true, measure: &volumes, units: what + "TankCapacityUnits"},
		{name: what + "TankCapacityUnits", also: keyOf(what) + "tankcapacityunit", is: unit},
	}}
}

const headerName = "EquipmentHeader"

// headerBlock says which machine it is.
var headerBlock = block{name: headerName, also: "header", fields: []field{
	{name: "UnitInstallDateTime", is: moment},
	{name: "OEMName", also: "oem make manufacturer"},
	{name: "Model", flat: "model"},
	{name: "EquipmentID", also: "unitname"},
	{name: "SerialNumber", also: "serial serialno"},
	{name: "PIN", also: "vin oemisoidentifier"},
}}

// isoBlocks are the blocks of ISO 15143-3 in the order they are told.
var isoBlocks = []block{
	headerBlock,
	{name: "Location", also: "locations lastknownlocation lastlocation", fields: []field{
		{name: "Latitude", also: "lat", is: part, flat: "latitude lat"},
		{name: "Longitude", also: "lon lng long", is: part, flat: "longitude lon lng"},
		{name: "Altitude", also: "alt elevation", is: amount, measure: &heights, units: "AltitudeUnits", flat: "altitude"},
		{name: "AltitudeUnits", also: "altitudeunit", is: unit, flat: "altitudeunits"},
	}},
	hourly("CumulativeOperatingHours", "operatinghours"),
	hourly("CumulativeIdleHours", "idlehours"),
	hourly("CumulativeIdleNonOperatingHours", "idlenonoperatinghours"),
	hourly("CumulativeNonProductiveIdleHours", "nonproductiveidlehours"),
	hourly("CumulativePowerTakeOffHours", "powertakeoffhours"),
	hourly("CumulativeActiveRegenerationHours", "activeregenerationhours"),
	measured("Distance", "cumulativedistance", field{name: "Odometer", also: "distance", measure: &distances, units: "OdometerUnits", flat: "odometer"}, "odometerunit distanceunits distanceunit"),
	{name: "EngineStatus", also: "enginecondition", fields: []field{
		{name: "Running", also: "enginerunning isrunning", is: truth, flat: "enginerunning"},
		{name: "EngineNumber"},
	}},
	measured("FuelUsed", "cumulativefuelused", field{name: "FuelConsumed", also: "consumed", measure: &volumes, units: "FuelUnits", flat: "fuelconsumed"}, "fuelunit"),
	{name: "FuelUsedLast24", also: "fuelusedinthepreceding24hours fuelusedlast24hours fuelusedlast24h", fields: []field{
		{name: "FuelConsumed", also: "consumed", is: amount, floor: true, measure: &volumes, units: "FuelUnits"},
		{name: "FuelUnits", also: "fuelunit", is: unit},
	}},
	tank("FuelRemaining", "fuelremainingratio", "Fuel", "fuelremainingpercent fuelpercent"),
	tank("DEFRemaining", "defremainingratio", "DEF", "defremainingpercent defpercent"),
	{name: "AverageLoadFactorLast24", also: "averageloadfactorlast24hours", fields: []field{{name: "Percent", also: "loadfactor", is: amount}}},
	{name: "AverageDailyLoadFactorLast24", also: "averagedailyengineloadfactors averagedailyengineloadfactor", fields: []field{{name: "Percent", also: "loadfactor", is: amount}}},
	measured("MaximumSpeedLast24", "peakdailyspeed maximumspeedlast24hours", field{name: "Speed", also: "speedvalue", measure: &speeds, units: "SpeedUnits"}, "speedunit"),
	{name: "CumulativeLoadCount", also: "loadcount", fields: []field{{name: "Count", also: "loadcount", is: amount, floor: true}}},
	measured("CumulativePayloadTotals", "cumulativepayloadtotal", field{name: "Payload", also: "weight", measure: &masses, units: "PayloadUnits", flat: "payload"}, "weightunit weightunits weightuom payloadunit"),
	{name: "FaultCode", also: "faultcodes faults fault", many: true},
	{name: "CautionCode", also: "cautioncodes", many: true},
	{name: "DigitalInput", also: "digitalinputs", many: true},
	{name: "SwitchStatus", also: "switchstatuses", many: true},
}

// place is where a key belongs.
type place struct {
	block *block
	field string // "" is the block itself
}

// places finds the block of a key, or of a field that stands beside the blocks.
var places = indexed(isoBlocks)

func indexed(blocks []block) map[string]place {
	all := map[string]place{}
	put := func(key string, p place) {
		if _, taken := all[key]; !taken {
			all[key] = p
		}
	}
	for i := range blocks {
		b := &blocks[i]
		for j := range b.fields {
			b.fields[j].key = keyOf(b.fields[j].name)
		}
		for _, key := range keys(b.name, b.also) {
			put(key, place{block: b})
		}
	}
	for i := range blocks {
		b := &blocks[i]
		for _, f := range b.fields {
			flat := strings.Fields(f.flat)
			if b.name == headerName {
				flat = keys(f.name, f.also)
			}
			for _, key := range flat {
				put(key, place{b, f.name})
			}
		}
		for _, key := range keys(b.name, b.also) {
			for _, f := range b.fields {
				put(key+keyOf(f.name), place{b, f.name})
			}
			for _, f := range b.fields[:min(1, len(b.fields))] {
				if f.units != "" {
					put(key+"units", place{b, f.units})
					put(key+"unit", place{b, f.units})
				}
			}
			for when := range timeKeys {
				put(key+when, place{b, timeName})
			}
		}
	}
	return all
}

// keys are those of a name and of the others beside it.
func keys(name, also string) []string {
	return append([]string{keyOf(name)}, strings.Fields(also)...)
}

// find returns the field that goes by a key.
func (b *block) find(key string) *field {
	for i := range b.fields {
		f := &b.fields[i]
		if f.key == key || hasWord(f.also, key) {
			return f
		}
	}
	return nil
}

func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// timeName is what the time of a block is told as.
const timeName = "datetime"

// timeKeys are the names that makers have for it.
var timeKeys = map[string]bool{
	"datetime": true, "timestamp": true, "datetimeutc": true, "datetimestamp": true, "isodatetime": true,
	"readingutc": true, "readingdatetime": true, "telemetrydate": true, "reporttime": true,
}
