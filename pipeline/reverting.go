package pipeline

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"

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
	turned, warnings, err := rv.gather(ctx, run)
	if err != nil {
		return err
	}

	for some := range slices.Chunk(turned, batchRows) {
		if err := rv.Stage.Stage(ctx, &Batch{Flow: run.Flow, Run: run.ID, Entities: some}); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(warnings, batchRows) {
		if err := rv.Stage.Stage(ctx, &Batch{Flow: run.Flow, Run: run.ID, Warnings: some}); err != nil {
			return err
		}
	}
	rv.Log.Info("revert staged", "flow", run.Flow, "run", run.ID, "date", run.BusinessDate, "entities", len(turned), "staying", len(warnings))
	return rv.Journal.Unsay(ctx, run)
}

// gather makes of every entity what it will be. Former rentals come last: what
// becomes of them depends on the rental that has their key.
func (rv *Reverter) gather(ctx context.Context, run Run) (staged []Staged, warnings []Warning, err error) {
	numbers := map[string]int{} // of the rentals that come back, where the nights began another one under the key
	var formers []rental.Record
	for t, err := range rv.Journal.Turned(ctx, run.Flow, run.BusinessDate) {
		if err != nil {
			return nil, nil, err
		}
		_, _, former := rental.FormerKey(t.Now.Key)
		switch {
		case t.Before != nil:
			if t.Now.Kind == rental.Item && t.Before.Number() < t.Now.Number() {
				numbers[t.Now.Key] = t.Before.Number()
				later := rental.Apart(&t.Now, run.BusinessDate)
				staged = appendTurned(staged, nil, &later)
			}
			back := rental.Restored(&t.Now, t.Before, run.BusinessDate)
			staged = appendTurned(staged, &t.Now, &back)
		case t.Now.Kind == rental.Item && former:
			formers = append(formers, t.Now)
		case t.Now.Kind == rental.Item:
			ended := rental.NeverBegun(&t.Now, run.BusinessDate)
			staged = appendTurned(staged, &t.Now, &ended)
		default:
			warnings = append(warnings, stays(&t.Now, run.BusinessDate))
		}
	}

	for i := range formers {
		base, number, _ := rental.FormerKey(formers[i].Key)
		next := rental.NeverBegun(&formers[i], run.BusinessDate)
		if back, known := numbers[base]; known && number <= back {
			next = rental.Hollow(&formers[i], run.BusinessDate) // the key itself stands for it again
		}
		staged = appendTurned(staged, &formers[i], &next)
	}
	return staged, warnings, nil
}

func appendTurned(staged []Staged, now, next *rental.Record) []Staged {
	class, changed := rental.Compare(now, next)
	if !changed {
		return staged
	}
	return append(staged, Staged{Record: *next, Changed: true, Class: class})
}

// stays tells of something that a night brought and that cannot be taken back.
func stays(r *rental.Record, date string) Warning {
	return Warning{Fault: Fault{
		Value: r.Key,
		What:  fmt.Sprintf("%s came with the nights that are taken back, from %s on; it stays as it is", r.Ref, date),
		Hint:  "IRIS cannot forget it; correct it by the next delivery",
	}}
}
