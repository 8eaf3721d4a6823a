package pipeline

import (
	"context"
	"fmt"
	"maps"

	"rentalsync/pipeline/rental"
)

// lateness is, for each kind, whose word stands against a delivery that comes
// late: the ids of the deliveries of a later time, and of those whose words a
// later file has said again.
type lateness map[rental.Kind]map[string]bool

// later finds what a delivery must not undo. The register keeps of each value who
// said it first. Where a mapping's files name every one there is, and a later one
// was worked, that one has said again what the register has from earlier ones.
func (in *Intake) later(ctx context.Context, d *Delivery) (lateness, error) {
	ids, err := in.Deliveries.LaterDeliveries(ctx, *d)
	if err != nil {
		return nil, fmt.Errorf("look for later deliveries than %s: %w", d.Name, err)
	}
	late := lateness{}
	for _, kind := range rental.Kinds() {
		late[kind] = maps.Clone(ids)
	}
	if len(ids) == 0 {
		return late, nil
	}
	for _, m := range in.Mappings {
		if err := in.saidAgain(ctx, d, m, late); err != nil {
			return nil, fmt.Errorf("look for what mapping %s said again after %s: %w", m.Name(), d.Name, err)
		}
	}
	return late, nil
}

// saidAgain adds the deliveries of a mapping to those kinds of which its later
// files name every one. A file of one branch says nothing of the others.
func (in *Intake) saidAgain(ctx context.Context, d *Delivery, m Mapping, late lateness) error {
	newest, err := in.Deliveries.NewestDate(ctx, d.Flow, m.Name())
	if err != nil || newest <= d.BusinessDate || !claimsAnything(m) {
		return err
	}
	worked, err := in.Deliveries.WorkedDeliveries(ctx, d.Flow, m.Name())
	if err != nil {
		return err
	}
	for _, kind := range m.Kinds() {
		if m.Claim(kind) == Changes || m.Scoped(kind) {
			continue
		}
		for _, id := range worked {
			late[kind][id] = true
		}
	}
	return nil
}
