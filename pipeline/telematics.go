package pipeline

import (
	"context"
	"iter"
	"time"
)

// Machine is what IRIS reports of one machine, named as ISO 15143-3 names it.
// What the machine does not report is nil: absent is never zero.
type Machine struct {
	OEMName               string
	Model                 string
	EquipmentID           string
	SerialNumber          string
	PIN                   string
	TelematicSerialNumber string
	AssetID               string
	ExternalReference     string // as IRIS was told it; the account's flows tell theirs apart
	AssetKey              string `json:"-"` // the ERP's own, where the reference is the flow's

	Location       *Location
	OperatingHours *Reading // hours
	IdleHours      *Reading // hours
	Distance       *Reading // in Unit
	FuelUsed       *Reading // in Unit
	FuelRemaining  *Reading // percent
	DEFRemaining   *Reading // percent
	EngineRunning  *Switch

	// Extended are the readings that have no field here, by the name of their
	// block: the standard's, such as CumulativePowerTakeOffHours, or the maker's.
	Extended map[string]Reading `json:",omitempty"`
}

// Location is where a machine was.
type Location struct {
	Latitude, Longitude float64
	Altitude            *float64
	At                  time.Time
}

// Reading is one number a machine reported, and when.
type Reading struct {
	Value float64
	Unit  string
	At    time.Time
}

// Switch is one state a machine reported, and when.
type Switch struct {
	On bool
	At time.Time
}

// Snapshot is the telematics of an account's fleet at one time. It grows page by
// page, so that one that broke off can be gone on with.
type Snapshot struct {
	ID       string
	Account  string
	TakenAt  time.Time // when it was begun
	ReadAt   time.Time // when its last page was read; zero before the first
	Machines int
	Faulty   int    // machines that could not be understood
	Next     string // the pages to go on with; "" when there are none
}

// Whole reports whether every page was read.
func (s *Snapshot) Whole() bool { return !s.ReadAt.IsZero() && s.Next == "" }

// Fleet reads the whole fleet of an account.
type Fleet interface {
	// Pages yields the pages in order, from where an earlier page said to go on;
	// "" is the first. Every request goes through the gate, several at once. An
	// error is the last thing it yields; before it come the pages behind the one
	// that broke, as far as they were asked for already.
	Pages(ctx context.Context, from string, gate PageGate) iter.Seq2[FleetPage, error]
}

// FleetPage is one page of a fleet.
type FleetPage struct {
	Machines []Machine
	Faulty   []*MachineError // the verdicts on those that cannot be understood
	Next     string          // names all pages that were not yielded yet; "" at the last
}

// PageGate is where the rule of one request per page and quarter of an hour is
// kept. It is given the page's address, and asks for it by calling ask, once, or
// it does not and says why. Several pages may be at it at once.
type PageGate func(ctx context.Context, url string, ask AskFunc) error

// AskFunc asks for a page. It tells whether the page was answered, which counts
// under the rule also when the answer was a refusal or could not be read.
type AskFunc func(ctx context.Context) (answered bool, err error)

// MachineError is the verdict on one machine of a fleet page.
type MachineError struct {
	SerialNumber string
	Why          string
}

// Error names the machine and what is wrong with it.
func (e *MachineError) Error() string { return "machine " + e.SerialNumber + ": " + e.Why }
