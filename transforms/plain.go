package transforms

import (
	"strconv"
	"strings"
)

// PlainNumber reads a number as workbooks hold it: with a point and perhaps an
// exponent, as 1250.5 or 1e-7. The result is canonical like that of
// [NumberFormat.Parse], and no digit is lost.
func PlainNumber(cell string) (string, error) {
	text := trimBlank(cell)
	mantissa, exponent, scaled := cutExponent(text)
	if !scaled {
		return NumberFormat{}.Parse(text)
	}
	shift, err := strconv.Atoi(exponent)
	if err != nil || shift < -2*maxDigits || shift > 2*maxDigits {
		return "", foundIn("number", text, misread("", "its exponent %q is beyond any price or meter", shorten(exponent)))
	}

	body, negative := cutSign(mantissa)
	whole, fraction, _ := strings.Cut(body, ".")
	if bad := firstNonDigit(whole + fraction); bad != "" || whole+fraction == "" {
		return "", foundIn("number", text, misread("", "is no number"))
	}
	whole, fraction = shiftPoint(whole, fraction, shift)
	return canonical(text, whole, fraction, negative)
}

func cutExponent(text string) (mantissa, exponent string, found bool) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}

// shiftPoint moves the decimal point so many places to the right.
func shiftPoint(whole, fraction string, places int) (string, string) {
	if places >= 0 {
		fraction += strings.Repeat("0", max(0, places-len(fraction)))
		return whole + fraction[:places], fraction[places:]
	}
	whole = strings.Repeat("0", max(0, -places-len(whole))) + whole
	at := len(whole) + places
	return whole[:at], whole[at:] + fraction
}

// Write puts a canonical number into the declared form, without marks between
// thousands.
func (f NumberFormat) Write(canonical string) string {
	if f.decimal() == "." {
		return canonical
	}
	return strings.Replace(canonical, ".", f.decimal(), 1)
}

// Rescaled reports whether a spreadsheet has turned what looked like a number
// into powers of ten, as 1.2E+16 or 4,711E+03: digits that it does not show are
// gone.
func Rescaled(text string) bool {
	mantissa, exponent, found := cutExponent(text)
	if !found || len(exponent) < 3 || exponent[0] != '+' || firstNonDigit(exponent[1:]) != "" {
		return false
	}
	mantissa = strings.TrimPrefix(mantissa, "-")
	if len(mantissa) > 2 && (mantissa[1] == '.' || mantissa[1] == ',') {
		mantissa = mantissa[:1] + mantissa[2:]
	} else if len(mantissa) != 1 {
		return false
	}
	return mantissa != "" && firstNonDigit(mantissa) == ""
}
