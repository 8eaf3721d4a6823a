package rental

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"rentalsync/transforms"
)

// Forms of a serial number in which two spellings of it are equal. They only
// compare; what is sent is always a spelling that somebody wrote.

// written is the text itself, without blanks around it.
func written(text string) string {
	if isDamaged(text) {
		return ""
	}
	return strings.TrimSpace(text)
}

// comparableForm is the text without what people write in different ways: case,
// separators and zeros in front. A number that a spreadsheet has spoiled has none.
func comparableForm(text string) string {
	if isDamaged(text) {
		return ""
	}
	return bare(text)
}

func bare(text string) string {
	plain := transforms.NormalizeSerial(text)
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, plain)
	if kept == plain {
		return plain
	}
	return transforms.NormalizeSerial(kept) // a sign may have stood before zeros
}

// lookalike is that form with the signs as one that are read for each other.
func lookalike(text string) string {
	form := comparableForm(text)
	return strings.TrimLeft(alike.Replace(form), "0")
}

var alike = strings.NewReplacer("O", "0", "Q", "0", "I", "1", "L", "1")

// fewest is how many signs must be equal before two spellings are taken for one
// number without asking.
const fewest = 4

// What spreadsheets do to long numbers: 1.23457E+15, 12345.0, and zeros in place
// of all digits behind the fifteenth.
const excelDigits = 15

// isDamaged reports whether a text looks like a number that a spreadsheet showed.
func isDamaged(text string) bool {
	_, _, science := scientific(strings.TrimSpace(text))
	_, decimals := zeroDecimals(strings.TrimSpace(text))
	return science || decimals
}

// scientific reads 1.23457E+15: its digits, and how many digits the number has.
func scientific(text string) (digits string, length int, ok bool) {
	mantissa, exponent, found := strings.Cut(strings.ToUpper(text), "E+")
	if !found || len(exponent) == 0 || len(exponent) > 2 || !isDigits(exponent) {
		return "", 0, false
	}
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(mantissa, ",", "."), ".")
	if len(whole) != 1 || !isDigits(whole+fraction) {
		return "", 0, false
	}
	for _, r := range exponent {
		length = length*10 + int(r-'0')
	}
	return strings.TrimRight(whole+fraction, "0"), length + 1, true
}

// zeroDecimals reads 12345.0 and 12345,00.
func zeroDecimals(text string) (whole string, ok bool) {
	at := strings.LastIndexAny(text, ".,")
	if at < 1 || !isDigits(text[:at]) {
		return "", false
	}
	zeros := text[at+1:]
	if len(zeros) == 0 || len(zeros) > 2 || strings.Trim(zeros, "0") != "" {
		return "", false
	}
	return text[:at], true
}

func isDigits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}

// damaged are the forms of a number that a spreadsheet has spoiled.
func damaged(text string) []string {
	text = strings.TrimSpace(text)
	if digits, length, ok := scientific(text); ok {
		return []string{roundedForm(digits, length)}
	}
	if whole, ok := zeroDecimals(text); ok {
		return []string{"whole " + bare(whole)}
	}
	if isDigits(text) && len(text) > excelDigits && strings.Trim(text[excelDigits:], "0") == "" {
		return []string{cutForm(text)}
	}
	return nil
}

// undamaged are the forms of what a spreadsheet may make of a number, where it
// shows so many digits.
func undamaged(text string, shown []int) []string {
	text = strings.TrimSpace(text)
	if !isDigits(text) {
		return nil
	}
	forms := []string{"whole " + bare(text)}
	number := strings.TrimLeft(text, "0")
	if len(number) > excelDigits {
		forms = append(forms, cutForm(number))
	}
	for _, digits := range shown {
		if digits < len(number) {
			forms = append(forms, roundedForm(rounded(number, digits)))
		}
	}
	return forms
}

// digitsShown are how many digits the numbers have that a spreadsheet rounded.
func digitsShown(erp []ERPAsset, iris []IRISAsset) []int {
	counts := map[int]bool{}
	note := func(text string) {
		if digits, _, ok := scientific(strings.TrimSpace(text)); ok {
			counts[len(digits)] = true
		}
	}
	for i := range erp {
		note(erp[i].Identifier)
	}
	for i := range iris {
		note(iris[i].Serial)
		note(iris[i].PIN)
	}
	return slices.Sorted(maps.Keys(counts))
}

func cutForm(number string) string {
	return fmt.Sprintf("cut %d %s", len(number), number[:excelDigits])
}

func roundedForm(digits string, length int) string {
	return fmt.Sprintf("rounded %d %s", length, digits)
}

// rounded is a number to so many digits, without zeros behind them, and how long
// it is then.
func rounded(number string, digits int) (shown string, length int) {
	kept := []byte(number[:digits])
	length = len(number)
	if number[digits] >= '5' {
		at := len(kept) - 1
		for ; at >= 0 && kept[at] == '9'; at-- {
			kept[at] = '0'
		}
		if at < 0 {
			kept, length = append([]byte{'1'}, kept...), length+1
		} else {
			kept[at]++
		}
	}
	return strings.TrimRight(string(kept), "0"), length
}
