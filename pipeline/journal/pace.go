package journal

import (
	"context"
	"sync"
	"time"

	"rentalsync/pipeline"
)

var _ pipeline.Pace = (*pace)(nil)

// aheadAtMost is how far ahead turns are given out: what a process that dies
// took with it is lost to the others for no longer.
const aheadAtMost = 5 * time.Second

// pace hands out turns of one account from the journal, so that all who call it
// keep to one rate, and learn of its limits from each other.
type pace struct {
	journal *Journal
	account string
	rates   map[string]float64

	mu   sync.Mutex
	told map[string]float64 // the learnt rate of a lane that was told last
}

// Pace returns what keeps an account's rates, in turns a second for each lane; a
// lane without a rate goes by that of "other". 0 is no limit.
func (j *Journal) Pace(account string, rates map[string]float64) pipeline.Pace {
	return &pace{journal: j, account: account, rates: rates, told: map[string]float64{}}
}

// rate is the configured rate of a lane.
func (pa *pace) rate(lane string) float64 {
	if rate, known := pa.rates[lane]; known {
		return rate
	}
	return pa.rates["other"]
}

const (
	paceColumns = `@now_ms * 1000, next_us, learnt, met, met_us, rests_us`

	// The row is locked by writing it, so that nobody else reckons with it.
	takePace = `
		INSERT INTO pace (account, lane, next_us) VALUES ($1, $2, 0)
		ON CONFLICT (account, lane) DO UPDATE SET next_us = pace.next_us
		RETURNING ` + paceColumns
	readPace = `SELECT ` + paceColumns + ` FROM pace WHERE account = $1 AND lane = $2`
	setPace  = `
		UPDATE pace SET next_us = $3, learnt = $4, met = $5, met_us = $6, rests_us = $7
		WHERE account = $1 AND lane = $2`
)

// laneState is a lane as the journal holds it.
type laneState struct {
	now, next time.Time
	learned   pipeline.Learned
}

// load reads a lane; a zero state when nobody has asked for it yet.
func (st *laneState) load(ctx context.Context, s session, query, account, lane string) error {
	var now, next, met, rests int64
	err := s.one(ctx, query, args(account, lane), &now, &next, &st.learned.Rate, &st.learned.Met, &met, &rests)
	st.now, st.next = time.UnixMicro(now).UTC(), time.UnixMicro(next).UTC()
	st.learned.Since, st.learned.Rests = time.UnixMicro(met).UTC(), time.UnixMicro(rests).UTC()
	_, err = found(err)
	return err
}

func (st *laneState) save(ctx context.Context, s session, account, lane string) error {
	l := st.learned
	_, err := s.exec(ctx, setPace, account, lane, st.next.UnixMicro(), l.Rate, l.Met, l.Since.UnixMicro(), l.Rests.UnixMicro())
	return err
}

// change reckons with a lane while nobody else does.
func (pa *pace) change(ctx context.Context, lane string, reckon func(*laneState)) (st laneState, err error) {
	err = pa.journal.write(ctx, func(ctx context.Context, s session) error {
		if err := st.load(ctx, s, takePace, pa.account, lane); err != nil {
			return err
		}
		reckon(&st)
		return st.save(ctx, s, pa.account, lane)
	})
	return st, err
}

// Reserve takes up to n turns of a lane and returns how many it got, when the
// first one is, and the time between two.
func (pa *pace) Reserve(ctx context.Context, lane string, n int) (got int, first time.Time, every time.Duration, err error) {
	st, err := pa.change(ctx, lane, func(st *laneState) {
		got, first, every = st.reserve(n, pa.rate(lane))
	})
	if err != nil {
		return 0, time.Time{}, 0, named(err, "reserve turns of account %q", pa.account)
	}
	pa.tell(lane, st.learned.At(pa.rate(lane), st.now))
	return got, first, every, nil
}

func (st *laneState) reserve(n int, configured float64) (got int, first time.Time, every time.Duration) {
	if st.learned.Rests.After(st.now) {
		return 0, st.learned.Rests, 0
	}
	rate := st.learned.At(configured, st.now)
	if rate <= 0 {
		return n, st.now, 0
	}

	every = max(time.Microsecond, time.Duration(float64(time.Second)/rate).Round(time.Microsecond))
	got = max(1, min(n, int(aheadAtMost/every)))
	first = pipeline.FirstTurn(st.next, st.now)
	st.next = first.Add(time.Duration(got) * every)
	return got, first, every
}

// Throttled makes the whole account slow down, and rest. Turns that were given
// out at the rate before are taken for lost.
func (pa *pace) Throttled(ctx context.Context, lane string, t pipeline.Throttled) error {
	st, err := pa.change(ctx, lane, func(st *laneState) {
		st.learned = st.learned.Throttled(t, pa.rate(lane), st.now)
		st.next = st.now
	})
	if err != nil {
		return named(err, "slow down account %q", pa.account)
	}
	pa.tell(lane, st.learned.At(pa.rate(lane), st.now))
	return nil
}

// Pacing is what a lane goes by at the moment.
func (pa *pace) Pacing(ctx context.Context, lane string) (pipeline.Pacing, error) {
	var st laneState
	err := pa.journal.read(ctx, func(ctx context.Context, s session) error {
		return st.load(ctx, s, readPace, pa.account, lane)
	})
	p := pipeline.Pacing{Configured: pa.rate(lane), Rate: st.learned.At(pa.rate(lane), st.now)}
	if st.learned.Rests.After(st.now) {
		p.Rests = st.learned.Rests
	}
	return p, named(err, "ask for the pace of account %q", pa.account)
}

// notable is by how much a rate has to change to be told of: the way up has many
// small steps.
const notable = 0.2

// tell says when a lane has become notably slower or faster by what was learnt.
func (pa *pace) tell(lane string, rate float64) {
	configured := pa.rate(lane)
	pa.mu.Lock()
	defer pa.mu.Unlock()

	last, slow := pa.told[lane]
	learnt := rate > 0 && rate != configured
	switch {
	case !learnt && slow:
		delete(pa.told, lane)
		pa.journal.log.Info("iris is asked at the configured rate again", "account", pa.account, "lane", lane)
	case learnt && (!slow || rate < last*(1-notable) || rate > last*(1+notable)):
		pa.told[lane] = rate
		pa.journal.log.Info("iris allows fewer requests than configured", "account", pa.account, "lane", lane, "aSecond", float64(int(rate*100))/100)
	}
}
