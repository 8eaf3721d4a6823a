package iristest

import (
	"sync/atomic"
	"time"
)

// clock is the simulator's time: the outer one, moved ahead by what it was told to advance.
type clock struct {
	base  func() time.Time
	ahead atomic.Int64 // nanoseconds
}

func newClock(base func() time.Time) *clock {
	if base == nil {
		base = time.Now
	}
	return &clock{base: base}
}

// now is the simulator's time, in UTC.
func (cl *clock) now() time.Time {
	return cl.base().Add(time.Duration(cl.ahead.Load())).UTC()
}

// outer is the time that clients live in, which is not moved.
func (cl *clock) outer() time.Time {
	return cl.base().UTC()
}

// Advance moves the simulator's clock ahead: tokens age, URLs become free, machines work.
func (si *Simulator) Advance(d time.Duration) {
	si.clock.ahead.Add(int64(d))
}
