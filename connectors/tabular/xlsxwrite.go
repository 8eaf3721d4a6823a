package tabular

import (
	"fmt"
	"io"
	"iter"
	"math"
	"runtime/debug"
	"slices"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

const (
	mostSheetRows = 1 << 20 // Excel's limit, the header among them
	longestCell   = 32767   // Excel's limit, in UTF-16 units
	cutSign       = "…"     // ends a value that was cut
)

// workbookGC is how much garbage is allowed while a workbook is written, in
// percent of what is in use.
const workbookGC = 40

// WriteXLSX writes a workbook row by row; what does not fit into memory goes
// through temporary files. Cells are typed by their columns: times are real
// dates in the book's zone, and text is text whatever it starts with. A sheet
// with more rows than Excel can hold goes on in a second one, "Name (2)".
func WriteXLSX(w io.Writer, b report.Book) (err error) {
	// What a book is made from may be large; garbage on top of it would double that.
	defer debug.SetGCPercent(debug.SetGCPercent(workbookGC))

	file := excelize.NewFile()
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()

	styles, err := newXLSXStyles(file)
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := file.SetDocProps(&excelize.DocProperties{Creator: "rentalsync"}); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	book := &xlsxBook{file: file, styles: styles, names: sheetNames{}, tables: map[string]bool{}, zone: b.Zone, most: mostSheetRows, rows: map[string]*sheetRows{}}
	defer book.close()
	if book.zone == nil {
		book.zone = time.UTC
	}

	for _, sheet := range b.Sheets {
		if err := book.write(sheet); err != nil {
			return fmt.Errorf("write sheet %q: %w", sheet.Name, err)
		}
	}
	return packed(w, file, book.rows)
}

// xlsxBook is a workbook that grows sheet by sheet.
type xlsxBook struct {
	file   *excelize.File
	styles *xlsxStyles
	names  sheetNames
	tables map[string]bool // by their names in small letters
	zone   *time.Location
	sheets int
	most   int // rows of a sheet, the header among them

	rows map[string]*sheetRows // by the parts that they belong to
}

// close forgets the rows that were not packed.
func (b *xlsxBook) close() {
	for _, rows := range b.rows {
		rows.spool.close()
	}
}

// write writes one table, on as many sheets as it needs.
func (b *xlsxBook) write(s report.Sheet) error {
	rows := s.Rows
	if rows == nil {
		rows = func(func([]report.Cell, error) bool) {}
	}
	next, stop := iter.Pull2(rows)
	defer stop()

	row, err, more := next()
	for {
		page, failed := b.newPage(s)
		if failed != nil {
			return failed
		}
		for ; more && page.rows < b.most; row, err, more = next() {
			if err != nil {
				return err
			}
			if err := page.row(row); err != nil {
				return err
			}
		}
		if err := page.end(!more); err != nil || !more {
			return err
		}
	}
}

// newPage adds a sheet, and writes what stands above its rows.
func (b *xlsxBook) newPage(s report.Sheet) (*xlsxPage, error) {
	name := b.names.name(s.Name)
	b.sheets++
	stream, err := streamSheet(b.file, name, b.sheets == 1)
	if err != nil {
		return nil, err
	}

	page := &xlsxPage{book: b, sheet: s, name: name, stream: stream, body: &sheetRows{styles: make([]int, len(s.Columns))}}
	b.rows[sheetPart(b.sheets)] = page.body
	if err := page.dress(); err != nil {
		return nil, err
	}
	return page, page.header()
}

// streamSheet adds a sheet that is written row by row. The first one uses the sheet
// that a new file already has.
func streamSheet(file *excelize.File, name string, first bool) (*excelize.StreamWriter, error) {
	if first {
		if err := file.SetSheetName(file.GetSheetName(0), name); err != nil {
			return nil, err
		}
	} else if _, err := file.NewSheet(name); err != nil {
		return nil, err
	}
	// A dimension would have to be known before the rows are; a wrong one hides
	// rows from programs that trust it.
	if err := file.SetSheetDimension(name, ""); err != nil {
		return nil, err
	}
	return printed(file, name)
}

// printed opens the stream of a sheet that prints across the page, all its columns
// on one: said before the stream begins, which writes what is known by then.
func printed(file *excelize.File, name string) (*excelize.StreamWriter, error) {
	fits, across, many := true, "landscape", 0
	if err := file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fits}); err != nil {
		return nil, err
	}
	if err := file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &across, FitToHeight: &many}); err != nil {
		return nil, err
	}
	return file.NewStreamWriter(name)
}

// xlsxPage is one sheet that is being written.
type xlsxPage struct {
	book   *xlsxBook
	sheet  report.Sheet
	name   string
	stream *excelize.StreamWriter // of all but the rows below the header
	body   *sheetRows
	rows   int
	values []any // reused for every row
}

// dress sets what must be said before the first row: widths, styles, panes. The
// columns go from last to first because the stream puts each before the others,
// and Excel wants to find them in ascending order.
func (p *xlsxPage) dress() error {
	for i, c := range slices.Backward(p.sheet.Columns) {
		if err := p.stream.SetColWidth(i+1, i+1, widthOf(c)); err != nil {
			return err
		}
		style, err := p.book.styles.of(c)
		if err != nil {
			return err
		}
		if err := p.stream.SetColStyle(i+1, i+1, style); err != nil {
			return err
		}
		p.body.styles[i] = style
	}
	if p.sheet.Plain {
		return nil
	}
	return p.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// header writes the titles; a page to read may have none.
func (p *xlsxPage) header() error {
	titled := false
	p.values = p.values[:0]
	for _, c := range p.sheet.Columns {
		p.values = append(p.values, legible(c.Title))
		titled = titled || c.Title != ""
	}
	if !titled && p.sheet.Plain {
		return nil
	}
	p.rows++
	return p.stream.SetRow("A1", p.values, excelize.RowOpts{StyleID: p.book.styles.header, Height: 20})
}

// row writes one row of the table.
func (p *xlsxPage) row(cells []report.Cell) error {
	p.values = p.values[:0]
	for i, cell := range cells {
		value, err := p.dressed(cell, columnAt(p.sheet.Columns, i))
		if err != nil {
			return err
		}
		p.values = append(p.values, value)
	}
	p.rows++
	return p.body.add(p.rows, p.values)
}

// value is a cell as Excel types it; nil is an empty one.
func (p *xlsxPage) value(cell report.Cell, c report.Column) any {
	switch {
	case !cell.Filled:
		return nil
	case cell.Text != "" || c.Type == report.Text:
		return fitted(legible(textOf(cell)))
	case !cell.Time.IsZero():
		return p.time(cell.Time, c)
	case math.IsNaN(cell.Number) || math.IsInf(cell.Number, 0):
		return nil
	default:
		return cell.Number
	}
}

// time is an instant where people read it; a column of days shows no time of day,
// and its cells have none.
func (p *xlsxPage) time(t time.Time, c report.Column) time.Time {
	t = t.In(p.book.zone)
	if c.Type != report.Date {
		return t
	}
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, p.book.zone)
}

// end makes a table of what was written, draws its charts, and closes the sheet.
func (p *xlsxPage) end(last bool) error {
	if !p.sheet.Plain && len(p.sheet.Columns) > 0 {
		corner, err := excelize.CoordinatesToCellName(len(p.sheet.Columns), p.rows)
		if err != nil {
			return err
		}
		if err := p.asTable(corner); err != nil {
			return err
		}
	}
	if err := p.offer(); err != nil {
		return err
	}
	if err := p.charts(); err != nil {
		return err
	}
	if last && p.sheet.Totals != nil {
		if err := p.row(p.sheet.Totals()); err != nil {
			return err
		}
	}
	return p.stream.Flush()
}

// fitted cuts a value that Excel cannot hold, and lets it be seen.
func fitted(text string) string {
	if len(text) <= longestCell {
		return text
	}
	units := 0
	for _, r := range text {
		units += utf16.RuneLen(r)
	}
	if units <= longestCell {
		return text
	}
	return cutUTF16(text, longestCell-1) + cutSign
}

// widthOf is a column's width in characters: as it says, or as its title and
// its values need.
func widthOf(c report.Column) float64 {
	if c.Width > 0 {
		return float64(min(c.Width, 255))
	}
	least := 10
	switch c.Type {
	case report.Moment:
		least = 17
	case report.Date:
		least = 12
	case report.Text:
		least = 14
	}
	return float64(min(max(least, len([]rune(c.Title))+4), 60)) // the filter's button takes some
}
