package sftp

import (
	"fmt"
	"strings"
)

// HostKeyError says that a server did not show a host key that is known.
type HostKeyError struct {
	// Address is the server's name and port.
	Address string

	// Presented is what the server showed, in the order of the attempts: several
	// where it was asked for one key after another.
	Presented []Fingerprint

	// Line is what would know the first key presented, as a line of known_hosts.
	Line string

	// Expected is what is known of the server: fingerprints, with the file and
	// the line that they are from.
	Expected []string

	// Revoked tells that the key is marked as one not to be trusted any more.
	Revoked bool

	// Why says what is wrong with a certificate. "" where there was none.
	Why string
}

// Error says what was shown, what was expected, and the cure.
func (e *HostKeyError) Error() string {
	shown := strings.Join(spelled(e.Presented), ", ")
	switch {
	case e.Revoked:
		return fmt.Sprintf("host key of %s is revoked: the server presents %s, which known_hosts marks as not to be trusted any more; ask the server's administrator for the new key",
			e.Address, shown)
	case e.Why != "":
		return fmt.Sprintf("host key of %s is not trusted: the certificate of %s is not good: %s; ask the server's administrator for a new certificate", e.Address, shown, e.Why)
	case len(e.Expected) == 0:
		return fmt.Sprintf("host key of %s is not known: the server presents %s; check it with the server's administrator, then pin it by its fingerprint, or add this line to known_hosts: %s",
			e.Address, shown, e.Line)
	}
	return fmt.Sprintf("host key of %s is not the one that is known: the server presents %s, expected is %s; somebody may be in between, so check it with the server's administrator; if the key was renewed, replace it by the new fingerprint, or by this line of known_hosts: %s",
		e.Address, shown, strings.Join(e.Expected, " or "), e.Line)
}

func spelled(keys []Fingerprint) []string {
	var all []string
	for _, k := range keys {
		all = append(all, k.String())
	}
	return all
}
