package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
)

// Closer makes a staged run true and brings its files to their last places.
type Closer struct {
	Drop       Drop
	Deliveries DeliveryJournal
	Stage      StageJournal
	Holds      HoldJournal
	Gate       Gate       // asked before a run closes; default: nobody
	Notifiers  []Notifier // told of runs that the gate holds
	History    string     // what of rentals that ended before the flow's first night is sent: none, all, or since a date YYYY-MM-DD; default none
	Now        func() time.Time
	Log        *slog.Logger
}

// Close ends the run's intake. Where at least one delivery was staged, the
// register now holds what it says and the run is closed, unless the gate holds
// it; else the run is at its end, and its state tells why.
func (c *Closer) Close(ctx context.Context, run Run) (Run, error) {
	deliveries, err := c.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return run, fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}

	run.State, run.Reason = ending(deliveries)
	if run.Reverts {
		run.State = RunClosed
	}
	if run.State != RunClosed {
		run.DoneAt = c.Now()
		if err := c.Deliveries.SaveRun(ctx, run); err != nil {
			return run, fmt.Errorf("end run %s: %w", run.ID, err)
		}
		return run, c.Settle(ctx, run.Flow)
	}

	judged, err := c.judge(ctx, run)
	switch {
	case err != nil:
		return judged, err
	case judged.State == RunHeld: // what was refused does not wait with the others
		return judged, c.Settle(ctx, run.Flow)
	}
	return c.close(ctx, run)
}

// close makes the stage of a run true.
func (c *Closer) close(ctx context.Context, run Run) (Run, error) {
	closed, err := c.Stage.CloseRun(ctx, run, c.History)
	if err != nil {
		return run, fmt.Errorf("close run %s: %w", run.ID, err)
	}
	c.Log.Info("run closed", "flow", run.Flow, "run", run.ID, "businessDate", run.BusinessDate,
		"due", closed.Due, "carriedIn", closed.CarriedIn, "absent", closed.Absent)
	return run, c.Settle(ctx, run.Flow)
}

// ending says how a run goes on, by what became of its deliveries.
func ending(ds []Delivery) (RunState, string) {
	state, reason := RunReleased, ""
	rank := map[RunState]int{RunReleased: 0, RunDuplicate: 1, RunSuperseded: 2, RunFailed: 3, RunClosed: 4}
	for _, d := range ds {
		next := RunReleased
		switch d.State {
		case DeliveryStaged, DeliveryClosed, DeliveryArchived, DeliveryAcked, DeliveryReverted:
			next = RunClosed
		case DeliveryQuarantined:
			next = RunFailed
		case DeliverySuperseded:
			next = RunSuperseded
		case DeliveryDuplicate:
			next = RunDuplicate
		case DeliveryClaimed, DeliveryReleased, DeliveryDiscarded:
		}
		if rank[next] > rank[state] {
			state, reason = next, d.Reason
		}
	}
	return state, reason
}

// Settle brings every file of the flow that is not there yet to its last place.
// The journal knows each place before the file moves, so that Settle finishes
// what an interrupted one began.
func (c *Closer) Settle(ctx context.Context, flow string) error {
	deliveries, err := c.Deliveries.UnfinishedDeliveries(ctx, flow)
	if err != nil {
		return fmt.Errorf("load unfinished deliveries: %w", err)
	}
	for i := range deliveries {
		d := &deliveries[i]
		if d.State == DeliveryClaimed || d.State == DeliveryStaged {
			continue
		}
		if err := c.bring(ctx, d); err != nil {
			return fmt.Errorf("bring %s to its last place: %w", d.Name, err)
		}
	}
	return nil
}

func (c *Closer) settle(ctx context.Context, d *Delivery) error {
	claimed := c.Drop.ClaimPlace(d)
	if d.Place == claimed {
		if err := c.choosePlace(ctx, d); err != nil {
			return err
		}
	}

	reason := ""
	if d.State == DeliveryQuarantined {
		reason = d.Reason
	}
	err := c.Drop.Move(ctx, claimed, d.Place, reason)
	if errors.Is(err, fs.ErrExist) { // somebody took the place since it was chosen
		if err = c.choosePlace(ctx, d); err == nil {
			err = c.Drop.Move(ctx, claimed, d.Place, reason)
		}
	}
	if errors.Is(err, ErrFileGone) {
		return fmt.Errorf("%w from %s; put a copy back there: what it said is kept, only its last place lacks it", err, claimed)
	}
	if err != nil {
		return err
	}

	if d.State == DeliveryArchived {
		d.State = DeliveryAcked
	}
	if err := c.Drop.Acknowledge(ctx, d); err != nil {
		return fmt.Errorf("acknowledge %s: %w", d.Name, err)
	}
	d.FileDone = true
	return c.Deliveries.SaveDelivery(ctx, *d)
}

func (c *Closer) choosePlace(ctx context.Context, d *Delivery) (err error) {
	if d.State == DeliveryClosed {
		d.State = DeliveryArchived
	}
	if d.State == DeliveryQuarantined {
		d.Place, err = c.Drop.QuarantinePlace(ctx, d)
	} else {
		d.Place, err = c.Drop.ArchivePlace(ctx, d)
	}
	if err != nil {
		return err
	}
	return c.Deliveries.SaveDelivery(ctx, *d)
}
