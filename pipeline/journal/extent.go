package journal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// What closing a run would change is counted before it closes, beside the writer.
// The stage $1 lies over the register: see overlay.go. How many there are of
// something is only known by reading the register from end to end, so that each
// number is only counted where a gate asks for it.

const (
	// goneAssets are those of the register that are missed for the first time on
	// the run's date. Who was missed on that date by an earlier run is gone already.
	goneAssets = `
		FROM missed m CROSS JOIN entity e
		WHERE m.stage = $1 AND m.kind = 5 AND m.since = $2 AND e.id = m.entity AND e.record IS NOT NULL AND e.gone IS NULL`

	presentAssets = `SELECT COUNT(*) FROM entity WHERE flow = $1 AND kind = 5 AND record IS NOT NULL AND gone IS NULL`

	// An item whose key begins another rental is ended by the record that keeps
	// the former one, and is counted once, however often that happened in a night.
	endedItems = `
		FROM staged s CROSS JOIN record n CROSS JOIN entity e CROSS JOIN record o
		WHERE s.stage = $1 AND s.kind = 4 AND n.id = s.record AND n.ended <> 0
			AND e.id = COALESCE(s.former, s.entity) AND o.id = e.record AND o.ended = 0`

	onlyMissed = ` AND EXISTS (SELECT 1 FROM missed m WHERE m.stage = $1 AND m.kind = 4 AND m.entity = e.id)`

	openItemCount = `
		SELECT COUNT(*) FROM entity e CROSS JOIN record r
		WHERE e.flow = $1 AND e.kind = 4 AND r.id = e.record AND r.ended = 0`

	fleetOnRent = `
		SELECT COUNT(CASE WHEN r.status = 'ON_RENT' THEN 1 END), COUNT(*)
		FROM entity e CROSS JOIN record r
		WHERE e.flow = $1 AND e.kind = 5 AND r.id = e.record`

	// turning are the assets that come on rent ($2 is 1) or go off (0).
	turning = `
		FROM staged s CROSS JOIN record n CROSS JOIN entity e LEFT JOIN record o ON o.id = e.record
		WHERE s.stage = $1 AND s.kind = 5 AND n.id = s.record AND e.id = s.entity
			AND CASE WHEN n.status = 'ON_RENT' THEN 1 ELSE 0 END = $2
			AND CASE WHEN o.status = 'ON_RENT' THEN 1 ELSE 0 END <> $2`

	// owned is whether a depot d has an asset, and owns whether it will have one.
	owned = `
		EXISTS (SELECT 1 FROM record r CROSS JOIN entity e
			WHERE r.depot = d.id AND r.kind = 5 AND e.id = r.entity AND e.record = r.id AND e.gone IS NULL)`
	owns = `
		EXISTS (SELECT 1 FROM record r CROSS JOIN entity e
			WHERE r.depot = d.id AND r.kind = 5 AND e.id = r.entity AND ` + counts + `
				AND NOT EXISTS (SELECT 1 FROM missed m WHERE m.stage = $1 AND m.kind = 5 AND m.entity = e.id)
				AND (e.gone IS NULL OR EXISTS (SELECT 1 FROM staged sg WHERE sg.stage = $1 AND sg.kind = 5 AND sg.entity = e.id)))`

	owners     = ` FROM entity d WHERE d.flow = $1 AND d.kind = 1 AND ` + owned
	lostOwners = ` FROM entity d WHERE d.flow = $2 AND d.kind = 1 AND ` + owned + ` AND NOT ` + owns

	missedBy = `SELECT DISTINCT mapping FROM missed WHERE stage = $1 AND kind IN (4, 5) ORDER BY mapping`
)

// extent is what the counts of one run share.
type extent struct {
	session
	pipeline.Extent
	run   pipeline.Run
	stage int64
}

// Extent counts what closing a run would change, of what is asked for.
func (j *Journal) Extent(ctx context.Context, run pipeline.Run, ask pipeline.Asked) (pipeline.Extent, error) {
	x := extent{run: run}
	err := j.onStage(ctx, run.ID, func(ctx context.Context, s session, stage int64) error {
		x.session, x.stage = s, stage
		for _, step := range []struct {
			asked bool
			count string
			do    func(context.Context) error
		}{
			{ask.AssetsGone, "assets that are gone", x.assetsGone},
			{ask.OnRent, "assets on rent", x.onRent},
			{ask.OffRents, "rentals that end", x.offRents},
			{ask.DepotsGone, "depots without assets", x.depotsGone},
			{ask.AssetsGone || ask.OffRents, "what was missed", x.missedBy},
			{ask.NewCustomers || ask.NearCustomers || len(ask.Placeholders) > 0, "new customers", func(ctx context.Context) error {
				return x.customers(ctx, ask)
			}},
		} {
			if !step.asked {
				continue
			}
			if err := step.do(ctx); err != nil {
				return fmt.Errorf("count %s: %w", step.count, err)
			}
		}
		return nil
	})
	return x.Extent, named(err, "count what run %q would change", run.ID)
}

func (x *extent) assetsGone(ctx context.Context) error {
	if err := x.one(ctx, presentAssets, args(x.run.Flow), &x.AssetsGone.Of); err != nil {
		return err
	}
	return x.part(ctx, &x.AssetsGone, goneAssets, x.stage, x.run.BusinessDate)
}

func (x *extent) offRents(ctx context.Context) error {
	if err := x.one(ctx, openItemCount, args(x.run.Flow), &x.OffRents.Of); err != nil {
		return err
	}
	if err := x.part(ctx, &x.OffRents, endedItems, x.stage); err != nil {
		return err
	}
	return x.one(ctx, `SELECT COUNT(DISTINCT e.id)`+endedItems+onlyMissed, args(x.stage), &x.Inferred)
}

// part counts entities e of a query, and keeps the first few by key.
func (x *extent) part(ctx context.Context, part *pipeline.Part, from string, with ...any) error {
	if err := x.one(ctx, `SELECT COUNT(DISTINCT e.id)`+from, with, &part.Count); err != nil || part.Count == 0 {
		return err
	}
	examples, err := x.texts(ctx, `SELECT DISTINCT e.key`+from+` ORDER BY e.key LIMIT `+fmt.Sprint(pipeline.ExamplesKept), with...)
	part.Examples = examples
	return err
}

func (x *extent) onRent(ctx context.Context) error {
	if err := x.one(ctx, fleetOnRent, args(x.run.Flow), &x.OnRent.Before, &x.OnRent.Fleet); err != nil {
		return err
	}
	var off, on pipeline.Part
	if err := x.part(ctx, &off, turning, x.stage, 0); err != nil {
		return err
	}
	if err := x.part(ctx, &on, turning, x.stage, 1); err != nil {
		return err
	}

	x.OnRent.After = x.OnRent.Before + on.Count - off.Count
	if x.OnRent.Examples = on.Examples; on.Count < off.Count {
		x.OnRent.Examples = off.Examples
	}
	return nil
}

func (x *extent) depotsGone(ctx context.Context) error {
	if err := x.one(ctx, `SELECT COUNT(*)`+owners, args(x.run.Flow), &x.DepotsGone.Of); err != nil {
		return err
	}
	lost, err := x.texts(ctx, `SELECT d.key`+lostOwners+` ORDER BY d.key`, x.stage, x.run.Flow)
	x.DepotsGone.Count, x.DepotsGone.Examples = len(lost), lost[:min(len(lost), pipeline.ExamplesKept)]
	return err
}

func (x *extent) missedBy(ctx context.Context) (err error) {
	x.Missed, err = x.texts(ctx, missedBy, x.stage)
	return err
}

const (
	// A customer that a crosswalk calls by another one's number is not created.
	newCustomers = `
		SELECT e.key, n.body
		FROM staged s CROSS JOIN entity e CROSS JOIN record n
		WHERE s.stage = $1 AND s.kind = 2 AND e.id = s.entity AND e.record IS NULL AND n.id = s.record AND n.customer IS NULL`

	knownCustomers = `SELECT COUNT(*) FROM entity WHERE flow = $1 AND kind = 2 AND record IS NOT NULL`

	// allCustomers are the customers as the run has them.
	allCustomers = `
		SELECT e.key, r.body
		FROM entity e CROSS JOIN record r
		WHERE e.flow = $2 AND e.kind = 2
			AND r.id = COALESCE((SELECT st.record FROM staged st WHERE st.stage = $1 AND st.kind = 2 AND st.entity = e.id), e.record)`
)

// customers counts the new customers, and those among them that somebody should
// look at. Of everybody else only one is in memory at a time.
func (x *extent) customers(ctx context.Context, ask pipeline.Asked) error {
	fresh, standIns := examples{}, examples{}
	near := rental.NewNearNames()
	err := x.names(ctx, newCustomers, args(x.stage), func(key, name string) {
		fresh.add(key, name)
		if ask.NearCustomers {
			near.Add(key, name)
		}
		if as, is := rental.Placeholder(key, name, ask.Placeholders); is {
			standIns.add(key, fmt.Sprintf("%s (%s)", name, as))
		}
	})
	if err != nil {
		return err
	}

	x.NewCustomers, x.Placeholders = fresh.part(), standIns.part()
	x.Placeholders.Of, x.NearCustomers.Of = fresh.count, fresh.count
	if err := x.one(ctx, knownCustomers, args(x.run.Flow), &x.NewCustomers.Of); err != nil {
		return err
	}
	if !ask.NearCustomers || fresh.count == 0 {
		return nil
	}
	return x.nearCustomers(ctx, near)
}

func (x *extent) nearCustomers(ctx context.Context, near *rental.NearNames) error {
	if err := x.names(ctx, allCustomers, args(x.stage, x.run.Flow), near.Meet); err != nil {
		return err
	}
	pairs := near.Near()
	x.NearCustomers.Count = len(pairs)
	for _, p := range pairs[:min(len(pairs), pipeline.ExamplesKept)] {
		x.NearCustomers.Examples = append(x.NearCustomers.Examples, fmt.Sprintf("%s %s is like %s %s", p.Key, p.Name, p.Other, p.OtherName))
	}
	return nil
}

// names reads the keys and names of customers.
func (x *extent) names(ctx context.Context, query string, with []any, take func(key, name string)) error {
	return x.each(ctx, query, with, func(scan func(...any) error) error {
		ref := rental.Ref{Kind: rental.Customer}
		var body []byte
		if err := scan(&ref.Key, &body); err != nil {
			return err
		}
		record, err := rental.DecodeRecord(ref, body)
		if err != nil {
			return fmt.Errorf("%s: %w", ref, err)
		}
		take(ref.Key, record.Text(rental.Name))
		return nil
	})
}

// examples counts customers that come in any order, and keeps the first few by
// key.
type examples struct {
	count int
	first []example
}

type example struct{ key, name string }

func (e *examples) add(key, name string) {
	e.count++
	at, _ := slices.BinarySearchFunc(e.first, key, func(have example, key string) int { return strings.Compare(have.key, key) })
	if at == pipeline.ExamplesKept {
		return
	}
	e.first = slices.Insert(e.first, at, example{key, name})
	e.first = e.first[:min(len(e.first), pipeline.ExamplesKept)]
}

func (e *examples) part() pipeline.Part {
	part := pipeline.Part{Count: e.count}
	for _, one := range e.first {
		part.Examples = append(part.Examples, strings.TrimSpace(one.key+" "+one.name))
	}
	return part
}
