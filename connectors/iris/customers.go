package iris

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
)

const customersPath = "/api/customer/v1/customers"

// Customer is whom the account rents to.
//
// https://developers.trackunit.com/docs/customers-api
type Customer struct {
	ID                string `json:"id,omitempty"`
	ExternalReference string `json:"externalReference,omitempty"`
	Name              string `json:"name,omitempty"`
	Type              string `json:"type,omitempty"` // CONTRACTOR, DEALER, …; may grow
	Address
}

// UnmarshalJSON takes an address that stands beside the name, or below it, and
// the street of one as a line.
func (cu *Customer) UnmarshalJSON(body []byte) error {
	type plain Customer
	in := struct {
		*plain
		Below json.RawMessage `json:"address"`
	}{plain: (*plain)(cu)}
	if err := json.Unmarshal(body, &in); err != nil {
		return err
	}
	if line := text(in.Below); line != "" {
		cu.StreetAddress = line
	} else if in.Below != nil {
		return json.Unmarshal(in.Below, &cu.Address)
	}
	return nil
}

// Customers lists the customers of the account.
//
// https://developers.trackunit.com/reference/getcustomers
func (c *Client) Customers(ctx context.Context) iter.Seq2[Customer, error] {
	return list[Customer](ctx, c, call{path: customersPath})
}

// Customer asks for one customer.
//
// https://developers.trackunit.com/reference/getcustomer
func (c *Client) Customer(ctx context.Context, id string) (Customer, error) {
	return get[Customer](ctx, c, call{path: below(customersPath, id)})
}

// CreateCustomer adds a customer. It is not added twice by itself: after a line
// that broke the caller looks whether there is one.
//
// https://developers.trackunit.com/reference/createcustomer
func (c *Client) CreateCustomer(ctx context.Context, cu Customer) (Customer, error) {
	cu.ID = ""
	return send[Customer](ctx, c, http.MethodPost, customersPath, cu)
}

// PatchCustomer changes some properties of a customer, and answers with what it
// is then. Nil takes a property away.
//
// https://developers.trackunit.com/reference/updatecustomer
func (c *Client) PatchCustomer(ctx context.Context, id string, changes map[string]any) (Customer, error) {
	return patch[Customer](ctx, c, customersPath, id, changes)
}
