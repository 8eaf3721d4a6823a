package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// referringShown is how many entities are gone through that refer to one.
const referringShown = 200

// contract explains one contract with its items.
func (e *explaining) contract(ctx context.Context) error {
	if e.record == nil {
		e.say("no delivery has named this contract; items that refer to it wait for it")
	}
	items, all, err := e.Journal.Referring(ctx, e.Flow, e.out.Ref, rental.Item, referringShown)
	if err != nil {
		return err
	}
	for i := range items {
		s, err := e.sheetOfItem(ctx, &items[i])
		if err != nil {
			return err
		}
		told, err := e.rental(ctx, &s, itemIn(&s, &items[i]))
		if err != nil {
			return err
		}
		e.out.Rentals = append(e.out.Rentals, told)
	}
	if all > len(items) {
		e.say("%d more items are not told here", all-len(items))
	}
	if e.record == nil {
		return nil
	}

	contract, err := e.contractRecord(ctx, e.record, items)
	if err != nil {
		return err
	}
	story, err := e.contractStory(ctx, &contract)
	if err != nil {
		return err
	}
	e.out.Contracts = []ContractStory{story}
	return e.customerOf(ctx, e.record)
}

// contractRecord is a contract as documents have it, with the state of its items.
func (e *explaining) contractRecord(ctx context.Context, record *rental.Record, items []rental.Record) (rental.ContractRecord, error) {
	for i := range items {
		s, err := e.sheetOfItem(ctx, &items[i])
		if err != nil {
			return rental.ContractRecord{}, err
		}
		if c, known := s.Parts.Contracts[record.Key]; known {
			return c, nil
		}
	}
	return rental.ContractRecord{Record: *record}, nil
}

// customerOf tells who a contract's customer is.
func (e *explaining) customerOf(ctx context.Context, contract *rental.Record) error {
	key := contract.Text(rental.CustomerRef)
	if key == "" {
		e.say("it names no customer")
		return nil
	}
	customer, err := e.load(ctx, rental.Ref{Kind: rental.Customer, Key: key})
	switch {
	case err != nil:
		return err
	case customer == nil:
		e.say("its customer %s is not known yet: its items wait, and assets go without them", key)
	case customer.Text(rental.SameAs) != "":
		e.say("its customer is %s, %q, who is the same as customer %s", key, customer.Text(rental.Name), customer.Text(rental.SameAs))
	default:
		e.say("its customer is %s, %q", key, customer.Text(rental.Name))
	}
	return nil
}

// contractStory tells a contract's status and why it is that.
func (e *explaining) contractStory(ctx context.Context, c *rental.ContractRecord) (ContractStory, error) {
	items, all, err := e.Journal.Referring(ctx, e.Flow, c.Ref, rental.Item, referringShown)
	if err != nil {
		return ContractStory{}, err
	}
	var count [rentalVanished + 1]int
	for i := range items {
		count[stateOf(&items[i], e.past.Date)]++
	}

	status, derived := c.Status()
	told := ContractStory{
		Key: c.Key, Reference: e.Assembly.Reference(c.Key), Customer: c.Text(rental.CustomerRef), Status: status, Derived: derived,
		Open: count[rentalOpen], Ahead: count[rentalAhead], Ended: count[rentalEnded] + count[rentalVanished],
	}
	if !derived {
		told.Says = []string{fmt.Sprintf("%s, as the ERP gives it", status)}
		return told, nil
	}
	told.Says = []string{fmt.Sprintf("%s, derived: the ERP gives no status, and %s", status, e.because(count, all))}
	return told, nil
}

// because tells what a contract's items are doing.
func (e *explaining) because(count [rentalVanished + 1]int, all int) string {
	ended := count[rentalEnded] + count[rentalVanished]
	switch {
	case all == 0:
		return "no item refers to it"
	case count[rentalOpen] > 0:
		return fmt.Sprintf("%d of its %s open on %s", count[rentalOpen], items(all), e.past.Date)
	case count[rentalAhead] == all:
		return fmt.Sprintf("all items (%d) lie ahead of %s", all, e.past.Date)
	case count[rentalAhead] > 0:
		return fmt.Sprintf("%d ended and %d lie ahead of %s", ended, count[rentalAhead], e.past.Date)
	case count[rentalVanished] == all:
		return fmt.Sprintf("all items (%d) were reservations that vanished before they began", all)
	default:
		return fmt.Sprintf("all items (%d) have ended", all)
	}
}

func items(n int) string {
	if n == 1 {
		return "1 item is"
	}
	return fmt.Sprintf("%d items are", n)
}

// customer explains one customer: merges, contracts and the assets that show it.
func (e *explaining) customer(ctx context.Context) error {
	if e.record == nil {
		e.say("no delivery has named this customer; items of its contracts wait for it, and assets go without them")
	}
	if err := e.merges(ctx); err != nil {
		return err
	}

	customers := []rental.Ref{e.out.Ref}
	for _, c := range e.out.Customers {
		customers = append(customers, rental.Ref{Kind: rental.Customer, Key: c.Key})
	}
	open, contracts := 0, 0
	for _, ref := range customers {
		list, all, err := e.Journal.Referring(ctx, e.Flow, ref, rental.Contract, referringShown)
		if err != nil {
			return err
		}
		contracts += all
		for i := range list {
			n, err := e.showsOn(ctx, &list[i], ref == e.out.Ref)
			if err != nil {
				return err
			}
			open += n
		}
	}
	slices.Sort(e.out.Assets)
	e.out.Assets = slices.Compact(e.out.Assets)
	e.say("it has %s with %s that have not ended", counting(contracts, "contract"), counting(open, "item"))
	e.say("a change of it reaches assets through such items only: %s", orNone(e.out.Assets))
	return nil
}

// showsOn adds the assets on which a contract of the customer shows.
func (e *explaining) showsOn(ctx context.Context, contract *rental.Record, own bool) (open int, err error) {
	items, _, err := e.Journal.Referring(ctx, e.Flow, contract.Ref, rental.Item, referringShown)
	if err != nil {
		return 0, err
	}
	for i := range items {
		if !items[i].Ended() {
			open++
			e.out.Assets = append(e.out.Assets, items[i].Text(rental.AssetRef))
		}
	}
	if own && open > 0 {
		c, err := e.contractRecord(ctx, contract, items)
		if err != nil {
			return 0, err
		}
		told, err := e.contractStory(ctx, &c)
		if err != nil {
			return 0, err
		}
		e.out.Contracts = append(e.out.Contracts, told)
	}
	return open, nil
}

// merges tells whom the customer was merged into, and who was merged into it.
func (e *explaining) merges(ctx context.Context) error {
	if err := e.sameAs(ctx); err != nil {
		return err
	}
	merged, all, err := e.Journal.Referring(ctx, e.Flow, e.out.Ref, rental.Customer, referringShown)
	if err != nil {
		return err
	}
	keys := make([]string, len(merged))
	for i := range merged {
		keys[i] = merged[i].Key
		e.out.Customers = append(e.out.Customers, PartyStory{
			Key: merged[i].Key, Says: fmt.Sprintf("%q was merged into this one", merged[i].Text(rental.Name)),
		})
	}
	if all > 0 {
		e.say("merged into it: %s", listed(keys))
	}
	return nil
}

// sameAs follows the customer to the one that IRIS is told of in its place.
func (e *explaining) sameAs(ctx context.Context) error {
	way := []string{e.out.Key}
	for at := e.record; at != nil; {
		next := at.Text(rental.SameAs)
		switch {
		case next == "" || next == at.Key:
			return nil
		case slices.Contains(way, next):
			e.out.Reference = e.Assembly.Reference(e.out.Key)
			e.say("it is the same customer in a circle (%s), so it is sent as itself; correct the crosswalk", strings.Join(append(way, next), ", "))
			return nil
		}
		way = append(way, next)
		e.out.Reference = e.Assembly.Reference(next)

		other, err := e.load(ctx, rental.Ref{Kind: rental.Customer, Key: next})
		if err != nil {
			return err
		}
		name := "which no delivery has told of: its reference is sent with this one's name"
		if other != nil {
			name = fmt.Sprintf("%q: contracts of both are sent with that one", other.Text(rental.Name))
		}
		e.say("customer %s was merged into customer %s, %s", way[len(way)-2], next, name)
		at = other
	}
	return nil
}

// depot explains one depot: its site in IRIS, and what shows it.
func (e *explaining) depot(ctx context.Context) error {
	configured, inConfig := e.Assembly.Sites[e.out.Key]
	switch {
	case e.record != nil && e.record.Text(rental.SiteID) != "":
		e.say("its site in IRIS is %s, from the register: see siteId", e.record.Text(rental.SiteID))
	case inConfig:
		e.say("its site in IRIS is %s, from the config: depots", configured)
	default:
		e.say("it has no site in IRIS: it is left out of documents and listed, and never stops a rental; add it to depots in the config, or map siteId")
	}
	if e.record == nil {
		e.say("no delivery has told more of it than its key")
	}

	for _, by := range []struct {
		kind rental.Kind
		how  string
	}{{rental.Asset, "it owns"}, {rental.Contract, "it is the hiring depot of"}, {rental.Item, "it is the hiring depot of"}} {
		list, all, err := e.Journal.Referring(ctx, e.Flow, e.out.Ref, by.kind, referringShown)
		if err != nil {
			return err
		}
		keys := make([]string, len(list))
		for i := range list {
			keys[i] = list[i].Key
		}
		if all > 0 {
			e.say("%s %s: %s", by.how, counting(all, by.kind.String()), listed(keys))
		}
		if by.kind == rental.Asset {
			e.out.Assets = keys
		}
	}
	return nil
}

func counting(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func orNone(keys []string) string {
	if len(keys) == 0 {
		return "none now"
	}
	return listed(keys)
}
