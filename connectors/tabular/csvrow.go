package tabular

import (
	"fmt"
	"slices"
	"strconv"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// readRow takes one row and yields it, or the verdict on it.
func (f *csvFile) readRow() error {
	at := f.scan.line
	raw, v, err := f.scan.row()
	if err != nil {
		return err
	}
	// Whether a file is whole is the trailer's to say where there is one: then
	// an open quote is only a bad row.
	if v == unclosed && f.dialect.trailer == nil {
		return unclosedQuote(at)
	}
	if f.cutCharacter() {
		return errCutCharacter
	}

	f.rows++
	f.row.Origin = rental.Origin{File: f.name, Line: at}
	f.row.Cells = f.cut(f.row.Cells[:0], raw)
	f.bind(v)
	if v == split && f.cutLine() {
		return cutLine(at, len(f.row.Cells), len(f.row.Header.Names))
	}

	if faults := f.faults(v, raw); faults != nil {
		return f.give(nil, f.rowError(faults))
	}
	return f.give(&f.row, nil)
}

// cutCharacter tells a file that stops inside a character. A lone last byte is a
// cut umlaut only where it starts no usual word of an older encoding.
func (f *csvFile) cutCharacter() bool {
	if !f.scan.atEnd() {
		return false
	}
	text := f.scan.buf[:f.scan.window.end]
	size := cutTail(text)
	return size > 1 || (size == 1 && (text[len(text)-1] == 0xC2 || text[len(text)-1] == 0xC3))
}

// cutLine tells a file that stops inside a line: the row in hand has too few
// cells, and no line end. Where there is a trailer, that is its to say.
func (f *csvFile) cutLine() bool {
	return f.scan.openEnd() && len(f.row.Cells) < len(f.row.Header.Names) && f.dialect.trailer == nil
}

func cutLine(line, got, want int) error {
	return &pipeline.Incomplete{
		Why: fmt.Sprintf("the file ends in the middle of line %d: it has %s of %d and no line end; if it is a closing line, say end: with its text", line, plural(got, "cell"), want),
	}
}

// bind gives the row its header, and evens out one empty cell at the end of
// either. Where the file has no header, the first row that can be split makes it.
func (f *csvFile) bind(v verdict) {
	got := len(f.row.Cells)
	f.row.Header = f.header
	if f.header == nil {
		f.row.Header = numbered(got, f.row.Origin.Line)
		f.row.Header.Said = f.asks.said
	}
	if v == split {
		f.header = f.row.Header
	}

	switch width := len(f.row.Header.Names); {
	case got == width+1 && f.row.Cells[width] == "":
		f.row.Cells = f.row.Cells[:width]
	case got == width-1 && f.openEnd:
		f.row.Cells = append(f.row.Cells, "")
	}
	if v == split && len(f.row.Cells) == len(f.row.Header.Names) {
		f.scan.width = got
	}
}

// faults lists everything that is wrong with the row in hand; nil when nothing
// is.
func (f *csvFile) faults(v verdict, raw []byte) (faults []pipeline.Fault) {
	header, last := f.row.Header, len(f.row.Cells)-1

	if v != split {
		if v == doubtful {
			last = f.scan.suspect
		}
		faults = append(faults, quoteFault(v, columnName(header, last), f.row.Cells[last]))
	} else if len(f.row.Cells) != len(header.Names) {
		faults = append(faults, widthFault(len(f.row.Cells), header, f.measure(), string(f.scan.delimiter)))
	}
	if f.text.clean(raw) {
		return faults
	}
	for i, cell := range f.row.Cells {
		if fault, found := f.text.fault(columnName(header, i), cell); found {
			faults = append(faults, fault)
		}
	}
	return faults
}

// measure names what says how many cells a row has.
func (f *csvFile) measure() string {
	if f.dialect.noHeader {
		return "first row"
	}
	return "header"
}

func columnName(h *pipeline.Header, i int) string {
	if i < len(h.Names) {
		return h.Names[i]
	}
	return strconv.Itoa(i + 1)
}

func (f *csvFile) rowError(faults []pipeline.Fault) *pipeline.RowError {
	cells := make([]string, len(f.row.Cells))
	for i, cell := range f.row.Cells {
		cells[i] = printable(cell)
	}
	return &pipeline.RowError{Origin: f.row.Origin, Header: f.row.Header, Cells: cells, Faults: faults}
}

func (f *csvFile) give(row *pipeline.Row, err error) error {
	if !f.yield(row, err) {
		return errStopped
	}
	return nil
}

// cut makes strings of the cells of a row, all within one piece of memory.
func (f *csvFile) cut(cells []string, raw []byte) []string {
	text := string(raw)
	cells = slices.Grow(cells, len(f.scan.cells))[:len(f.scan.cells)]
	for i, c := range f.scan.cells {
		cells[i] = text[c.from:c.to]
	}
	return cells
}

func unclosedQuote(line int) error {
	return &pipeline.Incomplete{Why: fmt.Sprintf("the quote opened at line %d is never closed", line)}
}
