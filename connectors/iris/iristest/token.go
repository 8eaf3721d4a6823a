package iristest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Everybody who may come in, and for how long.
const (
	demo       = "demo" // client id, client secret, user and password
	refused    = "refused"
	tokenLife  = 3600 * time.Second
	keyLife    = 1200 * time.Second
	sweepAbove = 10_000 // tokens; a simulator that runs for weeks must not collect the dead ones
)

// tokens knows which access tokens are good until when, and which refresh tokens are alive.
type tokens struct {
	mu      sync.Mutex
	seed    uint64
	made    int
	access  map[string]time.Time
	refresh map[string]string // to the scope it was given for
}

func newTokens(seed uint64) *tokens {
	return &tokens{seed: seed, access: make(map[string]time.Time), refresh: make(map[string]string)}
}

// tokenAnswer is what both token endpoints give.
type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
}

func (to *tokens) issue(scope string, life time.Duration, refreshable bool, now time.Time) tokenAnswer {
	to.mu.Lock()
	defer to.mu.Unlock()

	to.sweep(now)
	answer := tokenAnswer{TokenType: "Bearer", ExpiresIn: int(life.Seconds()), AccessToken: to.next("access"), Scope: scope}
	to.access[answer.AccessToken] = now.Add(life)
	if refreshable {
		answer.RefreshToken = to.next("refresh")
		to.refresh[answer.RefreshToken] = scope
	}
	return answer
}

// next needs the lock.
func (to *tokens) next(kind string) string {
	to.made++
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%d", to.seed, kind, to.made))
	return hex.EncodeToString(sum[:20])
}

// sweep needs the lock.
func (to *tokens) sweep(now time.Time) {
	if len(to.access) < sweepAbove {
		return
	}
	for token, until := range to.access {
		if !now.Before(until) {
			delete(to.access, token)
		}
	}
}

// useRefresh kills the refresh token: each is good once.
func (to *tokens) useRefresh(token string) (scope string, alive bool) {
	to.mu.Lock()
	defer to.mu.Unlock()

	scope, alive = to.refresh[token]
	delete(to.refresh, token)
	return scope, alive
}

func (to *tokens) valid(token string, now time.Time) bool {
	to.mu.Lock()
	defer to.mu.Unlock()
	return now.Before(to.access[token])
}

func (to *tokens) expire(token string) {
	to.mu.Lock()
	defer to.mu.Unlock()
	delete(to.access, token)
}

// bearer is the access token of a request, or nothing.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Token returns an access token that is good for an hour of the simulator's time, for tests that are not
// about tokens.
func (si *Simulator) Token() string {
	return si.tokens.issue("api", tokenLife, false, si.clock.now()).AccessToken
}

// token is the password grant and its refresh.
func (si *Simulator) token(w http.ResponseWriter, r *http.Request) {
	if !parseForm(w, r) {
		return
	}
	id, secret, basic := r.BasicAuth()
	if !basic { // some clients send them in the body, and the real one has been seen to take that
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if id != demo || secret != demo {
		oauthError(w, http.StatusUnauthorized, "invalid_client", "Unknown client or wrong secret.")
		return
	}

	switch grant := r.PostForm.Get("grant_type"); grant {
	case "password":
		si.passwordGrant(w, r)
	case "refresh_token":
		si.refreshGrant(w, r)
	default:
		unsupportedGrant(w, grant)
	}
}

func (si *Simulator) passwordGrant(w http.ResponseWriter, r *http.Request) {
	if r.PostForm.Get("username") != demo || r.PostForm.Get("password") != demo {
		oauthError(w, http.StatusBadRequest, "invalid_grant", "Unknown user or wrong password.")
		return
	}
	scope, ok := grantedScope(w, r)
	if !ok {
		return
	}
	offline := slices.Contains(strings.Fields(scope), "offline_access")
	writeToken(w, si.tokens.issue(scope, tokenLife, offline, si.clock.now()))
}

func (si *Simulator) refreshGrant(w http.ResponseWriter, r *http.Request) {
	scope, alive := si.tokens.useRefresh(r.PostForm.Get("refresh_token"))
	if !alive {
		oauthError(w, http.StatusBadRequest, "invalid_grant", "The refresh token is unknown or was used before.")
		return
	}
	writeToken(w, si.tokens.issue(scope, tokenLife, true, si.clock.now()))
}

// tokenV2 is the client credentials grant of API keys. A Basic header is no help here.
func (si *Simulator) tokenV2(w http.ResponseWriter, r *http.Request) {
	if !parseForm(w, r) {
		return
	}
	if grant := r.PostForm.Get("grant_type"); grant != "client_credentials" {
		unsupportedGrant(w, grant)
		return
	}
	if r.PostForm.Get("client_id") != demo || r.PostForm.Get("client_secret") != demo {
		oauthError(w, http.StatusUnauthorized, "invalid_client", "Unknown client or wrong secret.")
		return
	}
	if scope, ok := grantedScope(w, r); ok {
		writeToken(w, si.tokens.issue(scope, keyLife, false, si.clock.now()))
	}
}

func grantedScope(w http.ResponseWriter, r *http.Request) (scope string, ok bool) {
	scope = r.PostForm.Get("scope")
	if slices.Contains(strings.Fields(scope), refused) {
		oauthError(w, http.StatusBadRequest, "invalid_scope", "Requested scope is not allowed for this API Key.")
		return "", false
	}
	return scope, true
}

func parseForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", "The body is no form.")
		return false
	}
	return true
}

func writeToken(w http.ResponseWriter, answer tokenAnswer) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, answer)
}

func unsupportedGrant(w http.ResponseWriter, grant string) {
	oauthError(w, http.StatusBadRequest, "unsupported_grant_type", fmt.Sprintf("Grant type %q is not supported here.", grant))
}

// oauthError is the one error body of IRIS that is not its common error object.
func oauthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}
