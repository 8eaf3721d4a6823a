package pipeline

import "fmt"

// Outcome is what became of a document in a run.
type Outcome uint8

const (
	Unchanged Outcome = iota + 1 // IRIS holds it already
	Matched                      // IRIS took it and knows the asset (200)
	Unmatched                    // IRIS took it and knows no such asset yet (202), or refuses to know it (403, 404)
	Rejected                     // final until something changes
	Deferred                     // will be tried again
	Held                         // waits for a person
	Waiting                      // a part is missing
	Overtaken                    // a newer run took the asset first
)

// outcomes says everything there is to say about each outcome, once: every
// total, column and exit code is computed from here.
var outcomes = [...]struct {
	name  string
	title string
	heeds bool // something went wrong that a person should look at
	final bool // the dispatch is done with
}{
	Unchanged: {"unchanged", "Unchanged", false, true},
	Matched:   {"matched", "Matched", false, true},
	Unmatched: {"unmatched", "Unmatched", false, true},
	Rejected:  {"rejected", "Rejected", true, true},
	Deferred:  {"deferred", "Deferred", true, false},
	Held:      {"held", "Held", true, false},
	Waiting:   {"waiting", "Waiting", false, true},
	Overtaken: {"overtaken", "Overtaken", false, true},
}

// Outcomes lists every outcome in the order of reports.
func Outcomes() []Outcome {
	all := make([]Outcome, 0, len(outcomes)-1)
	for o := Unchanged; int(o) < len(outcomes); o++ {
		all = append(all, o)
	}
	return all
}

// String is the outcome's name in JSON and in the journal.
func (o Outcome) String() string {
	if o == 0 || int(o) >= len(outcomes) {
		return fmt.Sprintf("outcome(%d)", uint8(o))
	}
	return outcomes[o].name
}

// Title is the outcome's name for people.
func (o Outcome) Title() string { return outcomes[o].title }

// NeedsAttention reports whether a run with this outcome ends with exit code 3.
func (o Outcome) NeedsAttention() bool { return outcomes[o].heeds }

// Final reports whether the asset's dispatch is done with.
func (o Outcome) Final() bool { return outcomes[o].final }

// MarshalText writes the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// ParseOutcome reads an outcome's name.
func ParseOutcome(name string) (Outcome, error) {
	for _, o := range Outcomes() {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("unknown outcome %q", name)
}
