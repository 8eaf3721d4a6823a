package journal

import (
	"context"
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var _ pipeline.CustomJournal = (*Journal)(nil)

// What custom_due.state says.
const (
	customDue      = iota
	customDeferred // tried, and to be tried again later
	customRefused  // until something changes
)

const (
	// isTold is whether the account was told of the entity of a row v, by receiver
	// $2 and without a document that is due: by the asset's own document, or by one
	// that carried an item of the contract, or of a contract of the customer or of
	// one that is the same.
	isTold = `(v.kind = 1
		OR v.kind = 5 AND a.status IN (200, 202) AND a.accepted IS NOT NULL AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.asset = v.entity)
		OR v.kind = 3 AND EXISTS (SELECT 1` + carriedItem + ` AND i.contract = v.entity)
		OR v.kind = 2 AND EXISTS (
			WITH RECURSIVE who (customer) AS (
				SELECT v.entity
				UNION
				SELECT x.entity
				FROM who CROSS JOIN record x CROSS JOIN entity xe
				WHERE x.customer = who.customer AND x.kind = 2 AND xe.id = x.entity AND xe.record = x.id)
			SELECT 1 FROM who CROSS JOIN record k CROSS JOIN entity ke
			WHERE k.customer = who.customer AND k.kind = 3 AND ke.id = k.entity AND ke.record = k.id
				AND EXISTS (SELECT 1` + carriedItem + ` AND i.contract = k.entity)))`

	// carriedItem is an item i that the account has taken, on an asset of which
	// nothing is due.
	carriedItem = ` FROM record i CROSS JOIN entity ie CROSS JOIN item_answer y
		WHERE ie.id = i.entity AND ie.record = i.id AND y.receiver = $2 AND y.item = i.entity
			AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.asset = i.asset)`

	dueCustom = `
		SELECT v.entity, v.kind, e.key, v.attempts, COALESCE(a.status, 0), COALESCE(r.customer, 0), r.body
		FROM custom_due v CROSS JOIN entity e CROSS JOIN record r LEFT JOIN answer a ON a.receiver = $2 AND a.asset = v.entity
		WHERE v.flow = $1 AND v.state < 2 AND v.due_ms <= @now_ms AND (v.kind, v.entity) > ($3, $4)
			AND e.id = v.entity AND r.id = e.record AND ` + isTold + `
		ORDER BY v.kind, v.entity LIMIT $5`
)

// CustomDue lists up to n entities after one whose custom values are due now, and
// of which the account was told.
func (j *Journal) CustomDue(ctx context.Context, flow, account, profile string, after *pipeline.CustomDue, n int) ([]pipeline.CustomDue, error) {
	var list []pipeline.CustomDue
	kind, entity := 0, int64(0)
	if after != nil {
		kind, entity = int(after.Record.Kind), after.Entity
	}
	err := j.read(ctx, func(ctx context.Context, s session) error {
		g := gathering{session: s, flow: flow, account: account, parts: map[int64]part{}}
		if _, err := found(g.one(ctx, receiverNumber, args(account, profile), &g.receiver)); err != nil {
			return err
		}
		same := map[int64]int64{}
		err := s.each(ctx, dueCustom, args(flow, g.receiver, kind, entity, n), func(scan func(...any) error) error {
			d, customer, err := scanCustomDue(scan)
			list, same[d.Entity] = append(list, d), customer
			return err
		})
		if err == nil {
			err = g.addSame(ctx, list, same)
		}
		if err != nil {
			return err
		}
		return loadHeld(ctx, s, account, list)
	})
	return list, named(err, "find custom values that are due in flow %q", flow)
}

const accepted202 = 202

func scanCustomDue(scan func(...any) error) (d pipeline.CustomDue, customer int64, err error) {
	var status int
	var body []byte
	ref := rental.Ref{}
	if err := scan(&d.Entity, &ref.Kind, &ref.Key, &d.Attempts, &status, &customer, &body); err != nil {
		return d, 0, err
	}
	d.Unmatched = status == accepted202
	d.Record, err = rental.DecodeRecord(ref, body)
	if ref.Kind != rental.Customer {
		customer = 0
	}
	return d, customer, named(err, "%s", ref)
}

// addSame adds to customers those that they are the same as.
func (g *gathering) addSame(ctx context.Context, list []pipeline.CustomDue, same map[int64]int64) error {
	others := map[int64]struct{}{}
	for _, id := range same {
		others[id] = struct{}{}
	}
	delete(others, 0)
	if err := g.loadCustomers(ctx, numbers(others)); err != nil {
		return err
	}
	for i := range list {
		d := &list[i]
		if d.Record.Kind != rental.Customer {
			continue
		}
		p := rental.Parts{Customers: map[string]*rental.Record{d.Record.Key: &d.Record}}
		g.addCustomer(&p, same[d.Entity])
		d.Customers = p.Customers
	}
	return nil
}

const heldCustom = `SELECT entity, field, target, accepted IS NOT NULL, COALESCE(accepted, ''), attempt, at FROM custom_value WHERE account = $1 AND entity IN `

// loadHeld adds what an account holds of entities.
func loadHeld(ctx context.Context, s session, account string, list []pipeline.CustomDue) error {
	at := make(map[int64]int, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].Entity] = list[i].Entity, i
		list[i].Held = map[string]pipeline.HeldValue{}
	}
	for with := range chunks(ids) {
		err := s.each(ctx, heldCustom+placeholders(2, len(with)), append(args(account), with...), func(scan func(...any) error) error {
			entity, field, held, err := scanHeld(scan)
			if i, wanted := at[entity]; wanted {
				list[i].Held[field] = held
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("load what the account holds: %w", err)
		}
	}
	return nil
}

func scanHeld(scan func(...any) error) (entity int64, field string, held pipeline.HeldValue, err error) {
	var nanos int64
	err = scan(&entity, &field, &held.Target, &held.Accepted, &held.Text, &held.Attempt, &nanos)
	held.At = instant(nanos)
	return entity, field, held, err
}

const listedIDs = `
	SELECT d.%[1]s, MIN(d.id)
	FROM listing g CROSS JOIN listed d
	WHERE g.account = $1 AND g.kind = $2 AND d.account = g.account AND d.kind = g.kind AND d.number = g.number AND d.%[1]s IN %[2]s
	GROUP BY d.%[1]s HAVING COUNT(*) = 1`

// ListedIDs finds ids in the last listing of a kind: by external references, or by
// serial numbers. What several have is not in the answer.
func (j *Journal) ListedIDs(ctx context.Context, account string, kind pipeline.ListingKind, bySerial bool, texts []string) (map[string]string, error) {
	ids := make(map[string]string, len(texts))
	column := "reference"
	if bySerial {
		column = "serial"
	}
	err := j.read(ctx, func(ctx context.Context, s session) error {
		for with := range chunks(unique(texts)) {
			query := fmt.Sprintf(listedIDs, column, placeholders(3, len(with)))
			err := s.each(ctx, query, append(args(account, string(kind)), with...), func(scan func(...any) error) error {
				var text, id string
				err := scan(&text, &id)
				ids[text] = id
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return ids, named(err, "look up each %s in the listing of account %q", kind, account)
}

const unlist = `
	DELETE FROM listed WHERE account = $1 AND kind = $2 AND id = $3
		AND number = (SELECT number FROM listing WHERE account = $1 AND kind = $2)`

// Unlist takes out of the last listing of a kind what the account does not know
// any more.
func (j *Journal) Unlist(ctx context.Context, account string, kind pipeline.ListingKind, id string) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, unlist, account, string(kind), id)
		return err
	})
	return named(err, "take the %s %s out of the listing of account %q", kind, id, account)
}
