package pipeline

import (
	"context"
	"errors"
	"sync"
)

// begin records durably what is about to be set.
func (w *valuing) begin(ctx context.Context, work []*customWork) (ready []*customWork, err error) {
	var sending []CustomSending
	for _, one := range work {
		if one.id == "" || len(one.set) == 0 {
			continue
		}
		fields := make([]string, len(one.set))
		for i := range one.set {
			fields[i] = one.set[i].key
		}
		ready, sending = append(ready, one), append(sending, CustomSending{Entity: one.Entity, Target: one.target.name(), Fields: fields})
	}
	if len(ready) == 0 {
		return nil, nil
	}
	return ready, w.Journal.CustomSending(ctx, w.account.Account(), sending)
}

// send sets the values of each entity. A request that has begun goes on to its end
// when ctx ends; what was not begun is found again.
func (w *valuing) send(ctx context.Context, ready []*customWork) {
	queue := make(chan *customWork)
	drained, stop := drain(ctx, drainTime)
	defer stop()

	var workers sync.WaitGroup
	var stopped stopper
	for range max(w.Parallel, 1) {
		workers.Go(func() {
			for one := range queue {
				switch cause := stopped.first.Load(); {
				case ctx.Err() != nil:
				case cause != nil:
					w.postponeAll(one, cause)
				default:
					w.sendOne(ctx, drained, one, &stopped)
				}
			}
		})
	}
	for _, one := range ready {
		queue <- one
	}
	close(queue)
	workers.Wait()
	if cause := stopped.first.Load(); cause != nil {
		w.trouble = cause
	}
}

// sendOne sets all values of one entity. Where IRIS refuses them together it is
// asked for each, so that one does not keep the others back.
func (w *valuing) sendOne(ctx, drained context.Context, one *customWork, stopped *stopper) {
	err := w.set(drained, one, one.set)
	var refused *Refusal
	if errors.As(err, &refused) && len(one.set) > 1 {
		for i := range one.set {
			w.answered(ctx, one, one.set[i:i+1], w.set(drained, one, one.set[i:i+1]), stopped)
		}
		return
	}
	w.answered(ctx, one, one.set, err, stopped)
}

func (w *valuing) set(ctx context.Context, one *customWork, values []wantedValue) error {
	list := make([]CustomValue, len(values))
	for i := range values {
		list[i] = values[i].spelled
	}
	return w.account.SetCustom(ctx, CustomEntity{Ref: one.Record.Ref, ID: one.id, Listed: one.target.ID == ""}, list)
}

// answered settles values by what the account said to them. Nothing is settled
// where nothing is known of the end: they are set again.
func (w *valuing) answered(ctx context.Context, one *customWork, values []wantedValue, err error, stopped *stopper) {
	var refused *Refusal
	var outdated *Outdated
	var stop *Stopped
	if errors.As(err, &stop) {
		stopped.first.CompareAndSwap(nil, stop)
	}
	for i := range values {
		switch {
		case err == nil:
			one.tell(&values[i], CustomSet, nil, w.Now())
		case errors.As(err, &refused):
			one.tell(&values[i], CustomRefused, err, w.Now())
		case errors.As(err, &outdated):
			one.tell(&values[i], CustomPending, err, w.Now())
		case ctx.Err() != nil && stop == nil:
		default:
			w.postpone(one, &values[i], err)
		}
	}
}
