package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place is where something stands in a YAML file, counted from 1.
type Place struct{ Line, Column int }

// Fault is one thing that is wrong with a YAML file, told with its place and
// its cure, so that whoever edits the file can mend it.
type Fault struct {
	File         string
	Line, Column int    // 0 where the fault is about the whole file
	What         string // lower case, with the value in hand
	Cure         string // what to do about it; "" when What says it all
	Warning      bool   // worth a look, but the file can be used
}

// String is the fault in the form that editors jump to: file:line:column, what,
// and the cure.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
	}
	b.WriteString(": ")
	if f.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(f.What)
	if f.Cure != "" {
		b.WriteString("; " + f.Cure)
	}
	return b.String()
}

// Faults is everything that is wrong with some YAML files. As an error it lists
// one fault a line.
type Faults []Fault

// Error lists every fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Sort brings the faults into the order of the files and the places in them.
func (fs Faults) Sort() {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.What, b.What),
		)
	})
}

// Err is the error that the faults amount to: nil when there are only warnings.
func (fs Faults) Err() error {
	if broken := fs.Broken(); len(broken) > 0 {
		return broken
	}
	return nil
}

// Broken returns the faults that are more than a warning.
func (fs Faults) Broken() Faults { return fs.pick(false) }

// Warnings returns the faults that are only a warning.
func (fs Faults) Warnings() Faults { return fs.pick(true) }

func (fs Faults) pick(warning bool) Faults {
	var picked Faults
	for _, f := range fs {
		if f.Warning == warning {
			picked = append(picked, f)
		}
	}
	return picked
}
