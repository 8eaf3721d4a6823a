package transforms

import (
	"fmt"
	"strings"
)

// Sign says where the digits of a mainframe carry their sign.
type Sign uint8

const (
	AnySign      Sign = iota // before the digits or behind them, where there is one
	LeadingSign              // before them, as -00125
	TrailingSign             // behind them, as 00125-
	Overpunch                // within the last digit, as 0001234K
)

var signNames = [...]string{AnySign: "", LeadingSign: "leading", TrailingSign: "trailing", Overpunch: "overpunch"}

// String is the sign's word in a mapping.
func (s Sign) String() string { return signNames[s] }

// SignNames lists the words for where a sign stands.
func SignNames() []string {
	return []string{Overpunch.String(), TrailingSign.String(), LeadingSign.String()}
}

// ParseSign finds the sign of a word.
func ParseSign(word string) (Sign, bool) {
	for s := LeadingSign; s <= Overpunch; s++ {
		if signNames[s] == word {
			return s, true
		}
	}
	return AnySign, false
}

// Figure says how a record holds a number: as digits without a decimal mark, of
// which the last places are the fraction.
type Figure struct {
	Places int // digits behind the decimal mark that is not there
	Sign   Sign
}

// Check tells whether the declaration itself makes sense.
func (f Figure) Check() error {
	if f.Places < 0 || f.Places > maxDigits {
		return fmt.Errorf("%d implied places are not possible, use 0 to %d", f.Places, maxDigits)
	}
	return nil
}

// Parse reads a cell and gives the number as canonical decimal text, like that
// of [NumberFormat.Parse]: 0000128500 with two places is 1285. What the cell has
// wrong is a [*ValueError].
func (f Figure) Parse(cell string) (string, error) {
	if err := f.Check(); err != nil {
		return "", err
	}
	text := trimBlank(cell)
	if text == "" {
		return "", misread(listUnderNone, "a blank cell is no number")
	}
	body, negative, err := f.cutSign(text)
	if err != nil {
		return "", foundIn("number", text, err)
	}
	if body == "" {
		return "", foundIn("number", text, misread(listUnderNone, "has no digits"))
	}
	if bad := firstNonDigit(body); bad != "" {
		return "", foundIn("number", text, misread(f.cure(body, bad), "%q is no digit, %s", bad, f))
	}

	if missing := f.Places - len(body); missing > 0 {
		body = strings.Repeat("0", missing) + body
	}
	point := len(body) - f.Places
	return canonical(text, body[:point], body[point:], negative)
}

// String says the form in the words of a message.
func (f Figure) String() string {
	switch f.Sign {
	case LeadingSign:
		return "the number has digits only and a sign before them"
	case TrailingSign:
		return "the number has digits only and a sign behind them"
	case Overpunch:
		return "the number has digits only, the last of which carries its sign"
	case AnySign:
	}
	return "a number with implied decimals has digits and a sign only"
}

// cure tells what to do about a character that is no digit.
func (f Figure) cure(body, bad string) string {
	_, _, punched := punchedDigit(bad)
	atEnd := strings.HasSuffix(body, bad)
	switch {
	case bad == "." || bad == ",":
		return "the number has its decimal mark, remove implied and sign"
	case atEnd && punched && f.Sign != Overpunch:
		return "its last digit seems to carry the sign, write sign: overpunch"
	case (bad == "-" || bad == "+") && f.Sign != AnySign:
		return "check sign: overpunch, trailing or leading"
	}
	return ""
}

// cutSign takes the sign from where it stands. A number without one is positive.
func (f Figure) cutSign(text string) (body string, negative bool, err error) {
	switch f.Sign {
	case Overpunch:
		return cutOverpunch(text)
	case LeadingSign:
		body, negative = cutLeading(text)
		return trimBlank(body), negative, nil
	case TrailingSign:
		body, negative = cutTrailing(text)
		return trimBlank(body), negative, nil
	case AnySign:
	}
	body, negative = cutSign(text)
	return body, negative, nil
}

// cutOverpunch puts a plain digit in the place of one that carries a sign.
func cutOverpunch(text string) (body string, negative bool, err error) {
	last := text[len(text)-1:]
	digit, negative, punched := punchedDigit(last)
	if !punched {
		cure := "check the column's positions"
		if last == "-" || last == "+" {
			cure = "write sign: trailing"
		}
		return text, false, misread(cure, "its last character is no digit that carries a sign")
	}
	return text[:len(text)-1] + string('0'+digit), negative, nil
}

// punchedDigit reads a digit that carries a sign. IBM's zoned decimals become, in
// any code page of theirs, { and A to I for +0 to +9 and } and J to R for -0 to
// -9; compilers of the ASCII world write plain digits, and p to y for -0 to -9.
func punchedDigit(char string) (digit byte, negative, ok bool) {
	if len(char) != 1 {
		return 0, false, false
	}
	switch c := char[0]; {
	case '0' <= c && c <= '9':
		return c - '0', false, true
	case c == '{':
		return 0, false, true
	case 'A' <= c && c <= 'I':
		return c - 'A' + 1, false, true
	case c == '}':
		return 0, true, true
	case 'J' <= c && c <= 'R':
		return c - 'J' + 1, true, true
	case 'p' <= c && c <= 'y':
		return c - 'p', true, true
	}
	return 0, false, false
}
