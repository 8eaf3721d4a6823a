package journal

import (
	"context"
	"slices"
	"time"

	"rentalsync/pipeline"
)

const (
	noteDrift = `
		INSERT INTO drift (flow, subject, what, since, seen) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (flow, subject, what) DO UPDATE SET seen = excluded.seen
		RETURNING since`
	endDrift = `DELETE FROM drift WHERE flow = $1 AND seen <> $2`
)

// driftsAtOnce is how many drifts one transaction notes.
const driftsAtOnce = 1000

// NoteDrift takes the place of the drifts of a flow that were noted last, and
// fills in since when each of these is there.
func (j *Journal) NoteDrift(ctx context.Context, flow string, at time.Time, list []pipeline.Drift) error {
	for part := range slices.Chunk(list, driftsAtOnce) {
		err := j.write(ctx, func(ctx context.Context, s session) error {
			for i := range part {
				var since int64
				if err := s.one(ctx, noteDrift, args(flow, part[i].Subject, part[i].What, nanos(at)), &since); err != nil {
					return err
				}
				part[i].Since = instant(since)
			}
			return nil
		})
		if err != nil {
			return named(err, "note %d drifts of flow %q", len(list), flow)
		}
	}
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, endDrift, flow, nanos(at))
		return err
	})
	return named(err, "end the drifts of flow %q", flow)
}
