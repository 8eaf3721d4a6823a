package pipeline

import (
	"time"

	"rentalsync/transforms"
)

// Layout says what a written file looks like: what it tells, how it is named and
// spelled, and its columns. It is to writing what a Dialect and a Mapping are to
// reading.
type Layout struct {
	Name    string
	Of      LayoutOf
	File    LayoutFile
	Moved   bool // only machines of which something is newer or different than in the last file
	Begin   Wording
	End     Wording
	Columns []LayoutColumn
}

// LayoutOf is what a file tells.
type LayoutOf string

const (
	LayoutSnapshot   LayoutOf = "snapshot"   // a line for each machine
	LayoutResults    LayoutOf = "results"    // a line for each asset and contract line that was sent
	LayoutRejects    LayoutOf = "rejects"    // a line for each fault of each rejected row
	LayoutUnmatched  LayoutOf = "unmatched"  // a line for each asset that IRIS does not know
	LayoutExceptions LayoutOf = "exceptions" // a line for whatever else a person should know of
)

// LayoutsOf lists all that files can tell.
func LayoutsOf() []LayoutOf {
	return []LayoutOf{LayoutSnapshot, LayoutResults, LayoutRejects, LayoutUnmatched, LayoutExceptions}
}

// OfRun reports whether such files tell what became of a run.
func (o LayoutOf) OfRun() bool { return o != LayoutSnapshot && o != "" }

// LayoutFile says how a written file is named, and how its characters look.
type LayoutFile struct {
	Name Wording
	Done Wording // the name of the marker that is written after it; blank is none

	Format    string // csv, xlsx or fixed
	Encoding  string // "" is utf-8
	Mark      bool   // a byte order mark goes before it
	Replace   bool   // what the encoding does not have becomes a question mark; else the line is left out
	Delimiter string
	Decimal   string // of numbers that have no form of their own; "" is a point
	Quote     LayoutQuote
	Titles    bool   // the first line has the columns' headers
	Sheet     string // of a workbook
	Ending    string // of each line or record; "" is none
	Length    int    // of a record; 0 is as far as the last column reaches

	Zone *time.Location // of its times; nil is the flow's
}

// LayoutQuote says which cells of separated text stand in quotes.
type LayoutQuote uint8

const (
	QuoteNeeded LayoutQuote = iota // those that would be misread without
	QuoteAll
	QuoteNone // none at all: what would be misread is left out
)

// LayoutColumn is one column of a written file.
type LayoutColumn struct {
	Header   string
	From     string // the field it shows; "" is always Text
	Text     string
	Codes    map[string]string // what is written for a value; nil is the value itself
	Default  string            // where there is no value
	Required bool              // a line without a value is not written
	Total    bool              // of a workbook: its sum stands on the last line

	Number  *transforms.NumberPattern // how a number is written
	Figure  *transforms.Figure        // in a record: as digits without a mark
	Date    *transforms.DateForm      // how an instant is written; nil is ISO 8601
	Minus   transforms.Sign           // where the minus of a number stands: in front, unless it is TrailingSign
	At      Slice                     // in a record: the characters it takes
	Right   bool                      // its text ends where the characters end
	Pad     rune                      // what fills up the rest
	Cut     bool                      // text that is too long is cut; else the line is left out
	Numeric bool                      // it shows numbers
	Instant bool                      // it shows instants
}

// Places is how many digits of the column's numbers stand behind the mark.
func (c *LayoutColumn) Places() int {
	switch {
	case c.Figure != nil:
		return c.Figure.Places
	case c.Number != nil:
		return c.Number.Places()
	default:
		return 2
	}
}

// Title is what the column is called: its header, or what it shows.
func (c *LayoutColumn) Title() string {
	if c.Header != "" {
		return c.Header
	}
	return c.From
}

// Column finds a column by its title.
func (l *Layout) Column(title string) (c *LayoutColumn, at int, found bool) {
	for i := range l.Columns {
		if l.Columns[i].Title() == title {
			return &l.Columns[i], i, true
		}
	}
	return nil, 0, false
}

// Shows reports whether one of the columns shows a field that is wanted.
func (l *Layout) Shows(wanted func(field string) bool) bool {
	for i := range l.Columns {
		if from := l.Columns[i].From; from != "" && wanted(from) {
			return true
		}
	}
	return false
}

// RecordLength is how many characters a record has.
func (l *Layout) RecordLength() int {
	length := l.File.Length
	for i := range l.Columns {
		length = max(length, l.Columns[i].At.To)
	}
	return length
}
