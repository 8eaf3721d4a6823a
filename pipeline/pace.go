package pipeline

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Pace hands out turns under a rate that everything calling one account shares,
// and learns where the receiver's own limit is.
type Pace interface {
	// Reserve takes up to n turns of a lane and returns how many it got, when
	// the first one is, and the time between two; 0 is no limit. None are to be
	// had before first while the lane rests.
	Reserve(ctx context.Context, lane string, n int) (got int, first time.Time, every time.Duration, err error)

	// Throttled tells that the receiver wants fewer requests. It is so for
	// everybody who shares the account, at once.
	Throttled(ctx context.Context, lane string, t Throttled) error

	// Pacing is what a lane goes by at the moment.
	Pacing(ctx context.Context, lane string) (Pacing, error)
}

// LateAtMost is how late a turn may be taken. Making up for more would be a burst.
const LateAtMost = 200 * time.Millisecond

// FirstTurn is when the next turns of a lane begin whose last ones were given out
// until next. To ask for them takes its time, which is made up for.
func FirstTurn(next, now time.Time) time.Time {
	if now.Sub(next) > LateAtMost {
		return now
	}
	return next
}

// Throttled is what somebody has noticed who was told to slow down.
type Throttled struct {
	Rate  float64       // turns a second at which it happened
	Keep  float64       // turns a second to go on with; 0 when it says nothing about the rate
	After time.Duration // the lane is to rest that long
}

// Pacing is how fast a lane is.
type Pacing struct {
	Rate       float64   `json:"rate"`           // turns a second; 0 is no limit
	Configured float64   `json:"configured"`     // what it may be at most; 0 is no limit
	Rests      time.Time `json:"rests,omitzero"` // nobody is to ask before then; zero when it does not rest
}

// Learnt reports whether the receiver allows less than is configured.
func (p Pacing) Learnt() bool {
	return p.Rate > 0 && (p.Configured == 0 || p.Rate < p.Configured)
}

// Plan says how many documents there are, at what rate they go, and when they
// are through: "214 documents at 5 a second, done about 05:40 (in 43s)".
func (p Pacing) Plan(documents int, now time.Time) string {
	text := counted(documents, "document")
	if documents == 0 || p.Rate == 0 {
		return text
	}

	text += fmt.Sprintf(" at %s a second", strconv.FormatFloat(math.Round(p.Rate*100)/100, 'g', -1, 64))
	if p.Learnt() {
		text += " (IRIS allows no more at the moment)"
	}
	takes := time.Duration(float64(documents) / p.Rate * float64(time.Second))
	if rest := p.Rests.Sub(now); rest > 0 {
		takes += rest
	}
	takes = max(takes.Round(time.Second), time.Second)
	return text + fmt.Sprintf(", done about %s (in %s)", clockTime(now, now.Add(takes)), takes)
}

// clockTime is a time as people say it: with its day when it is another one.
func clockTime(now, at time.Time) string {
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}
