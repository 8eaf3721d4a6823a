package sftp

import "sync"

// crew is all the goroutines of a client, so that closing it can wait for them.
type crew struct {
	mu   sync.Mutex
	home bool // nobody goes out any more
	out  sync.WaitGroup
}

// do runs work beside the caller. It tells whether it did: not once the crew has
// been sent home.
func (c *crew) do(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.home {
		return false
	}
	c.out.Go(work)
	return true
}

// dismiss lets nobody out any more.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.home = true
}

// wait waits for all that are out. The crew must have been dismissed.
func (c *crew) wait() { c.out.Wait() }
