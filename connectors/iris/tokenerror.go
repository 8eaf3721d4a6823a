package iris

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"
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

	switch {
	case e.Status == 0:
		return lineHint(e.Err)
	case e.Status == http.StatusTooManyRequests:
		return "the token server wants to be asked less often; it is asked again by itself"
	case e.Status >= 500:
		return "the token server has a fault of its own; it is asked again by itself"
	case e.Status == http.StatusNotFound, e.Status == http.StatusMethodNotAllowed, e.Status/100 == 3:
		return "check token.url: nothing gives tokens there"
	default:
		return "check token.url, token.clientId, token.clientSecret and token.scopes"
	}
}

// lineHint says what to look at when the token server gave no answer that makes
// sense.
func lineHint(err error) string {
	var (
		name *net.DNSError
		cert *tls.CertificateVerificationError
		late *lateError
		slow net.Error
	)
	switch {
	case errors.As(err, &name):
		return "check the name in token.url, and that this machine can look up names of the internet"
	case errors.As(err, &cert):
		return "check token.url, and whether a proxy stands in between whose certificate this machine does not know"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "check whether token.url is to begin with http instead of https"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "check the name and the port in token.url: nothing listens there"
	case errors.As(err, &late), errors.As(err, &slow) && slow.Timeout():
		return "check token.url, and whether a firewall or a proxy keeps this machine from reaching it"
	case errors.Is(err, errNoToken):
		return "check token.url, and whether a proxy answers in place of the token server"
	default:
		return "check token.url, and whether this machine can reach it"
	}
}

// errNoToken says that an answer was understood as little as one without a token.
var errNoToken = errors.New("the answer holds no token")

// tokenError takes over what the server said as far as it is known to be safe.
func tokenError(server string, err error, now time.Time, hidden *secrets) *TokenError {
	e := &TokenError{Err: withoutURL(err)}
	if u, bad := url.Parse(server); bad == nil {
		e.URL = plainURL(u)
	}

	var said *oauth2.RetrieveError
	var line *url.Error
	var late *lateError
	switch {
	case errors.As(err, &said):
		e.Err = nil // its text quotes the body
		e.Status = said.Response.StatusCode
		e.After = retryAfter(said.Response.Header, now)
		e.Code = clean(said.ErrorCode, hidden)
		e.Description = clean(said.ErrorDescription, hidden)
	case errors.As(err, &line), errors.As(err, &late):
		e.Description = clean(e.Err.Error(), hidden)
	default:
		e.Err = errNoToken // the library quotes the answer
		e.Description = errNoToken.Error()
	}
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
