package tabular

import (
	"bytes"
	"io"
	"slices"
)

// A quoted value beyond these was never meant to be one: its closing quote is
// missing.
const (
	longestQuote = 1 << 20
	tallestQuote = 1000 // lines
)

// verdict says how the splitting of a row went.
type verdict uint8

const (
	split    verdict = iota
	stray            // text after a closing quote
	runaway          // a quoted value that goes on for too long
	unclosed         // a quote that nothing closes before the end of the file
	swallow          // a quoted value that holds rows: a later quote closes it by chance
	doubtful         // a quoted value that holds what may be rows, or a note that looks like some
)

// span is where a cell lies in its row, without its quotes. A row has many and
// is short enough for small numbers.
type span struct{ from, to uint32 }

func spanOf(from, to int) span { return span{from: uint32(from), to: uint32(to)} }

// scanner cuts text into physical lines, and a line into cells. A line that
// starts is looked at by peek, and then taken by skip or by row.
type scanner struct {
	window
	delimiter []byte
	quote     byte
	quoting   bool
	width     int // the cells of a good row; 0 while it is not known

	line      int // the physical line that starts here, counted from 1
	end, next int // where it ends, and where the one after it starts
	cells     []span
	doubled   []int // the cells that hold doubled quotes
	suspect   int   // the cell that seems to hold rows, where the verdict is doubtful
}

// peek shows the physical line that comes next, without its end; io.EOF after
// the last one.
func (s *scanner) peek() ([]byte, error) {
	for len(s.data()) == 0 {
		if more, err := s.more(); err != nil {
			return nil, err
		} else if !more {
			return nil, io.EOF
		}
	}

	var err error
	s.end, s.next, err = s.lineEnd(0)
	return s.data()[:s.end], err
}

// skip takes the line that peek showed.
func (s *scanner) skip() {
	s.at += s.next
	s.line++
}

// row splits the row that starts with the line that peek showed, and takes it:
// all its lines when it could be split, else the first one only, so that a
// broken quote costs no row below it. Its cells lie in raw.
func (s *scanner) row() (raw []byte, v verdict, err error) {
	s.cells, s.doubled = s.cells[:0], s.doubled[:0]
	line := s.data()[:s.end]

	if !s.quoting || bytes.IndexByte(line, s.quote) < 0 {
		s.splitPlain(0, s.end)
		s.skip()
		return line, split, nil
	}

	first := s.next
	s.suspect = 0
	end, v, err := s.splitQuoted()
	if err != nil {
		return nil, v, err
	}
	data := s.data()
	if v == split && s.swallows(first, end) {
		v = s.swallowed(end)
	}
	if v == swallow {
		s.next = first
	}
	if v != split && v != doubtful {
		s.keepFirstLine(end)
		end = s.end
	}

	lines := 1 + countBreaks(data[s.end:end])
	if len(s.doubled) > 0 {
		s.openDoubled(data)
	}
	s.line += lines
	s.at += s.next
	return data[:end], v, nil
}

// keepFirstLine makes the cells of a row that failed at a cell: those that lie
// in its first line, and what is left of that line.
func (s *scanner) keepFirstLine(failed int) {
	for i, cell := range s.cells {
		if int(cell.to) > s.end {
			failed, s.cells = int(cell.from)-1, s.cells[:i]
			break
		}
	}
	s.doubled = slices.DeleteFunc(s.doubled, func(i int) bool { return i >= len(s.cells) })
	s.cells = append(s.cells, spanOf(failed, s.end))
}

// splitPlain cuts a stretch that holds no quoted cell.
func (s *scanner) splitPlain(from, end int) {
	text := s.data()[:end]
	for {
		i := s.delimiterIn(text[from:])
		if i < 0 {
			s.cells = append(s.cells, spanOf(from, end))
			return
		}
		s.cells = append(s.cells, spanOf(from, from+i))
		from += i + len(s.delimiter)
	}
}

func (s *scanner) delimiterIn(text []byte) int {
	if len(s.delimiter) == 1 {
		return find(text, s.delimiter[0])
	}
	return bytes.Index(text, s.delimiter)
}

// splitQuoted cuts a row in which quotes are seen, and moves next behind its
// last line. It returns where the row ends, or the start of the cell that it
// failed at. A quote counts only as the first character of a cell; elsewhere it
// is an inch.
func (s *scanner) splitQuoted() (end int, v verdict, err error) {
	line, next := s.data()[:s.end], s.next

	for at := 0; ; at += len(s.delimiter) {
		if at == len(line) || line[at] != s.quote {
			i := s.delimiterIn(line[at:])
			if i < 0 {
				s.cells = append(s.cells, spanOf(at, len(line)))
				s.next = next
				return len(line), split, nil
			}
			s.cells = append(s.cells, spanOf(at, at+i))
			at += i
			continue
		}

		to, v, err := s.quoted(at)
		if v != split || err != nil {
			return at, v, err
		}
		if to >= len(line) { // the value ran on into another line
			end, after, err := s.lineEnd(to + 1)
			if err != nil {
				return at, split, err
			}
			line, next = s.data()[:end], after
		}

		rest := line[to+1:]
		if len(rest) > 0 && !s.startsDelimiter(rest) {
			return at, stray, nil
		}
		s.cells = append(s.cells, spanOf(at+1, to))
		if len(rest) == 0 {
			s.next = next
			return len(line), split, nil
		}
		at = to + 1
	}
}

func (s *scanner) startsDelimiter(text []byte) bool {
	return text[0] == s.delimiter[0] && (len(s.delimiter) == 1 || bytes.HasPrefix(text, s.delimiter))
}

// quoted finds the quote that closes the one at from, reading on as needed.
func (s *scanner) quoted(from int) (to int, v verdict, err error) {
	doubled := false

	for at := from + 1; ; {
		data := s.data()
		i := find(data[at:], s.quote)

		switch {
		case i < 0:
			at = len(data)
		case at+i+1 < len(data) && data[at+i+1] == s.quote:
			doubled = true
			at += i + 2
			continue
		case at+i+1 < len(data) || s.ended:
			if doubled {
				s.doubled = append(s.doubled, len(s.cells))
			}
			return at + i, s.measured(from, at+i), nil
		default:
			at += i // the byte behind it says whether it closes
		}

		if len(data)-from > longestQuote {
			return 0, runaway, nil
		}
		more, err := s.more()
		if err != nil {
			return 0, split, err
		}
		if !more && i < 0 {
			return 0, s.never(from), nil
		}
	}
}

// never is the verdict on a quote that is open at the end of the text.
func (s *scanner) never(from int) verdict {
	if v := s.measured(from, len(s.data())); v != split {
		return v
	}
	return unclosed
}

// measured is the verdict on the size of a quoted value.
func (s *scanner) measured(from, to int) verdict {
	if to-from > longestQuote {
		return runaway
	}
	if to > s.end && countBreaks(s.data()[from:to]) > tallestQuote {
		return runaway
	}
	return split
}

// openDoubled makes one quote of two, within the row's own bytes.
func (s *scanner) openDoubled(data []byte) {
	for _, i := range s.doubled {
		from, end := int(s.cells[i].from), int(s.cells[i].to)
		to := from
		for from < end {
			size := find(data[from:end], s.quote) + 1
			if size == 0 {
				size = end - from
			}
			to += copy(data[to:], data[from:from+size])
			from += size + 1
		}
		s.cells[i].to = uint32(to)
	}
}
