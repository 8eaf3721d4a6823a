package transforms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// trimBlank removes what a person does not see from both ends: white space in
// all its forms, byte order marks and characters without width.
func trimBlank(s string) string {
	if s == "" || visibleASCII(s[0]) && visibleASCII(s[len(s)-1]) {
		return s
	}
	return strings.TrimFunc(s, isBlank)
}

// isBlankText tells whether there is nothing to see in s.
func isBlankText(s string) bool {
	return trimBlank(s) == ""
}

func visibleASCII(b byte) bool {
	return b > ' ' && b < 0x7f
}

func isBlank(r rune) bool {
	return unicode.IsSpace(r) || hasNoWidth(r)
}

// hasNoWidth tells the characters that exports carry along unseen. They are
// never a word's boundary, so they are dropped and not turned into a space.
func hasNoWidth(r rune) bool {
	switch r {
	case '\u00ad', '\u180e', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', 0:
		return true
	}
	return false
}

// collapse writes every run of white space as one space.
func collapse(s string) string {
	if isCollapsed(s) {
		return s
	}

	var b strings.Builder
	b.Grow(len(s))
	inRun := false
	for _, r := range s {
		space := unicode.IsSpace(r)
		if !space {
			b.WriteRune(r)
		} else if !inRun {
			b.WriteByte(' ')
		}
		inRun = space
	}
	return b.String()
}

func isCollapsed(s string) bool {
	previous := rune(0)
	for _, r := range s {
		if r != ' ' && unicode.IsSpace(r) || r == ' ' && previous == ' ' || r == utf8.RuneError {
			return false
		}
		previous = r
	}
	return true
}
