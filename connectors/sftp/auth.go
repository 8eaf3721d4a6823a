package sftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// AuthError says that a server let us in by none of the ways that we know.
type AuthError struct {
	Address, User string
	Tried         []string // what the server refused
	Untried       []string // what we have and the server does not take
	Offered       []string // the methods that the server takes, in its words
	Why           string   // what else there is to say
}

// Error says what was tried, what the server takes, and the cure.
func (e *AuthError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "log in to %s as %s: the server does not let us in", e.Address, e.User)
	if len(e.Tried) > 0 {
		fmt.Fprintf(&text, "; it refused %s", strings.Join(e.Tried, " and "))
	}
	if len(e.Untried) > 0 {
		fmt.Fprintf(&text, "; it does not take %s", strings.Join(e.Untried, " or "))
	}
	if len(e.Offered) > 0 {
		fmt.Fprintf(&text, "; it takes %s", strings.Join(e.Offered, ", "))
	}
	if e.Why != "" {
		fmt.Fprintf(&text, "; %s", e.Why)
	}
	text.WriteString("; check the user, and that the server's administrator has entered the public key or the password for it")
	return text.String()
}

// login is all that an account can log in with.
type login struct {
	cfg    Config
	signer ssh.Signer // of the private key; nil where there is none
}

// newLogin reads the private key, so that a wrong one is known at once.
func newLogin(cfg Config) (*login, error) {
	l := &login{cfg: cfg}
	if len(cfg.Key) == 0 {
		return l, nil
	}
	var err error
	l.signer, err = parseKey(cfg.Key, cfg.Passphrase)
	return l, err
}

// way is one way to log in.
type way struct {
	name   string // for people
	method string // as the server calls it
	auth   ssh.AuthMethod
}

// ways are what to try, in this order.
func (l *login) ways(ctx context.Context, t *attempt) []way {
	var ways []way
	if l.signer != nil {
		name := fmt.Sprintf("the private key (%s)", fingerprint(l.signer.PublicKey()))
		ways = append(ways, way{name, "publickey", ssh.PublicKeys(l.signer)})
	}
	if l.cfg.Password != "" {
		ways = append(ways,
			way{"the password", "password", ssh.Password(l.cfg.Password)},
			way{"the password as an answer to its question", "keyboard-interactive", ssh.KeyboardInteractive(l.answer(t))})
	}
	if l.cfg.Agent {
		ways = append(ways, way{"the keys of the SSH agent", "publickey", ssh.PublicKeysCallback(func() ([]ssh.Signer, error) {
			signers, err := l.agent(ctx, t)
			if err != nil {
				t.why = append(t.why, err.Error())
			}
			return signers, err
		})})
	}
	return ways
}

// answer answers one question that hides what is typed with the password, and
// no other: the next one may ask for a new password.
func (l *login) answer(t *attempt) ssh.KeyboardInteractiveChallenge {
	answered := false
	return func(_, _ string, questions []string, echos []bool) ([]string, error) {
		switch {
		case len(questions) == 0:
			return nil, nil
		case len(questions) > 1 || echos[0] || answered:
			t.why = append(t.why, fmt.Sprintf("it asks %q, which cannot be answered with the password", strings.Join(questions, " ")))
			return nil, errors.New("the server asks for more than the password")
		}
		answered = true
		return []string{l.cfg.Password}, nil
	}
}

// agent asks the SSH agent for its keys. It listens as long as the attempt lasts.
func (l *login) agent(ctx context.Context, t *attempt) ([]ssh.Signer, error) {
	socket := l.cfg.AgentSocket
	if socket == "" {
		socket = os.Getenv("SSH_AUTH_SOCK")
	}
	if socket == "" {
		return nil, errors.New("there is no SSH agent: SSH_AUTH_SOCK is not set")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("the SSH agent does not answer: %w", err)
	}
	cut := context.AfterFunc(ctx, func() { _ = conn.Close() })
	t.leave = append(t.leave, func() { cut(); _ = conn.Close() })
	signers, err := agent.NewClient(conn).Signers()
	if err == nil && len(signers) == 0 {
		err = errors.New("the SSH agent has no keys; add one with ssh-add")
	}
	return signers, err
}

// attempt is one attempt to log in.
type attempt struct {
	left    []way
	tried   []string
	offered []string
	by      string // what was tried last
	why     []string
	leave   []func()
	failure *AuthError
	account Config
}

// attempt prepares to log in.
func (l *login) attempt(ctx context.Context) *attempt {
	t := &attempt{account: l.cfg}
	t.left = l.ways(ctx, t)
	return t
}

// next is asked for the next way to log in, as long as the server takes none.
// A server may also want several of them, one after the other.
func (t *attempt) next(state *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	t.offered = state.AllowedMethods
	i := slices.IndexFunc(t.left, func(w way) bool { return slices.Contains(t.offered, w.method) })
	if i < 0 {
		return nil, t.refused()
	}
	w := t.left[i]
	t.left = slices.Delete(t.left, i, i+1)
	t.tried, t.by = append(t.tried, w.name), w.name
	return w.auth, nil
}

// refused is the error of an attempt that came to nothing.
func (t *attempt) refused() *AuthError {
	t.failure = &AuthError{
		Address: t.account.address(), User: t.account.User,
		Tried: t.tried, Offered: t.offered, Why: strings.Join(t.why, "; "),
	}
	for _, w := range t.left {
		t.failure.Untried = append(t.failure.Untried, w.name)
	}
	return t.failure
}

// done lets go of what an attempt held.
func (t *attempt) done() {
	for _, leave := range t.leave {
		leave()
	}
}
