package sftp

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"

	"rentalsync/connectors/drop"
)

// clock knows by how much the server's clock differs from ours.
type clock struct {
	mu       sync.Mutex
	offset   time.Duration
	measured bool     // by a file of ours; otherwise it is a guess
	by       *session // the connection that it was last tried on
}

// now is the server's time, as well as it is known.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// due tells whether the clock should be read on a connection: once.
func (c *clock) due(s *session) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	due := c.by != s
	c.by = s
	return due
}

// set sets the clock by the time that the server gave to a file. It does so in
// whole seconds, as it does to any file, and so the clock is behind by less than
// one; a file is never taken for older than it is.
func (c *clock) set(stamped, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.measured = stamped.Sub(at), true
}

// longestLead is by how much a clock may be ahead of ours. A file that is even
// further ahead has a wrong time of its own.
const longestLead = 24 * time.Hour

// guess corrects a clock that cannot be read: it is at least as late as the
// files that were written by it.
func (c *clock) guess(entries []drop.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.measured {
		return
	}
	now := time.Now()
	for _, e := range entries {
		if lead := e.ModTime.Sub(now); lead > c.offset && lead <= longestLead {
			c.offset = lead
		}
	}
}

// clockFile is the name of the file by which a server's clock is read.
const clockFile = ".rentalsync-clock"

// readClock learns the server's time from that of a file that we write, hidden and
// only for a moment. A server that does not let us is no error.
func (f *FS) readClock(ctx context.Context, s *session) error {
	if f.client.cfg.ReadOnly || !f.clock.due(s) {
		return nil
	}
	name := path.Join(f.dirs[drop.Inbox], clockFile)
	before := time.Now()
	stamped, err := s.stamp(ctx, name)
	lost := (*lostError)(nil)
	switch {
	case errors.As(err, &lost), ctx.Err() != nil:
		return err
	case err != nil:
		f.client.cfg.Log.Debug("the server's clock cannot be read, ours is used", "server", s.server, "error", err)
	default:
		f.clock.set(stamped, before.Add(time.Since(before)/2))
	}
	return nil
}

// stamp is the time that the server gives to a new file.
func (s *session) stamp(ctx context.Context, name string) (time.Time, error) {
	if err := s.remove(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) { // a lost line may have left one
		return time.Time{}, err
	}
	file, err := s.open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return time.Time{}, err
	}
	info, err := await(ctx, s, nil, file.Stat)
	if err := errors.Join(err, s.discard(ctx, file, name)); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}
