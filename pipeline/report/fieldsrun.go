package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// runLine is what the lines of a run have in common.
type runLine struct {
	facts *pipeline.RunFacts
	day   Cell // the business date
	files string
}

// runFields are the fields of every line of a run.
func runFields[Line any](of func(*Line) *runLine) []fieldOf[Line] {
	return []fieldOf[Line]{
		moment("businessDate", "the business date of the run", func(l *Line) Cell { return of(l).day }),
		text("run", "the run's id", func(l *Line) string { return of(l).facts.Run.ID }),
		text("flow", "the flow's name", func(l *Line) string { return of(l).facts.Run.Flow }),
		text("delivery", "the files of the run", func(l *Line) string { return of(l).files }),
	}
}

// acknowledgement is what became of one asset, or of one contract line that its
// document carried or had to leave out.
type acknowledgement struct {
	kind      string
	key       string
	reference string
	outcome   pipeline.Outcome
	why       string
	document  *pipeline.DocumentOutcome
	runLine
}

// The kinds of acknowledgements.
const (
	ackAsset = "asset"
	ackItem  = "item"
)

func resultFields() []fieldOf[acknowledgement] {
	type line = acknowledgement
	kind := text("kind", "what the line is about: asset, or item for a contract line", func(l *line) string { return l.kind })
	kind.Values = []string{ackAsset, ackItem}
	outcome := text("outcome", "what became of it; a contract line that the document had to leave out is waiting", func(l *line) string { return l.outcome.String() })
	for _, o := range pipeline.Outcomes() {
		outcome.Values = append(outcome.Values, o.String())
	}
	return append([]fieldOf[line]{
		kind,
		text("key", "the ERP's own key of the asset or of the contract line", func(l *line) string { return l.key }),
		text("asset.key", "the ERP's own key of the asset", func(l *line) string { return l.document.Asset }),
		text("reference", "the external reference by which IRIS knows it", func(l *line) string { return l.reference }),
		text("identifier", "by what IRIS was to find the asset", func(l *line) string { return l.document.Identifier }),
		outcome,
		text("reason", "why it became so, in words", func(l *line) string { return l.why }),
		count("status", "the HTTP status that IRIS answered with", func(l *line) Cell { return positive(l.document.Status) }),
		text("code", "the code of IRIS's answer", func(l *line) string { return l.document.Code }),
		moment("sentAt", "when IRIS answered; blank where nothing was sent", func(l *line) Cell {
			if l.document.Status == 0 {
				return Cell{}
			}
			return At(l.document.At)
		}),
		moment("settledAt", "when it was settled, sent or not", func(l *line) Cell { return At(l.document.At) }),
		text("carriedFrom", "the run that left it, where that is an earlier one", func(l *line) string { return l.document.CarriedFrom }),
	}, runFields(func(l *line) *runLine { return &l.runLine })...)
}

// rejectLine is one fault of a rejected row.
type rejectLine struct {
	file   string
	reject *pipeline.Reject
	fault  pipeline.Fault
	runLine
}

func (l *rejectLine) cell(header string) string {
	at := slices.Index(l.reject.Header, header)
	if at < 0 || at >= len(l.reject.Cells) {
		return ""
	}
	return l.reject.Cells[at]
}

func rejectFields() []fieldOf[rejectLine] {
	type line = rejectLine
	return append([]fieldOf[line]{
		text("file", "the file that the row stood in", func(l *line) string { return l.file }),
		text("sheet", "the sheet of a workbook", func(l *line) string { return l.reject.Origin.Sheet }),
		count("line", "the line of the file", func(l *line) Cell { return positive(l.reject.Origin.Line) }),
		text("column", "the column that is wrong", func(l *line) string { return l.fault.Column }),
		text("value", "what stood there", func(l *line) string { return l.fault.Value }),
		text("what", "what is wrong", func(l *line) string { return l.fault.What }),
		text("hint", "how to mend it", func(l *line) string { return l.fault.Hint }),
	}, runFields(func(l *line) *runLine { return &l.runLine })...)
}

// exceptionLine is one thing worth knowing.
type exceptionLine struct {
	Exception
	runLine
}

// unmatchedLine is one asset that IRIS does not know.
type unmatchedLine struct {
	*pipeline.UnmatchedEntry
	runLine
}

func unmatchedFields() []fieldOf[unmatchedLine] {
	type line = unmatchedLine
	return append([]fieldOf[line]{
		text("key", "the ERP's own key of the asset", func(l *line) string { return l.Asset }),
		text("name", "the asset's name, as the register holds it", func(l *line) string { return l.Name }),
		text("rentalStatus", "its rental status, as the register holds it", func(l *line) string { return l.RentalStatus }),
		text("contract", "the contract of the rental that it is on", func(l *line) string { return l.Contract }),
		text("customer", "the customer of that contract", func(l *line) string { return l.Customer }),
		text("reference", "the external reference that was sent", func(l *line) string { return l.Reference }),
		text("identifier", "by what IRIS was to find the asset", func(l *line) string { return l.Identifier }),
		count("status", "the HTTP status that IRIS answered with", func(l *line) Cell { return positive(l.Status) }),
		text("code", "the code of IRIS's answer", func(l *line) string { return l.Code }),
		text("why", "why it is not matched, in words", func(l *line) string { return l.Why }),
		moment("since", "since when IRIS does not know it", func(l *line) Cell { return At(l.Since) }),
		count("age", "for how many whole days", func(l *line) Cell { return N(l.Days) }),
		text("file", "the last file that said anything new of it", func(l *line) string { return l.Delivery }),
		count("line", "the line of that file", func(l *line) Cell { return positive(l.Line) }),
		text("candidates", "what it may be in IRIS, the likeliest first", func(l *line) string { return candidatesOf(l.UnmatchedEntry) }),
	}, runFields(func(l *line) *runLine { return &l.runLine })...)
}

// candidatesOf lists the candidates of an asset by serial number and id.
func candidatesOf(e *pipeline.UnmatchedEntry) string {
	all := make([]string, len(e.Candidates))
	for i, c := range e.Candidates {
		candidate := AssetCandidate(c)
		all[i] = candidate.ID + " " + candidate.Why
	}
	return strings.Join(all, "; ")
}

func exceptionFields() []fieldOf[exceptionLine] {
	type line = exceptionLine
	return append([]fieldOf[line]{
		text("what", "what sort of thing it is, in a few words", func(l *line) string { return l.What }),
		text("where", "the asset, or the place in a file", func(l *line) string { return l.Where }),
		text("column", "the column of the file", func(l *line) string { return l.Column }),
		text("why", "what is to be said about it", func(l *line) string { return l.Why }),
	}, runFields(func(l *line) *runLine { return &l.runLine })...)
}

// runLineOf is what the lines of a run have in common.
func runLineOf(facts *pipeline.RunFacts, zone *time.Location) runLine {
	names := make([]string, len(facts.Deliveries))
	for i, d := range facts.Deliveries {
		names[i] = d.Name
	}
	return runLine{facts: facts, day: dayCell(facts.Run.BusinessDate, zone), files: strings.Join(names, ", ")}
}

// dayCell is a business date as an instant of a zone: when the day begins there.
func dayCell(date string, zone *time.Location) Cell {
	at, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return T(date)
	}
	return At(at)
}

// valueCell is a value of the register.
func valueCell(v rental.Value) Cell {
	switch v.Type {
	case rental.Number:
		if n, err := strconv.ParseFloat(v.Text, 64); err == nil {
			return N(n)
		}
	case rental.Instant:
		if at, ok := v.Time(); ok {
			return At(at)
		}
	case rental.Text, rental.Empty, rental.Cleared:
	}
	return T(v.Text)
}
