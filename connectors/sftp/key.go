package sftp

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// parseKey reads a private key as it stands in its file. A passphrase that is
// not needed does no harm. No error spells anything of the key.
func parseKey(text []byte, passphrase string) (ssh.Signer, error) {
	if why := notAKey(text); why != "" {
		return nil, errors.New("read the private key: " + why)
	}
	signer, err := ssh.ParsePrivateKey(text)
	missing := (*ssh.PassphraseMissingError)(nil)
	switch {
	case err == nil:
		return signer, nil
	case !errors.As(err, &missing):
		return nil, fmt.Errorf("read the private key: %w; it must be one that ssh-keygen writes", err)
	case passphrase == "":
		return nil, errors.New("read the private key: it is protected; give its passphrase, or an unprotected key")
	}

	signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(passphrase))
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, errors.New("read the private key: the passphrase is wrong")
	}
	if err != nil {
		return nil, errors.New("read the private key: the passphrase is wrong, or the key is damaged")
	}
	return signer, nil
}

// notAKey recognises what is often given for a private key; "" is that it may
// be one.
func notAKey(text []byte) string {
	start, _, _ := strings.Cut(string(bytes.TrimSpace(text)), "\n")
	switch {
	case start == "":
		return "it is empty; give the content of the private key file"
	case strings.HasPrefix(start, "ssh-"), strings.HasPrefix(start, "ecdsa-"), strings.HasPrefix(start, "sk-"), strings.Contains(start, "PUBLIC KEY"):
		return "this is the public key; give the private one, mostly the file of the same name without .pub"
	case strings.HasPrefix(start, "PuTTY-User-Key-File"):
		return "this is a key of PuTTY; open it in PuTTYgen, and choose Conversions, Export OpenSSH key"
	case strings.Contains(start, "BEGIN ENCRYPTED PRIVATE KEY"):
		return "it is protected in a way that SSH does not know; write it anew with: ssh-keygen -p -f FILE"
	case !strings.HasPrefix(start, "-----BEGIN "):
		return "it does not begin with -----BEGIN; give the content of the private key file, not its name"
	}
	return ""
}
