package iris_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/models"
	oauthserver "github.com/go-oauth2/oauth2/v4/server"
	"github.com/go-oauth2/oauth2/v4/store"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
)

// provider is an identity provider by others, with something of IRIS behind it.
type provider struct {
	user, key *oauthserver.Server // at /token with Basic, at /token/v2 with credentials in the body
	issued    *issued

	mu     sync.Mutex
	grants []string // what was asked for, in order
}

const (
	clientID, clientSecret = "rental-erp", "s3cret key/with:marks%"
	userName, passWord     = "erp@nordby.example", "pass word+1"
)

func newProvider(t *testing.T) *provider {
	t.Helper()
	clients := store.NewClientStore()
	if err := clients.Set(clientID, &models.Client{ID: clientID, Secret: clientSecret}); err != nil {
		t.Fatal(err)
	}
	p := &provider{issued: &issued{byAccess: map[string]models.Token{}, byRefresh: map[string]models.Token{}}}
	manager := manage.NewDefaultManager()
	manager.MapClientStorage(clients)
	manager.MapTokenStorage(p.issued)
	manager.SetPasswordTokenCfg(&manage.Config{AccessTokenExp: time.Hour, RefreshTokenExp: 24 * time.Hour, IsGenerateRefresh: true})
	manager.SetRefreshTokenCfg(&manage.RefreshingConfig{
		AccessTokenExp: time.Hour, RefreshTokenExp: 24 * time.Hour,
		IsGenerateRefresh: true, IsResetRefreshTime: true, IsRemoveAccess: true, IsRemoveRefreshing: true,
	})
	manager.SetClientTokenCfg(&manage.Config{AccessTokenExp: 20 * time.Minute})

	p.user, p.key = oauthserver.NewDefaultServer(manager), oauthserver.NewDefaultServer(manager)
	p.user.SetClientInfoHandler(oauthserver.ClientBasicHandler)
	p.user.SetAllowedGrantType(oauth2.PasswordCredentials, oauth2.Refreshing)
	p.user.SetPasswordAuthorizationHandler(func(_ context.Context, _, name, word string) (string, error) {
		if name != userName || word != passWord {
			return "", nil
		}
		return name, nil
	})
	p.key.SetClientInfoHandler(oauthserver.ClientFormHandler)
	p.key.SetAllowedGrantType(oauth2.ClientCredentials)
	p.key.SetClientScopeHandler(func(r *oauth2.TokenGenerateRequest) (bool, error) {
		return r.Scope == "asset.view site.view", nil
	})
	return p
}

// ServeHTTP gives tokens, and serves those who have one.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/token":
		p.note(r)
		_ = p.user.HandleTokenRequest(w, r)
	case "/token/v2":
		p.note(r)
		_ = p.key.HandleTokenRequest(w, r)
	default:
		if _, err := p.user.ValidationBearerToken(r); err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = fmt.Fprint(w, `{"totalPages":0,"content":[]}`)
	}
}

func (p *provider) note(r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants = append(p.grants, r.FormValue("grant_type"))
}

func (p *provider) wantGrants(t *testing.T, want string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if got := strings.Join(p.grants, " "); got != want {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

// issued keeps what the provider gave. Its own stores go on running when a test
// is over.
type issued struct {
	mu                  sync.Mutex
	byAccess, byRefresh map[string]models.Token
}

var _ oauth2.TokenStore = (*issued)(nil)

// Create keeps a token under both of its names.
func (is *issued) Create(_ context.Context, info oauth2.TokenInfo) error {
	is.mu.Lock()
	defer is.mu.Unlock()
	token := *info.(*models.Token)
	is.byAccess[token.Access] = token
	if token.Refresh != "" {
		is.byRefresh[token.Refresh] = token
	}
	return nil
}

// RemoveByAccess forgets an access token.
func (is *issued) RemoveByAccess(_ context.Context, access string) error {
	is.mu.Lock()
	defer is.mu.Unlock()
	delete(is.byAccess, access)
	return nil
}

// RemoveByRefresh forgets a refresh token.
func (is *issued) RemoveByRefresh(_ context.Context, refresh string) error {
	is.mu.Lock()
	defer is.mu.Unlock()
	delete(is.byRefresh, refresh)
	return nil
}

// GetByAccess finds a token by its access token.
func (is *issued) GetByAccess(_ context.Context, access string) (oauth2.TokenInfo, error) {
	is.mu.Lock()
	defer is.mu.Unlock()
	return found(is.byAccess, access), nil
}

// GetByRefresh finds a token by its refresh token.
func (is *issued) GetByRefresh(_ context.Context, refresh string) (oauth2.TokenInfo, error) {
	is.mu.Lock()
	defer is.mu.Unlock()
	return found(is.byRefresh, refresh), nil
}

func found(tokens map[string]models.Token, name string) oauth2.TokenInfo {
	token, known := tokens[name]
	if !known {
		return nil
	}
	return &token
}

// RemoveByCode has nothing to do: nobody signs in by code.
func (is *issued) RemoveByCode(context.Context, string) error { return nil }

// GetByCode finds nothing: nobody signs in by code.
func (is *issued) GetByCode(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, errors.New("no codes here")
}

// forget makes every token of a kind worthless.
func (is *issued) forget(tokens map[string]models.Token) {
	is.mu.Lock()
	defer is.mu.Unlock()
	clear(tokens)
}

// shelf keeps one refresh token.
type shelf struct{ refresh string }

// Load returns what is kept.
func (s *shelf) Load(context.Context) (string, error) { return s.refresh, nil }

// Save keeps another one in its place.
func (s *shelf) Save(_ context.Context, refresh string) error {
	s.refresh = refresh
	return nil
}

func userOf(p *provider, keep iris.Tokens) iris.Config {
	return iris.Config{URL: "http://iris.test", Transport: memory{p}, Token: iris.TokenConfig{
		URL: "http://auth.test/token", ClientID: clientID, ClientSecret: clientSecret, Username: userName, Password: passWord, Keep: keep,
	}}
}

func keyOf(p *provider, scopes ...string) iris.Config {
	return iris.Config{URL: "http://iris.test", Transport: memory{p}, Token: iris.TokenConfig{
		URL: "http://auth.test/token/v2", ClientID: clientID, ClientSecret: clientSecret, Scopes: scopes,
	}}
}

// visit asks for something that needs a token.
func visit(t *testing.T, d *iris.Directory) {
	t.Helper()
	if err := failed(d.Sites(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func TestAnAPIUserIsServedByAnIdentityProviderOfOthers(t *testing.T) {
	t.Parallel()
	inTime(t, "by the password once, and by a new refresh token every time after", func(t *testing.T) {
		p, kept := newProvider(t), &shelf{}
		d := directory(t, userOf(p, kept))
		used := map[string]bool{}
		for range 3 {
			visit(t, d)
			visit(t, d)
			if kept.refresh == "" || used[kept.refresh] {
				t.Errorf("refresh token %q is kept, which is none or was used", kept.refresh)
			}
			used[kept.refresh] = true
			time.Sleep(61 * time.Minute)
		}
		p.wantGrants(t, "password refresh_token refresh_token")
	})
	inTime(t, "by the refresh token that was kept over a restart", func(t *testing.T) {
		p, kept := newProvider(t), &shelf{}
		visit(t, directory(t, userOf(p, kept)))
		visit(t, directory(t, userOf(p, kept)))
		p.wantGrants(t, "password refresh_token")
	})
	inTime(t, "by the password again when the refresh token is dead", func(t *testing.T) {
		p, kept := newProvider(t), &shelf{}
		d := directory(t, userOf(p, kept))
		visit(t, d)
		time.Sleep(25 * time.Hour)
		visit(t, d)
		p.wantGrants(t, "password refresh_token password")
	})
	inTime(t, "by another token when the one in hand was revoked", func(t *testing.T) {
		p := newProvider(t)
		d := directory(t, userOf(p, nil))
		visit(t, d)
		p.issued.forget(p.issued.byAccess)
		visit(t, d)
		p.wantGrants(t, "password refresh_token")
	})
}

func TestASecretWithMarksIsTakenInEitherSpelling(t *testing.T) {
	t.Parallel()
	inTime(t, "escaped first, as OAuth has it", func(t *testing.T) {
		p, kept := newProvider(t), &shelf{}
		p.user.SetClientInfoHandler(func(r *http.Request) (id, secret string, err error) {
			if id, secret, err = oauthserver.ClientBasicHandler(r); err == nil {
				secret, err = url.QueryUnescape(secret)
			}
			if err != nil {
				err = oautherrors.ErrInvalidClient
			}
			return id, secret, err
		})
		d := directory(t, userOf(p, kept))
		visit(t, d)
		time.Sleep(61 * time.Minute)
		visit(t, d)
		p.wantGrants(t, "password password refresh_token")
	})
}

func TestAnAPIKeyIsServedByAnIdentityProviderOfOthers(t *testing.T) {
	t.Parallel()
	inTime(t, "by its credentials, again before a token expires", func(t *testing.T) {
		p := newProvider(t)
		d := directory(t, keyOf(p, "asset.view", "site.view"))
		visit(t, d)
		time.Sleep(18 * time.Minute)
		visit(t, d)
		p.wantGrants(t, "client_credentials")
		time.Sleep(90 * time.Second) // half a minute before
		visit(t, d)
		p.wantGrants(t, "client_credentials client_credentials")
	})
}

func TestWhatAnIdentityProviderRefusesStopsTheAccount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		spoil func(cfg *iris.Config)
		user  bool
		want  []string
	}{
		{"a wrong secret of a key", func(cfg *iris.Config) { cfg.Token.ClientSecret = "wrong secret" }, false, []string{"invalid_client", "token.clientSecret"}},
		{"a scope that the key was not given", func(cfg *iris.Config) { cfg.Token.Scopes = []string{"rental.manage"} }, false, []string{"invalid_scope", "token.scopes"}},
		{"a wrong password", func(cfg *iris.Config) { cfg.Token.Password = "wrong password" }, true, []string{"invalid_grant", "token.password"}},
		{"a wrong secret of a user's client", func(cfg *iris.Config) { cfg.Token.ClientSecret = "wrong secret" }, true, []string{"invalid_client", "token.clientSecret"}},
		{"a key at the address for users", func(cfg *iris.Config) { cfg.Token.URL = "http://auth.test/token" }, false, []string{"token."}},
		{"a user at the address for keys", func(cfg *iris.Config) { cfg.Token.URL = "http://auth.test/token/v2" }, true, []string{"token."}},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			p := newProvider(t)
			cfg := keyOf(p, "asset.view", "site.view")
			if tt.user {
				cfg = userOf(p, nil)
			}
			tt.spoil(&cfg)
			err := failed(directory(t, cfg).Sites(t.Context()))
			var stopped *pipeline.Stopped
			if !errors.As(err, &stopped) {
				t.Fatalf("got %v, want a Stopped", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, which does not speak of %s", err, want)
				}
			}
			for _, secret := range []string{clientSecret, passWord, "wrong secret", "wrong password"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%v holds a secret", err)
				}
			}
		})
	}
}
