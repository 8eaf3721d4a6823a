package iris

import (
	"context"
	"iter"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"rentalsync/pipeline"
)

// The lanes: requests that share a rate.
const (
	LaneRental    = "rental"    // synchronizations
	LaneFleet     = "fleet"     // pages of the fleet snapshot
	LaneEquipment = "equipment" // single machines
	LaneOther     = "other"     // everything else
)

func (r Rates) byLane() iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		_ = yield(LaneRental, r.Rental) && yield(LaneFleet, r.Fleet) &&
			yield(LaneEquipment, r.Equipment) && yield(LaneOther, r.Other)
	}
}

// laneOf names the lane of a path.
func laneOf(path string) string {
	switch {
	case strings.Contains(path, fleetPath+"/Equipment/"):
		return LaneEquipment
	case strings.Contains(path, fleetPath+"/"):
		return LaneFleet
	case strings.Contains(path, "/api/rental/"):
		return LaneRental
	default:
		return LaneOther
	}
}

// byURL reports whether IRIS limits a lane by each URL, so that one that must
// wait says nothing about the others.
func byURL(lane string) bool { return lane == LaneFleet || lane == LaneEquipment }

// pacer makes every request wait for its turn.
type pacer struct {
	next  http.RoundTripper
	now   func() time.Time
	lanes map[string]*lane
}

func newPacer(cfg Config, next http.RoundTripper) *pacer {
	p := &pacer{next: next, now: cfg.Clock, lanes: map[string]*lane{}}
	for name, rate := range cfg.Rates.byLane() {
		p.lanes[name] = &lane{name: name, rate: rate, pace: cfg.Pace, now: cfg.Clock, lock: make(chan struct{}, 1)}
	}
	return p
}

// RoundTrip makes a request when its turn has come.
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	lane := p.lanes[laneOf(req.URL.Path)]
	if err := lane.wait(req.Context()); err != nil {
		return nil, err
	}

	resp, err := p.next.RoundTrip(req)
	if err == nil && !byURL(lane.name) && wantsRest(resp.StatusCode) {
		lane.pause(retryAfter(resp.Header, p.now()))
	}
	return resp, err
}

// wantsRest reports whether a Retry-After speaks for more than one request.
func wantsRest(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// turnError says that no turn could be had, which is not IRIS's doing.
type turnError struct{ err error }

func (e *turnError) Error() string { return "wait for a turn: " + e.err.Error() }
func (e *turnError) Unwrap() error { return e.err }

// lane hands out turns, a small batch of which it has reserved.
type lane struct {
	name string
	rate float64
	pace pipeline.Pace
	now  func() time.Time

	lock  chan struct{} // held while turns are looked at or reserved; ends with ctx
	left  int           // turns in hand
	next  time.Time     // when the first of them is
	every time.Duration // between two

	mu    sync.Mutex
	rests time.Time // IRIS wants no requests until then
}

// wait returns when it is the caller's turn. A rest that is too long to be
// waited for is a *RateLimitError.
func (l *lane) wait(ctx context.Context) error {
	if err := l.rest(ctx); err != nil || l.rate == 0 {
		return err
	}
	at, err := l.turn(ctx)
	if err != nil {
		return &turnError{err}
	}
	if err := sleep(ctx, at.Sub(l.now())); err != nil {
		return err
	}
	return l.rest(ctx)
}

// rest waits while IRIS wants to be left alone.
func (l *lane) rest(ctx context.Context) error {
	l.mu.Lock()
	wait := l.rests.Sub(l.now())
	l.mu.Unlock()

	if wait > retryWindow {
		return &RateLimitError{Lane: l.name, After: wait}
	}
	return sleep(ctx, wait)
}

// pause makes the whole lane rest.
func (l *lane) pause(wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := l.now().Add(wait); wait > 0 && until.After(l.rests) {
		l.rests = until
	}
}

// turn takes the next turn in hand, or reserves more. Turns that nobody took in
// time are lost: using them up at once would be a burst.
func (l *lane) turn(ctx context.Context) (time.Time, error) {
	select {
	case l.lock <- struct{}{}:
	case <-ctx.Done():
		return time.Time{}, context.Cause(ctx)
	}
	defer func() { <-l.lock }()

	for l.left > 0 && l.now().Sub(l.next) > l.every {
		l.take()
	}
	if l.left == 0 {
		if err := l.reserve(ctx); err != nil {
			return time.Time{}, err
		}
	}
	return l.take(), nil
}

func (l *lane) take() time.Time {
	at := l.next
	l.left--
	l.next = l.next.Add(l.every)
	return at
}

// maxBatch bounds the turns that one client keeps from others.
const maxBatch = 25

// reserve takes about a second's worth of turns, and asks again when none can
// be had yet.
func (l *lane) reserve(ctx context.Context) error {
	n := int(math.Min(math.Max(l.rate, 1), maxBatch))
	for {
		got, first, every, err := l.pace.Reserve(ctx, l.name, n)
		if err != nil {
			return err
		}
		if got > 0 {
			l.left, l.next, l.every = got, first, every
			return nil
		}
		if err := sleep(ctx, max(first.Sub(l.now()), 10*time.Millisecond)); err != nil {
			return err
		}
	}
}

// localPace keeps the rates for one client.
type localPace struct {
	now   func() time.Time
	every map[string]time.Duration

	mu   sync.Mutex
	next map[string]time.Time
}

var _ pipeline.Pace = (*localPace)(nil)

func newLocalPace(r Rates, now func() time.Time) *localPace {
	p := &localPace{now: now, every: map[string]time.Duration{}, next: map[string]time.Time{}}
	for lane, rate := range r.byLane() {
		if rate > 0 {
			p.every[lane] = time.Duration(float64(time.Second) / rate)
		}
	}
	return p
}

// Reserve hands out n turns, the first of which may be at once.
func (p *localPace) Reserve(_ context.Context, lane string, n int) (got int, first time.Time, every time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()

	first, every = p.now(), p.every[lane]
	if p.next[lane].After(first) {
		first = p.next[lane]
	}
	p.next[lane] = first.Add(time.Duration(n) * every)
	return n, first, every, nil
}
