package iris

import (
	"context"
	"sync"
	"time"

	"rentalsync/pipeline"
)

// localPace keeps the rates within one process.
type localPace struct {
	now   func() time.Time
	rates map[string]float64

	mu    sync.Mutex
	lanes map[string]*localLane
}

type localLane struct {
	next    time.Time
	learned pipeline.Learned
}

var _ pipeline.Pace = (*localPace)(nil)

// NewLocalPace keeps the rates for all clients that it is given to.
func NewLocalPace(r Rates, now func() time.Time) pipeline.Pace {
	p := &localPace{now: now, rates: map[string]float64{}, lanes: map[string]*localLane{}}
	for lane, rate := range r.byLane() {
		p.rates[lane], p.lanes[lane] = rate, &localLane{}
	}
	return p
}

// Reserve hands out n turns, the first of which may be at once.
func (p *localPace) Reserve(_ context.Context, lane string, n int) (got int, first time.Time, every time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()

	l, now := p.lanes[lane], p.now()
	if l.learned.Rests.After(now) {
		return 0, l.learned.Rests, 0, nil
	}
	if rate := l.learned.At(p.rates[lane], now); rate > 0 {
		every = time.Duration(float64(time.Second) / rate)
	}
	first = pipeline.FirstTurn(l.next, now)
	l.next = first.Add(time.Duration(n) * every)
	return n, first, every, nil
}

// Throttled slows a lane down.
func (p *localPace) Throttled(_ context.Context, lane string, t pipeline.Throttled) error {
	p.mu.Lock()
	defer p.mu.Unlock()

	l, now := p.lanes[lane], p.now()
	l.learned, l.next = l.learned.Throttled(t, p.rates[lane], now), now
	return nil
}

// Pacing is what a lane goes by at the moment.
func (p *localPace) Pacing(_ context.Context, lane string) (pipeline.Pacing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()

	l, now := p.lanes[lane], p.now()
	going := pipeline.Pacing{Rate: l.learned.At(p.rates[lane], now), Configured: p.rates[lane]}
	if l.learned.Rests.After(now) {
		going.Rests = l.learned.Rests
	}
	return going, nil
}
