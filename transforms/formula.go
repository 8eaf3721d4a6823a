package transforms

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/expr-lang/expr/vm"
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

	// Dates is how date reads a cell. Default: none, and date is refused.
	Dates DateForm
}

// Cells is a row as a formula sees it. A cell that the row does not have is
// "". Cell is called once an evaluation for every column the formula names.
type Cells interface {
	Cell(column string) string
}

// Formula is a compiled formula. It may be evaluated by many goroutines at
// the same time.
type Formula struct {
	program *vm.Program
	columns []string
	joins   []string
	slots   []string // the name of each column within the program
	idle    sync.Pool
}

// An evaluation is the machine of one goroutine with the cells of its row.
type evaluation struct {
	machine vm.VM
	cells   map[string]any
}

func newFormula(program *vm.Program, columns []string) *Formula {
	f := &Formula{program: program, columns: columns, slots: make([]string, len(columns))}
	for i, column := range columns {
		f.slots[i] = slotOf(column)
	}
	f.idle.New = func() any {
		return &evaluation{
			machine: vm.VM{MemoryBudget: memoryBudget},
			cells:   make(map[string]any, len(columns)),
		}
	}
	return f
}

// Columns lists the columns the formula reads, in the order it names them.
func (f *Formula) Columns() []string {
	return slices.Clone(f.columns)
}

// Text evaluates a formula compiled for [Text]. A number is written like one
// that was read: "1250.5", rounded to 15 digits as spreadsheets do. An error
// is a [*FormulaError] that names the function and the value in hand.
func (f *Formula) Text(row Cells) (string, error) {
	text, _, err := f.Say(row)
	return text, err
}

// Say is Text, and tells whether the formula gave a number: its text has a point,
// whatever form the file declares.
func (f *Formula) Say(row Cells) (text string, isNumber bool, err error) {
	value, err := f.evaluate(row)
	if err != nil {
		return "", false, err
	}
	switch value := value.(type) {
	case string:
		return value, false, nil
	case float64:
		text, err := numberText(value)
		return text, true, err
	}
	return "", false, wrongResult("a condition", "text")
}

// Bool evaluates a formula compiled for [Bool].
func (f *Formula) Bool(row Cells) (bool, error) {
	value, err := f.evaluate(row)
	if err != nil {
		return false, err
	}
	if value, ok := value.(bool); ok {
		return value, nil
	}
	return false, wrongResult("text", "a condition")
}

func (f *Formula) evaluate(row Cells) (any, error) {
	e := f.idle.Get().(*evaluation)
	defer f.idle.Put(e)

	for i, column := range f.columns {
		e.load(f.slots[i], row.Cell(column))
	}
	value, err := e.machine.Run(f.program, e.cells)
	if err != nil {
		return nil, runFault(err)
	}
	return value, nil
}

// load keeps the cell of the row before where the new one is equal: most
// columns repeat from row to row, and a value in an interface costs memory.
func (e *evaluation) load(slot, cell string) {
	if last, ok := e.cells[slot].(string); ok && last == cell {
		return
	}
	e.cells[slot] = cell
}

// numberText writes a number of a formula as canonical text. Floats carry
// noise behind their fifteenth digit; it would make unequal what is equal.
func numberText(v float64) (string, error) {
	const exact = 1 << 53
	if v == math.Trunc(v) && math.Abs(v) < exact {
		return strconv.FormatInt(int64(v), 10), nil
	}
	if math.IsNaN(v) || math.Abs(v) >= 1e40 {
		return "", &FormulaError{Line: 1, Column: 1, What: "the result is no number that can be written"}
	}

	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		return "", &FormulaError{Line: 1, Column: 1, What: err.Error()}
	}
	text := strconv.FormatFloat(rounded, 'f', -1, 64)
	if _, fraction, _ := strings.Cut(text, "."); len(fraction) <= mostDecimals {
		return text, nil
	}

	whole, fraction, _ := strings.Cut(strconv.FormatFloat(rounded, 'f', mostDecimals, 64), ".")
	digits, negative := cutSign(whole)
	return canonical(text, digits, fraction, negative)
}

// mostDecimals is more than any price, meter or coordinate has.
const mostDecimals = 10
