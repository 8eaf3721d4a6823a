package pipeline

import (
	"context"
	"iter"
	"time"

	"rentalsync/pipeline/rental"
)

// Analysis is what the register, telematics and IRIS together tell of a flow's
// fleet: facts in the order of the snapshot and of the register, and what a
// person should look at.
type Analysis struct {
	Flow       string
	Snapshot   Snapshot
	Before     *Snapshot // the last whole one before it; nil where this is the first
	Said       time.Time // the ERP's last word; zero where it said nothing yet
	Tolerances Tolerances
	Zone       *time.Location

	Machines []MachineFacts // as the snapshot has them
	Assets   []FleetAsset   // as the register has them
	Sites    *Places
	Days     []FleetDay // the oldest first
	Findings []Finding
	Held     []Reconciled // what IRIS holds, by asset and rental
	Listed   time.Time    // when IRIS was asked for what it holds; zero is never
	Notes    []string     // what could not be looked at, and why
}

// MachineFacts is one machine of a snapshot with what else is known of it.
type MachineFacts struct {
	ID                 string // by which it is found again in other snapshots
	Key, Serial, Model string
	Asset              *FleetAsset // nil where the register has none
	Foreign            bool        // under a reference that is not the flow's

	Point   Point // where it was last
	Site    *Place
	Hours   Meter
	Idle    Meter
	Fuel    Meter
	Unit    string // of its fuel
	Contact time.Time

	Was   Earlier // at the last whole snapshot
	Usage Usage
}

// Meter is the reading of a meter. The zero Meter is none.
type Meter struct {
	Value float64
	At    time.Time
}

// Known reports whether there is a reading.
func (m Meter) Known() bool { return !m.At.IsZero() }

// Earlier is a machine as an earlier snapshot had it.
type Earlier struct {
	Known bool
	Point Point
	Site  *Place
	Hours Meter
	Fuel  Meter
}

// Usage is what a machine did over the days that are looked back on.
type Usage struct {
	From, To Meter     // the first and the last reading of its hours
	Hours    float64   // gained between them
	Idle     float64   // of those
	Fuel     float64   // used
	Worked   int       // days, at the least
	Same     time.Time // since when the hours have been what they are
	Back     *Backwards
	AtWord   Meter   // of the day for which the ERP has its meter
	Ran      Stretch // the last two readings that the ERP's last word is about
	Days     int     // between the first and the last reading
	OnRent   int     // days of these on rent, as the register has them

	idle, fuel Meter
	same       float64 // what the hours have been since
	workedOn   int     // the last day that counted as worked, from 1
	counted    int     // the days up to which the machine was counted
}

// Stretch is two readings of a meter, one after the other.
type Stretch struct{ From, To Meter }

// Backwards is a meter that showed less than before.
type Backwards Stretch

// FleetDay is what the fleet did on one day.
type FleetDay struct {
	Day      time.Time // its beginning
	Machines int       // that gained hours
	Hours    float64
	Idle     float64
}

// FleetAsset is an asset of the register, with its rentals and what was sent of
// it.
type FleetAsset struct {
	Key, Status, Name, Make, Model string
	OwningDepot, CurrentDepot      string
	IdentifierType, Identifier     string
	StatusDay                      string // the business date on which the ERP set it
	Gone                           string // since when no file names it
	Meter                          float64
	MeterDay                       string // the business date for which the ERP has told it; "" where it has none

	Items []FleetItem // open ones, and those that ended lately
	Sent  SentState
}

// FleetItem is a rental of an asset.
type FleetItem struct {
	Key            string // by which IRIS knows it
	Contract       string
	ContractStatus string
	Customer       string
	CustomerName   string
	On, Due, Off   time.Time
	Shown          time.Time // the end that IRIS is told: Off, or Due where the plan is shown
}

// Open reports whether the rental has not ended.
func (i *FleetItem) Open() bool { return i.Off.IsZero() }

// Rented is the rental that an asset is on at a time: the open one that began
// last. It is nil where there is none.
func (a *FleetAsset) Rented(at time.Time) *FleetItem {
	var on *FleetItem
	for i := range a.Items {
		item := &a.Items[i]
		if item.Open() && !item.On.After(at) && (on == nil || item.On.After(on.On)) {
			on = item
		}
	}
	return on
}

// Last is the rental that ended last, where no other is open.
func (a *FleetAsset) Last() *FleetItem {
	var last *FleetItem
	for i := range a.Items {
		item := &a.Items[i]
		if item.Open() {
			return nil
		}
		if last == nil || item.Off.After(last.Off) {
			last = item
		}
	}
	return last
}

// Depot is where the ERP says an asset stands: where it says so, and else the
// depot that it belongs to.
func (a *FleetAsset) Depot() string {
	if a.CurrentDepot != "" {
		return a.CurrentDepot
	}
	return a.OwningDepot
}

// SentState is what became of the last document of an asset that was sent.
type SentState struct {
	Outcome   Outcome
	At        time.Time // zero where nothing was ever sent
	Reference string
	Due       bool // something is still to be sent
}

// FleetJournal tells what the register holds of a flow's fleet.
type FleetJournal interface {
	// FleetAssets yields every asset with its rentals that are open or ended on a
	// day or later, and what was sent of it, each asset once.
	FleetAssets(ctx context.Context, flow, since string) iter.Seq2[FleetAsset, error]

	// FleetDepots are the depots of the register.
	FleetDepots(ctx context.Context, flow string) ([]rental.Record, error)

	// LastWord is when the ERP wrote the newest file that the register holds.
	LastWord(ctx context.Context, flow string) (time.Time, error)
}
