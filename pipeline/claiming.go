package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
)

// Claim opens a run for the files of one business date and makes them ours.
// All of them are journalled before the first file moves, so that one night stays
// one run. A file that went away before it could be claimed is left out.
func (in *Intake) Claim(ctx context.Context, g Group) (Run, error) {
	run := in.newRun(g.Date)
	deliveries := make([]Delivery, len(g.Files))
	for i, f := range g.Files {
		deliveries[i] = in.newDelivery(&run, f)
	}
	if err := in.Deliveries.OpenRun(ctx, run, deliveries); err != nil {
		return run, fmt.Errorf("open a run for %s: %w", g.Date, err)
	}

	for i := range deliveries {
		if err := in.claim(ctx, &deliveries[i]); err != nil {
			return run, err
		}
	}
	return run, nil
}

func (in *Intake) newRun(date string) Run {
	now := in.Now()
	return Run{ID: newID(now), Flow: in.Flow, BusinessDate: date, State: RunStaging, OpenedAt: now}
}

func (in *Intake) newDelivery(run *Run, f File) Delivery {
	m, stamp, known := in.stampOf(f)
	d := Delivery{
		ID: newID(in.Now()), Flow: in.Flow, Run: run.ID, Name: f.Name,
		BusinessDate: run.BusinessDate, Sequence: stamp.Sequence, Number: stamp.Number,
		Digest: f.Digest, Size: f.Size, ModTime: f.ModTime,
		ClaimedAt: in.Now(), State: DeliveryClaimed, Again: in.Again[f.Name],
	}
	if known {
		d.Mapping, d.MappingVersion = m.Name(), m.Version()
	}
	d.Place = in.Drop.ClaimPlace(&d)
	return d
}

// claim makes the file of a delivery ours, unless it is already. One that is
// worked again stays in the archive.
func (in *Intake) claim(ctx context.Context, d *Delivery) error {
	if d.FileDone {
		return nil
	}
	err := in.Drop.Claim(ctx, d.Name, d.Place)
	if errors.Is(err, ErrFileGone) {
		return in.forget(ctx, d, "the file was gone before it could be claimed")
	}
	if err != nil {
		return fmt.Errorf("claim %s: %w", d.Name, err)
	}
	return nil
}

// Reclaim finishes the claims of a run that an interrupted process opened.
func (in *Intake) Reclaim(ctx context.Context, run Run) error {
	deliveries, err := in.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}
	for i := range deliveries {
		d := &deliveries[i]
		if d.State != DeliveryClaimed && d.State != DeliveryStaged {
			continue
		}
		if err := in.claim(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// sendAway ends a delivery that cannot be staged, by what reading it came to: a bad
// one is set aside, and one that somebody wrote to is given back.
func (in *Intake) sendAway(ctx context.Context, d *Delivery, digest string, err error) (left bool, _ error) {
	var unreadable *Unreadable
	var incomplete *Incomplete
	switch {
	case errors.As(err, &unreadable), errors.As(err, &incomplete):
		return true, in.setAside(ctx, d, DeliveryQuarantined, err.Error())
	case d.FileDone && unusable(d, digest, err) != "":
		return true, in.setAside(ctx, d, DeliveryQuarantined, unusable(d, digest, err))
	case errors.Is(err, errMoved), err == nil && digest != d.Digest:
		return true, in.unclaim(ctx, d)
	case err != nil:
		return false, fmt.Errorf("read %s: %w", d.Name, err)
	}
	return false, nil
}

// forget ends a delivery whose file is not ours any more.
func (in *Intake) forget(ctx context.Context, d *Delivery, why string) error {
	in.Log.Warn("delivery let go", "flow", d.Flow, "delivery", d.Name, "why", why)
	d.State, d.FileDone, d.Reason = DeliveryReleased, true, why
	return in.Deliveries.SaveDelivery(ctx, *d)
}

// unclaim gives a file back that somebody wrote to after it had settled. It
// will be looked at again.
func (in *Intake) unclaim(ctx context.Context, d *Delivery) error {
	if err := in.Drop.Unclaim(ctx, d.Place, d.Name); err != nil {
		return fmt.Errorf("give back %s, which changed while it was read: %w", d.Name, err)
	}
	return in.forget(ctx, d, "the file changed while it was read; it will be looked at again")
}

// newID is a unique name that sorts by the time it was made.
func newID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}
