package sftp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// Config is an account on a server. It never spells its secrets.
type Config struct {
	// Host is the server's name or address. Default: none.
	Host string

	// Port is the server's port. Default: 22.
	Port int

	// User is who logs in. Default: none.
	User string

	// Key is the content of a private key file, and Passphrase what protects it.
	// Default: none.
	Key        []byte
	Passphrase string

	// Password logs in with a password. It also answers a server that asks for
	// one as a question. Default: none.
	Password string

	// Agent asks the SSH agent for keys. Default: false.
	Agent bool

	// AgentSocket is where the agent listens. Default: what SSH_AUTH_SOCK names.
	AgentSocket string

	// KnownHosts are files of known host keys as OpenSSH writes them. They are
	// read anew for each connection. Default: none.
	KnownHosts []string

	// HostKeys are fingerprints of the server's keys, SHA256:…; two while a key
	// is being renewed. Default: none.
	HostKeys []string

	// ReadOnly tells that the account may not write, so that it is not even
	// tried. Default: false.
	ReadOnly bool

	// KeepAlive is how long a line may be silent before the server is asked
	// whether it is still there. Three times without an answer end the
	// connection. Default: 30s.
	KeepAlive time.Duration

	// Timeout is how long it may take to connect and to log in. Default: 30s.
	Timeout time.Duration

	// Dial opens the line. Default: TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Log takes what is worth knowing. Default: nothing is logged.
	Log *slog.Logger
}

// String is the account without its secrets.
func (c Config) String() string {
	if c.Port == 0 {
		c.Port = defaultPort
	}
	return "sftp://" + c.User + "@" + c.address()
}

// GoString is the account without its secrets.
func (c Config) GoString() string { return c.String() }

// LogValue is the account without its secrets.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

const (
	defaultPort    = 22
	defaultAlive   = 30 * time.Second
	defaultTimeout = 30 * time.Second
)

// completed fills in the defaults.
func (c Config) completed() Config {
	c.Host = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(c.Host), "["), "]")
	if c.Port == 0 {
		c.Port = defaultPort
	}
	if c.KeepAlive <= 0 {
		c.KeepAlive = defaultAlive
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{}).DialContext
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// check names everything that keeps an account from being used.
func (c Config) check() error {
	var faults []error
	if c.Host == "" {
		faults = append(faults, errors.New("no host is given; name the server"))
	}
	if c.Port < 1 || c.Port > 65535 {
		faults = append(faults, fmt.Errorf("port %d is none; write one from 1 to 65535, mostly 22", c.Port))
	}
	if c.User == "" {
		faults = append(faults, errors.New("no user is given; name the account to log in to"))
	}
	if len(c.Key) == 0 && c.Password == "" && !c.Agent {
		faults = append(faults, errors.New("no key, password or agent is given; the account needs one of them to log in"))
	}
	return errors.Join(faults...)
}

// address is where the server listens.
func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }
