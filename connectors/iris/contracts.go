package iris

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"time"
)

// Where rentals are read back.
const (
	contractsPath     = "/api/rental/v1/contracts"
	contractItemsPath = "/api/rental/v1/contract-items"
)

// Contract is a rental contract as IRIS holds it. Neither the list of contracts
// nor what is in it is documented; that items are asked for by a contract's id
// says that there is one.
//
// https://developers.trackunit.com/docs/api-reference/rental-api
type Contract struct {
	ID                string `json:"id"`
	ExternalReference string `json:"externalReference"`
	ContractStatus    string `json:"contractStatus"` // OPEN, RESERVED, …; may grow
	StartDate         Moment `json:"startDate"`
	EndDate           Moment `json:"endDate"`
	HiringDepot       Named  `json:"hiringDepot"`
	Customer          Named  `json:"customer"`
}

// ContractItem is one machine's part in a contract.
//
// https://developers.trackunit.com/reference/getcontractitems
type ContractItem struct {
	ID                string `json:"id"`
	ContractID        string `json:"contractId"`
	AssetID           string `json:"assetId"` // "" until an asset matches
	ExternalReference string `json:"externalReference"`
	OnRentDate        Moment `json:"onRentDate"`
	OffRentDate       Moment `json:"offRentDate"`
}

// Named is what something else is named by: its whole self, or its id.
type Named struct {
	ID                string `json:"id"`
	ExternalReference string `json:"externalReference"`
	Name              string `json:"name"`
}

// UnmarshalJSON takes an object or the id alone.
func (n *Named) UnmarshalJSON(body []byte) error {
	*n = Named{ID: text(body)}
	if n.ID != "" || !bytes.HasPrefix(body, []byte("{")) {
		return nil
	}
	type plain Named
	return json.Unmarshal(body, (*plain)(n))
}

// Moment is a time that came as a date-time or as a date; zero for anything else.
type Moment struct{ time.Time }

// UnmarshalJSON takes both forms.
func (m *Moment) UnmarshalJSON(body []byte) error {
	*m = Moment{}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if at, err := time.Parse(layout, text(body)); err == nil {
			m.Time = at.UTC()
			break
		}
	}
	return nil
}

// Contracts lists the contracts of the account.
func (c *Client) Contracts(ctx context.Context) iter.Seq2[Contract, error] {
	return list[Contract](ctx, c, call{path: contractsPath})
}

// Contract asks for one contract by IRIS's own id.
func (c *Client) Contract(ctx context.Context, id string) (Contract, error) {
	return get[Contract](ctx, c, call{path: below(contractsPath, id)})
}

// ContractItems lists the items of one contract, which is named by IRIS's id and
// not by the ERP's reference.
//
// https://developers.trackunit.com/reference/getcontractitems
func (c *Client) ContractItems(ctx context.Context, contract string) iter.Seq2[ContractItem, error] {
	return list[ContractItem](ctx, c, call{path: contractItemsPath, query: url.Values{"contractId": {contract}}})
}
