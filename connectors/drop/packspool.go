package drop

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
)

// spools keep the copy of the archive that was read last from a medium that reads
// files only from their start: looking at it and unpacking each of its files need
// it again.
type spools struct {
	mu   sync.Mutex
	last *spool
}

// spool is an archive in a temporary file.
type spool struct {
	path  Path
	entry Entry
	file  *os.File
	size  int64
	users int // readers, and the one slot that keeps it
}

// take finds the copy of an archive that is still as it was copied; nil without
// one. Whoever takes it gives it back.
func (ss *spools) take(p Path, e Entry) *spool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := ss.last
	if s == nil || s.path != p || s.entry.Size != e.Size || !s.entry.ModTime.Equal(e.ModTime) {
		return nil
	}
	s.users++
	return s
}

// fill copies an archive and keeps the copy in place of the last one.
func (ss *spools) fill(ctx context.Context, p Path, e Entry, src io.Reader) (*spool, error) {
	file, err := os.CreateTemp("", "rentalsync-*.zip")
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", p, err)
	}
	_ = os.Remove(file.Name()) // it lives as long as it is open, where the system lets it
	s := &spool{path: p, entry: e, file: file, users: 2}
	if s.size, err = io.Copy(file, io.LimitReader(until{ctx, src}, bombMost+1)); err == nil && s.size > bombMost {
		err = refused("it has more than %d GiB", int64(bombMost>>30))
	}

	ss.mu.Lock()
	defer ss.mu.Unlock()
	if err != nil {
		s.users = 1
		ss.leave(s)
		return nil, err
	}
	ss.leave(ss.last)
	ss.last = s
	return s, nil
}

// give gives back what was taken.
func (ss *spools) give(s *spool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.leave(s)
}

// clear forgets the copy of an archive that has left, or of any where p is none.
func (ss *spools) clear(p Path) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.last != nil && (p == Path{} || ss.last.path == p) {
		ss.leave(ss.last)
		ss.last = nil
	}
}

// leave closes a copy that nobody uses any more.
func (ss *spools) leave(s *spool) {
	if s == nil {
		return
	}
	if s.users--; s.users == 0 {
		letGo(s.file)
		_ = os.Remove(s.file.Name()) // gone already where it could be removed while it was open
	}
}
