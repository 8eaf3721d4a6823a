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
// next, and the one that was used is dead: all who share the account have to use
// the newest.
type Tokens interface {
	// Load returns the last token that was kept, "" when there is none. It is
	// called whenever a token is needed, and once more when the server refuses
	// it, because somebody else may have used it meanwhile. An error only means
	// that the one in hand is used, or the password.
	Load(ctx context.Context) (refresh string, err error)

	// Save keeps a token in place of the last one, or none at all: "" says that
	// there is none any more. An error is logged, and the token in hand is used
	// all the same.
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
	about   SignedIn
	renewAt time.Time // zero: when IRIS says so
	refusal *TokenError
	askAt   time.Time // not before then after a refusal
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
		late := new(lateError)
		switch cause := context.Cause(ctx); {
		case errors.As(cause, &late):
			err = late
		case cause != nil:
			return "", cause
		}
		return "", t.refused(err)
	}

	t.hidden.token(got.AccessToken, got.RefreshToken)
	t.current, t.renewAt, t.refusal = got.AccessToken, t.renewal(got), nil
	t.about = SignedIn{Grant: t.grant.name(), Asked: t.grant.scopes()}
	if scope, is := got.Extra("scope").(string); is {
		t.about.Granted = strings.Fields(scope)
	}
	if !got.Expiry.IsZero() {
		t.about.Expires = time.Until(got.Expiry)
	}
	return t.current, nil
}

// signedIn tells what came of asking for the token in hand.
func (t *tokens) signedIn() SignedIn {
	t.lock <- struct{}{}
	defer func() { <-t.lock }()
	return t.about
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
