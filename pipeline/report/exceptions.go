package report

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// Exception is one thing that a person should know of and that no other part of
// the report tells.
type Exception struct {
	What   string `json:"what"`
	Where  string `json:"where"`
	Column string `json:"column,omitempty"`
	Why    string `json:"why"`
}

// Exceptions yields documents that did not go or went without a part, depots that
// IRIS has no site for, custom values that were not set, assets that are no longer
// named, and warnings about rows.
func Exceptions(ctx context.Context, journal Journal, facts pipeline.RunFacts) iter.Seq2[Exception, error] {
	run, names := facts.Run.ID, namesOf(facts.Deliveries)
	depots := map[string]*withoutDepot{}
	return chain(
		flattened(journal.Outcomes(ctx, run), func(d pipeline.DocumentOutcome) []Exception { return ofDocument(d, depots) }),
		func(yield func(Exception, error) bool) { // once the documents are through
			for _, key := range slices.Sorted(maps.Keys(depots)) {
				if !yield(depots[key].exception(key), nil) {
					return
				}
			}
		},
		customExceptions(ctx, journal, facts),
		flattened(journal.Absentees(ctx, run), func(a pipeline.Absentee) []Exception {
			return []Exception{ofAbsentee(a)}
		}),
		flattened(journal.Warnings(ctx, run), func(w pipeline.Warning) []Exception {
			return []Exception{{What: "warning", Where: place(names[w.Delivery], w.Origin.Line), Column: w.Column, Why: w.Fault.String()}}
		}),
	)
}

// place names a line of a file, or the file where something is true of all of it.
func place(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s line %d", file, line)
}

func ofAbsentee(a pipeline.Absentee) Exception {
	e := Exception{What: "absent", Where: a.Key, Why: fmt.Sprintf("not named by %s since %s", a.Mapping, a.Since)}
	if a.Kind != rental.Item {
		return e
	}
	switch a.Ended {
	case pipeline.ItemOpen:
		e.What, e.Why = "rental no longer named", e.Why+"; it is still open"
	case pipeline.ItemVanished:
		e.What, e.Why = "reservation no longer named", e.Why+"; it never began"
	default:
		e.What, e.Why = "rental no longer named", e.Why+"; it is taken to have ended on "+a.OffRent+", until the ERP says when"
	}
	return e
}

// withoutDepot sums up the documents that went without one depot: a depot that
// nobody has named to IRIS yet would otherwise fill the sheet.
type withoutDepot struct {
	why   string
	first string
	count int
}

func (w *withoutDepot) exception(key string) Exception {
	return Exception{
		What: "depot without site", Where: key,
		Why: fmt.Sprintf("%s; documents that went without it: %d, the first of asset %s; name its site under depots in the config, or in a depot file", w.why, w.count, w.first),
	}
}

// ofDocument tells what is exceptional about one document, and counts the depots
// it goes without.
func ofDocument(d pipeline.DocumentOutcome, depots map[string]*withoutDepot) []Exception {
	var all []Exception
	switch d.Outcome {
	case pipeline.Rejected, pipeline.Deferred, pipeline.Held, pipeline.Waiting, pipeline.Overtaken:
		all = append(all, Exception{What: d.Outcome.String(), Where: d.Asset, Why: d.Why})
	case pipeline.Unchanged, pipeline.Matched, pipeline.Unmatched:
	}

	for _, left := range d.Left {
		if left.Kind != rental.Depot {
			all = append(all, Exception{What: "sent without a part", Where: d.Asset, Why: left.String() + " " + left.Why})
			continue
		}
		if depots[left.Key] == nil {
			depots[left.Key] = &withoutDepot{why: left.Why, first: d.Asset}
		}
		depots[left.Key].count++
	}
	return all
}
