package journal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// hire is an item that one row tells of: open, since the 1st.
func hire(key, machine string) rental.Entity {
	return item(key, said{rental.ContractRef: "K1", rental.AssetRef: machine, rental.OnRentDate: "2026-11-01T06:00:00Z"})
}

func hashesOf(kind rental.Kind, keys ...string) []uint64 {
	hashes := make([]uint64, len(keys))
	for i, key := range keys {
		hashes[i] = hashOf(rental.Ref{Kind: kind, Key: key})
	}
	return hashes
}

// unnamedItems is what the mapping said before of items, as a run sees it.
func (w *world) unnamedItems(r pipeline.Run, keys ...string) []pipeline.Absent {
	w.t.Helper()
	return all(w.t, w.Unnamed(w.t.Context(), flow, r.ID, "m", rental.Item, hashesOf(rental.Item, keys...), true))
}

// missItem is a night that does not name an item.
func (w *world) missItem(date, key string) pipeline.Run {
	w.t.Helper()
	r := w.open(date)
	w.miss(r, "m", rental.Item, hashesOf(rental.Item, key)...)
	w.close(r)
	return r
}

// saidOfItem is what counts of a mapping's word on an item.
func (w *world) saidOfItem(mapping, key string) pipeline.Said {
	w.t.Helper()
	for _, s := range all(w.t, w.Said(w.t.Context(), flow, mapping)) {
		if s.Hash == hashOf(rental.Ref{Kind: rental.Item, Key: key}) {
			return s
		}
	}
	w.t.Fatalf("%s said nothing of %s", mapping, key)
	return pipeline.Said{}
}

func TestOnlyOpenItemsThatTheMappingNamedCanBeMissed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	over := item("K1/2", said{rental.ContractRef: "K1", rental.AssetRef: "A2", rental.OffRentDate: "2026-11-20T06:00:00Z"})
	w.night("2026-11-20", hire("K1/1", "A1"), over)
	r := w.open("2026-11-21")

	absent := w.unnamedItems(r, "K1/1", "K1/2", "K1/3")
	if len(absent) != 1 || absent[0].Record.Key != "K1/1" || absent[0].Record.Text(rental.AssetRef) != "A1" {
		t.Errorf("missed: %+v", absent)
	}
	if other := all(t, w.Unnamed(t.Context(), flow, r.ID, "other", rental.Item, hashesOf(rental.Item, "K1/1"), true)); len(other) > 0 {
		t.Errorf("another mapping misses %+v", other)
	}
}

func TestAnItemIsMissedSinceItWasMissedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))
	w.missItem("2026-11-21", "K1/1")
	w.missItem("2026-11-23", "K1/1")

	absent := w.unnamedItems(w.open("2026-11-24"), "K1/1")
	if len(absent) != 1 || absent[0].Since != "2026-11-21" || absent[0].Nights != 2 {
		t.Errorf("missed: %+v, want since the 21st, for two nights", absent)
	}
}

func TestARevisionOfADateCountsOneNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))
	w.missItem("2026-11-21", "K1/1")
	w.missItem("2026-11-21", "K1/1")

	for date, want := range map[string]int{"2026-11-21": 0, "2026-11-22": 1} {
		if absent := w.unnamedItems(w.open(date), "K1/1"); len(absent) != 1 || absent[0].Nights != want {
			t.Errorf("seen from %s: %+v, want %d nights before", date, absent, want)
		}
	}
}

func TestAnItemThatIsNamedAgainIsMissedNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))
	w.missItem("2026-11-21", "K1/1")
	w.night("2026-11-22", hire("K1/1", "A1"))
	w.missItem("2026-11-23", "K1/1")

	absent := w.unnamedItems(w.open("2026-11-24"), "K1/1")
	if len(absent) != 1 || absent[0].Since != "2026-11-23" || absent[0].Nights != 1 {
		t.Errorf("missed: %+v, want since the 23rd", absent)
	}
}

func TestAnItemThatIsFoundIsCountedAnewAndHeardAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))
	w.missItem("2026-11-21", "K1/1")

	r := w.open("2026-11-22")
	found := w.unnamedItems(r, "K1/1")
	found[0].Found = true
	w.must(w.Miss(t.Context(), flow, r.ID, "m", found))
	if s := w.saidOfItem("m", "K1/1"); !s.Absent {
		t.Error("it is found before the run has closed")
	}
	w.close(r)

	if s := w.saidOfItem("m", "K1/1"); s.Absent || !s.Stale {
		t.Errorf("said: %+v, want it present and to be heard again", s)
	}
	w.missItem("2026-11-23", "K1/1")
	if absent := w.unnamedItems(w.open("2026-11-24"), "K1/1"); len(absent) != 1 || absent[0].Since != "2026-11-23" || absent[0].Nights != 1 {
		t.Errorf("missed: %+v, want since the 23rd", absent)
	}
}

func TestWhatARunMissedCountsOnlyOnceItHasClosed(t *testing.T) {
	t.Parallel()
	for name, interrupt := range map[string]func(*world, pipeline.Run){
		"it is still open":     func(*world, pipeline.Run) {},
		"its stage is cleared": func(w *world, r pipeline.Run) { w.must(w.ClearStage(w.t.Context(), r.ID)) },
		"the process died":     func(w *world, _ pipeline.Run) { w.reopen() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			w.night("2026-11-20", hire("K1/1", "A1"))
			r := w.open("2026-11-21")
			w.miss(r, "m", rental.Item, hashesOf(rental.Item, "K1/1")...)
			interrupt(w, r)

			if s := w.saidOfItem("m", "K1/1"); s.Absent {
				t.Error("the item is missed before the run has closed")
			}
			if absent := w.unnamedItems(r, "K1/1"); len(absent) != 1 || absent[0].Since != "" || absent[0].Nights != 0 {
				t.Errorf("missed: %+v, want it never missed before", absent)
			}
		})
	}
}

func TestARunThatIsStagedAnewMissesOnlyWhatItMissesThen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"), hire("K1/2", "A2"))
	r := w.open("2026-11-21")
	w.miss(r, "m", rental.Item, hashesOf(rental.Item, "K1/1")...)
	w.must(w.ClearStage(t.Context(), r.ID))
	w.miss(r, "m", rental.Item, hashesOf(rental.Item, "K1/2")...)
	w.close(r)

	got := map[string]bool{"K1/1": w.saidOfItem("m", "K1/1").Absent, "K1/2": w.saidOfItem("m", "K1/2").Absent}
	if diff := cmp.Diff(map[string]bool{"K1/1": false, "K1/2": true}, got); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
	w.clean()
}

func TestAScopeCountsFromTheRunThatNamedItThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	inScope := func(r pipeline.Run, scope string) {
		b := w.batch(r, hire("K1/1", "A1"))
		b.Entities[0].Said.Scope = scope
		w.must(w.Stage(t.Context(), b))
	}
	first := w.open("2026-11-20")
	inScope(first, "HH")
	w.close(first)

	moved := w.open("2026-11-21")
	inScope(moved, "M")
	if s := w.saidOfItem("m", "K1/1"); s.Scope != "HH" {
		t.Errorf("it is in %q before the run has closed", s.Scope)
	}
	w.must(w.ClearStage(t.Context(), moved.ID))
	if s := w.saidOfItem("m", "K1/1"); s.Scope != "HH" {
		t.Errorf("it is in %q although the stage was cleared", s.Scope)
	}
	inScope(moved, "M")
	w.close(moved)
	if s := w.saidOfItem("m", "K1/1"); s.Scope != "M" {
		t.Errorf("it is in %q after the run has closed", s.Scope)
	}

	w.missItem("2026-11-22", "K1/1")
	if s := w.saidOfItem("m", "K1/1"); s.Scope != "M" || !s.Absent {
		t.Errorf("said: %+v, want it missed in M", s)
	}
}

func TestAMappingIsHeardAgainOnWhatAnotherHasChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", hire("K1/1", "A1"))

	other := w.open("2026-11-21")
	b := w.batch(other, item("K1/1", said{rental.OffRentDate: "2026-11-21T16:00:00Z"}))
	b.Mapping = "returns"
	w.must(w.Stage(t.Context(), b))
	if w.saidOfItem("m", "K1/1").Stale {
		t.Error("it is to be heard again before the run has closed")
	}
	w.close(other)

	if !w.saidOfItem("m", "K1/1").Stale || w.saidOfItem("returns", "K1/1").Stale {
		t.Errorf("m: %+v, returns: %+v", w.saidOfItem("m", "K1/1"), w.saidOfItem("returns", "K1/1"))
	}
	w.night("2026-11-22", hire("K1/1", "A1"))
	if w.saidOfItem("m", "K1/1").Stale {
		t.Error("it was heard again and still is to be")
	}
}

func TestAFileThatBreaksOffMissesAWholeFleet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	const fleet = 5003 // more than is looked at together
	var hashes []uint64
	r := w.open("2026-11-20")
	for n := 0; n < fleet; n += 1000 {
		var some []rental.Entity
		for i := n; i < min(n+1000, fleet); i++ {
			e := asset(fmt.Sprintf("A%05d", i), nil)
			some, hashes = append(some, e), append(hashes, hashOf(e.Ref))
		}
		w.stage(r, some...)
	}
	w.close(r)

	missed := map[string]bool{}
	r = w.open("2026-11-21")
	for _, a := range all(t, w.Unnamed(t.Context(), flow, r.ID, "m", rental.Asset, hashes, true)) {
		missed[a.Record.Key] = true
	}
	if len(missed) != fleet {
		t.Errorf("%d of %d assets are missed", len(missed), fleet)
	}
}
