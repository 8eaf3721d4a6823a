package pipeline

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"rentalsync/pipeline/rental"
)

// Turned is an entity that the nights from some date on have changed.
type Turned struct {
	Now    rental.Record
	Before *rental.Record // as the register had it before those nights; nil when they brought it
}

// RevertJournal knows what closed runs have changed.
type RevertJournal interface {
	// Turned yields every entity that closed runs of a flow with a business date
	// from date on have changed.
	Turned(ctx context.Context, flow, date string) iter.Seq2[Turned, error]

	// Unsay stages that what mappings said in those nights, or said of anything
	// that the run has staged, is to be heard again, even where it is the same.
	// When the run closes, the deliveries of those nights no longer count.
	Unsay(ctx context.Context, r Run) error
}

// Reverter stages what takes the nights from a run's business date on back.
type Reverter struct {
	Journal RevertJournal
	Stage   StageJournal
	Log     *slog.Logger
}

// Work stages, for every entity that those nights changed, the record it had
// before. It may be repeated.
func (rv *Reverter) Work(ctx context.Context, run Run) error {
	if err := rv.Stage.ClearStage(ctx, run.ID); err != nil {
		return fmt.Errorf("clear the stage of run %s: %w", run.ID, err)
	}
	back := reverting{Reverter: rv, run: run, numbers: map[string]int{}, batch: Batch{Flow: run.Flow, Run: run.ID}}
	if err := back.all(ctx); err != nil {
		return fmt.Errorf("stage what run %s takes back: %w", run.ID, err)
	}
	rv.Log.Info("revert staged", "flow", run.Flow, "run", run.ID, "date", run.BusinessDate, "entities", back.staged, "staying", back.staying)
	return rv.Journal.Unsay(ctx, run)
}

// reverting is one revert that is being staged, a batch at a time.
type reverting struct {
	*Reverter
	run     Run
	numbers map[string]int  // of the rentals that come back, where the nights began another one under the key
	formers []rental.Record // that came with the nights

	batch           Batch
	staged, staying int
}

// all makes of every entity what it will be. Former rentals come last: what
// becomes of them depends on the rental that has their key.
func (r *reverting) all(ctx context.Context) error {
	for t, err := range r.Journal.Turned(ctx, r.run.Flow, r.run.BusinessDate) {
		if err != nil {
			return err
		}
		r.turn(&t)
		if err := r.flush(ctx, batchRows); err != nil {
			return err
		}
	}
	for i := range r.formers {
		r.turnFormer(&r.formers[i])
		if err := r.flush(ctx, batchRows); err != nil {
			return err
		}
	}
	return r.flush(ctx, 1)
}

// turn takes one entity back.
func (r *reverting) turn(t *Turned) {
	_, _, former := rental.FormerKey(t.Now.Key)
	switch {
	case t.Before != nil:
		if t.Now.Kind == rental.Item && t.Before.Number() < t.Now.Number() {
			r.numbers[t.Now.Key] = t.Before.Number()
			later := rental.Apart(&t.Now, r.run.BusinessDate)
			r.put(nil, &later)
		}
		back := rental.Restored(&t.Now, t.Before, r.run.BusinessDate)
		r.put(&t.Now, &back)
	case t.Now.Kind == rental.Item && former:
		r.formers = append(r.formers, t.Now)
	case t.Now.Kind == rental.Item:
		ended := rental.NeverBegun(&t.Now, r.run.BusinessDate)
		r.put(&t.Now, &ended)
	default:
		r.batch.Warnings = append(r.batch.Warnings, stays(&t.Now, r.run.BusinessDate))
		r.staying++
	}
}

// turnFormer takes back that a rental was made a former one.
func (r *reverting) turnFormer(former *rental.Record) {
	base, number, _ := rental.FormerKey(former.Key)
	next := rental.NeverBegun(former, r.run.BusinessDate)
	if back, known := r.numbers[base]; known && number <= back {
		next = rental.Hollow(former, r.run.BusinessDate) // the key itself stands for it again
	}
	r.put(former, &next)
}

func (r *reverting) put(now, next *rental.Record) {
	if class, changed := rental.Compare(now, next); changed {
		r.batch.Entities = append(r.batch.Entities, Staged{Record: *next, Changed: true, Class: class})
		r.staged++
	}
}

// flush stages the batch when so much has come together.
func (r *reverting) flush(ctx context.Context, enough int) error {
	if len(r.batch.Entities)+len(r.batch.Warnings) < enough {
		return nil
	}
	err := r.Stage.Stage(ctx, &r.batch)
	r.batch.Entities, r.batch.Warnings = nil, nil
	return err
}

// stays tells of something that a night brought and that cannot be taken back.
func stays(r *rental.Record, date string) Warning {
	return Warning{Fault: Fault{
		Value: r.Key,
		What:  fmt.Sprintf("%s came with the nights that are taken back, from %s on; it stays as it is", r.Ref, date),
		Hint:  "IRIS cannot forget it; correct it by the next delivery",
	}}
}
