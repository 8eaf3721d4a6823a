package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rentalsync/pipeline/rental"
)

// The way of one document.

// job is one document on its way.
type job struct {
	Known
	document rental.Document
	settled  Settlement
}

// work settles one lease's worth of assets. An account that takes nothing any
// more is no error, but there is no use in going on.
func (d *Dispatcher) work(ctx context.Context, run Run, due []Due) (*Stopped, error) {
	known, err := d.Journal.Known(ctx, due, d.Sink.Account(), d.Sink.Profile())
	if err != nil {
		return nil, fmt.Errorf("load what is due in run %s: %w", run.ID, err)
	}

	var jobs []*job
	var stopped *Stopped
	book := d.openBook(ctx)
	for i := range known {
		if j := d.assemble(known[i]); j.settled.Outcome != 0 {
			book.settle(j.settled)
		} else {
			jobs = append(jobs, j)
		}
	}

	if jobs, err = d.begin(ctx, run, jobs); err == nil {
		reached(d.Reached, "dispatch:sending")
		stopped = d.send(ctx, jobs, book)
		reached(d.Reached, "dispatch:answered")
	}
	return stopped, errors.Join(err, book.close())
}

// assemble makes the document of one asset, or settles it at once where there is
// nothing to send.
func (d *Dispatcher) assemble(k Known) *job {
	j := &job{Known: k, settled: Settlement{Due: k.Due, At: d.Now()}}

	var err error
	j.document, err = d.Assembly.Document(&k.Parts)
	var waiting *rental.Waiting
	switch {
	case errors.As(err, &waiting):
		j.settled.Outcome, j.settled.Why = Waiting, err.Error()
		return j
	case err != nil:
		j.settled.Outcome, j.settled.Why = Rejected, err.Error()
		return j
	}

	j.settled.Left, j.settled.Lines = j.document.Left, j.document.Lines()
	j.settled.Reference, j.settled.Identifier = j.document.Asset.Reference, j.document.Identifier()
	j.settled.Accepted, j.settled.Whole = j.document.Digest(), j.document.FullDigest()
	j.settled.FoundBy = j.document.Identity()
	j.spare()
	if changed := j.document.Reidentified(&k.Parts, k.FoundBy); j.settled.Outcome == 0 && changed != "" && !k.Approved {
		j.settled.Outcome, j.settled.Why = Held, changed
	}
	return j
}

// spare settles a document that it is no use to send: the receiver holds it, or
// has refused it. After a lost answer only sending again makes sure.
func (j *job) spare() {
	switch {
	case j.Attempt || j.Offered:
	case j.Accepted == j.settled.Accepted && !j.document.Closing():
		j.settled.Outcome = Unchanged
	case j.Refused == j.settled.Whole:
		j.settled.Outcome, j.settled.Answer = j.Answer.Outcome, j.Answer
		j.settled.Why = "unchanged since it was refused"
	}
}

// begin records durably that requests are about to be sent, and keeps those that
// are still ours.
func (d *Dispatcher) begin(ctx context.Context, run Run, jobs []*job) ([]*job, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	attempts := make([]Attempt, len(jobs))
	for i, j := range jobs {
		attempts[i] = Attempt{Flow: run.Flow, Asset: j.Asset, Digest: j.settled.Whole}
	}
	ours, err := d.Journal.Sending(ctx, d.Owner, d.Sink.Account(), d.Sink.Profile(), attempts)
	if err != nil {
		return nil, fmt.Errorf("record what is about to be sent: %w", err)
	}

	kept := jobs[:0]
	for _, j := range jobs {
		if ours[j.Asset] {
			kept = append(kept, j)
		}
	}
	return kept, nil
}

// send delivers jobs in parallel, in their order. The first Stopped ends the
// sending: the rest is deferred.
func (d *Dispatcher) send(ctx context.Context, jobs []*job, book *book) *Stopped {
	queue := make(chan *job)
	var workers sync.WaitGroup
	var stopped stopper
	drained, stop := drain(ctx, drainTime)
	defer stop()

	for range max(d.Parallel, 1) {
		workers.Go(func() {
			for j := range queue {
				if cause := stopped.first.Load(); cause != nil {
					d.stay(j, cause)
				} else if !d.sendOne(ctx, drained, j, &stopped) {
					continue
				}
				book.settle(j.settled)
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	workers.Wait()
	return stopped.first.Load()
}

// sendOne sends one document and fills its settlement; false when nothing is
// known of the end, because the lease or ctx ended first. It is then sent again.
// A request that has begun goes on until drained ends.
func (d *Dispatcher) sendOne(ctx, drained context.Context, j *job, stopped *stopper) bool {
	if ctx.Err() != nil || d.Now().After(j.Until) {
		return false
	}
	inTime, cancel := context.WithDeadline(drained, j.Until)
	defer cancel()
	answer, err := d.Sink.Send(inTime, &j.document)

	var later *Later
	var stop *Stopped
	switch {
	case errors.As(err, &stop):
		stopped.first.CompareAndSwap(nil, stop)
		d.stay(j, stop)
	case errors.As(err, &later):
		d.postpone(j, later.Cause, later.After)
		j.settled.Answer.Status = later.Status
	case err != nil && inTime.Err() != nil:
		return false
	case err != nil:
		d.postpone(j, err, 0)
	default:
		d.answered(j, answer)
	}
	return true
}

// answered settles a document that the receiver decided about.
func (d *Dispatcher) answered(j *job, a Answer) {
	j.settled.Outcome, j.settled.Answer, j.settled.Sent = a.Outcome, a, true
	j.settled.At = d.Now()
	if !a.Accepted() {
		j.settled.Accepted = rental.Digest{}
		return
	}
	j.settled.Items = make(map[string]rental.Digest, len(j.document.Items))
	for i := range j.Parts.Items {
		item := &j.Parts.Items[i]
		if j.document.Has(item.Key) {
			j.settled.Items[item.Key] = item.Digest()
		}
	}
}

// firstDelay is how long a document waits after its first failed attempt.
const firstDelay = 15 * time.Second

// growing is how long what has failed so often waits: longer with every attempt.
func growing(attempts int) time.Duration { return min(firstDelay<<min(attempts, 8), time.Hour) }

// stay defers a document that nothing is wrong with: it is due as soon as the
// account takes anything again.
func (d *Dispatcher) stay(j *job, cause error) {
	j.settled.Outcome, j.settled.Why, j.settled.At = Deferred, cause.Error(), d.Now()
}

// postpone defers a document: as long as the receiver asked for, else longer
// with every attempt.
func (d *Dispatcher) postpone(j *job, cause error, after time.Duration) {
	if after == 0 {
		after = growing(j.Attempts)
	}
	now := d.Now()
	j.settled.Outcome, j.settled.Why = Deferred, cause.Error()
	j.settled.At, j.settled.Next = now, now.Add(after)
}
