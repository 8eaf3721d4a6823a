package sftp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rentalsync/connectors/sftp"
	"rentalsync/connectors/sftp/sftptest"
)

const secret = "correct horse battery staple"

func TestAPrivateKeyLogsInWhateverItsForm(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	keygen := sftptest.Tool(t, "ssh-keygen")
	for name, tt := range map[string]struct {
		args       []string
		passphrase string
	}{
		"an ed25519 key":                  {[]string{"-t", "ed25519", "-N", ""}, ""},
		"a protected key":                 {[]string{"-t", "ed25519", "-N", secret}, secret},
		"a protected RSA key in PEM":      {[]string{"-t", "rsa", "-b", "2048", "-m", "PEM", "-N", secret}, secret},
		"an ECDSA key":                    {[]string{"-t", "ecdsa", "-N", ""}, ""},
		"an unprotected key in PKCS8":     {[]string{"-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", ""}, ""},
		"a passphrase that is not needed": {[]string{"-t", "ed25519", "-N", ""}, secret},
	} {
		file := filepath.Join(t.TempDir(), "id")
		sftptest.Run(t, keygen, append(tt.args, "-q", "-f", file)...)
		authorize(t, d, read(t, file+".pub"))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := look(t, d.Account, func(c *sftp.Config) { c.Key, c.Passphrase = []byte(read(t, file)), tt.passphrase })
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// authorize lets a key log in.
func authorize(t *testing.T, d *sftptest.Daemon, key string) {
	t.Helper()
	file := filepath.Join(d.Home, "authorized_keys")
	if err := os.WriteFile(file, []byte(read(t, file)+key), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAKeyThatIsNoneIsExplained(t *testing.T) {
	t.Parallel()
	plain, _ := sftptest.NewKey(t, "")
	protected, signer := sftptest.NewKey(t, secret)
	public := fmt.Sprintf("%s AAAA rental@erp", signer.PublicKey().Type())
	for name, tt := range map[string]struct {
		key, passphrase, says string
	}{
		"protected, without a passphrase": {string(protected), "", "give its passphrase"},
		"protected, with a wrong one":     {string(protected), "wrong " + secret, "the passphrase is wrong"},
		"the public key":                  {public, "", "give the private one"},
		"a public key in PEM":             {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "", "give the private one"},
		"a public key of another program": {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "", "give the private one"},
		"a key of PuTTY":                  {"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "", "Export OpenSSH key"},
		"a key protected in another way":  {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", secret, "ssh-keygen -p"},
		"the name of the file":            {"/etc/rentalsync/id", "", "not its name"},
		"only white space":                {" \n", "", "it is empty"},
		"a key with a part missing":       {string(plain[:len(plain)/2]), "", "ssh-keygen writes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sftp.Open(sftp.Config{Host: "erp.example", User: "rental", Key: []byte(tt.key), Passphrase: tt.passphrase})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error is %v, want one about %q", err, tt.says)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells the passphrase: %v", err)
			}
		})
	}
}

func TestAnAccountWithoutWhatItNeedsNamesAllOfIt(t *testing.T) {
	t.Parallel()
	_, err := sftp.Open(sftp.Config{Port: 70000})
	for _, want := range []string{"no host", "70000", "no user", "no key, password or agent"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}

func TestAPasswordLogsInAlsoWhereItIsAQuestion(t *testing.T) {
	t.Parallel()
	for name, question := range map[string]bool{"as a password": false, "as an answer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := sftptest.Start(t, sftptest.Options{Password: secret, Question: question})
			with := func(password string) func(c *sftp.Config) {
				return func(c *sftp.Config) { c.Key, c.Password = nil, password }
			}
			if err := look(t, server.Account, with(secret)); err != nil {
				t.Error(err)
			}
			if err := look(t, server.Account, with("wrong")); !errors.As(err, new(*sftp.AuthError)) {
				t.Errorf("with a wrong one: %v", err)
			}
		})
	}
}

func TestSeveralWaysAreTriedInTheirOrder(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{Password: secret})
	foreign, _ := sftptest.NewKey(t, "")
	err := look(t, server.Account, func(c *sftp.Config) { c.Key, c.Password = foreign, secret })
	if err != nil {
		t.Error(err)
	}
}

func TestTheAgentLogsIn(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	socket := startAgent(t)
	with := func(c *sftp.Config) { c.Key, c.Agent, c.AgentSocket = nil, true, socket }
	if err := look(t, d.Account, with); err == nil || !strings.Contains(err.Error(), "ssh-add") {
		t.Errorf("without a key the error is %v", err)
	}

	add := exec.Command(sftptest.Tool(t, "ssh-add"), "-q", sftptest.WriteFile(t, "id", string(d.Key)))
	add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	if text, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if err := look(t, d.Account, with); err != nil {
		t.Error(err)
	}
	foreign, _ := sftptest.NewKey(t, "")
	if err := look(t, d.Account, func(c *sftp.Config) { with(c); c.Key = foreign }); err != nil {
		t.Errorf("after a key that is refused: %v", err)
	}
}

// startAgent starts an ssh-agent that ends with the test.
func startAgent(t *testing.T) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "socket")
	ctx, stop := context.WithCancel(context.Background())
	agent := exec.CommandContext(ctx, sftptest.Tool(t, "ssh-agent"), "-D", "-a", socket)
	out, err := agent.StdoutPipe()
	if err == nil {
		err = agent.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = agent.Wait() // it was stopped
		_ = os.RemoveAll(dir)
	})
	if _, err := out.Read(make([]byte, 1)); err != nil { // it says where it listens, once it does
		t.Fatal(err)
	}
	return socket
}

func TestAnAgentThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	err := look(t, server.Account, func(c *sftp.Config) {
		c.Key, c.Agent, c.AgentSocket = nil, true, filepath.Join(t.TempDir(), "nobody")
	})
	if err == nil || !strings.Contains(err.Error(), "the SSH agent does not answer") {
		t.Errorf("error is %v", err)
	}
}

func TestAServerThatRefusesAllSaysWhatItTakes(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{Password: secret, Question: true, RefuseAll: true})
	var log bytes.Buffer
	c := config(server.Account)
	c.Password, c.Log = secret, logTo(&log)
	client := open(t, server.Account, func(old *sftp.Config) { *old = c })
	_, err := medium(t, client, server.Dir).List(t.Context(), inbox("."))

	var refused *sftp.AuthError
	if !errors.As(err, &refused) {
		t.Fatalf("error is %v", err)
	}
	for _, want := range []string{
		"as rental", server.Addr(), "it refused the private key (ssh-ed25519 SHA256:", "the password as an answer",
		"it does not take the password;", "it takes publickey, keyboard-interactive", "check the user",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	c.Passphrase = secret
	said := fmt.Sprintln(err, client, c) + fmt.Sprintf("%v %+v %#v %s", c, c, c, &log)
	c.Log.Info("config", "account", c)
	said += log.String()
	if strings.Contains(said, secret) || strings.Contains(said, "PRIVATE KEY") {
		t.Errorf("a secret is told: %s", said)
	}
}

func TestAnAccountWithoutSFTPIsExplained(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{NoSFTP: true})
	err := look(t, server.Account, nil)
	if err == nil || !strings.Contains(err.Error(), "ask its administrator for the subsystem sftp") {
		t.Errorf("error is %v", err)
	}
}

func TestWhatIsNoSSHServerIsExplained(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		if conn, err := listener.Accept(); err == nil {
			_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	a := sftptest.Start(t, sftptest.Options{}).Account
	a.Port = listener.Addr().(*net.TCPAddr).Port
	if err := look(t, a, nil); err == nil || !strings.Contains(err.Error(), "check that an SFTP server listens there") {
		t.Errorf("error is %v", err)
	}
}
