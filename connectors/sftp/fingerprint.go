package sftp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Fingerprint is what people compare of a host key.
type Fingerprint struct {
	Type   string // ssh-ed25519
	SHA256 string // SHA256:…, as OpenSSH spells it
}

// String is the fingerprint for people.
func (f Fingerprint) String() string { return f.Type + " " + f.SHA256 }

// fingerprint is that of the key itself, also where a certificate vouches for it.
func fingerprint(key ssh.PublicKey) Fingerprint {
	key = bare(key)
	return Fingerprint{Type: key.Type(), SHA256: ssh.FingerprintSHA256(key)}
}

// bare is the key without its certificate.
func bare(key ssh.PublicKey) ssh.PublicKey {
	if cert, is := key.(*ssh.Certificate); is {
		return cert.Key
	}
	return key
}

// parsePins reads fingerprints, and names every one that is none.
func parsePins(pins []string) ([]string, error) {
	var parsed []string
	var faults []error
	for _, pin := range pins {
		sum, err := parsePin(pin)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		parsed = append(parsed, sum)
	}
	return parsed, errors.Join(faults...)
}

// parsePin reads a fingerprint as it is, in a line of ssh-keygen -lf, or by the
// public key that it is of.
func parsePin(pin string) (string, error) {
	if key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(pin)); err == nil {
		return fingerprint(key).SHA256, nil
	}
	for word := range strings.FieldsSeq(pin) {
		sum, is := strings.CutPrefix(word, "SHA256:")
		if !is {
			continue
		}
		sum = strings.TrimRight(sum, "=")
		if raw, err := base64.RawStdEncoding.DecodeString(sum); err == nil && len(raw) == 32 {
			return "SHA256:" + sum, nil
		}
	}
	return "", fmt.Errorf("host key %q is not a fingerprint; write it as ssh-keygen -lf prints it: SHA256: and 43 characters", pin)
}
