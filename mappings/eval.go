package mappings

import (
	"fmt"
	"strconv"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
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

	got, ok := r.source(f)
	if !ok {
		return rental.Value{}, false
	}
	if p.codes != nil {
		meaning, known := r.decode(p, got.exact, got.text)
		switch {
		case known:
			got.text, got.nothing, got.kind = meaning, meaning == "", pipeline.TextCell
		case !got.nothing:
			return r.unknownCode(f, got.text)
		}
	}
	if got.kind == pipeline.NumberCell && p.read == asDate && p.column >= 0 && !got.nothing {
		got.nothing = r.numberNothing(p, got.text)
	}

	if got.nothing || got.text == "" && p.read == asText {
		if !p.hasStand {
			return r.nothing(f)
		}
		got.text, got.kind, r.stoodIn = p.standby, pipeline.TextCell, true
	}
	return r.read(f, got.text, got.kind)
}

// sourced is what stands where a field looks.
type sourced struct {
	text, exact string // without outer blanks, and with them
	nothing     bool
	kind        pipeline.CellType
}

// source gives the text of a field before its codes.
func (r *mapper) source(f *boundField) (got sourced, ok bool) {
	p := f.plan
	if p.from == fromFormula {
		text, err := p.formula.Text(r)
		if err != nil {
			r.formulaFault(p.text, err)
			return got, false
		}
		got.text, got.exact = trim(text), text
		got.nothing = isNothing(r.m.none, text, got.text, got.text)
	} else {
		c := r.cell(p.column)
		if c.bad != nil {
			r.misread(f, c.text, c.bad)
			return got, false
		}
		got = sourced{text: c.text, exact: c.exact, nothing: c.nothing, kind: c.kind}
	}

	if len(p.do.Steps) > 0 {
		before := got.text
		got.exact = p.do.Apply(got.exact)
		if got.text = trim(got.exact); got.text != before {
			got.kind = pipeline.TextCell // it is what the steps made of it
		}
		got.nothing = got.nothing || isNothing(r.m.none, got.exact, got.text, got.text)
	}
	return got, true
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

// lineFor is the YAML line that would know a code, with its place.
func lineFor(p *fieldPlan, code string) string {
	under := "codes: " + p.table + ":"
	if p.table == "" {
		block, field, _ := strings.Cut(p.label, ".")
		under = block + ": " + field + ": codes:"
	}
	return strconv.Quote(code) + ": …  # under " + under
}

func (r *mapper) teach(p *fieldPlan, code string) string {
	if p.codes != nil {
		if near, found := p.codes.Near(code); found {
			return fmt.Sprintf("the table knows %q; add %s", near, lineFor(p, code))
		}
	}
	return "add " + lineFor(p, code)
}
