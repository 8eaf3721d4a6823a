package sftp

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// backoff keeps a server that cannot be reached, or that does not let us in,
// from being asked over and over: some lock an account that tries too often.
type backoff struct {
	failures int
	next     time.Time
}

// failed notes that an attempt came to nothing.
func (b *backoff) failed() {
	b.failures++
	b.next = time.Now().Add(pause(b.failures, rand.Float64()))
}

// succeeded forgets all failures.
func (b *backoff) succeeded() { *b = backoff{} }

// wait waits until the next attempt may be made.
func (b *backoff) wait(ctx context.Context) error {
	timer := time.NewTimer(time.Until(b.next))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause doubles with each failure up to a limit. Chance, from 0 to 1, takes away
// up to half of it, so that many clients do not come back all at once.
func pause(failures int, chance float64) time.Duration {
	longest := longestPause
	if doublings := failures - 1; doublings < 6 {
		longest = min(longest, firstPause<<max(0, doublings))
	}
	return longest - time.Duration(chance*float64(longest)/2)
}
