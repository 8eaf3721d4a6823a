package report

import (
	"fmt"
	"iter"
	"time"

	"rentalsync/pipeline"
)

// OfAnalysis is the analysts' workbook of a snapshot: what is in it, the fleet, what
// moved, what it did, and what a person should look at. Every sheet but the first
// is a table with a name that stays, for whoever reads it from another workbook.
func OfAnalysis(a *pipeline.Analysis, machines iter.Seq2[pipeline.Machine, error]) Book {
	v := view{Analysis: a, zone: a.Zone}
	if v.zone == nil {
		v.zone = time.UTC
	}
	sheets := []Sheet{
		v.fleet(machines), v.moved(), v.utilisation(), v.byDay(), v.byModel(), v.stale(),
		v.exceptions(), v.rentalRules(), v.reconciliation(),
	}
	return Book{Zone: v.zone, Sheets: append([]Sheet{v.readMe(sheets)}, sheets...)}
}

// view is an analysis as people read it.
type view struct {
	*pipeline.Analysis
	zone *time.Location
}

// at is a column of instants.
func (v *view) at(what string) Column {
	return Column{Title: what + " (" + v.zone.String() + ")", Type: Moment, Width: 26}
}

// day is a column of days.
func (v *view) day(what string) Column { return Column{Title: what, Type: Date, Width: 13} }

// readMe is the page to begin with.
func (v *view) readMe(sheets []Sheet) Sheet {
	var lines [][]Cell
	say := func(what, note string) { lines = append(lines, []Cell{T(what), {}, T(note)}) }
	title := func(text string) { lines = append(lines, []Cell{}, []Cell{T(text).In(Heading)}) }

	lines = append(lines, []Cell{T("The fleet of " + v.Flow).In(Heading)})
	say("Telematics read", inZone(v.Snapshot.TakenAt, v.zone))
	say("The ERP's last word", wordOr(inZone(v.Said, v.zone), "nothing yet: no file of the ERP was taken so far"))
	say("IRIS asked what it holds", wordOr(inZone(v.Listed, v.zone), "never, so nothing is reconciled"))
	say("Compared with", v.before())
	lines = append(lines, []Cell{T("Machines in telematics"), N(len(v.Machines)), T(without(v.Snapshot.Faulty))})
	lines = append(lines, []Cell{T("Assets in the ERP"), N(len(v.Assets)), {}})

	title("Sheets")
	about := sheetsAbout()
	for _, s := range sheets {
		lines = append(lines, []Cell{T(s.Name).To("#" + s.Name), {}, T(about[s.Name])})
	}
	title("What to look at")
	for _, kind := range pipeline.FindingKinds() {
		count := N(v.Count(kind))
		if count.Number > 0 {
			count = count.In(toneOf(kind))
		}
		lines = append(lines, []Cell{T(kind.String()).To("#" + toldOn(kind)), count, T(kind.Means() + v.from(kind))})
	}
	lines = append(lines, []Cell{T("IRIS holds something else").To("#Reconciliation"), N(v.drifts()), T("than the ERP says and was sent")})

	title("How it is judged")
	for _, line := range v.howJudged() {
		say("", line)
	}
	if len(v.Notes) > 0 {
		title("What could not be looked at")
		for _, note := range v.Notes {
			say("", note)
		}
	}
	return Sheet{
		Name: "Read me", Plain: true,
		Columns: []Column{{Title: "What", Width: 28}, {Title: "Count", Type: Integer, Width: 10}, {Title: "Note", Width: 110}},
		Rows:    Of(lines, func(line []Cell) []Cell { return line }),
	}
}

func wordOr(text, or string) string {
	if text == "" {
		return or
	}
	return text
}

func without(faulty int) string {
	if faulty == 0 {
		return ""
	}
	return fmt.Sprintf("without %d that could not be understood", faulty)
}

func (v *view) before() string {
	if v.Before == nil {
		return "nothing yet: this is the first snapshot, and what moved is told from the next one on"
	}
	return "the snapshot of " + inZone(v.Before.TakenAt, v.zone)
}

func (v *view) drifts() (n int) {
	for i := range v.Held {
		if v.Held[i].Drift != "" {
			n++
		}
	}
	return n
}

// sheetsAbout says what each sheet is for.
func sheetsAbout() map[string]string {
	return map[string]string{
		fleetSheet:          "every machine: what it reports, what the ERP says of it, and where it is",
		movedSheet:          "machines that changed place or gained hours since the last snapshot",
		utilisationSheet:    "what each machine did in the last 30 days",
		byDaySheet:          "operating hours of the whole fleet, day by day, as a chart",
		byModelSheet:        "operating hours and days on rent by model, as a chart",
		staleSheet:          "machines without contact, the longest first to look for",
		exceptionsSheet:     "where the ERP and telematics contradict each other",
		rulesSheet:          "where the ERP contradicts itself",
		reconciliationSheet: "what the ERP says, what was sent, and what IRIS holds",
	}
}

// The names of the sheets, which formulas and links rely on.
const (
	fleetSheet          = "Fleet"
	movedSheet          = "Moved"
	utilisationSheet    = "Utilisation"
	byDaySheet          = "Hours by day"
	byModelSheet        = "Hours by model"
	staleSheet          = "Stale"
	exceptionsSheet     = "Exceptions"
	rulesSheet          = "Rental rules"
	reconciliationSheet = "Reconciliation"
)

// toldOn is where findings of a kind stand.
func toldOn(kind pipeline.FindingKind) string {
	switch {
	case kind == pipeline.Stale:
		return staleSheet
	case kind.OfRegister():
		return rulesSheet
	default:
		return exceptionsSheet
	}
}

// toneOf is how much a kind of finding matters.
func toneOf(kind pipeline.FindingKind) Tone {
	switch kind {
	case pipeline.RanUnrented, pipeline.NotReturned, pipeline.TwoItems, pipeline.OffBeforeOn, pipeline.RentedWithoutItem, pipeline.ItemOnAvailable:
		return Bad
	default:
		return Notable
	}
}

// from says from where on a finding of a kind is told.
func (v *view) from(kind pipeline.FindingKind) string {
	t := &v.Tolerances
	switch kind {
	case pipeline.RanUnrented:
		return fmt.Sprintf("; %g h or more", t.Ran)
	case pipeline.StoodRented:
		return "; from " + span(t.IdleAfter) + " on"
	case pipeline.NotReturned:
		return "; from " + span(t.ReturnAfter) + " on"
	case pipeline.MetersApart:
		return fmt.Sprintf("; by more than %g h", t.Meter)
	case pipeline.Stale:
		return "; from " + span(t.StaleAfter) + " on"
	default:
		return ""
	}
}

// howJudged says what a reader has to know to trust a finding.
func (v *view) howJudged() []string {
	return []string{
		"A reading is judged by its own time, not by when it was fetched. One that is newer than the ERP's last word proves nothing: the ERP may not know of a rental yet.",
		"Hours within " + span(v.Tolerances.Around) + " before a rental begins or after it ends are taken to belong to it.",
		"Hours between two readings are spread evenly over the time between them. A machine that was last read days ago counts for those days.",
		"A depot is where IRIS has a site with an area for it" + fmt.Sprintf(", and else within %g metres of the latitude and longitude that the ERP gives.", v.Tolerances.Near),
		"IRIS does not tell which rental status it holds, so that only rentals, contracts and references are compared.",
	}
}

// span writes a span of time in days or hours.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "1 day"
	case d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	default:
		return fmt.Sprintf("%g hours", d.Hours())
	}
}
