package sftp

import (
	"errors"
	"fmt"
	"io"
	"sync"

	protocol "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

const (
	// smallChunk is what every server takes and gives in one request.
	smallChunk = 32 << 10

	// largeChunk is what a server may be asked for that knows of limits. One that
	// gives less is asked for the rest; one that is given more than it takes hangs
	// up, so no more than smallChunk is ever written at once.
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

	chunk  int // bytes that one request reads
	posix  bool
	syncs  bool
	ending sync.Once
	ended  chan struct{}
	why    error // why it ended; to be read once it has
}

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
