package journal_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// keepingWorld is a world in which nights can be taken back.
func keepingWorld(t *testing.T) *world {
	w := newWorld(t, 0)
	w.keeps = 400 * 24 * time.Hour
	w.reopen()
	return w
}

// asked opens a run that takes nights back, as the command does.
func (w *world) asked(date string) (pipeline.Run, error) {
	w.nights++
	r := pipeline.Run{ID: "run-revert-" + date, Flow: flow, BusinessDate: date, State: pipeline.RunStaging, OpenedAt: time.Unix(int64(w.nights), 0), Reverts: true}
	return r, w.Revert(w.t.Context(), r)
}

// revert takes nights back.
func (w *world) revert(date string) pipeline.Run {
	w.t.Helper()
	r, err := w.asked(date)
	w.must(err)
	rv := pipeline.Reverter{Journal: w, Stage: w, Log: slog.New(slog.DiscardHandler)}
	w.must(rv.Work(w.t.Context(), r))
	w.must(rv.Work(w.t.Context(), r)) // as after a crash
	w.close(r)
	w.done(r)
	return r
}

// register is what the register holds of something.
func (w *world) register(ref rental.Ref) rental.Record {
	w.t.Helper()
	_, prior, err := w.Records(w.t.Context(), flow, "", []rental.Ref{ref})
	w.must(err)
	return prior[ref]
}

var (
	assetA = rental.Ref{Kind: rental.Asset, Key: "A"}
	itemI  = rental.Ref{Kind: rental.Item, Key: "I"}
	itemJ  = rental.Ref{Kind: rental.Item, Key: "J"}
)

func TestARevertBringsBackWhatTheRegisterHeldBefore(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	w.night("2026-11-20", asset("A", said{"rentalStatus": "AVAILABLE"}), item("I", said{"asset": "A", "onRentDate": "2026-11-01T00:00:00Z"}))
	before, open := w.register(assetA), w.register(itemI)
	w.night("2026-11-21", asset("A", said{"rentalStatus": "ON_RENT"}), item("I", said{"asset": "A", "offRentDate": "2026-11-21T00:00:00Z"}))
	w.night("2026-11-22", asset("A", said{"rentalStatus": "IN_REPAIR"}), asset("B", said{"rentalStatus": "ON_RENT"}),
		item("J", said{"asset": "B", "onRentDate": "2026-11-22T00:00:00Z"}))

	r := w.revert("2026-11-21")
	if diff := cmp.Diff(before, w.register(assetA)); diff != "" {
		t.Errorf("the asset (-want +got):\n%s", diff)
	}
	open = open.With(rental.OffRentDate, rental.Value{Type: rental.Cleared}, rental.Source{Rule: "reverted the night of 2026-11-21"}) // IRIS has an end that must go
	if diff := cmp.Diff(open, w.register(itemI)); diff != "" {
		t.Errorf("the rental (-want +got):\n%s", diff)
	}
	if begun := w.register(itemJ); !begun.Vanished() {
		t.Errorf("the rental that those nights began is %+v", begun)
	}
	if warnings := all(t, w.Warnings(t.Context(), r.ID)); len(warnings) != 1 || warnings[0].Value != "B" {
		t.Errorf("what stays is told as %+v", warnings)
	}
	if due := assetsOf(w.lease(r, "w")); len(due) == 0 {
		t.Error("no document is due")
	}
}

func TestNightsThatWereTakenBackDoNotCountAnyMore(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	w.night("2026-11-20", asset("A", said{"rentalStatus": "AVAILABLE"}))
	last, _ := w.night("2026-11-21", asset("A", said{"rentalStatus": "ON_RENT"}))
	word := all(t, w.Said(t.Context(), flow, "m"))[0]

	r, err := w.asked("2026-11-21")
	w.must(err)
	rv := pipeline.Reverter{Journal: w, Stage: w, Log: slog.New(slog.DiscardHandler)}
	w.must(rv.Work(t.Context(), r))
	if got := all(t, w.Said(t.Context(), flow, "m"))[0]; got != word {
		t.Errorf("before it closes, the mapping said %+v", got)
	}
	w.close(r)

	if got := all(t, w.Said(t.Context(), flow, "m")); len(got) != 1 || got[0].Digest == word.Digest {
		t.Errorf("what was said is not heard again: %+v", got)
	}
	if newest, _ := w.NewestDate(t.Context(), flow, "m"); newest != "2026-11-20" {
		t.Errorf("the newest date is %s", newest)
	}
	again := pipeline.Delivery{ID: "delivery-999", Flow: flow, Mapping: "m", MappingVersion: "1", BusinessDate: "2026-11-21", Digest: "d-" + last.ID}
	if twin, _ := w.SameDelivery(t.Context(), again, false); twin != nil {
		t.Errorf("the same file again is a duplicate of %+v", twin)
	}
	deliveries, _ := w.Deliveries(t.Context(), last.ID)
	if deliveries[0].State != pipeline.DeliveryReverted {
		t.Errorf("the delivery is %s", deliveries[0].State)
	}
}

func TestARevertOfASwapLeavesOneRentalUnderEachReference(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	w.night("2026-11-20", item("I", said{"asset": "A", "onRentDate": "2026-11-01T00:00:00Z"}))

	swap := w.open("2026-11-21")
	w.swap(swap, "I", said{"asset": "B", "onRentDate": "2026-11-21T00:00:00Z"})
	w.close(swap)
	w.done(swap)

	w.revert("2026-11-21")
	onAsset := map[string][]string{}
	for _, key := range []string{"I", "I~1", "I~2"} {
		r := w.register(rental.Ref{Kind: rental.Item, Key: key})
		line := r.SentKey()
		if r.Vanished() {
			line += " never began"
		}
		onAsset[r.Text(rental.AssetRef)] = append(onAsset[r.Text(rental.AssetRef)], line)
	}
	want := map[string][]string{"A": {"I"}, "B": {"I~2 never began"}, "": {"I never began"}}
	if diff := cmp.Diff(want, onAsset); diff != "" {
		t.Errorf("rentals by asset (-want +got):\n%s", diff)
	}
}

func TestARevertIsRefusedWhereItCannotBeDone(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	w.night("2026-11-20", asset("A", said{"rentalStatus": "AVAILABLE"}))
	if _, err := w.asked("2026-11-21"); !errors.Is(err, journal.ErrNoNight) {
		t.Errorf("a date without nights: %v", err)
	}
	held := w.hold("2026-11-21")
	if _, err := w.asked("2026-11-20"); !errors.Is(err, pipeline.ErrHeldBefore) {
		t.Errorf("beside a held run: %v", err)
	}
	held.Run.State = pipeline.RunDiscarded
	w.must(w.SaveRun(t.Context(), held.Run))

	_, err := w.asked("2026-11-20")
	w.must(err)
	if _, err := w.asked("2026-11-20"); !errors.Is(err, journal.ErrReverting) {
		t.Errorf("twice at a time: %v", err)
	}
}

func TestWhatIsKeptTooLongAgoIsClearedAwayAndCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	w.night("2026-11-20", asset("A", said{"rentalStatus": "AVAILABLE"}))
	w.night("2026-11-21", asset("A", said{"rentalStatus": "ON_RENT"}))
	if n, err := w.Litter(t.Context()); err != nil || n == 0 {
		t.Errorf("nothing is kept: %v", err)
	}

	w.keeps = -1
	w.reopen()
	w.clean()
	if _, err := w.asked("2026-11-21"); !errors.Is(err, journal.ErrForgotten) {
		t.Errorf("a night whose history is not kept: %v", err)
	}
}

func TestARevertCanBeTakenBackByTheNightItself(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	w.night("2026-11-20", asset("A", said{"rentalStatus": "AVAILABLE"}))
	w.night("2026-11-21", asset("A", said{"rentalStatus": "ON_RENT"}))
	w.revert("2026-11-21")
	w.night("2026-11-21", asset("A", said{"rentalStatus": "IN_REPAIR"}))
	r := w.register(assetA)
	if got := r.Text(rental.RentalStatus); got != "IN_REPAIR" {
		t.Errorf("after the corrected night the asset is %s", got)
	}
}

func TestASwapThatWasTakenBackMayHappenAgain(t *testing.T) {
	t.Parallel()
	w := keepingWorld(t)
	first, _ := w.night("2026-11-20", asset("A", said{"rentalStatus": "ON_RENT"}), asset("B", said{"rentalStatus": "ON_RENT"}),
		item("I", said{"asset": "A", "onRentDate": "2026-11-01T00:00:00Z"}))
	w.accept(first)
	swap := func(date string) {
		r := w.open(date)
		w.swap(r, "I", said{"asset": "B", "onRentDate": date + "T00:00:00Z"})
		w.close(r)
		w.accept(r)
	}

	swap("2026-11-21")
	w.accept(w.revert("2026-11-21"))
	swap("2026-11-22")

	for key, stands := range map[string]string{"I": "B", "I~1": "A"} {
		r := w.register(rental.Ref{Kind: rental.Item, Key: key})
		if got := r.Text(rental.AssetRef); got != stands {
			t.Errorf("%s stands on %q, want %q", key, got, stands)
		}
	}
}
