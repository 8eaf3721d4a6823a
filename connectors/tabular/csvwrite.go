package tabular

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"rentalsync/pipeline/report"
)

// WriteDialect says how a CSV file is written. The zero value is what Excel
// opens without asking and other programs read without guessing: UTF-8 with a
// byte order mark, commas, decimal points.
type WriteDialect struct {
	Encoding  string // WHATWG name or codepage; "" is utf-8
	Delimiter string // one or several characters, tab or pipe; "" is a comma
	Decimal   string // the decimal sign; "" is a point
	NoBOM     bool   // leave out the byte order mark of utf-8 and utf-16
}

// WriteCSV writes a sheet as CSV, row by row: a header of its titles, line ends
// in CRLF, times in UTC as RFC 3339, numbers as their columns say, text guarded
// against formulas. A character that the encoding cannot hold is an error that
// names its place.
func WriteCSV(w io.Writer, s report.Sheet, d WriteDialect) error {
	out, err := newCSVWriter(w, s.Columns, d)
	if err != nil {
		return err
	}
	if err := out.header(s.Columns); err != nil {
		return fmt.Errorf("write sheet %q: %w", s.Name, err)
	}
	if s.Rows == nil {
		return out.flush()
	}

	for row, err := range s.Rows {
		if err != nil {
			return fmt.Errorf("write sheet %q: %w", s.Name, err)
		}
		if err := out.row(row); err != nil {
			return fmt.Errorf("write sheet %q: %w", s.Name, err)
		}
	}
	return out.flush()
}

// csvWriter composes rows in UTF-8 and encodes them whole.
type csvWriter struct {
	out       *bufio.Writer
	encoder   *encoding.Encoder // nil writes UTF-8
	encoding  string
	ascii     bool // the encoding leaves plain ASCII as it is
	columns   []report.Column
	delimiter string
	decimal   string
	special   string // what makes quotes necessary

	line  int // of the row in hand, counted as rows of the file
	text  []byte
	cells []int // where each cell of the row in hand ends in text
}

func newCSVWriter(w io.Writer, columns []report.Column, d WriteDialect) (*csvWriter, error) {
	delimiter, err := delimiterOf(d.Delimiter, '"')
	if err != nil {
		return nil, err
	}
	out := &csvWriter{
		out:       bufio.NewWriterSize(w, 64<<10),
		encoding:  d.Encoding,
		columns:   columns,
		delimiter: delimiter,
		decimal:   d.Decimal,
		special:   "\"\r\n" + delimiter,
	}
	if out.decimal == "" {
		out.decimal = "."
	}
	return out, out.open(d)
}

// open settles the encoding and writes its mark.
func (w *csvWriter) open(d WriteDialect) error {
	enc := encoding.Encoding(nil)
	if d.Encoding != "" {
		var err error
		if enc, err = encodingOf(d.Encoding); err != nil {
			return err
		}
	}

	mark := bomUTF8
	switch {
	case enc == nil || isUTF8(enc):
	case enc == utf16LE:
		mark, w.encoder = bomUTF16LE, enc.NewEncoder()
	case enc == utf16BE:
		mark, w.encoder = bomUTF16BE, enc.NewEncoder()
	default:
		mark, w.encoder, w.ascii = nil, enc.NewEncoder(), !isEBCDIC(enc)
	}
	if d.NoBOM {
		mark = nil
	}
	_, err := w.out.Write(mark)
	return err
}

func (w *csvWriter) header(columns []report.Column) error {
	for _, c := range columns {
		w.add(guard(legible(c.Title)))
	}
	return w.end()
}

func (w *csvWriter) row(cells []report.Cell) error {
	for i, cell := range cells {
		w.add(w.format(cell, columnAt(w.columns, i)))
	}
	return w.end()
}

// columnAt is the column of a cell; cells beyond the columns are text.
func columnAt(columns []report.Column, i int) report.Column {
	if i < len(columns) {
		return columns[i]
	}
	return report.Column{}
}

// format writes a value as its column says. A text in a number column, such as
// the word of a totals line, stays text.
func (w *csvWriter) format(cell report.Cell, c report.Column) string {
	switch {
	case !cell.Filled:
		return ""
	case cell.Text != "" || c.Type == report.Text:
		return guard(legible(textOf(cell)))
	case !cell.Time.IsZero():
		return cell.Time.UTC().Format(time.RFC3339)
	default:
		number := formatNumber(cell.Number, decimalsOf(c))
		return strings.Replace(number, ".", w.decimal, 1)
	}
}

// add puts one more cell into the row in hand, quoted where it must be.
func (w *csvWriter) add(text string) {
	if len(w.cells) > 0 {
		w.text = append(w.text, w.delimiter...)
	}
	if w.needsQuotes(text) {
		w.text = append(w.text, '"')
		w.text = append(w.text, strings.ReplaceAll(text, `"`, `""`)...)
		w.text = append(w.text, '"')
	} else {
		w.text = append(w.text, text...)
	}
	w.cells = append(w.cells, len(w.text))
}

// needsQuotes also quotes what readers like to trim, and the lone empty cell
// that would else be a blank line.
func (w *csvWriter) needsQuotes(text string) bool {
	if text == "" {
		return len(w.columns) == 1
	}
	return strings.ContainsAny(text, w.special) || strings.TrimSpace(text) != text
}

// end writes the row in hand.
func (w *csvWriter) end() error {
	w.text = append(w.text, "\r\n"...)
	w.line++

	text := w.text
	if w.encoder != nil && (!w.ascii || firstHigh(text) >= 0) {
		var err error
		if text, err = w.encoder.Bytes(text); err != nil {
			return w.blame(err)
		}
	}
	_, err := w.out.Write(text)
	w.text, w.cells = w.text[:0], w.cells[:0]
	return err
}

// blame finds the cell that cannot be encoded.
func (w *csvWriter) blame(cause error) error {
	from := 0
	for i, to := range w.cells {
		cell := w.text[from:to]
		if _, err := w.encoder.Bytes(cell); err != nil {
			return fmt.Errorf("row %d, column %q: %q cannot be written in %s; use utf-8, or correct the text",
				w.line, columnTitle(w.columns, i), w.foreign(cell), w.encoding)
		}
		from = to
	}
	return fmt.Errorf("row %d: %w", w.line, cause)
}

// foreign is the first character of a cell that the encoding does not have.
func (w *csvWriter) foreign(cell []byte) string {
	for len(cell) > 0 {
		_, size := utf8.DecodeRune(cell)
		if _, err := w.encoder.Bytes(cell[:size]); err != nil {
			return string(cell[:size])
		}
		cell = cell[size:]
	}
	return ""
}

func (w *csvWriter) flush() error { return w.out.Flush() }

func columnTitle(columns []report.Column, i int) string {
	if i < len(columns) {
		return columns[i].Title
	}
	return strconv.Itoa(i + 1)
}
