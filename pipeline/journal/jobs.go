package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// Jobs only wake the work; rows say what is to be done. One that is lost costs
// time, one too many costs a look at nothing.

const (
	workQueue = "dispatch"
	pollEvery = 5 * time.Second
	workers   = 16 // flows that are worked at the same time

	// A first night may send for hours. Jobs of a process that died are taken
	// back when the journal is opened, long before they count as stuck.
	jobTimeout  = 24 * time.Hour
	rescueAfter = 25 * time.Hour

	stopGrace = 10 * time.Second
)

// dispatchArgs is the job to work what is due in a flow.
type dispatchArgs struct {
	Flow string `json:"flow"`
}

// Kind names the job.
func (dispatchArgs) Kind() string { return "dispatch" }

// wakeArgs is a job that does nothing: inserting it makes the engine look for
// jobs at once, which one inserted with a closing run does not.
type wakeArgs struct{}

// Kind names the job.
func (wakeArgs) Kind() string { return "wake" }

// takeJobsBack frees the jobs of a process that is no more.
const takeJobsBack = `UPDATE river_job SET state = 'available' WHERE state = 'running'`

// WorkFunc works what is due in a flow, and tells when there will be more to do;
// zero when nothing is left. It is called by one goroutine a flow.
type WorkFunc func(ctx context.Context, flow string) (next time.Time, err error)

// jobs is the job engine, which lives inside the journal.
type jobs struct {
	journal  *Journal
	inserter *river.Client[*sql.Tx]

	mu     sync.Mutex
	worker *river.Client[*sql.Tx]
}

func newJobs(j *Journal) (*jobs, error) {
	// A client that also works cannot insert before it was started.
	inserter, err := river.NewClient(riversqlite.New(j.writer), &river.Config{Logger: quiet(j.log)})
	if err != nil {
		return nil, fmt.Errorf("ready the job engine: %w", err)
	}
	return &jobs{journal: j, inserter: inserter}, nil
}

func migrateJobs(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	m, err := rivermigrate.New(riversqlite.New(db), &rivermigrate.Config{Logger: quiet(log)})
	if err != nil {
		return fmt.Errorf("ready the job engine: %w", err)
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return named(err, "migrate the job engine")
}

// Work calls work for every flow in which something is due, now and whenever
// a run closes, until it is stopped. Stopping waits for what is in hand; when
// its context ends first, what is in hand is cancelled.
func (j *Journal) Work(ctx context.Context, work WorkFunc) (stop func(context.Context) error, err error) {
	if j.writer == nil {
		return nil, errReadOnly
	}
	if err := j.jobs.start(ctx, work); err != nil {
		return nil, fmt.Errorf("start the job engine: %w", err)
	}
	return j.jobs.stop, nil
}

func (js *jobs) start(ctx context.Context, work WorkFunc) error {
	js.mu.Lock()
	defer js.mu.Unlock()
	if js.worker != nil {
		return errors.New("it is working already")
	}
	if err := js.insertAll(ctx); err != nil {
		return err
	}

	known := river.NewWorkers()
	river.AddWorker(known, &dispatchWorker{work: work, busy: map[string]chan struct{}{}})
	river.AddWorker(known, river.WorkFunc(func(context.Context, *river.Job[wakeArgs]) error { return nil }))

	worker, err := river.NewClient(riversqlite.New(js.journal.writer), &river.Config{
		Logger:                      quiet(js.journal.log),
		Queues:                      map[string]river.QueueConfig{workQueue: {MaxWorkers: workers}},
		Workers:                     known,
		FetchPollInterval:           pollEvery,
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        rescueAfter,
		RetryPolicy:                 retrySoon{},
		CompletedJobRetentionPeriod: time.Hour,
	})
	if err != nil {
		return err
	}
	if err := worker.Start(ctx); err != nil {
		return err
	}
	js.worker = worker
	return nil
}

func (js *jobs) stop(ctx context.Context) error {
	js.mu.Lock()
	worker := js.worker
	js.worker = nil
	js.mu.Unlock()
	if worker == nil {
		return nil
	}

	if err := worker.Stop(ctx); err == nil {
		return nil
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	return named(worker.StopAndCancel(grace), "stop the job engine")
}

const flowsWithWork = `
	SELECT flow FROM dispatch
	UNION
	SELECT flow FROM run WHERE state IN ('staging', 'closed')
	ORDER BY flow`

// insertAll makes jobs for all that is to be done: rows are the truth.
func (js *jobs) insertAll(ctx context.Context) error {
	return js.journal.write(ctx, func(ctx context.Context, s session) error {
		var flows []string
		err := s.each(ctx, flowsWithWork, nil, func(scan func(...any) error) error {
			var flow string
			err := scan(&flow)
			flows = append(flows, flow)
			return err
		})
		if err != nil {
			return err
		}
		for _, flow := range flows {
			if err := js.insert(ctx, s, flow); err != nil {
				return err
			}
		}
		return nil
	})
}

// insert makes a job for a flow, as part of a transaction. A job that waits is
// called instead; one that runs may be past the point where it would notice, so
// that another is queued behind it.
func (js *jobs) insert(ctx context.Context, s session, flow string) error {
	waiting, err := js.inserter.JobListTx(ctx, s.Tx, river.NewJobListParams().Kinds(dispatchArgs{}.Kind()).First(10_000).
		States(rivertype.JobStateAvailable, rivertype.JobStateScheduled, rivertype.JobStateRetryable))
	if err != nil {
		return fmt.Errorf("list jobs: %w", err)
	}
	for _, job := range waiting.Jobs {
		var a dispatchArgs
		if err := json.Unmarshal(job.EncodedArgs, &a); err != nil || a.Flow != flow {
			continue // not a job of this flow
		}
		_, err := js.inserter.JobRetryTx(ctx, s.Tx, job.ID)
		return named(err, "call job %d", job.ID)
	}

	_, err = js.inserter.InsertTx(ctx, s.Tx, dispatchArgs{flow}, &river.InsertOpts{Queue: workQueue, MaxAttempts: 1 << 14})
	return named(err, "insert a job")
}

// wake makes the engine look for jobs at once. Where it cannot, it looks by
// itself after a while.
func (js *jobs) wake(ctx context.Context) {
	js.mu.Lock()
	worker := js.worker
	js.mu.Unlock()
	if worker == nil {
		return
	}
	if _, err := worker.Insert(ctx, wakeArgs{}, &river.InsertOpts{Queue: workQueue}); err != nil {
		js.journal.log.Debug("the job engine was not woken", "err", err)
	}
}

// dispatchWorker hands jobs to the work, one at a time for each flow.
type dispatchWorker struct {
	river.WorkerDefaults[dispatchArgs]
	work WorkFunc

	mu   sync.Mutex
	busy map[string]chan struct{} // closed when the flow is free again
}

// Work runs one job.
func (w *dispatchWorker) Work(ctx context.Context, job *river.Job[dispatchArgs]) error {
	free, err := w.take(ctx, job.Args.Flow)
	if err != nil {
		return river.JobSnooze(0)
	}
	defer free()

	next, err := w.work(ctx, job.Args.Flow)
	switch {
	case ctx.Err() != nil:
		return river.JobSnooze(0) // stopped: the next start goes on
	case err != nil:
		return err
	case !next.IsZero():
		return river.JobSnooze(max(0, time.Until(next)))
	}
	return nil
}

// take waits until nobody works the flow.
func (w *dispatchWorker) take(ctx context.Context, flow string) (free func(), err error) {
	for {
		w.mu.Lock()
		others, busy := w.busy[flow]
		if !busy {
			mine := make(chan struct{})
			w.busy[flow] = mine
			w.mu.Unlock()
			return func() { w.free(flow, mine) }, nil
		}
		w.mu.Unlock()

		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-others:
		}
	}
}

func (w *dispatchWorker) free(flow string, mine chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, flow)
	close(mine)
}

// retrySoon tries a flow again after a while that grows to five minutes.
type retrySoon struct{}

// NextRetry is when a job that failed is tried again.
func (retrySoon) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Duration(len(job.Errors)+1)*10*time.Second, 5*time.Minute))
}

// quiet keeps the engine's everyday talk out of the log.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

// warnings is a handler that passes on warnings and errors.
type warnings struct{ slog.Handler }

// Enabled reports whether a record matters.
func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the threshold.
func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the threshold.
func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
