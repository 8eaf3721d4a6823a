package pipeline

import (
	"bytes"
	"fmt"
	"time"

	"rentalsync/pipeline/rental"
)

// CustomOutcome is what became of the value of one custom field in a run.
type CustomOutcome uint8

const (
	CustomSet       CustomOutcome = iota + 1 // IRIS took it, or took it away
	CustomUnchanged                          // IRIS took it before
	CustomPending                            // IRIS does not show yet what it belongs to
	CustomDeferred                           // will be tried again
	CustomRefused                            // the field cannot hold it, or IRIS refused it
)

// customOutcomes says everything there is to say about each, once.
var customOutcomes = [...]struct {
	name  string
	title string
	heeds bool // something went wrong that a person should look at
}{
	CustomSet:       {"set", "Set", false},
	CustomUnchanged: {"unchanged", "Unchanged", false},
	CustomPending:   {"pending", "Pending", false},
	CustomDeferred:  {"deferred", "Deferred", true},
	CustomRefused:   {"refused", "Refused", true},
}

// CustomOutcomes lists every one in the order of reports.
func CustomOutcomes() []CustomOutcome {
	all := make([]CustomOutcome, 0, len(customOutcomes)-1)
	for o := CustomSet; int(o) < len(customOutcomes); o++ {
		all = append(all, o)
	}
	return all
}

// String is the outcome's name in JSON and in the journal.
func (o CustomOutcome) String() string {
	if o == 0 || int(o) >= len(customOutcomes) {
		return fmt.Sprintf("outcome(%d)", uint8(o))
	}
	return customOutcomes[o].name
}

// Title is the outcome's name for people.
func (o CustomOutcome) Title() string { return customOutcomes[o].title }

// NeedsAttention reports whether a run with this outcome ends with exit code 3.
func (o CustomOutcome) NeedsAttention() bool { return customOutcomes[o].heeds }

// MarshalText writes the outcome's name.
func (o CustomOutcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// ParseCustomOutcome reads an outcome's name.
func ParseCustomOutcome(name string) (CustomOutcome, error) {
	for _, o := range CustomOutcomes() {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("unknown outcome %q of a custom field", name)
}

// CustomTotals counts a run's custom values by outcome.
type CustomTotals map[CustomOutcome]int

// Due is how many values the run had to do with.
func (t CustomTotals) Due() int {
	sum := 0
	for _, n := range t {
		sum += n
	}
	return sum
}

// NeedsAttention reports whether a person should look at one of them.
func (t CustomTotals) NeedsAttention() bool {
	for o, n := range t {
		if n > 0 && o.NeedsAttention() {
			return true
		}
	}
	return false
}

// MarshalJSON writes every outcome with the sum before them.
func (t CustomTotals) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"due":%d`, t.Due())
	for _, o := range CustomOutcomes() {
		fmt.Fprintf(&out, `,%q:%d`, o.String(), t[o])
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// CustomFieldOutcome is one line of what became of a run's custom values.
type CustomFieldOutcome struct {
	rental.Ref
	Field   string // the key of its definition
	Value   string // as it is set; "" takes it away
	Outcome CustomOutcome
	Why     string
	Cure    string
	At      time.Time
}
