package tabular

import (
	"bytes"
	"slices"
)

// narrow is how many cells a row may have and still be like the lines of a note:
// `Tel.; 0123` has two.
const narrow = 3

// swallows looks at a row that took several lines and ends at end, for a quoted
// value that lacks its closing quote and that a later one has closed by chance.
// What lies between are rows, and they have as many cells as rows have.
//
// A note of several lines is no such thing: its lines are words.
func (s *scanner) swallows(first, end int) bool {
	if s.width < 2 || end <= s.end {
		return false
	}
	data := s.data()[:end]
	s.suspect = slices.IndexFunc(s.cells, func(cell span) bool { return s.isSwallow(data, cell) })
	if got := len(s.cells); s.suspect < 0 && got != s.width && got != s.width+1 && s.rowsIn(data[first:]) > 0 {
		s.suspect = s.tallest(data)
	}
	return s.suspect >= 0
}

// swallowed tells a quote that was never closed from a note with as many delimiters
// as rows have. Where the first line is a row of its own although the value in it is
// not the last, the value has taken in the cells behind it: nobody writes a note
// like that. Of any other nobody can tell, so that all of its lines are refused: rows
// lost in silence are worse than some that ask to be looked at, and rows made of a
// note are worse still.
func (s *scanner) swallowed(end int) verdict {
	value := s.data()[s.cells[s.suspect].from:end]
	if line := bytes.IndexAny(value, "\r\n"); line >= 0 && bytes.Contains(value[:line], s.delimiter) && s.isRow(s.data()[:s.end]) {
		return swallow
	}
	return doubtful
}

// tallest is the cell of most lines.
func (s *scanner) tallest(data []byte) (at int) {
	most := 0
	for i, cell := range s.cells {
		if lines := countBreaks(data[cell.from:cell.to]); lines > most {
			at, most = i, lines
		}
	}
	return at
}

// isSwallow tells a value that holds whole rows, or that makes two rows one: the
// line that it starts in is a row, and the one that it ends in.
func (s *scanner) isSwallow(data []byte, cell span) bool {
	value := data[cell.from:cell.to]
	from := bytes.IndexAny(value, "\r\n")
	if from < 0 {
		return false
	}
	to := bytes.LastIndexAny(value, "\r\n")

	inner := s.rowsIn(value[from:to])
	ends := s.isRow(lineAround(data, int(cell.from)+from-1)) && s.isRow(lineAround(data, int(cell.to)))
	if s.width > narrow {
		return inner > 1 || ends
	}
	return inner > 0 && ends
}

// rowsIn counts the lines in text that have the cells of a row.
func (s *scanner) rowsIn(text []byte) (n int) {
	for len(text) > 0 {
		line := text
		if end := bytes.IndexAny(text, "\r\n"); end >= 0 {
			line, text = text[:end], text[end+1:]
		} else {
			text = nil
		}
		if s.isRow(line) {
			n++
		}
	}
	return n
}

// isRow counts the cells of a line; one empty cell at its end does not count.
func (s *scanner) isRow(line []byte) bool {
	cells := bytes.Count(line, s.delimiter) + 1
	return cells == s.width || (cells == s.width+1 && bytes.HasSuffix(line, s.delimiter))
}

// lineAround is the line of text that the byte at a place is in.
func lineAround(text []byte, at int) []byte {
	from := bytes.LastIndexAny(text[:at+1], "\r\n") + 1
	if end := bytes.IndexAny(text[at:], "\r\n"); end >= 0 {
		return text[from : at+end]
	}
	return text[from:]
}
