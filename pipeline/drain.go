package pipeline

import (
	"context"
	"sync/atomic"
	"time"
)

// drainTime is how long a request that is under way may take to its end after
// the work was told to stop.
const drainTime = 5 * time.Second

// drain is a context that ends some time after ctx does.
func drain(ctx context.Context, after time.Duration) (context.Context, context.CancelFunc) {
	drained, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	ended := context.AfterFunc(ctx, func() {
		time.AfterFunc(after, func() { cancel(context.Cause(ctx)) })
	})
	return drained, func() {
		ended()
		cancel(context.Canceled)
	}
}

// stopper remembers why an account takes nothing any more.
type stopper struct{ first atomic.Pointer[Stopped] }
