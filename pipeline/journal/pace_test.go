package journal_test

import (
	"testing"
	"time"

	"rentalsync/pipeline"
)

func TestWhatOneLearnsOfALimitHoldsForAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	rates := map[string]float64{"rental": 50, "other": 0}
	one, two := w.Pace("iris", rates), w.Pace("iris", rates)

	if p, err := two.Pacing(t.Context(), "rental"); err != nil || p != (pipeline.Pacing{Rate: 50, Configured: 50}) || p.Learnt() {
		t.Errorf("before anything was asked the pace is %+v, %v", p, err)
	}
	if _, _, _, err := two.Reserve(t.Context(), "rental", 25); err != nil {
		t.Fatal(err)
	}
	w.must(one.Throttled(t.Context(), "rental", pipeline.Throttled{Rate: 50, Keep: 20}))
	got, _, every, err := two.Reserve(t.Context(), "rental", 5)
	if err != nil || got != 5 || every != 50*time.Millisecond {
		t.Errorf("the other got %d turns every %s, %v; want 5 every 50ms", got, every, err)
	}

	w.must(one.Throttled(t.Context(), "rental", pipeline.Throttled{After: time.Hour}))
	got, first, _, err := two.Reserve(t.Context(), "rental", 5)
	if err != nil || got != 0 || time.Until(first) < 59*time.Minute {
		t.Errorf("while the lane rests the other got %d turns from %v, %v", got, first, err)
	}
	if _, _, every, err := two.Reserve(t.Context(), "other", 5); err != nil || every != 0 {
		t.Errorf("another lane has turns every %s, %v", every, err)
	}
}

func TestWhatWasLearntOfALimitOutlivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	rates := map[string]float64{"rental": 50}
	w.must(w.Pace("iris", rates).Throttled(t.Context(), "rental", pipeline.Throttled{Rate: 50, Keep: 20, After: time.Hour}))
	w.must(w.Close())
	w.store = w.again()

	p, err := w.Pace("iris", rates).Pacing(t.Context(), "rental")
	if err != nil || p.Rate != 20 || !p.Learnt() || time.Until(p.Rests) < 59*time.Minute {
		t.Errorf("after a restart the pace is %+v, %v", p, err)
	}
	if p, err = w.Pace("iris", map[string]float64{"rental": 10}).Pacing(t.Context(), "rental"); err != nil || p.Rate != 10 || p.Learnt() {
		t.Errorf("a rate that is configured below it is %+v, %v", p, err)
	}
}
