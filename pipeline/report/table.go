// Package report builds tables of what became of a run: sheets of typed cells
// for people, flat rows for machines. It decides what is told and in which
// order, and writes no bytes: the connectors do.
package report

import (
	"iter"
	"time"
)

// CellType says how a column's cells are written and shown.
type CellType uint8

const (
	Text    CellType = iota
	Integer          // counts
	Decimal          // measured or priced; two decimals unless the column says otherwise
	Moment           // an instant, shown in the book's zone
	Date             // the day of an instant, in the book's zone
	Percent          // a share of one, shown of a hundred
)

// Column is one column of a sheet.
type Column struct {
	Title    string
	Type     CellType
	Width    int // in characters; 0 lets the writer choose by the title
	Decimals int // for Decimal; 0 is two

	Format string // how a workbook shows its numbers or instants, as dd.mm.yyyy; "" is as its type is shown

	Fill   bool   // for people to fill in: its cells are coloured
	Choice [2]int // the first and the last column of the same row whose cells it offers to choose from, counted from 1; 0 offers nothing
}

// Cell is one typed value. The zero Cell is an empty one.
type Cell struct {
	Text   string
	Number float64
	Time   time.Time
	Filled bool

	Link string // where a click leads: an address, or #Sheet for a sheet of the book
	Tone Tone
}

// T is a text cell; blank text is an empty cell.
func T(text string) Cell { return Cell{Text: text, Filled: text != ""} }

// N is a number cell.
func N[Num int | int64 | float64](n Num) Cell { return Cell{Number: float64(n), Filled: true} }

// At is a time cell; the zero time is an empty cell.
func At(t time.Time) Cell { return Cell{Time: t, Filled: !t.IsZero()} }

// Sheet is one table. Rows are produced while they are written, so that a sheet
// may be larger than memory.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    iter.Seq2[[]Cell, error] // a yielded row is reused for the next one
	Plain   bool                     // no filter and no frozen header: a page to read, not a table
	Table   string                   // the name by which other programs find the table in a workbook; "" gives it none
	Charts  []Chart

	Totals func() []Cell // the line below the table, asked for when its rows are written; nil is none
}

// Book is a workbook: its sheets in order, and the zone its times are shown in.
type Book struct {
	Sheets []Sheet
	Zone   *time.Location // nil is UTC
}

// Of makes rows of a list.
func Of[T any](list []T, cells func(T) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, one := range list {
			if !yield(cells(one), nil) {
				return
			}
		}
	}
}
