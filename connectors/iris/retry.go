package iris

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// The bounds of retries in process. With one more attempt, which may take all
// of its time, a call is over before the lease of an asset is.
const (
	maxRetries  = 3
	retryWindow = 4 * time.Second // the last retry begins no later
	firstDelay  = 200 * time.Millisecond
	maxDelay    = 2 * time.Second
)

// retrier makes another attempt where that may help: after 429, 500, 502, 503,
// 504 and a broken line. What needs a longer wait is the caller's to wait for.
// What may be made twice is made once more, and no other write is.
type retrier struct {
	next   http.RoundTripper
	now    func() time.Time
	log    *slog.Logger
	hidden *secrets
}

// RoundTrip returns the first answer that is worth having, or the last one.
func (rt *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	begun := rt.now()
	for attempt := 0; ; attempt++ {
		resp, err := rt.next.RoundTrip(req)

		wait, worth := rt.delay(req, attempt, resp, err)
		if !worth || rt.now().Sub(begun)+wait > retryWindow {
			return resp, err
		}
		rt.tell(req, resp, err, wait)
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
		if req, err = rewound(req); err != nil {
			return nil, err
		}
	}
}

// tell leaves a trace of what went wrong for those who look for it.
func (rt *retrier) tell(req *http.Request, resp *http.Response, err error, wait time.Duration) {
	why := ""
	if err != nil {
		why = clean(err.Error(), rt.hidden)
	} else {
		why = resp.Status
	}
	rt.log.DebugContext(req.Context(), "iris is asked again", "url", plainURL(req.URL), "why", why, "after", wait)
}

// delay says how long to wait before another attempt, and whether one is worth
// making.
func (rt *retrier) delay(req *http.Request, attempt int, resp *http.Response, err error) (time.Duration, bool) {
	if attempt >= maxRetries || !repeatable(req) || !transient(req.Context(), resp, err) {
		return 0, false
	}
	if token := new(TokenError); errors.As(err, &token) && token.After > 0 {
		return token.After, true
	}
	if resp != nil {
		if asked := retryAfter(resp.Header, rt.now()); asked > 0 {
			return asked, true
		}
		// The export counts requests by the quarter of an hour.
		if resp.StatusCode == http.StatusTooManyRequests && byURL(laneOf(req.URL.Path)) {
			return 0, false
		}
	}
	return backoff(attempt), true
}

// backoff doubles, and is spread over all of its length so that callers which
// failed together do not come back together.
func backoff(attempt int) time.Duration {
	return rand.N(min(firstDelay<<attempt, maxDelay)) + time.Millisecond
}

// repeatable reports whether making a request twice is making it once. A
// synchronization is an upsert, and changes and custom values say what shall be.
// What creates something does so each time.
func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodPatch:
		return true
	default:
		return strings.HasSuffix(req.URL.Path, synchronizationPath) || strings.HasSuffix(req.URL.Path, setValuesPath)
	}
}

// transient reports whether the same request may fare better soon.
func transient(ctx context.Context, resp *http.Response, err error) bool {
	if err != nil {
		return ctx.Err() == nil && brokenLine(err)
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// brokenLine reports whether an error is the network's, and not a verdict.
func brokenLine(err error) bool {
	var (
		token *TokenError
		limit *RateLimitError
		open  *OpenError
		turn  *turnError
		cert  *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &token):
		return !token.Refused()
	case errors.As(err, &limit), errors.As(err, &open), errors.As(err, &turn), errors.As(err, &cert):
		return false
	default:
		return !errors.Is(err, errTooLong)
	}
}
