package transforms

import (
	"fmt"
)

// FormulaResult is the kind of value a formula must give.
type FormulaResult uint8

const (
	// Text takes text; a number is written as canonical text.
	Text FormulaResult = iota
	// Bool takes a condition.
	Bool
)

// FormulaEnv is what a formula may speak of.
type FormulaEnv struct {
	// Columns are the columns by name; their cells are text. A name that is no
	// word, as Geräte-Nr., is written col("Geräte-Nr.").
	Columns []string

	// Result is what the formula must give. Default: Text.
	Result FormulaResult

	// Tables are the code tables that lookup may name.
	Tables map[string]Codes

	// Number is how number reads a cell. Default: decimal point, no thousands.
	Number NumberFormat

	// Dates is how date reads a cell. Without it date is refused.
	Dates DateForm
}

// Cells is a row as a formula sees it. Cell is called once for every column a
// formula names; a cell the row does not have is "".
type Cells interface {
	Cell(column string) string
}

// FormulaError is a fault of a formula, with its place in the source: line and
// column count from 1, the column in characters.
type FormulaError struct {
	Line, Column int
	What         string
	Hint         string // the cure; may be empty
}

func (e *FormulaError) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("formula %d:%d: %s", e.Line, e.Column, e.What)
	}
	return fmt.Sprintf("formula %d:%d: %s; %s", e.Line, e.Column, e.What, e.Hint)
}

// Formula is a compiled formula.
type Formula struct {
	columns []string
}

// CompileFormula compiles and checks a formula.
func CompileFormula(source string, env FormulaEnv) (*Formula, error) {
	return nil, &FormulaError{Line: 1, Column: 1, What: "formulas are not compiled yet"}
}

// Text evaluates a formula whose result is text.
func (f *Formula) Text(row Cells) (string, error) { return "", nil }

// Bool evaluates a condition.
func (f *Formula) Bool(row Cells) (bool, error) { return false, nil }

// Columns lists the columns the formula uses.
func (f *Formula) Columns() []string { return f.columns }
