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

	text, exact, kind, nothing, ok := r.source(f)
	if !ok {
		return rental.Value{}, false
	}
	if p.codes != nil {
		meaning, known := r.decode(p, exact, text)
		switch {
		case known:
			text, nothing, kind = meaning, meaning == "", pipeline.TextCell
		case !nothing:
			return r.unknownCode(f, text)
		}
	}
	if kind == pipeline.NumberCell && p.read == asDate && p.column >= 0 && !nothing {
		nothing = r.numberNothing(p, text)
	}

	if nothing || text == "" && p.read == asText {
		if !p.hasStand {
			return r.nothing(f)
		}
		text, kind, r.stoodIn = p.standby, pipeline.TextCell, true
	}
	return r.read(f, text, kind)
}

// source gives the text of a field before its codes, and what a workbook says it
// is.
func (r *mapper) source(f *boundField) (text, exact string, kind pipeline.CellType, nothing, ok bool) {
	p := f.plan
	if p.from == fromFormula {
		got, isNumber, err := p.formula.Say(r)
		if isNumber {
			kind = pipeline.NumberCell
		}
		if err != nil {
			r.formulaFault(p.text, err)
			return "", "", kind, false, false
		}
		text, exact = trim(got), got
		nothing = isNothing(r.m.none, got, text, text)
	} else {
		c := r.cell(p.column)
		if c.broken {
			r.misread(f, c.text, r.columns[p.column].bad)
			return "", "", kind, false, false
		}
		text, exact, kind, nothing = c.text, c.exact, c.kind, c.nothing
	}

	if len(p.do.Steps) > 0 {
		before := text
		exact = p.do.Apply(exact)
		if text = trim(exact); text != before {
			kind = pipeline.TextCell // it is what the steps made of it
		}
		nothing = nothing || isNothing(r.m.none, exact, text, text)
	}
	return text, exact, kind, nothing, true
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
