package iris

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// The breaker's patience.
const (
	breakerFailures = 8                // in a row, until it opens
	breakerRest     = 10 * time.Second // until the next probe
	probeWait       = time.Second      // while somebody else's probe is under way
)

// breaker makes no attempts while IRIS is down, and then one at a time until it
// is back. Each lane has its own: one API may fail while another works.
type breaker struct {
	next  http.RoundTripper
	lanes map[string]circuitbreaker.CircuitBreaker[any]
}

func newBreaker(log *slog.Logger, next http.RoundTripper) *breaker {
	b := &breaker{next: next, lanes: map[string]circuitbreaker.CircuitBreaker[any]{}}
	for lane := range (Rates{}).byLane() {
		b.lanes[lane] = circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(breakerFailures).
			WithSuccessThreshold(1).
			WithDelay(breakerRest).
			OnOpen(func(circuitbreaker.StateChangedEvent) {
				log.Warn("iris is failing; its requests rest", "lane", lane, "for", breakerRest)
			}).
			OnClose(func(circuitbreaker.StateChangedEvent) { log.Info("iris is back", "lane", lane) }).
			Build()
	}
	return b
}

// RoundTrip makes an attempt unless the lane rests.
func (b *breaker) RoundTrip(req *http.Request) (*http.Response, error) {
	lane := laneOf(req.URL.Path)
	state := b.lanes[lane]
	if !state.TryAcquirePermit() {
		return nil, &OpenError{Lane: lane, After: max(state.RemainingDelay(), probeWait)}
	}

	resp, err := b.next.RoundTrip(req)
	switch {
	case err == nil && resp.StatusCode < 500:
		state.RecordSuccess()
	case err == nil || req.Context().Err() == nil && brokenLine(err):
		state.RecordFailure()
	case state.IsHalfOpen():
		// Nothing was learnt, but the probe's permit has to be given back.
		state.RecordFailure()
	}
	return resp, err
}
