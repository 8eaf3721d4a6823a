package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// sheetReader reads a sheet row by row.
type sheetReader struct {
	book *book
	part *partReader
	scan *xmlScanner
	row  sheetRow

	within bool // the rows have begun
	held   bool // the row in hand is the next one
	raw    []byte

	// What stands behind the rows and is wanted, if anything.
	tops   []int // the rows whose merged cells are wanted
	merges []merge
}

// sheetRow is one row as it stands in a sheet. It is valid until the next.
type sheetRow struct {
	number int
	hidden bool
	cells  []sheetCell // those that say something, from left to right
	text   []byte      // of all of them
	faults []cellFault
	last   int  // the column of the cell before, -1 without
	mixed  bool // a cell stands left of the one before it
}

// sheetCell is a cell that says something.
type sheetCell struct {
	col      int // counted from 0
	from, to int // its text
	kind     pipeline.CellType
}

func (c *sheetCell) in(row *sheetRow) []byte { return row.text[c.from:c.to] }

// blank tells a row that says nothing, as those that are only coloured.
func (row *sheetRow) blank() bool {
	return len(row.faults) == 0 && len(strings.TrimSpace(string(row.text))) == 0
}

// joined appends what the cells say, with a blank between.
func (row *sheetRow) joined(dst []byte) []byte {
	for i := range row.cells {
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, row.cells[i].in(row)...)
	}
	return dst
}

func (sr *sheetReader) close() { _ = sr.part.Close() }

// hold gives the row in hand once more.
func (sr *sheetReader) hold() { sr.held = true }

// next reads one row; io.EOF behind the last one, when the rest of the sheet was
// found to be whole.
func (sr *sheetReader) next() (*sheetRow, error) {
	if sr.held {
		sr.held = false
		return &sr.row, nil
	}
	for {
		kind, err := sr.scan.next()
		if errors.Is(err, io.EOF) {
			if err := sr.part.drain(); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}

		switch {
		case kind == xmlEnd && string(sr.scan.name) == "sheetData":
			sr.within = false
		case kind != xmlStart:
		case sr.within && string(sr.scan.name) == "row":
			return &sr.row, sr.readRow()
		case string(sr.scan.name) == "sheetData":
			sr.within = true
		case string(sr.scan.name) == "mergeCell":
			sr.keepMerge(sr.scan.attr("ref"))
		}
	}
}

// finish reads on to the end of the sheet.
func (sr *sheetReader) finish() error {
	if _, err := io.Copy(io.Discard, sr.scan.src); err != nil {
		return err
	}
	return sr.part.drain()
}

// readRow reads the row whose start is in hand.
func (sr *sheetReader) readRow() error {
	row := &sr.row
	if err := sr.startRow(); err != nil {
		return err
	}
	for outside := sr.scan.depth() - 1; ; {
		kind, err := sr.scan.next()
		switch {
		case err != nil:
			return err
		case kind == xmlStart && string(sr.scan.name) == "c":
			err = sr.readCell()
		case kind == xmlStart:
			err = sr.scan.skip()
		case kind == xmlEnd && sr.scan.depth() == outside:
			row.settle()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// startRow begins a row. A number may be left out, and is then one more than
// that of the row before.
func (sr *sheetReader) startRow() error {
	row, number := &sr.row, sr.row.number+1
	if said := sr.scan.attr("r"); said != nil {
		if number = numberOr(said, 0); number <= row.number {
			return damaged(sr.part.part.Name, fmt.Sprintf("has the row %s after row %d", shortened(string(said)), row.number))
		}
	}
	if number > mostRows {
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the workbook has a row %d, which is more than any sheet has", number),
			Hint: "have the ERP write several files, or CSV",
		}
	}
	*row = sheetRow{
		number: number, hidden: isTrue(sr.scan.attr("hidden")), last: -1,
		cells: row.cells[:0], text: row.text[:0], faults: row.faults[:0],
	}
	return nil
}

// settle puts the cells in their order. Where two stand in one place, nobody can
// say which of them is meant.
func (row *sheetRow) settle() {
	if !row.mixed {
		return
	}
	slices.SortStableFunc(row.cells, func(a, b sheetCell) int { return cmp.Compare(a.col, b.col) })
	for i := 1; i < len(row.cells); i++ {
		if c := &row.cells[i]; c.col == row.cells[i-1].col {
			row.fault(c.col, string(c.in(row)), fmt.Sprintf("the cell %s%d is in the sheet twice", columnLetters(c.col), row.number),
				"have the ERP write the workbook again")
		}
	}
}
