package pipeline

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Rows that were rejected, or mapped without a field, can be worked again: out of
// the archived file, once the mapping knows better, or as a person has corrected
// them. They are as old as the delivery that they came with, so that nothing newer
// is undone by them, and nothing follows from what is missing beside them.

// RowID names a row of a delivery, wherever it stands by now.
type RowID struct {
	Delivery string // the delivery's id
	Sheet    string
	Line     int
}

// String is the row as workbooks and the journal keep it.
func (id RowID) String() string {
	if id.Delivery == "" {
		return ""
	}
	text := id.Delivery + "/" + strconv.Itoa(id.Line)
	if id.Sheet != "" {
		text += "/" + id.Sheet
	}
	return text
}

// ParseRowID reads what String wrote.
func ParseRowID(text string) (id RowID, ok bool) {
	delivery, rest, found := strings.Cut(text, "/")
	line, sheet, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(line)
	if !found || err != nil || delivery == "" || n < 1 {
		return RowID{}, false
	}
	return RowID{Delivery: delivery, Sheet: sheet, Line: n}, true
}

// at is the row's place in its file.
func (id RowID) at() RowID { return RowID{Sheet: id.Sheet, Line: id.Line} }

// How says what became of a row that was worked again, and is settled by that.
type How string

// How rows are settled.
const (
	Mended     How = "mended"
	SkippedNow How = "skipped"
	Overtook   How = "overtaken" // a newer file has spoken of what it names
)

// Reworked is a row that a later delivery has settled.
type Reworked struct {
	Row RowID
	How How
}

// OpenReject is a rejected row, and what has become of it since.
type OpenReject struct {
	Reject
	Settled How // "" while nobody has mended it
}

// ReplayJournal knows the rows that are worth working again.
type ReplayJournal interface {
	// OpenRows are the rows of a delivery whose run was closed that were rejected
	// or mapped without a field, and that nothing has settled since, by their
	// places: the delivery of the answer's ids is blank.
	OpenRows(ctx context.Context, delivery string) (map[RowID]bool, error)

	// RejectedRows yields the rejected rows of one delivery.
	RejectedRows(ctx context.Context, delivery string) iter.Seq2[OpenReject, error]

	// RejectedRow is the rejected row with a number; nil where none was rejected.
	RejectedRow(ctx context.Context, id RowID) (*OpenReject, error)

	// DeliveriesByID finds deliveries; those that are forgotten are left out.
	DeliveriesByID(ctx context.Context, ids []string) (map[string]Delivery, error)

	// Since are the deliveries of d's mapping that reached the register and speak
	// of a later time than d, or of the same time and came after it, newest first;
	// with a scope only those that spoke for it. Replays are left out.
	Since(ctx context.Context, d Delivery, scoped bool, scope string) ([]Delivery, error)
}

// stageAgain works rows of an earlier delivery again, in place of what stage does;
// left is true when the delivery left the run instead.
func (in *Intake) stageAgain(ctx context.Context, d *Delivery) (left bool, err error) {
	m, _ := in.mappingNamed(d.Mapping)
	of := *d
	of.ID = d.Replays
	s, err := in.stagerAgain(ctx, d, of, m)
	if err != nil {
		return false, err
	}
	if s.again.rows, err = in.Replays.OpenRows(ctx, of.ID); err != nil {
		return false, fmt.Errorf("look for the rows of %s that are open: %w", d.Name, err)
	}

	digest, err := in.read(ctx, d, m, s)
	if left, err := in.sendAway(ctx, d, digest, err); left || err != nil {
		return left, err
	}
	return false, in.staged(ctx, d, s)
}

// stagerAgain stages rows of a delivery again, as part of d. What the mapping said
// since is compared by claims of their own: beside the files of a night they
// contradict nobody.
func (in *Intake) stagerAgain(ctx context.Context, d *Delivery, of Delivery, m Mapping) (*stager, error) {
	c, err := loadClaims(ctx, in.Stage, d.Flow, m)
	if err != nil {
		return nil, err
	}
	later, err := in.later(ctx, &of)
	if err != nil {
		return nil, err
	}
	since, err := in.Replays.Since(ctx, of, false, "")
	if err != nil {
		return nil, fmt.Errorf("look for what came after %s: %w", of.Name, err)
	}
	for _, ids := range later {
		for i := range since {
			ids[since[i].ID] = true
		}
	}
	s := newStager(in.Stage, d, c, later, map[string]peer{})
	s.again = &again{journal: in.Replays, of: of, since: map[string][]Delivery{}}
	if s.since, err = in.saidAfter(ctx, &of, m); err != nil {
		return nil, fmt.Errorf("read again what came after %s: %w", of.Name, err)
	}
	return s, nil
}

// Corrections is the mapping of files in which people have mended rows that were
// rejected.
const Corrections = "corrections"

// Titles of the columns that a file for mending has beside those of the ERP.
const (
	WhatTitle   = "What is wrong"
	HintTitle   = "How to mend it"
	RowTitle    = "rentalsync row"
	SourceTitle = "rentalsync source"
)

// Chooser is a mapping that knows what may stand in some columns.
type Chooser interface {
	// Choices lists, by column of a header, the texts that its code table knows;
	// where a column names depots as the register does, these.
	Choices(h *Header, depots []string) map[int][]string
}
