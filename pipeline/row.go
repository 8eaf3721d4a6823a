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
	Format    string // csv, xlsx or fixed; "" is csv
	Encoding  string // WHATWG name; "" is: byte order mark, else valid UTF-8, else windows-1252
	Delimiter string // one or several characters; "" is a comma
	Quote     string // one character; "" is the double quote, "none" is no quoting
	Comment   string // lines that start with it are no rows; "" is none
	Header    []int  // physical lines of the header, joined from top to bottom; nil is line 1
	NoHeader  bool   // cells are named by their column number
	End       string // the trailer, with {count}; "" is none
	Sheet     string // for workbooks
}

// Header names the cells of the rows below it. Rows of one table share one
// header, so that a mapping binds its columns once.
type Header struct {
	Names []string // unique: "Nr", "Nr (2)"; an empty header is its column number
	Line  int
}

// Row is one line of a file. It is valid until the next row is read.
type Row struct {
	Origin rental.Origin
	Header *Header
	Cells  []string
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

// NoRows is told at the end of a file that has a header and nothing below it, so
// that its columns can be looked at all the same. It is no fault.
type NoRows struct{ Header *Header }

// Error says what is missing.
func (e *NoRows) Error() string { return "the file has a header and no rows" }

// ErrNoMapping says that no mapping knows a file's name.
var ErrNoMapping = errors.New("no mapping matches the file name")

// Reader turns a file's bytes into rows, streaming.
type Reader interface {
	// Rows reads src to its end. A *RowError stands for one row and reading
	// goes on; any other error is the last thing yielded. It is *NoRows where
	// there is only a header, *Incomplete where the file stops too early and
	// *Unreadable where it is not what the dialect says. A yielded row is reused
	// for the next one.
	Rows(ctx context.Context, src io.Reader, name string, d Dialect) iter.Seq2[*Row, error]
}

// ErrFileGone says that a dropped file went away before it could be claimed.
var ErrFileGone = errors.New("the file is gone")
