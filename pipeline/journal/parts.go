package journal

import (
	"context"
	"fmt"
	"maps"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// part is one record of the register with what it leads to.
type part struct {
	rental.Record
	gone     string // asset: since when no file names it
	customer int64
	depot    int64
}

// partItem is one item with what it leads to.
type partItem struct {
	rental.ItemRecord
	contract int64
	depot    int64
}

// tally counts a contract's items, on whatever asset they stand.
type tally struct{ open, ahead, ended, vanished int }

// gathering collects what the documents of some assets of a flow are made of:
// one query a kind, however many assets there are.
type gathering struct {
	session
	flow     string
	account  string
	receiver int64

	parts   map[int64]part            // assets, contracts, customers and depots
	items   map[int64][]partItem      // by asset
	twins   map[int64][]rental.Twin   // by asset
	tallies map[int64]tally           // by contract
	answers map[int64]answerRow       // by asset
	found   map[int64]string          // by asset: how the account found it
	spelled map[int64]rental.Spelling // by asset: how the account spells it
}

// Known loads what the documents of leased assets are made of, as it is now, and
// what the account answered so far.
func (j *Journal) Known(ctx context.Context, due []pipeline.Due, account, profile string) ([]pipeline.Known, error) {
	list := make([]pipeline.Known, len(due))
	byFlow := map[string][]int{}
	for i := range due {
		list[i].Due, list[i].Parts.Key = due[i], due[i].Asset
		byFlow[due[i].Flow] = append(byFlow[due[i].Flow], i)
	}

	err := j.read(ctx, func(ctx context.Context, s session) error {
		for flow, at := range byFlow {
			g := gathering{session: s, flow: flow, account: account}
			if err := g.gather(ctx, list, at, profile); err != nil {
				return fmt.Errorf("flow %q: %w", flow, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, named(err, "load the parts of %d documents", len(due))
	}
	return list, nil
}

const receiverNumber = `SELECT id FROM receiver WHERE account = $1 AND profile = $2`

// gather loads the parts of the listed assets at the given places.
func (g *gathering) gather(ctx context.Context, list []pipeline.Known, at []int, profile string) error {
	g.parts, g.items, g.twins = map[int64]part{}, map[int64][]partItem{}, map[int64][]rental.Twin{}
	g.tallies, g.answers, g.found = map[int64]tally{}, map[int64]answerRow{}, map[int64]string{}
	g.spelled = map[int64]rental.Spelling{}
	if _, err := found(g.one(ctx, receiverNumber, args(g.account, profile), &g.receiver)); err != nil {
		return err
	}

	refs := make([]rental.Ref, len(at))
	for i, n := range at {
		refs[i] = rental.Ref{Kind: rental.Asset, Key: list[n].Asset}
	}
	known, err := names(ctx, g.session, g.flow, 0, refs)
	if err != nil {
		return err
	}
	assets := make([]int64, 0, len(at))
	for _, ref := range refs {
		if n, have := known[ref]; have {
			assets = append(assets, n.id)
		}
	}

	if err := g.load(ctx, assets); err != nil {
		return err
	}
	for i, n := range at {
		g.fill(&list[n], known[refs[i]].id)
	}
	return nil
}

// load follows the links outward: assets, their items, contracts, customers, and
// the depots of all of them.
func (g *gathering) load(ctx context.Context, assets []int64) error {
	if err := g.loadParts(ctx, rental.Asset, assets); err != nil {
		return err
	}
	if err := g.loadTwins(ctx, assets); err != nil {
		return err
	}
	if err := g.loadAnswers(ctx, assets); err != nil {
		return err
	}
	if err := g.loadFound(ctx, assets); err != nil {
		return err
	}
	if err := g.loadSpellings(ctx, assets); err != nil {
		return err
	}
	contracts, err := g.loadItems(ctx, assets)
	if err != nil {
		return err
	}
	if err := g.loadParts(ctx, rental.Contract, contracts); err != nil {
		return err
	}
	if err := g.loadTallies(ctx, contracts); err != nil {
		return err
	}
	customers, depots := g.further()
	if err := g.loadCustomers(ctx, customers); err != nil {
		return err
	}
	return g.loadParts(ctx, rental.Depot, depots)
}

// loadCustomers loads customers, those that they are the same as, and so on.
func (g *gathering) loadCustomers(ctx context.Context, ids []int64) error {
	asked := map[int64]struct{}{}
	for len(ids) > 0 {
		if err := g.loadParts(ctx, rental.Customer, ids); err != nil {
			return err
		}
		further := map[int64]struct{}{}
		for _, id := range ids {
			asked[id] = struct{}{}
			further[g.parts[id].customer] = struct{}{}
		}
		delete(further, 0)
		maps.DeleteFunc(further, func(id int64, _ struct{}) bool { _, done := asked[id]; return done })
		ids = numbers(further)
	}
	return nil
}

const partsByNumber = `
	SELECT e.id, e.key, COALESCE(e.gone, ''), COALESCE(r.customer, 0), COALESCE(r.depot, 0), r.body
	FROM entity e JOIN record r ON r.id = e.record
	WHERE e.id IN `

func (g *gathering) loadParts(ctx context.Context, kind rental.Kind, ids []int64) error {
	for with := range chunks(ids) {
		err := g.each(ctx, partsByNumber+placeholders(1, len(with)), with, func(scan func(...any) error) error {
			var id int64
			var p part
			var body []byte
			ref := rental.Ref{Kind: kind}
			if err := scan(&id, &ref.Key, &p.gone, &p.customer, &p.depot, &body); err != nil {
				return err
			}
			record, err := rental.DecodeRecord(ref, body)
			p.Record = record
			g.parts[id] = p
			return named(err, "%s", ref)
		})
		if err != nil {
			return fmt.Errorf("load each %s: %w", kind, err)
		}
	}
	return nil
}

const twinsOf = `
	SELECT a.id, we.key, we.gone IS NOT NULL
	FROM entity a CROSS JOIN record r CROSS JOIN record w CROSS JOIN entity we
	WHERE r.id = a.record AND w.ident = r.ident AND w.entity <> a.id
		AND we.id = w.entity AND we.record = w.id AND we.flow = a.flow
		AND a.id IN %s
	ORDER BY we.key`

func (g *gathering) loadTwins(ctx context.Context, assets []int64) error {
	for with := range chunks(assets) {
		query := fmt.Sprintf(twinsOf, placeholders(1, len(with)))
		err := g.each(ctx, query, with, func(scan func(...any) error) error {
			var id int64
			var twin rental.Twin
			err := scan(&id, &twin.Key, &twin.Gone)
			g.twins[id] = append(g.twins[id], twin)
			return err
		})
		if err != nil {
			return fmt.Errorf("load twins: %w", err)
		}
	}
	return nil
}

const itemsOf = `
	SELECT i.asset, e.key, e.history, COALESCE(i.contract, 0), COALESCE(i.depot, 0), i.body, x.accepted
	FROM record i CROSS JOIN entity e LEFT JOIN item_answer x ON x.receiver = $1 AND x.item = e.id
	WHERE e.id = i.entity AND e.record = i.id AND i.asset IN %s
	ORDER BY e.key`

// loadItems loads what stands or stood on assets, and tells by which contracts.
func (g *gathering) loadItems(ctx context.Context, assets []int64) ([]int64, error) {
	contracts := map[int64]struct{}{}
	for with := range chunks(assets) {
		query := fmt.Sprintf(itemsOf, placeholders(2, len(with)))
		err := g.each(ctx, query, append(args(g.receiver), with...), func(scan func(...any) error) error {
			var asset int64
			var i partItem
			var body, accepted []byte
			ref := rental.Ref{Kind: rental.Item}
			if err := scan(&asset, &ref.Key, &i.History, &i.contract, &i.depot, &body, &accepted); err != nil {
				return err
			}
			record, err := rental.DecodeRecord(ref, body)
			i.Record = record
			copy(i.Accepted[:], accepted)
			g.items[asset] = append(g.items[asset], i)
			if i.contract != 0 {
				contracts[i.contract] = struct{}{}
			}
			return named(err, "%s", ref)
		})
		if err != nil {
			return nil, fmt.Errorf("load items: %w", err)
		}
	}
	return numbers(contracts), nil
}

const tallyOf = `
	SELECT i.contract,
		SUM(CASE WHEN i.ended = 0 AND i.on_rent <= $1 THEN 1 ELSE 0 END),
		SUM(CASE WHEN i.ended = 0 AND i.on_rent > $1 THEN 1 ELSE 0 END),
		SUM(CASE WHEN i.ended = 1 THEN 1 ELSE 0 END),
		SUM(CASE WHEN i.ended = 2 THEN 1 ELSE 0 END)
	FROM record i CROSS JOIN entity e
	WHERE e.id = i.entity AND e.record = i.id AND i.contract IN %s
	GROUP BY i.contract`

// today is the newest business date that a flow has closed.
const today = `SELECT COALESCE(MAX(business_date), '') FROM stage WHERE flow = $1 AND state = 1`

// loadTallies counts the items of contracts by how far their rentals have come on
// the flow's business date.
func (g *gathering) loadTallies(ctx context.Context, contracts []int64) error {
	var date string
	if err := g.one(ctx, today, args(g.flow), &date); err != nil {
		return fmt.Errorf("find the business date: %w", err)
	}
	for with := range chunks(contracts) {
		query := fmt.Sprintf(tallyOf, placeholders(2, len(with)))
		err := g.each(ctx, query, append(args(date), with...), func(scan func(...any) error) error {
			var id int64
			var t tally
			err := scan(&id, &t.open, &t.ahead, &t.ended, &t.vanished)
			g.tallies[id] = t
			return err
		})
		if err != nil {
			return fmt.Errorf("count the items of contracts: %w", err)
		}
	}
	return nil
}

// further lists the customers and depots that what was loaded leads to.
func (g *gathering) further() (customers, depots []int64) {
	who, where := map[int64]struct{}{}, map[int64]struct{}{}
	for _, p := range g.parts {
		who[p.customer], where[p.depot] = struct{}{}, struct{}{}
	}
	for _, items := range g.items {
		for i := range items {
			where[items[i].depot] = struct{}{}
		}
	}
	delete(who, 0)
	delete(where, 0)
	return numbers(who), numbers(where)
}

// answerRow is what an account answered to one asset's documents.
type answerRow struct {
	accepted, refused rental.Digest
	attempt           bool
	answer            pipeline.Answer
}

const answersOf = `
	SELECT asset, accepted, refused, attempt, outcome, status, code, message, clears
	FROM answer WHERE receiver = $1 AND asset IN `

func (g *gathering) loadAnswers(ctx context.Context, assets []int64) error {
	for with := range chunks(assets) {
		list := append(args(g.receiver), with...)
		err := g.each(ctx, answersOf+placeholders(2, len(with)), list, func(scan func(...any) error) (err error) {
			var id int64
			var a answerRow
			var accepted, refused []byte
			var outcome string
			if err := scan(&id, &accepted, &refused, &a.attempt, &outcome, &a.answer.Status, &a.answer.Code,
				&a.answer.Message, &a.answer.Clears); err != nil {
				return err
			}
			copy(a.accepted[:], accepted)
			copy(a.refused[:], refused)
			if outcome != "" {
				a.answer.Outcome, err = pipeline.ParseOutcome(outcome)
			}
			g.answers[id] = a
			return err
		})
		if err != nil {
			return fmt.Errorf("load answers: %w", err)
		}
	}
	return nil
}

// foundAs is by what an account found assets when it last accepted them, however
// documents were spelled then.
const foundAs = `
	SELECT a.asset, a.identifier
	FROM receiver c CROSS JOIN answer a
	WHERE c.account = $1 AND a.receiver = c.id AND a.identifier <> '' AND a.asset IN %s
	ORDER BY a.at`

func (g *gathering) loadFound(ctx context.Context, assets []int64) error {
	for with := range chunks(assets) {
		query := fmt.Sprintf(foundAs, placeholders(2, len(with)))
		err := g.each(ctx, query, append(args(g.account), with...), func(scan func(...any) error) error {
			var id int64
			var identifier string
			err := scan(&id, &identifier)
			g.found[id] = identifier
			return err
		})
		if err != nil {
			return fmt.Errorf("load how assets were found: %w", err)
		}
	}
	return nil
}

// fill puts together what is known of one asset.
func (g *gathering) fill(k *pipeline.Known, asset int64) {
	a := g.answers[asset]
	k.Accepted, k.Refused, k.Attempt, k.Answer = a.accepted, a.refused, a.attempt, a.answer
	k.FoundBy = g.found[asset]
	if spelled, have := g.spelled[asset]; have {
		k.Parts.Spelling = &spelled
	}

	p := &k.Parts
	p.Twins = g.twins[asset]
	p.Contracts, p.Customers, p.Depots = map[string]rental.ContractRecord{}, map[string]*rental.Record{}, map[string]*rental.Record{}
	if own, have := g.parts[asset]; have {
		p.Asset, p.Gone = &own.Record, own.gone
		g.addDepot(p, own.depot)
	}
	for i := range g.items[asset] {
		item := &g.items[asset][i]
		p.Items = append(p.Items, item.ItemRecord)
		g.addDepot(p, item.depot)
		g.addContract(p, item.contract)
	}
}

func (g *gathering) addContract(p *rental.Parts, id int64) {
	contract, have := g.parts[id]
	if !have {
		return
	}
	t := g.tallies[id]
	p.Contracts[contract.Key] = rental.ContractRecord{Record: contract.Record, Open: t.open, Ahead: t.ahead, Ended: t.ended, Vanished: t.vanished}
	g.addDepot(p, contract.depot)
	g.addCustomer(p, contract.customer)
}

// addCustomer adds a customer, and those that it is the same as.
func (g *gathering) addCustomer(p *rental.Parts, id int64) {
	for {
		customer, have := g.parts[id]
		if !have || p.Customers[customer.Key] != nil {
			return
		}
		p.Customers[customer.Key] = &customer.Record
		id = customer.customer
	}
}

func (g *gathering) addDepot(p *rental.Parts, id int64) {
	if depot, have := g.parts[id]; have {
		p.Depots[depot.Key] = &depot.Record
	}
}
