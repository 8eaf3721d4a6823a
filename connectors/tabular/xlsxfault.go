package tabular

import (
	"unicode/utf8"

	"rentalsync/pipeline"
)

// cellFault says what is wrong with a cell. Which column that is, the header
// knows.
type cellFault struct {
	col   int
	fault pipeline.Fault
}

func (row *sheetRow) fault(col int, value, what, hint string) {
	row.faults = append(row.faults, cellFault{col: col, fault: pipeline.Fault{Value: shortened(value), What: what, Hint: hint}})
}

// addTextFault says what is no text in a cell.
func (row *sheetRow) addTextFault(c *sheetCell) {
	if fault, found := textFault("", string(c.in(row)), "utf-8"); found {
		row.faults = append(row.faults, cellFault{col: c.col, fault: fault})
	}
}

// fault says what is wrong with a value that does not fit its cell.
func (cell *rawCell) fault() string {
	switch {
	case cell.is == cellBool:
		return "is neither true nor false"
	case cell.is == cellDate:
		return "is no date"
	case cell.is == cellOdd:
		return "is of a kind that workbooks do not have"
	case cell.format.show == showNumber:
		return "is no number"
	}
	return "is shown as a date, and is no day that a workbook knows"
}

// cellErrors are what a spreadsheet shows where a formula went wrong.
var cellErrors = map[string]struct{ what, hint string }{
	"#N/A":    {"a formula looked for something and did not find it", "correct what the formula looks for, or let it give \"\" instead: IFERROR(…, \"\")"},
	"#DIV/0!": {"a formula divides by zero", "correct the formula or what it divides by"},
	"#REF!":   {"a formula refers to cells that were deleted", "correct the formula"},
	"#VALUE!": {"a formula calculates with something that is no number", "correct the cells that the formula uses"},
	"#NAME?":  {"a formula uses a name that Excel does not know", "correct the formula"},
	"#NUM!":   {"a formula gives a number that cannot be", "correct the formula or the cells that it uses"},
	"#NULL!":  {"a formula refers to cells that do not meet", "correct the formula"},
	"#SPILL!": {"a formula has no room for its results", "clear the cells beside it"},
}

// addError takes a cell in which a formula went wrong.
func (row *sheetRow) addError(col int, value []byte) {
	code := string(value)
	if !utf8.Valid(value) {
		code = printable(code)
	}
	said, known := cellErrors[code]
	if !known {
		said.what, said.hint = "a formula went wrong", "correct it in Excel"
	}
	row.text = append(row.text, code...)
	row.fault(col, code, said.what, said.hint)
}
