package sftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// connect makes a connection that is logged in and speaks SFTP. Where pins are
// given it may take several attempts until the server shows the key that one of
// them is of.
func (c *Client) connect(ctx context.Context) (*session, error) {
	v, err := newVerifier(c.cfg.address(), c.cfg.KnownHosts, c.pins, c.keyType)
	if err != nil {
		return nil, err
	}
	var unknown *HostKeyError
	for {
		s, err := c.attempt(ctx, v)
		if err == nil {
			c.keyType = s.key.Type
			return s, nil
		}

		exhausted := (*ssh.AlgorithmNegotiationError)(nil)
		if unknown != nil && errors.As(err, &exhausted) {
			return nil, unknown // it has no further keys
		}
		if !errors.As(err, &unknown) {
			return nil, err
		}
		if !v.again(unknown) {
			return nil, unknown
		}
	}
}

// attempt connects once, in no more time than that may take.
func (c *Client) attempt(ctx context.Context, v *verifier) (*session, error) {
	slow := fmt.Errorf("the server %s did not let us in within %s; check its address, and the network and firewalls on the way", c.cfg.address(), c.cfg.Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, c.cfg.Timeout, slow)
	defer cancel()

	conn, err := c.cfg.Dial(ctx, "tcp", c.cfg.address())
	if err != nil {
		return nil, told(ctx, fmt.Errorf("connect to %s: %w; check its address, and the network and firewalls on the way", c.cfg.address(), err))
	}

	// Nothing below knows the context, but all of it ends with the line.
	inTime := context.AfterFunc(ctx, func() { _ = conn.Close() })
	s, err := c.logIn(ctx, conn, v)
	if inTime() && err == nil {
		return s, nil
	}
	_ = conn.Close() // the error is told already
	return nil, told(ctx, err)
}

// told is the error of an attempt; where it was cut off, why it was.
func told(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// logIn verifies the server, logs in, and starts SFTP.
func (c *Client) logIn(ctx context.Context, conn net.Conn, v *verifier) (*session, error) {
	attempt := c.login.attempt(ctx)
	defer attempt.done()
	line := newLine(conn)
	transport, channels, requests, err := ssh.NewClientConn(line, c.cfg.address(), &ssh.ClientConfig{
		User:              c.cfg.User,
		HostKeyCallback:   v.verify,
		HostKeyAlgorithms: v.algorithms,
		AuthCallback:      attempt.next,
	})
	if err != nil {
		return nil, c.explain(err, attempt)
	}

	s := &session{
		ssh: ssh.NewClient(transport, channels, requests), line: line, crew: &c.crew,
		server: c.cfg.address(), version: string(transport.ServerVersion()),
		key: v.presented[len(v.presented)-1], by: attempt.by, ended: make(chan struct{}),
	}
	if err := s.begin(); err != nil {
		s.end(err)
		_ = s.ssh.Wait() // it ends because we ended it
		return nil, fmt.Errorf("start SFTP on %s as %s: %w", c.cfg.address(), c.cfg.User, err)
	}
	s.tend(c.cfg.KeepAlive)
	return s, nil
}

// explain finds what a handshake failed of.
func (c *Client) explain(err error, t *attempt) error {
	key, none := (*HostKeyError)(nil), (*ssh.AlgorithmNegotiationError)(nil)
	switch {
	case errors.As(err, &key):
		return key
	case t.failure != nil:
		return t.failure
	case errors.As(err, &none):
		return fmt.Errorf("connect to %s: the server is too old, or set up too narrowly: it and we have no %s in common that is safe (%w); ask its administrator to allow a newer one", c.cfg.address(), none.What, err)
	case len(t.tried) > 0:
		t.why = append(t.why, "it ended the conversation: "+err.Error())
		return t.refused()
	}
	return fmt.Errorf("connect to %s: %w; check that an SFTP server listens there", c.cfg.address(), err)
}

// brief is how long tidying up may take once nobody waits for it any more.
const brief = 5 * time.Second

// afterwards is a context for tidying up after what may have been cancelled.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), brief)
}
