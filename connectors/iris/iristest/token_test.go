package iristest_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func password(scope string) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {"demo"}, "password": {"demo"}, "scope": {scope}}
}

func credentials(scope string) url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {"demo"}, "client_secret": {"demo"}, "scope": {scope}}
}

func TestAnAPIUserGetsAnHour(t *testing.T) {
	t.Parallel()
	var clock tick
	ca := newCaller(t, iristest.Options{Now: clock.now})

	got := decoded[tokenAnswer](t, ca.form("/token", password("api"), "Authorization", basic("demo", "demo")).want(t, http.StatusOK).body)
	ca.token = got.AccessToken
	got.AccessToken = ""
	wantEqual(t, got, tokenAnswer{TokenType: "Bearer", ExpiresIn: 3600, Scope: "api"})

	clock.ahead.Store(int64(time.Hour - time.Second))
	ca.get("/api/site/v1/sites").want(t, http.StatusOK)
	ca.Advance(time.Second)
	ca.get("/api/site/v1/sites").wantCode(t, http.StatusUnauthorized, "unauthorized")
}

func TestARefreshTokenIsGoodOnce(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	auth := []string{"Authorization", basic("demo", "demo")}
	first := decoded[tokenAnswer](t, ca.form("/token", password("api offline_access"), auth...).want(t, http.StatusOK).body)

	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}
	second := decoded[tokenAnswer](t, ca.form("/token", refresh, auth...).want(t, http.StatusOK).body)
	if second.RefreshToken == "" || second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken {
		t.Fatalf("got %+v after %+v, want other tokens", second, first)
	}
	wantEqual(t, second.Scope, "api offline_access")
	wantOAuthError(t, ca.form("/token", refresh, auth...), http.StatusBadRequest, "invalid_grant")

	refresh.Set("refresh_token", second.RefreshToken)
	ca.form("/token", refresh, auth...).want(t, http.StatusOK)
}

func TestAnAPIKeyGetsTwentyMinutesAndNoRefreshToken(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})

	got := decoded[tokenAnswer](t, ca.form("/token/v2", credentials("rental.write offline_access")).want(t, http.StatusOK).body)
	ca.token = got.AccessToken
	got.AccessToken = ""
	wantEqual(t, got, tokenAnswer{TokenType: "Bearer", ExpiresIn: 1200, Scope: "rental.write offline_access"})

	ca.Advance(1199 * time.Second)
	ca.get("/api/site/v1/sites").want(t, http.StatusOK)
	ca.Advance(time.Second)
	ca.get("/api/site/v1/sites").want(t, http.StatusUnauthorized)
}

func TestTokensAreRefusedInOAuthsWords(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	good := basic("demo", "demo")
	for _, tc := range []struct {
		name, path, auth string
		form             url.Values
		status           int
		code             string
	}{
		{"a scope that is not given", "/token/v2", "", credentials("api refused"), 400, "invalid_scope"},
		{"a wrong secret", "/token/v2", "", url.Values{"grant_type": {"client_credentials"}, "client_id": {"demo"}, "client_secret": {"x"}}, 401, "invalid_client"},
		{"an API key by Basic", "/token/v2", good, url.Values{"grant_type": {"client_credentials"}}, 401, "invalid_client"},
		{"a password at the place of API keys", "/token/v2", "", password("api"), 400, "unsupported_grant_type"},
		{"an API key at the place of passwords", "/token", good, credentials("api"), 400, "unsupported_grant_type"},
		{"a wrong client", "/token", basic("demo", "x"), password("api"), 401, "invalid_client"},
		{"a wrong password", "/token", good, url.Values{"grant_type": {"password"}, "username": {"demo"}}, 400, "invalid_grant"},
		{"a refresh token that nobody gave", "/token", good, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, 400, "invalid_grant"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantOAuthError(t, ca.form(tc.path, tc.form, "Authorization", tc.auth), tc.status, tc.code)
		})
	}
}

func wantOAuthError(t *testing.T, an answer, status int, code string) {
	t.Helper()
	an.want(t, status)
	got := decoded[map[string]string](t, an.body)
	if got["error"] != code || got["error_description"] == "" {
		t.Fatalf("got %s, want error %s with a description", an.body, code)
	}
}
