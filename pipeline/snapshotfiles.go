package pipeline

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// SnapshotFleet is what the files of a snapshot are made from.
type SnapshotFleet struct {
	Snapshot
	Flow     string
	Machines iter.Seq2[Machine, error] // under the keys that the flow's ERP has for them
}

func (s *Snapshotter) write(ctx context.Context, taken *Taken) error {
	fleet := SnapshotFleet{Snapshot: taken.Snapshot, Flow: s.Flow, Machines: s.machines(ctx, taken.ID)}
	for _, form := range s.Forms {
		name := fmt.Sprintf("%s_fleet_%s.%s", s.Flow, taken.TakenAt.UTC().Format("20060102T150405Z"), form.Ending)
		path, err := s.Outbox.Put(ctx, name, func(w io.Writer) error {
			return form.Write(ctx, w, fleet)
		})
		if err != nil {
			return fmt.Errorf("write snapshot %s: %w", name, err)
		}
		taken.Files = append(taken.Files, path)
	}
	return nil
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
