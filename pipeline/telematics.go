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
	ExternalReference     string // the ERP's own key, once IRIS has been told it

	Location       *Location
	OperatingHours *Reading // hours
	IdleHours      *Reading // hours
	Distance       *Reading // in Unit
	FuelUsed       *Reading // in Unit
	FuelRemaining  *Reading // percent
	DEFRemaining   *Reading // percent
	EngineRunning  *Switch
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

// Snapshot is the telematics of the fleet at one time.
type Snapshot struct {
	ID       string
	Flow     string
	TakenAt  time.Time
	Machines int
}

// Fleet reads the account's whole fleet.
type Fleet interface {
	// Machines yields every machine of every page. A *MachineError stands for
	// one machine that cannot be understood, and reading goes on; any other
	// error ends it, and the snapshot with it.
	Machines(ctx context.Context) iter.Seq2[Machine, error]
}

// MachineError is the verdict on one machine of a fleet page.
type MachineError struct {
	SerialNumber string
	Why          string
}

// Error names the machine and what is wrong with it.
func (e *MachineError) Error() string { return "machine " + e.SerialNumber + ": " + e.Why }
