package notify_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/notify"
	"rentalsync/pipeline"
)

// notice is what a night that was held says.
func notice() pipeline.Notice {
	return pipeline.Notice{
		Flow: "hamburg", Run: "01KAQ", BusinessDate: "2026-11-22",
		Subject:  "rentalsync holds the night of 2026-11-22 of flow größe",
		Text:     "Die Nacht wartet: 412 von 900 Geräten fehlen.\n.\n..zwei Punkte\nEnde\n",
		Breaches: []pipeline.Breach{{Gate: "assetsGone", What: "412 of 900 assets are no longer named (45.8 %); the limit is 5 %"}},
	}
}

// hook is a server that keeps what it was sent.
func hook(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server
}

func webhook(t *testing.T, o notify.WebhookOptions) *notify.Webhook {
	t.Helper()
	w, err := notify.NewWebhook(o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAWebhookIsSentTheNoticeAsJSON(t *testing.T) {
	t.Parallel()
	var got pipeline.Notice
	var header http.Header
	server := hook(t, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		w.WriteHeader(http.StatusAccepted)
	})

	w := webhook(t, notify.WebhookOptions{URL: server.URL + "/hooks/s3cret", Token: "t0ken"})
	if err := w.Notify(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(notice(), got); diff != "" {
		t.Errorf("another notice arrived (-want +got):\n%s", diff)
	}
	if header.Get("Content-Type") != "application/json" || header.Get("Authorization") != "Bearer t0ken" {
		t.Errorf("the header is %v", header)
	}
}

func TestAWebhookThatDoesNotTakeANoticeIsAnErrorWithoutSecrets(t *testing.T) {
	t.Parallel()
	elsewhere := hook(t, func(http.ResponseWriter, *http.Request) { t.Error("the notice went to another host") })
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()

	for _, c := range []struct {
		what   string
		answer http.HandlerFunc
		says   string
	}{
		{"a refusal", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no such hook: s3cret, t0ken", http.StatusForbidden)
		}, "answered 403 Forbidden"},
		{"a fault", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "answered 502 Bad Gateway"},
		{"a redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/s3cret", http.StatusTemporaryRedirect)
		}, "it redirects to " + elsewhere.URL},
		{"a redirect that loses the body", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/login?from=s3cret", http.StatusFound)
		}, "loses the notice"},
		{"a redirect without end", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again/s3cret", http.StatusPermanentRedirect)
		}, "again and again"},
		{"a dead server", nil, "refused"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			server := dead
			if c.answer != nil {
				server = hook(t, c.answer)
			}
			address := strings.Replace(server.URL, "http://", "http://user:passw0rd@", 1) + "/hooks/s3cret?key=s3cret"
			w := webhook(t, notify.WebhookOptions{URL: address, Token: "t0ken"})

			err := w.Notify(t.Context(), notice())
			if err == nil {
				t.Fatal("it was taken for told")
			}
			checkNoSecret(t, err.Error(), c.says, strings.TrimPrefix(server.URL, "http://"))
			checkNoSecret(t, w.Name())
		})
	}
}

// checkNoSecret checks that a text says some things, and nothing of what nobody
// may read.
func checkNoSecret(t *testing.T, text string, says ...string) {
	t.Helper()
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not say %q", text, want)
		}
	}
	for _, secret := range []string{"s3cret", "t0ken", "passw0rd", "AHJlbnRhbABwYXNzdzByZA=="} {
		if strings.Contains(text, secret) {
			t.Errorf("%q tells %q", text, secret)
		}
	}
}

func TestAWebhookMayMoveOnItsOwnHost(t *testing.T) {
	t.Parallel()
	var told int
	server := hook(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusPermanentRedirect)
			return
		}
		var n pipeline.Notice
		if err := json.NewDecoder(r.Body).Decode(&n); err == nil && n.Run == "01KAQ" {
			told++
		}
	})
	w := webhook(t, notify.WebhookOptions{URL: server.URL + "/old"})
	if err := w.Notify(t.Context(), notice()); err != nil || told != 1 {
		t.Errorf("told %d times, %v", told, err)
	}
}

func TestNobodyWaitsForAWebhookThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	over, end := context.WithCancel(context.Background())
	server := hook(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-over.Done():
		}
	})
	t.Cleanup(end)
	w := webhook(t, notify.WebhookOptions{URL: server.URL + "/s3cret", Timeout: 50 * time.Millisecond})
	err := w.Notify(t.Context(), notice())
	if err == nil {
		t.Fatal("it was taken for told")
	}
	checkNoSecret(t, err.Error(), "webhook at 127.0.0.1")
}

func TestAnAddressThatIsNoneIsRefusedWithoutBeingTold(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "s3cret", "ftp://host/s3cret", "https:///s3cret", "http://[s3cret", "https://host:s3cret/"} {
		_, err := notify.NewWebhook(notify.WebhookOptions{URL: address})
		if err == nil {
			t.Errorf("%q is taken", address)
			continue
		}
		checkNoSecret(t, err.Error(), "write https://HOST/PATH")
	}
}
