package iris

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"time"
)

// Client speaks to IRIS for one account. Several goroutines may use it at once.
type Client struct {
	base      *url.URL
	account   string
	validate  bool
	userAgent string
	transport http.RoundTripper
	idle      *http.Transport // ours to close; nil when the transport was given
	tokens    *tokens
	hidden    *secrets
	now       func() time.Time
	forms     patchForms
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
	var t http.RoundTripper = &whole{next: &witness{next: cfg.Transport, log: cfg.Log}}
	c.tokens = newTokens(cfg, t, c.hidden)
	t = &auth{next: t, tokens: c.tokens}
	t = &deadline{next: t, timeout: cfg.Timeout}
	t = newPacer(cfg, t)
	t = newParallel(cfg.Parallel, t)
	t = newBreaker(cfg.Log, t)
	return &retrier{next: t, now: cfg.Clock, log: cfg.Log, hidden: c.hidden}
}

func newTransport(parallel int) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = parallel + pagesAhead
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
	if in.path != setValuesPath && in.path != path.Clean(in.path) {
		return nil, fmt.Errorf("%w: %q", errNoID, in.path)
	}
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
