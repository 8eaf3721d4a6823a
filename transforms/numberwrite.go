package transforms

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Rounded is a number rounded to so many places behind its mark, as the count of
// its smallest units: 12.35 with two places is 1235. Halves go away from zero, by
// the digits that people see: 1.005 with two places is 1.01.
type Rounded struct {
	Places   int
	Digits   string // at least one more than Places
	Negative bool
}

// Round rounds a number; false where it is none.
func Round(n float64, places int) (Rounded, bool) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return Rounded{}, false
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(n), 'f', -1, 64), ".")
	fraction += strings.Repeat("0", max(0, places+1-len(fraction)))

	digits := []byte(whole + fraction[:places])
	if fraction[places] >= '5' {
		digits = oneMore(digits)
	}
	r := Rounded{Places: places, Digits: string(digits)}
	r.Negative = n < 0 && strings.Trim(r.Digits, "0") != ""
	return r, true
}

// oneMore adds one to a number in digits.
func oneMore(digits []byte) []byte {
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] != '9' {
			digits[i]++
			return digits
		}
		digits[i] = '0'
	}
	return append([]byte{'1'}, digits...)
}

// To is the number with more or fewer places.
func (r Rounded) To(places int) Rounded {
	if more := places - r.Places; more >= 0 {
		return Rounded{Places: places, Digits: r.Digits + strings.Repeat("0", more), Negative: r.Negative}
	}
	cut := len(r.Digits) - (r.Places - places)
	digits := []byte(r.Digits[:cut])
	if r.Digits[cut] >= '5' {
		digits = oneMore(digits)
	}
	to := Rounded{Places: places, Digits: string(digits)}
	to.Negative = r.Negative && strings.Trim(to.Digits, "0") != ""
	return to
}

// Float is the number as programs calculate with it.
func (r Rounded) Float() float64 {
	n, err := strconv.ParseFloat(SimplePattern(r.Places, ".").Write(r), 64)
	if err != nil {
		return 0
	}
	return n
}

// Units is the number in its smallest units, with its sign.
func (r Rounded) Units() string {
	if r.Negative {
		return "-" + r.Digits
	}
	return r.Digits
}

// OfUnits is the number of so many smallest units, as [Rounded.Units] writes them.
func OfUnits(units string, places int) Rounded {
	digits, negative := strings.CutPrefix(units, "-")
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	return Rounded{Places: places, Digits: digits, Negative: negative}
}

// NumberPattern says how a number is written, by an example of zeros: 0,0 is one
// place behind a comma, 0.00 two behind a point, 00000 five digits at least, and
// #.##0,00 has points between groups of three.
type NumberPattern struct {
	text      string
	least     int // digits before the mark
	places    int
	mark      string
	thousands string
}

var numberPattern = regexp.MustCompile(`^(?:#([.,' ])##)?(0+)(?:([.,])(0+))?$`)

// ParseNumberPattern compiles a pattern.
func ParseNumberPattern(text string) (NumberPattern, error) {
	found := numberPattern.FindStringSubmatch(text)
	switch {
	case found == nil:
		return NumberPattern{}, fmt.Errorf("%q is no pattern of a number; write it in zeros, as 0,0 or 0.00 or 00000 or #.##0,00", text)
	case found[1] != "" && found[1] == found[3]:
		return NumberPattern{}, fmt.Errorf("%q has the same sign between its groups and before its fraction; write #.##0,00 or #,##0.00", text)
	case len(found[2]) > maxDigits || len(found[4]) > maxDigits:
		return NumberPattern{}, fmt.Errorf("%q has more than %d digits", text, maxDigits)
	}
	return NumberPattern{text: text, least: len(found[2]), places: len(found[4]), mark: found[3], thousands: found[1]}, nil
}

// SimplePattern is the pattern of so many places behind a mark.
func SimplePattern(places int, mark string) NumberPattern {
	return NumberPattern{least: 1, places: places, mark: mark}
}

// Places is how many digits stand behind the mark.
func (p NumberPattern) Places() int { return p.places }

// String is the pattern as it was written.
func (p NumberPattern) String() string { return p.text }

// Excel is the pattern as workbooks spell it.
func (p NumberPattern) Excel() string {
	text := strings.Repeat("0", max(p.least, 1))
	if p.thousands != "" {
		text = "#,##" + text
	}
	if p.places > 0 {
		text += "." + strings.Repeat("0", p.places)
	}
	return text
}

// Write writes a number that was rounded to the pattern's places. A minus stands
// in front.
func (p NumberPattern) Write(r Rounded) string {
	whole, fraction := r.Digits[:len(r.Digits)-p.places], r.Digits[len(r.Digits)-p.places:]
	if trimmed := strings.TrimLeft(whole, "0"); len(trimmed) >= p.least {
		whole = trimmed
	} else {
		whole = strings.Repeat("0", p.least-len(trimmed)) + trimmed
	}
	if p.thousands != "" {
		whole = grouped(whole, p.thousands)
	}
	if p.places > 0 {
		whole += p.mark + fraction
	}
	if r.Negative {
		return "-" + whole
	}
	return whole
}

// grouped parts digits into groups of three.
func grouped(digits, between string) string {
	var b strings.Builder
	for i, d := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 {
			b.WriteString(between)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// The digits that carry a sign in records of mainframes, from 0 to 9.
const (
	punchedPlus  = "{ABCDEFGHI"
	punchedMinus = "}JKLMNOPQR"
)

// Write puts a number that was rounded to the figure's places into so many
// characters: digits only, filled up with zeros, the sign where the figure has it;
// false where it does not fit. Without a sign of its own a minus takes the first
// place.
func (f Figure) Write(r Rounded, width int) (string, bool) {
	digits := strings.TrimLeft(r.Digits, "0")
	sign := "+"
	if r.Negative {
		sign = "-"
	}
	room := width
	if f.Sign == LeadingSign || f.Sign == TrailingSign || f.Sign == AnySign && r.Negative {
		room--
	}
	if room < 1 || len(digits) > room {
		return "", false
	}
	digits = strings.Repeat("0", room-len(digits)) + digits

	switch f.Sign {
	case TrailingSign:
		return digits + sign, true
	case Overpunch:
		punched, last := punchedPlus, digits[room-1]-'0'
		if r.Negative {
			punched = punchedMinus
		}
		return digits[:room-1] + punched[last:last+1], true
	case LeadingSign:
		return sign + digits, true
	default:
		if r.Negative {
			return sign + digits, true
		}
		return digits, true
	}
}
