package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"rentalsync/pipeline/rental"
)

// Analyst makes of a snapshot, the register and what IRIS holds what a person
// should look at.
type Analyst struct {
	Flow      string
	Account   string
	Snapshots SnapshotJournal
	Fleet     FleetJournal
	Listings  ListingJournal
	Drifts    DriftJournal

	// Lister asks the account what it holds; nil never asks.
	Lister *Lister
	// ListEvery is how old what IRIS holds may be before it is asked again.
	ListEvery time.Duration
	// Contracts is how many contracts of the account may be asked for their items,
	// one by one.
	Contracts int

	Assembly   rental.Assembly
	Tolerances Tolerances
	Zone       *time.Location
	Now        func() time.Time
	Log        *slog.Logger
}

// Analyse gathers the facts of a whole snapshot, and judges them.
func (a *Analyst) Analyse(ctx context.Context, fleet SnapshotFleet) (*Analysis, error) {
	out := &Analysis{Flow: a.Flow, Snapshot: fleet.Snapshot, Tolerances: a.Tolerances, Zone: a.Zone}
	for _, step := range []func(context.Context, *Analysis) error{a.list, a.register, a.places} {
		if err := step(ctx, out); err != nil {
			return nil, fmt.Errorf("analyse the fleet of %s: %w", a.Flow, err)
		}
	}
	known := a.index(out)
	if err := a.machines(fleet, out, known); err != nil {
		return nil, fmt.Errorf("analyse the fleet of %s: %w", a.Flow, err)
	}
	if err := a.lookBack(ctx, out); err != nil {
		return nil, fmt.Errorf("look back on the fleet of %s: %w", a.Flow, err)
	}
	out.judge()
	if err := a.reconcile(ctx, out); err != nil {
		return nil, fmt.Errorf("compare with what IRIS holds: %w", err)
	}
	return out, nil
}

// register reads what the ERP has said.
func (a *Analyst) register(ctx context.Context, out *Analysis) (err error) {
	if out.Said, err = a.Fleet.LastWord(ctx, a.Flow); err != nil {
		return err
	}
	since := out.Snapshot.TakenAt.AddDate(0, 0, -2*lookBack).Format(time.DateOnly)
	for asset, err := range a.Fleet.FleetAssets(ctx, a.Flow, since) {
		if err != nil {
			return err
		}
		out.Assets = append(out.Assets, asset)
	}
	return nil
}

// machines reads the snapshot, and finds the asset and the place of each machine.
func (a *Analyst) machines(fleet SnapshotFleet, out *Analysis, known *assetIndex) error {
	out.Machines = make([]MachineFacts, 0, fleet.Snapshot.Machines)
	for m, err := range fleet.Machines {
		if err != nil {
			return err
		}
		facts := factsOf(&m)
		facts.Asset = known.asset(&m)
		facts.Foreign = m.ExternalReference != "" && m.AssetKey == ""
		if facts.Asset != nil {
			facts.Key, facts.Foreign = facts.Asset.Key, false
		}
		facts.Site = out.Sites.At(facts.Point)
		out.Machines = append(out.Machines, facts)
	}
	return nil
}

// factsOf keeps of a machine what is looked at.
func factsOf(m *Machine) MachineFacts {
	facts := MachineFacts{
		Key: m.AssetKey, Serial: m.SerialNumber, Model: m.Model, ID: machineID(m),
		Hours: meterOf(m.OperatingHours), Idle: meterOf(m.IdleHours), Fuel: meterOf(m.FuelUsed), Contact: contactOf(m),
	}
	if facts.Serial == "" {
		facts.Serial = m.PIN
	}
	if m.FuelUsed != nil {
		facts.Unit = m.FuelUsed.Unit
	}
	facts.Point = pointOf(m)
	return facts
}

func pointOf(m *Machine) Point {
	if m.Location == nil {
		return Point{}
	}
	return Point{Latitude: m.Location.Latitude, Longitude: m.Location.Longitude, At: m.Location.At}
}

func meterOf(r *Reading) Meter {
	if r == nil {
		return Meter{}
	}
	return Meter{Value: r.Value, At: r.At}
}

// contactOf is when anything was heard of a machine last.
func contactOf(m *Machine) time.Time {
	var last time.Time
	for _, r := range []*Reading{m.OperatingHours, m.IdleHours, m.Distance, m.FuelUsed, m.FuelRemaining, m.DEFRemaining} {
		if r != nil {
			last = latest(last, r.At)
		}
	}
	if m.Location != nil {
		last = latest(last, m.Location.At)
	}
	if m.EngineRunning != nil {
		last = latest(last, m.EngineRunning.At)
	}
	return last
}

// machineID is by what a machine is found again in another snapshot.
func machineID(m *Machine) string {
	switch {
	case m.AssetID != "":
		return m.AssetID
	case m.PIN != "":
		return m.PIN
	default:
		return m.OEMName + " " + m.SerialNumber
	}
}

// judge finds what a person should look at, of every machine and of every asset
// that no machine stands for.
func (out *Analysis) judge() {
	seen := make(map[*FleetAsset]bool, len(out.Assets))
	for i := range out.Machines {
		m := &out.Machines[i]
		if m.Asset != nil && seen[m.Asset] {
			continue // a second machine of one asset: its devices are told once
		}
		seen[m.Asset] = true
		out.find(m.Asset, m)
	}
	for i := range out.Assets {
		if asset := &out.Assets[i]; !seen[asset] {
			out.find(asset, nil)
		}
	}
}

func (out *Analysis) find(asset *FleetAsset, m *MachineFacts) {
	out.Findings = append(out.Findings, out.Tolerances.Judge(&Case{
		Asset: asset, Machine: m, At: out.Snapshot.TakenAt, Said: out.Said, Sites: out.Sites, Zone: out.Zone,
	})...)
}

// Count tells how many findings of a kind there are.
func (out *Analysis) Count(kind FindingKind) (n int) {
	for i := range out.Findings {
		if out.Findings[i].Kind == kind {
			n++
		}
	}
	return n
}
