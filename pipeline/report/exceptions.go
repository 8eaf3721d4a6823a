package report

import (
	"context"
	"fmt"
	"iter"

	"rentalsync/pipeline"
)

// Exception is one thing that a person should know of and that no other part of
// the report tells.
type Exception struct {
	What   string `json:"what"`
	Where  string `json:"where"`
	Column string `json:"column,omitempty"`
	Why    string `json:"why"`
}

// Exceptions yields documents that did not go or went without a part, then
// assets that are no longer named, then warnings about rows.
func Exceptions(ctx context.Context, journal Journal, facts pipeline.RunFacts) iter.Seq2[Exception, error] {
	names := namesOf(facts.Deliveries)
	return func(yield func(Exception, error) bool) {
		for d, err := range journal.Outcomes(ctx, facts.Run.ID) {
			if err != nil {
				yield(Exception{}, err)
				return
			}
			for _, e := range ofDocument(d) {
				if !yield(e, nil) {
					return
				}
			}
		}
		for a, err := range journal.Absentees(ctx, facts.Run.ID) {
			why := fmt.Sprintf("not named by %s since %s", a.Mapping, a.Since)
			if !yield(Exception{What: "absent", Where: a.Asset, Why: why}, err) || err != nil {
				return
			}
		}
		for w, err := range journal.Warnings(ctx, facts.Run.ID) {
			e := Exception{What: "warning", Where: fmt.Sprintf("%s line %d", names[w.Delivery], w.Origin.Line), Column: w.Column, Why: w.Fault.String()}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func ofDocument(d pipeline.DocumentOutcome) []Exception {
	var all []Exception
	switch d.Outcome {
	case pipeline.Rejected, pipeline.Deferred, pipeline.Held, pipeline.Waiting, pipeline.Overtaken:
		all = append(all, Exception{What: d.Outcome.String(), Where: d.Asset, Why: d.Why})
	case pipeline.Unchanged, pipeline.Matched, pipeline.Unmatched:
	}
	for _, left := range d.Left {
		all = append(all, Exception{What: "sent without a part", Where: d.Asset, Why: left.String() + " " + left.Why})
	}
	return all
}
