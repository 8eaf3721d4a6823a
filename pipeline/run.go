package pipeline

import (
	"fmt"
	"time"
)

// RunState is how far a run has come.
type RunState uint8

const (
	RunStaging    RunState = iota + 1 // its deliveries are being read
	RunClosed                         // the register holds it; documents are due
	RunDone                           // every document has an outcome, the report is written
	RunHeld                           // waits for a person
	RunFailed                         // its only deliveries were quarantined
	RunDuplicate                      // nothing in it was new
	RunSuperseded                     // everything in it was older than the register
	RunReleased                       // its files went back to the inbox, or away
	RunDiscarded                      // a person decided that it must not become true
)

var runStates = [...]string{
	RunStaging: "staging", RunClosed: "closed", RunDone: "done", RunHeld: "held",
	RunFailed: "failed", RunDuplicate: "duplicate", RunSuperseded: "superseded",
	RunReleased: "released", RunDiscarded: "discarded",
}

// String is the state's name in JSON and in the journal.
func (s RunState) String() string {
	if s == 0 || int(s) >= len(runStates) {
		return fmt.Sprintf("state(%d)", uint8(s))
	}
	return runStates[s]
}

// MarshalText writes the state's name.
func (s RunState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseRunState reads a state's name.
func ParseRunState(name string) (RunState, error) {
	for s := RunStaging; int(s) < len(runStates); s++ {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown run state %q", name)
}

// Run is the work on the ready deliveries of one flow and one business date.
type Run struct {
	ID           string // sorts by the time it was opened
	Flow         string
	BusinessDate string
	State        RunState
	OpenedAt     time.Time
	ClosedAt     time.Time
	DoneAt       time.Time
	Reason       string   // why it failed or is held
	Lacks        []string // mappings of its set of which no file that could be read came in time
	Reverts      bool     // it takes back the nights from its business date on, and has no deliveries
}

// Undecided reports whether the run is held before it closed: the register knows
// nothing of it yet. Any other held run is in the register, and only documents
// wait.
func (r Run) Undecided() bool { return r.State == RunHeld && r.ClosedAt.IsZero() }

// Reported reports whether a run in this state gets a report. A run in which
// nothing was new has nothing to tell.
func (s RunState) Reported() bool {
	return s == RunDone || s == RunHeld || s == RunFailed || s == RunDiscarded
}
