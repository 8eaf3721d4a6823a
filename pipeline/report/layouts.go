package report

import (
	"context"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// LayoutLine is one line of a file: a cell for each column of its layout. It is
// valid until the next one is yielded.
type LayoutLine struct {
	Who   string // what the line is about, for messages
	Cells []Cell
}

// LayoutLines are the lines of a file.
type LayoutLines = iter.Seq2[LayoutLine, error]

// FleetLines are the lines of a snapshot.
func FleetLines(l *pipeline.Layout, machines iter.Seq2[pipeline.FleetLine, error]) LayoutLines {
	return linesOf(l, fleetFields(), machines, func(m *fleetLine) string {
		for _, name := range []string{m.AssetKey, m.SerialNumber, m.PIN, m.EquipmentID} {
			if name != "" {
				return "machine " + name
			}
		}
		return "a machine without any number"
	})
}

// Trace tells two readings of a machine apart, as far as a layout shows them: by
// every reading that it names, with its unit and its time.
func Trace(l *pipeline.Layout) func(*pipeline.Machine) uint64 {
	var told []fieldOf[fleetLine]
	for _, f := range fleetFields() {
		shown := func(name string) bool {
			column, known := FieldOf(pipeline.LayoutSnapshot, name)
			return known && column.Reading == f.Reading
		}
		if f.Reading != "" && l.Shows(shown) {
			told = append(told, f)
		}
	}
	seed := maphash.MakeSeed()
	return func(m *pipeline.Machine) uint64 {
		var h maphash.Hash
		h.SetSeed(seed)
		line := fleetLine{Machine: *m, Snapshot: &pipeline.Snapshot{}}
		for i := range told {
			c := told[i].get(&line)
			maphash.WriteComparable(&h, traced{c.Filled, c.Text, math.Float64bits(c.Number), c.Time.UnixNano()})
		}
		return h.Sum64()
	}
}

// traced is a cell as it is compared.
type traced struct {
	filled bool
	text   string
	number uint64
	at     int64
}

// ShowsRegister reports whether a layout of snapshots shows what the register
// holds.
func ShowsRegister(l *pipeline.Layout) bool {
	return l.Shows(func(name string) bool {
		f, known := FieldOf(pipeline.LayoutSnapshot, name)
		return known && f.Register
	})
}

// RunSources are where the lines of files come from that tell of a run.
type RunSources struct {
	Journal   Journal
	Assembly  rental.Assembly // names contract lines as IRIS knows them
	Unmatched func(context.Context) (pipeline.UnmatchedList, error)
}

// RunLines are the lines of a file that tells what became of a run.
func RunLines(ctx context.Context, l *pipeline.Layout, from RunSources, facts *pipeline.RunFacts, zone *time.Location) LayoutLines {
	shared, journal, assembly := runLineOf(facts, zone), from.Journal, from.Assembly
	switch l.Of {
	case pipeline.LayoutResults:
		return linesOf(l, resultFields(), acknowledged(ctx, journal, shared, assembly), func(a *acknowledgement) string { return a.kind + " " + a.key })
	case pipeline.LayoutRejects:
		return linesOf(l, rejectFieldsOf(l), rejectLines(ctx, journal, shared), func(r *rejectLine) string { return place(r.file, r.reject.Origin.Line) })
	case pipeline.LayoutUnmatched:
		return linesOf(l, unmatchedFields(), unmatchedLines(ctx, from, shared), func(u *unmatchedLine) string { return "asset " + u.Asset })
	default:
		return linesOf(l, exceptionFields(), exceptionLines(ctx, journal, shared), func(e *exceptionLine) string { return e.Where })
	}
}

// linesOf takes what the columns of a layout show from every line.
func linesOf[Line any](l *pipeline.Layout, fields []fieldOf[Line], lines iter.Seq2[Line, error], who func(*Line) string) LayoutLines {
	gets := make([]func(*Line) Cell, len(l.Columns))
	for i := range l.Columns {
		gets[i] = getterOf(&l.Columns[i], fields)
	}
	return func(yield func(LayoutLine, error) bool) {
		made := LayoutLine{Cells: make([]Cell, len(gets))}
		for line, err := range lines {
			if err != nil {
				yield(LayoutLine{}, err)
				return
			}
			made.Who = who(&line)
			for i, get := range gets {
				made.Cells[i] = get(&line)
			}
			if !yield(made, nil) {
				return
			}
		}
	}
}

// getterOf is how a column is taken from a line.
func getterOf[Line any](c *pipeline.LayoutColumn, fields []fieldOf[Line]) func(*Line) Cell {
	at := slices.IndexFunc(fields, func(f fieldOf[Line]) bool { return f.Name == c.From })
	if c.From == "" || at < 0 {
		constant := T(c.Text)
		return func(*Line) Cell { return constant }
	}
	return fields[at].get
}

// rejectFieldsOf are the fields of rejected rows, and the cells that a layout
// names by their headers.
func rejectFieldsOf(l *pipeline.Layout) []fieldOf[rejectLine] {
	all := rejectFields()
	for i := range l.Columns {
		name := l.Columns[i].From
		header, is := cellOf(name)
		if is {
			all = append(all, text(name, "", func(r *rejectLine) string { return r.cell(header) }))
		}
	}
	return all
}

// acknowledged yields what became of each asset, and behind it of each contract
// line that its document carried or had to leave out.
func acknowledged(ctx context.Context, journal Journal, shared runLine, assembly rental.Assembly) iter.Seq2[acknowledgement, error] {
	return flattened(journal.Outcomes(ctx, shared.facts.Run.ID), func(d pipeline.DocumentOutcome) []acknowledgement {
		all := []acknowledgement{{kind: ackAsset, key: d.Asset, reference: d.Reference, outcome: d.Outcome, why: d.Why, document: &d, runLine: shared}}
		for _, key := range d.Lines {
			all = append(all, lineAcknowledged(&d, key, d.Outcome, d.Why, shared, assembly))
		}
		for _, left := range d.Left {
			if left.Kind == rental.Item {
				all = append(all, lineAcknowledged(&d, left.Key, pipeline.Waiting, left.Why, shared, assembly))
			}
		}
		return all
	})
}

// lineAcknowledged is what became of one contract line, by the key that the ERP
// knows: a former rental's is known by ours alone.
func lineAcknowledged(d *pipeline.DocumentOutcome, key string, o pipeline.Outcome, why string, shared runLine, assembly rental.Assembly) acknowledgement {
	item := rental.Record{Ref: rental.Ref{Kind: rental.Item, Key: key}}
	base, _, _ := rental.FormerKey(key)
	return acknowledgement{kind: ackItem, key: base, reference: assembly.Reference(item.SentKey()), outcome: o, why: why, document: d, runLine: shared}
}

// rejectLines yields every fault of every rejected row.
func rejectLines(ctx context.Context, journal Journal, shared runLine) iter.Seq2[rejectLine, error] {
	names := namesOf(shared.facts.Deliveries)
	return flattened(journal.Rejects(ctx, shared.facts.Run.ID), func(r pipeline.Reject) []rejectLine {
		all := make([]rejectLine, len(r.Faults))
		for i, f := range r.Faults {
			all[i] = rejectLine{file: names[r.Delivery], reject: &r, fault: f, runLine: shared}
		}
		return all
	})
}

// unmatchedLines yields the assets that IRIS does not know, what hurts most first.
func unmatchedLines(ctx context.Context, from RunSources, shared runLine) iter.Seq2[unmatchedLine, error] {
	return func(yield func(unmatchedLine, error) bool) {
		list, err := from.Unmatched(ctx)
		if err != nil {
			yield(unmatchedLine{}, err)
			return
		}
		for i := range list.Entries {
			if !yield(unmatchedLine{&list.Entries[i], shared}, nil) {
				return
			}
		}
	}
}

// exceptionLines yields whatever else a person should know of.
func exceptionLines(ctx context.Context, journal Journal, shared runLine) iter.Seq2[exceptionLine, error] {
	return flattened(Exceptions(ctx, journal, *shared.facts), func(e Exception) []exceptionLine {
		return []exceptionLine{{e, shared}}
	})
}
