package pipeline

import (
	"time"

	"rentalsync/pipeline/rental"
)

// Due is an asset whose document is due to be sent, leased to one worker.
type Due struct {
	Flow        string
	Asset       string
	Run         string // the run that counts its outcome
	CarriedFrom string // the run that left it; "" when it is this run's own
	Class       rental.Class
	Attempts    int
	Offered     bool      // to be sent although nothing may have changed
	Approved    bool      // a person has said that it may go
	Until       time.Time // end of the lease, by the clock that Valid asks
}

// Known is all that the journal knows about an asset that is due.
type Known struct {
	Due
	Parts    rental.Parts
	Accepted rental.Digest // of the document without ended items; zero when nothing was accepted
	Attempt  bool          // a request was begun and its answer never recorded
	Refused  rental.Digest // of the whole document that was finally refused last
	Answer   Answer        // the last final answer
	FoundBy  string        // how the account found the asset when it last accepted it: identifier type, a blank, identifier
}

// Attempt is a request that is about to be sent.
type Attempt struct {
	Flow   string
	Asset  string
	Digest rental.Digest // of the whole document
}

// Settlement is what became of one dispatch.
type Settlement struct {
	Due
	Reference  string // the asset's external reference and identifier, as sent
	Identifier string
	FoundBy    string // identifier type, a blank, identifier

	Outcome  Outcome
	Answer   Answer
	Why      string                   // for outcomes without an answer
	Sent     bool                     // a request was answered
	Accepted rental.Digest            // of the document without ended items; zero when it was not accepted
	Whole    rental.Digest            // of everything that was sent
	Items    map[string]rental.Digest // items IRIS has taken, by key, as the register had them
	Lines    []string                 // items the document carried, by key
	Left     []rental.LeftOut         // parts the document went without
	Next     time.Time                // Deferred: not before; zero is at once
	At       time.Time
}

// DocumentOutcome is one line of what became of a run's documents.
type DocumentOutcome struct {
	Asset       string
	Reference   string
	Identifier  string
	Outcome     Outcome
	Status      int
	Code        string
	Why         string
	Clears      int
	CarriedFrom string
	At          time.Time
	Lines       []string // items the document carried, by key
	Left        []rental.LeftOut
}

// Left is what finished runs of a flow have not sent.
type Left struct {
	Due   int       `json:"due"`                // deferred, and due again
	Later int       `json:"later"`              // deferred until later
	Held  int       `json:"held"`               // waits for a person
	Next  time.Time `json:"next,omitzero"`      // when the next of those deferred until later is due
	Runs  int       `json:"heldRuns,omitempty"` // runs that wait for a person before they close
}

// Add adds what another flow has not sent.
func (l *Left) Add(o Left) {
	l.Due += o.Due
	l.Later += o.Later
	l.Held += o.Held
	l.Runs += o.Runs
	if l.Next.IsZero() || !o.Next.IsZero() && o.Next.Before(l.Next) {
		l.Next = o.Next
	}
}

// HeldDocument is a document that waits for a person.
type HeldDocument struct {
	Asset   string `json:"asset"`
	Why     string `json:"why"`
	Run     string `json:"run"`               // the last one that held it
	Account bool   `json:"account,omitempty"` // held with the whole fleet, for an account that was never sent anything
}

// Absentee is something that a file claiming to name every one no longer names:
// an asset, or an item whose rental has not ended.
type Absentee struct {
	rental.Ref
	Mapping string
	Since   string // the first business date that missed it
	Ended   ItemEnd
	OffRent string // the day on which an item ended
}

// ParkedCount sums up one unknown code of a run.
type ParkedCount struct {
	Parked
	Rows    int
	Example rental.Origin
	Mended  bool // a table knows the code by now, and its rows were worked again
}

// RunFacts is what a run's report says before it comes to single rows.
type RunFacts struct {
	Run        Run
	Deliveries []Delivery
	Rows       RowTotals
	Skips      map[string]int
	Parked     int // mapped rows with at least one withheld field
	Warnings   int
	Documents  DocumentTotals
	CarriedIn  int
	Clears     int // fields cleared by an unconfirmed rule
	Absent     int
	HeldBack   int      // documents that wait because the account was never sent anything in this form
	Reports    []string // where the written reports are
	Mending    []string // where the files lie in which rejected rows can be mended
	LeftOut    int      // lines that could not be written as the layouts want them
	Unmatched  string   // where the workbook lies in which what is not known can be decided; "" where there is none

	CustomFields CustomTotals // nil where none was due
}
