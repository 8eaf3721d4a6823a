package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
)

// night is a journal of one run, kept in memory.
type night struct {
	facts     pipeline.RunFacts
	rejects   []pipeline.Reject
	parked    []pipeline.ParkedCount
	warnings  []pipeline.Warning
	outcomes  []pipeline.DocumentOutcome
	absentees []pipeline.Absentee
	customs   []pipeline.CustomFieldOutcome
	broken    error // told after the first line of everything
}

func (n *night) Facts(context.Context, string) (pipeline.RunFacts, error) { return n.facts, nil }
func (n *night) Rejects(context.Context, string) iter.Seq2[pipeline.Reject, error] {
	return each(n, n.rejects)
}
func (n *night) ParkedCodes(context.Context, string) iter.Seq2[pipeline.ParkedCount, error] {
	return each(n, n.parked)
}
func (n *night) Warnings(context.Context, string) iter.Seq2[pipeline.Warning, error] {
	return each(n, n.warnings)
}
func (n *night) Outcomes(context.Context, string) iter.Seq2[pipeline.DocumentOutcome, error] {
	return each(n, n.outcomes)
}
func (n *night) CustomOutcomes(context.Context, string) iter.Seq2[pipeline.CustomFieldOutcome, error] {
	return each(n, n.customs)
}
func (n *night) Absentees(context.Context, string) iter.Seq2[pipeline.Absentee, error] {
	return each(n, n.absentees)
}

func each[T any](n *night, list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i, one := range list {
			if !yield(one, nil) {
				return
			}
			if i == 0 && n.broken != nil {
				var none T
				yield(none, n.broken)
				return
			}
		}
	}
}

func newNight() *night {
	header := []string{"Gerätenr", "Tagesmiete"}
	n := &night{
		rejects: []pipeline.Reject{
			{Delivery: "d1", Origin: rental.Origin{Line: 7}, Header: header, Cells: []string{"=4711", "1,250.00"}, Faults: []pipeline.Fault{
				{Column: "Tagesmiete", Value: "1,250.00", What: "is no number", Hint: "check decimal"}, {Column: "Gerätenr", Value: "=4711", What: "is no key"},
			}},
			{Delivery: "d2", Origin: rental.Origin{Line: 9}, Header: []string{"NO"}, Cells: []string{"x", "y"}, Faults: []pipeline.Fault{{What: "2 cells where the header has 1"}}},
		},
		parked:   []pipeline.ParkedCount{{Parked: pipeline.Parked{Code: "Q", Column: "Status", Line: `"Q": …`}, Rows: 2, Example: rental.Origin{Line: 5}}},
		warnings: []pipeline.Warning{{Delivery: "d1", Origin: rental.Origin{Line: 3}, Fault: pipeline.Fault{Column: "Kunde", What: "differs"}}},
		outcomes: []pipeline.DocumentOutcome{
			{Asset: "1", Reference: "R-1", Outcome: pipeline.Matched, Status: 200, At: time.Unix(0, 0)},
			{Asset: "2", Outcome: pipeline.Unmatched, Status: 202, Left: []rental.LeftOut{{Ref: rental.Ref{Kind: rental.Depot, Key: "MUC"}, Why: "has no site"}}},
			{Asset: "3", Outcome: pipeline.Waiting, Why: "no identifier"},
			{Asset: "4", Outcome: pipeline.Matched, Status: 200, Left: []rental.LeftOut{{Ref: rental.Ref{Kind: rental.Depot, Key: "MUC"}, Why: "has no site"}}},
		},
		absentees: []pipeline.Absentee{{Ref: rental.Ref{Kind: rental.Asset, Key: "5"}, Mapping: "m", Since: "2026-11-20"}},
	}
	n.facts = pipeline.RunFacts{
		Run:        pipeline.Run{ID: "r1", Flow: "hamburg", BusinessDate: "2026-11-21", State: pipeline.RunDone},
		Deliveries: []pipeline.Delivery{{ID: "d1", Name: "A.csv"}, {ID: "d2", Name: "B.csv"}},
		Rows:       pipeline.RowTotals{Read: 12, Mapped: 9, Skipped: 1, Rejected: 2}, Skips: map[string]int{"totals": 1}, Parked: 2,
		Documents: pipeline.DocumentTotals{pipeline.Matched: 2, pipeline.Unmatched: 1, pipeline.Waiting: 1},
	}
	return n
}

func rowsOf(t *testing.T, s report.Sheet) (rows [][]report.Cell) {
	t.Helper()
	for row, err := range s.Rows {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, slices.Clone(row))
	}
	return rows
}

func TestEveryDocumentAndEveryRejectedRowStandsInTheFlatReport(t *testing.T) {
	t.Parallel()
	n := newNight()
	count := map[string]int{}
	lines := map[string]bool{}
	for _, row := range rowsOf(t, report.Flat(t.Context(), n, n.facts)) {
		count[row[2].Text]++
		if row[2].Text == "row" {
			lines[row[7].Text] = true
		}
	}

	if got, want := count["document"], n.facts.Documents.Assembled(); got != want {
		t.Errorf("got %d documents, want %d", got, want)
	}
	if got, want := len(lines), n.facts.Rows.Rejected; got != want {
		t.Errorf("got %d rejected rows, want %d", got, want)
	}
	if count["code"] != 1 || count["exception"] != 4 {
		t.Errorf("got %v, want a code and four exceptions", count)
	}
}

func TestTheSummaryCountsWhatTheRunCounted(t *testing.T) {
	t.Parallel()
	n := newNight()
	book, err := report.OfRun(t.Context(), n, n.facts, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, row := range rowsOf(t, book.Sheets[0]) {
		if len(row) > 1 && row[1].Filled {
			got[row[0].Text] = row[1].Number
		}
	}
	for what, want := range map[string]float64{"Read": 12, "Mapped": 9, "Skipped": 1, "Rejected": 0, "Assembled": 4, "Matched": 2, "Unmatched": 1, "Waiting": 1} {
		if got[what] != want {
			t.Errorf("%s is %v, want %v", what, got[what], want)
		}
	}
}

func TestTheSummaryOfAHeldRunSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.facts.Run.State, n.facts.Run.Reason, n.facts.Run.ClosedAt = pipeline.RunHeld, "too many assets are gone; no depot is left", time.Time{}
	book, err := report.OfRun(t.Context(), n, n.facts, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, row := range rowsOf(t, book.Sheets[0])[4:8] {
		notes = append(notes, row[2].Text)
	}
	id := n.facts.Run.ID
	want := []string{
		"too many assets are gone", "no depot is left",
		"rentalsync approve " + id + " if the night is right", "rentalsync discard " + id + " if it is wrong; the page beside this report tells more",
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("the summary (-want +got):\n%s", diff)
	}
}

func TestRejectedRowsKeepTheirOwnColumnsOneSheetAForm(t *testing.T) {
	t.Parallel()
	n := newNight()
	book, err := report.OfRun(t.Context(), n, n.facts, time.UTC)
	if err != nil {
		t.Fatal(err)
	}

	var titles []string
	for _, s := range book.Sheets[1:3] {
		for _, c := range s.Columns[5:] {
			titles = append(titles, c.Title)
		}
		if rows := rowsOf(t, s); len(rows) != 1 {
			t.Errorf("sheet %s has %d rows, want 1", s.Name, len(rows))
		}
	}
	if diff := cmp.Diff([]string{"Gerätenr", "Tagesmiete", "NO"}, titles); diff != "" {
		t.Error(diff)
	}
}

func TestADepotWithoutSiteIsToldOnceWithItsCount(t *testing.T) {
	t.Parallel()
	n := newNight()
	var told []string
	for e, err := range report.Exceptions(t.Context(), n, n.facts) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Where == "MUC" {
			told = append(told, e.Why)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "without it: 2") {
		t.Errorf("got %q, want one line that counts two documents", told)
	}
}

func TestAWarningOfAWholeFileNamesNoLine(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.warnings = append(n.warnings, pipeline.Warning{Delivery: "d2", Fault: pipeline.Fault{What: "was not judged"}})
	var places []string
	for e, err := range report.Exceptions(t.Context(), n, n.facts) {
		if err != nil {
			t.Fatal(err)
		}
		if e.What == "warning" {
			places = append(places, e.Where)
		}
	}
	if diff := cmp.Diff([]string{"A.csv line 3", "B.csv"}, places); diff != "" {
		t.Error(diff)
	}
}

func TestJSONHoldsTheSameLists(t *testing.T) {
	t.Parallel()
	n := newNight()
	var out bytes.Buffer
	if err := report.WriteJSON(t.Context(), &out, n, n.facts); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Run struct {
			Documents map[string]int
		}
		RejectedRows []struct {
			File  string
			Cells []struct{ Column, Value string }
		}
		ParkedCodes, Documents, Exceptions []any
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Run.Documents["assembled"] != len(got.Documents) || len(got.RejectedRows) != 2 || len(got.ParkedCodes) != 1 || len(got.Exceptions) != 4 {
		t.Errorf("got %s", out.String())
	}
	if cell := got.RejectedRows[0].Cells[0]; cell.Column != "Gerätenr" || cell.Value != "=4711" {
		t.Errorf("got cell %+v, want it as it stood in the file", cell)
	}
}

func TestABrokenJournalBreaksTheReport(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.broken = errors.New("disk gone")

	if err := report.WriteJSON(t.Context(), &bytes.Buffer{}, n, n.facts); !errors.Is(err, n.broken) {
		t.Errorf("got %v, want the journal's error", err)
	}
	var last error
	for _, err := range report.Flat(t.Context(), n, n.facts).Rows {
		last = err
	}
	if !errors.Is(last, n.broken) {
		t.Errorf("got %v, want the journal's error", last)
	}
}
