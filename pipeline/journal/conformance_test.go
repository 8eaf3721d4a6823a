package journal_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// fleet is a small rental business: two machines of one contract, one in the yard.
func fleet() []rental.Entity {
	return []rental.Entity{
		depot("HH", said{rental.Name: "Hamburg", rental.SiteID: "site-1"}),
		customer("C1", said{rental.Name: "Bau AG"}),
		contract("K1", said{rental.CustomerRef: "C1", rental.HiringDepot: "HH"}),
		item("K1/1", said{rental.ContractRef: "K1", rental.AssetRef: "A1", rental.OnRentDate: "2026-11-01T06:00:00Z"}),
		item("K1/2", said{rental.ContractRef: "K1", rental.AssetRef: "A2", rental.OnRentDate: "2026-11-01T06:00:00Z"}),
		asset("A1", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "SN-1", rental.RentalStatus: "ON_RENT", rental.OwningDepot: "HH"}),
		asset("A2", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "SN-2", rental.RentalStatus: "ON_RENT"}),
		asset("A3", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "SN-3", rental.RentalStatus: "AVAILABLE"}),
	}
}

func TestANightFromStageToReport(t *testing.T) {
	w := newWorld(t, time.Minute)
	r, closed := w.night("2026-11-21", fleet()...)

	want := pipeline.Closed{Due: 3, Changed: map[rental.Kind]int{rental.Depot: 1, rental.Customer: 1, rental.Contract: 1, rental.Item: 2, rental.Asset: 3}}
	if diff := cmp.Diff(want, closed); diff != "" {
		t.Errorf("closed (-want +got):\n%s", diff)
	}

	due := w.lease(r, "w")
	if diff := cmp.Diff([]string{"A1", "A2", "A3"}, assetsOf(due)); diff != "" {
		t.Fatalf("leased (-want +got):\n%s", diff)
	}
	known := w.known(due...)
	doc, err := rental.Assembly{}.Document(&known[0].Parts)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Items) != 1 || doc.Items[0].Customer == nil || len(doc.Left) != 0 {
		t.Errorf("document of %s: %+v", known[0].Asset, doc)
	}
	if still := w.sending("w", due...); len(still) != 3 {
		t.Errorf("still leased: %v, want all three", still)
	}
	w.settle("w", pipeline.Matched, due[:2]...)
	w.settle("w", pipeline.Rejected, due[2:]...)
	w.done(r)

	f := w.facts(r)
	if diff := cmp.Diff(pipeline.DocumentTotals{pipeline.Matched: 2, pipeline.Rejected: 1}, f.Documents); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if f.Run.ClosedAt.IsZero() || f.Run.State != pipeline.RunDone || f.Rows.Read != 8 {
		t.Errorf("facts: %+v", f)
	}
	outcomes := all(t, w.Outcomes(t.Context(), r.ID))
	if len(outcomes) != 3 || outcomes[0].Asset != "A1" || outcomes[0].Reference != "R-A1" || outcomes[0].Identifier != "SN-A1" || outcomes[2].Code != "bad" {
		t.Errorf("outcomes: %+v", outcomes)
	}
	if yes, err := w.Answered(t.Context(), flow, account, profile); err != nil || !yes {
		t.Errorf("answered: %v, %v", yes, err)
	}
}

func TestAJournalCallInsideATransactionFailsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)

	for name, call := range map[string]func(ctx context.Context) error{
		"one that writes": func(ctx context.Context) error { return w.SaveRun(ctx, r) },
		"one that reads":  func(ctx context.Context) error { _, err := w.Facts(ctx, r.ID); return err },
		"one that yields": func(ctx context.Context) error {
			for _, err := range w.Outcomes(ctx, r.ID) {
				return err
			}
			return nil
		},
	} {
		if err := w.Nest(t.Context(), call); !errors.Is(err, journal.ErrNested) {
			t.Errorf("%s: %v, want %v", name, err, journal.ErrNested)
		}
	}
	boom := errors.New("boom")
	if err := w.Nest(t.Context(), func(context.Context) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("a failed transaction says %v, want %v", err, boom)
	}
}

func TestAnAssetIsInOneHandAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)

	first, err := w.Lease(t.Context(), r.ID, "one", 2)
	w.must(err)
	second, err := w.Lease(t.Context(), r.ID, "two", 2)
	w.must(err)
	if len(first) != 2 || len(second) != 1 || len(w.lease(r, "three")) != 0 {
		t.Errorf("leased %v, then %v", assetsOf(first), assetsOf(second))
	}
	if until := time.Until(first[0].Until); until < 50*time.Second || until > 61*time.Second {
		t.Errorf("leased for %v, want a minute", until)
	}
}

func TestANewerRunWaitsUntilTheOlderRequestIsThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	older, _ := w.night("2026-11-21", fleet()...)
	due := w.lease(older, "w")
	w.sending("w", due...)

	newer, closed := w.night("2026-11-22", asset("A3", said{rental.RentalStatus: "IN_REPAIR"}))
	if closed.Due != 1 || closed.CarriedIn != 0 {
		t.Errorf("closed: %+v", closed)
	}
	if got := w.lease(newer, "other"); len(got) != 0 {
		t.Errorf("leased %v while a request is on its way", assetsOf(got))
	}

	w.settle("w", pipeline.Matched, due...)
	if diff := cmp.Diff([]string{"A3"}, assetsOf(w.lease(newer, "other"))); diff != "" {
		t.Errorf("leased (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(pipeline.DocumentTotals{pipeline.Matched: 2, pipeline.Overtaken: 1}, w.facts(older).Documents); diff != "" {
		t.Errorf("the older run's documents (-want +got):\n%s", diff)
	}
}

func TestALeaseThatIsLostBeforeSendingSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", asset("A1", said{rental.Identifier: "1"}))
	frozen := w.lease(r, "frozen")
	w.must(w.EndLeases(t.Context()))
	taken := w.lease(r, "other")

	if len(taken) != 1 || len(w.sending("frozen", frozen...)) != 0 {
		t.Fatalf("the other leased %v, and the lost lease still holds", taken)
	}
	w.settle("frozen", pipeline.Unchanged, frozen...)
	if n := w.facts(r).Documents.Assembled(); n != 0 {
		t.Errorf("%d outcomes were recorded without a lease", n)
	}
}

func TestALeaseThatIsLostAfterSendingSendsOnceMore(t *testing.T) {
	t.Parallel()
	for name, otherFirst := range map[string]bool{"the other is through": true, "the other still works": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			r, _ := w.night("2026-11-21", asset("A1", said{rental.Identifier: "1"}))
			frozen := w.lease(r, "frozen")
			w.sending("frozen", frozen...)
			w.must(w.EndLeases(t.Context()))
			taken := w.lease(r, "other")
			w.sending("other", taken...)

			if otherFirst {
				w.settle("other", pipeline.Matched, taken...)
				w.settle("frozen", pipeline.Matched, frozen...)
			} else {
				w.settle("frozen", pipeline.Matched, frozen...)
				w.settle("other", pipeline.Matched, taken...)
			}

			again := w.lease(r, "third")
			if len(again) != 1 {
				t.Fatal("the asset is not due again")
			}
			if !w.known(again...)[0].Attempt {
				t.Error("what IRIS holds counts as known")
			}
			w.sending("third", again...)
			w.settle("third", pipeline.Matched, again...)
			if k := w.lease(r, "fourth"); len(k) != 0 {
				t.Error("the asset is due a third time")
			}
			if diff := cmp.Diff(pipeline.DocumentTotals{pipeline.Matched: 1}, w.facts(r).Documents); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
		})
	}
}

func TestClosingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, once := w.night("2026-11-21", fleet()...)
	w.settle("w", pipeline.Matched, w.lease(r, "w")...)

	if diff := cmp.Diff(once, w.close(r)); diff != "" {
		t.Errorf("closing again says (-once +again):\n%s", diff)
	}
	if due := w.lease(r, "w"); len(due) != 0 {
		t.Errorf("closing again made %v due", assetsOf(due))
	}
	if err := w.Stage(t.Context(), w.batch(r, fleet()[0])); err == nil {
		t.Error("a closed run takes another batch")
	}
}

func TestWhatFinishedRunsLeftIsCarriedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)
	due := w.lease(r, "w")
	w.settle("w", pipeline.Deferred, due[0])
	w.settle("w", pipeline.Held, due[1])
	w.settle("w", pipeline.Matched, due[2])
	w.done(r)

	l, err := w.Leftover(t.Context(), flow)
	if want := (pipeline.Left{Due: 1, Held: 1}); err != nil || l != want {
		t.Errorf("left over: %+v, %v; want %+v", l, err, want)
	}

	newer, closed := w.night("2026-11-22", asset("A3", said{rental.RentalStatus: "IN_REPAIR"}))
	if closed.Due != 3 || closed.CarriedIn != 2 {
		t.Errorf("closed: %+v, want two carried in", closed)
	}
	w.work(newer, pipeline.Matched)
	f := w.facts(newer)
	if f.Documents[pipeline.Matched] != 3 || f.CarriedIn != 2 {
		t.Errorf("documents: %v, carried in: %d", f.Documents, f.CarriedIn)
	}
	for _, o := range all(t, w.Outcomes(t.Context(), newer.ID)) {
		want := map[string]string{due[0].Asset: r.ID, due[1].Asset: r.ID}[o.Asset]
		if o.CarriedFrom != want {
			t.Errorf("asset %s is carried from %q, want %q", o.Asset, o.CarriedFrom, want)
		}
	}
}

func TestARunAdoptsWhatIsDueAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)
	due := w.lease(r, "w")
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	w.settle("w", pipeline.Deferred, due[0])
	w.must(w.Settle(t.Context(), "w", account, profile, []pipeline.Settlement{{Due: due[1], Outcome: pipeline.Deferred, Next: later}}))
	w.settle("w", pipeline.Held, due[2])

	retry := w.open("2026-11-21")
	adopt := func() int {
		n, err := w.Adopt(t.Context(), retry)
		w.must(err)
		return n
	}
	if n := adopt(); n != 0 {
		t.Errorf("adopted %d of a run that still works", n)
	}
	w.done(r)
	if l, err := w.Leftover(t.Context(), flow); err != nil || l.Due != 1 || !l.Next.Equal(later) {
		t.Errorf("left over: %+v, %v; want one due and the next at %v", l, err, later)
	}
	if n := adopt(); n != 1 {
		t.Errorf("adopted %d, want the one that is due", n)
	}
	got := w.lease(retry, "w")
	if len(got) != 1 || got[0].CarriedFrom != r.ID || got[0].Attempts != 1 {
		t.Errorf("leased %+v", got)
	}

	if n, err := w.Release(t.Context(), flow); err != nil || n != 0 {
		t.Errorf("released %d, %v, want what is held for what it says to stay", n, err)
	}
	if n, err := w.ApproveDocuments(t.Context(), flow, []string{due[2].Asset}); err != nil || n != 1 {
		t.Errorf("approved %d, %v, want what was held", n, err)
	}
	if n := adopt(); n != 1 {
		t.Errorf("adopted %d, want what was approved", n)
	}
}

func TestHoldingARunHoldsAllThatIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)

	n, err := w.SettleAll(t.Context(), r.ID, pipeline.Held, "the first night waits")
	if err != nil || n != 3 || len(w.lease(r, "w")) != 0 {
		t.Errorf("held %d, %v", n, err)
	}
	outcomes := all(t, w.Outcomes(t.Context(), r.ID))
	if len(outcomes) != 3 || outcomes[0].Outcome != pipeline.Held || outcomes[0].Why != "the first night waits" {
		t.Errorf("outcomes: %+v", outcomes)
	}
	if yes, err := w.Answered(t.Context(), flow, account, profile); err != nil || yes {
		t.Errorf("answered: %v, %v", yes, err)
	}
}

func TestACrashBetweenStageAndCloseLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Hour)
	r := w.open("2026-11-21")
	w.stage(r, fleet()...)
	w.reopen()

	runs, err := w.UnfinishedRuns(t.Context(), flow)
	if err != nil || len(runs) != 1 || runs[0].ID != r.ID {
		t.Fatalf("unfinished: %+v, %v", runs, err)
	}
	closed := w.close(runs[0])
	if closed.Due != 3 {
		t.Errorf("closed: %+v", closed)
	}
	if len(w.lease(r, "dead")) != 3 {
		t.Fatal("nothing is due")
	}

	w.reopen() // and with everything in hand
	if got := w.lease(r, "w"); len(got) != 3 {
		t.Errorf("leased %d of what a dead process had in hand, want 3", len(got))
	}
}

func TestAStageThatIsClearedNeverHappened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", fleet()...)
	w.work(first, pipeline.Matched)
	before := all(t, w.Said(t.Context(), flow, "m"))

	r := w.open("2026-11-21")
	b := w.batch(r, asset("A1", said{rental.RentalStatus: "RETURNED"}), asset("NEW", said{rental.Identifier: "9"}))
	b.Rejects = []pipeline.Reject{{Delivery: b.Delivery, Origin: rental.Origin{Line: 9}}}
	b.Rows = pipeline.RowTotals{Read: 3, Mapped: 2, Rejected: 1}
	w.must(w.Stage(t.Context(), b))
	w.miss(r, "m", rental.Asset, hashOf(rental.Ref{Kind: rental.Asset, Key: "A2"}))
	w.must(w.ClearStage(t.Context(), r.ID))

	if diff := cmp.Diff(before, all(t, w.Said(t.Context(), flow, "m"))); diff != "" {
		t.Errorf("said (-before +after):\n%s", diff)
	}
	if f := w.facts(r); f.Rows.Read != 0 || f.Absent != 0 || len(all(t, w.Rejects(t.Context(), r.ID))) != 0 {
		t.Errorf("facts: %+v", f)
	}
	w.clean()
	if closed := w.close(r); closed.Due != 0 || len(closed.Changed) != 0 {
		t.Errorf("closed: %+v", closed)
	}
}

func TestTheRegisterKeepsWhatItHeldUntilTheRunCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", fleet()...)
	w.work(first, pipeline.Matched)
	ref := rental.Ref{Kind: rental.Asset, Key: "A1"}
	status := func(run string) (now, prior string) {
		n, p, err := w.Records(t.Context(), flow, run, []rental.Ref{ref, {Kind: rental.Asset, Key: "nobody"}})
		w.must(err)
		if len(n) != 1 {
			t.Fatalf("records: %v", n)
		}
		a, b := n[ref], p[ref]
		return a.Text(rental.RentalStatus), b.Text(rental.RentalStatus)
	}

	r := w.open("2026-11-21")
	w.stage(r, asset("A1", said{rental.RentalStatus: "RETURNED"}))
	w.stage(r, asset("A1", said{rental.RentalStatus: "IN_REPAIR"}))
	if now, prior := status(r.ID); now != "IN_REPAIR" || prior != "ON_RENT" {
		t.Errorf("staged: %s after %s", now, prior)
	}
	if now, prior := status("another"); now != "ON_RENT" || prior != "ON_RENT" {
		t.Errorf("register: %s, prior %q", now, prior)
	}

	w.stage(r, asset("A1", said{rental.RentalStatus: "ON_RENT"})) // it was a mistake
	if closed := w.close(r); closed.Due != 0 {
		t.Errorf("closed: %+v", closed)
	}
}

func TestWhoeverIsMissedIsMissedSinceTheFirstTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", fleet()...)
	missed := []uint64{hashOf(rental.Ref{Kind: rental.Asset, Key: "A3"}), 42}

	for i, date := range []string{"2026-11-21", "2026-11-22"} {
		r := w.open(date)
		w.miss(r, "m", rental.Asset, missed...)
		if closed := w.close(r); closed.Absent != 1-i {
			t.Errorf("%s: %d newly missed", date, closed.Absent)
		}
		want := []pipeline.Absentee{{Ref: rental.Ref{Kind: rental.Asset, Key: "A3"}, Mapping: "m", Since: "2026-11-21"}}
		if diff := cmp.Diff(want, all(t, w.Absentees(t.Context(), r.ID))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", date, diff)
		}
	}

	absent := func() (n int) {
		for _, s := range all(t, w.Said(t.Context(), flow, "m")) {
			if s.Absent {
				n++
			}
		}
		return n
	}
	if absent() != 1 {
		t.Errorf("%d are absent, want 1", absent())
	}
	w.night("2026-11-23", fleet()[7])
	if absent() != 0 {
		t.Error("who is named again still counts as absent")
	}
}

func TestTheSameDeliveryIsKnownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	d := pipeline.Delivery{
		ID: "1", Flow: flow, Run: "r", Name: "F.csv", Mapping: "m", MappingVersion: "v", BusinessDate: "2026-11-21", Sequence: "7", Digest: "abc",
		Size: 12, ModTime: time.Unix(3, 45).UTC(), ClaimedAt: time.Unix(4, 0).UTC(), State: pipeline.DeliveryClaimed, Place: "p", Reason: "why",
	}
	w.must(w.SaveDelivery(t.Context(), d))
	list, err := w.UnfinishedDeliveries(t.Context(), flow)
	w.must(err)
	if diff := cmp.Diff([]pipeline.Delivery{d}, list); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}

	same := func(change func(*pipeline.Delivery)) bool {
		next := d
		next.ID = "2"
		change(&next)
		got, err := w.SameDelivery(t.Context(), next, false)
		w.must(err)
		return got != nil
	}
	for name, c := range map[string]struct {
		change func(*pipeline.Delivery)
		want   bool
	}{
		"the same content again":         {func(*pipeline.Delivery) {}, true},
		"on another date":                {func(d *pipeline.Delivery) { d.BusinessDate = "2026-11-22" }, false},
		"read by another version":        {func(d *pipeline.Delivery) { d.MappingVersion = "w" }, false},
		"other content":                  {func(d *pipeline.Delivery) { d.Digest = "def" }, false},
		"a delivery is not its own like": {func(d *pipeline.Delivery) { d.ID = "1" }, false},
		"the earlier one is the first":   {func(d *pipeline.Delivery) { d.ID = "0" }, false},
	} {
		if got := same(c.change); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}

	d.State, d.FileDone = pipeline.DeliveryAcked, true
	w.must(w.SaveDelivery(t.Context(), d))
	if date, err := w.NewestDate(t.Context(), flow, "m"); err != nil || date != "2026-11-21" {
		t.Errorf("newest date: %q, %v", date, err)
	}
	if list, err := w.UnfinishedDeliveries(t.Context(), flow); err != nil || len(list) != 0 {
		t.Errorf("unfinished: %+v, %v", list, err)
	}
}

func TestAllWhoCallAnAccountShareItsPace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	rates := map[string]float64{"rental": 5, "fleet": 0, "other": 2}
	one, two := w.Pace("iris", rates), w.Pace("iris", rates)

	got, first, every, err := one.Reserve(t.Context(), "rental", 3)
	if err != nil || got != 3 || every != 200*time.Millisecond || time.Until(first) > time.Second {
		t.Fatalf("reserved %d from %v every %v, %v", got, first, every, err)
	}
	_, second, _, err := two.Reserve(t.Context(), "rental", 1)
	if err != nil || second.Before(first.Add(600*time.Millisecond)) {
		t.Errorf("the other's turn is at %v, %v after the first", second, second.Sub(first))
	}
	if got, _, _, err := one.Reserve(t.Context(), "rental", 1000); err != nil || got != 25 {
		t.Errorf("reserved %d turns, %v, want what five seconds hold", got, err)
	}
	if got, _, every, err := one.Reserve(t.Context(), "fleet", 7); err != nil || got != 7 || every != 0 {
		t.Errorf("without a limit: %d every %v, %v", got, every, err)
	}
	if _, _, every, err := one.Reserve(t.Context(), "sites", 1); err != nil || every != 500*time.Millisecond {
		t.Errorf("a lane without a rate of its own: every %v, %v", every, err)
	}
}

func TestAReportTellsEveryRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r := w.open("2026-11-21")
	at := func(line int) rental.Origin { return rental.Origin{File: "F.csv", Line: line} }
	parked := func(line int, code string) pipeline.ParkedCode {
		return pipeline.ParkedCode{Delivery: deliveryOf(r), Origin: at(line), Parked: pipeline.Parked{Ref: rental.Ref{Kind: rental.Asset, Key: "A" + code}, Field: rental.RentalStatus, Column: "Status", Code: code, Table: "status", Line: code + ": ?"}}
	}
	b := w.batch(r, fleet()...)
	b.Rejects = []pipeline.Reject{{Delivery: b.Delivery, Origin: at(9), Header: []string{"Nr"}, Cells: []string{"x;y"}, Faults: []pipeline.Fault{{Column: "Nr", What: "bad"}}}}
	b.Parked = []pipeline.ParkedCode{parked(3, "Z"), parked(4, "Z"), parked(4, "B")}
	b.Warnings = []pipeline.Warning{{Delivery: b.Delivery, Origin: at(5), Fault: pipeline.Fault{What: "look"}}}
	b.Rows, b.Skips = pipeline.RowTotals{Read: 11, Mapped: 8, Skipped: 2, Rejected: 1}, map[string]int{"totals": 2}
	w.must(w.Stage(t.Context(), b))
	w.close(r)

	f := w.facts(r)
	w.must(f.Rows.Check())
	if f.Skips["totals"] != 2 || f.Parked != 2 || f.Warnings != 1 || f.Deliveries[0].Rows != b.Rows || f.Deliveries[0].State != pipeline.DeliveryClosed {
		t.Errorf("facts: %+v", f)
	}
	if diff := cmp.Diff(b.Rejects, all(t, w.Rejects(t.Context(), r.ID))); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(b.Warnings, all(t, w.Warnings(t.Context(), r.ID))); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	codes := []pipeline.ParkedCount{{Parked: b.Parked[2].Parked, Rows: 1, Example: at(4)}, {Parked: b.Parked[0].Parked, Rows: 2, Example: at(3)}}
	if diff := cmp.Diff(codes, all(t, w.ParkedCodes(t.Context(), r.ID))); diff != "" {
		t.Errorf("parked codes (-want +got):\n%s", diff)
	}
}

func TestWhatAnAccountAnsweredIsKeptForItAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)
	due := w.lease(r, "w")[:1]
	w.sending("w", due...)
	if k := w.known(due...)[0]; !k.Attempt || !k.Accepted.IsZero() {
		t.Errorf("while a request is on its way: %+v", k)
	}
	taken := digestOf("item")
	w.must(w.Settle(t.Context(), "w", account, profile, []pipeline.Settlement{{
		Due: due[0], Outcome: pipeline.Unmatched, Sent: true, Accepted: digestOf("a"), Whole: digestOf("b"),
		Answer: pipeline.Answer{Outcome: pipeline.Unmatched, Status: 202, Message: "not known yet", Clears: 2},
		Items:  map[string]rental.Digest{"K1/1": taken},
	}}))

	k := w.known(due...)[0]
	if k.Attempt || k.Accepted != digestOf("a") || !k.Refused.IsZero() || k.Answer.Status != 202 || k.Parts.Items[0].Accepted != taken {
		t.Errorf("known: %+v", k)
	}
	other, err := w.Known(t.Context(), due, account, "another wire")
	if err != nil || !other[0].Accepted.IsZero() || !other[0].Parts.Items[0].Accepted.IsZero() {
		t.Errorf("for another profile: %+v, %v", other, err)
	}
	if f := w.facts(r); f.Clears != 2 {
		t.Errorf("clears: %d, want 2", f.Clears)
	}
}

func TestANightThatReachesTheDayOfAReservationSaysThatItHasBegun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", yard()...)
	w.work(first, pipeline.Matched)

	r, _ := w.night("2026-11-25", asset("A7", said{rental.RentalStatus: "RETURNED"}))
	due := w.lease(r, "w")
	if got := assetsOf(due); !slices.Equal(got, []string{"A7", "A8"}) {
		t.Fatalf("due: %v, want A7 and A8, which show the contract", got)
	}
	if c := w.known(due...)[0].Parts.Contracts["K4"]; c.Open != 1 || c.Ahead != 1 {
		t.Errorf("K4 has %d items open and %d ahead, want one of each", c.Open, c.Ahead)
	}
}

func TestPartsShowTheRegisterAsItIsNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", yard()...)
	parts := map[string]rental.Parts{}
	for _, k := range w.known(w.lease(r, "w")...) {
		parts[k.Asset] = k.Parts
	}

	counts := func(asset, contract string) [3]int {
		c := parts[asset].Contracts[contract]
		return [3]int{c.Open, c.Ahead, c.Ended}
	}
	if got := counts("A1", "K1"); got != [3]int{2, 0, 1} {
		t.Errorf("items of K1, open, ahead and ended: %v", got)
	}
	if got := counts("A7", "K4"); got != [3]int{0, 2, 0} {
		t.Errorf("items of K4, open, ahead and ended: %v", got)
	}
	if diff := cmp.Diff([]rental.Twin{{Key: "T2"}}, parts["T1"].Twins); diff != "" {
		t.Errorf("twins of T1 (-want +got):\n%s", diff)
	}
	if p := parts["A4"]; p.Customers["C2"] == nil || p.Depots["M"] == nil || len(p.Items) != 1 {
		t.Errorf("parts of A4: %+v", p)
	}
	if p := parts["A9"]; p.Asset == nil || p.Asset.Text(rental.Identifier) != "9" || len(p.Items) != 0 || p.Twins != nil {
		t.Errorf("parts of A9: %+v", p)
	}
}

func TestDocumentsAreOfferedThoughNothingChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", fleet()...)
	due := w.lease(first, "w")
	w.settle("w", pipeline.Unmatched, due[0])
	w.settle("w", pipeline.Matched, due[1:]...)
	w.done(first)

	for _, c := range []struct {
		name  string
		offer func(r pipeline.Run) (int, error)
		want  []string
	}{
		{"those that are named", func(r pipeline.Run) (int, error) { return w.Offer(t.Context(), r, []string{"A2", "nobody"}) }, []string{"A2"}},
		{"the fleet", func(r pipeline.Run) (int, error) { return w.OfferFleet(t.Context(), r, account, profile) }, []string{"A1", "A2", "A3"}},
		{"what was unmatched for a while", func(r pipeline.Run) (int, error) {
			return w.OfferUnmatched(t.Context(), r, account, profile, time.Unix(2, 0), time.Unix(2, 0))
		}, []string{due[0].Asset}},
		{"what was unmatched just now", func(r pipeline.Run) (int, error) {
			return w.OfferUnmatched(t.Context(), r, account, profile, time.Unix(1, 0), time.Unix(2, 0))
		}, nil},
	} {
		r := w.open("2026-11-20")
		n, err := c.offer(r)
		w.must(err)
		got := w.lease(r, "w")
		if diff := cmp.Diff(append([]string{}, c.want...), assetsOf(got)); diff != "" || n != len(got) {
			t.Errorf("%s: %d (-want +got):\n%s", c.name, n, diff)
		}
		w.settle("w", pipeline.Unchanged, got...)
		w.done(r)
	}
}
