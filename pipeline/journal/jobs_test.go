package journal_test

import (
	"context"
	"errors"
	"flag"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", drawn); err != nil { // the command line may still say otherwise
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// call is one look at a flow, answered by the test.
type call struct {
	flow   string
	answer chan answer
}

type answer struct {
	next time.Time
	err  error
}

// worker starts the engine with work that the test does.
func worker(t *testing.T, j *journal.Journal) (calls chan call, stop func()) {
	t.Helper()
	calls = make(chan call)
	stopWork, err := j.Work(context.Background(), func(ctx context.Context, flow string) (time.Time, error) {
		c := call{flow, make(chan answer)}
		select {
		case calls <- c:
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
		select {
		case a := <-c.answer:
			return a.next, a.err
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		if err := stopWork(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
}

func next(t *testing.T, calls chan call) call {
	t.Helper()
	select {
	case c := <-calls:
		return c
	case <-time.After(20 * time.Second):
		t.Fatal("nobody was called")
		return call{}
	}
}

func TestAClosedRunWakesTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	calls, stop := worker(t, w.store.(*journal.Journal))
	defer stop()

	began := time.Now()
	w.night("2026-11-21", fleet()...)
	c := next(t, calls)
	if waited := time.Since(began); c.flow != flow || waited > 3*time.Second {
		t.Errorf("flow %q was called after %v, want at once", c.flow, waited)
	}

	w.night("2026-11-22", fleet()...) // while the first is still being worked
	c.answer <- answer{}
	c = next(t, calls)
	c.answer <- answer{next: time.Now().Add(time.Hour)}

	w.night("2026-11-23", fleet()...) // while the flow would sleep for an hour
	c = next(t, calls)
	c.answer <- answer{next: time.Now()}
	c = next(t, calls) // at once, because it said so
	c.answer <- answer{}
}

func TestWorkIsFoundAgainAtTheNextStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-21", fleet()...)
	calls, stop := worker(t, w.store.(*journal.Journal))
	next(t, calls) // and never answered
	stop()

	w.reopen()
	calls, stop = worker(t, w.store.(*journal.Journal))
	defer stop()
	next(t, calls).answer <- answer{}
}

func TestWorkThatFailsIsTriedAgainByTheNextRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	calls, stop := worker(t, w.store.(*journal.Journal))
	defer stop()

	w.night("2026-11-21", fleet()...)
	next(t, calls).answer <- answer{err: errors.New("boom")}
	r, _ := w.night("2026-11-22", fleet()...)
	next(t, calls).answer <- answer{}
	w.work(r, pipeline.Matched)
}
