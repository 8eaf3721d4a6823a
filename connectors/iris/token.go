package iris

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// TokenConfig says how the account proves who it is. With a username it is an
// API user (password grant), else an API key (client credentials).
//
// https://developers.trackunit.com/docs/access-token
// https://developers.trackunit.com/docs/access-token-v2
type TokenConfig struct {
	URL          string // default https://auth.trackunit.com/token/v2, or /token with a username
	ClientID     string
	ClientSecret string `json:"-"`
	Username     string
	Password     string   `json:"-"`
	Scopes       []string // of an API key; default of an API user: api, offline_access
	Keep         Tokens   `json:"-"` // keeps refresh tokens over restarts; default: nothing does
}

// String names the client without its secrets.
func (c TokenConfig) String() string {
	where := "?"
	if u, err := url.Parse(c.URL); err == nil {
		where = plainURL(u)
	}
	return fmt.Sprintf("client %q, user %q at %s", c.ClientID, c.Username, where)
}

// GoString is String, so that no way of printing shows a secret.
func (c TokenConfig) GoString() string { return c.String() }

// LogValue is String, so that no log shows a secret.
func (c TokenConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Tokens keeps the refresh token of an API user. Every use of one makes the
// next, and the one that was used is dead.
type Tokens interface {
	// Load returns the last token that was kept, "" when there is none. It is
	// called once, before the first token is asked for; an error only means
	// that the password is used instead.
	Load(ctx context.Context) (refresh string, err error)

	// Save keeps a token in place of the last one. An error is logged, and the
	// token in hand is used all the same.
	Save(ctx context.Context, refresh string) error
}

// The addresses of the token server.
const (
	DefaultTokenURL     = "https://auth.trackunit.com/token/v2"
	DefaultUserTokenURL = "https://auth.trackunit.com/token"
)

func (c TokenConfig) check() error {
	var faults []error
	if c.ClientID == "" {
		faults = append(faults, errors.New("token has no clientId; copy it from the API key"))
	}
	if c.ClientSecret == "" {
		faults = append(faults, errors.New("token has no clientSecret; name it as ${env:NAME} or ${file:PATH}"))
	}
	if (c.Username == "") != (c.Password == "") {
		faults = append(faults, errors.New("token has only one of username and password; an API user needs both, an API key none"))
	}
	if u, err := url.Parse(c.URL); err != nil || c.URL != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		faults = append(faults, errors.New("token url is no web address; write one like "+DefaultTokenURL))
	} else if u.User != nil {
		faults = append(faults, errors.New("token url holds credentials; write them as clientId and clientSecret"))
	}
	return errors.Join(faults...)
}

// TokenError is what the token server says instead of a token.
type TokenError struct {
	URL         string
	Status      int           // 0 when there was no answer
	Code        string        // as OAuth names it: invalid_client, invalid_scope, …
	Description string        // in the server's words
	After       time.Duration // how long to wait before asking again; 0 when it is not said
	Err         error         // what broke, when there was no answer
}

// Error says what the server said.
func (e *TokenError) Error() string {
	text := "no token from " + e.URL
	if e.Status != 0 {
		text += fmt.Sprintf(": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Code != "" {
		text += ": " + e.Code
	}
	if e.Description != "" {
		text += ": " + e.Description
	}
	return text
}

// Unwrap returns what broke.
func (e *TokenError) Unwrap() error { return e.Err }

// Refused reports whether asking again is in vain until somebody changes
// something.
func (e *TokenError) Refused() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return e.Status >= 300 && e.Status < 500 || e.Code != "" && e.Status < 500
	}
}

// Hint says what to look at.
func (e *TokenError) Hint() string {
	switch e.Code {
	case "invalid_client", "unauthorized_client":
		return "check token.clientId and token.clientSecret, and that the API key is still there"
	case "invalid_scope":
		return "check token.scopes against the scopes that the API key was given"
	case "invalid_grant", "access_denied":
		return "check token.username and token.password, and that the API user is not locked"
	case "unsupported_grant_type", "invalid_request":
		return "check that token.url fits the way of signing in: " + DefaultTokenURL + " for an API key, " + DefaultUserTokenURL + " for an API user"
	}
	return "check token.url, token.clientId, token.clientSecret and token.scopes"
}

// The timing of renewals.
const (
	renewBefore  = 60 * time.Second // before a token expires
	refusalHolds = 30 * time.Second // that long a refusal is not asked for again
)

// tokens holds the account's token and renews it. Only one caller asks at a
// time; the others wait for what it gets.
type tokens struct {
	grant  grant
	now    func() time.Time
	hidden *secrets

	lock    chan struct{} // guards what is below; waiting for it ends with ctx
	current string
	renewAt time.Time // zero: when IRIS says so
	refusal *TokenError
	askAt   time.Time // not before then after a refusal
}

// grant asks the server for a token.
type grant interface {
	url() string
	token(ctx context.Context) (*oauth2.Token, error)
}

func newTokens(cfg Config, transport http.RoundTripper, hidden *secrets) *tokens {
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t := &tokens{now: cfg.Clock, hidden: hidden, lock: make(chan struct{}, 1)}
	if cfg.Token.Username != "" {
		t.grant = newUserGrant(cfg.Token, client, cfg.Log, hidden)
	} else {
		t.grant = newKeyGrant(cfg.Token, client)
	}
	return t
}

// get returns a token that is good for a while. The error is a *TokenError, or
// the cause of ctx's end.
func (t *tokens) get(ctx context.Context) (string, error) {
	select {
	case t.lock <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer func() { <-t.lock }()

	now := t.now()
	if t.current != "" && (t.renewAt.IsZero() || now.Before(t.renewAt)) {
		return t.current, nil
	}
	if t.refusal != nil && now.Before(t.askAt) {
		return "", t.refusal
	}
	return t.renew(ctx)
}

// drop forgets a token that IRIS does not take, unless it was renewed already.
func (t *tokens) drop(ctx context.Context, token string) {
	select {
	case t.lock <- struct{}{}:
	case <-ctx.Done():
		return // somebody else is renewing it
	}
	defer func() { <-t.lock }()
	if t.current == token {
		t.current = ""
	}
}

func (t *tokens) renew(ctx context.Context) (string, error) {
	got, err := t.grant.token(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", t.refused(err)
	}

	t.hidden.token(got.AccessToken, got.RefreshToken)
	t.current, t.renewAt, t.refusal = got.AccessToken, t.renewal(got), nil
	return t.current, nil
}

// renewal is when a token is to be replaced: a minute before it expires, or
// earlier in the life of one that lives only minutes.
func (t *tokens) renewal(got *oauth2.Token) time.Time {
	if got.Expiry.IsZero() {
		return time.Time{}
	}
	life := time.Until(got.Expiry)
	return t.now().Add(life - min(renewBefore, life/4))
}

// refused remembers a refusal for a moment: asking again and again with a wrong
// password locks users out.
func (t *tokens) refused(err error) error {
	said := tokenError(t.grant.url(), err, t.now(), t.hidden)
	if said.Refused() {
		t.refusal, t.askAt = said, t.now().Add(refusalHolds)
	}
	return said
}

// tokenError takes over what the server said as far as it is known to be safe.
func tokenError(server string, err error, now time.Time, hidden *secrets) *TokenError {
	e := &TokenError{Err: withoutURL(err)}
	if u, bad := url.Parse(server); bad == nil {
		e.URL = plainURL(u)
	}

	var said *oauth2.RetrieveError
	if !errors.As(err, &said) {
		e.Description = clean(e.Err.Error(), hidden)
		return e
	}
	e.Err = nil // its text quotes the body
	e.Status = said.Response.StatusCode
	e.After = retryAfter(said.Response.Header, now)
	e.Code = clean(said.ErrorCode, hidden)
	e.Description = clean(said.ErrorDescription, hidden)
	return e
}

// withoutURL takes off the address that net/http puts before an error.
func withoutURL(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// keyGrant is an API key: client credentials in the body.
type keyGrant struct {
	config clientcredentials.Config
	client *http.Client
}

func newKeyGrant(cfg TokenConfig, client *http.Client) *keyGrant {
	return &keyGrant{client: client, config: clientcredentials.Config{
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Scopes: cfg.Scopes,
		TokenURL: firstOf(cfg.URL, DefaultTokenURL), AuthStyle: oauth2.AuthStyleInParams,
	}}
}

func (g *keyGrant) url() string { return g.config.TokenURL }

func (g *keyGrant) token(ctx context.Context) (*oauth2.Token, error) {
	return g.config.Token(context.WithValue(ctx, oauth2.HTTPClient, g.client))
}

// userGrant is an API user: the password once, refresh tokens from then on.
type userGrant struct {
	config   oauth2.Config
	username string
	password string
	client   *http.Client
	keep     Tokens
	log      *slog.Logger
	hidden   *secrets

	refresh string
	loaded  bool
}

func newUserGrant(cfg TokenConfig, client *http.Client, log *slog.Logger, hidden *secrets) *userGrant {
	scopes := cfg.Scopes
	if len(scopes) == 0 {
		scopes = []string{"api", "offline_access"}
	}
	return &userGrant{
		username: cfg.Username, password: cfg.Password, client: client, keep: cfg.Keep, log: log, hidden: hidden,
		config: oauth2.Config{
			ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Scopes: scopes,
			Endpoint: oauth2.Endpoint{TokenURL: firstOf(cfg.URL, DefaultUserTokenURL), AuthStyle: oauth2.AuthStyleInHeader},
		},
	}
}

func (g *userGrant) url() string { return g.config.Endpoint.TokenURL }

func (g *userGrant) token(ctx context.Context) (*oauth2.Token, error) {
	g.load(ctx)
	ctx = context.WithValue(ctx, oauth2.HTTPClient, g.client)

	got, err := g.refreshed(ctx)
	if got == nil && err == nil {
		got, err = g.config.PasswordCredentialsToken(ctx, g.username, g.password)
	}
	if err != nil {
		return nil, err
	}
	g.save(ctx, got.RefreshToken)
	return got, nil
}

// refreshed spends the refresh token. Nil without an error means that there is
// none that the server takes, and that the password is to be used.
func (g *userGrant) refreshed(ctx context.Context) (*oauth2.Token, error) {
	if g.refresh == "" {
		return nil, nil
	}
	got, err := g.config.TokenSource(ctx, &oauth2.Token{RefreshToken: g.refresh}).Token()
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response.StatusCode/100 == 4 && said.Response.StatusCode != http.StatusTooManyRequests {
		g.refresh = ""
		return nil, nil
	}
	return got, err
}

func (g *userGrant) load(ctx context.Context) {
	if g.loaded || g.keep == nil {
		return
	}
	g.loaded = true
	kept, err := g.keep.Load(ctx)
	if err != nil {
		g.log.Warn("refresh token cannot be read; the password is used", "error", g.hidden.hide(err.Error()))
		return
	}
	g.hidden.token(kept)
	g.refresh = strings.TrimSpace(kept)
}

func (g *userGrant) save(ctx context.Context, refresh string) {
	if refresh == g.refresh {
		return
	}
	g.refresh = refresh
	if g.keep == nil {
		return
	}
	g.hidden.token(refresh)
	// The last token is dead already, so that this one is kept even when
	// nobody waits for it any more.
	if err := g.keep.Save(context.WithoutCancel(ctx), refresh); err != nil {
		g.log.Warn("refresh token cannot be kept; the password is used at the next start", "error", g.hidden.hide(err.Error()))
	}
}
