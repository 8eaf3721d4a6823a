package pipeline_test

import (
	"math"
	"testing"
	"time"

	"rentalsync/pipeline"
)

func TestALimitThatWasMetIsComeBackToSlowly(t *testing.T) {
	t.Parallel()
	met := time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	lowered := func(configured, rate, keep float64) pipeline.Learned {
		return pipeline.Learned{}.Throttled(pipeline.Throttled{Rate: rate, Keep: keep}, configured, met)
	}
	for _, c := range []struct {
		name       string
		learned    pipeline.Learned
		configured float64
		after      time.Duration
		want       float64
	}{
		{"what has met no limit goes as configured", pipeline.Learned{}, 5, 0, 5},
		{"no limit at all stays none", pipeline.Learned{}, 0, time.Hour, 0},
		{"at once it is what was left", lowered(100, 100, 70), 100, 0, 70},
		{"it rests there", lowered(100, 100, 70), 100, 30 * time.Second, 70},
		{"far below the limit the way up is brisk", lowered(100, 100, 70), 100, time.Minute, 75},
		{"where the limit was it is slow", lowered(100, 100, 97), 100, 90 * time.Second, 97.6},
		{"beyond it is brisk again, up to what is configured", lowered(200, 100, 97), 200, time.Hour, 200},
		{"it never goes above that", lowered(100, 100, 70), 100, 24 * time.Hour, 100},
		{"where nothing is configured it is forgotten in the end", lowered(0, 100, 70), 0, 24 * time.Hour, 0},
		{"it never goes to nothing", lowered(5, 0.1, 0.01), 5, 0, 0.1},
	} {
		if got := c.learned.At(c.configured, met.Add(c.after)); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: after %s it is %g a second, want %g", c.name, c.after, got, c.want)
		}
	}
}

func TestALimitIsMetOnceHoweverManyTellOfIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	l := pipeline.Learned{}.Throttled(pipeline.Throttled{Rate: 100, Keep: 70, After: 2 * time.Second}, 100, now)
	l = l.Throttled(pipeline.Throttled{Rate: 100, Keep: 80, After: time.Second}, 100, now.Add(100*time.Millisecond))
	if want := (pipeline.Learned{Rate: 70, Met: 100, Since: now, Rests: now.Add(2 * time.Second)}); l != want {
		t.Errorf("got %+v, want %+v", l, want)
	}
}
