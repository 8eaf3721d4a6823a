package journal_test

import (
	"context"
	"encoding/binary"

	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// store is all that a journal of any database has to be.
type store interface {
	pipeline.DeliveryJournal
	pipeline.StageJournal
	pipeline.HoldJournal
	pipeline.RevertJournal
	pipeline.DispatchJournal
	pipeline.ReportJournal
	pipeline.SnapshotJournal
	pipeline.ListingJournal
	pipeline.FleetJournal
	pipeline.DriftJournal
	pipeline.AppendJournal
	pipeline.LayoutJournal
	Pace(account string, rates map[string]float64) pipeline.Pace
	Tokens(account string) *journal.Tokens
	ScheduleKept(ctx context.Context, flow string) (time.Time, error)
	KeepSchedule(ctx context.Context, flow string, at time.Time) error
	Release(ctx context.Context, flow string) (int, error)
	Offer(ctx context.Context, r pipeline.Run, assets []string) (int, error)
	Decide(ctx context.Context, r pipeline.Run, d pipeline.Decision, at time.Time) error
	Revert(ctx context.Context, r pipeline.Run) error
	ApproveAccount(ctx context.Context, flow, account, profile string) (int, error)
	ApproveDocuments(ctx context.Context, flow string, assets []string) (int, error)
	HeldDocuments(ctx context.Context, flow string) iter.Seq2[pipeline.HeldDocument, error]
	Depots(ctx context.Context, flow string, n int) ([]string, error)
	PutBack(ctx context.Context, d pipeline.Delivery, why string) error
	Litter(ctx context.Context) (int, error)
	Unlisted(ctx context.Context) (int, error)
	EndLeases(ctx context.Context) error
	Nest(ctx context.Context, fn func(ctx context.Context) error) error
	Close() error
}

// world is a journal with one flow, and the nights that were worked in it.
type world struct {
	store
	t       testing.TB
	again   func() store // opens the same journal anew
	nights  int
	keeps   time.Duration // how long what closed runs have changed is kept
	history string        // which ended rentals of the first night are sent
}

const (
	account = "iris"
	profile = "wire"
	flow    = "hamburg"
)

// newWorld opens an empty journal whose leases last so long.
func newWorld(t testing.TB, lease time.Duration) *world {
	t.Helper()
	w := &world{t: t, keeps: -1}
	path := filepath.Join(t.TempDir(), "state", "journal.db")
	w.again = func() store {
		j, err := journal.Open(context.Background(), journal.Options{Path: path, Lease: lease, History: w.keeps})
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	w.store = w.again()
	t.Cleanup(func() { w.must(w.Close()) })
	return w
}

// reopen is what happens when the process dies and is started again.
func (w *world) reopen() {
	w.t.Helper()
	w.must(w.Close())
	w.store = w.again()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// said is one thing a row says; "" is nothing.
type said map[rental.Field]string

func asset(key string, s said) rental.Entity    { return entity(rental.Asset, key, s) }
func item(key string, s said) rental.Entity     { return entity(rental.Item, key, s) }
func contract(key string, s said) rental.Entity { return entity(rental.Contract, key, s) }
func customer(key string, s said) rental.Entity { return entity(rental.Customer, key, s) }
func depot(key string, s said) rental.Entity    { return entity(rental.Depot, key, s) }

func entity(kind rental.Kind, key string, s said) rental.Entity {
	e := rental.Entity{Ref: rental.Ref{Kind: kind, Key: key}, Origin: rental.Origin{File: "F.csv", Line: 2}}
	for _, field := range slices.Sorted(maps.Keys(s)) {
		v := rental.Of(s[field])
		if spec, known := rental.SpecOf(kind, field); known && spec.Type != rental.Text && s[field] != "" {
			v.Type = spec.Type
		}
		e.Fields = append(e.Fields, rental.FieldValue{Field: field, Value: v, Column: "C"})
	}
	return e
}

// open saves a new run of a business date with one staged delivery.
func (w *world) open(date string) pipeline.Run {
	w.t.Helper()
	w.nights++
	r := pipeline.Run{ID: fmt.Sprintf("run-%03d", w.nights), Flow: flow, BusinessDate: date, State: pipeline.RunStaging, OpenedAt: time.Unix(int64(w.nights), 0)}
	w.must(w.SaveRun(w.t.Context(), r))
	w.must(w.SaveDelivery(w.t.Context(), pipeline.Delivery{
		ID: deliveryOf(r), Flow: flow, Run: r.ID, Name: "F.csv", Mapping: "m", MappingVersion: "1", BusinessDate: date,
		Digest: "d-" + r.ID, ClaimedAt: time.Unix(int64(w.nights), 0), State: pipeline.DeliveryStaged,
	}))
	return r
}

func deliveryOf(r pipeline.Run) string { return "delivery-" + strings.TrimPrefix(r.ID, "run-") }

// stage does with entities what the intake does.
func (w *world) stage(r pipeline.Run, entities ...rental.Entity) {
	w.t.Helper()
	w.must(w.Stage(w.t.Context(), w.batch(r, entities...)))
}

func (w *world) batch(r pipeline.Run, entities ...rental.Entity) *pipeline.Batch {
	w.t.Helper()
	refs := make([]rental.Ref, len(entities))
	for i := range entities {
		refs[i] = entities[i].Ref
	}
	now, prior, err := w.Records(w.t.Context(), r.Flow, r.ID, refs)
	w.must(err)

	b := &pipeline.Batch{Flow: r.Flow, Run: r.ID, Delivery: deliveryOf(r), Mapping: "m",
		Rows: pipeline.RowTotals{Read: len(entities), Mapped: len(entities)}}
	for i := range entities {
		b.Entities = append(b.Entities, stagedOf(&entities[i], deliveryOf(r), now, prior))
	}
	return b
}

func stagedOf(e *rental.Entity, delivery string, now, prior map[rental.Ref]rental.Record) pipeline.Staged {
	pointer := func(m map[rental.Ref]rental.Record) *rental.Record {
		if r, have := m[e.Ref]; have {
			return &r
		}
		return nil
	}
	last := pointer(now)
	register := pointer(prior)
	if register == nil {
		register = last
	}
	st := pipeline.Staged{Record: rental.Merge(last, e, delivery), Said: saidOf(e)}
	st.Class, st.Changed = rental.Compare(register, &st.Record)
	return st
}

func saidOf(e *rental.Entity) pipeline.Said {
	d := e.Digest()
	return pipeline.Said{Kind: e.Kind, Hash: hashOf(e.Ref), Digest: binary.LittleEndian.Uint64(d[:8])}
}

func hashOf(ref rental.Ref) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(ref.String()) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// miss stages that a mapping did not name entities, by hash.
func (w *world) miss(r pipeline.Run, mapping string, kind rental.Kind, hashes ...uint64) {
	absent := all(w.t, w.Unnamed(w.t.Context(), flow, r.ID, mapping, kind, hashes, true))
	w.must(w.Miss(w.t.Context(), flow, r.ID, mapping, absent))
}

// night stages and closes one run.
func (w *world) night(date string, entities ...rental.Entity) (pipeline.Run, pipeline.Closed) {
	w.t.Helper()
	r := w.open(date)
	if len(entities) > 0 {
		w.stage(r, entities...)
	}
	return r, w.close(r)
}

func (w *world) close(r pipeline.Run) pipeline.Closed {
	w.t.Helper()
	closed, err := w.CloseRun(w.t.Context(), r, w.history)
	w.must(err)
	return closed
}

// done ends a run.
func (w *world) done(r pipeline.Run) {
	w.t.Helper()
	r.State = pipeline.RunDone
	w.must(w.SaveRun(w.t.Context(), r))
}

// lease takes what is due of a run.
func (w *world) lease(r pipeline.Run, owner string) []pipeline.Due {
	w.t.Helper()
	due, err := w.Lease(w.t.Context(), r.ID, owner, 1000)
	w.must(err)
	return due
}

func assetsOf(due []pipeline.Due) []string {
	keys := make([]string, len(due))
	for i := range due {
		keys[i] = due[i].Asset
	}
	slices.Sort(keys)
	return keys
}

// known loads what is known of leased assets.
func (w *world) known(due ...pipeline.Due) []pipeline.Known {
	w.t.Helper()
	list, err := w.Known(w.t.Context(), due, account, profile)
	w.must(err)
	return list
}

// settle records an outcome for leased assets, as if a request had been made.
func (w *world) settle(owner string, outcome pipeline.Outcome, due ...pipeline.Due) {
	w.t.Helper()
	list := make([]pipeline.Settlement, len(due))
	for i, d := range due {
		list[i] = pipeline.Settlement{Due: d, Reference: "R-" + d.Asset, Identifier: "SN-" + d.Asset, FoundBy: "SERIAL_NUMBER SN-" + d.Asset, Outcome: outcome, At: time.Unix(1, 0)}
		switch outcome {
		case pipeline.Matched, pipeline.Unmatched:
			list[i].Sent, list[i].Accepted, list[i].Whole = true, digestOf(d.Asset), digestOf(d.Asset)
			list[i].Answer = pipeline.Answer{Outcome: outcome, Status: 200}
		case pipeline.Rejected:
			list[i].Sent, list[i].Whole = true, digestOf(d.Asset)
			list[i].Answer = pipeline.Answer{Outcome: outcome, Status: 400, Code: "bad", Message: "refused"}
		}
	}
	w.must(w.Settle(w.t.Context(), owner, account, profile, list))
}

// sending records attempts.
func (w *world) sending(owner string, due ...pipeline.Due) map[string]bool {
	w.t.Helper()
	attempts := make([]pipeline.Attempt, len(due))
	for i, d := range due {
		attempts[i] = pipeline.Attempt{Flow: d.Flow, Asset: d.Asset, Digest: digestOf(d.Asset)}
	}
	still, err := w.Sending(w.t.Context(), owner, account, profile, attempts)
	w.must(err)
	return still
}

// work settles everything that is due in a run, and ends it.
func (w *world) work(r pipeline.Run, outcome pipeline.Outcome) {
	w.t.Helper()
	for {
		due := w.lease(r, "w")
		if len(due) == 0 {
			w.done(r)
			return
		}
		w.settle("w", outcome, due...)
	}
}

func digestOf(text string) (d rental.Digest) {
	copy(d[:], text+"................")
	return d
}

func (w *world) facts(r pipeline.Run) pipeline.RunFacts {
	w.t.Helper()
	f, err := w.Facts(w.t.Context(), r.ID)
	w.must(err)
	return f
}

// clean checks that nothing lies about that nobody needs.
func (w *world) clean() {
	w.t.Helper()
	if n, err := w.Litter(w.t.Context()); err != nil || n != 0 {
		w.t.Errorf("%d records lie about, %v", n, err)
	}
}

// all gathers what an iterator yields.
func all[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var list []T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}
