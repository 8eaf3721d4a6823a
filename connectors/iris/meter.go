package iris

import (
	"time"

	"rentalsync/pipeline"
)

// What refusals mean.
const (
	company       = 50   // answers that two refusals have to be among to mean anything
	manyRefusals  = 5    // are far too many among
	manyAmong     = 100  // answers
	someRefusals  = 8    // are too many among
	someAmong     = 640  // answers
	mildest       = 0.98 // of the rate is kept at most then
	harshest      = 0.5  // of the rate is kept at least
	gently        = 0.9  // where no more than that is kept, the lane rests as well
	restedShare   = 0.1  // of the time that rests may take
	restedOften   = 3    // rests that a throughput is told by
	drivenShare   = 0.8  // of the turns that were taken, or IRIS was not what was slow
	belowMeasured = 0.98 // of the throughput is gone on with

	firstRest   = 400 * time.Millisecond
	longestRest = 8 * time.Second // where IRIS does not say how long
)

// meter makes out what a 429 means for a lane.
//
// A single one among many answers means nothing but for its own request, unless it
// asks for a rest that is too long to be waited for: nobody else is slowed down by
// it. Two close together are heard, and rested for. Many mean that the rate is too
// high, and so do rests that take a good part of the time: what gets through
// between them is the limit. While nothing gets through at all, there is nothing to
// learn but to ask less and less often.
type meter struct {
	answers  int
	passes   int    // answers since the refusal that counted last
	closed   int    // refusals in a row that nothing got through between
	counted  bool   // there was a refusal that counted
	last     int    // answers at the last refusal
	alone    bool   // which had no company
	refusals []halt // the last ones that counted, the oldest first
	rests    []halt // those that were followed by a rest, likewise
	times    [64]time.Time
}

// halt is when a lane was refused.
type halt struct {
	answers int
	at      time.Time
	after   time.Duration // the rest that followed
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
	if m.passes == 0 && m.counted && !m.alone {
		m.closed++
		return m.resting(pipeline.Throttled{After: m.rest(after)}, now)
	}

	m.alone = !m.counted || m.answers-m.last > company
	m.passes, m.counted, m.last = 0, true, m.answers
	m.refusals = lastOf(m.refusals, someRefusals, halt{m.answers, now, after})
	told, rate := pipeline.Throttled{}, m.rate(now, every)
	if !m.alone || after > retryWindow {
		told.After = after
	}
	if told.Keep = m.keep(rate, now); told.Keep > 0 {
		told.Rate = rate
		m.refusals, m.rests = nil, nil // each of them says so once
	}
	if told.Keep > 0 && told.Keep < rate*gently {
		told.After = m.rest(after)
	}
	return m.resting(told, now)
}

// resting remembers the rest that the lane is told to take. What it is told while
// it rests already makes no second one.
func (m *meter) resting(told pipeline.Throttled, now time.Time) pipeline.Throttled {
	if n := len(m.rests); n > 0 && now.Before(m.rests[n-1].at.Add(m.rests[n-1].after)) {
		return told
	}
	if told.After > 0 {
		m.rests = lastOf(m.rests, restedOften, halt{m.answers, now, told.After})
	}
	return told
}

// lastOf adds to a list of which only the last n are kept.
func lastOf(list []halt, n int, one halt) []halt {
	list = append(list, one)
	return list[max(0, len(list)-n):]
}

// rest is how long a lane that is closed rests: as long as was asked for, else
// longer each time.
func (m *meter) rest(after time.Duration) time.Duration {
	if after > 0 {
		return after
	}
	return min(firstRest<<min(m.closed, 16), longestRest)
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

// keep is the rate to go on with; 0 where nothing is wrong with it. Where there
// are rests, what gets through between them tells more than single refusals do.
func (m *meter) keep(rate float64, now time.Time) float64 {
	if kept := m.among(rate, manyRefusals, manyAmong); kept > 0 {
		return kept
	}
	if !m.alone && len(m.rests) == restedOften {
		if kept := m.throughput(rate, now); kept > 0 {
			return kept
		}
	}
	return m.among(rate, someRefusals, someAmong)
}

// among is the rate to go on with where so many refusals were among so few
// answers; 0 where they were not.
func (m *meter) among(rate float64, refusals, answers int) float64 {
	if len(m.refusals) < refusals {
		return 0
	}
	span := m.answers - m.refusals[len(m.refusals)-refusals].answers
	if span > answers {
		return 0
	}
	return rate * min(max(1-float64(refusals-1)/float64(span), harshest), mildest)
}

// throughput is the rate to go on with where a good part of the time is rested;
// 0 where it is not, or where not even the turns that there were have been taken.
func (m *meter) throughput(rate float64, now time.Time) float64 {
	first := m.rests[0]
	rested, took := time.Duration(0), now.Sub(first.at)
	for _, r := range m.rests {
		rested += r.after
	}
	passed := float64(m.answers - first.answers)
	if rested.Seconds() < took.Seconds()*restedShare || passed < rate*(took-rested).Seconds()*drivenShare {
		return 0
	}
	return max(rate*harshest, min(rate*mildest, passed/took.Seconds()*belowMeasured))
}
