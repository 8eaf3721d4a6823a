package report

import (
	"fmt"
	"iter"

	"rentalsync/pipeline/rental"
)

// Who is who is decided by people, in a workbook: each sheet whose name begins
// with DecideSheet is a form, and dropped into the inbox again it is a crosswalk.
// A mapping that comes with the program reads it by these titles.
const (
	DecideSheet   = "Decide "
	EntityTitle   = "Entity"
	KeyTitle      = "ERP key"
	DecisionTitle = "IRIS"
	NoteTitle     = "Note"
)

// CandidateMark stands between a candidate and why it is one: what is chosen from
// a list is read up to here.
const CandidateMark = " · "

// mostCandidates is how many candidates a form offers.
const mostCandidates = 3

// Decision is one thing of the ERP that a person can decide about.
type Decision struct {
	Kind       rental.Kind
	Key        string
	Candidates []Candidate
	Told       []Cell // what else is known, a cell for each of the form's own columns
}

// Candidate is what a thing may be the same as: the id of an asset or a site in
// IRIS, or the key of another customer.
type Candidate struct {
	ID  string
	Why string
}

// text is the candidate as a form offers it.
func (c Candidate) text() string {
	if c.Why == "" {
		return c.ID
	}
	return c.ID + CandidateMark + c.Why
}

// Decide is the form for one kind: what it is about, the cell to fill in, the
// candidates that the cell offers, and what else is told.
func Decide(kind rental.Kind, told []Column, rows iter.Seq2[Decision, error]) Sheet {
	columns := []Column{
		{Title: EntityTitle, Width: 10}, {Title: KeyTitle, Width: 16},
		{Title: DecisionTitle, Width: 42, Fill: true, Choice: [2]int{4, 3 + mostCandidates}},
	}
	for i := range mostCandidates {
		columns = append(columns, Column{Title: fmt.Sprintf("Candidate %d", i+1), Width: 42})
	}
	columns = append(columns, told...)
	columns = append(columns, Column{Title: NoteTitle, Width: 30, Fill: true})
	return Sheet{
		Name: DecideSheet + kind.String() + "s", Columns: columns,
		Rows: mapped(rows, func(d Decision) []Cell { return d.cells(len(told)) }),
	}
}

// cells is a row of a form with so many columns of its own.
func (d *Decision) cells(told int) []Cell {
	row := make([]Cell, 3+mostCandidates+told)
	row[0], row[1] = T(d.Kind.String()), T(d.Key)
	for i := range min(len(d.Candidates), mostCandidates) {
		row[3+i] = T(d.Candidates[i].text())
	}
	copy(row[3+mostCandidates:], d.Told)
	return row
}
