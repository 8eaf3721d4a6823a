package iris_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris"
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

// The secrets of an account, spelled so that escaping changes them.
const (
	hushSecret   = "hush/secret+1 %"
	hushPassword = "hush&password=2"
	hushToken    = "hush-access-token"
	hushRefresh  = "hush-refresh-token"
)

// gossip is a server that tells everything it was told.
func gossip(w http.ResponseWriter, r *http.Request, status int) {
	_ = r.ParseForm()
	told := fmt.Sprintf("%s %s %v %v", r.Header.Get("Authorization"), r.URL, r.PostForm, r.PostForm.Encode())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", "https://elsewhere.example/?token="+hushToken)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"code": "told " + told, "message": told, "error": "invalid_" + told, "error_description": told,
		"violations": []map[string]string{{"field": told, "message": told}},
	})
}

func TestNoErrorAndNoLogTellsASecret(t *testing.T) {
	t.Parallel()
	for _, user := range []bool{false, true} {
		for _, tokenStatus := range []int{200, 302, 400, 401, 403, 429, 500, 503} {
			for _, status := range []int{301, 400, 401, 403, 404, 409, 429, 500, 503, 0} {
				name := fmt.Sprintf("user %v, token %d, iris %d", user, tokenStatus, status)
				inTime(t, name, func(t *testing.T) {
					texts := provoke(t, user, tokenStatus, status)
					for _, secret := range spellings(hushSecret, hushPassword, hushToken, hushRefresh, "id:"+hushSecret) {
						if strings.Contains(texts, secret) {
							t.Errorf("%q is in:\n%s", secret, texts)
						}
					}
				})
			}
		}
	}
}

func spellings(secrets ...string) []string {
	var all []string
	for _, s := range secrets {
		all = append(all, s, url.QueryEscape(s), url.PathEscape(s), base64.StdEncoding.EncodeToString([]byte(s)))
	}
	return append(all, base64.StdEncoding.EncodeToString([]byte("id:"+url.QueryEscape(hushSecret))))
}

// provoke sends to servers that answer as told, and returns every text that
// comes of it.
func provoke(t *testing.T, user bool, tokenStatus, status int) string {
	t.Helper()
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token" && tokenStatus == 200:
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"access_token":%q,"refresh_token":%q,"expires_in":60}`, hushToken, hushRefresh)
		case r.URL.Path == "/token":
			gossip(w, r, tokenStatus)
		case status == 0:
			panic(http.ErrAbortHandler)
		default:
			gossip(w, r, status)
		}
	})

	var log bytes.Buffer
	cfg := iris.Config{
		URL: "https://iris.test", Transport: memory{server}, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Token: iris.TokenConfig{URL: "https://auth.test/token?key=" + hushToken, ClientID: "id", ClientSecret: hushSecret, Keep: leaky{}},
	}
	if user {
		cfg.Token.Username, cfg.Token.Password = "me", hushPassword
	}
	cfg.Log.Info("start", "token", cfg.Token, "all", cfg)

	c := client(t, cfg)
	answer, err := iris.NewLoader(c, nil).Send(t.Context(), document(known))
	texts := fmt.Sprintf("%v %+v %+v %#v %v\n", answer, answer, cfg, cfg.Token, iris.NewLoader(c, nil).Account())
	for ; err != nil; err = errors.Unwrap(err) {
		texts += fmt.Sprintf("%v %+v\n", err, err)
	}
	for _, err := range iris.NewFleet(c, iris.FleetOptions{}).Pages(t.Context(), "", nil) {
		texts += fmt.Sprintf("%v\n", err)
	}
	return texts + log.String()
}

// leaky cannot keep tokens, and tells whom it could not keep.
type leaky struct{}

func (leaky) Load(context.Context) (string, error) { return hushRefresh, nil }
func (leaky) Save(_ context.Context, refresh string) error {
	return errors.New("cannot write " + refresh + " " + hushPassword)
}
