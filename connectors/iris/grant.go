package iris

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// grant asks the server for a token.
type grant interface {
	name() string
	url() string
	scopes() []string // that are asked for
	token(ctx context.Context) (*oauth2.Token, error)
}

// keyGrant is an API key: client credentials in the body.
type keyGrant struct {
	config clientcredentials.Config
	client *http.Client
}

func newKeyGrant(cfg TokenConfig, client *http.Client) *keyGrant {
	return &keyGrant{client: client, config: clientcredentials.Config{
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Scopes: cfg.Scopes,
		TokenURL: cmp.Or(cfg.URL, DefaultTokenURL), AuthStyle: oauth2.AuthStyleInParams,
	}}
}

func (g *keyGrant) name() string { return "API key (client credentials)" }

func (g *keyGrant) scopes() []string { return g.config.Scopes }

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

	refresh string // the newest that is known
	kept    string // what was kept last
}

func newUserGrant(cfg TokenConfig, client *http.Client, log *slog.Logger, hidden *secrets) *userGrant {
	scopes := cfg.Scopes
	if len(scopes) == 0 {
		scopes = []string{"api", "offline_access"}
	}
	signed := *client
	signed.Transport = &basic{next: client.Transport, id: cfg.ClientID, secret: cfg.ClientSecret}
	return &userGrant{
		username: cfg.Username, password: cfg.Password, client: &signed, keep: cfg.Keep, log: log, hidden: hidden,
		config: oauth2.Config{
			ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Scopes: scopes,
			Endpoint: oauth2.Endpoint{TokenURL: cmp.Or(cfg.URL, DefaultUserTokenURL), AuthStyle: oauth2.AuthStyleInHeader},
		},
	}
}

func (g *userGrant) name() string { return "API user (password)" }

func (g *userGrant) scopes() []string { return g.config.Scopes }

func (g *userGrant) url() string { return g.config.Endpoint.TokenURL }

func (g *userGrant) token(ctx context.Context) (*oauth2.Token, error) {
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

// refreshed spends the refresh token. One that is refused was most likely spent
// by somebody who shares the account, and who has kept the next: that one is
// tried as well. Nil without an error means that there is none that the server
// takes, and that the password is to be used.
func (g *userGrant) refreshed(ctx context.Context) (*oauth2.Token, error) {
	for spent := ""; ; spent = g.refresh {
		g.load(ctx)
		if g.refresh == "" || g.refresh == spent {
			g.refresh = ""
			return nil, nil
		}
		got, err := g.config.TokenSource(ctx, &oauth2.Token{RefreshToken: g.refresh}).Token()
		if !refusedRefresh(err) {
			return got, err
		}
	}
}

// refusedRefresh reports whether the server takes a refresh token no more.
func refusedRefresh(err error) bool {
	var said *oauth2.RetrieveError
	return errors.As(err, &said) && said.Response.StatusCode/100 == 4 && said.Response.StatusCode != http.StatusTooManyRequests
}

// load finds the newest token that anybody has kept.
func (g *userGrant) load(ctx context.Context) {
	if g.keep == nil {
		return
	}
	kept, err := g.keep.Load(ctx)
	if err != nil {
		g.log.Warn("kept refresh token cannot be read; the one in hand is used, or the password", "error", g.hidden.hide(err.Error()))
		return
	}
	g.hidden.token(kept)
	if g.kept = strings.TrimSpace(kept); g.kept != "" {
		g.refresh = g.kept
	}
}

func (g *userGrant) save(ctx context.Context, refresh string) {
	g.refresh = refresh
	if g.keep == nil || refresh == g.kept {
		return
	}
	g.hidden.token(refresh)
	// The last token is dead already, so that this one is kept even when
	// nobody waits for it any more.
	if err := g.keep.Save(context.WithoutCancel(ctx), refresh); err != nil {
		g.log.Warn("refresh token cannot be kept; the password is used at the next start", "error", g.hidden.hide(err.Error()))
		return
	}
	g.kept = refresh
}
