package journal

import (
	"context"

	"rentalsync/pipeline"
)

const (
	allSightings = `SELECT name, size, mod_time_at, since FROM sighted WHERE flow = $1 ORDER BY name`
	forgetSight  = `DELETE FROM sighted WHERE flow = $1 AND name = $2`
	saveSight    = `
		INSERT INTO sighted (flow, name, size, mod_time_at, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (flow, name) DO UPDATE SET size = excluded.size, mod_time_at = excluded.mod_time_at, since = excluded.since`
)

// Sightings are the files that are remembered to lie in a flow's drop.
func (j *Journal) Sightings(ctx context.Context, flow string) (list []pipeline.Sighting, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, allSightings, args(flow), func(scan func(...any) error) error {
			var seen pipeline.Sighting
			var modified, since int64
			err := scan(&seen.Name, &seen.Size, &modified, &since)
			seen.ModTime, seen.Since = instant(modified), instant(since)
			list = append(list, seen)
			return err
		})
	})
	return list, named(err, "list the files seen in the drop of flow %q", flow)
}

// Sight remembers files that look otherwise than before, and forgets those that
// are gone.
func (j *Journal) Sight(ctx context.Context, flow string, news []pipeline.Sighting, gone []string) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		for _, name := range gone {
			if _, err := s.exec(ctx, forgetSight, flow, name); err != nil {
				return err
			}
		}
		for _, f := range news {
			if _, err := s.exec(ctx, saveSight, flow, f.Name, f.Size, nanos(f.ModTime), nanos(f.Since)); err != nil {
				return err
			}
		}
		return nil
	})
	return named(err, "remember the files in the drop of flow %q", flow)
}
