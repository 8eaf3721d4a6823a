package journal

import (
	"context"
	"fmt"

	"rentalsync/pipeline/rental"
)

// While a run is staged, an entity is what the stage holds of it, else what the
// register does. A record r of an entity e is the one that counts for the stage
// $1 when this holds.
const counts = `
	r.id = COALESCE((SELECT st.record FROM staged st WHERE st.stage = $1 AND st.kind = r.kind AND st.entity = r.entity), e.record)`

const (
	openItemsOf = `
		SELECT a.key, e.key, r.body
		FROM entity a CROSS JOIN record r CROSS JOIN entity e
		WHERE a.flow = $2 AND a.kind = 5 AND r.asset = a.id AND r.ended = 0 AND e.id = r.entity AND ` + counts + `
			AND a.key IN %s
		ORDER BY e.key`

	overdueItems = `
		SELECT '', e.key, r.body
		FROM record r CROSS JOIN entity e
		WHERE r.planned IS NOT NULL AND r.planned <= $3 AND e.id = r.entity AND e.flow = $2 AND ` + counts + `
		ORDER BY e.key`

	crowdedAssets = `
		SELECT DISTINCT a.key
		FROM staged s CROSS JOIN record n CROSS JOIN entity a
		WHERE s.stage = $1 AND s.kind = 4 AND n.id = s.record AND n.ended = 0 AND a.id = n.asset
			AND (SELECT COUNT(*) FROM record r CROSS JOIN entity e
				WHERE r.asset = a.id AND r.ended = 0 AND e.id = r.entity AND ` + counts + `) > 1
		ORDER BY a.key`
)

// OpenItems are the items on assets that have not ended, by asset, as the run
// has them.
func (j *Journal) OpenItems(ctx context.Context, flow, run string, assets []string) (map[string][]rental.Record, error) {
	open := map[string][]rental.Record{}
	err := j.onStage(ctx, run, func(ctx context.Context, s session, stage int64) error {
		for keys := range chunks(unique(assets)) {
			query := fmt.Sprintf(openItemsOf, placeholders(3, len(keys)))
			if err := s.items(ctx, query, append(args(stage, flow), keys...), func(asset string, item rental.Record) {
				open[asset] = append(open[asset], item)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return open, named(err, "find what is open in flow %q", flow)
}

// Overdue are the open items whose planned end is shown and lies on a date or
// before it, as the run has them.
func (j *Journal) Overdue(ctx context.Context, flow, run, date string) (overdue []rental.Record, err error) {
	err = j.onStage(ctx, run, func(ctx context.Context, s session, stage int64) error {
		return s.items(ctx, overdueItems, args(stage, flow, date), func(_ string, item rental.Record) {
			overdue = append(overdue, item)
		})
	})
	return overdue, named(err, "find what is overdue in flow %q", flow)
}

// Crowded are the assets to which the run brought or changed an item and on
// which several are open.
func (j *Journal) Crowded(ctx context.Context, flow, run string) (assets []string, err error) {
	err = j.onStage(ctx, run, func(ctx context.Context, s session, stage int64) error {
		assets, err = s.texts(ctx, crowdedAssets, stage)
		return err
	})
	return assets, named(err, "find assets with several open items in flow %q", flow)
}

// onStage reads with the stage of a run; 0 where it has none.
func (j *Journal) onStage(ctx context.Context, run string, fn func(context.Context, session, int64) error) error {
	return j.read(ctx, func(ctx context.Context, s session) error {
		var stage int64
		var state int
		if _, err := found(s.one(ctx, stageOfRun, args(run), &stage, &state)); err != nil {
			return err
		}
		return fn(ctx, s, stage)
	})
}

// items reads item records with the keys of their assets.
func (s session) items(ctx context.Context, query string, with []any, take func(asset string, item rental.Record)) error {
	return s.each(ctx, query, with, func(scan func(...any) error) error {
		var asset string
		var body []byte
		ref := rental.Ref{Kind: rental.Item}
		if err := scan(&asset, &ref.Key, &body); err != nil {
			return err
		}
		item, err := rental.DecodeRecord(ref, body)
		take(asset, item)
		return named(err, "%s", ref)
	})
}
