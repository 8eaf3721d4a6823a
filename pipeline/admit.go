package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// admit decides before reading whether a delivery has anything new to say.
func (in *Intake) admit(ctx context.Context, d *Delivery) (bool, error) {
	if in.ahead(d.BusinessDate) {
		return false, in.setAside(ctx, d, DeliveryQuarantined, fmt.Sprintf(
			"business date %s lies more than %d days ahead; look at the year in the file's name, or where its content says the date, and have the ERP export it again", d.BusinessDate, aheadDays))
	}
	if d.Mapping == "" {
		why, err := in.stranger(ctx, d)
		if err != nil {
			return false, err
		}
		return false, in.setAside(ctx, d, DeliveryQuarantined, why)
	}
	m, known := in.mappingNamed(d.Mapping)
	if !known {
		return false, in.setAside(ctx, d, DeliveryQuarantined, fmt.Sprintf("mapping %q is not configured any more", d.Mapping))
	}

	if d.Replays != "" {
		return true, nil // its rows are judged one by one
	}

	branches := byBranch(m)
	twin, err := in.Deliveries.SameDelivery(ctx, *d, branches)
	if err != nil {
		return false, fmt.Errorf("look for duplicates of %s: %w", d.Name, err)
	}
	if twin != nil && !d.Again {
		return false, in.setAside(ctx, d, DeliveryDuplicate, fmt.Sprintf("same content, date and mapping as %s of run %s", twin.Name, twin.Run))
	}

	if branches {
		return true, nil // by its rows it may be the newest of its branch
	}
	newest, err := in.Deliveries.NewestDate(ctx, d.Flow, d.Mapping)
	if err != nil {
		return false, fmt.Errorf("look for newer deliveries than %s: %w", d.Name, err)
	}
	if newest > d.BusinessDate && claimsAnything(m) {
		return false, in.setAside(ctx, d, DeliverySuperseded, fmt.Sprintf("%s was worked already", newest)+d.revertFirst(newest))
	}
	return true, nil
}

// stranger tells what is wrong with a file that no mapping knows and that is ready
// all the same: it came in an archive, or is an archive that cannot be opened.
func (in *Intake) stranger(ctx context.Context, d *Delivery) (string, error) {
	if archiveOf(d.Name) == "" {
		why, err := in.refusal(ctx, d)
		if err != nil || why != "" {
			return why, err
		}
	}
	return "no mapping knows its name; have a mapping match it, or have the ERP leave it out", nil
}

// refusal tells why the content of a file cannot be had.
func (in *Intake) refusal(ctx context.Context, d *Delivery) (string, error) {
	src, err := in.Drop.Open(ctx, d.Place)
	if err == nil {
		_, err = io.Copy(io.Discard, src)
		_ = src.Close() // it was only read
	}
	var unreadable *Unreadable
	var incomplete *Incomplete
	switch {
	case errors.As(err, &unreadable):
		return unreadable.Error(), nil
	case errors.As(err, &incomplete):
		return incomplete.Error(), nil
	case err != nil:
		return "", fmt.Errorf("open %s: %w", d.Name, err)
	}
	return "", nil
}

// claimsAnything reports whether absence from the mapping's files means
// something, so that an older file must not be read after a newer one.
func claimsAnything(m Mapping) bool {
	return slices.ContainsFunc(m.Kinds(), func(k rental.Kind) bool { return m.Claim(k) != Changes })
}

// setAside ends a delivery that does not reach the register. The journal knows
// first; the file follows when the run is settled.
func (in *Intake) setAside(ctx context.Context, d *Delivery, state DeliveryState, why string) error {
	in.Log.Info("delivery set aside", "flow", d.Flow, "delivery", d.Name, "state", state.String(), "why", why)
	d.State, d.Reason, d.Rows = state, why, RowTotals{}
	if err := in.Deliveries.SaveDelivery(ctx, *d); err != nil {
		return fmt.Errorf("set %s aside: %w", d.Name, err)
	}
	return nil
}

// sort puts what a run took over from a held one first, by date, and then what
// others refer to: customers and depots, then contracts, items and assets; files
// of one mapping in their sequence.
func (in *Intake) sort(run Run, ds []Delivery) {
	age := func(d Delivery) string {
		if d.ClaimedAt.Before(run.OpenedAt) {
			return d.BusinessDate
		}
		return "came with the run" // letters follow digits
	}
	rank := func(d Delivery) int {
		if m, ok := in.mappingNamed(d.Mapping); ok && len(m.Kinds()) > 0 {
			return int(m.Kinds()[0])
		}
		return 0
	}
	slices.SortStableFunc(ds, func(a, b Delivery) int {
		if c := strings.Compare(age(a), age(b)); c != 0 {
			return c
		}
		if r := rank(a) - rank(b); r != 0 {
			return r
		}
		if c := strings.Compare(a.Mapping, b.Mapping); c != 0 {
			return c
		}
		if c := strings.Compare(a.Sequence, b.Sequence); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
}
