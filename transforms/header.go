package transforms

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which headers are compared: without regard to case,
// accents, white space and byte order marks. Other punctuation counts, so that
// `Nr` and `Nr.` can be told apart. Two headers are the same column when their
// folds are equal.
func Fold(header string) string {
	if isFolded(header) {
		return header
	}

	// Small letters of what is decomposed, and decomposed again, since either
	// can bring forth work for the other.
	decomposed := norm.NFKD.String(strings.ToLower(norm.NFKD.String(header)))
	var b strings.Builder
	b.Grow(len(decomposed))
	for _, r := range decomposed {
		switch {
		case isBlank(r), unicode.Is(unicode.Mn, r):
		case plainLetters[r] != "":
			b.WriteString(plainLetters[r])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainLetters spells the letters that Unicode does not decompose.
var plainLetters = map[rune]string{
	'ß': "ss", 'ø': "o", 'æ': "ae", 'œ': "oe", 'ł': "l", 'đ': "d", 'ð': "d",
	'þ': "th", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ŋ': "n", 'ĸ': "k",
}

func isFolded(s string) bool {
	for i := range len(s) {
		if b := s[i]; b >= utf8.RuneSelf || b <= ' ' || 'A' <= b && b <= 'Z' || b == 0x7f {
			return false
		}
	}
	return true
}
