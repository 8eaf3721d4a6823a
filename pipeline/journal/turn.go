package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// turnLook is how often somebody looks whether it is their turn.
const turnLook = 200 * time.Millisecond

// SnapshotTurn waits until no other process takes a snapshot, and keeps others
// waiting until the turn is ended: a page of the fleet is answered to one of them
// only, and files have one writer. A process that dies ends its turn.
func (j *Journal) SnapshotTurn(ctx context.Context) (end func(), err error) {
	lock := flock.New(j.path+".snapshot.lock", flock.SetPermissions(0o600))
	free, err := lock.TryLock()
	if err == nil && !free {
		j.log.Info("another rentalsync takes a snapshot; waiting for its end")
		_, err = lock.TryLockContext(ctx, turnLook)
	}
	if err != nil {
		return nil, fmt.Errorf("wait for whoever else takes a snapshot: %w", err)
	}
	return func() {
		if err := lock.Close(); err != nil {
			j.log.Warn("the turn to take snapshots was not given back", "error", err)
		}
	}, nil
}
