package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
)

// ErrClosed says that a client was closed.
var ErrClosed = errors.New("the SFTP client is closed")

// Client is an account on a server, and the one connection to it. Its drops and
// outboxes may be used by many goroutines at once.
type Client struct {
	cfg   Config
	login *login
	pins  []string

	life context.Context // ends when the client is closed
	end  context.CancelFunc
	crew crew

	writing turns // of the files that are being written

	// turn is held by whoever looks for the connection or makes it, and guards
	// what follows.
	turn    chan struct{}
	current *session
	backoff backoff
	keyType string // of the host key that was right the last time
}

// Open prepares an account and finds what is wrong with its config. It does not
// dial.
func Open(cfg Config) (*Client, error) {
	cfg = cfg.completed()
	err := cfg.check()
	login, err2 := newLogin(cfg)
	pins, err3 := parsePins(cfg.HostKeys)
	_, err4 := readKnownHosts(cfg.KnownHosts)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return nil, fmt.Errorf("open %s: %w", cfg, err)
	}
	life, end := context.WithCancel(context.Background())
	return &Client{cfg: cfg, login: login, pins: pins, life: life, end: end, turn: make(chan struct{}, 1)}, nil
}

// String is the account without its secrets.
func (c *Client) String() string { return c.cfg.String() }

// Close ends the connection, and with it every call that is under way. Closing
// twice is fine.
func (c *Client) Close() error {
	c.crew.dismiss()
	c.end()

	c.turn <- struct{}{}
	if c.current != nil {
		c.current.end(ErrClosed)
	}
	<-c.turn

	c.crew.wait()
	return nil
}

// session is the connection. One that is lost is made anew; whoever comes
// meanwhile waits for it.
func (c *Client) session(ctx context.Context) (*session, error) {
	ctx, leave := c.whileOpen(ctx)
	defer leave()
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, c.gaveUp(ctx)
	}

	if c.life.Err() != nil {
		return nil, ErrClosed
	}
	if c.current != nil && c.current.alive() {
		return c.current, nil
	}
	return c.renew(ctx)
}

// renew makes a connection when it is time to.
func (c *Client) renew(ctx context.Context) (*session, error) {
	if err := c.backoff.wait(ctx); err != nil {
		return nil, c.gaveUp(ctx)
	}
	s, err := c.connect(ctx)
	if ctx.Err() != nil {
		if s != nil {
			s.end(ctx.Err())
		}
		return nil, c.gaveUp(ctx)
	}
	if err != nil {
		c.backoff.failed()
		return nil, &awayError{err}
	}

	c.backoff.succeeded()
	c.current = s
	c.cfg.Log.Info("connected to the server", "server", c.cfg.address(), "user", c.cfg.User, "version", s.version, "hostKey", s.key.String())
	return s, nil
}

// whileOpen ends a context early when the client is closed.
func (c *Client) whileOpen(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// write writes a file whole or not at all below root. It asks for the text again
// where the connection was lost on the way.
func (c *Client) write(ctx context.Context, root, name string, fill func(io.Writer) error) error {
	giveBack, err := c.writing.take(ctx, path.Join(root, name))
	if err != nil {
		return err
	}
	defer giveBack()
	return c.work(ctx, func(s *session) error {
		_, err := s.write(ctx, root, name, 1, fill)
		return err
	})
}

// writeAside is write, under the next free name where the file may not be replaced.
func (c *Client) writeAside(ctx context.Context, root, name string, fill func(io.Writer) error) (given string, err error) {
	giveBack, err := c.writing.take(ctx, path.Join(root, name))
	if err != nil {
		return "", err
	}
	defer giveBack()
	err = c.work(ctx, func(s *session) error {
		given, err = s.write(ctx, root, name, manyNames, fill)
		return err
	})
	return given, err
}

// gaveUp says why nobody waits any more.
func (c *Client) gaveUp(ctx context.Context) error {
	if c.life.Err() != nil {
		return ErrClosed
	}
	return context.Cause(ctx)
}

// work does something on the connection, and does it once more on a new one
// where the connection was lost on the way. So it must be something that can be
// done again from its start.
func (c *Client) work(ctx context.Context, do func(*session) error) error {
	for again := false; ; again = true {
		s, err := c.session(ctx)
		if err != nil {
			return err
		}
		err = do(s)
		if lost := (*lostError)(nil); again || ctx.Err() != nil || !errors.As(err, &lost) {
			return err
		}
		c.cfg.Log.Warn("the connection was lost, it is made anew", "server", c.cfg.address(), "error", err)
	}
}
