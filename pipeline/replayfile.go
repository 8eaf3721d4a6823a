package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// bring takes a file where it is to lie. One in the archive stays there, however
// often it is worked again.
func (c *Closer) bring(ctx context.Context, d *Delivery) error {
	switch {
	case d.FileDone && d.State == DeliveryClosed:
		d.State = DeliveryAcked
		return c.Deliveries.SaveDelivery(ctx, *d)
	case d.FileDone:
		return nil
	case d.State == DeliveryReleased:
		return c.putBack(ctx, d)
	default:
		return c.settle(ctx, d)
	}
}

// putBack gives a file back that a person wants to be looked at once more: by way
// of its claim place, as if it had never been worked. One that somebody took out of
// the quarantine meanwhile is his.
func (c *Closer) putBack(ctx context.Context, d *Delivery) error {
	claimed := c.Drop.ClaimPlace(d)
	err := c.Drop.Move(ctx, d.Place, claimed, "")
	if err == nil || errors.Is(err, ErrFileGone) { // put back before
		err = c.Drop.Unclaim(ctx, claimed, d.Name)
	}
	if errors.Is(err, ErrFileGone) {
		c.Log.Warn("nothing is put back", "flow", d.Flow, "delivery", d.Name, "place", d.Place)
		d.Reason, err = fmt.Sprintf("it was to be put back into the inbox, but %s was not there any more", d.Place), nil
	}
	if err != nil {
		return err
	}
	d.FileDone = true
	return c.Deliveries.SaveDelivery(ctx, *d)
}

// askedFor reports whether a person opened a run, and no file did: it takes nights
// back, works files out of the archive, or sends documents once more.
func (r *Runner) askedFor(ctx context.Context, run Run) (bool, error) {
	if run.Reverts || run.State == RunClosed {
		return true, nil
	}
	deliveries, err := r.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return false, fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}
	inbox := slices.ContainsFunc(deliveries, func(d Delivery) bool { return !d.FileDone })
	return len(deliveries) > 0 && !inbox, nil
}

// notWaiting leaves out runs that have to wait while another one is held: those
// that a person asked for, and that are not in the register yet.
func (r *Runner) notWaiting(ctx context.Context, runs []Run) ([]Run, error) {
	var now []Run
	for _, run := range runs {
		asked, err := r.askedFor(ctx, run)
		if err != nil {
			return nil, err
		}
		if !asked || run.State != RunStaging {
			now = append(now, run)
		}
	}
	return now, nil
}

// WorkAgain makes a run with a delivery in it that works the file of an earlier one
// again, out of the archive, for the same business date.
func WorkAgain(of Delivery, now time.Time) (Run, Delivery) {
	run := Run{ID: newID(now), Flow: of.Flow, BusinessDate: of.BusinessDate, State: RunStaging, OpenedAt: now}
	d := of
	d.ID, d.Run, d.ClaimedAt = newID(now), run.ID, now
	d.State, d.FileDone, d.Reason, d.Again, d.Rows = DeliveryClaimed, true, "", true, RowTotals{}
	return run, d
}

// writeMending writes the files in which rejected rows of a run can be mended, once
// the register has the others.
func (p *Publisher) writeMending(ctx context.Context, facts *RunFacts) error {
	if p.Mending == nil || facts.Rows.Rejected == 0 || facts.Run.State != RunDone && facts.Run.State != RunHeld || facts.Run.Undecided() {
		return nil
	}
	forms, err := p.Mending(ctx, *facts)
	if err != nil {
		return fmt.Errorf("gather the rejected rows of run %s: %w", facts.Run.ID, err)
	}
	for _, form := range forms {
		name := reportName(facts.Run) + "." + form.Ending
		path, err := p.Outbox.Put(ctx, name, func(w io.Writer) error { return form.Write(ctx, w, *facts) })
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		facts.Mending = append(facts.Mending, path)
	}
	return nil
}
