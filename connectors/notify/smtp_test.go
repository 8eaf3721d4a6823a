package notify_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// postOffice is a small mail server: it speaks enough SMTP to take a mail, and
// keeps what it took.
type postOffice struct {
	starttls bool   // it offers STARTTLS
	login    string // the login it wants, "user\x00password"; "" is none
	silent   bool   // it takes connections and says nothing

	address string
	secure  *tls.Config
	roots   *x509.CertPool
	working sync.WaitGroup

	mu    sync.Mutex
	taken []letter
	open  []net.Conn
}

// letter is a mail as it arrived.
type letter struct {
	encrypted bool
	login     string
	from      string
	to        []string
	data      string // with its own line ends and no stuffed dots
}

// openOffice starts a mail server on this machine with a certificate of its own.
func openOffice(t *testing.T, o *postOffice) *postOffice {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for its certificate
	defer certified.Close()
	o.secure = &tls.Config{Certificates: certified.TLS.Certificates}
	o.roots = x509.NewCertPool()
	o.roots.AddCert(certified.Certificate())

	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.address = listener.Addr().String()
	o.working.Go(func() { o.serve(listener) })
	t.Cleanup(func() {
		listener.Close()
		o.mu.Lock()
		for _, conn := range o.open {
			conn.Close()
		}
		o.mu.Unlock()
		o.working.Wait()
	})
	return o
}

func (o *postOffice) serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		o.mu.Lock()
		o.open = append(o.open, conn)
		o.mu.Unlock()
		o.working.Go(func() {
			if !o.silent {
				(&talk{office: o, conn: conn, in: bufio.NewReader(conn)}).talk()
			}
		})
	}
}

func (o *postOffice) letters() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken
}

// talk is one connection.
type talk struct {
	office *postOffice
	conn   net.Conn
	in     *bufio.Reader
	letter letter
}

func (k *talk) say(format string, args ...any) { fmt.Fprintf(k.conn, format+"\r\n", args...) }

func (k *talk) talk() {
	defer k.conn.Close()
	k.say("220 office ready")
	for {
		line, err := k.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if k.hear(strings.ToUpper(verb), rest); strings.EqualFold(verb, "QUIT") {
			return
		}
	}
}

func (k *talk) hear(verb, rest string) {
	switch verb {
	case "EHLO":
		k.greet()
	case "STARTTLS":
		k.say("220 go on")
		conn := tls.Server(k.conn, k.office.secure)
		k.conn, k.in = conn, bufio.NewReader(conn)
		k.letter.encrypted = true
	case "AUTH":
		k.login(rest)
	case "MAIL":
		if k.office.login != k.letter.login {
			k.say("530 log in first")
			return
		}
		k.letter.from = address(rest)
		k.say("250 fine")
	case "RCPT":
		k.letter.to = append(k.letter.to, address(rest))
		k.say("250 fine")
	case "DATA":
		k.data()
	case "QUIT":
		k.say("221 bye")
	default:
		k.say("250 fine")
	}
}

func (k *talk) greet() {
	k.say("250-office")
	if k.office.starttls && !k.letter.encrypted {
		k.say("250-STARTTLS")
	}
	if k.office.login != "" {
		k.say("250-AUTH PLAIN")
	}
	k.say("250 8BITMIME")
}

func (k *talk) login(rest string) {
	_, said, _ := strings.Cut(rest, " ")
	text, _ := base64.StdEncoding.DecodeString(said)
	if _, login, _ := strings.Cut(string(text), "\x00"); login == k.office.login {
		k.letter.login = login
		k.say("235 welcome")
		return
	}
	k.say("535 refused: %s, %q", said, text) // a server that repeats what nobody may read
}

func (k *talk) data() {
	k.say("354 go on")
	for {
		line, err := k.in.ReadString('\n')
		if err != nil {
			return
		}
		if line == ".\r\n" {
			break
		}
		k.letter.data += strings.TrimPrefix(line, ".")
	}
	k.office.mu.Lock()
	k.office.taken = append(k.office.taken, k.letter)
	k.office.mu.Unlock()
	k.say("250 taken")
}

// address is what stands between < and >.
func address(text string) string {
	_, rest, _ := strings.Cut(text, "<")
	inner, _, _ := strings.Cut(rest, ">")
	return inner
}
