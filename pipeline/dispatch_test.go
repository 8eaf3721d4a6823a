package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// receiver is a sink that answers as a test wants, and remembers what it got.
type receiver struct {
	account string
	answer  func(asset string) (pipeline.Answer, error)

	mu  sync.Mutex
	got []string
}

// Account names the receiver.
func (r *receiver) Account() string { return r.account }

// Profile is the same for all.
func (r *receiver) Profile() string { return "plain" }

// Encode writes the asset's key.
func (r *receiver) Encode(d *rental.Document) ([]byte, int, error) { return []byte(d.Key), 0, nil }

// Send remembers the asset and answers.
func (r *receiver) Send(_ context.Context, d *rental.Document) (pipeline.Answer, error) {
	r.mu.Lock()
	r.got = append(r.got, d.Key)
	r.mu.Unlock()
	return r.answer(d.Key)
}

// sent returns what arrived since the last call.
func (r *receiver) sent() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	slices.Sort(got)
	return got
}

func matched(string) (pipeline.Answer, error) {
	return pipeline.Answer{Outcome: pipeline.Matched, Status: 200}, nil
}

// yard is a flow without files: nights are staged as tests say.
type yard struct {
	t       *testing.T
	journal *journal.Journal
	sink    *receiver
	worker  *pipeline.Dispatcher
	nights  int
	now     time.Time
}

func newYard(t *testing.T) *yard {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Path: filepath.Join(t.TempDir(), "journal.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	y := &yard{t: t, journal: j, sink: &receiver{account: "one", answer: matched}, now: time.Now()}
	y.worker = &pipeline.Dispatcher{
		Journal: j, Sink: y.sink, Parallel: 2, Owner: "test",
		Now: func() time.Time { return y.now }, Log: slog.New(slog.DiscardHandler),
	}
	return y
}

// night closes a run in which each asset has a status, and returns it.
func (y *yard) night(statuses map[string]string) pipeline.Run {
	y.t.Helper()
	assets := map[string]map[rental.Field]string{}
	for key, status := range statuses {
		assets[key] = map[rental.Field]string{rental.Identifier: "S-" + key, rental.RentalStatus: status}
	}
	return y.tell(assets)
}

// tell closes a run that says something of assets, and returns it. How they are
// identified goes without saying.
func (y *yard) tell(assets map[string]map[rental.Field]string) pipeline.Run {
	y.t.Helper()
	y.nights++
	run := pipeline.Run{
		ID: fmt.Sprintf("run%d", y.nights), Flow: "yard", BusinessDate: fmt.Sprintf("2026-11-%02d", y.nights), State: pipeline.RunStaging,
	}
	delivery := pipeline.Delivery{
		ID: fmt.Sprintf("delivery%d", y.nights), Flow: "yard", Run: run.ID, Name: "yard.csv", Mapping: "yard",
		BusinessDate: run.BusinessDate, State: pipeline.DeliveryStaged,
	}
	y.must(y.journal.SaveRun(y.t.Context(), run))
	y.must(y.journal.SaveDelivery(y.t.Context(), delivery))

	batch := pipeline.Batch{Flow: "yard", Run: run.ID, Delivery: delivery.ID, Mapping: "yard"}
	for key, says := range assets {
		ref := rental.Ref{Kind: rental.Asset, Key: key}
		now, prior, err := y.journal.Records(y.t.Context(), "yard", run.ID, []rental.Ref{ref})
		y.must(err)
		e := rental.Entity{Ref: ref, Fields: []rental.FieldValue{{Field: rental.IdentifierType, Value: rental.Of("SERIAL_NUMBER")}}}
		for field, text := range says {
			e.Fields = append(e.Fields, rental.FieldValue{Field: field, Value: rental.Of(text)})
		}
		e.Sort()
		last, before := now[ref], prior[ref]
		record := rental.Merge(&last, &e, delivery.ID)
		class, changed := rental.Compare(&before, &record)
		batch.Entities = append(batch.Entities, pipeline.Staged{
			Record: record, Changed: changed, Class: class, Said: pipeline.Said{Kind: rental.Asset, Hash: ref.Hash(), Digest: e.Digest().Short()},
		})
	}
	y.must(y.journal.Stage(y.t.Context(), &batch))
	_, err := y.journal.CloseRun(y.t.Context(), run, "")
	y.must(err)
	run.State = pipeline.RunClosed
	return run
}

// work dispatches a run, ends it, and returns its outcomes.
func (y *yard) work(run pipeline.Run) pipeline.DocumentTotals {
	y.t.Helper()
	y.must(y.worker.Work(y.t.Context(), run))
	run.State = pipeline.RunDone
	y.must(y.journal.SaveRun(y.t.Context(), run))
	facts, err := y.journal.Facts(y.t.Context(), run.ID)
	y.must(err)
	for o, n := range facts.Documents {
		if n == 0 {
			delete(facts.Documents, o)
		}
	}
	return facts.Documents
}

func (y *yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) expect(what string, want, got any) {
	y.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		y.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

type totals = pipeline.DocumentTotals

func TestWhatTheReceiverHoldsIsNotSentAgain(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.expect("the first night", totals{pipeline.Matched: 2}, y.work(y.night(map[string]string{"1": "ON_RENT", "2": "AVAILABLE"})))
	y.sink.sent()

	y.expect("a change", totals{pipeline.Matched: 1}, y.work(y.night(map[string]string{"1": "RETURNED", "2": "AVAILABLE"})))
	y.expect("what was sent", []string{"1"}, y.sink.sent())
}

func TestAChangeThatIsTakenBackBeforeItWasSentIsUnchanged(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.night(map[string]string{"1": "ON_RENT"}))
	y.sink.sent()

	y.night(map[string]string{"1": "RETURNED"})
	y.expect("the night after", totals{pipeline.Unchanged: 1}, y.work(y.night(map[string]string{"1": "ON_RENT"})))
	y.expect("what was sent", []string(nil), y.sink.sent())

	facts, err := y.journal.Facts(t.Context(), "run2")
	y.must(err)
	y.expect("the night between", 1, facts.Documents[pipeline.Overtaken])
}

func TestADocumentThatWasFinallyRefusedIsNotSentAgainButCountsAgain(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.sink.answer = func(string) (pipeline.Answer, error) {
		return pipeline.Answer{Outcome: pipeline.Rejected, Status: 400, Code: "constraint_violation"}, nil
	}
	y.expect("the refusal", totals{pipeline.Rejected: 1}, y.work(y.night(map[string]string{"1": "ON_RENT"})))
	y.expect("what was sent", []string{"1"}, y.sink.sent())

	y.night(map[string]string{"1": "RETURNED"})
	y.expect("equal to what was refused", totals{pipeline.Rejected: 1}, y.work(y.night(map[string]string{"1": "ON_RENT"})))
	y.expect("what was sent then", []string(nil), y.sink.sent())

	y.expect("another document", totals{pipeline.Rejected: 1}, y.work(y.night(map[string]string{"1": "AVAILABLE"})))
	y.expect("what was sent at last", []string{"1"}, y.sink.sent())
}

func TestADeferredDocumentIsSentByALaterRunWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.sink.answer = func(string) (pipeline.Answer, error) {
		return pipeline.Answer{}, &pipeline.Later{Status: 429, After: time.Hour, Cause: errors.New("too many requests")}
	}
	y.expect("the first try", totals{pipeline.Deferred: 1}, y.work(y.night(map[string]string{"1": "ON_RENT"})))

	left, err := y.journal.Leftover(t.Context(), "yard")
	y.must(err)
	if left.Due != 0 || left.Later != 1 || left.Next.Before(y.now.Add(59*time.Minute)) {
		t.Errorf("got %+v, want one in an hour", left)
	}

	y.sink.answer = matched
	y.expect("a night in which it changed", totals{pipeline.Matched: 1}, y.work(y.night(map[string]string{"1": "RETURNED"})))
}

func TestAStoppedAccountDefersEverythingAndIsNotAskedOnAndOn(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.worker.Parallel = 1
	y.sink.answer = func(string) (pipeline.Answer, error) {
		return pipeline.Answer{}, &pipeline.Stopped{Account: "one", Cause: errors.New("invalid_client"), Hint: "check clientSecret"}
	}
	night := map[string]string{}
	for i := range 40 {
		night[fmt.Sprint(i)] = "ON_RENT"
	}
	y.expect("the outcomes", totals{pipeline.Deferred: 40}, y.work(y.night(night)))
	y.expect("how often it was asked", 1, len(y.sink.sent()))
}

func TestAnswersAreKeptPerAccount(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.night(map[string]string{"1": "ON_RENT"}))
	y.sink.sent()

	y.sink.account = "two"
	y.night(map[string]string{"1": "RETURNED"})
	y.expect("another account", totals{pipeline.Matched: 1}, y.work(y.night(map[string]string{"1": "ON_RENT"})))
	y.expect("what was sent", []string{"1"}, y.sink.sent())
}

func TestTheFirstNightOfAnAccountIsHeldUntilItMaySend(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.worker.Hold = true
	y.expect("the first night", totals{pipeline.Held: 1}, y.work(y.night(map[string]string{"1": "ON_RENT"})))
	y.expect("what was sent", []string(nil), y.sink.sent())

	y.worker.Hold = false
	released, err := y.journal.Release(t.Context(), "yard")
	y.must(err)
	y.expect("what was released", 1, released)
	run := pipeline.Run{ID: "run9", Flow: "yard", BusinessDate: "2026-11-09", State: pipeline.RunClosed}
	n, err := y.journal.Adopt(t.Context(), run)
	y.must(err)
	y.expect("what was left", 1, n)
	y.expect("once it may", totals{pipeline.Matched: 1}, y.work(run))
}

func TestReferencesAreFixedOnceTheyWereAccepted(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.night(map[string]string{"1": "ON_RENT"}))
	y.sink.sent()

	y.worker.Assembly.References = "X-{key}"
	run := y.night(map[string]string{"1": "RETURNED"})
	if err := y.worker.Work(t.Context(), run); err == nil || !strings.Contains(err.Error(), "put references back") {
		t.Errorf("got %v, want to be told to put references back", err)
	}
	y.expect("what was sent", []string(nil), y.sink.sent())

	y.worker.Assembly.References = ""
	y.expect("once they are back", totals{pipeline.Matched: 1}, y.work(run))

	y.worker.Assembly.References = "X-{key}"
	y.sink.account = "two"
	y.expect("another account may have others", totals{pipeline.Matched: 1}, y.work(y.night(map[string]string{"1": "AVAILABLE"})))
}
