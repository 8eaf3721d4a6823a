package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"rentalsync/transforms"
)

// drift tells how the header of a file differs from that of the mapping's file
// before it. It only hurts where a column is mapped that is gone, and that the
// mapping tells itself.
func (in *Intake) drift(ctx context.Context, d *Delivery, h *Header, missing []Fault) ([]Fault, error) {
	if h.Line == 0 || d.Again || d.Replays != "" { // nobody wrote it, or it was looked at before
		return nil, nil
	}
	before, err := in.Deliveries.NoteHeader(ctx, *d, series(d.Name), *h)
	if err != nil || before == nil {
		return nil, err
	}
	return drifted(before, h.Names, missing), nil
}

// series is what the names of files have in common that follow one another, so that
// the files of one branch are not compared with those of another.
func series(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, name)
}

// drifted compares two headers.
func drifted(before, now []string, missing []Fault) []Fault {
	gone, come := beside(before, now), beside(now, before)
	var faults []Fault
	for _, name := range gone {
		if slices.ContainsFunc(missing, func(f Fault) bool { return sameName(f.Column, name) }) {
			continue
		}
		f := Fault{What: fmt.Sprintf("the file has no column %q any more, which the one before it had", name)}
		if near, found := transforms.Nearest(name, come); found {
			f.Hint = fmt.Sprintf("is it %q now?", near)
		}
		faults = append(faults, f)
	}
	for _, name := range come {
		faults = append(faults, Fault{What: fmt.Sprintf("the file has a column %q that the one before it had not", name), Hint: "name it in the mapping where it is wanted"})
	}
	if !slices.EqualFunc(beside(before, gone), beside(now, come), sameName) {
		faults = append(faults, Fault{What: "the columns stand in another order than in the file before", Hint: "nothing has to be done: columns are found by their names"})
	}
	return faults
}

// beside lists the names that others lack, as far as letters tell.
func beside(names, others []string) []string {
	known := make(map[string]bool, len(others))
	for _, name := range others {
		known[transforms.Fold(name)] = true
	}
	var rest []string
	for _, name := range names {
		if !known[transforms.Fold(name)] {
			rest = append(rest, name)
		}
	}
	return rest
}

// sameName reports whether two headers differ in nothing that counts.
func sameName(a, b string) bool { return transforms.Fold(a) == transforms.Fold(b) }
