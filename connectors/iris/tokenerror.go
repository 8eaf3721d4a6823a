package iris

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

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
