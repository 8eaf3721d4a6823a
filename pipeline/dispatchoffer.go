package pipeline

import (
	"context"
	"fmt"
	"time"
)

// What an account is offered that no row has changed: a new account the whole fleet,
// and any account what it did not know.

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
