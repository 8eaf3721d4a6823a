// Package sftptest runs SFTP servers for tests: one inside the process, which
// fails in every way that a test wants, and a real OpenSSH.
package sftptest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Account is what a client needs to log in to a server, and where its files lie.
type Account struct {
	Host     string
	Port     int
	User     string
	Password string // "" where the server takes none
	Key      []byte // the private key, as in its file

	KnownHosts   string   // a file that knows the server
	Fingerprints []string // of all its host keys, SHA256:…

	Dir   string // a folder of the account, as the server calls it
	Local string // the same folder on this machine
}

// Addr is the server's host and port.
func (a Account) Addr() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// Folder makes a folder of the account, and returns its path on the server and on
// this machine.
func (a Account) Folder(t testing.TB, name string) (dir, local string) {
	t.Helper()
	local = filepath.Join(a.Local, name)
	if err := os.MkdirAll(local, 0o700); err != nil {
		t.Fatal(err)
	}
	return a.Dir + "/" + name, local
}

// NewKey makes a key pair, the private part as OpenSSH writes it; a passphrase
// that is not "" protects it.
func NewKey(t testing.TB, passphrase string) (private []byte, signer ssh.Signer) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "sftptest")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "sftptest", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err = ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block), signer
}

// KnownHosts writes a file that knows keys of a server. Its lines may be changed
// before they are written, as by hashing the name.
func KnownHosts(t testing.TB, addr string, keys ...ssh.PublicKey) string {
	t.Helper()
	var text string
	for _, key := range keys {
		text += knownhosts.Line([]string{addr}, key) + "\n"
	}
	return WriteFile(t, "known_hosts", text)
}

// WriteFile writes a file into a folder of its own.
func WriteFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
