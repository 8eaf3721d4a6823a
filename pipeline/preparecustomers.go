package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// CustomerPolicy says what may be done about customers.
type CustomerPolicy string

// The policies, the careful one first.
const (
	ReportCustomers CustomerPolicy = "report"
	CreateCustomers CustomerPolicy = "create" // those that are missing
	UpdateCustomers CustomerPolicy = "update" // and bring up to date those that are there
)

// PreparedCustomer is a customer of the ERP, and whom the account knows as it.
type PreparedCustomer struct {
	Key        string            `json:"key"`
	Reference  string            `json:"reference"`
	Name       string            `json:"name"`
	How        FoundHow          `json:"how"`
	ID         string            `json:"id,omitempty"`
	Candidates []AccountCustomer `json:"candidates,omitempty"`
	Also       []string          `json:"also,omitempty"` // keys of customers in the ERP that have its name
	Why        string            `json:"why,omitempty"`
	Updated    bool              `json:"updated,omitempty"`

	wanted AccountCustomer
	change *AccountCustomer // what the account has otherwise; nil when nothing
}

// Differs reports whether the account has it otherwise than the ERP.
func (c *PreparedCustomer) Differs() bool { return c.change != nil }

// customers finds the ERP's customers in the account.
func (p *Preparer) customers(ctx context.Context, out *Preparation) error {
	wanted, err := p.erpCustomers(ctx)
	if err != nil {
		return err
	}
	if err := p.list(ctx, ListedCustomers); err != nil {
		return err
	}
	all, err := allListed[AccountCustomer](ctx, p, ListedCustomers)
	if err != nil {
		return err
	}
	out.InIRIS, out.CustomersListed = len(all), true
	out.Customers = matchCustomers(wanted, all)
	if !out.Applied || p.Customers == ReportCustomers || p.Customers == "" {
		return nil
	}
	for i := range out.Customers {
		if err := p.applyCustomer(ctx, &out.Customers[i]); err != nil {
			return fmt.Errorf("customer %s: %w", out.Customers[i].Key, err)
		}
	}
	return nil
}

// erpCustomers are those that are themselves, and not the same as others.
func (p *Preparer) erpCustomers(ctx context.Context) ([]PreparedCustomer, error) {
	var all []PreparedCustomer
	for r, err := range p.Journal.Register(ctx, p.Flow, rental.Customer) {
		if err != nil {
			return nil, err
		}
		if same := r.Text(rental.SameAs); same != "" && same != r.Key {
			continue
		}
		c := PreparedCustomer{Key: r.Key, Reference: p.Assembly.Reference(r.Key), Name: r.Text(rental.Name)}
		c.wanted = AccountCustomer{
			Name: c.Name, Type: r.Text(rental.CustomerType), ExternalReference: c.Reference,
			Address: r.Text(rental.Address), ZipCode: r.Text(rental.Zip), City: r.Text(rental.City), Country: r.Text(rental.Country),
		}
		all = append(all, c)
	}
	return all, nil
}

// matchCustomers finds each by its reference, else by its name.
func matchCustomers(wanted []PreparedCustomer, all []AccountCustomer) []PreparedCustomer {
	slices.SortFunc(all, func(a, b AccountCustomer) int { return cmp.Compare(a.ID, b.ID) })
	known := newCustomerBook(wanted, all)
	for i := range wanted {
		known.find(&wanted[i])
	}
	return wanted
}

// customerBook finds customers, on both sides.
type customerBook struct {
	byReference map[string]*AccountCustomer
	byName      map[string][]*AccountCustomer // as people write it
	byGist      map[string][]*AccountCustomer // without what is written now so, now otherwise
	erpByGist   map[string][]string           // keys of customers of the ERP
	claimed     map[*AccountCustomer]bool     // by a reference
}

func newCustomerBook(wanted []PreparedCustomer, all []AccountCustomer) *customerBook {
	b := &customerBook{
		map[string]*AccountCustomer{}, map[string][]*AccountCustomer{}, map[string][]*AccountCustomer{},
		map[string][]string{}, map[*AccountCustomer]bool{},
	}
	for i := range all {
		c := &all[i]
		if c.ExternalReference != "" {
			b.byReference[c.ExternalReference] = c
		}
		b.byName[caseless(c.Name)] = append(b.byName[caseless(c.Name)], c)
		b.byGist[gist(c.Name)] = append(b.byGist[gist(c.Name)], c)
	}
	for i := range wanted {
		b.erpByGist[gist(wanted[i].Name)] = append(b.erpByGist[gist(wanted[i].Name)], wanted[i].Key)
		if c := b.byReference[wanted[i].Reference]; c != nil {
			b.claimed[c] = true
		}
	}
	return b
}

// customersShown is how many others are told of one customer.
const customersShown = 5

// find tells who a customer is in the account.
func (b *customerBook) find(c *PreparedCustomer) {
	if held := b.byReference[c.Reference]; held != nil {
		c.found(FoundByReference, held)
		return
	}
	if isPlaceholder(c.Name) {
		c.How, c.Why = FoundDoubtful, fmt.Sprintf("%q is hardly the name of a customer; every rental of it goes to one customer in IRIS", c.Name)
		return
	}
	for _, key := range b.erpByGist[gist(c.Name)] {
		if key != c.Key && len(c.Also) < customersShown {
			c.Also = append(c.Also, key)
		}
	}

	exact := b.free(b.byName[caseless(c.Name)])
	near := b.free(b.byGist[gist(c.Name)])
	switch {
	case len(c.Also) > 0:
		c.doubt(near, "customer "+strings.Join(c.Also, ", ")+" of the ERP has the same name, or almost: merge them there, or by a crosswalk")
	case len(exact) == 1 && exact[0].ExternalReference == "":
		c.found(FoundByName, exact[0])
		c.Why = "found by its name alone: it bears no external reference, so IRIS would make it a second time"
	case len(exact) > 0:
		c.doubt(exact, "IRIS has the name, with another external reference or more than once: the next rental would make it once more")
	case len(near) > 0:
		c.doubt(near, "IRIS has almost this name: the next rental would make it once more")
	default:
		c.How = FoundMissing
	}
}

// free are those that no other customer of the ERP is by its reference.
func (b *customerBook) free(list []*AccountCustomer) []*AccountCustomer {
	return slices.DeleteFunc(slices.Clone(list), func(c *AccountCustomer) bool { return b.claimed[c] })
}

func (c *PreparedCustomer) found(how FoundHow, held *AccountCustomer) {
	c.How, c.ID = how, held.ID
	c.change = changes(held, &c.wanted)
}

func (c *PreparedCustomer) doubt(candidates []*AccountCustomer, why string) {
	c.How, c.Why = FoundDoubtful, why
	for _, one := range candidates[:min(len(candidates), customersShown)] {
		c.Candidates = append(c.Candidates, *one)
	}
}

// changes are the fields in which an account's customer is not as the ERP has it;
// nil when there are none. What the ERP does not say is left alone.
func changes(held, wanted *AccountCustomer) *AccountCustomer {
	change := AccountCustomer{ID: held.ID}
	for _, f := range []struct {
		have, want string
		into       *string
	}{
		{held.Name, wanted.Name, &change.Name}, {held.Type, wanted.Type, &change.Type},
		{held.ExternalReference, wanted.ExternalReference, &change.ExternalReference},
		{held.Address, wanted.Address, &change.Address}, {held.ZipCode, wanted.ZipCode, &change.ZipCode},
		{held.City, wanted.City, &change.City}, {held.Country, wanted.Country, &change.Country},
	} {
		if f.want != "" && f.want != f.have {
			*f.into = f.want
		}
	}
	if change == (AccountCustomer{ID: held.ID}) {
		return nil
	}
	return &change
}

// applyCustomer makes a customer, or brings it up to date, where that is wanted.
func (p *Preparer) applyCustomer(ctx context.Context, c *PreparedCustomer) error {
	var err error
	var made AccountCustomer
	switch {
	case c.How == FoundMissing:
		if made, err = p.Directory.CreateCustomer(ctx, c.wanted); err == nil {
			c.How, c.ID = FoundCreated, made.ID
		}
	case c.change != nil && p.Customers == UpdateCustomers:
		if _, err = p.Directory.UpdateCustomer(ctx, *c.change); err == nil {
			c.Updated, c.change, c.Why = true, nil, ""
		}
	}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		c.Why = "IRIS does not take it: " + err.Error()
		return nil
	}
	return err
}
