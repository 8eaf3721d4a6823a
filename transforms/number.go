package transforms

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDigits is far beyond any price, meter or hash total.
const maxDigits = 40

// NumberFormat says how a file writes numbers.
type NumberFormat struct {
	// Decimal stands before the fraction. Default: ".".
	Decimal string

	// Thousands stands between groups of three digits, where a cell uses it.
	// A space also stands for the no-break and the narrow spaces that
	// spreadsheets write. Default: none, and then it is an error.
	Thousands string

	// Currency are the signs and words for money that may stand before or
	// behind a number, as "$" or "EUR". Default: none, and then one is an error.
	Currency []string

	// Percent lets a percent sign stand behind a number, whose worth is then a
	// hundredth of its digits, as in a spreadsheet. Default: it is an error.
	Percent bool
}

// Check tells whether the declaration itself makes sense.
func (f NumberFormat) Check() error {
	if n := utf8.RuneCountInString(f.Decimal); n > 1 {
		return fmt.Errorf("decimal %q is longer than one character, write the mark alone", f.Decimal)
	}
	if n := utf8.RuneCountInString(f.Thousands); n > 1 {
		return fmt.Errorf("thousands %q is longer than one character, write the mark alone", f.Thousands)
	}
	for _, mark := range []string{f.Decimal, f.Thousands} {
		if mark != "" && strings.ContainsAny(mark, "0123456789+-") {
			return fmt.Errorf("%q cannot be a mark between digits, use one like . or ,", mark)
		}
	}
	if f.decimal() == f.Thousands {
		return fmt.Errorf("decimal and thousands are both %q, say the one the file really uses", f.Thousands)
	}
	for _, sign := range f.Currency {
		if isBlankText(sign) || trimBlank(sign) != sign || strings.ContainsAny(sign, "0123456789+-%") || sign == f.decimal() || sign == f.Thousands {
			return fmt.Errorf("%q is no sign of a currency, write one like $ or EUR", sign)
		}
	}
	return nil
}

// Parse reads a cell and gives the number as canonical decimal text: "1250",
// "-0.5", "0"; no grouping, no needless zeros, and never through a float, so
// that no digit is lost. The cell must be in the declared form. A minus may
// stand before or, as mainframes write it, behind the digits. What the cell has
// wrong is a [*ValueError].
func (f NumberFormat) Parse(cell string) (string, error) {
	text := trimBlank(cell)
	if text == "" {
		return "", misread(listUnderNone, "a blank cell is no number")
	}

	body, negative, hundredth := f.bare(text)
	whole, fraction, hasPoint := strings.Cut(body, f.decimal())
	if hasPoint && fraction == "" {
		return "", foundIn("number", text, misread("", "ends after its decimal %q, the fraction is missing", f.decimal()))
	}
	if whole == "" && !hasPoint {
		return "", foundIn("number", text, misread("", "has no digits"))
	}

	whole, err := f.ungroup(text, whole)
	if err != nil {
		return "", err
	}
	if err := f.digitsOnly(text, fraction); err != nil {
		return "", err
	}
	if hundredth {
		whole = "00" + whole
		whole, fraction = whole[:len(whole)-2], whole[len(whole)-2:]+fraction
	}
	return canonical(text, whole, fraction, negative)
}

// bare takes the sign off a number, and what else the form lets stand around it:
// either may be the outer one, as in -$5 and $-5.
func (f NumberFormat) bare(text string) (body string, negative, hundredth bool) {
	if f.Percent {
		if body, hundredth = strings.CutSuffix(text, "%"); hundredth {
			text = trimBlank(body)
		}
	}
	body, negative = cutSign(text)
	if len(f.Currency) == 0 {
		return body, negative, hundredth
	}

	signed := len(body) < len(text)
	amount, found := f.cutCurrency(trimBlank(body))
	if !found {
		return body, negative, hundredth
	}
	if !signed {
		amount, negative = cutSign(amount)
	}
	return amount, negative, hundredth
}

// cutCurrency takes one sign of a currency off either end.
func (f NumberFormat) cutCurrency(text string) (body string, found bool) {
	for _, sign := range f.Currency {
		if body, found = strings.CutPrefix(text, sign); !found {
			body, found = strings.CutSuffix(text, sign)
		}
		if found {
			return trimBlank(body), true
		}
	}
	return text, false
}

// Implied reads digits whose last places are the fraction, as fixed-width
// files write them: "0000128500" with two places is 1285. The sign may stand
// on either side. The result is canonical like that of [NumberFormat.Parse].
func Implied(cell string, places int) (string, error) { return Figure{Places: places}.Parse(cell) }

func (f NumberFormat) decimal() string {
	if f.Decimal == "" {
		return "."
	}
	return f.Decimal
}

// ungroup removes the thousands marks of the whole part. Where there is one,
// all must be there: a mark in an odd place is a decimal in disguise.
func (f NumberFormat) ungroup(text, whole string) (string, error) {
	if firstNonDigit(whole) == "" {
		return whole, nil
	}

	var b strings.Builder
	size, groups := 0, 0 // of the group in hand, and those before it
	for _, r := range whole {
		switch {
		case '0' <= r && r <= '9':
			size++
			b.WriteByte(byte(r))
		case !f.isThousands(r):
			return "", f.misfit(text, string(r))
		case size == 0 || size > 3 || groups > 0 && size != 3:
			return "", f.badGroup(text, size)
		default:
			groups++
			size = 0
		}
	}
	if size != 3 {
		return "", f.badGroup(text, size)
	}
	return b.String(), nil
}

func (f NumberFormat) isThousands(r rune) bool {
	switch f.Thousands {
	case "":
		return false
	case " ", "\u00a0", "\u202f", "\u2009":
		return r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\u2009'
	case "'", "\u2019":
		return r == '\'' || r == '\u2019'
	}
	return string(r) == f.Thousands
}

func (f NumberFormat) digitsOnly(text, fraction string) error {
	if bad := firstNonDigit(fraction); bad != "" {
		return f.misfit(text, bad)
	}
	return nil
}

func (f NumberFormat) badGroup(text string, size int) error {
	return foundIn("number", text, misread(fmt.Sprintf("is %q the decimal here?", f.Thousands),
		"has a group of %s beside its thousands mark %q, it takes groups of 3", digits(size), f.Thousands))
}

func (f NumberFormat) misfit(text, bad string) error {
	if at := strings.IndexFunc(text, isUnit); at >= 0 && isBlankText(bad) {
		bad = text[at:] // the blank only parts the number from its unit
		if end := strings.IndexFunc(bad, func(r rune) bool { return !isUnit(r) }); end > 0 {
			bad = bad[:end]
		}
	}
	what := describe(bad)
	if f.swapped(bad) {
		what += ", its marks stand the other way round"
	}
	return foundIn("number", text, misread(f.cure(bad), "does not fit its declared form (%s): %s", f, what))
}

// swapped tells that a mark stands where only the other one can.
func (f NumberFormat) swapped(bad string) bool {
	return f.Thousands != "" && (bad == f.decimal() || bad == f.Thousands)
}

// String says the form in the words of a mapping.
func (f NumberFormat) String() string {
	if f.Thousands == "" {
		return fmt.Sprintf("decimal %q, no thousands", f.decimal())
	}
	return fmt.Sprintf("decimal %q, thousands %q", f.decimal(), f.Thousands)
}

func (f NumberFormat) cure(bad string) string {
	switch {
	case f.swapped(bad):
		return "check decimal and thousands"
	case bad == f.decimal():
		return "one decimal mark is enough, is it a date or two columns?"
	case bad == "," || bad == "." || bad == "'" || isBlankText(bad):
		return "declare it under decimal or thousands if the file uses it"
	case bad == "e" || bad == "E":
		return "an exponent means that a spreadsheet rounded the value, export it as text"
	case bad == "-" || bad == "+":
		return "one sign before or behind the digits is enough"
	case bad == "%":
		return "if it is a share of a hundred, write number: {percent: true}"
	case isMoney(bad):
		return fmt.Sprintf("if it is money, declare the sign under currency, as currency: [%q]", bad)
	}
	return "remove it with removeChars or removeText"
}

// isUnit tells what no number is made of and stands beside one.
func isUnit(r rune) bool { return unicode.IsLetter(r) || r == '%' || unicode.Is(unicode.Sc, r) }

// isMoney tells the signs of currencies, and words like EUR.
func isMoney(bad string) bool {
	r, size := utf8.DecodeRuneInString(bad)
	return unicode.Is(unicode.Sc, r) && size == len(bad) || len(bad) == 3 && strings.ToUpper(bad) == bad
}

// describe names a character so that even one that is not seen can be found.
func describe(bad string) string {
	r, _ := utf8.DecodeRuneInString(bad)
	if isBlank(r) {
		return fmt.Sprintf("a blank (%U) between the digits", r)
	}
	return fmt.Sprintf("%q is no digit of it", bad)
}

func cutSign(text string) (body string, negative bool) {
	if body, negative := cutLeading(text); len(body) < len(text) {
		return body, negative
	}
	return cutTrailing(text)
}

// minus is how typesetters and spreadsheets of the north write one.
const minus = "\u2212"

func cutLeading(text string) (body string, negative bool) {
	for _, sign := range []string{"-", minus} {
		if body, ok := strings.CutPrefix(text, sign); ok {
			return body, true
		}
	}
	return strings.TrimPrefix(text, "+"), false
}

func cutTrailing(text string) (body string, negative bool) {
	for _, sign := range []string{"-", minus} {
		if body, ok := strings.CutSuffix(text, sign); ok {
			return body, true
		}
	}
	return strings.TrimSuffix(text, "+"), false
}

func firstNonDigit(s string) string {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			_, size := utf8.DecodeRuneInString(s[i:])
			return s[i : i+size]
		}
	}
	return ""
}

// canonical puts a number together from its digits; the cell is for the error.
func canonical(cell, whole, fraction string, negative bool) (string, error) {
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if n := len(whole) + len(fraction); n > maxDigits {
		return "", foundIn("number", cell, misread("is it two columns?", "has %d digits, %d are the most", n, maxDigits))
	}
	if whole == "" {
		whole = "0"
	}
	if whole == "0" && fraction == "" {
		return "0", nil
	}
	if negative {
		whole = "-" + whole
	}
	if fraction == "" {
		return whole, nil
	}
	return whole + "." + fraction, nil
}

// shorten keeps a value readable within a message.
func shorten(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
