package pipeline

import (
	"context"
	"iter"
	"time"
)

// Directory is what an account of IRIS holds beside telematics: the assets, sites
// and customers that the ERP's own are matched to, custom fields, and the rentals
// that came of what was sent. Lists may be long; they are read page by page. An
// error ends a list. What is wrong with the account or with the moment is a
// *Stopped or a *Later, and what is refused a *Refusal.
type Directory interface {
	// Account names the account, as the Sink's does.
	Account() string

	Assets(ctx context.Context) iter.Seq2[AccountAsset, error]
	Sites(ctx context.Context) iter.Seq2[AccountSite, error]
	Customers(ctx context.Context) iter.Seq2[AccountCustomer, error]
	Definitions(ctx context.Context) iter.Seq2[FieldDefinition, error]

	// Contracts are all of the account, and ContractItems those of one contract by
	// its id. IRIS may not offer the first: then it is a *Refusal with status 404.
	Contracts(ctx context.Context) iter.Seq2[AccountContract, error]
	ContractItems(ctx context.Context, contract string) iter.Seq2[AccountItem, error]

	// SetReference gives an asset the external reference by which the ERP knows it.
	SetReference(ctx context.Context, asset, reference string) error

	// CreateDepot makes a site of type DEPOT. It needs an area.
	CreateDepot(ctx context.Context, depot AccountSite) (AccountSite, error)

	// CreateCustomer and UpdateCustomer answer with what IRIS then holds. Fields
	// that are empty are not sent.
	CreateCustomer(ctx context.Context, c AccountCustomer) (AccountCustomer, error)
	UpdateCustomer(ctx context.Context, c AccountCustomer) (AccountCustomer, error)

	// Values are the custom values of one entity by the keys of their definitions,
	// and SetValues replaces those that are named. An empty value takes one away.
	Values(ctx context.Context, entity string) (map[string]CustomValue, error)
	SetValues(ctx context.Context, entity string, values []CustomValue) error
}

// AccountAsset is an asset as IRIS holds it.
type AccountAsset struct {
	ID                string   `json:"id"`
	Name              string   `json:"name,omitempty"`
	AssetType         string   `json:"assetType,omitempty"`
	Type              string   `json:"type,omitempty"`
	Brand             string   `json:"brand,omitempty"`
	Model             string   `json:"model,omitempty"`
	SerialNumber      string   `json:"serialNumber,omitempty"`
	ExternalReference string   `json:"externalReference,omitempty"`
	OwnerAccountID    string   `json:"ownerAccountId,omitempty"`
	ProductionYear    int      `json:"productionYear,omitempty"`
	Devices           []string `json:"devices,omitempty"` // serial numbers of its telematics devices
	PIN               string   `json:"pin,omitempty"`     // where a snapshot told it
	Editable          bool     `json:"editable,omitempty"`
}

// AccountSite is a site as IRIS holds it, such as a depot.
type AccountSite struct {
	ID            string     `json:"id,omitempty"`
	Name          string     `json:"name,omitempty"`
	Type          string     `json:"type,omitempty"`
	Status        string     `json:"status,omitempty"`
	StreetAddress string     `json:"streetAddress,omitempty"`
	ZipCode       string     `json:"zipCode,omitempty"`
	City          string     `json:"city,omitempty"`
	Country       string     `json:"country,omitempty"`
	Area          [][]Lonlat `json:"area,omitempty"` // rings of a polygon, the outer one first
}

// Lonlat is a point on earth as GeoJSON writes it: longitude, latitude.
type Lonlat [2]float64

// AccountCustomer is a customer as IRIS holds it.
type AccountCustomer struct {
	ID                string `json:"id,omitempty"`
	Name              string `json:"name,omitempty"`
	Type              string `json:"type,omitempty"`
	ExternalReference string `json:"externalReference,omitempty"`
	Address           string `json:"address,omitempty"`
	ZipCode           string `json:"zipCode,omitempty"`
	City              string `json:"city,omitempty"`
	Country           string `json:"country,omitempty"`
}

// FieldDefinition says what a custom field is, and of what.
type FieldDefinition struct {
	ID         string   `json:"id"`
	Key        string   `json:"key"`
	Type       string   `json:"type"`       // STRING, NUMBER, DROPDOWN, …
	EntityType string   `json:"entityType"` // ASSET, CUSTOMER, RENTAL_CONTRACT, SITE, …
	AllValues  []string `json:"allValues,omitempty"`
	Pattern    string   `json:"pattern,omitempty"`
	Minimum    *float64 `json:"minimum,omitempty"`
	Maximum    *float64 `json:"maximum,omitempty"`
	MinLength  *int     `json:"minimumLength,omitempty"`
	MaxLength  *int     `json:"maximumLength,omitempty"`
	Integer    bool     `json:"isInteger,omitempty"`
	Multiple   bool     `json:"multiSelect,omitempty"`
	Currency   string   `json:"currency,omitempty"`
}

// CustomValue is the value of one custom field, as text in the form that its type
// has in JSON: a number with a decimal point, a date as 2026-11-21, true or false.
// Several values of a dropdown are separated by semicolons.
type CustomValue struct {
	Definition FieldDefinition
	Text       string
}

// AccountContract is a rental contract as IRIS holds it.
type AccountContract struct {
	ID                string    `json:"id"`
	ExternalReference string    `json:"externalReference,omitempty"`
	ContractStatus    string    `json:"contractStatus,omitempty"`
	StartDate         time.Time `json:"startDate,omitzero"`
	EndDate           time.Time `json:"endDate,omitzero"`
	Customer          string    `json:"customer,omitempty"` // its external reference
	HiringDepot       string    `json:"hiringDepot,omitempty"`
}

// AccountItem is a contract item as IRIS holds it.
type AccountItem struct {
	ID                string    `json:"id"`
	ContractID        string    `json:"contractId"`
	AssetID           string    `json:"assetId,omitempty"` // "" until an asset matches
	ExternalReference string    `json:"externalReference,omitempty"`
	OnRentDate        time.Time `json:"onRentDate,omitzero"`
	OffRentDate       time.Time `json:"offRentDate,omitzero"`
}

// Refusal is the verdict that the account does not do what it was asked, and will
// not do it when it is asked again.
type Refusal struct {
	Status  int
	Code    string // the vendor's error code
	Message string // in words, without secrets
	Hint    string // what may be behind it
}

// Error says what was refused, and what may be behind it.
func (e *Refusal) Error() string {
	text := e.Message
	if e.Code != "" {
		text = e.Code + ": " + text
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}
