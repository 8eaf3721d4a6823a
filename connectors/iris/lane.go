package iris

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"rentalsync/pipeline"
)

// lane hands out turns, a small batch of which it has reserved, and listens to
// what becomes of them.
type lane struct {
	name string
	rate float64
	pace pipeline.Pace
	now  func() time.Time

	lock  chan struct{} // held while turns are looked at or reserved; ends with ctx
	batch batch

	mu    sync.Mutex
	epoch int // how often the lane was told to slow down
	meter meter
}

func newLane(name string, rate float64, cfg Config) *lane {
	return &lane{name: name, rate: rate, pace: cfg.Pace, now: cfg.Clock, lock: make(chan struct{}, 1)}
}

// turn is the leave to make one request.
type turn struct {
	at    time.Time
	every time.Duration // to the next one; 0 is no limit
	epoch int           // the lane's when it was given
}

// wait returns when it is the caller's turn. One that was given before the lane
// was told to slow down counts no more. A rest that is too long to be waited for
// is a *RateLimitError.
func (l *lane) wait(ctx context.Context) (turn, error) {
	for {
		t, err := l.turn(ctx)
		if err != nil {
			return turn{}, err
		}
		if err := sleep(ctx, t.at.Sub(l.now())); err != nil {
			return turn{}, err
		}
		if t.epoch == l.current() {
			return t, nil
		}
	}
}

// current is the lane's epoch.
func (l *lane) current() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.epoch
}

func (l *lane) turn(ctx context.Context) (turn, error) {
	select {
	case l.lock <- struct{}{}:
	case <-ctx.Done():
		return turn{}, context.Cause(ctx)
	}
	defer func() { <-l.lock }()

	epoch := l.current()
	if !l.batch.serves(epoch, l.now()) {
		if err := l.reserve(ctx, epoch); err != nil {
			return turn{}, err
		}
	}
	return l.batch.take(), nil
}

// maxBatch bounds the turns that one client keeps from others.
const maxBatch = 100

// reserve takes about a second's worth of turns, and waits for them when the
// lane rests.
func (l *lane) reserve(ctx context.Context, epoch int) error {
	n := maxBatch
	if l.rate > 0 {
		n = int(math.Min(math.Max(l.rate, 1), maxBatch))
	}
	for {
		if l.batch.rests.Sub(l.now()) > retryWindow {
			return &RateLimitError{Lane: l.name, After: l.batch.rests.Sub(l.now())}
		}
		if err := sleep(ctx, l.batch.rests.Sub(l.now())); err != nil {
			return err
		}
		got, first, every, err := l.pace.Reserve(ctx, l.name, n)
		if err != nil {
			return &turnError{err}
		}
		if got > 0 {
			l.batch = batch{left: got, next: first, every: every, epoch: epoch}
			return nil
		}
		l.batch.rests = later(first, l.now().Add(10*time.Millisecond))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// answered lets the lane learn from the answer to a request. What is learnt holds
// for all who share the account.
func (l *lane) answered(ctx context.Context, t turn, status int, after time.Duration) error {
	told := l.listen(t, status, after)
	if told == (pipeline.Throttled{}) {
		return nil
	}
	return l.pace.Throttled(context.WithoutCancel(ctx), l.name, told)
}

// listen says what an answer means for the lane. What was sent before the lane
// slowed down says nothing about how fast it is now.
func (l *lane) listen(t turn, status int, after time.Duration) (told pipeline.Throttled) {
	l.mu.Lock()
	defer l.mu.Unlock()

	switch {
	case status == http.StatusTooManyRequests && t.epoch == l.epoch:
		told = l.meter.refused(l.now(), t.every, after)
	case wantsRest(status):
		told = pipeline.Throttled{After: after}
	default:
		l.meter.passed(l.now())
	}
	if told != (pipeline.Throttled{}) {
		l.epoch++
	}
	return told
}

// batch is what a lane has in hand: turns, or the time until which there are
// none.
type batch struct {
	left  int
	next  time.Time     // when the first of them is
	every time.Duration // between two; 0 is no limit
	epoch int           // the lane's when they were given
	rests time.Time
}

// freeFor is how long turns without a limit are good: then it is time to ask
// whether somebody has met one.
const freeFor = time.Second

// serves reports whether there is a turn to be taken. Those that nobody took in
// time are lost.
func (b *batch) serves(epoch int, now time.Time) bool {
	if b.epoch != epoch {
		return false
	}
	if b.every == 0 {
		return b.left > 0 && now.Sub(b.next) < freeFor
	}
	for b.left > 0 && now.Sub(b.next) > max(b.every, pipeline.LateAtMost) {
		b.take()
	}
	return b.left > 0
}

// take takes the next turn. Where there is no limit they do not get fewer.
func (b *batch) take() turn {
	t := turn{b.next, b.every, b.epoch}
	if b.every > 0 {
		b.left--
		b.next = b.next.Add(b.every)
	}
	return t
}
