package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"rentalsync/pipeline"
)

// Flat is the whole report as one table, for programs: a line for every delivery,
// every document and every custom value with an outcome, every fault of every rejected row, every parked code and
// every exception.
func Flat(ctx context.Context, journal Journal, facts pipeline.RunFacts) Sheet {
	return Sheet{
		Name: "report",
		Columns: []Column{
			{Title: "run"}, {Title: "businessDate"}, {Title: "record"}, {Title: "key"}, {Title: "reference"}, {Title: "outcome"}, {Title: "status", Type: Integer},
			{Title: "file"}, {Title: "line", Type: Integer}, {Title: "column"}, {Title: "value"}, {Title: "why"}, {Title: "hint"}, {Title: "at", Type: Moment},
		},
		Rows: mapped(flatLines(ctx, journal, facts), func(line []Cell) []Cell {
			return append([]Cell{T(facts.Run.ID), T(facts.Run.BusinessDate)}, line...)
		}),
	}
}

func flatLines(ctx context.Context, journal Journal, facts pipeline.RunFacts) iter.Seq2[[]Cell, error] {
	names := namesOf(facts.Deliveries)
	none := Cell{}
	return chain(
		Of(facts.Deliveries, func(d pipeline.Delivery) []Cell {
			return []Cell{T("delivery"), T(d.Name), none, T(d.State.String()), none, T(d.Name), none, none, none, T(d.Reason), none, none}
		}),
		mapped(journal.Outcomes(ctx, facts.Run.ID), func(d pipeline.DocumentOutcome) []Cell {
			status := Cell{}
			if d.Status != 0 {
				status = N(d.Status)
			}
			return []Cell{T("document"), T(d.Asset), T(d.Reference), T(d.Outcome.String()), status, none, none, none, none, T(d.Why), none, At(d.At)}
		}),
		flatFaults(journal.Rejects(ctx, facts.Run.ID), names),
		mapped(journal.ParkedCodes(ctx, facts.Run.ID), func(p pipeline.ParkedCount) []Cell {
			outcome, why, line := "parked", "no table knows the code", p.Line
			if p.Mended {
				outcome, why, line = "mended", "the mapping knows the code now", ""
			}
			why += fmt.Sprintf("; rows: %d", p.Rows)
			return []Cell{T("code"), none, none, T(outcome), none, none, N(p.Example.Line), T(p.Column), T(p.Code), T(why), T(line), none}
		}),
		customLines(ctx, journal, facts),
		mapped(Exceptions(ctx, journal, facts), func(e Exception) []Cell {
			return []Cell{T("exception"), T(e.Where), none, T(e.What), none, none, none, T(e.Column), none, T(e.Why), none, none}
		}),
	)
}

func flatFaults(rejects iter.Seq2[pipeline.Reject, error], names map[string]string) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for r, err := range rejects {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, f := range r.Faults {
				line := []Cell{T("row"), {}, {}, T("rejected"), {}, T(names[r.Delivery]), N(r.Origin.Line), T(f.Column), T(f.Value), T(f.What), T(f.Hint), {}}
				if !yield(line, nil) {
					return
				}
			}
		}
	}
}

// WriteJSON writes the whole report as one JSON object, streaming its lists.
func WriteJSON(ctx context.Context, w io.Writer, journal Journal, facts pipeline.RunFacts) error {
	out := &listWriter{w: w}
	names := namesOf(facts.Deliveries)

	head, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	out.write(`{"run":`)
	out.bytes(head)
	list(out, "rejectedRows", journal.Rejects(ctx, facts.Run.ID), func(r pipeline.Reject) any {
		cells := make([]cell, len(r.Cells))
		for i := range r.Cells {
			cells[i] = cell{Value: r.Cells[i]}
			if i < len(r.Header) {
				cells[i].Column = r.Header[i]
			}
		}
		return rejectJSON{names[r.Delivery], r.Origin.Sheet, r.Origin.Line, cells, r.Faults}
	})
	list(out, "parkedCodes", journal.ParkedCodes(ctx, facts.Run.ID), func(p pipeline.ParkedCount) any {
		return parkedJSON{p.Parked, p.Rows, p.Example.Line, p.Mended}
	})
	list(out, "documents", journal.Outcomes(ctx, facts.Run.ID), func(d pipeline.DocumentOutcome) any {
		return documentJSON{d.Asset, d.Reference, d.Identifier, d.Outcome, d.Status, d.Code, d.Why, d.CarriedFrom}
	})
	listCustom(ctx, out, journal, facts)
	list(out, "exceptions", Exceptions(ctx, journal, facts), func(e Exception) any { return e })
	out.write("}\n")
	return out.err
}

type cell struct {
	Column string `json:"column,omitempty"`
	Value  string `json:"value"`
}

type rejectJSON struct {
	File   string           `json:"file"`
	Sheet  string           `json:"sheet,omitempty"`
	Line   int              `json:"line"`
	Cells  []cell           `json:"cells"`
	Faults []pipeline.Fault `json:"faults"`
}

type parkedJSON struct {
	pipeline.Parked
	Rows int `json:"rows"`
	Line int `json:"firstLine"`

	Mended bool `json:"mended,omitempty"`
}

type documentJSON struct {
	Asset       string           `json:"asset"`
	Reference   string           `json:"externalReference,omitempty"`
	Identifier  string           `json:"identifier,omitempty"`
	Outcome     pipeline.Outcome `json:"outcome"`
	Status      int              `json:"status,omitempty"`
	Code        string           `json:"code,omitempty"`
	Why         string           `json:"why,omitempty"`
	CarriedFrom string           `json:"carriedFrom,omitempty"`
}

// listWriter writes JSON piece by piece and remembers the first error.
type listWriter struct {
	w   io.Writer
	err error
}

func (l *listWriter) write(text string) { l.bytes([]byte(text)) }

func (l *listWriter) bytes(b []byte) {
	if l.err == nil {
		_, l.err = l.w.Write(b)
	}
}

func list[T any](l *listWriter, name string, seq iter.Seq2[T, error], as func(T) any) {
	l.write(",\n" + `"` + name + `":[`)
	first := true
	for one, err := range seq {
		if err != nil {
			l.err = err
		}
		if l.err != nil {
			return
		}
		if !first {
			l.write(",\n")
		}
		first = false
		item, err := json.Marshal(as(one))
		if err != nil {
			l.err = err
			return
		}
		l.bytes(item)
	}
	l.write("]")
}
