package iris

import (
	"strings"
)

// measure is a kind of quantity: the unit that it is told in, and what others are
// of it.
type measure struct {
	unit   string
	others map[string]float64 // by key; the unit's own spellings are 1
}

// Makers tell the same quantity in their own units; these are what ISO 15143-3
// tells them in.
var (
	distances = measure{"kilometre", spelled(map[string]float64{
		"kilometre kilometres kilometer kilometers km kms": 1, "mile miles mi statutemile statutemiles": 1.609344,
		"metre metres meter meters m": 0.001,
	})}
	heights = measure{"metre", spelled(map[string]float64{
		"metre metres meter meters m": 1, "foot feet ft": 0.3048, "kilometre kilometer km": 1000,
	})}
	volumes = measure{"litre", spelled(map[string]float64{
		"litre litres liter liters l ltr ltrs": 1, "millilitre milliliter ml": 0.001, "cubicmetre cubicmeter m3": 1000,
		"gallon gallons gal gals usgallon usgallons usgal galus gallonus gallonsus usliquidgallon":   3.785411784,
		"imperialgallon imperialgallons gallonimperial gallonimp impgal ukgallon ukgallons gallonuk": 4.54609,
	})}
	masses = measure{"kilogram", spelled(map[string]float64{
		"kilogram kilograms kilogramme kilogrammes kg kgs": 1, "pound pounds lb lbs": 0.45359237,
		"tonne tonnes metricton metrictons": 1000, "shortton shorttons uston ustons": 907.18474,
	})}
	durations = measure{"hour", spelled(map[string]float64{
		"hour hours h hr hrs": 1, "minute minutes min mins": 1. / 60, "second seconds sec secs s": 1. / 3600, "day days d": 24,
	})}
	speeds = measure{"kilometre per hour", spelled(map[string]float64{
		"kilometreperhour kilometresperhour kilometerperhour kilometersperhour kilometrehour kilometreshour kilometerhour kilometershour kmh kph kmph kmhr": 1,
		"mileperhour milesperhour milehour mileshour mph mih": 1.609344, "metrepersecond meterpersecond ms mps": 3.6,
	})}
)

// spelled gives every spelling of a unit its factor.
func spelled(units map[string]float64) map[string]float64 {
	each := map[string]float64{}
	for spellings, factor := range units {
		for s := range strings.FieldsSeq(spellings) {
			each[s] = factor
		}
	}
	return each
}

// withoutBrackets makes "gal (US)" another spelling of "gal US".
var withoutBrackets = strings.NewReplacer("(", "", ")", "")

// of finds what a unit is in this measure's own.
func (m *measure) of(unit string) (factor float64, known bool) {
	if m == nil {
		return 0, false
	}
	factor, known = m.others[keyOf(withoutBrackets.Replace(unit))]
	return factor, known
}
