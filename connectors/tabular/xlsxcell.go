package tabular

import (
	"bytes"
	"fmt"
	"strings"

	"rentalsync/pipeline"
)

// cellIs says how a cell holds its value.
type cellIs uint8

const (
	cellNumber cellIs = iota
	cellShared
	cellInline
	cellText
	cellBool
	cellError
	cellDate
	cellOdd
)

func cellIsOf(t []byte) cellIs {
	switch string(t) {
	case "", "n":
		return cellNumber
	case "s":
		return cellShared
	case "inlineStr":
		return cellInline
	case "str":
		return cellText
	case "b":
		return cellBool
	case "e":
		return cellError
	case "d":
		return cellDate
	default:
		return cellOdd
	}
}

// rawCell is what the XML says of a cell.
type rawCell struct {
	col     int
	is      cellIs
	format  cellFormat
	formula bool
	valued  bool // there is a value, if only an empty one
	value   []byte
}

// readCell reads the cell whose start is in hand, and adds it to the row unless
// it says nothing.
func (sr *sheetReader) readCell() error {
	cell, err := sr.startCell()
	if err != nil {
		return err
	}
	sr.raw = sr.raw[:0]
	for outside := sr.scan.depth() - 1; ; {
		kind, err := sr.scan.next()
		switch {
		case err != nil:
			return err
		case kind == xmlStart:
			err = sr.readContent(&cell)
		case kind == xmlEnd && sr.scan.depth() == outside:
			cell.value = sr.raw
			return sr.addCell(&cell)
		}
		if err != nil {
			return err
		}
	}
}

// startCell takes what the tag of a cell says. Its place may be left out, and is
// then right of the cell before.
func (sr *sheetReader) startCell() (rawCell, error) {
	row, cell := &sr.row, rawCell{col: sr.row.last + 1}
	for _, a := range sr.scan.attrs {
		switch string(a.name) {
		case "r":
			cell.col = cellColumn(a.value)
		case "t":
			cell.is = cellIsOf(a.value)
		case "s":
			cell.format = sr.book.formats.of(numberOr(a.value, -1))
		}
	}
	if cell.col < 0 || cell.col >= mostColumns || len(row.cells) > mostColumns {
		return cell, damaged(sr.part.part.Name, fmt.Sprintf("has a cell in row %d in no column of a sheet", row.number))
	}
	row.mixed = row.mixed || cell.col <= row.last
	row.last = cell.col
	return cell, nil
}

// readContent reads an element within a cell.
func (sr *sheetReader) readContent(cell *rawCell) (err error) {
	switch string(sr.scan.name) {
	case "v":
		cell.valued = true
		if cell.is == cellInline {
			cell.is = cellText
		}
		sr.raw, err = sr.scan.content(sr.raw[:0])
	case "is":
		cell.valued, cell.is = true, cellInline
		sr.raw, err = richText(sr.scan, sr.raw[:0])
	case "f":
		cell.formula = true
		err = sr.scan.skip()
	default:
		err = sr.scan.skip()
	}
	return err
}

// addCell makes text of a cell.
func (sr *sheetReader) addCell(cell *rawCell) error {
	row := &sr.row
	c := sheetCell{col: cell.col, from: len(row.text)}
	var err error

	switch {
	case cell.formula && cell.uncounted():
		row.fault(cell.col, "", "the cell has a formula without a result", "open the workbook in Excel, let it calculate, and save it")
	case cell.is == cellShared:
		err = sr.addShared(cell)
	case cell.is == cellInline:
		row.text = append(row.text, cell.value...)
	case cell.is == cellText:
		row.text = appendCellText(row.text, cell.value)
	default:
		c.kind = sr.addTyped(cell)
	}
	if err == nil && len(row.text) > longestRow {
		err = tooLongXML()
	}
	if c.to = len(row.text); c.to == c.from || err != nil {
		return err
	}
	row.cells = append(row.cells, c)
	if c.kind == pipeline.TextCell && !cleanText(row.text[c.from:]) {
		row.addTextFault(&c)
	}
	return nil
}

// uncounted tells a formula that was written by a program that cannot calculate.
func (cell *rawCell) uncounted() bool {
	return !cell.valued || len(cell.value) == 0 && cell.is != cellText && cell.is != cellInline
}

func (sr *sheetReader) addShared(cell *rawCell) (err error) {
	if len(cell.value) == 0 {
		return nil
	}
	row, known := &sr.row, false
	row.text, known, err = sr.book.strings.appendTo(row.text, numberOr(bytes.TrimSpace(cell.value), -1))
	if err == nil && !known {
		row.fault(cell.col, string(cell.value), "the cell refers to a text that is not in the workbook",
			"open it in Excel and save it, or have the ERP write it again")
	}
	return err
}

// addTyped appends the text of a cell that is no text, or what is wrong with it.
func (sr *sheetReader) addTyped(cell *rawCell) pipeline.CellType {
	row, from := &sr.row, len(sr.row.text)
	value := bytes.TrimSpace(cell.value)
	if len(value) == 0 {
		return pipeline.TextCell
	}

	kind, ok := pipeline.TextCell, false
	switch cell.is {
	case cellBool:
		kind = pipeline.BoolCell
		row.text, ok = appendBool(row.text, value)
	case cellDate:
		kind = pipeline.DateCell
		row.text, ok = appendISO(row.text, value, cell.format)
	case cellNumber:
		kind, ok = row.addNumber(cell.format, value, sr.book.since1904)
	case cellError:
		row.addError(cell.col, value)
		ok = true
	}
	if !ok {
		row.text = append(row.text[:from], shortened(string(value))...)
		row.fault(cell.col, string(value), cell.fault(), "correct it in the ERP, or open the workbook in Excel and save it")
		return pipeline.TextCell
	}
	return kind
}

// addNumber appends a number, or the date that its format makes of it.
func (row *sheetRow) addNumber(format cellFormat, value []byte, since1904 bool) (kind pipeline.CellType, ok bool) {
	if format.show == showNumber {
		row.text, ok = appendNumber(row.text, value, format.zeros)
		return pipeline.NumberCell, ok
	}
	n, ok := parseNumber(value)
	if ok {
		row.text, ok = appendSerial(row.text, n, format.show, since1904)
	}
	if format.show == showDuration {
		return pipeline.TextCell, ok
	}
	return pipeline.DateCell, ok
}

func appendBool(dst, value []byte) ([]byte, bool) {
	switch strings.ToLower(string(value)) {
	case "1", "true":
		return append(dst, "TRUE"...), true
	case "0", "false":
		return append(dst, "FALSE"...), true
	}
	return dst, false
}
