package iris

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// asSent is where a block keeps what was turned into the standard's unit, as its
// maker told it.
const asSent = "asSent"

// block tells one block: its time first, then what the standard knows of it,
// then the rest.
func (t *teller) block(b *block, e *element) element {
	told := named(b.name)
	sent := named(asSent)
	known := map[string]*element{} // by the field's name
	var rest []element

	if e.trimmed() != "" && len(b.fields) > 0 {
		own := element{name: e.name, key: e.key, kind: e.kind, text: e.text}
		known[b.fields[0].name] = &own
	}
	elsewhere := len(b.fields) > 0 && b.fields[0].is == share && otherThanPercent(e)
	when := ""
	for i := range e.children {
		c := &e.children[i]
		f, implied := b.fieldOf(c, elsewhere)
		switch {
		case unspecified(e, c) || c.empty():
		case timeKeys[c.key] && b.name != headerName:
			when = t.when(c, b.name)
		case f == nil:
			keep(&rest, t.generic(c))
		default:
			if implied != "" {
				known[f.units] = &element{name: f.units, key: keyOf(f.units), text: implied}
			}
			c, before := preferred(f, known[f.name], c)
			if known[f.name] = c; before != nil && before.key != f.key {
				keep(&rest, t.generic(before))
			}
		}
	}
	for i := range b.fields {
		t.field(b, &b.fields[i], known, &told, &sent)
	}

	if when != "" {
		told.children = append([]element{value(timeName, ofText, when)}, told.children...)
	}
	told.children = append(told.children, rest...)
	if len(sent.children) > 0 {
		told.children = append(told.children, sent)
	}
	if b.name == "Location" {
		withoutNowhere(&told)
	}
	return told
}

// preferred is which of two elements is a field: the one with its own name.
func preferred(f *field, before, c *element) (is, other *element) {
	if before != nil && before.key == f.key && c.key != before.key {
		return before, c
	}
	return c, before
}

// withoutNowhere takes away the place where devices are that found none: 0, 0
// lies in the sea.
func withoutNowhere(location *element) {
	lat, hasLat := location.number("latitude")
	lon, hasLon := location.number("longitude")
	if !hasLat || !hasLon || lat != 0 || lon != 0 {
		return
	}
	location.children = slices.DeleteFunc(location.children, func(c element) bool {
		switch c.key {
		case "latitude", "longitude", "altitude", "altitudeunits", timeName:
			return true
		}
		return false
	})
}

// number is the number of a child that was told; false when there is none.
func (e *element) number(key string) (float64, bool) {
	c := e.child(key)
	if c == nil || c.kind != ofNumber {
		return 0, false
	}
	n, err := strconv.ParseFloat(c.text, 64)
	return n, err == nil
}

// fieldOf finds the field that an element is, and the unit that its name holds,
// as OdometerMiles does. Value is the first field, unless that was told.
func (b *block) fieldOf(c *element, told bool) (f *field, implied string) {
	if f = b.find(c.key); f != nil {
		return f, ""
	}
	if len(b.fields) == 0 {
		return nil, ""
	}
	first := &b.fields[0]
	switch _, known := first.measure.of(c.key); {
	case c.key == "value" && !told:
		return first, ""
	case unitKeys[c.key] && first.units != "":
		return b.find(keyOf(first.units)), ""
	case first.is == hours && known:
		return first, c.key
	}
	for i := range b.fields {
		f := &b.fields[i]
		if unit, found := strings.CutPrefix(c.key, f.key); found {
			if _, known := f.measure.of(unit); known {
				return f, unit
			}
		}
	}
	return nil, ""
}

// unitKeys are the names that makers have for the unit of the one value there is.
var unitKeys = map[string]bool{"unit": true, "units": true, "uom": true, "unitofmeasure": true}

// otherThanPercent reports whether an element says that its value is none, so
// that it is not the standard's.
func otherThanPercent(e *element) bool {
	for key := range unitKeys {
		if unit := keyOf(e.get(key)); unit != "" && unit != "percent" && unit != "%" && unit != "pct" && unit != "percentage" {
			return true
		}
	}
	return false
}

// field tells a field that the standard knows.
func (t *teller) field(b *block, f *field, known map[string]*element, told, sent *element) {
	c := known[f.name]
	if c == nil || f.is == unit && told.child(f.key) != nil {
		return
	}
	said, implied := scalar(c, f.measure)
	if blank(said) && f.is != words {
		return
	}
	path := b.name + "." + f.name

	switch f.is {
	case words:
		if said != "" {
			told.children = append(told.children, value(f.name, ofText, said))
		}
	case unit:
		if _, known := durations.of(said); known && b.fields[0].is == hours {
			return
		}
		told.children = append(told.children, value(f.name, ofText, said))
	case moment:
		t.moment(f, said, told)
	case truth:
		t.truth(f, path, said, told)
	default:
		t.number(f, path, said, unitOf(implied, known[f.units]), told, sent)
	}
}

// moment tells a time of the header, which is for people: one that cannot be
// read stays as it is.
func (t *teller) moment(f *field, said string, told *element) {
	when, err := parseTime(said)
	switch {
	case err != nil:
		told.children = append(told.children, value(f.name, ofText, said))
	case when.Year() > 1:
		told.children = append(told.children, value(f.name, ofText, when.Format(time.RFC3339Nano)))
	}
}

// unitOf is the unit that a number's own name holds, else the one beside it.
func unitOf(implied string, unit *element) string {
	if implied != "" || unit == nil {
		return implied
	}
	said, _ := scalar(unit, nil)
	return said
}

// scalar is the text of a value that may lie in something: a list of one, an
// object with a value, or an element named as its unit.
func scalar(c *element, m *measure) (said, unit string) {
	for range maxDepth {
		if said := c.trimmed(); said != "" || len(c.children) == 0 {
			return said, unit
		}
		inner := c.child("value")
		if inner == nil {
			inner = &c.children[0]
		}
		if _, known := m.of(inner.key); known {
			unit = inner.key
		}
		c = inner
	}
	return "", unit
}

// blank reports whether a text says that there is no value.
func blank(said string) bool {
	switch strings.ToLower(said) {
	case "", "null", "nil", "n/a":
		return true
	}
	return false
}

// number tells a number in the standard's unit, and keeps what was sent beside
// it where that is another.
func (t *teller) number(f *field, path, said, unit string, told, sent *element) {
	if f.is == share {
		said = strings.TrimSpace(strings.TrimSuffix(said, "%"))
	}
	n, err := parseDecimal(said)
	if f.is == hours {
		n, err = parseHours(said)
	}
	switch {
	case err != nil:
		t.fault(path, said, err.Error())
		return
	case f.floor && n < 0:
		t.fault(path, said, "it is below 0")
		return
	case f.is == share && (n < 0 || n > 100):
		t.fault(path, said, "it is not between 0 and 100")
		return
	case f.is == part && math.Abs(n) > limits[f.name]:
		t.fault(path, said, fmt.Sprintf("it is not on earth: %s goes from -%v to %v", strings.ToLower(f.name), limits[f.name], limits[f.name]))
		return
	}

	factor, known := f.measure.of(unit)
	if !known {
		factor = 1
	}
	told.children = append(told.children, value(f.name, ofNumber, literal(said, n, factor)))
	switch {
	case known && f.is == hours: // they always are
	case known:
		told.children = append(told.children, value(f.units, ofText, f.measure.unit))
	case unit != "":
		told.children = append(told.children, value(f.units, ofText, unit))
	}
	switch {
	case factor != 1:
		sent.children = append(sent.children, value(f.name, ofNumber, literal(said, n, 1)), value(f.units, ofText, unit))
	case strings.HasPrefix(said, "P"):
		sent.children = append(sent.children, value(f.name, ofText, said))
	}
}

// limits are how far the earth goes.
var limits = map[string]float64{"Latitude": 90, "Longitude": 180}

// rounded takes away what arithmetic adds to a decimal number.
func rounded(n float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		return n
	}
	return short
}

// literal is a number as JSON writes it: in the digits that were sent, where it
// is that number and they can be.
func literal(said string, n, factor float64) string {
	if factor == 1 && jsonNumber(said) {
		return said
	}
	return strconv.FormatFloat(rounded(n*factor), 'f', -1, 64)
}

// jsonNumber reports whether a text is a number as JSON writes it.
func jsonNumber(said string) bool { return numberOfJSON.MatchString(said) }

var numberOfJSON = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

func (t *teller) truth(f *field, path, said string, told *element) {
	switch strings.ToLower(said) {
	case "true", "1", "on", "yes", "running":
		told.children = append(told.children, value(f.name, ofFlag, "true"))
	case "false", "0", "off", "no", "stopped", "notrunning", "not running":
		told.children = append(told.children, value(f.name, ofFlag, "false"))
	default:
		t.fault(path, said, "it is neither true nor false")
	}
}

// when tells the time of a block in UTC; "" when there is none.
func (t *teller) when(c *element, of string) string { return t.time(c, of+"."+timeName) }

func (t *teller) time(c *element, path string) string {
	said, _ := scalar(c, nil)
	if blank(said) {
		return ""
	}
	when, err := parseTime(said)
	if err != nil {
		t.fault(path, said, "it is no date and time")
		return ""
	}
	if when.Year() <= 1 {
		return "" // what .NET writes for no time at all
	}
	return when.Format(time.RFC3339Nano)
}

// generic tells what the standard does not know: under its own name, numbers as
// numbers, and times in UTC.
func (t *teller) generic(c *element) element {
	told := element{name: c.name, key: c.key, kind: c.kind}
	for i := range c.children {
		in := &c.children[i]
		if unspecified(c, in) || in.empty() {
			continue
		}
		if one := t.generic(in); c.kind == ofList {
			told.children = append(told.children, one)
		} else {
			keep(&told.children, one)
		}
	}
	if len(c.children) == 0 || c.trimmed() != "" {
		told.kind, told.text = t.guess(c)
	}
	if len(told.children) > 0 && told.text != "" {
		own := value("value", told.kind, told.text)
		told.kind, told.text = ofXML, ""
		told.children = append(told.children, own)
	}
	if timeKeys[told.key] {
		told.name, told.key = timeName, timeName
	}
	return told
}

// guess finds what kind of value an unknown text is. Texts of XML that look like
// numbers are numbers, unless their name says that they name something.
func (t *teller) guess(c *element) (kind, string) {
	said := c.trimmed()
	if timeKeys[c.key] || strings.HasSuffix(c.key, "time") {
		if when, err := parseTime(said); err == nil {
			return ofText, when.Format(time.RFC3339Nano)
		}
	}
	switch {
	case c.kind == ofFlag:
		return ofFlag, said
	case nameLike(c.key):
		return ofText, said
	case c.kind == ofNumber && jsonNumber(said):
		return ofNumber, said
	case c.kind != ofXML:
		return ofText, said
	case jsonNumber(said):
		return ofNumber, said
	case said == "true" || said == "false":
		return ofFlag, said
	}
	return ofText, said
}

// nameLike reports whether what goes by a key names something, so that its
// digits are no number.
func nameLike(key string) bool {
	for _, end := range []string{"id", "number", "identifier", "code", "serial", "pin", "vin", "name", "version", "no", "source", "imei", "phone"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}
