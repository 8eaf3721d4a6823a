package mappings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// eval reads a field from the row. It is not said where the file lacks the
// column, where the value is withheld, or where it has a fault.
//
// The order is the language's: steps, codes, number or date, default, required.
func (r *mapper) eval(f *boundField) (value rental.Value, said bool) {
	p := f.plan
	r.stoodIn = false
	if f.absent {
		return rental.Value{}, false
	}
	if p.from == fromConstant {
		return rental.Of(p.text), true
	}

	text, exact, nothing, ok := r.source(f)
	if !ok {
		return rental.Value{}, false
	}
	if p.codes != nil {
		meaning, known := r.decode(p, exact, text)
		switch {
		case known:
			text, nothing = meaning, meaning == ""
		case !nothing:
			return r.unknownCode(f, text)
		}
	}

	if nothing || text == "" && p.read == asText {
		if !p.hasStand {
			return r.nothing(f)
		}
		text, r.stoodIn = p.standby, true
	}
	return r.read(f, text)
}

// source gives the text of a field before its codes.
func (r *mapper) source(f *boundField) (text, exact string, nothing, ok bool) {
	p := f.plan
	if p.from == fromFormula {
		got, err := p.formula.Text(r)
		if err != nil {
			r.formulaFault(p.text, err)
			return "", "", false, false
		}
		text, exact = trim(got), got
		nothing = isNothing(r.m.none, got, text, text)
	} else {
		c := r.cell(p.column)
		text, exact, nothing = c.text, c.exact, c.nothing
	}

	if len(p.do.Steps) > 0 {
		exact = p.do.Apply(exact)
		text = trim(exact)
		nothing = nothing || isNothing(r.m.none, exact, text, text)
	}
	return text, exact, nothing, true
}

// decode looks a code up as it stands, and then without outer blanks.
func (r *mapper) decode(p *fieldPlan, exact, text string) (string, bool) {
	meaning, known := p.codes.Lookup(exact)
	if !known && exact != text {
		meaning, known = p.codes.Lookup(text)
	}
	return meaning, known
}

// nothing is a field about which the ERP says "nothing".
func (r *mapper) nothing(f *boundField) (rental.Value, bool) {
	if f.plan.required {
		r.fault(f.column, r.rawOf(f), f.plan.label+" is empty", "it is required")
	}
	return rental.Nothing(), !r.m.leave
}

// unknownCode does what the mapping says about codes that no table knows.
func (r *mapper) unknownCode(f *boundField, code string) (rental.Value, bool) {
	p := f.plan
	switch p.unknown {
	case instead:
		return rental.Of(p.instead), true
	case leave:
		return rental.Value{}, false
	case reject:
		r.fault(f.column, code, "unknown code for "+p.label, r.teach(p, code))
		return rental.Value{}, false
	case park:
	}
	if !r.quiet {
		r.out.Parked = append(r.out.Parked, pipeline.Parked{
			Ref: r.about, Field: p.field, Column: f.column, Code: code, Table: p.table, Line: lineFor(p, code),
		})
	}
	return rental.Value{}, false
}

// lineFor is the YAML line that would know a code.
func lineFor(p *fieldPlan, code string) string {
	quoted := strconv.Quote(code)
	if p.table != "" {
		return "codes: " + p.table + ": " + quoted + ": …"
	}
	block, field, _ := strings.Cut(p.label, ".")
	return block + ": " + field + ": codes: " + quoted + ": …"
}

func (r *mapper) teach(p *fieldPlan, code string) string {
	if p.codes != nil {
		if near, found := p.codes.Near(code); found {
			return fmt.Sprintf("the table knows %q; add %s", near, lineFor(p, code))
		}
	}
	return "add " + lineFor(p, code)
}

// parsed is what a text was read as.
type parsed struct {
	value rental.Value
	shift transforms.Shift
	err   error
}

// read makes a value of a field's text.
func (r *mapper) read(f *boundField, text string) (rental.Value, bool) {
	p := f.plan
	if p.read == asText {
		return r.readText(f, text)
	}

	var zone *time.Location
	if p.read == asDate {
		var err error
		if zone, err = r.zoneOf(); err != nil {
			r.fault(f.column, text, err.Error(), "add it under timezone:")
			return rental.Value{}, false
		}
	}
	got := r.parse(f, text, zone)
	if got.err != nil {
		r.fault(f.column, r.shown(f, text), got.err.Error(), "")
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

func (r *mapper) readText(f *boundField, text string) (rental.Value, bool) {
	p := f.plan
	if p.allowed != nil && p.codes == nil && !slices.Contains(p.allowed, text) {
		return r.unknownCode(f, text)
	}
	if p.currency && !isCurrency(text) {
		r.fault(f.column, r.shown(f, text), fmt.Sprintf("%q is no currency", text), "a currency is three capital letters, as EUR")
		return rental.Value{}, false
	}
	return rental.Of(text), true
}

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
func (r *mapper) parse(f *boundField, text string, zone *time.Location) parsed {
	memory := f.seen.slot(text)
	if memory.full && memory.text == text && memory.zone == zone {
		return memory.got
	}

	var got parsed
	if f.plan.read == asDate {
		got = f.plan.instant(text, zone)
	} else {
		got = f.plan.decimal(text)
	}
	*memory = reread{full: true, text: strings.Clone(text), zone: zone, got: got}
	return got
}

func (p *fieldPlan) decimal(text string) parsed {
	var canonical string
	var err error
	if p.read == asImplied {
		canonical, err = transforms.Implied(text, p.implied)
	} else {
		canonical, err = p.number.Parse(text)
	}
	return parsed{value: rental.OfNumber(canonical), err: err}
}

func (p *fieldPlan) instant(text string, zone *time.Location) parsed {
	day, err := p.date.Parse(text)
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
