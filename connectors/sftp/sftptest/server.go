package sftptest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	protocol "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Options are how a server differs from one that does everything right.
type Options struct {
	HostKeys []ssh.Signer // Default: a new one.

	// Password is what is taken besides the key. Question: only as the answer to
	// a question. RefuseAll: nothing is taken.
	Password  string
	Question  bool
	RefuseAll bool

	NoSFTP        bool // the account may log in, but to nothing
	ReadOnly      bool // nothing may be written
	NoPosixRename bool // only the plain rename is known
	NoPlainRename bool // only the posix-rename is known
	Replaces      bool // the plain rename replaces, as that of many servers does
	NoTimes       bool // times of files cannot be set

	// Held is the name of a file that a program has open: nothing may take its place.
	Held string

	// Apart tells which file system a path is on. Default: all on one.
	Apart func(path string) string

	// Ahead is by how much the server's clock is ahead of ours.
	Ahead time.Duration

	// Gathers is how many reads of a file must have come before the first of them
	// is answered; at most eight. Default: each is answered as it comes.
	Gathers int

	// EndsAt is where the server says that every file ends. Default: where it does.
	EndsAt int64
}

// Server is an SFTP server inside the process.
type Server struct {
	Account
	options Options
	config  *ssh.ServerConfig
	root    string
	faults  faults
	running sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	lines   map[*line]bool
	logIns  int
}

// Start starts a server on a folder of its own. It stops when the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{options: o, root: t.TempDir(), lines: map[*line]bool{}}
	if len(s.options.HostKeys) == 0 {
		_, key := NewKey(t, "")
		s.options.HostKeys = []ssh.Signer{key}
	}
	private, user := NewKey(t, "")
	s.config = s.configure(user.PublicKey())
	s.Account = Account{
		Host: "127.0.0.1", User: "rental", Password: o.Password, Key: private, Dir: "/drop",
	}
	s.listen(t)
	_, s.Local = Account{Local: s.root}.Folder(t, "drop")

	var known []ssh.PublicKey
	for _, key := range s.options.HostKeys {
		known = append(known, key.PublicKey())
		s.Fingerprints = append(s.Fingerprints, ssh.FingerprintSHA256(key.PublicKey()))
	}
	s.KnownHosts = KnownHosts(t, s.Addr(), known...)
	return s
}

// configure says who may log in.
func (s *Server) configure(user ssh.PublicKey) *ssh.ServerConfig {
	no := errors.New("no")
	config := &ssh.ServerConfig{MaxAuthTries: 20}
	config.PublicKeyCallback = func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if s.options.RefuseAll || !bytes.Equal(key.Marshal(), user.Marshal()) {
			return nil, no
		}
		return nil, nil
	}
	asked := func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if s.options.RefuseAll || string(password) != s.options.Password {
			return nil, no
		}
		return nil, nil
	}
	switch {
	case s.options.Password != "" && s.options.Question:
		config.KeyboardInteractiveCallback = func(meta ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, no
			}
			return asked(meta, []byte(answers[0]))
		}
	case s.options.Password != "":
		config.PasswordCallback = asked
	}
	for _, key := range s.options.HostKeys {
		config.AddHostKey(key)
	}
	return config
}

// listen lets clients in until the test ends. A server that is stopped keeps its
// port, so that nobody else can take it, and hangs up on everybody.
func (s *Server) listen(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	s.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.running.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // nobody is on it any more
		s.Stop()
		s.running.Wait()
	})
}

// Stop cuts all connections, and lets nobody in any more.
func (s *Server) Stop() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.cutAll()
}

// Restart lets clients in again.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = false
}

// LogIns is how often somebody has logged in.
func (s *Server) LogIns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logIns
}

// serve serves one connection to its end.
func (s *Server) serve(conn net.Conn) {
	line := &line{Conn: conn, faults: &s.faults, closed: make(chan struct{})}
	s.mu.Lock()
	s.lines[line] = true
	stopped := s.stopped
	s.mu.Unlock()
	defer func() {
		_ = line.Close()
		s.mu.Lock()
		delete(s.lines, line)
		s.mu.Unlock()
	}()
	if stopped {
		return
	}

	transport, channels, requests, err := ssh.NewServerConn(line, s.config)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.logIns++
	s.mu.Unlock()
	s.running.Go(func() { answer(requests) })
	for asked := range channels {
		channel, requests, err := asked.Accept()
		if err == nil {
			s.running.Go(func() { s.subsystem(channel, requests) })
		}
	}
	_ = transport.Wait()
}

// answer answers requests about the connection, as sshd does: it knows none.
func answer(requests <-chan *ssh.Request) {
	for r := range requests {
		_ = r.Reply(false, nil)
	}
}

// subsystem serves SFTP on a channel, where it is asked for.
func (s *Server) subsystem(channel ssh.Channel, requests <-chan *ssh.Request) {
	for r := range requests {
		sftp := r.Type == "subsystem" && bytes.HasSuffix(r.Payload, []byte("sftp")) && !s.options.NoSFTP
		_ = r.Reply(sftp, nil)
		if sftp {
			s.running.Go(func() {
				server := protocol.NewRequestServer(channel, s.handlers())
				if err := server.Serve(); err == nil || errors.Is(err, io.EOF) {
					_ = server.Close()
				}
				_ = channel.Close()
			})
		}
	}
}
