package sftp

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// verifier verifies what a server shows of itself, over as many attempts as it
// takes until the server shows a key that is known.
type verifier struct {
	address string // as known_hosts spells it: in small letters, with the port
	known   ssh.HostKeyCallback
	pins    []string

	algorithms []string // that are still worth asking for, the best first
	expected   []string
	presented  []Fingerprint
	line       string // of known_hosts, about the first key that was presented
}

// newVerifier reads the files of known hosts. Last is the type of the key that
// was right the last time, if there was one.
func newVerifier(address string, files, pins []string, last string) (*verifier, error) {
	known, err := readKnownHosts(files)
	if err != nil {
		return nil, err
	}
	v := &verifier{address: strings.ToLower(address), known: known, pins: pins}
	wanted := v.wanted()
	v.expected = append(v.expected, pins...)

	// A server has keys of several types and shows the one that comes first
	// here. Those that are known come first; the others are only asked for so
	// that the error can say what the server has.
	var first []string
	for _, key := range wanted {
		if key.authority {
			first = append(first, certificates()...)
			continue
		}
		first = append(first, algorithmsOf(key.Key.Type())...)
	}
	if last != "" {
		first = append(first, algorithmsOf(last)...)
	}
	v.algorithms = distinct(append(first, plainAlgorithms()...))
	return v, nil
}

// readKnownHosts reads files of known hosts; nil is that there are none.
func readKnownHosts(files []string) (ssh.HostKeyCallback, error) {
	if len(files) == 0 {
		return nil, nil
	}
	known, err := knownhosts.New(files...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read known_hosts: %w; make the file with: ssh-keyscan HOST >> FILE, and check the fingerprints with the server's administrator", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read known_hosts: %w", err)
	}
	return known, nil
}

// knownKey is a line of a known_hosts file that is about our server.
type knownKey struct {
	knownhosts.KnownKey
	authority bool // it signs host keys and is none itself
}

// wanted finds the lines that are about our server, by showing them a key that
// nobody has.
func (v *verifier) wanted() []knownKey {
	if v.known == nil {
		return nil
	}
	nobody := (*knownhosts.KeyError)(nil)
	if !errors.As(v.known(v.address, nowhere{}, nobodysKey{}), &nobody) {
		return nil
	}
	var keys []knownKey
	for _, k := range nobody.Want {
		key := knownKey{KnownKey: k, authority: marksAuthority(k.Filename, k.Line)}
		what := fingerprint(k.Key).String()
		if key.authority {
			what = "a certificate signed by " + what
		}
		v.expected = append(v.expected, fmt.Sprintf("%s (%s:%d)", what, k.Filename, k.Line))
		keys = append(keys, key)
	}
	return keys
}

// marksAuthority tells whether a line of a known_hosts file is about a key that
// signs others.
func marksAuthority(file string, line int) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	for range line {
		if !lines.Scan() {
			return false
		}
	}
	return strings.HasPrefix(strings.TrimSpace(lines.Text()), "@cert-authority")
}

// verify is asked about the key that a server shows.
func (v *verifier) verify(_ string, _ net.Addr, key ssh.PublicKey) error {
	v.presented = append(v.presented, fingerprint(key))
	if v.line == "" {
		v.line = knownhosts.Line([]string{v.address}, bare(key))
	}
	e := v.fault()
	if v.known == nil {
		return v.pinned(key, e)
	}

	err := v.known(v.address, nowhere{}, key)
	if err == nil {
		return nil
	}
	wrong, revoked := (*knownhosts.KeyError)(nil), (*knownhosts.RevokedError)(nil)
	_, certified := key.(*ssh.Certificate)
	switch {
	case errors.As(err, &revoked):
		e.Revoked = true
		return e
	case certified:
		e.Why = strings.TrimPrefix(err.Error(), "ssh: ")
		return e
	case !errors.As(err, &wrong):
		e.Why = err.Error()
		return e
	}
	return v.pinned(key, e)
}

// pinned looks for a key among the pins.
func (v *verifier) pinned(key ssh.PublicKey, otherwise *HostKeyError) error {
	if slices.Contains(v.pins, fingerprint(key).SHA256) {
		return nil
	}
	return otherwise
}

// fault is the error about what was presented, as far as it is known yet.
func (v *verifier) fault() *HostKeyError {
	return &HostKeyError{Address: v.address, Presented: slices.Clone(v.presented), Expected: v.expected, Line: v.line}
}

// again tells whether the server should be asked for a key of another type. A
// pin does not say what type its key is of, so it can be any. A line of
// known_hosts does, and was asked for first.
func (v *verifier) again(e *HostKeyError) bool {
	if len(v.pins) == 0 || e.Revoked || e.Why != "" {
		return false
	}
	shown := algorithmsOf(v.presented[len(v.presented)-1].Type)
	v.algorithms = slices.DeleteFunc(v.algorithms, func(a string) bool { return slices.Contains(shown, a) })
	return len(v.algorithms) > 0
}

// algorithmsOf are those that a key of a type can sign with.
func algorithmsOf(keyType string) []string {
	if keyType == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{keyType}
}

// plainAlgorithms are those of keys without certificates. The key that is easiest
// to compare and to paste comes first.
func plainAlgorithms() []string {
	return append([]string{ssh.KeyAlgoED25519}, algorithms(false)...)
}

func certificates() []string { return algorithms(true) }

// algorithms are all that are safe, of certificates or of plain keys.
func algorithms(certified bool) []string {
	return slices.DeleteFunc(ssh.SupportedAlgorithms().HostKeys, func(a string) bool {
		return strings.Contains(a, "-cert-v01@") != certified
	})
}

// distinct leaves the first of each, and of those only what we can do.
func distinct(algorithms []string) []string {
	able := ssh.SupportedAlgorithms().HostKeys
	var left []string
	for _, a := range algorithms {
		if !slices.Contains(left, a) && slices.Contains(able, a) {
			left = append(left, a)
		}
	}
	return left
}

// nobodysKey is a key that no server has.
type nobodysKey struct{}

func (nobodysKey) Type() string                        { return "nobody" }
func (nobodysKey) Marshal() []byte                     { return []byte("nobody") }
func (nobodysKey) Verify([]byte, *ssh.Signature) error { return errors.New("it is nobody's") }

// nowhere is the address that the name stands for. Known hosts are found by
// their name.
type nowhere struct{}

func (nowhere) Network() string { return "tcp" }
func (nowhere) String() string  { return "0.0.0.0:0" }
