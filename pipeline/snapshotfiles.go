package pipeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
)

// SnapshotFleet is what the files of a snapshot are made from.
type SnapshotFleet struct {
	Snapshot
	Flow     string
	Machines iter.Seq2[Machine, error] // under the keys that the flow's ERP has for them

	// Analysis is made when it is asked for first.
	Analysis func() (*Analysis, error)
}

// write writes every form of a snapshot, and every layout. A file that cannot be
// written does not keep the others from it.
func (s *Snapshotter) write(ctx context.Context, taken *Taken) error {
	fleet := SnapshotFleet{Snapshot: taken.Snapshot, Flow: s.Flow, Machines: s.machines(ctx, taken.ID)}
	fleet.Analysis = s.analysis(ctx, fleet)
	var failed []error
	for i := range s.Forms {
		failed = append(failed, s.writeForm(ctx, &s.Forms[i], &fleet, taken))
	}
	failed = append(failed, s.remember(ctx, &fleet, taken))
	fleet.Analysis = nil // layouts show nothing of it, and it is large
	for i := range s.Layouts {
		failed = append(failed, s.layOut(ctx, &s.Layouts[i], &fleet, taken))
	}
	return errors.Join(failed...)
}

// writeForm writes a form once, and puts it under each of its names. It waits in a
// temporary file meanwhile: a large one takes long to make.
func (s *Snapshotter) writeForm(ctx context.Context, form *Form[SnapshotFleet], fleet *SnapshotFleet, taken *Taken) (err error) {
	made, err := os.CreateTemp("", "rentalsync-*."+form.Ending)
	if err != nil {
		return fmt.Errorf("make room for the %s of a snapshot: %w", form.Ending, err)
	}
	defer func() { err = errors.Join(err, made.Close(), os.Remove(made.Name())) }()

	out := bufio.NewWriter(made)
	if err := errors.Join(form.Write(ctx, out, *fleet), out.Flush()); err != nil {
		return fmt.Errorf("write the %s of a snapshot: %w", form.Ending, err)
	}
	var failed []error
	for _, name := range s.names(taken, form.Ending) {
		path, err := s.Outbox.Put(ctx, name, func(w io.Writer) error {
			_, err := io.Copy(w, io.NewSectionReader(made, 0, math.MaxInt64))
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("write snapshot %s: %w", name, err))
			continue
		}
		taken.Files = append(taken.Files, path)
	}
	return errors.Join(failed...)
}

// layOut writes the snapshot by one layout.
func (s *Snapshotter) layOut(ctx context.Context, l *SnapshotLayout, fleet *SnapshotFleet, taken *Taken) error {
	w := layouter{flow: s.Flow, zone: s.Zone, outbox: s.Outbox, journal: s.Layouting, now: s.Now, log: s.Log}
	facts, err := w.facts(ctx, l.Layout, fleet.ID, fleet.TakenAt)
	if err != nil {
		return fmt.Errorf("name the file of layout %s: %w", l.Layout.Name, err)
	}
	machines := fleet.Machines
	if l.Layout.Moved {
		if machines, err = s.moved(ctx, l, facts.Number, machines); err != nil {
			return err
		}
	}

	path, made, err := w.put(ctx, l.Layout, facts, func(to io.Writer) (LaidOut, error) {
		return l.Write(ctx, to, facts, s.lines(ctx, fleet, machines, l.Register))
	})
	if path != "" {
		taken.Files = append(taken.Files, path)
		taken.LeftOut += made.Faulty
	}
	return err
}

// machines are those of a stored snapshot with the keys that the flow's ERP has
// for them.
func (s *Snapshotter) machines(ctx context.Context, snapshot string) iter.Seq2[Machine, error] {
	return func(yield func(Machine, error) bool) {
		for m, err := range s.Journal.Machines(ctx, snapshot) {
			m.AssetKey, _ = s.Assembly.Key(m.ExternalReference)
			if !yield(m, err) {
				return
			}
		}
	}
}
