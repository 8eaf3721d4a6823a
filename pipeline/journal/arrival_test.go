package journal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

func TestWhatLiesInADropIsRememberedOverProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	at := func(minute int) time.Time { return time.Date(2026, 11, 21, 1, minute, 0, 7, time.UTC) }
	a := pipeline.Sighting{Name: "A.csv", Size: 12, ModTime: at(1), Since: at(2)}
	b := pipeline.Sighting{Name: "NIGHT.zip/B.csv", Size: 0, ModTime: at(1), Since: at(3)}
	w.must(w.Sight(t.Context(), flow, []pipeline.Sighting{b, a}, nil))
	w.must(w.Sight(t.Context(), "other", []pipeline.Sighting{a}, nil))
	w.reopen()
	w.wantSightings(flow, a, b)

	a.Size, a.Since = 13, at(9)
	w.must(w.Sight(t.Context(), flow, []pipeline.Sighting{a}, []string{b.Name, "never there"}))
	w.wantSightings(flow, a)
	w.must(w.Sight(t.Context(), flow, nil, []string{a.Name}))
	w.wantSightings(flow)
}

func (w *world) wantSightings(flow string, want ...pipeline.Sighting) {
	w.t.Helper()
	got, err := w.Sightings(w.t.Context(), flow)
	w.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("what lies in the drop of %s (-want +got):\n%s", flow, diff)
	}
}

func TestARunIsOpenedWithAllOfItsDeliveries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	run := pipeline.Run{ID: "run-1", Flow: flow, BusinessDate: "2026-11-21", State: pipeline.RunStaging, Lacks: []string{"items", "depots"}}
	var want []pipeline.Delivery
	for _, id := range []string{"d-1", "d-2"} {
		want = append(want, pipeline.Delivery{
			ID: id, Flow: flow, Run: run.ID, Name: id + ".csv", Mapping: "m", BusinessDate: run.BusinessDate, Number: 7, State: pipeline.DeliveryClaimed,
		})
	}
	w.must(w.OpenRun(t.Context(), run, want))
	w.reopen()

	runs, err := w.UnfinishedRuns(t.Context(), flow)
	w.must(err)
	if diff := cmp.Diff([]pipeline.Run{run}, runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	got, err := w.Deliveries(t.Context(), run.ID)
	w.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestWhatCameForANightIsWhatIsStagedOrWorked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	save := func(run, mapping, date string, state pipeline.DeliveryState) {
		w.nights++
		w.must(w.SaveDelivery(t.Context(), pipeline.Delivery{
			ID: run + mapping + date, Flow: flow, Run: run, Mapping: mapping, BusinessDate: date, State: state,
		}))
	}
	const night = "2026-11-21"
	save("held", "staged", night, pipeline.DeliveryStaged)
	save("done", "acked", night, pipeline.DeliveryAcked)
	save("done", "again", night, pipeline.DeliveryAcked)
	save("more", "again", night, pipeline.DeliveryClosed)
	save("done", "bad", night, pipeline.DeliveryQuarantined)
	save("done", "dropped", night, pipeline.DeliveryDiscarded)
	save("done", "late", "2026-11-22", pipeline.DeliveryAcked)

	for besides, want := range map[string][]string{
		"":     {"acked", "again", "staged"},
		"held": {"acked", "again"},
		"done": {"again", "staged"},
	} {
		got, err := w.Came(t.Context(), flow, night, besides)
		w.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what came besides run %q (-want +got):\n%s", besides, diff)
		}
	}
}

func TestTheNewestNumberIsThatOfTheNewestDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	if got, err := w.NewestNumbered(t.Context(), flow, "moves"); got != nil || err != nil {
		t.Errorf("of a mapping without files: %v, %v", got, err)
	}
	for _, d := range []pipeline.Delivery{
		{ID: "1", Mapping: "moves", BusinessDate: "2026-11-20", Number: 30, State: pipeline.DeliveryAcked},
		{ID: "2", Mapping: "moves", BusinessDate: "2026-11-21", Number: 2, State: pipeline.DeliveryAcked},
		{ID: "3", Mapping: "moves", BusinessDate: "2026-11-21", Number: 10, State: pipeline.DeliveryArchived},
		{ID: "4", Mapping: "moves", BusinessDate: "2026-11-21", Number: 11, State: pipeline.DeliveryQuarantined},
		{ID: "5", Mapping: "moves", BusinessDate: "2026-11-22", State: pipeline.DeliveryAcked},
		{ID: "6", Mapping: "other", BusinessDate: "2026-11-22", Number: 99, State: pipeline.DeliveryAcked},
	} {
		d.Flow = flow
		w.must(w.SaveDelivery(t.Context(), d))
	}
	got, err := w.NewestNumbered(t.Context(), flow, "moves")
	w.must(err)
	if got == nil || got.ID != "3" {
		t.Errorf("the newest number is that of %v, want that of delivery 3", got)
	}
}

func TestWhatFollowsADeliveryIsOfItsMappingAndWorked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	for _, d := range []pipeline.Delivery{
		{ID: "1", Mapping: "moves", BusinessDate: "2026-11-22", Sequence: "1", State: pipeline.DeliveryAcked},
		{ID: "2", Mapping: "moves", BusinessDate: "2026-11-21", Sequence: "3", State: pipeline.DeliveryClosed},
		{ID: "3", Mapping: "moves", BusinessDate: "2026-11-21", Sequence: "1", State: pipeline.DeliveryAcked},
		{ID: "4", Mapping: "moves", BusinessDate: "2026-11-21", Sequence: "4", State: pipeline.DeliveryDiscarded},
		{ID: "5", Mapping: "moves", BusinessDate: "2026-11-21", Sequence: "5", State: pipeline.DeliveryAcked, Replays: "2"},
		{ID: "6", Mapping: "other", BusinessDate: "2026-11-23", State: pipeline.DeliveryAcked},
		{ID: "7", Mapping: "moves", BusinessDate: "2026-11-20", Sequence: "9", State: pipeline.DeliveryAcked},
	} {
		d.Flow = flow
		w.must(w.SaveDelivery(t.Context(), d))
	}
	late := pipeline.Delivery{Flow: flow, Mapping: "moves", BusinessDate: "2026-11-21", Sequence: "2"}
	for most, want := range map[int][]string{9: {"2", "1"}, 1: {"2"}} {
		list, err := w.Following(t.Context(), late, most)
		w.must(err)
		var got []string
		for _, d := range list {
			got = append(got, d.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at most %d (-want +got):\n%s", most, diff)
		}
	}
}

func TestAHeaderIsComparedWithThatOfTheFileBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	note := func(id, sheet string, names ...string) []string {
		before, err := w.NoteHeader(t.Context(), pipeline.Delivery{ID: id, Flow: flow, Mapping: "m"}, "HH_.csv", pipeline.Header{Sheet: sheet, Names: names})
		w.must(err)
		return before
	}
	for _, step := range []struct {
		got, want []string
	}{
		{note("D1", "", "a", "b"), nil},
		{note("D1", "", "a", "b"), nil}, // read again
		{note("D2", "", "a", "b"), []string{"a", "b"}},
		{note("D3", "", "a", "c"), []string{"a", "b"}},
		{note("D3", "", "a", "c"), []string{"a", "b"}}, // read again
		{note("D3", "Assets", "x"), nil},
		{note("D4", "", "a", "c"), []string{"a", "c"}},
	} {
		if diff := cmp.Diff(step.want, step.got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDepotsToChooseFromAreThoseOfTheRegister(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-21",
		depot("MUC", said{rental.Name: "München"}), depot("HH", said{rental.Name: "Hamburg"}),
		asset("4711", said{rental.OwningDepot: "nowhere"}))
	got, err := w.Depots(t.Context(), flow, 10)
	w.must(err)
	if diff := cmp.Diff([]string{"HH", "MUC"}, got); diff != "" {
		t.Error(diff)
	}
	if got, err = w.Depots(t.Context(), flow, 1); err != nil || len(got) != 1 {
		t.Errorf("the first one is %q, %v", got, err)
	}
}

func TestOnlyWhatLiesInTheQuarantineIsPutBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	save := func(id, name, place string, state pipeline.DeliveryState) pipeline.Delivery {
		d := pipeline.Delivery{ID: id, Flow: flow, Name: name, Place: place, State: state, FileDone: true}
		w.must(w.SaveDelivery(t.Context(), d))
		return d
	}
	save("1", "a.csv", "quarantine/a.csv", pipeline.DeliveryReleased) // it was put back before
	save("3", "b.csv", "archive/b.csv", pipeline.DeliveryAcked)
	for _, tt := range []struct {
		name string
		of   pipeline.Delivery
		want error
	}{
		{"a file in the quarantine", save("2", "a.csv", "quarantine/a.csv", pipeline.DeliveryQuarantined), nil},
		{"one that was worked out of the archive", save("4", "b.csv", "archive/b.csv", pipeline.DeliveryQuarantined), journal.ErrNotAside},
		{"one that was worked", save("5", "c.csv", "archive/c.csv", pipeline.DeliveryAcked), journal.ErrNotAside},
	} {
		if err := w.PutBack(t.Context(), tt.of, "why"); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
