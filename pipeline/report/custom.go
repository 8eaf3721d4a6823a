package report

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"rentalsync/pipeline"
)

// customFields lists what became of each custom value. There is no such sheet in a
// run that had none to set.
func customFields(ctx context.Context, journal Journal, facts pipeline.RunFacts) []Sheet {
	if facts.CustomFields.Due() == 0 {
		return nil
	}
	return []Sheet{{
		Name: "Custom fields",
		Columns: []Column{
			{Title: "Belongs to", Width: 12}, {Title: "Key", Width: 20}, {Title: "Custom field", Width: 24}, {Title: "Value", Width: 28}, {Title: "Outcome", Width: 12},
			{Title: "Why", Width: 60}, {Title: "How to mend it", Width: 50}, {Title: "At", Type: Moment, Width: 18},
		},
		Rows: mapped(journal.CustomOutcomes(ctx, facts.Run.ID), func(o pipeline.CustomFieldOutcome) []Cell {
			return []Cell{T(o.Kind.String()), T(o.Key), T(o.Field), T(o.Value), T(o.Outcome.String()), T(o.Why), T(o.Cure), At(o.At)}
		}),
	}}
}

// customMeaning explains each outcome of a custom value.
var customMeaning = map[pipeline.CustomOutcome]string{
	pipeline.CustomSet:       "IRIS took it, or took it away where the ERP says nothing any more",
	pipeline.CustomUnchanged: "IRIS took it before; nothing was sent",
	pipeline.CustomPending:   "IRIS does not show yet what it belongs to; tried again with every run",
	pipeline.CustomDeferred:  "will be set by itself later; see Exceptions",
	pipeline.CustomRefused:   "the field cannot hold it, or IRIS refused it; see Exceptions",
}

// customTogether is from how many values on that share a verdict they are told as
// one.
const customTogether = 3

// customVerdict is what several values of one field have in common.
type customVerdict struct {
	outcome pipeline.CustomOutcome
	kind    string
	field   string
	why     string
}

// customTold gathers the values of one verdict: a field that nobody has defined
// would otherwise fill the sheet.
type customTold struct {
	customVerdict
	keys  []string // the first ones
	count int
}

// customExceptions tells of values that could not be set.
func customExceptions(ctx context.Context, journal Journal, facts pipeline.RunFacts) iter.Seq2[Exception, error] {
	return func(yield func(Exception, error) bool) {
		if facts.CustomFields.Due() == 0 {
			return
		}
		told := map[customVerdict]*customTold{}
		for o, err := range journal.CustomOutcomes(ctx, facts.Run.ID) {
			if err != nil {
				yield(Exception{}, err)
				return
			}
			if o.Outcome == pipeline.CustomSet || o.Outcome == pipeline.CustomUnchanged {
				continue
			}
			v := customVerdict{o.Outcome, o.Kind.String(), o.Field, whyAndCure(o.Why, o.Cure)}
			if told[v] == nil {
				told[v] = &customTold{customVerdict: v}
			}
			told[v].add(o.Key)
		}
		for _, v := range sortedTold(told) {
			for _, e := range v.exceptions() {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func whyAndCure(why, cure string) string {
	if cure == "" {
		return why
	}
	return why + "; " + cure
}

func (c *customTold) add(key string) {
	if c.count++; len(c.keys) < customTogether {
		c.keys = append(c.keys, key)
	}
}

func sortedTold(told map[customVerdict]*customTold) []*customTold {
	all := make([]*customTold, 0, len(told))
	for _, v := range told {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *customTold) int {
		return cmp.Or(cmp.Compare(b.outcome, a.outcome), cmp.Compare(a.kind, b.kind), cmp.Compare(a.field, b.field),
			cmp.Compare(a.keys[0], b.keys[0]), cmp.Compare(a.why, b.why))
	})
	return all
}

func (c *customTold) exceptions() []Exception {
	what := "custom field " + c.outcome.String()
	if c.count < customTogether {
		all := make([]Exception, len(c.keys))
		for i, key := range c.keys {
			all[i] = Exception{What: what, Where: c.kind + " " + key, Column: c.field, Why: c.why}
		}
		return all
	}
	return []Exception{{What: what, Where: c.kind + " " + c.keys[0], Column: c.field, Why: fmt.Sprintf("%s; the same of %d in all", c.why, c.count)}}
}

// customLines are the lines of the report for programs.
func customLines(ctx context.Context, journal Journal, facts pipeline.RunFacts) iter.Seq2[[]Cell, error] {
	none := Cell{}
	return mapped(journal.CustomOutcomes(ctx, facts.Run.ID), func(o pipeline.CustomFieldOutcome) []Cell {
		return []Cell{T("customField"), T(o.Kind.String() + " " + o.Key), none, T(o.Outcome.String()), none, none, none, T(o.Field), T(o.Value), T(o.Why), T(o.Cure), At(o.At)}
	})
}

type customJSON struct {
	Entity  string                 `json:"entity"`
	Key     string                 `json:"key"`
	Field   string                 `json:"field"`
	Value   string                 `json:"value"`
	Outcome pipeline.CustomOutcome `json:"outcome"`
	Why     string                 `json:"why,omitempty"`
	Cure    string                 `json:"cure,omitempty"`
}

// listCustom lists custom values in the report as JSON, where there are any.
func listCustom(ctx context.Context, out *listWriter, journal Journal, facts pipeline.RunFacts) {
	if facts.CustomFields.Due() == 0 {
		return
	}
	list(out, "customFields", journal.CustomOutcomes(ctx, facts.Run.ID), func(o pipeline.CustomFieldOutcome) any {
		return customJSON{o.Kind.String(), o.Key, o.Field, o.Value, o.Outcome, o.Why, o.Cure}
	})
}
