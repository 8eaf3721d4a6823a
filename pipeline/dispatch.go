package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"rentalsync/pipeline/rental"
)

// Dispatcher sends what is due in a run, one asset at a time, and records what
// became of each. Documents are assembled when they are sent, so that nothing
// older overtakes anything newer.
type Dispatcher struct {
	Journal  DispatchJournal
	Sink     Sink
	Assembly rental.Assembly
	Parallel int     // requests under way at once; default 2
	Rate     float64 // documents a second that are configured; 0 is no limit

	// Pacing is how many documents a second the account allows, and until when
	// it wants none at all; default: those that are configured.
	Pacing func(ctx context.Context) (Pacing, error)

	Hold bool // hold everything while the account has never accepted a document of the flow, and nobody has approved it

	// Reoffer is how long what the account did not know is left alone before it
	// is sent again, changed or not; default: never.
	Reoffer time.Duration

	Owner   string // names this worker's leases
	Now     func() time.Time
	Log     *slog.Logger
	Reached func(point string) // see CrashPoints; default: nobody

	restUntil atomic.Pointer[time.Time]
}

// Work settles every dispatch of the run that is due. It returns early when ctx
// ends; what is in hand then is settled first, and the rest is found again.
func (d *Dispatcher) Work(ctx context.Context, run Run) error {
	if err := d.sameReferences(ctx, run); err != nil {
		return err
	}
	held, err := d.greet(ctx, run)
	if held || err != nil {
		return err
	}
	if err := d.reoffer(ctx, run); err != nil {
		return err
	}

	if err := d.announce(ctx, run); err != nil {
		return err
	}
	return d.empty(ctx, run)
}

// handsAtMost is how many shares of a run are worked side by side: what waits
// for another attempt in one of them holds nobody up in the others.
const handsAtMost = 4

// empty works a run until nothing in it is due any more.
func (d *Dispatcher) empty(ctx context.Context, run Run) error {
	n := min(max(d.Parallel, 1), handsAtMost)
	working, end := context.WithCancelCause(ctx)
	defer end(nil)

	var hands sync.WaitGroup
	var stop stopper
	for range n {
		hands.Go(func() {
			if err := d.hand(working, run, n, &stop); err != nil {
				end(err)
			}
		})
	}
	hands.Wait()

	if working.Err() != nil {
		return context.Cause(working)
	}
	if stopped := stop.first.Load(); stopped != nil {
		return d.giveUp(ctx, run, stopped)
	}
	return nil
}

// hand works one share of a run after the other, one of several side by side.
func (d *Dispatcher) hand(ctx context.Context, run Run, hands int, stop *stopper) error {
	for stop.first.Load() == nil && ctx.Err() == nil {
		pacing, _, err := d.rested(ctx, shortPause)
		if err != nil {
			return err
		}
		due, err := d.Journal.Lease(ctx, run.ID, d.Owner, share(pacing.Rate, hands))
		if err != nil {
			return fmt.Errorf("lease dispatches of run %s: %w", run.ID, err)
		}
		if len(due) == 0 {
			// What was put off until the end of a rest is due then.
			if _, waited, err := d.rested(ctx, 0); err != nil || !waited {
				return err
			}
			continue
		}
		stopped, err := d.work(ctx, run, due)
		if err != nil {
			return err
		}
		if stopped != nil {
			stop.first.CompareAndSwap(nil, stopped)
		}
	}
	return nil
}

// sameReferences makes sure that the account still knows the flow's assets by the
// references it is sent: others would make everything there a second time.
func (d *Dispatcher) sameReferences(ctx context.Context, run Run) error {
	key, reference, err := d.Journal.AcceptedReference(ctx, run.Flow, d.Sink.Account())
	if err != nil || reference == "" || reference == d.Assembly.Reference(key) {
		return err
	}
	return fmt.Errorf("references of flow %s makes %q of asset %s, which account %s knows as %q; put references back: they are fixed once IRIS has accepted them",
		run.Flow, d.Assembly.Reference(key), key, d.Sink.Account(), reference)
}

// giveUp defers what is left of a run whose account takes nothing. It is due
// again as soon as somebody tries.
func (d *Dispatcher) giveUp(ctx context.Context, run Run, stopped *Stopped) error {
	d.Log.Error("account stopped", "flow", run.Flow, "error", stopped.Error())
	until := d.Now().Add(restTime)
	d.restUntil.Store(&until)

	_, err := d.Journal.SettleAll(context.WithoutCancel(ctx), run.ID, Deferred, stopped.Error())
	if err != nil {
		return fmt.Errorf("defer what is left of run %s: %w", run.ID, err)
	}
	return nil
}

// greet deals with an account that has never taken a document of the flow, or
// not in this wire profile. The whole fleet is due there, and held where the flow
// wants that: customers made there cannot be unmade.
func (d *Dispatcher) greet(ctx context.Context, run Run) (held bool, err error) {
	cutover, err := d.Journal.Cutover(ctx, run.Flow, d.Sink.Account(), d.Sink.Profile())
	if err != nil {
		return false, err
	}
	if cutover {
		if _, err := d.Journal.OfferFleet(ctx, run, d.Sink.Account(), d.Sink.Profile()); err != nil {
			return false, fmt.Errorf("make the fleet due for account %s: %w", d.Sink.Account(), err)
		}
	}
	if welcome, err := d.Welcome(ctx, run.Flow); welcome || err != nil {
		return false, err
	}

	n, err := d.Journal.SettleAll(ctx, run.ID, Held, "account "+d.Sink.Account()+" has never been sent anything in this form")
	if err != nil {
		return false, fmt.Errorf("hold run %s: %w", run.ID, err)
	}
	if n > 0 {
		d.Log.Warn("run held", "flow", run.Flow, "run", run.ID, "documents", n)
	}
	return true, nil
}

// Welcome reports whether the account may be sent documents: it was before, or a
// person has approved it, or nobody wants to be asked.
func (d *Dispatcher) Welcome(ctx context.Context, flow string) (bool, error) {
	if !d.Hold {
		return true, nil
	}
	answered, err := d.Journal.Answered(ctx, flow, d.Sink.Account(), d.Sink.Profile())
	if err != nil || answered {
		return answered, err
	}
	return d.Journal.Approved(ctx, flow, d.Sink.Account(), d.Sink.Profile())
}

// Pending reports whether something is to be sent that no run knows of: the whole
// fleet, to another account, or what the account may know by now.
func (d *Dispatcher) Pending(ctx context.Context, flow string) (bool, error) {
	cutover, err := d.Journal.Cutover(ctx, flow, d.Sink.Account(), d.Sink.Profile())
	if cutover || err != nil {
		return cutover, err
	}
	if welcome, err := d.Welcome(ctx, flow); !welcome || err != nil {
		return false, err
	}
	n, err := d.Journal.Unmatched(ctx, flow, d.Sink.Account(), d.Sink.Profile(), d.longAgo(d.Now()))
	return n > 0, err
}

// longAgo is before when an answer must have come that may be another one by now;
// zero where none is.
func (d *Dispatcher) longAgo(now time.Time) time.Time {
	if d.Reoffer == 0 {
		return time.Time{}
	}
	return now.Add(-d.Reoffer)
}

// reoffer makes due what the account did not know, and lists by now, or did not
// know for so long that it may know it.
func (d *Dispatcher) reoffer(ctx context.Context, run Run) error {
	now := d.Now()
	n, err := d.Journal.OfferUnmatched(ctx, run, d.Sink.Account(), d.Sink.Profile(), d.longAgo(now), now)
	if err != nil {
		return fmt.Errorf("offer what account %s did not know: %w", d.Sink.Account(), err)
	}
	if n > 0 {
		d.Log.Info("unmatched assets offered again", "flow", run.Flow, "run", run.ID, "documents", n)
	}
	return nil
}

// restTime is how long a stopped account is left alone by one process.
const restTime = time.Minute

// Resting reports whether the account was stopped a moment ago, so that asking
// again is no use yet.
func (d *Dispatcher) Resting() bool {
	until := d.restUntil.Load()
	return until != nil && d.Now().Before(*until)
}

// share is how many assets a hand leases at once: all of them together about five
// seconds' worth.
func share(rate float64, hands int) int {
	if rate == 0 {
		return settleCount
	}
	return min(max(int(rate*5)/hands, 1), settleCount)
}

// How long an account's rest is waited for before anything is leased: a short
// one is over before a lease is, and what is due after a long one is left to a
// later run.
const (
	shortPause = 3 * time.Second
	longPause  = 2 * time.Minute
)

// rested waits while the account wants to be left alone for more than a while,
// and then a moment more, so that what was put off until the end is due.
func (d *Dispatcher) rested(ctx context.Context, more time.Duration) (pacing Pacing, waited bool, err error) {
	for {
		pacing, err = d.pacing(ctx)
		wait := pacing.Rests.Sub(d.Now())
		if err != nil || wait <= more || wait > longPause {
			return pacing, waited, err
		}
		d.Log.Debug("account rests", "account", d.Sink.Account(), "for", wait.Round(time.Second))
		if err := pause(ctx, wait+time.Second); err != nil {
			return pacing, waited, err
		}
		waited = true
	}
}

// announce tells what is to be sent, and when it will be through.
func (d *Dispatcher) announce(ctx context.Context, run Run) error {
	n, err := d.Journal.CountDue(ctx, run.ID)
	if err != nil {
		return fmt.Errorf("count what is due in run %s: %w", run.ID, err)
	}
	pacing, err := d.pacing(ctx)
	if err != nil || n == 0 {
		return err
	}
	d.Log.Info("documents due", "flow", run.Flow, "run", run.ID, "plan", pacing.Plan(n, d.Now()))
	return nil
}

func (d *Dispatcher) pacing(ctx context.Context) (Pacing, error) {
	if d.Pacing == nil {
		return Pacing{Rate: d.Rate, Configured: d.Rate}, nil
	}
	return d.Pacing(ctx)
}

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
