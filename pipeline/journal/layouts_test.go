package journal_test

import (
	"fmt"
	"testing"
	"time"

	"rentalsync/pipeline"
)

func TestFilesOfALayoutAreNumberedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	number := func(layout, subject string, want int64) {
		t.Helper()
		got, err := w.LayoutNumber(t.Context(), "hamburg", layout, subject)
		w.must(err)
		if got != want {
			t.Errorf("%s of %s has number %d, want %d", layout, subject, got, want)
		}
	}
	before := func(n int64, want string) {
		t.Helper()
		got, err := w.LayoutBefore(t.Context(), "hamburg", "readings", n)
		w.must(err)
		if got != want {
			t.Errorf("before number %d %q was written, want %q", n, got, want)
		}
	}

	number("readings", "s1", 1)
	number("acknowledgements", "r1", 1)
	number("readings", "s2", 2)
	before(2, "")
	w.must(w.LayoutWritten(t.Context(), "hamburg", "readings", "s1", morning))
	w.reopen()
	number("readings", "s1", 1)
	number("readings", "s3", 3)
	before(1, "")
	before(3, "s1") // s2 was never written: what moved in it goes with s3
	w.must(w.LayoutWritten(t.Context(), "hamburg", "readings", "s2", morning))
	before(3, "s2")
	before(2, "s1")
}

func TestAScheduleIsKeptAcrossRestarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	kept, err := w.ScheduleKept(t.Context(), "hamburg")
	if w.must(err); !kept.IsZero() {
		t.Errorf("kept until %s before anybody began", kept)
	}
	w.must(w.KeepSchedule(t.Context(), "hamburg", morning))
	w.must(w.KeepSchedule(t.Context(), "hamburg", morning.Add(time.Hour)))
	w.reopen()
	kept, err = w.ScheduleKept(t.Context(), "hamburg")
	if w.must(err); !kept.Equal(morning.Add(time.Hour)) {
		t.Errorf("kept until %s", kept)
	}
}

func TestOldSnapshotsAreClearedAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	page := make([]pipeline.Machine, 3)
	take := func(days, hours int) {
		t.Helper()
		at := morning.Add(-time.Duration(24*days-hours) * time.Hour)
		snap := pipeline.Snapshot{ID: fmt.Sprintf("%03d days and %d hours", days, hours), Account: account, TakenAt: at, ReadAt: at, Machines: len(page)}
		w.must(w.Keep(t.Context(), snap, page))
	}
	for _, when := range [][2]int{{500, 0}, {401, 0}, {399, 0}, {60, 0}, {60, 1}, {60, 2}, {31, 5}, {10, 0}, {10, 1}} {
		take(when[0], when[1])
	}

	forget := func(want ...string) {
		t.Helper()
		_, err := w.ForgetSnapshots(t.Context(), account, morning.AddDate(0, 0, -400), morning.AddDate(0, 0, -30))
		w.must(err)
		list, err := w.Snapshots(t.Context(), account, morning.AddDate(1, 0, 0), 100)
		w.must(err)
		var got []string
		for _, snap := range list {
			got = append(got, snap.ID)
			machines := 0
			for _, err := range w.Machines(t.Context(), snap.ID) {
				w.must(err)
				machines++
			}
			if machines != len(page) {
				t.Errorf("%s has %d machines", snap.ID, machines)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("left are %q, want %q", got, want)
		}
	}
	kept := []string{"010 days and 1 hours", "010 days and 0 hours", "031 days and 5 hours", "060 days and 2 hours", "399 days and 0 hours"}
	forget(kept...)
	forget(kept...)
}

func TestTheNewestTwoSnapshotsStayHoweverOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	for i := range 3 {
		at := morning.AddDate(-3, 0, i)
		w.must(w.Keep(t.Context(), pipeline.Snapshot{ID: fmt.Sprint(i), Account: account, TakenAt: at, ReadAt: at}, nil))
	}
	n, err := w.ForgetSnapshots(t.Context(), account, morning, morning)
	if w.must(err); n != 1 {
		t.Errorf("%d were forgotten, want the oldest", n)
	}
}
