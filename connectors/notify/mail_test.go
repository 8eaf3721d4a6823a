package notify_test

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http/httptest"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/notify"
)

// byMail are options that fit a post office.
func byMail(o *postOffice) notify.MailOptions {
	return notify.MailOptions{
		Server: o.address, TLS: "starttls", Roots: o.roots, User: "rental", Password: "passw0rd",
		From: "rentalsync@rental.example", To: []string{"ada@rental.example", "Grace <grace@rental.example>"}, Timeout: 5 * time.Second,
	}
}

func mailer(t *testing.T, o notify.MailOptions) *notify.Mail {
	t.Helper()
	m, err := notify.NewMail(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// read decodes a letter as a mail program does.
func read(t *testing.T, l letter) (header netmail.Header, subject, body string) {
	t.Helper()
	message, err := netmail.ReadMessage(strings.NewReader(l.data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	if how := message.Header.Get("Content-Transfer-Encoding"); how != "quoted-printable" {
		t.Fatalf("the body is written in %s", how)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	if err != nil {
		t.Fatal(err)
	}
	return message.Header, subject, strings.ReplaceAll(string(text), "\r\n", "\n")
}

func TestAMailBringsTheNoticeAsItWasWritten(t *testing.T) {
	t.Parallel()
	office := openOffice(t, &postOffice{starttls: true, login: "rental\x00passw0rd"})
	if err := mailer(t, byMail(office)).Notify(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}

	letters := office.letters()
	if len(letters) != 1 {
		t.Fatalf("%d letters arrived", len(letters))
	}
	l := letters[0]
	if !l.encrypted || l.from != "rentalsync@rental.example" || !slices.Equal(l.to, []string{"ada@rental.example", "grace@rental.example"}) {
		t.Errorf("encrypted %v, from %s, to %v", l.encrypted, l.from, l.to)
	}
	header, subject, body := read(t, l)
	if subject != notice().Subject {
		t.Errorf("the subject is %q", subject)
	}
	if body = strings.TrimRight(body, "\n") + "\n"; body != notice().Text {
		t.Errorf("the body is %q, want %q", body, notice().Text)
	}
	if kind := header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") || !strings.Contains(strings.ToUpper(kind), "UTF-8") {
		t.Errorf("the body is %s", kind)
	}
	if header.Get("Auto-Submitted") != "auto-generated" || header.Get("Date") == "" || header.Get("Message-Id") == "" {
		t.Errorf("the header is %v", header)
	}
}

func TestAMailServerOfOnesOwnNeedsNeitherSecrecyNorLogin(t *testing.T) {
	t.Parallel()
	office := openOffice(t, &postOffice{})
	o := byMail(office)
	o.TLS, o.User, o.Password = "", "", "" // the server is this machine
	if err := mailer(t, o).Notify(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	if letters := office.letters(); len(letters) != 1 || letters[0].encrypted {
		t.Errorf("got %+v", letters)
	}
}

func TestOneLogsInWhereThereIsNoSecrecyToBeHad(t *testing.T) {
	t.Parallel()
	office := openOffice(t, &postOffice{login: "rental\x00passw0rd"})
	o := byMail(office)
	o.TLS = "none"
	if err := mailer(t, o).Notify(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	if letters := office.letters(); len(letters) != 1 || letters[0].login != "rental\x00passw0rd" {
		t.Errorf("got %+v", letters)
	}
}

func TestAMailThatDoesNotArriveIsAnErrorWithoutSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		office *postOffice
		change func(*notify.MailOptions)
	}{
		{"a refused login", &postOffice{starttls: true, login: "rental\x00another"}, nil},
		{"a server without STARTTLS", &postOffice{login: "rental\x00passw0rd"}, nil},
		{"a certificate that nobody vouches for", &postOffice{starttls: true, login: "rental\x00passw0rd"}, func(o *notify.MailOptions) { o.Roots = nil }},
		{"a server that says nothing", &postOffice{silent: true}, func(o *notify.MailOptions) { o.Timeout = 100 * time.Millisecond }},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			office := openOffice(t, c.office)
			o := byMail(office)
			if c.change != nil {
				c.change(&o)
			}
			err := mailer(t, o).Notify(t.Context(), notice())
			if err == nil || len(office.letters()) > 0 {
				t.Fatalf("%d letters arrived, %v", len(office.letters()), err)
			}
			checkNoSecret(t, err.Error(), office.address)
		})
	}
}

func TestADeadMailServerIsToldByItsName(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	o := byMail(&postOffice{address: server.Listener.Addr().String()})
	err := mailer(t, o).Notify(t.Context(), notice())
	if err == nil {
		t.Fatal("it was taken for told")
	}
	checkNoSecret(t, err.Error(), o.Server)
}

func TestAddressesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(*notify.MailOptions){
		"mail server":     func(o *notify.MailOptions) { o.Server = "mail.example" },
		"write HOST:PORT": func(o *notify.MailOptions) { o.Server = "mail.example:smtp" },
		"sender":          func(o *notify.MailOptions) { o.From = "rentalsync" },
		"recipients":      func(o *notify.MailOptions) { o.To = []string{"ada"} },
		"nobody is told":  func(o *notify.MailOptions) { o.To = nil },
	} {
		o := byMail(&postOffice{address: "mail.example:587"})
		change(&o)
		if _, err := notify.NewMail(o); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
