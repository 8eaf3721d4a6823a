package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"rentalsync/pipeline"
)

// MailOptions say which server takes notices, and for whom.
type MailOptions struct {
	Server   string         // HOST:PORT
	TLS      string         // starttls, or none; default starttls, and none where the server is this machine
	User     string         // default: nobody logs in
	Password string         // of the user
	From     string         // one address
	To       []string       // one address or more
	Roots    *x509.CertPool // who may vouch for the server; default: whom this machine trusts
	Timeout  time.Duration  // of one notice; default 15s
}

// Mail sends notices as e-mails in plain text.
type Mail struct {
	MailOptions
	host string
	port int
}

var _ pipeline.Notifier = (*Mail)(nil)

// NewMail checks the addresses. Nothing is sent before Notify.
func NewMail(o MailOptions) (*Mail, error) {
	host, number, err := net.SplitHostPort(o.Server)
	port, bad := strconv.ParseUint(number, 10, 16)
	if err != nil || bad != nil || host == "" || port == 0 {
		return nil, fmt.Errorf("mail server %q is no server; write HOST:PORT, such as mail.example:587", o.Server)
	}
	if o.TLS == "" && thisMachine(host) {
		o.TLS = "none"
	}
	if o.Timeout <= 0 {
		o.Timeout = patience
	}

	m := &Mail{o, host, int(port)}
	if len(o.To) == 0 {
		return nil, fmt.Errorf("nobody is told by mail server %q; name whom", o.Server)
	}
	_, err = m.message(pipeline.Notice{})
	return m, err
}

// thisMachine reports whether a host is reached without any network.
func thisMachine(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}

// Name is the mail server that is asked to tell people.
func (m *Mail) Name() string { return "mail by " + m.Server }

// Notify sends one e-mail to all at once.
func (m *Mail) Notify(ctx context.Context, n pipeline.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, m.Timeout)
	defer cancel()
	message, err := m.message(n)
	if err != nil {
		return err
	}
	client, err := mail.NewClient(m.host, m.options(ctx)...)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", m.Name(), hiding(err, m.secrets()...))
	}

	err = client.DialAndSendWithContext(ctx, message)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("send %s: no answer in time: %w", m.Name(), ctx.Err())
	default:
		return fmt.Errorf("send %s: %w", m.Name(), hiding(err, m.secrets()...))
	}
}

// secrets are the password, also as it is spelled when somebody logs in.
func (m *Mail) secrets() []string {
	if m.Password == "" {
		return nil
	}
	spell := base64.StdEncoding.EncodeToString
	return []string{m.Password, spell([]byte(m.Password)), spell([]byte("\x00" + m.User + "\x00" + m.Password))}
}

// message is a notice as an e-mail.
func (m *Mail) message(n pipeline.Notice) (*mail.Msg, error) {
	message := mail.NewMsg()
	if err := message.From(m.From); err != nil {
		return nil, fmt.Errorf("sender %q is no e-mail address: %w", m.From, err)
	}
	if err := message.To(m.To...); err != nil {
		return nil, fmt.Errorf("recipients %q are no e-mail addresses: %w", m.To, err)
	}
	message.Subject(n.Subject)
	message.SetDate()
	message.SetMessageID()
	message.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's holiday answers it
	message.SetBodyString(mail.TypeTextPlain, n.Text)
	return message, nil
}

func (m *Mail) options(ctx context.Context) []mail.Option {
	options := []mail.Option{
		mail.WithPort(m.port), mail.WithTimeout(m.Timeout), mail.WithDialContextFunc(m.dial(ctx)),
		mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithTLSConfig(&tls.Config{ServerName: m.host, RootCAs: m.Roots, MinVersion: tls.VersionTLS12}),
	}
	auth := mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover)
	if m.TLS == "none" {
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
		auth = mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthCramMD5, mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc)
	}
	if m.User != "" {
		options = append(options, auth, mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	return options
}

// dial makes connections that end with a context: whoever answers slowly is not
// waited for line by line.
func (m *Mail) dial(ctx context.Context) mail.DialContextFunc {
	return func(dialing context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialing, network, m.Server)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() }) // nobody listens any more
		}
		return conn, err
	}
}
