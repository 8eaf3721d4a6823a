package transforms

import (
	"strings"
	"unicode"
)

// NormalizeSerial gives the form in which two spellings of one serial number
// are equal: upper case, without blanks, dashes, dots, slashes and leading
// zeros. It only compares; what is sent is always a spelling somebody wrote.
func NormalizeSerial(s string) string {
	bare := strings.Map(serialRune, s)
	trimmed := strings.TrimLeft(bare, "0")
	if trimmed == "" && bare != "" {
		return "0"
	}
	return trimmed
}

func serialRune(r rune) rune {
	switch {
	case isBlank(r), unicode.Is(unicode.Pd, r):
		return -1
	case r == '.', r == '/', r == '\\', r == '_', r == '\u2212':
		return -1
	}
	return unicode.ToUpper(r)
}
