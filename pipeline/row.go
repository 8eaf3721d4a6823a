package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"rentalsync/pipeline/rental"
)

// Dialect says how a file's bytes become rows. The zero value is a comma
// separated file with one header line.
type Dialect struct {
	Format    string     // csv, xlsx or fixed; "" is csv
	Encoding  string     // WHATWG name; "" is: byte order mark, else valid UTF-8, else windows-1252
	Delimiter string     // one or several characters; "" is a comma
	Quote     string     // one character; "" is the double quote, "none" is no quoting
	Comment   string     // lines that start with it are no rows; "" is none
	Header    []int      // physical lines of the header, joined from top to bottom; nil is line 1
	NoHeader  bool       // cells are named by their column number
	Find      [][]string // the header is the first line that has one name of each list; nil is: at the lines of Header
	End       string     // the trailer, with {count}; "" is none
	Sheet     string     // of a workbook: a name, a pattern with * and ?, or a number; "" is the first, "*" is all
	Length    int        // of a fixed-width file: the characters of a record; 0 is as many as its line has
	Strict    bool       // a record of any other length is a row error
	Columns   []Slice    // of a fixed-width file that is one table
	Parts     []Table    // the tables of a file that holds several; nil where it is one
	Asks      []Ask      // what is to be told of the file beside its rows
}

// Slice is a stretch of characters in a record, counted from 1, both ends
// included; in separated text it is the cell numbered From.
type Slice struct {
	Name     string
	From, To int
}

// Table is one of the tables of a file: a sheet of a workbook, or the records of
// one type.
type Table struct {
	Sheet    string     // as in Dialect
	Record   RecordType // which lines belong to it; the zero value is all of them
	Use      TableUse
	Header   []int // of a sheet, as in Dialect
	NoHeader bool
	Find     [][]string
	End      string
	Columns  []Slice // of records: what they hold
	Totals   Totals  // of a trailer: what it must agree with
}

// RecordType tells the records of one type by a word at a place.
type RecordType struct {
	At Slice
	Is []string // any of these
}

// TableUse says what the lines of a table are.
type TableUse uint8

const (
	TableRows    TableUse = iota // rows
	TableHeader                  // tells of the file, and is no row
	TableTrailer                 // ends the file, must be there, and is no row
)

// Totals are what a trailer says of the rows before it.
type Totals struct {
	Count *Total // of the rows
	Sum   *Total // of the digits in a column, over the rows
}

// Total is a number in a trailer.
type Total struct {
	At   Slice
	Plus int    // how many more it counts than there are rows: header and trailer records
	Of   string // of a sum: the column
}

// Ask is something that stands outside of the rows: in a header record, or in a
// cell above the header.
type Ask struct {
	Name string // under which Header.Said has it
	Part int    // the part whose records, or whose sheet, it stands in
	At   Slice  // in a header record
	Cell string // else the cell, as a spreadsheet names it: B2
}

// Header names the cells of the rows below it. Rows of one table share one
// header, so that a mapping binds its columns once.
type Header struct {
	Names []string // unique: "Nr", "Nr (2)"; an empty header is its column number
	Again []int    // the columns whose names stood there before: those with a number behind them
	Line  int
	Sheet string // of a workbook
	Part  int    // the part of the dialect that the rows belong to

	Said      map[string]string // what was asked for and stands outside of the rows
	Since1904 bool              // a workbook that counts its days from 1904
}

// CellType says what a cell of a workbook is. In any other file cells are text.
type CellType uint8

const (
	TextCell   CellType = iota
	NumberCell          // the text is a number with a point, as 1250.5 or 1e-7
	DateCell            // the text is 2026-11-21, 2026-11-21T07:30:00 or 07:30:00
	BoolCell            // the text is TRUE or FALSE
)

// Row is one line of a file. It is valid until the next row is read.
type Row struct {
	Origin rental.Origin
	Header *Header
	Cells  []string
	Types  []CellType // of the cells; nil where all are text
	Hidden bool       // in a workbook that does not show it
}

// Blank reports whether the row says nothing at all: spreadsheets leave hundreds
// of such rows at the end of a table.
func (r *Row) Blank() bool {
	for _, cell := range r.Cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// Fault is one thing that is wrong with a row, told so that the reader of a
// report can mend it.
type Fault struct {
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	What   string `json:"what"`
	Hint   string `json:"hint,omitempty"`
}

// String is the fault in one line.
func (f Fault) String() string {
	text := f.What
	if f.Column != "" {
		text = fmt.Sprintf("%s %q: %s", f.Column, f.Value, f.What)
	}
	if f.Hint != "" {
		text += "; " + f.Hint
	}
	return text
}

// RowError is the verdict on one row that cannot be read. The rows after it
// still can.
type RowError struct {
	Origin rental.Origin
	Header *Header
	Cells  []string // as far as they could be read
	Faults []Fault
}

// Error lists every fault of the row.
func (e *RowError) Error() string {
	said := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		said[i] = f.String()
	}
	return fmt.Sprintf("%s line %d: %s", e.Origin.File, e.Origin.Line, strings.Join(said, ", "))
}

// Incomplete is the verdict on a file that is not whole yet: the ERP may still
// be writing it. It is left alone and looked at again.
type Incomplete struct{ Why string }

// Error says what is missing.
func (e *Incomplete) Error() string { return "incomplete: " + e.Why }

// Unreadable is the verdict on a file that cannot become rows as the mapping
// describes it. The whole delivery goes to quarantine.
type Unreadable struct {
	Why  string
	Hint string
}

// Error says what is wrong, and the cure.
func (e *Unreadable) Error() string {
	if e.Hint == "" {
		return e.Why
	}
	return e.Why + "; " + e.Hint
}

// NoRows is told of a table that has a header and nothing below it, so that its
// columns can be looked at all the same. It is no fault, and reading goes on.
type NoRows struct{ Header *Header }

// Error says what is missing.
func (e *NoRows) Error() string { return "the table has a header and no rows" }

// ErrNoMapping says that no mapping knows a file's name.
var ErrNoMapping = errors.New("no mapping matches the file name")

// Reader turns a file's bytes into rows, streaming.
type Reader interface {
	// Rows reads src to its end. A *RowError stands for one row, *NoRows for a
	// table that has only a header, and reading goes on; any other error is the
	// last thing yielded. It is *Incomplete where the file stops too early and
	// *Unreadable where it is not what the dialect says. A yielded row is reused
	// for the next one.
	Rows(ctx context.Context, src io.Reader, name string, d Dialect) iter.Seq2[*Row, error]
}

// ErrFileGone says that a dropped file went away before it could be claimed.
var ErrFileGone = errors.New("the file is gone")
