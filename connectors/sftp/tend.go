package sftp

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// tend watches over a connection until it ends.
func (s *session) tend(keepAlive time.Duration) {
	s.crew.do(func() {
		s.end(s.ssh.Wait())
		_ = s.sftp.Close() // its end is known, and why
	})
	s.crew.do(func() { s.keepAlive(keepAlive) })
}

// keepAlive asks a silent server whether it is still there. Anything that is
// heard is as good as an answer: on a slow line that one may stand in a queue.
func (s *session) keepAlive(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	asking := make(chan struct{}, 1)
	for {
		select {
		case <-s.ended:
			return
		case <-tick.C:
		}

		silence := s.line.silence()
		if silence >= 3*every {
			s.end(fmt.Errorf("the server has not answered for %s", silence.Round(time.Millisecond)))
			return
		}
		if silence < every {
			continue
		}
		select {
		case asking <- struct{}{}:
			s.crew.do(func() {
				defer func() { <-asking }()
				_, _, _ = s.ssh.SendRequest("keepalive@openssh.com", true, nil)
			})
		default:
		}
	}
}

// end closes a connection, and says why if it is the first to do so.
func (s *session) end(why error) {
	s.ending.Do(func() {
		if why == nil || errors.Is(why, io.EOF) {
			why = errors.New("the server closed it")
		}
		s.why = why
		close(s.ended)
		_ = s.line.Close() // nothing is under way on it that could still be saved
	})
}

// alive tells whether a connection may be used, as far as anybody knows.
func (s *session) alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}
