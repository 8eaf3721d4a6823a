package journal

import "context"

// An asset that no file names any more gives way to another with its identifier:
// the one that has taken its place. So whoever is gone or back touches its twins,
// and itself where it has any.

const (
	// twinsOfAsset are the assets w with the identifier of an asset e, as the
	// register has them; p tells each of them and the asset itself.
	twinsOfAsset = `
		CROSS JOIN record r CROSS JOIN record w CROSS JOIN entity we CROSS JOIN (SELECT 0 AS itself UNION ALL SELECT 1) p
		WHERE r.id = e.record AND w.ident = r.ident AND w.entity <> e.id
			AND we.id = w.entity AND we.record = w.id AND we.flow = e.flow `

	// isBack is whether a run names an asset that was gone, if only by its key.
	isBack = `
		AND (EXISTS (SELECT 1 FROM staged s WHERE s.stage = $1 AND s.kind = 5 AND s.entity = e.id)
			OR EXISTS (SELECT 1 FROM found f WHERE f.stage = $1 AND f.entity = e.id))
		AND NOT EXISTS (SELECT 1 FROM missed m WHERE m.stage = $1 AND m.kind = 5 AND m.entity = e.id) `

	touchGone = touch + `
		SELECT DISTINCT CASE p.itself WHEN 1 THEN e.id ELSE w.entity END, 3
		FROM missed m CROSS JOIN entity e` + twinsOfAsset + `
			AND m.stage = $1 AND m.kind = 5 AND e.id = m.entity AND e.gone IS NULL` + urgent

	markGone = `
		UPDATE entity SET gone = newly.since
		FROM (SELECT entity, MIN(since) AS since FROM missed WHERE stage = $1 AND kind = 5 GROUP BY entity) newly
		WHERE newly.entity = entity.id AND COALESCE(entity.gone, '') <> newly.since`

	touchBack = touch + `
		SELECT DISTINCT CASE p.itself WHEN 1 THEN e.id ELSE w.entity END, 3
		FROM entity e` + twinsOfAsset + `
			AND e.flow = $2 AND e.gone IS NOT NULL` + isBack + urgent

	markBack = `
		UPDATE entity AS e SET gone = NULL
		WHERE flow = $2 AND gone IS NOT NULL` + isBack
)

// markAbsent keeps who is gone, and since when. On a first run nobody is.
func (c *closing) markAbsent(ctx context.Context) error {
	if c.first {
		return nil
	}
	return applyAll(ctx, c.session, []rule{
		{"twins of who is gone", touchGone, args(c.stage)},
		{"twins of who is back", touchBack, args(c.stage, c.run.Flow)},
		{"who is gone", markGone, args(c.stage)},
		{"who is back", markBack, args(c.stage, c.run.Flow)},
	})
}
