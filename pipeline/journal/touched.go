package journal

import (
	"context"
)

// A run touches an asset when something that its document is made of changes.
// Each rule below is one statement; together they are what makes a shared
// customer, a finished contract or a twin's arrival reach every document that
// shows it. Rules that look at what was true before run before the register is
// brought up to date.

// touched gathers assets with the most urgent of the reasons, stirred contracts
// whose derived status may have changed.
var touchTables = []string{
	`CREATE TEMPORARY TABLE IF NOT EXISTS touched (asset BIGINT NOT NULL PRIMARY KEY, class SMALLINT NOT NULL)`,
	`CREATE TEMPORARY TABLE IF NOT EXISTS stirred (contract BIGINT NOT NULL PRIMARY KEY, class SMALLINT NOT NULL)`,
	`DELETE FROM touched`,
	`DELETE FROM stirred`,
}

const (
	touch = `INSERT INTO touched (asset, class) `
	stir  = `INSERT INTO stirred (contract, class) `

	urgent        = ` ON CONFLICT (asset) DO UPDATE SET class = CASE WHEN excluded.class < touched.class THEN excluded.class ELSE touched.class END`
	urgentStirred = ` ON CONFLICT (contract) DO UPDATE SET class = CASE WHEN excluded.class < stirred.class THEN excluded.class ELSE stirred.class END`

	// The asset that a changed item stood on before.
	touchLastAsset = touch + `
		SELECT o.asset, MIN(s.class)
		FROM staged s CROSS JOIN entity e CROSS JOIN record o
		WHERE s.stage = $1 AND s.kind = 4 AND s.record IS NOT NULL AND e.id = s.entity AND o.id = e.record AND o.asset IS NOT NULL
		GROUP BY o.asset` + urgent

	// Assets with the identifier that another asset takes or gives up.
	touchTwins = touch + `
		SELECT w.entity, 3
		FROM staged s CROSS JOIN record n CROSS JOIN entity e LEFT JOIN record o ON o.id = e.record
			CROSS JOIN record w CROSS JOIN entity we
		WHERE s.stage = $1 AND s.kind = 5 AND n.id = s.record AND e.id = s.entity
			AND COALESCE(n.ident, '') <> COALESCE(o.ident, '')
			AND w.ident IN (n.ident, o.ident) AND w.entity <> s.entity
			AND we.id = w.entity AND we.record = w.id AND we.flow = $2
		GROUP BY w.entity` + urgent

	// Contracts that an item left.
	stirLast = stir + `
		SELECT o.contract, 3
		FROM staged s CROSS JOIN entity e CROSS JOIN record o CROSS JOIN record n
		WHERE s.stage = $1 AND s.kind = 4 AND e.id = s.entity AND o.id = e.record AND n.id = s.record AND o.contract IS NOT NULL
			AND o.contract <> COALESCE(n.contract, 0)
		GROUP BY o.contract` + urgentStirred

	// Contracts that an item came to, or that an item counts otherwise in.
	stirNext = stir + `
		SELECT n.contract, 3
		FROM staged s CROSS JOIN entity e LEFT JOIN record o ON o.id = e.record CROSS JOIN record n
		WHERE s.stage = $1 AND s.kind = 4 AND e.id = s.entity AND n.id = s.record AND n.contract IS NOT NULL
			AND (o.id IS NULL OR o.ended <> n.ended OR COALESCE(o.contract, 0) <> COALESCE(n.contract, 0) OR o.on_rent <> n.on_rent)
		GROUP BY n.contract` + urgentStirred
)

// forget empties what an earlier transaction gathered.
func (c *closing) forget(ctx context.Context) error {
	for _, text := range touchTables {
		if _, err := c.exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// touchBefore gathers by what the register still says. A first run finds an
// empty register.
func (c *closing) touchBefore(ctx context.Context) error {
	if err := c.forget(ctx); err != nil || c.first {
		return err
	}
	return applyAll(ctx, c.session, []rule{
		{"the last asset of items", touchLastAsset, args(c.stage)},
		{"twins", touchTwins, args(c.stage, c.run.Flow)},
		{"last contracts of items", stirLast, args(c.stage)},
		{"contracts of items", stirNext, args(c.stage)},
	})
}

const (
	// The asset itself.
	touchItself = touch + `
		SELECT entity, class FROM staged
		WHERE stage = $1 AND kind = 5 AND record IS NOT NULL
		ORDER BY entity` + urgent

	// The asset that a changed item stands on, known or not: it may arrive later.
	touchAsset = touch + `
		SELECT n.asset, MIN(s.class)
		FROM staged s CROSS JOIN record n
		WHERE s.stage = $1 AND s.kind = 4 AND n.id = s.record AND n.asset IS NOT NULL
		GROUP BY n.asset` + urgent

	// openItem is an item i that has not ended, as the register has it.
	openItem = ` AND i.ended = 0 AND i.asset IS NOT NULL AND ie.id = i.entity AND ie.record = i.id `

	// A changed contract reaches the assets of its open items.
	touchByContract = touch + `
		SELECT i.asset, MIN(s.class)
		FROM staged s CROSS JOIN record i CROSS JOIN entity ie
		WHERE s.stage = $1 AND s.kind = 3 AND s.record IS NOT NULL AND i.contract = s.entity` + openItem + `
		GROUP BY i.asset` + urgent

	// A changed customer reaches assets through the open items of its contracts,
	// and of those of all customers that are the same, by whatever way.
	touchByCustomer = touch + `
		WITH RECURSIVE who (customer, class) AS (
			SELECT entity, class FROM staged WHERE stage = $1 AND kind = 2 AND record IS NOT NULL
			UNION
			SELECT x.entity, who.class
			FROM who CROSS JOIN record x CROSS JOIN entity xe
			WHERE x.customer = who.customer AND x.kind = 2 AND xe.id = x.entity AND xe.record = x.id)
		SELECT i.asset, MIN(who.class)
		FROM who CROSS JOIN record k CROSS JOIN entity ke CROSS JOIN record i CROSS JOIN entity ie
		WHERE k.customer = who.customer AND ke.id = k.entity AND ke.record = k.id
			AND i.contract = k.entity` + openItem + `
		GROUP BY i.asset` + urgent

	// A changed depot reaches the assets it owns,
	touchOwned = touch + `
		SELECT a.entity, MIN(s.class)
		FROM staged s CROSS JOIN record a CROSS JOIN entity ae
		WHERE s.stage = $1 AND s.kind = 1 AND s.record IS NOT NULL
			AND a.depot = s.entity AND a.kind = 5 AND ae.id = a.entity AND ae.record = a.id
		GROUP BY a.entity` + urgent

	// and those that it hires out, as the item says
	touchHired = touch + `
		SELECT i.asset, MIN(s.class)
		FROM staged s CROSS JOIN record i CROSS JOIN entity ie
		WHERE s.stage = $1 AND s.kind = 1 AND s.record IS NOT NULL AND i.depot = s.entity AND i.kind = 4` + openItem + `
		GROUP BY i.asset` + urgent

	// or the contract.
	touchHiredByContract = touch + `
		SELECT i.asset, MIN(s.class)
		FROM staged s CROSS JOIN record k CROSS JOIN entity ke CROSS JOIN record i CROSS JOIN entity ie
		WHERE s.stage = $1 AND s.kind = 1 AND s.record IS NOT NULL
			AND k.depot = s.entity AND k.kind = 3 AND ke.id = k.entity AND ke.record = k.id
			AND i.contract = k.entity` + openItem + `
		GROUP BY i.asset` + urgent

	// Contracts of rentals that lay ahead on the business date before and have
	// begun on this one.
	stirBegun = stir + `
		SELECT r.contract, 2
		FROM record r CROSS JOIN entity e
		WHERE r.ahead > $2 AND r.ahead <= $3 AND r.contract IS NOT NULL
			AND e.id = r.entity AND e.record = r.id AND e.flow = $1
		GROUP BY r.contract` + urgentStirred

	// A contract whose status follows from its items shows on all of them.
	touchStirred = touch + `
		SELECT i.asset, MIN(t.class)
		FROM stirred t CROSS JOIN entity ke CROSS JOIN record k CROSS JOIN record i CROSS JOIN entity ie
		WHERE ke.id = t.contract AND k.id = ke.record AND k.given = 0 AND i.contract = t.contract` + openItem + `
		GROUP BY i.asset` + urgent
)

// touchAfter gathers by what the register says now. On a first run every item
// is new, so that each asset it could reach is touched by its items already.
func (c *closing) touchAfter(ctx context.Context) error {
	rules := []rule{
		{"assets", touchItself, args(c.stage)},
		{"assets of items", touchAsset, args(c.stage)},
	}
	if !c.first {
		rules = append(rules, c.furtherRules()...)
	}
	return applyAll(ctx, c.session, rules)
}

func (c *closing) furtherRules() []rule {
	rules := []rule{
		{"assets of contracts", touchByContract, args(c.stage)},
		{"assets of customers", touchByCustomer, args(c.stage)},
		{"assets that depots own", touchOwned, args(c.stage)},
		{"assets that depots hire out by item", touchHired, args(c.stage)},
		{"assets that depots hire out by contract", touchHiredByContract, args(c.stage)},
	}
	return append(rules,
		rule{"contracts whose rentals have begun", stirBegun, args(c.run.Flow, c.before, c.run.BusinessDate)},
		rule{"assets of contracts without a status", touchStirred, nil})
}

// rule is one way in which a run touches assets.
type rule struct {
	finds string
	text  string
	with  []any
}

func (r rule) apply(ctx context.Context, s session) error {
	_, err := s.exec(ctx, r.text, r.with...)
	return named(err, "%s", r.finds)
}

func applyAll(ctx context.Context, s session, rules []rule) error {
	for _, r := range rules {
		if err := r.apply(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
