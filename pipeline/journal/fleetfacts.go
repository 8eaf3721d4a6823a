package journal

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// Assets and their rentals are read side by side, both in the order of the
// assets' numbers, so that no more than one asset is held at a time. Contracts
// and customers are few beside them, and are loaded.

const (
	fleetAssets = `
		SELECT e.id, e.key, COALESCE(e.gone, ''), r.body, COALESCE(a.outcome, ''), COALESCE(a.at, 0), COALESCE(a.reference, ''), d.asset IS NOT NULL
		FROM entity e CROSS JOIN record r
			LEFT JOIN answer a ON a.receiver = $2 AND a.asset = e.id
			LEFT JOIN dispatch d ON d.asset = e.id
		WHERE e.flow = $1 AND e.kind = 5 AND r.id = e.record
		ORDER BY e.id`
	fleetItems = `
		SELECT r.asset, e.key, COALESCE(r.contract, 0), r.body
		FROM record r CROSS JOIN entity e
		WHERE r.asset IS NOT NULL AND e.id = r.entity AND e.record = r.id AND e.flow = $1
			AND (r.ended = 0 OR r.ended = 1 AND r.off_rent >= $2)
		ORDER BY r.asset, e.id`
	fleetContracts = `
		SELECT e.id, e.key, COALESCE(r.customer, 0), r.body
		FROM entity e CROSS JOIN record r
		WHERE e.flow = $1 AND e.kind = $2 AND r.id = e.record`
	fleetTallies = `
		SELECT i.contract,
			SUM(CASE WHEN i.ended = 0 AND i.on_rent <= $2 THEN 1 ELSE 0 END),
			SUM(CASE WHEN i.ended = 0 AND i.on_rent > $2 THEN 1 ELSE 0 END),
			SUM(CASE WHEN i.ended = 1 THEN 1 ELSE 0 END),
			SUM(CASE WHEN i.ended = 2 THEN 1 ELSE 0 END)
		FROM record i CROSS JOIN entity e
		WHERE e.id = i.entity AND e.record = i.id AND i.contract IS NOT NULL AND e.flow = $1
		GROUP BY i.contract`
	fleetDates    = `SELECT id, business_date FROM delivery WHERE flow = $1`
	fleetReceiver = `SELECT v.id FROM served s JOIN receiver v ON v.account = s.account AND v.profile = s.profile WHERE s.flow = $1`
	lastWord      = `
		SELECT COALESCE(MAX(CASE WHEN d.mod_time_at > 0 AND d.mod_time_at < d.claimed_at THEN d.mod_time_at ELSE d.claimed_at END), 0)
		FROM delivery d JOIN stage t ON t.run = d.run AND t.state = 1 WHERE d.flow = $1`
)

// fleetReading is what is looked up while assets are read.
type fleetReading struct {
	receiver  int64
	dates     map[string]string // business dates by delivery
	contracts map[int64]fleetContract
	customers map[int64]fleetCustomer
}

type fleetContract struct {
	key, status string
	customer    int64
}

type fleetCustomer struct {
	key, name string
	same      int64
}

// FleetAssets yields every asset of the register with its rentals that are open or
// ended on a day or later, and what was sent of it.
func (j *Journal) FleetAssets(ctx context.Context, flow, since string) iter.Seq2[pipeline.FleetAsset, error] {
	return func(yield func(pipeline.FleetAsset, error) bool) {
		looked, err := j.fleetReading(ctx, flow)
		if err != nil {
			yield(pipeline.FleetAsset{}, named(err, "read the fleet of flow %q", flow))
			return
		}
		next, stop := iter.Pull2(j.fleetItems(ctx, flow, since, looked))
		defer stop()

		item, err, more := next()
		for asset, failed := range j.fleetAssets(ctx, flow, looked) {
			if failed == nil {
				for ; more && err == nil && item.asset <= asset.id; item, err, more = next() {
					if item.asset == asset.id {
						asset.Items = append(asset.Items, item.FleetItem)
					}
				}
				failed = err
			}
			if !yield(asset.FleetAsset, failed) || failed != nil {
				return
			}
		}
	}
}

type numberedAsset struct {
	pipeline.FleetAsset
	id int64
}

type numberedItem struct {
	pipeline.FleetItem
	asset int64
}

func (j *Journal) fleetAssets(ctx context.Context, flow string, looked *fleetReading) iter.Seq2[numberedAsset, error] {
	return stream(ctx, j, fmt.Sprintf("read the assets of flow %q", flow), fleetAssets, args(flow, looked.receiver),
		func(scan func(...any) error) (a numberedAsset, ok bool, err error) {
			var body []byte
			var outcome string
			var at int64
			if err := scan(&a.id, &a.Key, &a.Gone, &body, &outcome, &at, &a.Sent.Reference, &a.Sent.Due); err != nil {
				return a, false, err
			}
			if outcome != "" {
				if a.Sent.Outcome, err = pipeline.ParseOutcome(outcome); err != nil {
					return a, false, err
				}
				a.Sent.At = instant(at)
			}
			record, err := rental.DecodeRecord(rental.Ref{Kind: rental.Asset, Key: a.Key}, body)
			looked.asset(&a.FleetAsset, &record)
			return a, true, named(err, "asset %q", a.Key)
		})
}

// asset takes over what a record says.
func (l *fleetReading) asset(a *pipeline.FleetAsset, r *rental.Record) {
	a.Status, a.Name, a.Make, a.Model = r.Text(rental.RentalStatus), r.Text(rental.Name), r.Text(rental.Make), r.Text(rental.Model)
	a.StatusDay = l.dates[r.SourceOf(rental.RentalStatus).Delivery]
	a.OwningDepot, a.CurrentDepot = r.Text(rental.OwningDepot), r.Text(rental.CurrentDepot)
	a.IdentifierType, a.Identifier = r.FoundBy()
	if hours, err := strconv.ParseFloat(r.Text(rental.MeterHours), 64); err == nil {
		from := r.SourceOf(rental.MeterHours)
		a.Meter, a.MeterDay = hours, l.dates[from.Delivery]
	}
}

func (j *Journal) fleetItems(ctx context.Context, flow, since string, looked *fleetReading) iter.Seq2[numberedItem, error] {
	return stream(ctx, j, fmt.Sprintf("read the rentals of flow %q", flow), fleetItems, args(flow, since),
		func(scan func(...any) error) (i numberedItem, ok bool, err error) {
			var body []byte
			var contract int64
			if err := scan(&i.asset, &i.Key, &contract, &body); err != nil {
				return i, false, err
			}
			record, err := rental.DecodeRecord(rental.Ref{Kind: rental.Item, Key: i.Key}, body)
			looked.item(&i.FleetItem, &record, contract)
			return i, true, named(err, "item %q", i.Key)
		})
}

// item takes over what a record says, and of its contract and customer.
func (l *fleetReading) item(i *pipeline.FleetItem, r *rental.Record, contract int64) {
	i.Key = r.SentKey()
	i.On, i.Due, i.Off = instantOf(r, rental.OnRentDate), instantOf(r, rental.DueDate), instantOf(r, rental.OffRentDate)
	i.Shown = i.Off
	if end, shown := r.Planned(); shown {
		i.Shown, _ = end.Time()
	}

	of := l.contracts[contract]
	i.Contract, i.ContractStatus = of.key, of.status
	customer := l.customers[of.customer]
	for range len(l.customers) { // a circle of customers ends somewhere
		same, known := l.customers[customer.same]
		if !known {
			break
		}
		customer = same
	}
	i.Customer, i.CustomerName = customer.key, customer.name
}

func instantOf(r *rental.Record, f rental.Field) time.Time {
	v, _ := r.Get(f)
	t, _ := v.Time()
	return t
}

// fleetReading loads what rentals lead to.
func (j *Journal) fleetReading(ctx context.Context, flow string) (l *fleetReading, err error) {
	l = &fleetReading{dates: map[string]string{}, contracts: map[int64]fleetContract{}, customers: map[int64]fleetCustomer{}}
	err = j.read(ctx, func(ctx context.Context, s session) error {
		if _, err := found(s.one(ctx, fleetReceiver, args(flow), &l.receiver)); err != nil {
			return err
		}
		err := s.each(ctx, fleetDates, args(flow), func(scan func(...any) error) error {
			var id, date string
			err := scan(&id, &date)
			l.dates[id] = date
			return err
		})
		if err != nil {
			return err
		}
		if err := l.loadCustomers(ctx, s, flow); err != nil {
			return err
		}
		return l.loadContracts(ctx, s, flow)
	})
	return l, err
}

func (l *fleetReading) loadCustomers(ctx context.Context, s session, flow string) error {
	return s.each(ctx, fleetContracts, args(flow, int(rental.Customer)), func(scan func(...any) error) error {
		var id int64
		var c fleetCustomer
		var body []byte
		if err := scan(&id, &c.key, &c.same, &body); err != nil {
			return err
		}
		record, err := rental.DecodeRecord(rental.Ref{Kind: rental.Customer, Key: c.key}, body)
		c.name = record.Text(rental.Name)
		l.customers[id] = c
		return err
	})
}

func (l *fleetReading) loadContracts(ctx context.Context, s session, flow string) error {
	var date string
	if err := s.one(ctx, today, args(flow), &date); err != nil {
		return fmt.Errorf("find the business date: %w", err)
	}
	tallies := map[int64]tally{}
	err := s.each(ctx, fleetTallies, args(flow, date), func(scan func(...any) error) error {
		var id int64
		var t tally
		err := scan(&id, &t.open, &t.ahead, &t.ended, &t.vanished)
		tallies[id] = t
		return err
	})
	if err != nil {
		return fmt.Errorf("count the items of contracts: %w", err)
	}

	return s.each(ctx, fleetContracts, args(flow, int(rental.Contract)), func(scan func(...any) error) error {
		var id int64
		var c fleetContract
		var body []byte
		if err := scan(&id, &c.key, &c.customer, &body); err != nil {
			return err
		}
		record, err := rental.DecodeRecord(rental.Ref{Kind: rental.Contract, Key: c.key}, body)
		t := tallies[id]
		whole := rental.ContractRecord{Record: record, Open: t.open, Ahead: t.ahead, Ended: t.ended, Vanished: t.vanished}
		c.status, _ = whole.Status()
		l.contracts[id] = c
		return err
	})
}

// FleetDepots are the depots of the register.
func (j *Journal) FleetDepots(ctx context.Context, flow string) (list []rental.Record, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, fleetContracts, args(flow, int(rental.Depot)), func(scan func(...any) error) error {
			var id, customer int64
			var body []byte
			ref := rental.Ref{Kind: rental.Depot}
			if err := scan(&id, &ref.Key, &customer, &body); err != nil {
				return err
			}
			record, err := rental.DecodeRecord(ref, body)
			list = append(list, record)
			return err
		})
	})
	return list, named(err, "read the depots of flow %q", flow)
}

// LastWord is when the ERP wrote the newest file that the register holds; zero
// where it holds none.
func (j *Journal) LastWord(ctx context.Context, flow string) (at time.Time, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		var nanos int64
		err := s.one(ctx, lastWord, args(flow), &nanos)
		at = instant(nanos)
		return err
	})
	return at, named(err, "ask when flow %q had its last word", flow)
}
