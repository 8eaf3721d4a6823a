package sftp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	protocol "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

const (
	// smallChunk is what every server takes and gives in one request.
	smallChunk = 32 << 10

	// largeChunk is what OpenSSH does, since it tells limits at all.
	largeChunk = 255 << 10

	// ahead is how many bytes are under way at most, and manyRequests how many
	// requests, before the first of them is answered.
	ahead        = 4 << 20
	manyRequests = 64
)

// session is one connection, from log-in to its end.
type session struct {
	ssh     *ssh.Client
	sftp    *protocol.Client
	line    *line
	crew    *crew
	server  string // its address
	version string
	key     Fingerprint
	by      string // what logged in

	chunk  int // bytes of one request
	posix  bool
	syncs  bool
	ending sync.Once
	ended  chan struct{}
	why    error // why it ended; to be read once it has
}

// lostError says that a connection ended before the answer came, so that
// nobody knows whether what was asked for was done.
type lostError struct {
	server string
	why    error
}

func (e *lostError) Error() string {
	return fmt.Sprintf("the connection to %s was lost: %v", e.server, e.why)
}

func (e *lostError) Unwrap() error { return e.why }

// begin starts SFTP on a connection that is logged in.
func (s *session) begin() error {
	out, in, err := s.subsystem()
	if err != nil {
		return err
	}
	s.sftp, err = protocol.NewClientPipe(out, in, protocol.MaxPacketUnchecked(largeChunk))
	if err != nil {
		return fmt.Errorf("begin SFTP: %w", err)
	}

	s.chunk = smallChunk
	if s.has("limits@openssh.com") {
		s.chunk = largeChunk
	}
	s.posix, s.syncs = s.has("posix-rename@openssh.com"), s.has("fsync@openssh.com")
	return nil
}

// requests is how many requests may be under way for one file.
func (s *session) requests() int { return min(manyRequests, ahead/s.chunk) }

func (s *session) has(extension string) bool {
	_, has := s.sftp.HasExtension(extension)
	return has
}

// subsystem asks the server for SFTP.
func (s *session) subsystem() (io.Reader, io.WriteCloser, error) {
	channel, err := s.ssh.NewSession()
	if err != nil {
		return nil, nil, fmt.Errorf("open a channel: %w", err)
	}
	in, err1 := channel.StdinPipe()
	out, err2 := channel.StdoutPipe()
	talk, err3 := channel.StderrPipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, nil, err
	}
	if err := channel.RequestSubsystem("sftp"); err != nil {
		return nil, nil, fmt.Errorf("the server lets the user in, but not to SFTP (%w); ask its administrator for the subsystem sftp", err)
	}
	s.crew.do(func() { _, _ = io.Copy(io.Discard, talk) }) // or the channel would fill up
	return out, honest{in}, nil
}

// honest is the way to the server, and does not call its end the end of a file:
// a read that could not even be asked for would look like one that has come to
// the end.
type honest struct{ io.WriteCloser }

func (h honest) Write(p []byte) (int, error) {
	n, err := h.WriteCloser.Write(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrClosedPipe
	}
	return n, err
}

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

// judge tells an answer of the server from the loss of the connection. What is
// neither, such as an answer that makes no sense, ends the connection as well.
func (s *session) judge(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) ||
		errors.Is(err, io.EOF) || errors.Is(err, fs.ErrClosed) {
		return err
	}
	if status := (*protocol.StatusError)(nil); errors.As(err, &status) {
		return answer(status)
	}
	s.end(err)
	return &lostError{s.server, s.why}
}

// Status codes that version 3 does not name, and that servers send all the same.
const (
	statusFailure      = 4
	statusBadMessage   = 5
	statusUnsupported  = 8
	statusNoSuchPath   = 10
	statusExists       = 11
	statusWriteProtect = 12
	statusNoSpace      = 14
	statusQuota        = 15
)

// answer gives a server's no the meaning that it has here.
func answer(status *protocol.StatusError) error {
	switch status.Code {
	case statusExists:
		return fs.ErrExist
	case statusNoSuchPath:
		return fs.ErrNotExist
	case statusWriteProtect:
		return fs.ErrPermission
	case statusNoSpace, statusQuota:
		return fmt.Errorf("the server has no room left (%w); make room, or ask for more", status)
	}
	return status
}

// refused tells whether a server says no without a reason, or that it cannot.
func refused(err error) bool {
	status := (*protocol.StatusError)(nil)
	return errors.As(err, &status) &&
		(status.Code == statusFailure || status.Code == statusBadMessage || status.Code == statusUnsupported)
}
