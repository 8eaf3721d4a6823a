package mappings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// parsed is what a text was read as.
type parsed struct {
	value rental.Value
	shift transforms.Shift
	err   error
}

// read makes a value of a field's text.
func (r *mapper) read(f *boundField, text string, kind pipeline.CellType) (rental.Value, bool) {
	p := f.plan
	if p.read == asText {
		return r.readText(f, text)
	}

	var zone *time.Location
	if p.read == asDate {
		var known bool
		if zone, known = r.zoneOf(); !known {
			return rental.Value{}, false
		}
	}
	got := r.parse(f, text, kind, zone)
	if got.err != nil {
		r.misread(f, text, got.err)
		return rental.Value{}, false
	}
	if got.shift != transforms.Exact {
		r.shifted(f, text, got)
	}
	return got.value, true
}

// shown is the value that a fault shows: what stands in the file, or what a
// formula made of it.
func (r *mapper) shown(f *boundField, text string) string {
	if f.plan.column >= 0 && !r.stoodIn {
		return r.rawOf(f)
	}
	return text
}

// zoneOf finds the zone of the row's dates; a fault where it is not known.
func (r *mapper) zoneOf() (*time.Location, bool) {
	zone, known := r.findZone()
	if !known {
		by := r.table.zone.by
		r.fault(r.columns[by].header, r.cell(by).text, "no zone is known for it", "add it under timezone:")
	}
	return zone, known
}

// findZone looks the row's zone up.
func (r *mapper) findZone() (*time.Location, bool) {
	plan := &r.table.zone
	if plan.all != nil {
		return plan.all, true
	}
	if r.zoneRow == r.count {
		return r.zone, true
	}

	zone, found := plan.of[r.cell(plan.by).text]
	if !found {
		zone = plan.fallback
	}
	if zone == nil {
		return nil, false
	}
	r.zone, r.zoneRow = zone, r.count
	return zone, true
}

func (r *mapper) readText(f *boundField, text string) (rental.Value, bool) {
	p := f.plan
	if p.allowed != nil && p.codes == nil && !slices.Contains(p.allowed, text) {
		return r.unknownCode(f, text)
	}
	if p.field == rental.AssetID && !isUUID.MatchString(text) {
		r.fault(f.column, r.shown(f, text), "this is no id of an asset in IRIS", "an id is a UUID, as 1f0c7a52-0000-4000-8000-000000000001")
		return rental.Value{}, false
	}
	if p.currency && !isCurrency(text) {
		r.fault(f.column, r.shown(f, text), "this is no currency", "a currency is three capital letters, as EUR")
		return rental.Value{}, false
	}
	if p.names {
		return r.readName(f, text)
	}
	return rental.Of(text), true
}

// readName takes a key, a reference to one, or an identifier.
func (r *mapper) readName(f *boundField, text string) (rental.Value, bool) {
	if at := strings.IndexFunc(text, unicode.IsControl); at >= 0 {
		r.controlled(f, text, text[at:])
		return rental.Value{}, false
	}
	if at := r.changedCell(f); at >= 0 {
		return r.spoilt(at)
	}
	return rental.Of(text), true
}

// controlled tells of a key or identifier with a character that nobody sees:
// it would name another thing than the one it seems to name.
func (r *mapper) controlled(f *boundField, text, from string) {
	control, _ := utf8.DecodeRuneInString(from)
	r.fault(f.column, r.shown(f, text), fmt.Sprintf("control character 0x%02X is no part of a name", control),
		fmt.Sprintf(`remove it in the ERP, or by do: {removeChars: "\x%02X"}`, control))
}

var isUUID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

func isCurrency(text string) bool {
	if len(text) != 3 {
		return false
	}
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			return false
		}
	}
	return true
}

// parse reads a number or a date, or remembers what it was read as.
func (r *mapper) parse(f *boundField, text string, kind pipeline.CellType, zone *time.Location) parsed {
	memory := f.seen.slot(text)
	if memory.full && memory.text == text && memory.zone == zone && memory.kind == kind {
		return memory.got
	}

	var got parsed
	if f.plan.read == asDate {
		got = r.instant(f.plan, text, kind, zone)
	} else {
		got = f.plan.decimal(text, kind)
	}
	*memory = reread{full: true, kind: kind, text: strings.Clone(text), zone: zone, got: got}
	return got
}

// errDate says that a number is a date to the workbook.
var errDate = &transforms.ValueError{
	Kind: "number", What: "this is a date in the workbook, and no number", Hint: "format the column as a number there, or check which column is meant",
}

func (p *fieldPlan) decimal(text string, kind pipeline.CellType) parsed {
	var canonical string
	var err error
	switch {
	case kind == pipeline.DateCell:
		err = errDate
	case p.read == asImplied:
		canonical, err = transforms.Implied(text, p.implied)
	case kind == pipeline.NumberCell:
		canonical, err = transforms.PlainNumber(text)
	default:
		canonical, err = p.number.Parse(text)
	}
	return parsed{value: rental.OfNumber(canonical), err: err}
}

func (r *mapper) instant(p *fieldPlan, text string, kind pipeline.CellType, zone *time.Location) parsed {
	day, err := readDay(p.date, kind, text, r.header.Since1904)
	if err != nil {
		return parsed{err: err}
	}
	switch {
	case day.HasTime:
	case p.clock != nil:
		day.Hour, day.Minute, day.Second, day.HasTime = p.clock.hour, p.clock.minute, p.clock.second, true
	case p.day == rental.DayIsOver:
		day = day.EndOfDay()
	default:
		day = day.StartOfDay()
	}
	at, shift := day.In(zone)
	return parsed{value: rental.OfTime(at), shift: shift}
}

// shifted warns that the clocks were changed at a time of the row.
func (r *mapper) shifted(f *boundField, text string, got parsed) {
	what := "the clocks skipped this time; the next one that exists is taken"
	if got.shift == transforms.Overlap {
		what = "the clocks showed this time twice; the first one is taken"
	}
	r.warn(f.column, r.shown(f, text), what, got.value.Text)
}
