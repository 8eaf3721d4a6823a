package mappings

import (
	"errors"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// fault notes what is wrong with the row, once. A value function tells its cure
// behind a semicolon.
func (r *mapper) fault(column, value, what, hint string) {
	r.told++
	if r.quiet {
		return
	}
	if at := strings.LastIndex(what, "; "); hint == "" && at >= 0 {
		what, hint = what[:at], what[at+2:]
	}
	f := pipeline.Fault{Column: column, Value: value, What: what, Hint: hint}
	if !slices.Contains(r.out.Faults, f) {
		r.out.Faults = append(r.out.Faults, f)
	}
}

// misread tells why a field's text is no value. The fault has the cell beside
// it, so what is wrong need not repeat the value, unless steps changed it.
func (r *mapper) misread(f *boundField, text string, err error) {
	shown := r.shown(f, text)
	var bad *transforms.ValueError
	if errors.As(err, &bad) && trim(shown) == text {
		r.fault(f.column, shown, bad.What, bad.Hint)
		return
	}
	r.fault(f.column, shown, err.Error(), "")
}

// ruleFault tells why a when: or a skip: cannot be decided; by the cell, where it
// looks at one alone.
func (r *mapper) ruleFault(formula *transforms.Formula, source string, err error) {
	names := formula.Columns()
	var bad *transforms.FormulaError
	if len(names) != 1 || !errors.As(err, &bad) {
		r.formulaFault(source, err)
		return
	}
	at := r.names[names[0]]
	r.fault(r.columns[at].header, r.raw(at), bad.What, bad.Hint)
}

func (r *mapper) formulaFault(source string, err error) {
	var bad *transforms.FormulaError
	if errors.As(err, &bad) {
		r.fault(source, "", bad.What, bad.Hint)
		return
	}
	r.fault(source, "", err.Error(), "")
}

func (r *mapper) warn(column, value, what, hint string) {
	f := pipeline.Fault{Column: column, Value: value, What: what, Hint: hint}
	if !r.quiet && !slices.Contains(r.out.Warnings, f) {
		r.out.Warnings = append(r.out.Warnings, f)
	}
}
