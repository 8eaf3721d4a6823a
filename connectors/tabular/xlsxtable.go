package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// sheetTable is the table that stands on a sheet: rows under a header, with
// whatever is above and below it.
type sheetTable struct {
	book    *book
	sheet   sheet
	part    int
	plan    pipeline.Table
	said    map[string]string
	trailer *trailer
	name    string
	yield   yieldFunc

	header *pipeline.Header
	row    pipeline.Row // reused for every row
	rows   int          // read so far, the broken ones among them
	line   []byte       // of a row, while it is compared with the trailer
}

func newSheetTable(b *book, s sheet, part int, plan pipeline.Table, said map[string]string) *sheetTable {
	t := &sheetTable{book: b, sheet: s, part: part, plan: plan, said: said, trailer: newTrailer(plan.End, " ")}
	t.plan.Header = headerPlan(pipeline.Dialect{Header: plan.Header})
	return t
}

// read yields the rows of the table, and that there are none where so it is.
func (t *sheetTable) read(ctx context.Context) error {
	look, err := t.look(ctx)
	if err != nil {
		return err
	}
	rows, err := t.book.openSheet(ctx, t.sheet)
	if err != nil {
		return err
	}
	defer rows.close()

	if t.plan.NoHeader {
		t.setHeader(numbered(look.width, 0))
	} else if err := t.readHeader(rows, look.merges); err != nil {
		return err
	}
	if err := t.readRows(rows); err != nil {
		return err
	}
	if t.rows == 0 && len(t.header.Names) > 0 {
		return t.give(nil, &pipeline.NoRows{Header: t.header})
	}
	return nil
}

// setHeader makes the header that all rows of the table share.
func (t *sheetTable) setHeader(h *pipeline.Header) {
	h.Sheet, h.Part, h.Said, h.Since1904 = t.sheet.name, t.part, t.said, t.book.since1904
	t.header = h
	t.row = pipeline.Row{
		Header: h,
		Origin: rental.Origin{File: t.name, Sheet: t.sheet.name},
		Cells:  make([]string, len(h.Names)),
		Types:  make([]pipeline.CellType, len(h.Names)),
	}
}

// readRows takes everything below the header, down to the trailer where there is
// one. Rows that say nothing are none: sheets are full of them.
func (t *sheetTable) readRows(rows *sheetReader) error {
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return t.ended()
		}
		if err != nil {
			return err
		}
		if row.blank() {
			continue
		}
		if count, is := t.isTrailer(row); is {
			if err := t.trailer.verify(count, row.number, t.rows); err != nil {
				return err
			}
			return rows.finish()
		}
		if err := t.readRow(row); err != nil {
			return err
		}
	}
}

// ended is the verdict at the end of a sheet in which no trailer was seen.
func (t *sheetTable) ended() error {
	if t.trailer != nil {
		return t.trailer.missing()
	}
	return nil
}

// isTrailer compares what stands in a row with the trailer.
func (t *sheetTable) isTrailer(row *sheetRow) (count int, is bool) {
	if t.trailer == nil {
		return 0, false
	}
	t.line = row.joined(t.line[:0])
	return t.trailer.match(t.line, &scanner{delimiter: []byte(" ")})
}

// readRow yields a row, or the verdict on it.
func (t *sheetTable) readRow(row *sheetRow) error {
	t.rows++
	t.row.Origin.Line, t.row.Hidden = row.number, row.hidden
	if t.plan.NoHeader && t.header.Line == 0 {
		t.header.Line = row.number
	}
	clear(t.row.Cells)
	clear(t.row.Types)

	text := string(row.text) // one piece of memory for all cells
	var beyond []sheetCell
	for _, c := range row.cells {
		if c.col >= len(t.row.Cells) {
			beyond = append(beyond, c)
			continue
		}
		t.row.Cells[c.col], t.row.Types[c.col] = text[c.from:c.to], c.kind
	}
	if faults := t.faults(row, beyond); faults != nil {
		return t.give(nil, t.rowError(faults))
	}
	return t.give(&t.row, nil)
}

// faults lists everything that is wrong with a row; nil when nothing is.
func (t *sheetTable) faults(row *sheetRow, beyond []sheetCell) (faults []pipeline.Fault) {
	for _, f := range row.faults {
		f.fault.Column = columnName(t.header, f.col)
		faults = append(faults, f.fault)
	}
	for _, c := range beyond {
		value := string(c.in(row))
		if strings.TrimSpace(value) == "" {
			continue
		}
		return append(faults, pipeline.Fault{
			Column: columnName(t.header, c.col), Value: shortened(value),
			What: fmt.Sprintf("the cell %s stands beside the table: the header has %s", cellName(c.col, row.number), plural(len(t.header.Names), "column")),
			Hint: fmt.Sprintf("give the column a name in row %d, or clear the cell", t.header.Line),
		})
	}
	return faults
}

func (t *sheetTable) rowError(faults []pipeline.Fault) *pipeline.RowError {
	cells := slices.Clone(t.row.Cells)
	for i, cell := range cells {
		cells[i] = printable(cell)
	}
	return &pipeline.RowError{Origin: t.row.Origin, Header: t.header, Cells: cells, Faults: faults}
}

func (t *sheetTable) give(row *pipeline.Row, err error) error {
	if !t.yield(row, err) {
		return errStopped
	}
	return nil
}
