package iris

import (
	"time"

	"rentalsync/pipeline"
)

// What refusals mean.
const (
	refusedAmong  = 400  // answers that four refusals are too many among
	mildest       = 0.97 // of the rate is kept at most then
	harshest      = 0.7  // of the rate is kept at least
	restedShare   = 0.1  // of the time that rests may take
	passesEnough  = 20   // answers that a throughput can be told by
	belowMeasured = 0.98 // of the throughput is gone on with
	firstRest     = 400 * time.Millisecond
	longestRest   = 8 * time.Second // where IRIS does not say how long
)

// meter makes out what a 429 means for a lane.
//
// A single one among many answers means nothing: nobody is slowed down by it.
// Several close together mean that the rate is too high, and so do rests that
// take a good part of the time: what gets through between two of them is the
// limit. While nothing gets through at all, there is nothing to learn but to ask
// less and less often.
type meter struct {
	answers  int
	refusals [4]int        // which answers were refusals, the last ones; 0 is none
	passes   int           // answers since the refusal that counted last
	counted  time.Time     // when that was
	rested   time.Duration // of the time since then
	closed   int           // refusals in a row that nothing got through between
	times    [64]time.Time // when the last answers came
}

// passed notes an answer that is no refusal.
func (m *meter) passed(now time.Time) {
	m.note(now)
	m.passes++
	m.closed = 0
}

func (m *meter) note(now time.Time) {
	m.times[m.answers%len(m.times)] = now
	m.answers++
}

// refused notes a refusal of a request that was sent at a pace, and says what the
// lane is to do; nothing where it was a single one.
func (m *meter) refused(now time.Time, every, after time.Duration) pipeline.Throttled {
	m.note(now)
	copy(m.refusals[:], m.refusals[1:])
	m.refusals[len(m.refusals)-1] = m.answers

	told := pipeline.Throttled{After: after}
	if m.passes == 0 && !m.counted.IsZero() {
		m.closed++
	} else if told.Rate = m.rate(now, every); told.Rate > 0 {
		told.Keep = m.keep(told.Rate, now)
	}
	if told.After == 0 && (m.closed > 0 || told.Keep > 0) {
		told.After = min(firstRest<<min(m.closed, 16), longestRest)
	}
	if told.Keep == 0 {
		told.Rate = 0
	}

	m.rested += told.After
	if m.closed == 0 {
		m.passes, m.counted, m.rested = 0, now, told.After
	}
	return told
}

// rate is how many turns a second there were: as they were given, or as answers
// came where there is no limit.
func (m *meter) rate(now time.Time, every time.Duration) float64 {
	if every > 0 {
		return 1 / every.Seconds()
	}
	n := min(m.answers, len(m.times))
	took := now.Sub(m.times[(m.answers-n)%len(m.times)]).Seconds()
	if n < 2 || took <= 0 {
		return 0
	}
	return float64(n-1) / took
}

// keep is the rate to go on with; 0 where nothing is wrong with it.
func (m *meter) keep(rate float64, now time.Time) float64 {
	if oldest := m.refusals[0]; oldest > 0 && m.answers-oldest <= refusedAmong {
		span := float64(m.answers - oldest)
		return rate * min(max(1-float64(len(m.refusals)-1)/span, harshest), mildest)
	}

	took := now.Sub(m.counted).Seconds()
	if m.counted.IsZero() || m.passes < passesEnough || m.rested.Seconds() < took*restedShare {
		return 0
	}
	return max(rate*harshest, min(rate*mildest, float64(m.passes)/took*belowMeasured))
}
