package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// planned is an open item whose planned end is shown.
func planned(key, machine, due string) rental.Entity {
	return item(key, said{
		rental.ContractRef: "K1", rental.AssetRef: machine, rental.OnRentDate: "2026-11-01T06:00:00Z",
		rental.DueDate: due + "T16:00:00Z", rental.OffRent: "planned",
	})
}

func ended(key, machine string) rental.Entity {
	return item(key, said{rental.ContractRef: "K1", rental.AssetRef: machine, rental.OffRentDate: "2026-11-20T16:00:00Z"})
}

// openOn are the keys of the open items of assets, as a run has them.
func (w *world) openOn(r pipeline.Run, assets ...string) map[string][]string {
	w.t.Helper()
	open, err := w.OpenItems(w.t.Context(), flow, r.ID, assets)
	w.must(err)
	keys := map[string][]string{}
	for asset, items := range open {
		keys[asset] = keysIn(items)
	}
	return keys
}

func keysIn(items []rental.Record) (keys []string) {
	for i := range items {
		keys = append(keys, items[i].Key)
	}
	return keys
}

func (w *world) overdue(r pipeline.Run, date string) []string {
	w.t.Helper()
	items, err := w.Overdue(w.t.Context(), flow, r.ID, date)
	w.must(err)
	return keysIn(items)
}

func (w *world) crowded(r pipeline.Run) []string {
	w.t.Helper()
	assets, err := w.Crowded(w.t.Context(), flow, r.ID)
	w.must(err)
	return assets
}

func TestARunSeesOpenItemsAsItsStageHasThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"), hire("K1/2", "A1"), hire("K1/3", "A2"))

	r := w.open("2026-11-21")
	w.stage(r, ended("K1/1", "A1"), hire("K1/3", "A1"), hire("K1/4", "A2"))
	if diff := cmp.Diff(map[string][]string{"A1": {"K1/2", "K1/3"}, "A2": {"K1/4"}}, w.openOn(r, "A1", "A2", "A3")); diff != "" {
		t.Errorf("staged (-want +got):\n%s", diff)
	}

	w.must(w.ClearStage(t.Context(), r.ID))
	if diff := cmp.Diff(map[string][]string{"A1": {"K1/1", "K1/2"}, "A2": {"K1/3"}}, w.openOn(r, "A1", "A2")); diff != "" {
		t.Errorf("cleared (-want +got):\n%s", diff)
	}
}

func TestAnItemThatTheRunNamesUnchangedIsStillOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))
	r := w.open("2026-11-21")
	w.stage(r, hire("K1/1", "A1"))

	if diff := cmp.Diff(map[string][]string{"A1": {"K1/1"}}, w.openOn(r, "A1")); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
}

func TestAnotherFlowsItemsAreNotSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))

	open, err := w.OpenItems(t.Context(), "munich", "no such run", []string{"A1"})
	if err != nil || len(open) > 0 {
		t.Errorf("open in another flow: %v, %v", open, err)
	}
}

func TestOverdueIsAPlannedEndThatIsShownAndHasCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	actual := item("K1/4", said{rental.ContractRef: "K1", rental.AssetRef: "A4", rental.DueDate: "2026-11-10T16:00:00Z"})
	w.night("2026-11-20", planned("K1/1", "A1", "2026-11-20"), planned("K1/2", "A2", "2026-11-22"), planned("K1/3", "A3", "2026-11-15"), actual)

	r := w.open("2026-11-21")
	w.stage(r, ended("K1/3", "A3"), planned("K1/5", "A5", "2026-11-21"))
	for date, want := range map[string][]string{
		"2026-11-19": nil,
		"2026-11-20": {"K1/1"},
		"2026-11-21": {"K1/1", "K1/5"},
		"2026-11-22": {"K1/1", "K1/2", "K1/5"},
	} {
		if diff := cmp.Diff(want, w.overdue(r, date)); diff != "" {
			t.Errorf("on %s (-want +got):\n%s", date, diff)
		}
	}
}

func TestAnAssetIsCrowdedWhereTheRunBroughtOneOfSeveralItems(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", hire("K1/1", "A1"), hire("K1/2", "A1"), hire("K1/3", "A2"))
	if crowded := w.crowded(first); len(crowded) > 0 {
		t.Errorf("a closed run tells of %v", crowded)
	}

	quiet := w.open("2026-11-21")
	w.stage(quiet, hire("K1/9", "A9"))
	if crowded := w.crowded(quiet); len(crowded) > 0 {
		t.Errorf("%v are told again by a run that has nothing to do with them", crowded)
	}
	w.close(quiet)

	r := w.open("2026-11-22")
	w.stage(r, hire("K1/4", "A2"), ended("K1/2", "A1"))
	if diff := cmp.Diff([]string{"A2"}, w.crowded(r)); diff != "" {
		t.Errorf("crowded (-want +got):\n%s", diff)
	}
}

func TestARentalOfBeforeTheFirstNightStaysHistoryUnderItsFormerKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-21", append(fleet(), ended("K1/7", "A3"))...)

	r := w.open("2026-11-22")
	b := w.batch(r, hire("K1/7", "A3"))
	former := rental.Merge(nil, new(ended("K1/7", "A3")), "d")
	former.Key = "K1/7~1"
	b.Entities = append(b.Entities, pipeline.Staged{Record: former, Changed: true, Former: "K1/7"})
	w.must(w.Stage(t.Context(), b))
	w.close(r)

	history := map[string]bool{}
	for _, i := range w.known(pipeline.Due{Flow: flow, Asset: "A3"})[0].Parts.Items {
		history[i.Key] = i.History
	}
	if diff := cmp.Diff(map[string]bool{"K1/7": false, "K1/7~1": true}, history); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}
