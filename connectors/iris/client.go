package iris

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// Config says which account of IRIS to speak to, and how.
type Config struct {
	URL   string // default https://iris.trackunit.com
	Token TokenConfig

	Rates    Rates         // requests a second by lane; 0 is no limit
	Pace     pipeline.Pace // keeps the rates for everything that shares the account; default: for this client alone
	Parallel int           // requests at once; default 2
	Timeout  time.Duration // of one attempt; default 10s

	ValidateAssets bool   // an unknown asset is refused instead of kept until it appears
	UserAgent      string // default rentalsync

	Clock     func() time.Time  // default time.Now
	Transport http.RoundTripper // default one like http.DefaultTransport
	Log       *slog.Logger      // default none
}

// Rates are requests a second, by lane; 0 is no limit.
type Rates struct{ Rental, Fleet, Equipment, Other float64 }

// The defaults of Config.
const (
	DefaultURL      = "https://iris.trackunit.com"
	DefaultParallel = 2
	DefaultTimeout  = 10 * time.Second
)

// Client speaks to IRIS for one account. Several goroutines may use it at once.
type Client struct {
	base      *url.URL
	account   string
	validate  bool
	userAgent string
	transport http.RoundTripper
	idle      *http.Transport // ours to close; nil when the transport was given
	hidden    *secrets
	now       func() time.Time
}

// New makes a client. The error names every fault of the configuration.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	base, err := baseURL(cfg.URL)
	if err := errors.Join(err, cfg.check()); err != nil {
		return nil, err
	}

	c := &Client{
		base: base, account: account(base, cfg.Token), validate: cfg.ValidateAssets,
		userAgent: cfg.UserAgent, hidden: newSecrets(cfg.Token), now: cfg.Clock,
	}
	if cfg.Transport == nil {
		c.idle = newTransport(cfg.Parallel)
		cfg.Transport = c.idle
	}
	c.transport = c.stack(cfg)
	return c, nil
}

// stack puts the transports around each other. The story is in the package
// comment; the first one here is the last to see a request.
func (c *Client) stack(cfg Config) http.RoundTripper {
	var t http.RoundTripper = &whole{next: cfg.Transport}
	t = &auth{next: t, tokens: newTokens(cfg, t, c.hidden)}
	t = &deadline{next: t, timeout: cfg.Timeout}
	t = newPacer(cfg, t)
	t = newParallel(cfg.Parallel, t)
	t = newBreaker(cfg.Log, t)
	return &retrier{next: t, now: cfg.Clock, log: cfg.Log, hidden: c.hidden}
}

func (cfg Config) withDefaults() Config {
	if cfg.URL == "" {
		cfg.URL = DefaultURL
	}
	if cfg.Parallel == 0 {
		cfg.Parallel = DefaultParallel
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "rentalsync"
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Pace == nil {
		cfg.Pace = newLocalPace(cfg.Rates, cfg.Clock)
	}
	return cfg
}

func (cfg Config) check() error {
	var faults []error
	if cfg.Parallel < 1 {
		faults = append(faults, fmt.Errorf("parallel is %d; allow at least 1 request at once", cfg.Parallel))
	}
	if cfg.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout is %s; it must be more than 0", cfg.Timeout))
	}
	for lane, rate := range cfg.Rates.byLane() {
		if !(rate >= 0 && rate <= 1e6) {
			faults = append(faults, fmt.Errorf("rate of %s requests is %v a second; it must be 0 (no limit) or more", lane, rate))
		}
	}
	return errors.Join(append(faults, cfg.Token.check())...)
}

// baseURL reads the address that all paths are put behind.
func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("iris url cannot be read; write one like https://iris.trackunit.com")
	case u.User != nil:
		return nil, errors.New("iris url holds credentials; put them under token")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, fmt.Errorf("iris url %q is no web address; write one like https://iris.trackunit.com", text)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("iris url %q has a query; leave it out", plainURL(u))
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// account names what answers are kept for. With an API user it is the user who
// decides which account of IRIS it is, and several may share a client id.
func account(base *url.URL, t TokenConfig) string {
	name := strings.ToLower(base.Host) + "/" + t.ClientID
	if t.Username != "" {
		name += "/" + t.Username
	}
	return name
}

func newTransport(parallel int) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = parallel
	return t
}

// Account names the account that the client speaks for, without a secret.
func (c *Client) Account() string { return c.account }

// Close lets go of idle connections. The client can still be used.
func (c *Client) Close() {
	if c.idle != nil {
		c.idle.CloseIdleConnections()
	}
}

// call is one request to be made.
type call struct {
	method string
	path   string // escaped, behind the base URL
	query  url.Values
	accept string
	header map[string]string
	body   []byte
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	after  time.Duration // what Retry-After says
}

// do makes a request and returns an answer of the 200s. Every other answer is an
// *ErrorResponse or a *RateLimitError, and none at all a *CallError.
func (c *Client) do(ctx context.Context, in call) (*answer, error) {
	req, err := c.build(ctx, in)
	if err != nil {
		return nil, err
	}

	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, c.callError(req, err)
	}
	defer func() { _ = resp.Body.Close() }() // it is in memory

	a := &answer{status: resp.StatusCode, header: resp.Header, after: retryAfter(resp.Header, c.now())}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return nil, c.callError(req, err)
	}
	return a, c.verify(req, a)
}

func (c *Client) build(ctx context.Context, in call) (*http.Request, error) {
	target, err := url.Parse(c.base.String() + in.path)
	if err != nil {
		return nil, fmt.Errorf("path %q cannot be read: %w", in.path, err)
	}
	target.RawQuery = in.query.Encode()
	return c.request(ctx, in, target)
}

func (c *Client) request(ctx context.Context, in call, target *url.URL) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, in.method, target.String(), bytes.NewReader(in.body))
	if err != nil {
		return nil, err
	}
	if in.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", in.accept)
	req.Header.Set("User-Agent", c.userAgent)
	for name, value := range in.header {
		req.Header.Set(name, value)
	}
	return req, nil
}

// verify turns an answer outside the 200s into an error.
func (c *Client) verify(req *http.Request, a *answer) error {
	if a.status/100 == 2 {
		return nil
	}
	said := errorResponse(req, a, c.hidden)
	if a.status == http.StatusTooManyRequests {
		return &RateLimitError{Lane: laneOf(req.URL.Path), After: a.after, Response: said}
	}
	return said
}

// callError says what became of a request without an answer. Errors that speak
// for themselves are left alone.
func (c *Client) callError(req *http.Request, err error) error {
	var (
		refused *TokenError
		limit   *RateLimitError
		open    *OpenError
	)
	if errors.As(err, &refused) || errors.As(err, &limit) || errors.As(err, &open) {
		return err
	}
	return &CallError{Method: req.Method, URL: plainURL(req.URL), Err: err, text: clean(err.Error(), c.hidden)}
}
