package sftptest

import (
	"net"
	"sync"
)

// faults are what goes wrong with the lines of a server.
type faults struct {
	mu     sync.Mutex
	cut    bool
	left   int64 // bytes until the line is cut
	frozen chan struct{}
}

// CutAfter cuts the connection that sends the n-th byte from now on, in the
// middle of whatever it is about. It happens once.
func (s *Server) CutAfter(n int64) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.cut, s.faults.left = true, n
}

// Freeze lets the server hear nothing any more, on lines that stay open, as a
// firewall does that forgets a connection.
func (s *Server) Freeze() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.frozen = make(chan struct{})
}

// Thaw lets new lines work again.
func (s *Server) Thaw() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.frozen = nil
}

// on puts the faults on a line.
func (f *faults) on(conn net.Conn) net.Conn {
	return &faulty{Conn: conn, faults: f, closed: make(chan struct{})}
}

type faulty struct {
	net.Conn
	*faults
	once   sync.Once
	closed chan struct{}
}

func (c *faulty) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	frozen := c.frozen
	c.mu.Unlock()
	if frozen != nil {
		<-c.closed
		return 0, net.ErrClosed
	}
	return n, err
}

func (c *faulty) Write(p []byte) (int, error) {
	c.mu.Lock()
	cut := c.cut && c.left < int64(len(p))
	if cut {
		p = p[:c.left]
		c.cut = false
	}
	c.left -= int64(len(p))
	c.mu.Unlock()

	n, err := c.Conn.Write(p)
	if cut {
		_ = c.Close()
		return n, net.ErrClosed
	}
	return n, err
}

func (c *faulty) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
