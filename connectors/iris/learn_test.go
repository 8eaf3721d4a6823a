package iris_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rentalsync/connectors/iris"
)

// limiter is a server that lets so many requests through in each span of time,
// and says 429 to all others.
type limiter struct {
	mu       sync.Mutex
	take     func(now time.Time) (after time.Duration) // 0 lets it through
	tells    bool                                      // how long to wait
	noise    float64                                   // so many of a hundred answers are a 429 for no reason
	dice     *rand.Rand
	answers  int
	refusals int
	taken    int
}

// bucket fills by a rate, and holds a second's worth.
func bucket(rate float64) func(time.Time) time.Duration {
	tokens, filled := rate, time.Time{}
	return func(now time.Time) time.Duration {
		if !filled.IsZero() {
			tokens = min(tokens+now.Sub(filled).Seconds()*rate, max(rate, 1))
		}
		if filled = now; tokens >= 1 {
			tokens--
			return 0
		}
		return time.Duration((1-tokens)/rate*float64(time.Second)) + 1
	}
}

// window lets n through in each minute.
func window(n int) func(time.Time) time.Duration {
	taken, begun := 0, time.Time{}
	return func(now time.Time) time.Duration {
		if now.Sub(begun) >= time.Minute {
			taken, begun = 0, now
		}
		if taken++; taken <= n {
			return 0
		}
		return begun.Add(time.Minute).Sub(now)
	}
}

func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasPrefix(req.URL.Host, "auth.") {
		return reply(200, `{"access_token":"t"}`), nil
	}
	time.Sleep(20 * time.Millisecond) // on its way, by the clock of the bubble
	l.mu.Lock()
	defer l.mu.Unlock()

	l.answers++
	after := l.take(time.Now())
	if l.noise > 0 && l.dice.Float64()*100 < l.noise {
		after = time.Second
	}
	if after == 0 {
		l.taken++
		return reply(200, ""), nil
	}
	l.refusals++
	if l.tells {
		return reply(429, "", "Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second))), nil
	}
	return reply(429, ""), nil
}

func TestARunGoesByALimitThatNobodyTold(t *testing.T) {
	for name, c := range map[string]struct {
		configured, limit float64
		parallel          int
		byMinute, tells   bool
		noise             float64
	}{
		"the configured one, and single refusals mean nothing": {configured: 40, limit: 40, parallel: 8, noise: 0.3},
		"a little below what is configured":                    {configured: 5, limit: 4.8, parallel: 2},
		"well below it":                                        {configured: 50, limit: 40, parallel: 8},
		"well below it, with Retry-After":                      {configured: 5, limit: 3, parallel: 2, tells: true},
		"far below it":                                         {configured: 50, limit: 5, parallel: 4},
		"far below it, with Retry-After":                       {configured: 100, limit: 40, parallel: 8, tells: true},
		"where nothing is configured":                          {configured: 0, limit: 40, parallel: 8, tells: true},
		"by the minute, with Retry-After":                      {configured: 10, limit: 5, parallel: 2, byMinute: true, tells: true},
	} {
		inTime(t, name, func(t *testing.T) {
			l := &limiter{tells: c.tells, noise: c.noise, dice: rand.New(rand.NewPCG(1, 2)), take: bucket(c.limit)}
			if c.byMinute {
				l.take = window(int(c.limit * 60))
			}
			cfg := iris.Config{Transport: l, Parallel: c.parallel, Token: iris.TokenConfig{URL: "https://auth.test", ClientID: "id", ClientSecret: "secret"}}
			cfg.Rates.Rental = c.configured

			begun := time.Now()
			sendAll(t, loader(t, cfg), 20_000, 2*c.parallel)
			used := float64(l.taken) / time.Since(begun).Seconds() / c.limit
			refused := float64(l.refusals) / float64(l.answers)
			if used < 0.95 || refused >= 0.01 {
				t.Errorf("%.1f %% of the limit were used, want 95 or more, and %.2f %% of the answers were 429, want less than 1", used*100, refused*100)
			}
		})
	}
}

// sendAll sends so many documents, as often as it takes.
func sendAll(t *testing.T, l *iris.Loader, documents, workers int) {
	work := make(chan int)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range work {
				for send(t, l) != nil {
					time.Sleep(time.Second) // by the clock of the bubble
				}
			}
		})
	}
	for i := range documents {
		work <- i
	}
	close(work)
	all.Wait()
}

func TestALimitIsMetByAllWhoShareAnAccount(t *testing.T) {
	inTime(t, "a rest that one was told to take is everybody's", func(t *testing.T) {
		s := newServer()
		s.answer = func(n int) *http.Response {
			if n == 1 {
				return reply(429, "", "Retry-After", "60")
			}
			return reply(200, "")
		}
		cfg := s.config()
		cfg.Rates.Rental = 5
		cfg.Pace = iris.NewLocalPace(cfg.Rates, time.Now)
		one, two := loader(t, cfg), loader(t, cfg)
		wantLater(t, send(t, one), time.Minute)
		wantLater(t, send(t, two), time.Minute)
		time.Sleep(59 * time.Second)
		if err := send(t, two); err != nil || s.syncs[1] != time.Minute {
			t.Errorf("got %v, after %v, want a request after a minute", err, s.syncs)
		}
	})
}
