package pipeline

import (
	"context"
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

// Throttled is what somebody has noticed who was told to slow down.
type Throttled struct {
	Rate  float64       // turns a second at which it happened
	Keep  float64       // turns a second to go on with; 0 when it says nothing about the rate
	After time.Duration // the lane is to rest that long
}

// Pacing is how fast a lane is.
type Pacing struct {
	Rate       float64   // turns a second; 0 is no limit
	Configured float64   // what it may be at most; 0 is no limit
	Rests      time.Time // nobody is to ask before then; zero when it does not rest
}

// Learnt reports whether the receiver allows less than is configured.
func (p Pacing) Learnt() bool {
	return p.Rate > 0 && (p.Configured == 0 || p.Rate < p.Configured)
}
