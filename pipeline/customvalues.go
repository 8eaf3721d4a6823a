package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rentalsync/pipeline/rental"
)

// CustomValues sets custom fields once the documents are through that they belong
// to: the synchronization does not carry them. It sends only what changed, all of
// one entity in one request, and what it cannot send yet stays due.
type CustomValues struct {
	Journal  CustomJournal
	Account  func() CustomAccount // of one run
	Profile  string               // in which documents are accepted
	Assembly rental.Assembly
	Parallel int // requests under way at once; default 1

	Now     func() time.Time
	Log     *slog.Logger
	Reached func(point string) // see CustomPoints; default: nobody
}

// CustomPoints are the names of CrashPoints that only a run reaches which has
// custom values to set.
func CustomPoints() []string { return []string{"values:sending", "values:answered"} }

// customPage is how many entities are worked together.
const customPage = 250

// Work sets every custom value of the run's flow that is due.
func (v *CustomValues) Work(ctx context.Context, run Run) error {
	w := &valuing{CustomValues: v, run: run, account: v.Account()}
	if err := w.lookAgain(ctx); err != nil {
		return fmt.Errorf("look for refused custom values of flow %s: %w", run.Flow, err)
	}
	var after *CustomDue
	for ctx.Err() == nil {
		page, err := v.Journal.CustomDue(ctx, run.Flow, w.account.Account(), v.Profile, after, customPage)
		if err != nil {
			return fmt.Errorf("load custom values that are due in run %s: %w", run.ID, err)
		}
		if len(page) == 0 {
			return nil
		}
		after = &page[len(page)-1]
		if err := w.page(ctx, page); err != nil {
			return fmt.Errorf("set custom values in run %s: %w", run.ID, err)
		}
	}
	return context.Cause(ctx)
}

// Pending reports whether values are to be set that no run knows of: those that
// failed for a while.
func (v *CustomValues) Pending(ctx context.Context, flow string) (bool, error) {
	return v.Journal.CustomDeferred(ctx, flow, v.Account().Account(), v.Profile)
}

// valuing is the work on the custom values of one run.
type valuing struct {
	*CustomValues
	run     Run
	account CustomAccount
	asked   bool // the account was asked for its custom fields
	book    FieldBook
	trouble error // why nothing can be set; nil while anything can
}

// lookAgain asks for the account's custom fields where values were refused, though
// nothing else may be due: somebody may have mended the fields.
func (w *valuing) lookAgain(ctx context.Context) error {
	refused, err := w.Journal.CustomRefused(ctx, w.run.Flow)
	if err != nil || !refused {
		return err
	}
	return w.fields(ctx)
}

// fields asks for the account's custom fields, once a run. Where they are others
// than before, what was refused is due again.
func (w *valuing) fields(ctx context.Context) error {
	if w.asked {
		return nil
	}
	book, err := w.account.Fields(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w.asked, w.book, w.trouble = true, book, err
	if err != nil {
		w.Log.Error("custom fields cannot be read", "flow", w.run.Flow, "run", w.run.ID, "error", err)
		return nil
	}
	if book == nil {
		return nil
	}
	return w.Journal.CustomAgain(ctx, w.run.Flow, w.account.Account(), book.digest())
}

// digest identifies the custom fields of an account.
func (b FieldBook) digest() string {
	text, _ := json.Marshal(b) // keys are sorted, and all of it has a JSON form
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// page works some entities to their end: what is to be set, where, the sending,
// and what became of it.
func (w *valuing) page(ctx context.Context, due []CustomDue) error {
	if err := w.fields(ctx); err != nil {
		return err
	}
	work := make([]*customWork, len(due))
	for i := range due {
		work[i] = w.weigh(&due[i])
	}
	if err := w.find(ctx, work); err != nil {
		return err
	}
	ready, err := w.begin(ctx, work)
	if err != nil {
		return err
	}
	if len(ready) > 0 {
		reached(w.Reached, "values:sending")
		w.send(ctx, ready)
		reached(w.Reached, "values:answered")
	}

	settled := make([]CustomSettlement, 0, len(work))
	for _, one := range work {
		one.settled.Open = len(one.settled.Fields) < one.told+len(one.set)
		settled = append(settled, one.settled)
	}
	return w.Journal.CustomSettle(context.WithoutCancel(ctx), w.run.ID, w.account.Account(), settled)
}

// weigh finds out what is to be set for an entity, and settles the rest.
func (w *valuing) weigh(d *CustomDue) *customWork {
	one := &customWork{CustomDue: *d, settled: CustomSettlement{Entity: d.Entity}}
	who, target, why, own := targetOf(d, w.Assembly)
	if !own {
		return one
	}
	one.who, one.target, one.why, one.id = who, target, why, target.ID
	one.settled.Target = target.name()

	for _, value := range wantedOf(d, target.name(), w.book) {
		switch {
		case w.trouble != nil:
			w.postpone(one, &value, w.trouble)
		case value.verdict != nil && value.value.IsEmpty(): // there is no such field any more, nor what it held
		case value.verdict != nil:
			one.tell(&value, CustomRefused, value.verdict, w.Now())
		case value.unchanged():
			one.tell(&value, CustomUnchanged, nil, w.Now())
		case why != "":
			one.tell(&value, CustomPending, errors.New(why), w.Now())
		default:
			one.set = append(one.set, value)
		}
	}
	one.told = len(one.settled.Fields)
	return one
}

// tell settles one value.
func (one *customWork) tell(value *wantedValue, o CustomOutcome, why error, at time.Time) {
	line := value.outcome(one.who, o, why)
	line.Kind, line.Key, line.At = one.Record.Kind, one.Record.Key, at
	one.settled.Fields = append(one.settled.Fields, line)
}

// tellAll settles all that was to be set.
func (one *customWork) tellAll(o CustomOutcome, why error, at time.Time) {
	for i := range one.set {
		one.tell(&one.set[i], o, why, at)
	}
}

// postpone defers a value. Every time that comes makes a run.
func (w *valuing) postpone(one *customWork, value *wantedValue, cause error) {
	after := putOff(cause, one.Attempts)
	var later *Later
	if errors.As(cause, &later) {
		cause = later.Cause
	}
	now := w.Now()
	one.settled.Next = now.Add(after)
	one.tell(value, CustomDeferred, cause, now)
}

// refusedRest is how long an account that shows no custom fields is left alone:
// somebody has to change what it may do.
const refusedRest = 12 * time.Hour

// putOff is how long a value waits that could not be set: as long as the account
// asked for, else longer with every attempt.
func putOff(cause error, attempts int) time.Duration {
	var later *Later
	var refused *Refusal
	switch {
	case errors.As(cause, &later):
		return cmp.Or(later.After, growing(attempts))
	case errors.As(cause, &refused):
		return refusedRest
	default:
		return max(restTime, growing(attempts))
	}
}

func (w *valuing) postponeAll(one *customWork, cause error) {
	for i := range one.set {
		w.postpone(one, &one.set[i], cause)
	}
}

// find looks up the ids of everything that is to be set and has none.
func (w *valuing) find(ctx context.Context, work []*customWork) error {
	for _, kind := range rental.Kinds() {
		var of []*customWork
		var wanted []CustomTarget
		for _, one := range work {
			if one.who.Kind == kind && one.id == "" && len(one.set) > 0 {
				of, wanted = append(of, one), append(wanted, one.target)
			}
		}
		if len(of) == 0 {
			continue
		}
		ids, err := w.account.IDs(ctx, kind, wanted)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := w.found(of, ids, err); err != nil {
			return err
		}
	}
	return nil
}

// found gives entities their ids. Values of one that the account does not show are
// pending, never a failure; what is wrong with the account or the moment defers
// them.
func (w *valuing) found(of []*customWork, ids map[CustomTarget]string, err error) error {
	var refused *Refusal
	var later *Later
	var stopped *Stopped
	for _, one := range of {
		if one.id = ids[one.target]; one.id != "" {
			continue
		}
		why := fmt.Errorf("IRIS does not list a %s with external reference %q yet", one.who.Kind, one.target.Reference)
		switch {
		case err == nil:
			one.tellAll(CustomPending, why, w.Now())
		case errors.As(err, &refused):
			one.tellAll(CustomPending, fmt.Errorf("%w, and gives no new list: %s", why, refused.Message), w.Now())
		case errors.As(err, &later) || errors.As(err, &stopped):
			w.postponeAll(one, err)
		default:
			return err
		}
		one.set = nil
	}
	return nil
}
