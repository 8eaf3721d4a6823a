package sftp_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/sftp"
	"rentalsync/connectors/sftp/sftptest"
)

// look looks into the inbox of an account once.
func look(t *testing.T, a sftptest.Account, change func(*sftp.Config)) error {
	t.Helper()
	_, err := medium(t, open(t, a, change), a.Dir).List(t.Context(), inbox("."))
	return err
}

// read is the content of a file.
func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAServerIsKnownByItsKey(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	keygen := sftptest.Tool(t, "ssh-keygen")
	lines := strings.SplitAfter(read(t, d.KnownHosts), "\n")
	const ed25519, rsa, ecdsa = 0, 1, 2
	hashed := sftptest.WriteFile(t, "hashed", strings.Join(lines, ""))
	sftptest.Run(t, keygen, "-q", "-H", "-f", hashed)
	if strings.Contains(read(t, hashed), d.Host) {
		t.Fatal("the name is not hashed")
	}
	foreign := sftptest.WriteFile(t, "foreign", "elsewhere.example "+strings.SplitN(lines[rsa], " ", 2)[1])
	another := "SHA256:" + strings.Repeat("A", 43)

	for name, known := range map[string]func(c *sftp.Config){
		"by any line of known_hosts":        func(*sftp.Config) {},
		"by a hashed line":                  func(c *sftp.Config) { c.KnownHosts = []string{hashed} },
		"by the rsa key alone":              only(t, lines[rsa]),
		"by the ecdsa key alone":            only(t, lines[ecdsa]),
		"by the second of two files":        func(c *sftp.Config) { c.KnownHosts = []string{foreign, hashed} },
		"by a pattern":                      only(t, strings.Replace(lines[ed25519], "127.0.0.1", "127.*", 1)),
		"by a pin":                          pins(d.Fingerprints[ed25519]),
		"by a pin of a key it shows last":   pins(d.Fingerprints[rsa]),
		"by the new one of two pins":        pins(another, d.Fingerprints[rsa]),
		"by the old one of two pins":        pins(d.Fingerprints[rsa], another),
		"by a pin as ssh-keygen prints it":  pins(sftptest.Run(t, keygen, "-l", "-f", filepath.Join(d.Home, "rsa.pub"))),
		"by a public key instead of a pin":  pins(read(t, filepath.Join(d.Home, "ecdsa.pub"))),
		"by a pin beside a file without it": func(c *sftp.Config) { c.KnownHosts, c.HostKeys = []string{foreign}, d.Fingerprints[:1] },
		"by a pin beside a line of a key that was replaced": func(c *sftp.Config) {
			c.KnownHosts = []string{sftptest.WriteFile(t, "old", knownhosts.Line([]string{d.Addr()}, newKey(t)))}
			c.HostKeys = d.Fingerprints[rsa : rsa+1]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := look(t, d.Account, known); err != nil {
				t.Error(err)
			}
		})
	}
}

// only knows a server by one line.
func only(t *testing.T, line string) func(*sftp.Config) {
	file := sftptest.WriteFile(t, "known_hosts", line)
	return func(c *sftp.Config) { c.KnownHosts = []string{file} }
}

// pins know a server by fingerprints alone.
func pins(sums ...string) func(*sftp.Config) {
	return func(c *sftp.Config) { c.KnownHosts, c.HostKeys = nil, sums }
}

func newKey(t *testing.T) ssh.PublicKey {
	_, key := sftptest.NewKey(t, "")
	return key.PublicKey()
}

func TestAServerThatIsNotKnownIsNotTalkedTo(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{Password: "hunter2hunter2"})
	right := strings.TrimSpace(read(t, server.KnownHosts))
	other := newKey(t)
	otherLine := knownhosts.Line([]string{server.Addr()}, other)
	elsewhere := sftptest.WriteFile(t, "known_hosts", strings.Replace(right, server.Host, "elsewhere.example", 1))
	changed := sftptest.WriteFile(t, "known_hosts", "\n"+otherLine+"\n")
	revoked := sftptest.WriteFile(t, "known_hosts", right+"\n@revoked * "+strings.SplitN(right, " ", 2)[1]+"\n")

	for name, tt := range map[string]struct {
		known    func(*sftp.Config)
		says     []string
		expected bool
	}{
		"nothing is known at all": {pins(), []string{"is not known", "check it with the server's administrator", right}, false},
		"only others are known":   {func(c *sftp.Config) { c.KnownHosts = []string{elsewhere} }, []string{"is not known", right}, false},
		"another key is known": {func(c *sftp.Config) { c.KnownHosts = []string{changed} },
			[]string{"is not the one that is known", ssh.FingerprintSHA256(other), changed + ":2", "somebody may be in between"}, true},
		"another pin is known": {pins(ssh.FingerprintSHA256(other)), []string{"is not the one that is known", ssh.FingerprintSHA256(other)}, true},
		"its key is revoked":   {func(c *sftp.Config) { c.KnownHosts = []string{revoked} }, []string{"is revoked"}, true},
		"its key is revoked and pinned all the same": {func(c *sftp.Config) { c.KnownHosts, c.HostKeys = []string{revoked}, server.Fingerprints },
			[]string{"is revoked"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := look(t, server.Account, func(c *sftp.Config) { tt.known(c); c.Password = server.Password })
			var wrong *sftp.HostKeyError
			if !errors.As(err, &wrong) {
				t.Fatalf("error is %v", err)
			}
			for _, want := range append(tt.says, "host key", "ssh-ed25519", server.Fingerprints[0]) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if len(wrong.Presented) != 1 || wrong.Presented[0].SHA256 != server.Fingerprints[0] || wrong.Line != right {
				t.Errorf("it has %+v", wrong)
			}
			if (len(wrong.Expected) > 0) != tt.expected {
				t.Errorf("expected is %q", wrong.Expected)
			}
		})
	}
	if n := server.LogIns(); n != 0 {
		t.Errorf("%d times somebody logged in", n)
	}
}

func TestAWrongPinNamesAllKeysOfAServer(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	err := look(t, d.Account, pins("SHA256:"+strings.Repeat("A", 43)))
	var wrong *sftp.HostKeyError
	if !errors.As(err, &wrong) {
		t.Fatalf("error is %v", err)
	}
	var got []string
	for _, key := range wrong.Presented {
		got = append(got, key.SHA256)
	}
	slices.Sort(got)
	want := slices.Sorted(slices.Values(d.Fingerprints))
	if line := strings.SplitAfter(read(t, d.KnownHosts), "\n")[0]; wrong.Line+"\n" != line {
		t.Errorf("the line to paste is %q, want %q", wrong.Line, line)
	}
	if !slices.Equal(got, want) {
		t.Errorf("presented are %q, want %q", got, want)
	}
}

func TestAServerThatIsTooOldIsExplained(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t, "HostKeyAlgorithms ssh-rsa")
	for name, known := range map[string]func(*sftp.Config){
		"known by its key": func(*sftp.Config) {}, "known by a pin": pins(d.Fingerprints[1]),
	} {
		err := look(t, d.Account, known)
		if err == nil || !strings.Contains(err.Error(), "too old") || !strings.Contains(err.Error(), "ssh-rsa") {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

func TestACertificateOfAKnownAuthorityIsEnough(t *testing.T) {
	t.Parallel()
	keygen := sftptest.Tool(t, "ssh-keygen")
	for name, tt := range map[string]struct{ host, valid, says string }{
		"a good one":           {"127.0.0.1", "-1h:+1h", ""},
		"one of another host":  {"elsewhere.example", "-1h:+1h", "certificate"},
		"one that has expired": {"127.0.0.1", "-2h:-1h", "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sftptest.OpenSSH(t)
			authority := filepath.Join(d.Home, "authority")
			sftptest.Run(t, keygen, "-q", "-t", "ed25519", "-N", "", "-f", authority)
			sftptest.Run(t, keygen, "-q", "-s", authority, "-I", "drop", "-h", "-n", tt.host, "-V", tt.valid, filepath.Join(d.Home, "rsa.pub"))
			d.Configure(t, "HostCertificate "+filepath.Join(d.Home, "rsa-cert.pub"))
			known := only(t, "@cert-authority "+knownhosts.Normalize(d.Addr())+" "+read(t, authority+".pub"))

			err := look(t, d.Account, known)
			if tt.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var wrong *sftp.HostKeyError
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error is %v, want one about %q", err, tt.says)
			}
		})
	}
}

func TestACertificateIsAskedForAgainAfterTheLineWasLost(t *testing.T) {
	t.Parallel()
	_, authority := sftptest.NewKey(t, "")
	_, key := sftptest.NewKey(t, "")
	cert := &ssh.Certificate{
		Key: key.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"127.0.0.1"}, ValidBefore: ssh.CertTimeInfinity,
	}
	if err := cert.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	certified, err := ssh.NewCertSigner(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	server := sftptest.Start(t, sftptest.Options{HostKeys: []ssh.Signer{key, certified}})
	line := "@cert-authority " + knownhosts.Line([]string{server.Addr()}, authority.PublicKey())
	fs := medium(t, open(t, server.Account, only(t, line)), server.Dir)
	for i := range 2 {
		if _, err := fs.List(t.Context(), inbox(".")); err != nil {
			t.Fatalf("connection %d: %v", i+1, err)
		}
		server.Stop()
		server.Restart()
	}
}

func TestAKeyIsLookedUpAnewForEachConnection(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	right := read(t, server.KnownHosts)
	file := sftptest.WriteFile(t, "known_hosts", "")
	fs := medium(t, open(t, server.Account, func(c *sftp.Config) { c.KnownHosts = []string{file} }), server.Dir)
	if _, err := fs.List(t.Context(), inbox(".")); err == nil {
		t.Fatal("an unknown server was talked to")
	}
	if err := os.WriteFile(file, []byte(right), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.List(t.Context(), drop.Path{Area: drop.Inbox, Name: "."}); err != nil {
		t.Errorf("after the line was added: %v", err)
	}
}

func TestWhatCannotKnowAServerIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	for name, tt := range map[string]struct {
		change func(*sftp.Config)
		says   string
	}{
		"a pin of MD5":               {pins("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"), "SHA256: and 43 characters"},
		"a pin that is too short":    {pins("SHA256:abc"), "SHA256: and 43 characters"},
		"a file that is not there":   {func(c *sftp.Config) { c.KnownHosts = []string{"nowhere/known_hosts"} }, "ssh-keyscan"},
		"a line that is none":        {only(t, "\n[127.0.0.1]:22 ssh-ed25519 AAAA\n"), "known_hosts:2"},
		"a marker that nobody knows": {only(t, "@trusted * ssh-ed25519 AAAA"), "@trusted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(server.Account)
			tt.change(&c)
			if _, err := sftp.Open(c); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error is %v, want one about %q", err, tt.says)
			}
		})
	}
}
