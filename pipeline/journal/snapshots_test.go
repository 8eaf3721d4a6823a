package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

var morning = time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC)

func TestAPageIsAskedForOnceInEverySoLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	visit := func(account, url string, after, want time.Duration) {
		t.Helper()
		got, err := w.Visit(t.Context(), account, url, morning.Add(after), 15*time.Minute)
		w.must(err)
		if got != want {
			t.Errorf("after %s %s of %s waits %s, want %s", after, url, account, got, want)
		}
	}

	visit(account, "/fleet/1", 0, 0)
	visit(account, "/fleet/1", 0, 15*time.Minute)
	visit(account, "/fleet/2", time.Minute, 0)
	visit("another", "/fleet/1", time.Minute, 0)
	w.reopen()
	visit(account, "/fleet/1", 15*time.Minute-time.Nanosecond, time.Nanosecond)
	visit(account, "/fleet/1", 15*time.Minute, 0)
	visit(account, "/fleet/1", 20*time.Minute, 10*time.Minute)
}

func TestAVisitIsTakenBackByWhoMadeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	visit := func(after time.Duration) time.Duration {
		t.Helper()
		wait, err := w.Visit(t.Context(), account, "/fleet/1", morning.Add(after), time.Hour)
		w.must(err)
		return wait
	}

	visit(0)
	w.must(w.TakeBack(t.Context(), account, "/fleet/1", morning))
	if wait := visit(time.Second); wait != 0 {
		t.Errorf("waits %s after the visit was taken back", wait)
	}
	w.must(w.TakeBack(t.Context(), account, "/fleet/1", morning))
	if wait := visit(time.Second); wait == 0 {
		t.Error("another's visit was taken back")
	}
}

func TestASnapshotGrowsPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	altitude := 12.5
	machines := []pipeline.Machine{
		{SerialNumber: "1", ExternalReference: "RM-1", Location: &pipeline.Location{Latitude: 53.5, Longitude: 10, Altitude: &altitude, At: time.Unix(5, 0).UTC()}},
		{SerialNumber: "2", EngineRunning: &pipeline.Switch{On: true, At: time.Unix(6, 0).UTC()}},
		{SerialNumber: "3", OperatingHours: &pipeline.Reading{Value: 0, Unit: "h", At: time.Unix(7, 0).UTC()}},
	}
	holds := func(want *pipeline.Snapshot, read []pipeline.Machine) {
		t.Helper()
		w.reopen()
		got, err := w.NewestSnapshot(t.Context(), account)
		w.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("newest (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(read, all(t, w.Machines(t.Context(), "s1"))); diff != "" {
			t.Errorf("machines (-want +got):\n%s", diff)
		}
	}

	holds(nil, nil)
	s := pipeline.Snapshot{ID: "s1", Account: account, TakenAt: morning, ReadAt: morning.Add(time.Second), Machines: 2, Faulty: 1, Next: "2?x=y"}
	w.must(w.Keep(t.Context(), s, machines[:2]))
	holds(&s, machines[:2])

	s.ReadAt, s.Machines, s.Next = morning.Add(time.Minute), 3, ""
	w.must(w.Keep(t.Context(), s, machines[2:]))
	w.must(w.Keep(t.Context(), pipeline.Snapshot{ID: "s2", Account: "another", TakenAt: morning.Add(time.Hour), ReadAt: morning.Add(time.Hour)}, machines))
	holds(&s, machines)
}

func TestWhatBrokeOffIsKeptForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	keep := func(id string, age time.Duration, next string) {
		t.Helper()
		at := morning.Add(-age)
		w.must(w.Keep(t.Context(), pipeline.Snapshot{ID: id, Account: account, TakenAt: at, ReadAt: at, Machines: 1, Next: next}, []pipeline.Machine{{SerialNumber: id}}))
	}

	keep("whole", 50*time.Hour, "")
	keep("old", 49*time.Hour, "2")
	keep("young", time.Hour, "2")
	keep("new", 0, "2")
	keep("new", 0, "")
	for id, want := range map[string]int{"whole": 1, "old": 0, "young": 1, "new": 2} {
		if got := len(all(t, w.Machines(t.Context(), id))); got != want {
			t.Errorf("snapshot %q has %d machines, want %d", id, got, want)
		}
	}
}
