package iris_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
)

// tokenServer is an account whose token server does something.
func tokenServer(t *testing.T, do http.HandlerFunc) iris.Config {
	t.Helper()
	srv := httptest.NewServer(do)
	t.Cleanup(srv.Close)
	return iris.Config{URL: srv.URL, Token: iris.TokenConfig{URL: srv.URL + "/token", ClientID: "id", ClientSecret: "very-secret"}}
}

func TestATokenThatIsNotGivenSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	says := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	const oauth = "application/json"
	for name, c := range map[string]struct {
		server  http.HandlerFunc
		stopped bool // nothing is asked until somebody changes something
		said    []string
	}{
		"a wrong secret": {says(401, oauth, `{"error":"invalid_client"}`), true,
			[]string{"401 Unauthorized: invalid_client", "check token.clientId and token.clientSecret"}},
		"a scope that the key does not have": {says(400, oauth, `{"error":"invalid_scope","error_description":"Requested scope is not allowed for this API Key."}`), true,
			[]string{"invalid_scope: Requested scope is not allowed", "check token.scopes"}},
		"a wrong way of signing in": {says(400, oauth, `{"error":"unsupported_grant_type"}`), true,
			[]string{"check that token.url fits the way of signing in"}},
		"nothing at the address":    {says(404, "text/html", "<html>nothing here</html>"), true, []string{"404 Not Found", "nothing gives tokens there"}},
		"a redirect":                {says(302, "text/html", ""), true, []string{"302 Found", "nothing gives tokens there"}},
		"a proxy's refusal":         {says(403, "text/html", "<html>very-secret</html>"), true, []string{"403 Forbidden", "check token.url"}},
		"a page in place of tokens": {says(200, "text/html", "<html>very-secret, sign in</html>"), false, []string{"the answer holds no token", "a proxy answers in place"}},
		"an empty answer":           {says(200, oauth, ""), false, []string{"the answer holds no token"}},
		"an answer without a token": {says(200, oauth, `{"expires_in":3600}`), false, []string{"the answer holds no token"}},
		"a fault of the server":     {says(502, "text/html", "<html>bad gateway</html>"), false, []string{"502 Bad Gateway", "asked again by itself"}},
		"too many requests":         {says(429, "", ""), false, []string{"429 Too Many Requests", "less often"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := tokenServer(t, c.server)
			wantNoToken(t, cfg, c.stopped, c.said...)
		})
	}
}

// wantNoToken sends a document and wants to be told that there is no token, and
// what to check.
func wantNoToken(t *testing.T, cfg iris.Config, isStopped bool, said ...string) {
	t.Helper()
	err := send(t, loader(t, cfg))
	var stopped *pipeline.Stopped
	var later *pipeline.Later
	if errors.As(err, &stopped) != isStopped || errors.As(err, &later) == isStopped {
		t.Errorf("got %v, want stopped: %v", err, isStopped)
	}
	for _, text := range append([]string{"no token from"}, said...) {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want it to say %q", err, text)
		}
	}
	if err != nil && strings.Contains(err.Error(), "very-secret") {
		t.Errorf("the error tells a secret: %v", err)
	}
}

func TestATokenServerThatCannotBeReachedSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	t.Run("nothing listens", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		cfg := tokenServer(t, http.NotFound)
		cfg.Token.URL = "http://" + l.Addr().String() + "/token"
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		wantNoToken(t, cfg, false, "nothing listens there")
	})
	t.Run("nobody knows its name", func(t *testing.T) {
		t.Parallel()
		cfg := tokenServer(t, http.NotFound)
		cfg.Token.URL = "http://nowhere.invalid/token"
		wantNoToken(t, cfg, false, "check the name in token.url")
	})
	t.Run("nobody knows its certificate", func(t *testing.T) {
		t.Parallel()
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // of handshakes that end
		srv.StartTLS()
		t.Cleanup(srv.Close)
		cfg := tokenServer(t, http.NotFound)
		cfg.Token.URL = srv.URL + "/token"
		wantNoToken(t, cfg, false, "whose certificate this machine does not know")
	})
	t.Run("it speaks no TLS", func(t *testing.T) {
		t.Parallel()
		cfg := tokenServer(t, http.NotFound)
		cfg.Token.URL = strings.Replace(cfg.Token.URL, "http:", "https:", 1)
		wantNoToken(t, cfg, false, "http instead of https")
	})
	t.Run("it does not answer", func(t *testing.T) {
		t.Parallel()
		released := make(chan struct{})
		cfg := tokenServer(t, func(http.ResponseWriter, *http.Request) { <-released })
		t.Cleanup(func() { close(released) })
		cfg.Timeout = 50 * time.Millisecond
		wantNoToken(t, cfg, false, "no answer within 50ms", "firewall or a proxy")
	})
}
