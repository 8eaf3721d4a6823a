package iris_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

const known, unknown, notOurs = "WJX00213", "GONE-1", "NOT-OURS-1"

// options are an IRIS with one machine of ours and one of somebody else.
func options(faults ...iristest.Fault) iristest.Options {
	return iristest.Options{Serials: []string{known}, NotOwned: []string{notOurs}, Faults: faults}
}

func simulator(t *testing.T, o iristest.Options) *iristest.Simulator {
	t.Helper()
	si, err := iristest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return si
}

// demo is the configuration of the account that every simulator knows. There is
// no line to it, so that it lives in a test's own time.
func demo(si *iristest.Simulator) iris.Config {
	cfg := account("http://iris.test")
	cfg.Transport = memory{si}
	return cfg
}

func account(url string) iris.Config {
	return iris.Config{URL: url, Token: iris.TokenConfig{URL: url + "/token/v2", ClientID: "demo", ClientSecret: "demo"}}
}

func loader(t *testing.T, cfg iris.Config) *iris.Loader {
	t.Helper()
	return iris.NewLoader(client(t, cfg), nil)
}

func client(t *testing.T, cfg iris.Config) *iris.Client {
	t.Helper()
	c, err := iris.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// document says that a machine stands in the yard.
func document(serial string) *rental.Document {
	return &rental.Document{Key: serial, Asset: rental.Part{Key: serial, Reference: "A-" + serial, Fields: []rental.FieldValue{
		{Field: rental.Identifier, Value: rental.Of(serial)},
		{Field: rental.IdentifierType, Value: rental.Of("SERIAL_NUMBER")},
		{Field: rental.RentalStatus, Value: rental.Of("AVAILABLE")},
	}}}
}

const syncing = "POST /api/rental/v1/synchronization"

func TestAnswers(t *testing.T) {
	t.Parallel()
	badReference := document(known)
	badReference.Asset.Reference = strings.Repeat("x", 101)

	for _, tt := range []struct {
		name     string
		doc      *rental.Document
		validate bool
		faults   []iristest.Fault
		want     pipeline.Outcome
		status   int
		code     string
		message  string
	}{
		{name: "an asset that is known is matched", doc: document(known), want: pipeline.Matched, status: 200},
		{name: "an asset that is unknown is kept, unmatched", doc: document(unknown), want: pipeline.Unmatched, status: 202, message: "no such asset yet"},
		{name: "an asset that must exist is unmatched", doc: document(unknown), validate: true, want: pipeline.Unmatched, status: 404, code: "asset_not_found", message: unknown},
		{name: "an asset of others is unmatched with the reason", doc: document(notOurs), want: pipeline.Unmatched, status: 403, code: "forbidden", message: "another account"},
		{name: "a violation is rejected with the field", doc: badReference, want: pipeline.Rejected, status: 400, code: "constraint_violation", message: "externalReference"},
		{name: "an unknown refusal is rejected", doc: document(known), faults: []iristest.Fault{{On: syncing, Status: 409}}, want: pipeline.Rejected, status: 409, code: "conflict", message: "on purpose"},
		{name: "a refusal without a body is rejected", doc: document(known), faults: []iristest.Fault{{On: syncing, Status: 400, Body: "empty"}}, want: pipeline.Rejected, status: 400, message: "Bad Request"},
		{name: "a refusal that is a page is rejected", doc: document(known), faults: []iristest.Fault{{On: syncing, Status: 400, Body: "html"}}, want: pipeline.Rejected, status: 400, message: "text/html"},
		{name: "a refusal that breaks off is rejected by its status", doc: document(known), faults: []iristest.Fault{{On: syncing, Status: 400, Body: "truncated"}}, want: pipeline.Rejected, status: 400, code: "bad_request"},
		{name: "an acceptance needs no body", doc: document(known), faults: []iristest.Fault{{On: syncing, Body: "html"}}, want: pipeline.Matched, status: 200},
		{name: "an acceptance that breaks off is one", doc: document(known), faults: []iristest.Fault{{On: syncing, Body: "truncated"}}, want: pipeline.Matched, status: 200},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			se := simulator(t, options(tt.faults...))
			cfg := demo(se)
			cfg.ValidateAssets = tt.validate
			got, err := loader(t, cfg).Send(t.Context(), tt.doc)
			if err != nil {
				t.Fatal(err)
			}
			if got.Outcome != tt.want || got.Status != tt.status || got.Code != tt.code || !strings.Contains(got.Message, tt.message) {
				t.Errorf("got %+v, want %s, %d %s %q", got, tt.want, tt.status, tt.code, tt.message)
			}
			if n := se.State().Counts.Requests; n != 2 {
				t.Errorf("made %d requests, want a token and a synchronization", n)
			}
		})
	}
}

func TestFailuresThatPass(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault iristest.Fault
	}{
		{"500", iristest.Fault{On: syncing, Status: 500, Times: 1}},
		{"502 with a page", iristest.Fault{On: syncing, Status: 502, Body: "html", Times: 1}},
		{"503 without a body, twice", iristest.Fault{On: syncing, Status: 503, Body: "empty", Times: 2}},
		{"504", iristest.Fault{On: syncing, Status: 504, Times: 1}},
		{"429 without a word on how long", iristest.Fault{On: syncing, Status: 429, Times: 1}},
		{"429 with seconds", iristest.Fault{On: syncing, Status: 429, RetryAfter: "1", Times: 1}},
		{"429 with a date", iristest.Fault{On: syncing, Status: 429, RetryAfter: "date:1s", Times: 1}},
		{"a line cut before anything was done", iristest.Fault{On: syncing, Cut: true, Times: 1}},
		{"a line cut after it was done", iristest.Fault{On: syncing, CutAfter: true, Times: 1}},
		{"a token that expired", iristest.Fault{On: syncing, ExpireToken: true, Times: 1}},
		{"a token server that fails once", iristest.Fault{On: "POST /token/v2", Status: 503, Times: 1}},
		{"a token server that drops the line once", iristest.Fault{On: "POST /token/v2", Cut: true, Times: 1}},
		{"a token that breaks off once", iristest.Fault{On: "POST /token/v2", Body: "truncated", Times: 1}},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			se := simulator(t, options(tt.fault))
			got, err := loader(t, demo(se)).Send(t.Context(), document(known))
			if err != nil || got.Outcome != pipeline.Matched {
				t.Fatalf("got %+v, %v, want matched", got, err)
			}
			want := 1
			if tt.fault.CutAfter {
				want = 2 // an upsert: twice is once
			}
			if n := len(se.History(known)); n != want {
				t.Errorf("IRIS took it %d times, want %d", n, want)
			}
		})
	}
}

// TestOverTheLine is the same over TCP, where lines really break.
func TestOverTheLine(t *testing.T) {
	t.Parallel()
	for _, fault := range []iristest.Fault{
		{On: syncing, Cut: true, Times: 1}, {On: syncing, CutAfter: true, Times: 1}, {On: syncing, Body: "truncated", Times: 1},
		{On: syncing, Status: 503, Body: "truncated", Times: 1}, {On: "POST /token/v2", Cut: true, Times: 1}, {On: page1, Body: "truncated", Times: 1},
	} {
		se := iristest.Start(t, options(fault))
		c := client(t, account(se.URL))
		if got, err := iris.NewLoader(c, nil).Send(t.Context(), document(known)); err != nil || got.Outcome != pipeline.Matched {
			t.Errorf("%+v: got %+v, %v, want matched", fault, got, err)
		}
		if got, err := serials(t, iris.NewFleet(c, iris.FleetOptions{})); err != nil || len(got) != 2 {
			t.Errorf("%+v: got %q, %v, want two machines", fault, got, err)
		}
	}
}

func TestFailuresThatStay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fault  iristest.Fault
		status int
		after  time.Duration
		says   string
	}{
		{"500", iristest.Fault{On: syncing, Status: 500}, 500, 0, "500 Internal Server Error"},
		{"501 is not asked twice", iristest.Fault{On: syncing, Status: 501}, 501, 0, "501 Not Implemented"},
		{"503 that wants long to be left alone", iristest.Fault{On: syncing, Status: 503, RetryAfter: "120"}, 503, 120 * time.Second, "503"},
		{"429 that wants long to be left alone", iristest.Fault{On: syncing, Status: 429, RetryAfter: "60"}, 429, 60 * time.Second, "rate limit of rental requests is used up; ask again in 1m0s"},
		{"a line that is always cut", iristest.Fault{On: syncing, Cut: true}, 0, 0, "EOF"},
		{"a page of somebody else in place of 404", iristest.Fault{On: syncing, Status: 404, Body: "html"}, 404, 0, "check url"},
		{"a token server that is down", iristest.Fault{On: "POST /token/v2", Status: 503}, 503, 0, "no token from"},
		{"a token server that sends pages", iristest.Fault{On: "POST /token/v2", Body: "html"}, 0, 0, "no token from"},
		{"a token server that wants to be left alone", iristest.Fault{On: "POST /token/v2", Status: 429, RetryAfter: "30"}, 429, 30 * time.Second, "no token from"},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			_, err := loader(t, demo(simulator(t, options(tt.fault)))).Send(t.Context(), document(known))
			var later *pipeline.Later
			if !errors.As(err, &later) {
				t.Fatalf("got %v, want a *pipeline.Later", err)
			}
			if later.Status != tt.status || later.After != tt.after || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %d after %s: %v\nwant %d after %s: %s", later.Status, later.After, err, tt.status, tt.after, tt.says)
			}
		})
	}
}

func TestAccountsThatStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config func(*iris.Config)
		fault  []iristest.Fault
		says   []string
	}{
		{"a wrong secret", func(c *iris.Config) { c.Token.ClientSecret = "wrong-secret" }, nil, []string{"invalid_client", "Unknown client", "check token.clientId and token.clientSecret"}},
		{"a refused scope", func(c *iris.Config) { c.Token.Scopes = []string{"api", "refused"} }, nil, []string{"invalid_scope", "not allowed for this API Key", "check token.scopes"}},
		{"a wrong password", func(c *iris.Config) { asUser(c); c.Token.Password = "wrong-password" }, nil, []string{"invalid_grant", "wrong password", "check token.username"}},
		{"the address of the other way of signing in", func(c *iris.Config) { c.Token.URL = strings.TrimSuffix(c.Token.URL, "/v2") }, nil, []string{"unsupported_grant_type", "check that token.url fits"}},
		{"a token server that is not there", func(c *iris.Config) { c.Token.URL += "/nowhere" }, nil, []string{"401 Unauthorized", "check token.url"}},
		{"a fresh token that is not taken", nil, []iristest.Fault{{On: syncing, ExpireToken: true}}, []string{"401", "does not take a fresh token"}},
		{"an IRIS that is elsewhere", nil, []iristest.Fault{{On: syncing, Status: 301}}, []string{"301", "check url"}},
	} {
		inTime(t, tt.name, func(t *testing.T) {
			cfg := demo(simulator(t, options(tt.fault...)))
			if tt.config != nil {
				tt.config(&cfg)
			}
			_, err := loader(t, cfg).Send(t.Context(), document(known))
			var stopped *pipeline.Stopped
			if !errors.As(err, &stopped) {
				t.Fatalf("got %v, want a *pipeline.Stopped", err)
			}
			for _, want := range tt.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want in it %q", err, want)
				}
			}
		})
	}
}

func asUser(c *iris.Config) {
	c.Token.URL = strings.TrimSuffix(c.Token.URL, "/v2")
	c.Token.Username, c.Token.Password = "demo", "demo"
}

func TestServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	se := iristest.Start(t, options())
	cfg := account(se.URL)
	se.Close()
	_, err := loader(t, cfg).Send(t.Context(), document(known))
	var later *pipeline.Later
	if !errors.As(err, &later) || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v, want a *pipeline.Later that says connection refused", err)
	}
}

func TestSendEndsWithTheCauseOfItsContext(t *testing.T) {
	t.Parallel()
	lost := errors.New("the lease is lost")
	for _, fault := range []iristest.Fault{
		{On: syncing, Latency: "1h"},
		{On: syncing, Status: 503, RetryAfter: "3"},
		{On: "POST /token/v2", Latency: "1h"},
	} {
		inTime(t, fault.On+fault.RetryAfter, func(t *testing.T) {
			l := loader(t, demo(simulator(t, options(fault))))
			ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, lost)
			defer cancel()
			begun := time.Now()
			if _, err := l.Send(ctx, document(known)); !errors.Is(err, lost) {
				t.Errorf("got %v, want %v", err, lost)
			}
			if took := time.Since(begun); took != 50*time.Millisecond {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestAccountAndProfile(t *testing.T) {
	t.Parallel()
	cfg := iris.Config{URL: "https://IRIS.example/", Token: iris.TokenConfig{ClientID: "id", ClientSecret: "hush-hush"}}
	l := loader(t, cfg)
	if got := l.Account(); got != "iris.example/id" {
		t.Errorf("account is %q", got)
	}
	if got := l.Profile(); got != iris.DefaultWire().Digest() || !strings.HasPrefix(got, "iris-2025-06-") {
		t.Errorf("profile is %q", got)
	}

	cfg.Token.Username, cfg.Token.Password = "user@example", "hush-hush"
	if got := loader(t, cfg).Account(); got != "iris.example/id/user@example" {
		t.Errorf("account of an API user is %q", got)
	}
}

func TestFaultsOfTheConfiguration(t *testing.T) {
	t.Parallel()
	_, err := iris.New(iris.Config{URL: "ftp://x", Parallel: -1, Timeout: -1, Rates: iris.Rates{Fleet: -1}, Token: iris.TokenConfig{URL: "nowhere", Username: "u"}})
	for _, want := range []string{"iris url", "parallel is -1", "timeout", "rate of fleet", "clientId", "clientSecret", "only one of username and password", "token url"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want in it %q", err, want)
		}
	}
	for _, url := range []string{"https://me:hush-hush@iris.example", "https://iris.example?key=hush-hush", "://hush-hush", "https://x\x7fhush-hush"} {
		if _, err := iris.New(iris.Config{URL: url}); err == nil || strings.Contains(err.Error(), "hush-hush") {
			t.Errorf("%s: got %v", url, err)
		}
	}
}
