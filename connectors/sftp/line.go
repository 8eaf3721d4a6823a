package sftp

import (
	"net"
	"sync/atomic"
	"time"
)

// line is a connection that remembers when it last heard of the other end. It
// counts from when it was made, by a clock that nobody sets.
type line struct {
	net.Conn
	began time.Time
	heard atomic.Int64
}

func newLine(conn net.Conn) *line { return &line{Conn: conn, began: time.Now()} }

func (l *line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.heard.Store(int64(time.Since(l.began)))
	}
	return n, err
}

// silence is how long nothing has been heard.
func (l *line) silence() time.Duration {
	return time.Since(l.began) - time.Duration(l.heard.Load())
}
