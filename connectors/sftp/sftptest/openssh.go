package sftptest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Daemon is a real OpenSSH server.
type Daemon struct {
	Account
	Home string // a folder with its host keys: ed25519, rsa, ecdsa, each beside its .pub
	log  string
	conf string
}

// OpenSSH starts a real sshd on 127.0.0.1, with keys and files of its own, that
// lets the user of the test in. More lines can be added to its config. Without
// sshd the test is skipped; where CI is set it fails. It stops when the test
// ends.
//
// Each connection is handed to an sshd of its own, as inetd does. So there is no
// port to be lost to somebody else, and nothing left running when a test dies.
func OpenSSH(t testing.TB, config ...string) *Daemon {
	t.Helper()
	sshd := Tool(t, "sshd")
	keygen := Tool(t, "ssh-keygen")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{Home: t.TempDir(), Account: Account{Host: "127.0.0.1", User: me.Username}}
	d.Local = t.TempDir()
	d.Dir = filepath.ToSlash(d.Local)
	d.log = filepath.Join(d.Home, "log")
	d.separate(t)

	known := d.makeKeys(t, keygen)
	private, key := NewKey(t, "")
	d.Key = private
	d.write(t, "authorized_keys", string(ssh.MarshalAuthorizedKey(key.PublicKey())))
	d.conf = d.write(t, "sshd_config", strings.Join(append(config,
		"HostKey "+filepath.Join(d.Home, "ed25519"),
		"HostKey "+filepath.Join(d.Home, "rsa"),
		"HostKey "+filepath.Join(d.Home, "ecdsa"),
		"AuthorizedKeysFile "+filepath.Join(d.Home, "authorized_keys"),
		"PasswordAuthentication no",
		"KbdInteractiveAuthentication no",
		"PermitRootLogin yes",
		"StrictModes no",
		"UsePAM no",
		"PidFile none",
		"Subsystem sftp internal-sftp",
	), "\n")+"\n")

	d.listen(t, sshd, "-i", "-f", d.conf, "-E", d.log)
	d.KnownHosts = KnownHosts(t, d.Addr(), known...)
	t.Cleanup(func() {
		if text, err := os.ReadFile(d.log); err == nil && t.Failed() {
			t.Logf("sshd says:\n%s", text)
		}
	})
	return d
}

// Configure puts lines before all others of the server's config. They hold for new
// connections.
func (d *Daemon) Configure(t testing.TB, lines ...string) {
	t.Helper()
	text, err := os.ReadFile(d.conf)
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, "sshd_config", strings.Join(lines, "\n")+"\n"+string(text))
}

// Tool finds a program of OpenSSH. Where it is missing the test is skipped, with
// the line that installs it; where CI is set it fails, so that nothing is skipped
// for ever.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath(filepath.Join("/usr/sbin", name))
	}
	if err == nil {
		return path
	}
	say := t.Skipf
	if os.Getenv("CI") != "" {
		say = t.Fatalf
	}
	say("%s is missing; install it: apt-get install openssh-server openssh-client", name)
	return ""
}

// separate makes the empty folder that sshd wants where it runs as root.
func (d *Daemon) separate(t testing.TB) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
}

// makeKeys makes the host keys.
func (d *Daemon) makeKeys(t testing.TB, keygen string) []ssh.PublicKey {
	t.Helper()
	bits := map[string]string{"ed25519": "256", "rsa": "2048", "ecdsa": "256"}
	var known []ssh.PublicKey
	for _, kind := range []string{"ed25519", "rsa", "ecdsa"} {
		file := filepath.Join(d.Home, kind)
		Run(t, keygen, "-q", "-t", kind, "-b", bits[kind], "-N", "", "-C", kind, "-f", file)
		text, err := os.ReadFile(file + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey(text)
		if err != nil {
			t.Fatal(err)
		}
		known = append(known, key)
		d.Fingerprints = append(d.Fingerprints, ssh.FingerprintSHA256(key))
	}
	return known
}

// Run runs a program that must succeed, and returns what it says.
func Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	text, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, text)
	}
	return string(text)
}

func (d *Daemon) write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(d.Home, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// listen hands connections to sshd until the test ends.
func (d *Daemon) listen(t testing.TB, sshd string, args ...string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.Port = listener.Addr().(*net.TCPAddr).Port

	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				if err := d.serve(conn.(*net.TCPConn), sshd, args); err != nil {
					t.Logf("sshd: %v", err)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // nobody is on it any more
		running.Wait()
	})
}

// serve runs an sshd for one connection.
func (d *Daemon) serve(conn *net.TCPConn, sshd string, args []string) error {
	file, err := conn.File()
	if err != nil {
		return err
	}
	if err := conn.Close(); err != nil {
		return err
	}
	cmd := exec.Command(sshd, args...)
	cmd.Stdin, cmd.Stdout = file, file
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", sshd, err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	_ = cmd.Wait() // it fails where a client just leaves
	return nil
}
