package tabular

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// csvFile is one reading of a CSV file.
type csvFile struct {
	scan    *scanner
	text    *source
	dialect csvDialect
	name    string
	yield   yieldFunc

	records *recordFile // of a file that holds several tables; nil where it is one
	asks    cellAsks

	header  *pipeline.Header
	openEnd bool         // the header ends with a delimiter
	row     pipeline.Row // reused for every row
	rows    int          // read so far, the broken ones among them
}

// readCSV reads delimiter-separated text.
func readCSV(ctx context.Context, src io.Reader, name string, d pipeline.Dialect, yield yieldFunc) error {
	dialect, err := csvDialectOf(d)
	if err != nil {
		return err
	}
	text, err := opener{declared: d.Encoding, kind: "CSV", lost: lostByte}.openText(src)
	if err != nil {
		return err
	}
	defer text.close()

	f := &csvFile{text: text, dialect: dialect, name: name, yield: yield}
	if f.asks, err = cellAsksOf(d.Asks); err != nil {
		return err
	}
	if len(d.Parts) > 0 {
		if f.records, err = newRecordFile(name, text, d, yield); err != nil {
			return err
		}
	}
	f.scan = &scanner{
		window:    newWindow(text.text),
		delimiter: []byte(dialect.delimiter),
		quote:     dialect.quote,
		quoting:   dialect.quote != 0,
		line:      1,
	}
	return f.read(ctx)
}

func (f *csvFile) read(ctx context.Context) error {
	if err := f.readPreamble(); err != nil {
		return err
	}
	f.dialect.trailer = newTrailer(f.dialect.end, string(f.scan.delimiter))
	if f.records == nil && !f.dialect.noHeader {
		if err := f.readHeader(ctx); err != nil {
			return err
		}
	}
	if err := f.readRows(ctx); err != nil {
		return err
	}
	if f.records != nil {
		return f.records.finish()
	}
	if f.rows == 0 && f.header != nil {
		return &pipeline.NoRows{Header: f.header}
	}
	return nil
}

// ctxEvery is the number of lines between two looks at the context.
const ctxEvery = 256

// readRows takes everything below the header.
func (f *csvFile) readRows(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}

		line, err := f.scan.peek()
		if errors.Is(err, io.EOF) {
			return f.ended()
		}
		if err != nil {
			return err
		}
		if f.isNothing(line) {
			f.hearAboveRows(line)
			f.scan.skip()
			continue
		}
		if count, is := f.isTrailer(line); is {
			return f.readTrailer(count)
		}
		if f.records != nil {
			err = f.readRecord()
		} else {
			err = f.readRow()
		}
		if err != nil {
			return err
		}
	}
}

// hearAboveRows asks the lines above the first row of a table without a header.
func (f *csvFile) hearAboveRows(line []byte) {
	if f.header == nil && f.rows == 0 {
		f.asks.hear(line, f.scan)
	}
}

// isNothing tells comments and blank lines.
func (f *csvFile) isNothing(line []byte) bool {
	if c := f.dialect.comment; len(c) > 0 && bytes.HasPrefix(line, c) {
		return true
	}
	if len(line) > 0 && line[0] > ' ' && line[0] != endMark && line[0] < utf8.RuneSelf {
		return false
	}
	rest := bytes.Trim(bytes.TrimSpace(line), "\x1a")
	return len(rest) == 0 && !bytes.Contains(line, f.scan.delimiter)
}

func (f *csvFile) isTrailer(line []byte) (count int, is bool) {
	if f.dialect.trailer == nil {
		return 0, false
	}
	return f.dialect.trailer.match(line, f.scan)
}

// ended is the verdict at the end of a file in which no trailer was seen.
func (f *csvFile) ended() error {
	if f.dialect.trailer != nil {
		return f.dialect.trailer.missing()
	}
	return f.text.verdict()
}

// readTrailer makes sure that nothing follows the trailer, and that it counts
// right.
func (f *csvFile) readTrailer(count int) error {
	at := f.scan.line
	for {
		f.scan.skip()
		line, err := f.scan.peek()
		if errors.Is(err, io.EOF) {
			if err := f.dialect.trailer.verify(count, at, f.readSoFar()); err != nil {
				return err
			}
			return f.text.verdict()
		}
		if err != nil {
			return err
		}
		if !f.isNothing(line) {
			return textAfterTrailer(f.scan.line, at)
		}
	}
}

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
