package pipeline

import "time"

// Learned is what is known of a limit that the receiver does not tell: where it
// was met last. All that follows from it is a function of the time, so that a
// lane comes back up without anybody doing anything, over restarts and for all
// who share it alike. The zero value has met no limit.
//
// The way back up is not the same all the way. Far below the limit it is brisk.
// Where the limit was, it is slow, because what waits there is most likely the
// same limit, and finding it again costs refusals. Once that is left behind
// without having met it, it is brisk again.
type Learned struct {
	Rate  float64   // turns a second that were left
	Met   float64   // turns a second at which the limit was met
	Since time.Time // when
	Rests time.Time // nobody is to ask before then
}

// The way back up.
const (
	paceStep     = 30 * time.Second // to rest after the limit was met, and for each step up
	briskStep    = 0.05             // of the full rate
	carefulStep  = 0.003            // of the rate that met the limit
	carefulTurns = 150              // a careful step takes at least so many turns
	carefulFrom  = 0.97             // of the rate that met the limit
	carefulUntil = 1.04
	leastRate    = 0.1 // turns a second: the limit is looked for no further down
	forgetAbove  = 4   // times the rate that met the limit, where nothing is configured
)

// At is how many turns a second a lane gives out: no more than configured, where
// 0 is no limit.
func (l Learned) At(configured float64, now time.Time) float64 {
	if l.Rate == 0 {
		return configured
	}
	full := configured
	if full == 0 {
		full = l.Met * forgetAbove
	}

	rate := l.climbed(full, now.Sub(l.Since)-paceStep)
	if rate >= full {
		return configured
	}
	return rate
}

// climbed is the rate after so much time of its way up.
func (l Learned) climbed(full float64, left time.Duration) float64 {
	brisk := full * briskStep / paceStep.Seconds()
	careful := l.Met * carefulStep / max(paceStep.Seconds(), carefulTurns/l.Met)

	rate, seconds := l.Rate, max(left, 0).Seconds()
	for _, leg := range []struct{ to, speed float64 }{
		{l.Met * carefulFrom, min(brisk, l.Met*briskStep/paceStep.Seconds())},
		{l.Met * carefulUntil, careful},
	} {
		if rate >= leg.to {
			continue
		}
		if took := (leg.to - rate) / leg.speed; took < seconds {
			rate, seconds = leg.to, seconds-took
			continue
		}
		return rate + leg.speed*seconds
	}
	return rate + brisk*seconds
}

// Throttled is what is known after somebody was told to slow down. What is
// slower already stays as it is: two who were told of the same limit have not met
// it twice.
func (l Learned) Throttled(t Throttled, configured float64, now time.Time) Learned {
	if rests := now.Add(t.After); t.After > 0 && rests.After(l.Rests) {
		l.Rests = rests
	}
	if t.Keep <= 0 {
		return l
	}

	keep := max(t.Keep, leastRate)
	if is := l.At(configured, now); is == 0 || keep < is {
		l.Rate, l.Met, l.Since = keep, max(t.Rate, keep), now
	}
	return l
}
