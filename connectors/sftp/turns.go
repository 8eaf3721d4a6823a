package sftp

import (
	"context"
	"sync"
)

// turns lets one at a time do something about a name: the hidden name that a file
// is written under is always the same one.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the name is free again
}

// take waits for the turn of a name, and returns what gives it back.
func (t *turns) take(ctx context.Context, name string) (giveBack func(), err error) {
	for {
		before := t.claim(name)
		if before == nil {
			return func() { t.free(name) }, nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// claim takes a name, or returns what tells that it is free again.
func (t *turns) claim(name string) (before chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if before := t.taken[name]; before != nil {
		return before
	}
	if t.taken == nil {
		t.taken = map[string]chan struct{}{}
	}
	t.taken[name] = make(chan struct{})
	return nil
}

func (t *turns) free(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[name])
	delete(t.taken, name)
}
