package iris_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
)

// server is an IRIS of a few lines: it writes down when it was asked for what.
type server struct {
	begun  time.Time
	answer func(n int) *http.Response // to the nth synchronization, counted from 1; default 200
	token  func(n int, form string) *http.Response

	mu     sync.Mutex
	syncs  []time.Duration
	tokens []string
	auth   []string
}

func newServer() *server { return &server{begun: time.Now()} }

func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasPrefix(req.URL.Host, "auth.") {
		return s.giveToken(req)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.syncs = append(s.syncs, time.Since(s.begun))
	s.auth = append(s.auth, strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "))
	if s.answer == nil {
		return reply(200, ""), nil
	}
	resp := s.answer(len(s.syncs))
	if resp == nil {
		return nil, io.ErrUnexpectedEOF
	}
	return resp, nil
}

func (s *server) giveToken(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.tokens = append(s.tokens, string(body))
	n := len(s.tokens)
	s.mu.Unlock()

	if s.token != nil {
		return s.token(n, string(body)), nil
	}
	return reply(200, fmt.Sprintf(`{"access_token":"token-%d","expires_in":1200}`, n)), nil
}

func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func (s *server) config() iris.Config {
	return iris.Config{Transport: s, Token: iris.TokenConfig{URL: "https://auth.test", ClientID: "id", ClientSecret: "secret"}}
}

func send(t *testing.T, l *iris.Loader) error {
	t.Helper()
	_, err := l.Send(t.Context(), document(known))
	return err
}

func wantLater(t *testing.T, err error, after time.Duration) {
	t.Helper()
	var later *pipeline.Later
	if !errors.As(err, &later) || later.After.Round(time.Second) != after {
		t.Fatalf("got %v, want later, after %s", err, after)
	}
}

func TestPaceOfALane(t *testing.T) {
	inTime(t, "five a second are five a second", func(t *testing.T) {
		s := newServer()
		cfg := s.config()
		cfg.Rates.Rental = 5
		l := loader(t, cfg)
		for range 11 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
		}
		for i, got := range s.syncs {
			if want := time.Duration(i) * 200 * time.Millisecond; got != want {
				t.Errorf("request %d went after %s, want %s", i, got, want)
			}
		}
	})
	inTime(t, "turns that were not taken are lost", func(t *testing.T) {
		s := newServer()
		cfg := s.config()
		cfg.Rates.Rental = 5
		l := loader(t, cfg)
		if err := send(t, l); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		for range 3 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
		}
		if took := s.syncs[3] - s.syncs[1]; took != 400*time.Millisecond {
			t.Errorf("three requests after a rest took %s, want 400ms", took)
		}
	})
	inTime(t, "no rate is no limit", func(t *testing.T) {
		s := newServer()
		l := loader(t, s.config())
		for range 100 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(s.begun); took != 0 {
			t.Errorf("took %s", took)
		}
	})
	inTime(t, "waiting for a turn ends with the context", func(t *testing.T) {
		cfg := newServer().config()
		cfg.Rates.Rental = 0.01
		l := loader(t, cfg)
		if err := send(t, l); err != nil {
			t.Fatal(err)
		}
		gone := errors.New("nobody waits")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, gone)
		defer cancel()
		if _, err := l.Send(ctx, document(known)); !errors.Is(err, gone) {
			t.Errorf("got %v, want %v", err, gone)
		}
	})
}

// shared is a pace that others take from as well.
type shared struct{ asked []string }

func (p *shared) Reserve(_ context.Context, lane string, n int) (int, time.Time, time.Duration, error) {
	p.asked = append(p.asked, fmt.Sprintf("%s %d", lane, n))
	switch len(p.asked) {
	case 1:
		return 0, time.Now().Add(2 * time.Second), 0, nil // the others have them all
	case 2:
		return 2, time.Now().Add(time.Second), 500 * time.Millisecond, nil
	default:
		return 0, time.Time{}, 0, errors.New("the journal is gone")
	}
}

func (p *shared) Throttled(context.Context, string, pipeline.Throttled) error { return nil }

func (p *shared) Pacing(context.Context, string) (pipeline.Pacing, error) {
	return pipeline.Pacing{}, nil
}

func TestPaceOfOthers(t *testing.T) {
	inTime(t, "turns are taken as they are given", func(t *testing.T) {
		s, p := newServer(), &shared{}
		cfg := s.config()
		cfg.Rates.Rental, cfg.Pace = 4, p
		l := loader(t, cfg)
		_, _ = send(t, l), send(t, l)
		err := send(t, l)

		if want := []time.Duration{3 * time.Second, 3500 * time.Millisecond}; !slices.Equal(s.syncs, want) {
			t.Errorf("requests went after %v, want %v", s.syncs, want)
		}
		if want := []string{"rental 4", "rental 4", "rental 4"}; !slices.Equal(p.asked[:3], want) {
			t.Errorf("asked for %q, want %q", p.asked, want)
		}
		if err == nil || !strings.Contains(err.Error(), "wait for a turn: the journal is gone") || len(p.asked) != 3 {
			t.Errorf("got %v by asking %d times", err, len(p.asked))
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for name, value := range map[string]func() string{
		"seconds": func() string { return "3" },
		"a date":  func() string { return time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		inTime(t, "a wait in "+name+" is honoured to the letter", func(t *testing.T) {
			s := newServer()
			s.answer = func(n int) *http.Response {
				if n == 1 {
					return reply(429, "", "Retry-After", value())
				}
				return reply(200, "")
			}
			if err := send(t, loader(t, s.config())); err != nil {
				t.Fatal(err)
			}
			if want := []time.Duration{0, 3 * time.Second}; !slices.Equal(s.syncs, want) {
				t.Errorf("requests went after %v, want %v", s.syncs, want)
			}
		})
	}
	inTime(t, "a long one is the caller's, and the lane rests until then", func(t *testing.T) {
		s := newServer()
		s.answer = func(n int) *http.Response {
			if n == 1 {
				return reply(429, "<html>", "Retry-After", "60")
			}
			return reply(200, "")
		}
		l := loader(t, s.config())
		wantLater(t, send(t, l), 60*time.Second)
		time.Sleep(20 * time.Second)
		wantLater(t, send(t, l), 40*time.Second)
		time.Sleep(38 * time.Second)
		if err := send(t, l); err != nil {
			t.Fatal(err) // two seconds are waited for
		}
		if want := []time.Duration{0, 60 * time.Second}; !slices.Equal(s.syncs, want) {
			t.Errorf("requests went after %v, want %v", s.syncs, want)
		}
	})
	inTime(t, "the token server's is honoured as well", func(t *testing.T) {
		s := newServer()
		s.token = func(n int, _ string) *http.Response {
			if n == 1 {
				return reply(503, "", "Retry-After", "2")
			}
			return reply(200, `{"access_token":"t","expires_in":1200}`)
		}
		if err := send(t, loader(t, s.config())); err != nil || s.syncs[0] != 2*time.Second {
			t.Errorf("got %v after %v, want 2s", err, s.syncs)
		}
	})
}

func TestRetriesEndSoon(t *testing.T) {
	inTime(t, "a storm is given up within seconds", func(t *testing.T) {
		s := newServer()
		s.answer = func(int) *http.Response { return reply(500, "") }
		err := send(t, loader(t, s.config()))
		wantLater(t, err, 0)
		if took := time.Since(s.begun); len(s.syncs) != 4 || took > 4*time.Second || took == 0 {
			t.Errorf("made %d attempts in %s", len(s.syncs), took)
		}
	})
	inTime(t, "an attempt that hangs ends, and is not made again", func(t *testing.T) {
		s := &hanging{server: newServer()}
		cfg := s.config()
		cfg.Transport = s
		err := send(t, loader(t, cfg))
		wantLater(t, err, 0)
		if took := time.Since(s.begun); took != 10*time.Second || !strings.Contains(err.Error(), "no answer within 10s") {
			t.Errorf("got %v after %s", err, took)
		}
	})
}

// hanging gives tokens, and no other answer.
type hanging struct{ *server }

func (h *hanging) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasPrefix(req.URL.Host, "auth.") {
		return h.server.RoundTrip(req)
	}
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestBreaker(t *testing.T) {
	inTime(t, "it rests when IRIS is down, probes, and comes back", func(t *testing.T) {
		s := newServer()
		down := true
		s.answer = func(int) *http.Response {
			if down {
				return nil
			}
			return reply(200, "")
		}
		l := loader(t, s.config())
		wantLater(t, send(t, l), 0)
		wantLater(t, send(t, l), 0)
		wantLater(t, send(t, l), 10*time.Second)
		attempts := len(s.syncs)
		if attempts != 8 {
			t.Errorf("opened after %d attempts, want 8", attempts)
		}

		time.Sleep(4 * time.Second)
		wantLater(t, send(t, l), 6*time.Second)
		time.Sleep(6 * time.Second)
		wantLater(t, send(t, l), 10*time.Second)
		if len(s.syncs) != attempts+1 {
			t.Errorf("made %d attempts after the rest, want one probe", len(s.syncs)-attempts)
		}

		down = false
		time.Sleep(10 * time.Second)
		for range 3 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
		}
	})
	inTime(t, "only one probes at a time", func(t *testing.T) {
		s := newServer()
		s.answer = func(int) *http.Response { return nil }
		l := loader(t, s.config())
		_, _ = send(t, l), send(t, l)
		time.Sleep(10 * time.Second)

		before := len(s.syncs)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { _ = send(t, l) })
		}
		wg.Wait()
		if got := len(s.syncs) - before; got != 1 {
			t.Errorf("made %d attempts, want one probe", got)
		}
	})
	inTime(t, "refusals are no failures", func(t *testing.T) {
		s := newServer()
		s.answer = func(int) *http.Response { return reply(400, "") }
		l := loader(t, s.config())
		for range 20 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestParallel(t *testing.T) {
	inTime(t, "no more than allowed are under way at once", func(t *testing.T) {
		s := &slow{server: newServer()}
		cfg := s.config()
		cfg.Transport, cfg.Parallel = s, 3
		l := loader(t, cfg)
		if err := send(t, l); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { _ = send(t, l) })
		}
		wg.Wait()
		if took := time.Since(s.begun); s.most != 3 || took != 5*time.Second {
			t.Errorf("%d at once, in %s; want 3 in 5s", s.most, took)
		}
	})
}

// slow takes a second for each answer.
type slow struct {
	*server
	now, most int
}

func (s *slow) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasPrefix(req.URL.Host, "auth.") {
		return s.server.RoundTrip(req)
	}
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	time.Sleep(time.Second)
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return s.server.RoundTrip(req)
}

func TestTokensAreRenewed(t *testing.T) {
	inTime(t, "a minute before they expire", func(t *testing.T) {
		s := newServer()
		l := loader(t, s.config())
		for range 3 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1139 * time.Second)
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
		}
		if want := []string{"token-1", "token-1", "token-2", "token-2", "token-3", "token-3"}; !slices.Equal(s.auth, want) {
			t.Errorf("sent %q, want %q", s.auth, want)
		}
	})
	inTime(t, "for all at once, by one request", func(t *testing.T) {
		s := newServer()
		s.token = func(int, string) *http.Response {
			time.Sleep(time.Second)
			return reply(200, `{"access_token":"t","expires_in":1200}`)
		}
		cfg := s.config()
		cfg.Parallel = 50
		l := loader(t, cfg)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := send(t, l); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(s.tokens) != 1 || len(s.syncs) != 50 {
			t.Errorf("asked for %d tokens and sent %d documents", len(s.tokens), len(s.syncs))
		}
	})
	inTime(t, "by the next when the first gives up", func(t *testing.T) {
		s := newServer()
		l := loader(t, s.config())
		s.token = func(n int, _ string) *http.Response {
			time.Sleep(time.Second)
			return reply(200, `{"access_token":"t","expires_in":1200}`)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var first, second error
		var wg sync.WaitGroup
		wg.Go(func() { _, first = l.Send(ctx, document(known)) })
		synctest.Wait()
		wg.Go(func() { second = send(t, l) })
		synctest.Wait()
		cancel()
		wg.Wait()
		if second != nil || first != nil && !errors.Is(first, context.Canceled) {
			t.Errorf("the first got %v, the second %v", first, second)
		}
	})
	inTime(t, "not for half a minute after they were refused", func(t *testing.T) {
		s := newServer()
		s.token = func(int, string) *http.Response { return reply(401, `{"error":"invalid_client"}`) }
		l := loader(t, s.config())
		for range 5 {
			var stopped *pipeline.Stopped
			if err := send(t, l); !errors.As(err, &stopped) {
				t.Fatalf("got %v, want a *pipeline.Stopped", err)
			}
		}
		time.Sleep(31 * time.Second)
		_ = send(t, l)
		if len(s.tokens) != 2 {
			t.Errorf("asked %d times, want twice", len(s.tokens))
		}
	})
	inTime(t, "once for a token that IRIS does not take, and then it stops", func(t *testing.T) {
		s := newServer()
		s.answer = func(int) *http.Response { return reply(401, "") }
		var stopped *pipeline.Stopped
		if err := send(t, loader(t, s.config())); !errors.As(err, &stopped) || stopped.Hint == "" || stopped.Account != "iris.trackunit.com/id" {
			t.Fatalf("got %v, want a *pipeline.Stopped", err)
		}
		if want := []string{"token-1", "token-2"}; !slices.Equal(s.auth, want) {
			t.Errorf("sent %q, want %q", s.auth, want)
		}
	})
}

// keeper keeps refresh tokens in memory.
type keeper struct{ kept []string }

func (k *keeper) Load(context.Context) (string, error) { return k.kept[len(k.kept)-1], nil }
func (k *keeper) Save(_ context.Context, refresh string) error {
	k.kept = append(k.kept, refresh)
	return nil
}

func TestRefreshTokensRotate(t *testing.T) {
	inTime(t, "each is used once, kept, and the password is the way back", func(t *testing.T) {
		s, k := newServer(), &keeper{kept: []string{"kept"}}
		s.token = func(n int, form string) *http.Response {
			if strings.Contains(form, "refresh_token=r2") {
				return reply(400, `{"error":"invalid_grant"}`) // somebody else has used it
			}
			return reply(200, fmt.Sprintf(`{"access_token":"t%d","refresh_token":"r%d","expires_in":3600}`, n, n))
		}
		cfg := s.config()
		cfg.Token.Username, cfg.Token.Password, cfg.Token.Keep = "me", "pass", k
		l := loader(t, cfg)
		for range 3 {
			if err := send(t, l); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}

		want := []string{
			"grant_type=refresh_token&refresh_token=kept",
			"grant_type=refresh_token&refresh_token=r1",
			"grant_type=refresh_token&refresh_token=r2",
			"grant_type=password&password=pass&scope=api+offline_access&username=me",
		}
		if diff := cmp.Diff(want, s.tokens); diff != "" {
			t.Errorf("token requests differ (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"kept", "r1", "r2", "r4"}, k.kept); diff != "" {
			t.Errorf("kept tokens differ (-want +got):\n%s", diff)
		}
	})
}

func TestTwoWhoShareAnAPIUserUseTheNewestRefreshToken(t *testing.T) {
	inTime(t, "what another has spent is refused, and what it has kept is tried before the password", func(t *testing.T) {
		s, k := newServer(), &keeper{kept: []string{"kept"}}
		s.token = func(n int, form string) *http.Response {
			if strings.Contains(form, "refresh_token=kept") {
				k.kept = append(k.kept, "theirs") // the other was faster
				return reply(400, `{"error":"invalid_grant"}`)
			}
			return reply(200, fmt.Sprintf(`{"access_token":"t%d","refresh_token":"r%d","expires_in":3600}`, n, n))
		}
		cfg := s.config()
		cfg.Token.Username, cfg.Token.Password, cfg.Token.Keep = "me", "pass", k
		l := loader(t, cfg)
		if err := send(t, l); err != nil {
			t.Fatal(err)
		}
		k.kept = append(k.kept, "theirs again")
		time.Sleep(time.Hour)
		if err := send(t, l); err != nil {
			t.Fatal(err)
		}

		want := []string{
			"grant_type=refresh_token&refresh_token=kept",
			"grant_type=refresh_token&refresh_token=theirs",
			"grant_type=refresh_token&refresh_token=theirs+again",
		}
		if diff := cmp.Diff(want, s.tokens); diff != "" {
			t.Errorf("token requests differ (-want +got):\n%s", diff)
		}
	})
	inTime(t, "a password that is refused is not asked for again and again", func(t *testing.T) {
		s, k := newServer(), &keeper{kept: []string{"dead"}}
		s.token = func(int, string) *http.Response { return reply(400, `{"error":"invalid_grant"}`) }
		cfg := s.config()
		cfg.Token.Username, cfg.Token.Password, cfg.Token.Keep = "me", "pass", k
		l := loader(t, cfg)
		for range 10 {
			if err := send(t, l); err == nil {
				t.Fatal("a refused password sends documents")
			}
		}
		if len(s.tokens) != 2 {
			t.Errorf("asked %q, want the refresh token and the password, once each", s.tokens)
		}
	})
}

func TestTokensOfTheSimulator(t *testing.T) {
	for _, user := range []bool{false, true} {
		inTime(t, fmt.Sprintf("user %v: a night that outlives its tokens", user), func(t *testing.T) {
			si := simulator(t, options())
			cfg := demo(si)
			if user {
				asUser(&cfg)
			}
			l := loader(t, cfg)
			for range 30 {
				if got, err := l.Send(t.Context(), document(known)); err != nil || got.Outcome != pipeline.Matched {
					t.Fatalf("got %+v, %v", got, err)
				}
				time.Sleep(5 * time.Minute)
			}
			if n := len(si.History(known)); n != 30 {
				t.Errorf("IRIS took it %d times, want 30", n)
			}
		})
	}
}
