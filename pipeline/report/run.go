package report

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// Journal is what a report is made from.
type Journal = pipeline.ReportJournal

// OfRun is the workbook of a run: the totals first, then what somebody has to do
// something about, then everything that was sent.
func OfRun(ctx context.Context, journal Journal, facts pipeline.RunFacts, zone *time.Location) (Book, error) {
	rejects, err := rejected(ctx, journal, facts)
	if err != nil {
		return Book{}, err
	}
	sheets := []Sheet{summary(facts, zone)}
	sheets = append(sheets, rejects...)
	sheets = append(sheets,
		parked(ctx, journal, facts),
		unmatched(ctx, journal, facts),
		exceptions(ctx, journal, facts),
		sent(ctx, journal, facts),
	)
	sheets = append(sheets, customFields(ctx, journal, facts)...)
	return Book{Sheets: sheets, Zone: zone}, nil
}

// summary is a page to read: what came, what became of it, and that it adds up.
func summary(facts pipeline.RunFacts, zone *time.Location) Sheet {
	var lines [][]Cell
	say := func(what string, note string) { lines = append(lines, []Cell{T(what), {}, T(note)}) }
	count := func(what string, n int, note string) { lines = append(lines, []Cell{T(what), N(n), T(note)}) }
	title := func(text string) { lines = append(lines, []Cell{}, []Cell{T(text)}) }

	say("Flow", facts.Run.Flow)
	say("Business date", facts.Run.BusinessDate)
	say("Run", facts.Run.ID)
	say("State", facts.Run.State.String())
	for _, line := range reasons(facts.Run) {
		say(line[0], line[1])
	}
	say("Finished", inZone(facts.Run.DoneAt, zone))

	title("DELIVERIES")
	for _, d := range facts.Deliveries {
		count(d.Name, d.Rows.Read, strings.TrimSuffix(d.State.String()+": "+d.Reason, ": "))
	}

	title("ROWS")
	count("Read", facts.Rows.Read, "= mapped + skipped + rejected")
	count("Mapped", facts.Rows.Mapped, parkedNote(facts.Parked))
	count("Skipped", facts.Rows.Skipped, skipNote(facts.Skips))
	count("Rejected", facts.Rows.Rejected, "")

	title("DOCUMENTS, ONE AN ASSET")
	count("Assembled", facts.Documents.Assembled(), "= the sum of all below"+carriedNote(facts.CarriedIn))
	for _, o := range pipeline.Outcomes() {
		count(o.Title(), facts.Documents[o], meaning[o])
	}

	if due := facts.CustomFields.Due(); due > 0 {
		title("CUSTOM FIELDS")
		count("Due", due, "= the sum of all below")
		for _, o := range pipeline.CustomOutcomes() {
			count(o.Title(), facts.CustomFields[o], customMeaning[o])
		}
	}

	title("WORTH KNOWING")
	count("Assets no longer named", facts.Absent, "reported only; nothing was changed in IRIS")
	count("Warnings", facts.Warnings, "")
	count("Fields cleared, unverified", facts.Clears, "how IRIS clears a field is not documented")

	return Sheet{
		Name: "Summary", Plain: true,
		Columns: []Column{{Title: "What", Width: 34}, {Title: "Count", Type: Integer, Width: 12}, {Title: "Note", Width: 76}},
		Rows:    Of(lines, func(line []Cell) []Cell { return line }),
	}
}

// reasons says why a run ended as it did, a line for each reason, and what can be
// done about one that is held.
func reasons(run pipeline.Run) [][2]string {
	var lines [][2]string
	for why := range strings.SplitSeq(run.Reason, "; ") {
		if why != "" {
			lines = append(lines, [2]string{"", why})
		}
	}
	if len(lines) > 0 {
		lines[0][0] = "Reason"
	}
	if run.Undecided() {
		lines = append(lines,
			[2]string{"What to do", "rentalsync approve " + run.ID + " if the night is right"},
			[2]string{"", "rentalsync discard " + run.ID + " if it is wrong; the page beside this report tells more"})
	}
	return lines
}

// meaning explains each outcome to someone who reads a report for the first time.
var meaning = map[pipeline.Outcome]string{
	pipeline.Unchanged: "IRIS holds it already; nothing was sent",
	pipeline.Matched:   "IRIS took it and knows the asset",
	pipeline.Unmatched: "IRIS took it but knows no such asset yet, or may not change it; see Unmatched",
	pipeline.Rejected:  "IRIS refused it; see Exceptions",
	pipeline.Deferred:  "will be sent again by itself",
	pipeline.Held:      "waits for a decision",
	pipeline.Waiting:   "a part is missing; goes when it arrives; see Exceptions",
	pipeline.Overtaken: "a newer run took it over",
}

func inZone(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04:05 MST")
}

func parkedNote(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of them with a code that no table knows; see Parked codes", n)
}

func carriedNote(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of them left by earlier runs", n)
}

func skipNote(skips map[string]int) string {
	reasons := make([]string, 0, len(skips))
	for reason, n := range skips {
		reasons = append(reasons, fmt.Sprintf("%s: %d", reason, n))
	}
	slices.Sort(reasons)
	return strings.Join(reasons, ", ")
}

// rejected gives the rows that were not taken, in their own columns and order,
// one sheet for each shape of file, with every fault in front.
func rejected(ctx context.Context, journal Journal, facts pipeline.RunFacts) ([]Sheet, error) {
	headers, err := headersOf(journal.Rejects(ctx, facts.Run.ID))
	if err != nil {
		return nil, err
	}
	if len(headers) == 0 {
		headers = [][]string{nil}
	}

	names := namesOf(facts.Deliveries)
	var sheets []Sheet
	for _, header := range headers {
		columns := []Column{{Title: "File", Width: 28}, {Title: "Line", Type: Integer, Width: 8}, {Title: "Column", Width: 18}, {Title: "What is wrong", Width: 60}, {Title: "How to mend it", Width: 50}}
		for _, name := range header {
			columns = append(columns, Column{Title: name})
		}
		sheets = append(sheets, Sheet{
			Name: "Rejected rows", Columns: columns,
			Rows: rejectedRows(journal.Rejects(ctx, facts.Run.ID), header, names),
		})
	}
	return sheets, nil
}

// headersOf finds the different headers of rejected rows, in order of
// appearance.
func headersOf(rejects iter.Seq2[pipeline.Reject, error]) ([][]string, error) {
	var headers [][]string
	for r, err := range rejects {
		if err != nil {
			return nil, err
		}
		known := slices.ContainsFunc(headers, func(h []string) bool { return slices.Equal(h, r.Header) })
		if !known {
			headers = append(headers, r.Header)
		}
	}
	return headers, nil
}

func rejectedRows(rejects iter.Seq2[pipeline.Reject, error], header []string, names map[string]string) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for r, err := range rejects {
			if err != nil {
				yield(nil, err)
				return
			}
			if slices.Equal(r.Header, header) && !yield(rejectedRow(r, names), nil) {
				return
			}
		}
	}
}

func rejectedRow(r pipeline.Reject, names map[string]string) []Cell {
	var columns, whats, hints []string
	for _, f := range r.Faults {
		if f.Column != "" && !slices.Contains(columns, f.Column) {
			columns = append(columns, f.Column)
		}
		what := f.What
		if f.Column != "" {
			what = f.Column + ": " + what
		}
		whats = append(whats, what)
		if f.Hint != "" && !slices.Contains(hints, f.Hint) {
			hints = append(hints, f.Hint)
		}
	}

	row := []Cell{
		T(names[r.Delivery]), N(r.Origin.Line), T(strings.Join(columns, ", ")),
		T(strings.Join(whats, "; ")), T(strings.Join(hints, "; ")),
	}
	for _, cell := range r.Cells {
		row = append(row, T(cell))
	}
	return row
}

func namesOf(deliveries []pipeline.Delivery) map[string]string {
	names := make(map[string]string, len(deliveries))
	for _, d := range deliveries {
		names[d.ID] = d.Name
	}
	return names
}

func parked(ctx context.Context, journal Journal, facts pipeline.RunFacts) Sheet {
	return Sheet{
		Name: "Parked codes",
		Columns: []Column{
			{Title: "Code", Width: 14}, {Title: "Rows", Type: Integer, Width: 8}, {Title: "Column", Width: 18},
			{Title: "Field", Width: 18}, {Title: "First in line", Type: Integer, Width: 12}, {Title: "Line to add to the mapping", Width: 50}, {Title: "Mended", Width: 12},
		},
		Rows: mapped(journal.ParkedCodes(ctx, facts.Run.ID), func(p pipeline.ParkedCount) []Cell {
			line, mended := p.Line, ""
			if p.Mended {
				line, mended = "", "mended"
			}
			return []Cell{T(p.Code), N(p.Rows), T(p.Column), T(string(p.Field)), N(p.Example.Line), T(line), T(mended)}
		}),
	}
}

func unmatched(ctx context.Context, journal Journal, facts pipeline.RunFacts) Sheet {
	return Sheet{
		Name: "Unmatched", Columns: documentColumns(),
		Rows: documents(journal.Outcomes(ctx, facts.Run.ID), func(d pipeline.DocumentOutcome) bool { return d.Outcome == pipeline.Unmatched }),
	}
}

func sent(ctx context.Context, journal Journal, facts pipeline.RunFacts) Sheet {
	return Sheet{
		Name: "Sent", Columns: documentColumns(),
		Rows: documents(journal.Outcomes(ctx, facts.Run.ID), func(d pipeline.DocumentOutcome) bool {
			return d.Outcome == pipeline.Matched || d.Outcome == pipeline.Unmatched
		}),
	}
}

func documentColumns() []Column {
	return []Column{
		{Title: "Asset", Width: 16}, {Title: "External reference", Width: 20}, {Title: "Identifier", Width: 22}, {Title: "Outcome", Width: 12},
		{Title: "HTTP status", Type: Integer, Width: 12}, {Title: "Code", Width: 18}, {Title: "Why", Width: 50},
		{Title: "Carried from run", Width: 28}, {Title: "At", Type: Moment, Width: 18},
	}
}

func documents(outcomes iter.Seq2[pipeline.DocumentOutcome, error], want func(pipeline.DocumentOutcome) bool) iter.Seq2[[]Cell, error] {
	return mapped(filtered(outcomes, want), func(d pipeline.DocumentOutcome) []Cell {
		status := Cell{}
		if d.Status != 0 {
			status = N(d.Status)
		}
		return []Cell{
			T(d.Asset), T(d.Reference), T(d.Identifier), T(d.Outcome.String()),
			status, T(d.Code), T(d.Why), T(d.CarriedFrom), At(d.At),
		}
	})
}

// exceptions gathers everything else that a person should know of: documents
// that did not go or went without a part, assets that are no longer named, and
// warnings about rows.
func exceptions(ctx context.Context, journal Journal, facts pipeline.RunFacts) Sheet {
	return Sheet{
		Name: "Exceptions",
		Columns: []Column{
			{Title: "What", Width: 20}, {Title: "Asset or place", Width: 28}, {Title: "Column", Width: 18}, {Title: "Why", Width: 80},
		},
		Rows: mapped(Exceptions(ctx, journal, facts), func(e Exception) []Cell {
			return []Cell{T(e.What), T(e.Where), T(e.Column), T(e.Why)}
		}),
	}
}
