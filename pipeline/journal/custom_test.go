package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// customDue lists what is due of custom values, by kind and key.
func (w *world) customDue() []string {
	w.t.Helper()
	due, err := w.custom().CustomDue(w.t.Context(), flow, account, profile, nil, 100)
	w.must(err)
	all := []string{}
	for i := range due {
		all = append(all, due[i].Record.String())
	}
	return all
}

// custom is the journal as custom values see it.
func (w *world) custom() pipeline.CustomJournal {
	w.t.Helper()
	j, can := w.store.(pipeline.CustomJournal)
	if !can {
		w.t.Fatal("the journal keeps no custom values")
	}
	return j
}

// settleCustom settles everything that is due with one outcome.
func (w *world) settleCustom(run string, o pipeline.CustomOutcome) {
	w.t.Helper()
	due, err := w.custom().CustomDue(w.t.Context(), flow, account, profile, nil, 100)
	w.must(err)
	var settled []pipeline.CustomSettlement
	for i := range due {
		settled = append(settled, pipeline.CustomSettlement{
			Entity: due[i].Entity, Target: due[i].Record.Key, Next: time.Unix(1<<32, 0),
			Fields: []pipeline.CustomFieldOutcome{{Field: "region", Value: "coast", Outcome: o, At: time.Unix(1, 0)}},
		})
	}
	w.must(w.custom().CustomSettle(w.t.Context(), run, account, settled))
}

func region(text string) rental.Entity {
	return depot("D9", said{rental.ExtraPrefix + "region": text})
}

func TestCustomValuesAreDueFromTheNightThatChangesThemUntilTheyAreSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	steps := []struct {
		name    string
		staged  []rental.Entity
		settled pipeline.CustomOutcome
		want    []string
	}{
		{"a depot that has one", []rental.Entity{region("coast")}, pipeline.CustomSet, []string{"depot D9"}},
		{"a night that says nothing of it", []rental.Entity{depot("D8", said{rental.Name: "North"})}, 0, []string{}},
		{"another value", []rental.Entity{region("hills")}, pipeline.CustomPending, []string{"depot D9"}},
		{"what is pending stays due", []rental.Entity{depot("D8", said{rental.Name: "South"})}, pipeline.CustomRefused, []string{"depot D9"}},
		{"what is refused does not", []rental.Entity{depot("D8", said{rental.Name: "West"})}, 0, []string{}},
		{"unless its value changes", []rental.Entity{region("marsh")}, pipeline.CustomDeferred, []string{"depot D9"}},
		{"what is deferred is not due before its time", nil, 0, []string{}},
	}
	for i, step := range steps {
		if step.staged != nil {
			w.night(time.Date(2026, 11, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), step.staged...)
		}
		if diff := cmp.Diff(step.want, w.customDue()); diff != "" {
			t.Errorf("%s: due (-want +got):\n%s", step.name, diff)
		}
		if step.settled != 0 {
			w.settleCustom(step.name, step.settled)
		}
	}
}

func TestWhatWasRefusedIsDueAgainUnderOtherCustomFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", region("coast"))
	w.must(w.custom().CustomAgain(t.Context(), flow, account, "fields"))
	w.settleCustom("R", pipeline.CustomRefused)

	for _, c := range []struct {
		fields string
		want   []string
	}{{"fields", []string{}}, {"other fields", []string{"depot D9"}}} {
		refused, err := w.custom().CustomRefused(t.Context(), flow)
		w.must(err)
		if !refused {
			t.Error("nothing is refused")
		}
		w.must(w.custom().CustomAgain(t.Context(), flow, account, c.fields))
		if diff := cmp.Diff(c.want, w.customDue()); diff != "" {
			t.Errorf("under %s, due (-want +got):\n%s", c.fields, diff)
		}
	}
}

func TestCustomValuesThatWereKeptBeforeTheyWereSentAreDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", region("coast"), depot("D8", said{rental.Name: "North"}))
	j := w.store.(*journal.Journal)
	w.must(j.BlankCustom(t.Context()))
	if due := w.customDue(); len(due) > 0 {
		t.Fatalf("due before: %v", due)
	}
	w.must(j.RefreshCustom(t.Context()))
	if diff := cmp.Diff([]string{"depot D9"}, w.customDue()); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
}

func TestAnAttemptAndWhatIsHeldAreKeptForTheirTarget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", region("coast"))
	w.settleCustom("R", pipeline.CustomSet)
	w.night("2026-11-21", region("hills"))

	held := func() pipeline.HeldValue {
		due, err := w.custom().CustomDue(t.Context(), flow, account, profile, nil, 1)
		w.must(err)
		return due[0].Held["region"]
	}
	if got := held(); !got.Accepted || got.Attempt || got.Text != "coast" || got.Target != "D9" {
		t.Errorf("after it was set: %+v", got)
	}
	due, err := w.custom().CustomDue(t.Context(), flow, account, profile, nil, 1)
	w.must(err)
	send := func(target string) {
		w.must(w.custom().CustomSending(t.Context(), account, []pipeline.CustomSending{{Entity: due[0].Entity, Target: target, Fields: []string{"region"}}}))
	}
	send("D9")
	if got := held(); !got.Accepted || !got.Attempt {
		t.Errorf("while it is sent: %+v", got)
	}
	send("elsewhere")
	if got := held(); got.Accepted || !got.Attempt || got.Target != "elsewhere" {
		t.Errorf("sent elsewhere: %+v", got)
	}
}
