package tabular

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rentalsync/pipeline"
)

// countMark stands for the number of rows in a trailer's pattern, or for a few
// more where the header and the trailer are counted, too.
var countMark = regexp.MustCompile(`\{count(\+\d)?\}`)

// trailer knows the line that ends a whole file, such as `*** ENDE {count}`.
type trailer struct {
	pattern      string // as the mapping has it
	before, tail string // around the count
	counts       bool
	plus         int // how many more it counts than there are rows
}

// newTrailer returns nil for the empty pattern: the dialect has no trailer.
func newTrailer(pattern, delimiter string) *trailer {
	if strings.TrimSpace(pattern) == "" {
		return nil
	}
	t := &trailer{pattern: pattern, before: bare(pattern, delimiter)}
	if mark := countMark.FindStringSubmatchIndex(pattern); mark != nil {
		t.counts = true
		t.before, t.tail = pattern[:mark[0]], bare(pattern[mark[1]:], delimiter)
		if mark[2] >= 0 {
			t.plus = int(pattern[mark[2]+1] - '0')
		}
	}
	t.before, t.tail = strings.TrimSpace(t.before), strings.TrimSpace(t.tail)
	return t
}

// match tells whether a line is the trailer, and the count it names; -1 when
// the pattern has none. Empty cells behind it do not matter, nor do quotes
// around it.
func (t *trailer) match(line []byte, s *scanner) (count int, is bool) {
	line = bytes.TrimSpace(line)
	if s.quoting && len(line) > 0 && line[0] == s.quote {
		line = unquoted(line, s.quote)
	}
	if !bytes.HasPrefix(line, []byte(t.before)) {
		return 0, false
	}

	rest := bare(string(line[len(t.before):]), string(s.delimiter))
	if !t.counts {
		return -1, rest == ""
	}
	digits, rest := cutNumber(strings.TrimSpace(rest))
	count, err := strconv.Atoi(digits)
	if err != nil {
		return 0, false
	}
	return count, t.ends(strings.TrimSpace(rest))
}

// ends compares what follows the count. A pattern that stops at the count
// leaves out ornament: `*** ENDE {count}` knows `*** ENDE 512 ***`.
func (t *trailer) ends(rest string) bool {
	if t.tail != "" {
		return rest == t.tail
	}
	return strings.IndexFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

// verify compares the rows that were read with the count of the trailer.
func (t *trailer) verify(count, line, rows int) error {
	if count < 0 || count == rows+t.plus {
		return nil
	}
	return wrongCount(line, count, rows, t.plus)
}

// wrongCount says by how much a file differs from its trailer.
func wrongCount(line, count, rows, plus int) error {
	more := ""
	if plus > 0 {
		more = fmt.Sprintf(" and would count as %d", rows+plus)
	}
	return &pipeline.Incomplete{
		Why: fmt.Sprintf("the trailer in line %d counts %s, the file has %s%s", line, plural(count, "row"), plural(rows, "row"), more),
	}
}

func (t *trailer) missing() error {
	return &pipeline.Incomplete{Why: fmt.Sprintf("the trailer %q is missing", t.pattern)}
}

// bare is a line without the empty cells and blanks at its end.
func bare(text, delimiter string) string {
	for {
		cut := strings.TrimSuffix(strings.TrimRightFunc(text, unicode.IsSpace), delimiter)
		if cut == text {
			return text
		}
		text = cut
	}
}

// unquoted takes the quotes from around the first cell of a line.
func unquoted(line []byte, quote byte) []byte {
	end := bytes.IndexByte(line[1:], quote)
	if end < 0 {
		return line
	}
	return append(bytes.Clone(line[1:1+end]), line[end+2:]...)
}

// cutNumber takes a count off the start of text, and what groups its digits.
func cutNumber(text string) (digits, rest string) {
	var number strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			number.WriteRune(r)
		case isGrouping(r) && followedByDigit(text[i:]):
		default:
			return number.String(), text[i:]
		}
	}
	return number.String(), ""
}

func isGrouping(r rune) bool { return strings.ContainsRune(".,' \u00a0\u2019\u202f", r) }

func followedByDigit(text string) bool {
	_, size := utf8.DecodeRuneInString(text)
	return len(text) > size && text[size] >= '0' && text[size] <= '9'
}
