package journal_test

import (
	"testing"
	"time"

	"rentalsync/pipeline"
)

func TestADriftIsKnownSinceItWasSeenFirst(t *testing.T) {
	t.Parallel()
	j := newWorld(t, time.Minute)
	monday := time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)
	note := func(at time.Time, whats ...string) []pipeline.Drift {
		t.Helper()
		var list []pipeline.Drift
		for _, what := range whats {
			list = append(list, pipeline.Drift{Subject: "item MV-1", What: what})
		}
		if err := j.NoteDrift(t.Context(), "hamburg", at, list); err != nil {
			t.Fatal(err)
		}
		return list
	}

	note(monday, "another customer")
	tuesday := monday.AddDate(0, 0, 1)
	if got := note(tuesday, "another customer", "another off-rent date"); !got[0].Since.Equal(monday) || !got[1].Since.Equal(tuesday) {
		t.Errorf("on Tuesday: %+v", got)
	}
	note(monday.AddDate(0, 0, 2))
	thursday := monday.AddDate(0, 0, 3)
	if got := note(thursday, "another customer"); !got[0].Since.Equal(thursday) {
		t.Errorf("it was gone on Wednesday, and is known since %s", got[0].Since)
	}
}

func TestWhatWasAddedToAFileIsKept(t *testing.T) {
	t.Parallel()
	j := newWorld(t, time.Minute)
	if last, err := j.Appended(t.Context(), "hamburg", "hours.csv"); err != nil || last != nil {
		t.Fatalf("before: %+v, %v", last, err)
	}
	want := pipeline.Appended{Snapshot: "S1", TakenAt: time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC), Began: 10, Ended: -1}
	for _, want.Ended = range []int64{-1, 90} {
		if err := j.NoteAppended(t.Context(), "hamburg", "hours.csv", want); err != nil {
			t.Fatal(err)
		}
		got, err := j.Appended(t.Context(), "hamburg", "hours.csv")
		if err != nil || got == nil || *got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}
