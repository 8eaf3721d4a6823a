package journal

import (
	"context"

	"rentalsync/pipeline"
)

const recentRuns = `SELECT ` + runColumns + ` FROM run WHERE flow = $1 ORDER BY id DESC LIMIT $2`

// RecentRuns are a flow's last n runs, newest first.
func (j *Journal) RecentRuns(ctx context.Context, flow string, n int) (runs []pipeline.Run, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, recentRuns, args(flow, n), func(scan func(...any) error) error {
			r, err := scanRun(scan)
			runs = append(runs, r)
			return err
		})
	})
	return runs, named(err, "list the last runs of flow %q", flow)
}
