package journal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// hold stages a night and holds it.
func (w *world) hold(date string) pipeline.Hold {
	w.t.Helper()
	r := w.open(date)
	w.stage(r, asset("A", said{"rentalStatus": "AVAILABLE"}))
	r.State, r.Reason = pipeline.RunHeld, "too much"
	h := pipeline.Hold{Run: r, Breaches: []pipeline.Breach{{Gate: "assetsGone", What: "too much"}}, HeldAt: time.Unix(100, 0).UTC()}
	w.must(w.Hold(w.t.Context(), h))
	return h
}

// held is the run that waits, by its id; "" where none does.
func (w *world) held() string {
	w.t.Helper()
	h, err := w.Held(w.t.Context(), flow)
	w.must(err)
	if h == nil {
		return ""
	}
	return h.Run.ID
}

func TestAHeldRunIsKeptWithItsReasonsUntilItCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	h := w.hold("2026-11-21")
	w.reopen()

	got, err := w.Held(t.Context(), flow)
	w.must(err)
	if got.Run.ID != h.Run.ID || !got.Run.Undecided() || !got.HeldAt.Equal(h.HeldAt) || got.Decision != pipeline.Undecided {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(h.Breaches, got.Breaches); diff != "" {
		t.Errorf("breaches (-want +got):\n%s", diff)
	}
	got.Told, got.ToldAt = []string{"mail"}, time.Unix(200, 0).UTC()
	w.must(w.Told(t.Context(), *got))
	if again, _ := w.Held(t.Context(), flow); !again.ToldAt.Equal(got.ToldAt) || len(again.Told) != 1 {
		t.Errorf("who was told: %+v", again)
	}

	w.must(w.Decide(t.Context(), h.Run, pipeline.Approve, time.Unix(300, 0)))
	if again, _ := w.Held(t.Context(), flow); again.Decision != pipeline.Approve {
		t.Errorf("the decision is %q", again.Decision)
	}
	w.close(h.Run)
	if id := w.held(); id != "" {
		t.Errorf("run %s waits after it closed", id)
	}
}

func TestARunIsDecidedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	h := w.hold("2026-11-21")
	w.must(w.Decide(t.Context(), h.Run, pipeline.Discard, time.Unix(300, 0)))
	if err := w.Decide(t.Context(), h.Run, pipeline.Approve, time.Unix(300, 0)); !errors.Is(err, pipeline.ErrDecided) {
		t.Errorf("deciding twice: %v", err)
	}
	other, _ := w.night("2026-11-22")
	if err := w.Decide(t.Context(), other, pipeline.Approve, time.Unix(300, 0)); !errors.Is(err, pipeline.ErrNotHeld) {
		t.Errorf("deciding about a run that is not held: %v", err)
	}
}

func TestADiscardedRunLeavesNothingStagedButItsCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	h := w.hold("2026-11-21")
	h.Run.State = pipeline.RunDiscarded
	w.must(w.SaveRun(t.Context(), h.Run))
	w.must(w.ClearStage(t.Context(), h.Run.ID)) // whatever is dropped is cleared away with the next one

	w.clean()
	if id := w.held(); id != "" {
		t.Errorf("run %s waits although it was discarded", id)
	}
	if rows := w.facts(h.Run).Rows; rows.Read != 1 {
		t.Errorf("rows are %+v", rows)
	}
}

func TestAHeldRunIsReplacedAtOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	h := w.hold("2026-11-21")
	next := pipeline.Run{ID: "run-next", Flow: flow, BusinessDate: "2026-11-22", State: pipeline.RunStaging, OpenedAt: time.Unix(5, 0)}
	old, err := w.Deliveries(t.Context(), h.Run.ID)
	w.must(err)
	old[0].Run, old[0].State = next.ID, pipeline.DeliveryClaimed
	ended := h.Run
	ended.State, ended.DoneAt = pipeline.RunSuperseded, time.Unix(6, 0)

	w.must(w.Replace(t.Context(), ended, next, old))
	moved, err := w.Deliveries(t.Context(), next.ID)
	w.must(err)
	if w.held() != "" || len(moved) != 1 || moved[0].State != pipeline.DeliveryClaimed || moved[0].Rows.Read != 0 {
		t.Errorf("the new run has %+v", moved)
	}

	again := w.hold("2026-11-23")
	w.must(w.Decide(t.Context(), again.Run, pipeline.Approve, time.Unix(300, 0)))
	ended = again.Run
	ended.State = pipeline.RunSuperseded
	if err := w.Replace(t.Context(), ended, pipeline.Run{ID: "run-late", Flow: flow}, nil); !errors.Is(err, pipeline.ErrDecided) {
		t.Errorf("replacing what was decided: %v", err)
	}
	if w.held() != again.Run.ID {
		t.Error("the decided run was lost")
	}
}
