package journal

import (
	"context"
	"fmt"
	"time"

	"rentalsync/pipeline"
)

// How snapshots are thinned out.
const (
	forgetAtOnce = 1000 // machines that one transaction forgets
	keptNewest   = 2    // whole snapshots that stay, however old they are
)

const (
	allWhole      = selectSnapshot + ` AND next = '' AND read_at > 0 ORDER BY taken_at DESC, id DESC`
	forgetMachine = `DELETE FROM machine WHERE snapshot = $1 AND seq <= (SELECT MIN(seq) FROM machine WHERE snapshot = $1) + $2`
	forgetOne     = `DELETE FROM snapshot WHERE id = $1`
)

// ForgetSnapshots clears away an account's whole snapshots that were begun before
// a time, and of those begun before another one all but the last of each day, as
// UTC counts days. The newest two always stay. It tells how many were forgotten.
func (j *Journal) ForgetSnapshots(ctx context.Context, account string, before, daily time.Time) (n int, err error) {
	var all []pipeline.Snapshot
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, allWhole, args(account), func(scan func(...any) error) error {
			one, err := scanSnapshot(scan)
			all = append(all, one)
			return err
		})
	})
	if err != nil {
		return 0, named(err, "list the snapshots of account %q", account)
	}

	for _, snap := range outlived(all, before, daily) {
		if err := j.forgetSnapshot(ctx, snap.ID); err != nil {
			return n, named(err, "forget snapshot %q", snap.ID)
		}
		n++
	}
	return n, nil
}

// outlived picks the snapshots that nobody needs any more, of all, the newest
// first.
func outlived(all []pipeline.Snapshot, before, daily time.Time) []pipeline.Snapshot {
	var gone []pipeline.Snapshot
	day := ""
	for i, snap := range all {
		of := snap.TakenAt.UTC().Format(time.DateOnly)
		again := of == day
		day = of
		switch {
		case i < keptNewest:
		case snap.TakenAt.Before(before), again && snap.TakenAt.Before(daily):
			gone = append(gone, snap)
		}
	}
	return gone
}

// forgetSnapshot clears away a snapshot in steps, so that the writer is never held
// for long. What was begun is gone on with next time: the snapshot goes last.
func (j *Journal) forgetSnapshot(ctx context.Context, id string) error {
	for {
		left := 0
		err := j.write(ctx, func(ctx context.Context, s session) (err error) {
			if left, err = s.exec(ctx, forgetMachine, id, forgetAtOnce-1); err != nil || left > 0 {
				return err
			}
			_, err = s.exec(ctx, forgetOne, id)
			return err
		})
		if err != nil {
			return fmt.Errorf("after its machines were begun: %w", err)
		}
		if left == 0 {
			return nil
		}
	}
}
