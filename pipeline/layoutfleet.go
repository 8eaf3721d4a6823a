package pipeline

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"

	"rentalsync/pipeline/rental"
)

// FleetLine is one machine of a snapshot as a layout shows it.
type FleetLine struct {
	Machine
	Asset    *rental.Record // what the register holds of it; nil where nobody looked, or it holds nothing
	Snapshot *Snapshot
}

// SnapshotLayout is a layout of snapshots.
type SnapshotLayout struct {
	LayoutForm[iter.Seq2[FleetLine, error]]
	Register bool                  // it shows what the register holds
	Trace    func(*Machine) uint64 // tells two readings of a machine apart, as far as the layout shows them
}

// RegisterJournal knows the register.
type RegisterJournal interface {
	// Records returns what the register holds of entities, where run is blank.
	// Those that nobody knows are not in the answer.
	Records(ctx context.Context, flow, run string, refs []rental.Ref) (now, prior map[rental.Ref]rental.Record, err error)
}

// linesAtOnce is how many machines are looked up in the register together.
const linesAtOnce = 250

// lines are the machines of a snapshot, with what the register holds of each where
// the layout shows it.
func (s *Snapshotter) lines(ctx context.Context, fleet *SnapshotFleet, machines iter.Seq2[Machine, error], register bool) iter.Seq2[FleetLine, error] {
	return func(yield func(FleetLine, error) bool) {
		batch := make([]FleetLine, 0, linesAtOnce)
		flush := func() bool {
			if err := s.lookUp(ctx, batch, register); err != nil {
				yield(FleetLine{}, err)
				return false
			}
			for i := range batch {
				if !yield(batch[i], nil) {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for m, err := range machines {
			if err != nil {
				yield(FleetLine{}, err)
				return
			}
			if batch = append(batch, FleetLine{Machine: m, Snapshot: &fleet.Snapshot}); len(batch) == linesAtOnce && !flush() {
				return
			}
		}
		flush()
	}
}

// lookUp adds what the register holds of the machines.
func (s *Snapshotter) lookUp(ctx context.Context, lines []FleetLine, register bool) error {
	var refs []rental.Ref
	for i := range lines {
		if key := lines[i].AssetKey; register && key != "" {
			refs = append(refs, rental.Ref{Kind: rental.Asset, Key: key})
		}
	}
	if len(refs) == 0 {
		return nil
	}
	held, _, err := s.Register.Records(ctx, s.Flow, "", refs)
	if err != nil {
		return fmt.Errorf("look up machines in the register: %w", err)
	}
	for i := range lines {
		if record, known := held[rental.Ref{Kind: rental.Asset, Key: lines[i].AssetKey}]; known {
			lines[i].Asset = &record
		}
	}
	return nil
}

// moved keeps the machines of which something is newer or different than in the
// snapshot that was written last before a file's number; all, where there is none.
func (s *Snapshotter) moved(ctx context.Context, l *SnapshotLayout, number int64, all iter.Seq2[Machine, error]) (iter.Seq2[Machine, error], error) {
	last, err := s.Layouting.LayoutBefore(ctx, s.Flow, l.Layout.Name, number)
	if err != nil || last == "" {
		return all, err
	}
	seed, traces := maphash.MakeSeed(), map[uint64]uint64{}
	for m, err := range s.machines(ctx, last) {
		if err != nil {
			return nil, fmt.Errorf("read the snapshot that layout %s was written from last: %w", l.Layout.Name, err)
		}
		traces[maphash.String(seed, m.same())] = l.Trace(&m)
	}

	return func(yield func(Machine, error) bool) {
		for m, err := range all {
			if was, known := traces[maphash.String(seed, m.same())]; err == nil && known && was == l.Trace(&m) {
				continue
			}
			if !yield(m, err) {
				return
			}
		}
	}, nil
}

// same is by what a machine is known from one snapshot to the next.
func (m *Machine) same() string {
	if m.AssetID != "" {
		return m.AssetID
	}
	return m.OEMName + "\x00" + m.Model + "\x00" + m.SerialNumber + "\x00" + m.PIN + "\x00" + m.EquipmentID
}
