package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// names are under which names a form of a snapshot is written: one that tells when
// it was taken, and one that stays, for whoever looks at the newest.
func (s *Snapshotter) names(taken *Taken, ending string) []string {
	return []string{
		fmt.Sprintf("%s_fleet_%s.%s", s.Flow, taken.TakenAt.UTC().Format("20060102T150405Z"), ending),
		fmt.Sprintf("latest/%s_fleet.%s", s.Flow, ending),
	}
}

// errNoAnalyst tells that nobody was asked to analyse snapshots.
var errNoAnalyst = errors.New("nobody analyses snapshots of this flow")

// analysis analyses a snapshot once, for all who ask.
func (s *Snapshotter) analysis(ctx context.Context, fleet SnapshotFleet) func() (*Analysis, error) {
	return sync.OnceValues(func() (*Analysis, error) {
		if s.Analyst == nil {
			return nil, errNoAnalyst
		}
		return s.Analyst.Analyse(ctx, fleet)
	})
}

// remember adds a snapshot to the history, where there is one.
func (s *Snapshotter) remember(ctx context.Context, fleet *SnapshotFleet, taken *Taken) error {
	if s.Hours == nil {
		return nil
	}
	path, err := s.Hours.Add(ctx, *fleet)
	if path != "" {
		taken.Files = append(taken.Files, path)
	}
	return err
}
