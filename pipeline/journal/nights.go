package journal

import (
	"context"
	"slices"

	"rentalsync/pipeline"
)

// OpenRun inserts a run with its deliveries in one step.
func (j *Journal) OpenRun(ctx context.Context, r pipeline.Run, deliveries []pipeline.Delivery) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		for i := range deliveries {
			if err := writeDelivery(ctx, s, &deliveries[i]); err != nil {
				return err
			}
		}
		return writeRun(ctx, s, r)
	})
	return named(err, "open run %q with %d deliveries", r.ID, len(deliveries))
}

const (
	// A night has a few files; asking for each mapping once would have the database
	// read those of all nights.
	came = `
		SELECT mapping FROM delivery
		WHERE flow = $1 AND business_date = $2 AND run <> $3 AND state IN ('staged', 'closed', 'archived', 'acked')`

	following = `
		SELECT ` + deliveryColumns + `
		WHERE d.flow = $1 AND d.mapping = $2 AND d.state IN ('closed', 'archived', 'acked') AND d.replays = ''
			AND d.business_date >= $3 AND (d.business_date > $3 OR d.sequence > $4)
		ORDER BY d.business_date, d.sequence, d.id
		LIMIT $5`

	newestNumbered = `
		SELECT ` + deliveryColumns + `
		WHERE d.flow = $1 AND d.mapping = $2 AND d.number > 0 AND d.state IN ('closed', 'archived', 'acked')
			AND d.business_date = (
				SELECT MAX(n.business_date) FROM delivery n
				WHERE n.flow = $1 AND n.mapping = $2 AND n.number > 0 AND n.state IN ('closed', 'archived', 'acked'))
		ORDER BY d.number DESC, d.id DESC
		LIMIT 1`
)

// Came are the mappings of which a delivery of a business date reached the
// register, or is staged, in another run than the one named.
func (j *Journal) Came(ctx context.Context, flow, date, besides string) (mappings []string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		mappings, err = s.texts(ctx, came, flow, date, besides)
		return err
	})
	slices.Sort(mappings)
	return slices.Compact(mappings), named(err, "find what came for %s", date)
}

// NewestNumbered is the mapping's numbered delivery of the newest business date,
// and of the highest number on it, that reached the register; nil when none did.
func (j *Journal) NewestNumbered(ctx context.Context, flow, mapping string) (*pipeline.Delivery, error) {
	list, err := j.deliveries(ctx, newestNumbered, flow, mapping)
	if err != nil || len(list) == 0 {
		return nil, named(err, "find the newest number of mapping %q", mapping)
	}
	return &list[0], nil
}

// Following are those of the same mapping that reached the register and speak of a
// later time than d, the next ones first, but no more than so many.
func (j *Journal) Following(ctx context.Context, d pipeline.Delivery, most int) ([]pipeline.Delivery, error) {
	list, err := j.deliveries(ctx, following, d.Flow, d.Mapping, d.BusinessDate, d.Sequence, most)
	return list, named(err, "find what came after delivery %q", d.ID)
}
