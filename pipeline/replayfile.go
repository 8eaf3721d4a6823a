package pipeline

import (
	"context"
	"errors"
	"fmt"
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

// putBack gives a file back that a person wants to be looked at once more. One
// that somebody took out of the quarantine meanwhile is his.
func (c *Closer) putBack(ctx context.Context, d *Delivery) error {
	err := c.Drop.Unclaim(ctx, d.Place, d.Name)
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
