package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"time"
)

// Snapshotter fetches the telematics of a flow's fleet, stores them, and writes
// them for the ERP and the analysts.
type Snapshotter struct {
	Flow    string
	Fleet   Fleet
	Journal SnapshotJournal
	Outbox  Outbox
	Forms   []Form[iter.Seq2[Machine, error]]
	Every   time.Duration // how often IRIS may be asked; default 15m
	Now     func() time.Time
	Log     *slog.Logger
}

// Taken tells what Take did.
type Taken struct {
	Snapshot
	Stored bool     // answered from a snapshot that is still young enough
	Faulty int      // machines that could not be understood
	Files  []string // where it was written
}

// keepMachines is how many machines are stored in one transaction.
const keepMachines = 500

// Take writes the newest snapshot, after fetching it where the stored one is old
// enough for IRIS to be asked again.
func (s *Snapshotter) Take(ctx context.Context) (Taken, error) {
	taken, err := s.stored(ctx)
	if err != nil {
		return taken, err
	}
	if !taken.Stored {
		if taken, err = s.fetch(ctx); err != nil {
			return taken, err
		}
	}
	return taken, s.write(ctx, &taken)
}

func (s *Snapshotter) stored(ctx context.Context) (Taken, error) {
	newest, err := s.Journal.NewestSnapshot(ctx, s.Flow)
	if err != nil {
		return Taken{}, fmt.Errorf("look for a stored snapshot: %w", err)
	}
	if newest == nil || s.Now().Sub(newest.TakenAt) >= s.Every {
		return Taken{}, nil
	}
	return Taken{Snapshot: *newest, Stored: true}, nil
}

func (s *Snapshotter) fetch(ctx context.Context) (Taken, error) {
	now := s.Now()
	taken := Taken{Snapshot: Snapshot{ID: newID(now), Flow: s.Flow, TakenAt: now}}
	page := make([]Machine, 0, keepMachines)
	keep := func() error {
		err := s.Journal.Keep(ctx, taken.ID, page)
		taken.Machines += len(page)
		page = page[:0]
		return err
	}

	for machine, err := range s.Fleet.Machines(ctx) {
		var bad *MachineError
		if errors.As(err, &bad) {
			s.Log.Warn("machine left out", "flow", s.Flow, "error", bad.Error())
			taken.Faulty++
			continue
		}
		if err != nil {
			return taken, fmt.Errorf("read the fleet: %w", err)
		}
		if page = append(page, machine); len(page) == keepMachines {
			if err := keep(); err != nil {
				return taken, fmt.Errorf("store the snapshot: %w", err)
			}
		}
	}
	if err := keep(); err != nil {
		return taken, fmt.Errorf("store the snapshot: %w", err)
	}
	return taken, s.Journal.Finish(ctx, taken.Snapshot)
}

func (s *Snapshotter) write(ctx context.Context, taken *Taken) error {
	for _, form := range s.Forms {
		name := fmt.Sprintf("%s_fleet_%s.%s", s.Flow, taken.TakenAt.UTC().Format("20060102T150405Z"), form.Ending)
		path, err := s.Outbox.Put(ctx, name, func(w io.Writer) error {
			return form.Write(ctx, w, s.Journal.Machines(ctx, taken.ID))
		})
		if err != nil {
			return fmt.Errorf("write snapshot %s: %w", name, err)
		}
		taken.Files = append(taken.Files, path)
	}
	return nil
}
