package tabular

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// farthestHeader is the last line that is looked at for a header.
const farthestHeader = 100

// findHeader looks for the line that names the columns, and makes it the header:
// the first line that has one name of each list.
func (f *csvFile) findHeader() error {
	search := newHeaderSearch(f.dialect.find)
	at, line := 0, f.scan.line

	for ; line <= farthestHeader; line++ {
		end, next, err := f.scan.lineEnd(at)
		if err != nil {
			return err
		}
		text := f.scan.data()
		if at == len(text) {
			break
		}
		if search.is(f.scan.splitLine(text[at:end]), line) {
			f.dialect.header = []int{line}
			return nil
		}
		at = next
	}
	if f.endsEarly(line) {
		return f.headerMissing(line)
	}
	return search.failed()
}

// endsEarly tells a file that may go on to its header yet: it ended before, and
// it is not whole.
func (f *csvFile) endsEarly(line int) bool {
	if line > farthestHeader {
		return false
	}
	text := f.scan.data()
	return f.dialect.trailer != nil || len(bytes.TrimSpace(text)) == 0 || !bytes.ContainsAny(text[len(text)-1:], "\r\n")
}

// headerSearch looks for one name of each list.
type headerSearch struct {
	lists   [][]string // as the mapping has them
	folds   [][]string // as they are compared
	nearest int        // the line that lacks the fewest
	lacks   []string
}

func newHeaderSearch(lists [][]string) *headerSearch {
	s := &headerSearch{lists: lists}
	for _, list := range lists {
		folds := make([]string, len(list))
		for i, name := range list {
			folds[i] = transforms.Fold(name)
		}
		s.folds = append(s.folds, folds)
	}
	return s
}

// is tells whether a line is the header, and remembers the one that comes nearest.
func (s *headerSearch) is(cells []string, line int) bool {
	folds := make([]string, len(cells))
	for i, cell := range cells {
		folds[i] = transforms.Fold(cell)
	}
	var lacks []string
	for i, list := range s.folds {
		if !slices.ContainsFunc(list, func(name string) bool { return slices.Contains(folds, name) }) {
			lacks = append(lacks, strings.Join(s.lists[i], " or "))
		}
	}
	if len(lacks) < len(s.lists) && (s.nearest == 0 || len(lacks) < len(s.lacks)) {
		s.nearest, s.lacks = line, lacks
	}
	return len(lacks) == 0
}

// failed says what is missing, and where it was missed.
func (s *headerSearch) failed() error {
	bad := &pipeline.Unreadable{
		Why:  fmt.Sprintf("none of the first %d lines is a header with the columns %s", farthestHeader, joinedLists(s.lists)),
		Hint: "check the delimiter, or add the names that the file has to the columns",
	}
	if s.nearest > 0 {
		bad.Why += fmt.Sprintf("; line %d comes nearest and lacks %s", s.nearest, strings.Join(s.lacks, ", "))
	}
	return bad
}

// joinedLists names one column of each list.
func joinedLists(lists [][]string) string {
	wanted := make([]string, len(lists))
	for i, list := range lists {
		wanted[i] = strings.Join(list, " or ")
	}
	return strings.Join(wanted, ", ")
}

// splitLine cuts one physical line for a look at it. Quotes that are not closed
// in it are text.
func (s *scanner) splitLine(line []byte) (cells []string) {
	for {
		cell, rest, more := s.firstCell(line)
		cells = append(cells, cell)
		if !more {
			return cells
		}
		line = rest
	}
}

// firstCell cuts the first cell off a line.
func (s *scanner) firstCell(line []byte) (cell string, rest []byte, more bool) {
	if s.quoting && len(line) > 0 && line[0] == s.quote {
		if value, rest, is := s.quotedCell(line[1:]); is {
			return value, bytes.TrimPrefix(rest, s.delimiter), len(rest) > 0
		}
	}
	value, rest, more := bytes.Cut(line, s.delimiter)
	return string(value), rest, more
}

// quotedCell cuts a quoted value off a line, which starts behind its quote.
func (s *scanner) quotedCell(line []byte) (value string, rest []byte, is bool) {
	for at := 0; ; {
		i := bytes.IndexByte(line[at:], s.quote)
		if i < 0 {
			return "", nil, false
		}
		at += i + 1
		if rest = line[at:]; len(rest) > 0 && rest[0] == s.quote {
			at++
			continue
		}
		value = strings.ReplaceAll(string(line[:at-1]), string([]byte{s.quote, s.quote}), string(s.quote))
		return value, rest, len(rest) == 0 || bytes.HasPrefix(rest, s.delimiter)
	}
}
