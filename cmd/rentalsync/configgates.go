package main

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// gatesConfig holds runs back that would change too much.
type gatesConfig struct {
	// The first night of an account: hold sends nothing until rentalsync approve; customers made there cannot be unmade. Default: hold where iris.url is https on another machine, else send.
	First string `yaml:"first" jsonschema:"enum=hold,enum=send"`

	// How many assets a night may no longer name, as a number or as a share of those there were. Default: any.
	AssetsGone limit `yaml:"assetsGone" jsonschema:"example=5%,example=20"`

	// By how many the assets on rent may become more or fewer in a night. Default: any.
	OnRentSwing limit `yaml:"onRentSwing" jsonschema:"example=15%"`

	// How many rentals a night may end, as a number or as a share of the open ones. Default: any.
	OffRents limit `yaml:"offRents" jsonschema:"example=10%"`

	// How many depots a night may leave without any asset. Default: any.
	DepotsGone limit `yaml:"depotsGone" jsonschema:"example=0"`

	// How many customers a night may bring. Default: any.
	NewCustomers limit `yaml:"newCustomers" jsonschema:"example=200"`

	// How many customers a night may bring whose names are nearly those of others. Default: any.
	NearCustomers limit `yaml:"nearCustomers" jsonschema:"example=0"`

	// Names or keys that stand for no customer, such as CASH: a night that would make one of them a customer waits. Default: none.
	Placeholders []string `yaml:"placeholders" jsonschema:"example=CASH"`
}

func (g *gatesConfig) limits() pipeline.Limits {
	return pipeline.Limits{
		AssetsGone: g.AssetsGone.most, OnRentSwing: g.OnRentSwing.most, OffRents: g.OffRents.most, DepotsGone: g.DepotsGone.most,
		NewCustomers: g.NewCustomers.most, NearCustomers: g.NearCustomers.most, Placeholders: g.Placeholders,
	}
}

// limit is a number of things, or a share of them.
type limit struct {
	mappings.Text // always blank: it only tells the schema that this is text
	most          pipeline.Limit
}

// DecodeYAML reads a limit as an admin writes it.
func (l *limit) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	text, ok := d.Text(n)
	if !ok {
		return
	}
	got, err := pipeline.ParseLimit(text)
	if err != nil {
		what, cure, _ := strings.Cut(err.Error(), "; ")
		d.Fault(n, what, cure)
	}
	l.most = got
}

// notifyConfig says whom to tell that a run waits for a person.
type notifyConfig struct {
	// A web address that is sent a JSON object. Default: none.
	Webhook webhookConfig `yaml:"webhook"`

	// People who are sent an e-mail. Default: nobody.
	Mail mailConfig `yaml:"mail"`
}

// webhookConfig is a web address that takes notices.
type webhookConfig struct {
	// The address; where it holds a secret, as ${env:NAME} or ${file:PATH}. Default: none.
	URL secret `yaml:"url"`

	// What is sent as Authorization: Bearer, as ${env:NAME} or ${file:PATH}. Default: nothing.
	Token secret `yaml:"token"`
}

// mailConfig is a mail server and whom it brings notices to.
type mailConfig struct {
	// The mail server, as HOST:PORT. Default: none.
	Server string `yaml:"server" jsonschema:"example=mail.example:587"`

	// Whether the way there is secured: starttls, or none on a network of one's own. Default: starttls, and none on this machine.
	TLS string `yaml:"tls" jsonschema:"enum=starttls,enum=none"`

	// The user of the mail server. Default: none.
	User setting `yaml:"user"`

	// The user's password, as ${env:NAME} or ${file:PATH}. Default: none.
	Password secret `yaml:"password"`

	// The sender, as an e-mail address. Default: none, and a server needs one.
	From string `yaml:"from" jsonschema:"example=rentalsync@rental.example"`

	// The e-mail addresses of those who are told. Default: nobody, and a server needs somebody.
	To []string `yaml:"to" jsonschema:"example=dispatch@rental.example"`
}

func (c *notifyConfig) complete(from *lookup) {
	c.Mail.User.from = from
	for _, s := range []*secret{&c.Webhook.URL, &c.Webhook.Token, &c.Mail.Password} {
		s.bind(from)
	}
	if host, _, err := net.SplitHostPort(c.Mail.Server); err == nil && c.Mail.TLS == "" {
		c.Mail.TLS = "starttls"
		if loopback(host) {
			c.Mail.TLS = "none"
		}
	}
}

func (ch *configChecker) gates(f *flowConfig, at string) {
	ch.choice(at+".gates.first", f.Gates.First, "hold", "send")
	for i, name := range f.Gates.Placeholders {
		if strings.TrimSpace(name) == "" {
			ch.fault(fmt.Sprintf("%s.gates.placeholders[%d]", at, i), "the placeholder is blank", "write a name such as CASH")
		}
	}
	ch.webhook(&f.Notify.Webhook, at+".notify.webhook")
	ch.mail(&f.Notify.Mail, at+".notify.mail")
}

func (ch *configChecker) webhook(w *webhookConfig, at string) {
	address, err := w.URL.Value()
	ch.elsewhere(at+".url", err)
	_, err = w.Token.Value()
	ch.elsewhere(at+".token", err)

	u, err := url.Parse(address)
	switch {
	case !w.URL.given() && w.Token.given():
		ch.fault(at, "there is a token and no address", "add url:")
	case address == "":
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		ch.fault(at+".url", "this is no web address", "write https://HOST/PATH")
	case u.Scheme == "http" && !loopback(u.Host):
		ch.warn(at+".url", "notices would go over the network in clear text", "write https://")
	}
}

func (ch *configChecker) mail(m *mailConfig, at string) {
	_, err := m.User.Value()
	ch.elsewhere(at+".user", err)
	_, err = m.Password.Value()
	ch.elsewhere(at+".password", err)
	ch.choice(at+".tls", m.TLS, "starttls", "none")

	if m.Server == "" {
		if m.From != "" || len(m.To) > 0 {
			ch.fault(at, "there is no mail server", "add server: HOST:PORT")
		}
		return
	}
	if _, port, err := net.SplitHostPort(m.Server); err != nil || !isPort(port) {
		ch.fault(at+".server", fmt.Sprintf("%q is no mail server", m.Server), "write HOST:PORT, such as mail.example:587")
	}
	if !strings.Contains(m.From, "@") {
		ch.fault(at, "the sender is missing", "add from: with an e-mail address")
	}
	if len(m.To) == 0 || slices.ContainsFunc(m.To, func(to string) bool { return !strings.Contains(to, "@") }) {
		ch.fault(at, "whom to tell is missing", "add to: with e-mail addresses")
	}
	if m.User.given() != m.Password.given() {
		ch.fault(at, "user and password go together", "add the other one, or remove both")
	}
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && n < 1<<16
}

// elsewhere tells that a setting is not where the config says.
func (ch *configChecker) elsewhere(path string, err error) {
	if err != nil {
		what, cure, _ := strings.Cut(err.Error(), "; ")
		ch.fault(path, what, cure)
	}
}

func (ch *configChecker) absent(f *flowConfig, at string) {
	at += ".absent"
	statuses := append(rental.RentalStatuses(), f.IRIS.Values[string(rental.RentalStatus)]...)
	ch.choice(at+".asset", f.Absent.Asset, append([]string{"report"}, statuses...)...)
	ch.choice(at+".item", f.Absent.Item, "end", "report")
	if f.Absent.Nights < 1 {
		ch.fault(at+".nights", fmt.Sprintf("%d is no number of nights", f.Absent.Nights), "write 1 or more")
	}
}

func (ch *configChecker) history(f *flowConfig, at string) {
	switch said := f.History.Value; said {
	case "", "none", "all":
	default:
		if _, err := time.Parse(time.DateOnly, said); err != nil {
			ch.fault(at+".history", fmt.Sprintf("%q is no date", said), "write none, all, or a date as 2026-01-31")
		}
	}
	ch.atLeast(at+".reoffer", f.Reoffer, 0)
	ch.atLeast(at+".keep.history", f.Keep.History, 0)
}
