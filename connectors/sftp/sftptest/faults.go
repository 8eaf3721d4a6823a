package sftptest

import (
	"net"
	"sync"
	"sync/atomic"
)

// faults are what goes wrong with the lines of a server.
type faults struct {
	mu   sync.Mutex
	sent int64
	cut  bool
	left int64  // bytes until the line is cut
	on   string // what the lines are cut right after
}

// CutAfter cuts the connection that sends the n-th byte from now on, in the
// middle of whatever it is about. It happens once.
func (s *Server) CutAfter(n int64) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.cut, s.faults.left = true, n
}

// Sent is how many bytes the server has sent on all its lines.
func (s *Server) Sent() int64 {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return s.faults.sent
}

// CutOn cuts all connections when the server has done something and before it
// can say so: Rename, PosixRename, Remove, Mkdir. It happens once.
func (s *Server) CutOn(what string) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.on = what
}

// did cuts the lines if this is what they are to be cut after.
func (s *Server) did(what string) {
	s.faults.mu.Lock()
	cut := s.faults.on == what
	if cut {
		s.faults.on = ""
	}
	s.faults.mu.Unlock()
	if cut {
		s.cutAll()
	}
}

func (s *Server) cutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range s.lines {
		_ = line.Close()
	}
}

// Freeze lets the server hear nothing any more on the lines that are open, and
// leaves them open, as a firewall does that forgets a connection.
func (s *Server) Freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range s.lines {
		line.frozen.Store(true)
	}
}

// line is a connection on which things go wrong.
type line struct {
	net.Conn
	faults *faults
	frozen atomic.Bool
	once   sync.Once
	closed chan struct{}
}

func (l *line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if l.frozen.Load() {
		<-l.closed
		return 0, net.ErrClosed
	}
	return n, err
}

func (l *line) Write(p []byte) (int, error) {
	p, cut := l.faults.shorten(p)
	n, err := l.Conn.Write(p)
	if cut {
		_ = l.Close()
		return n, net.ErrClosed
	}
	return n, err
}

// shorten leaves what still goes through before the line is cut.
func (f *faults) shorten(p []byte) (through []byte, cut bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cut && f.left < int64(len(p)) {
		f.cut = false
		return p[:f.left], true
	}
	f.left -= int64(len(p))
	f.sent += int64(len(p))
	return p, false
}

func (l *line) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Conn.Close()
}
