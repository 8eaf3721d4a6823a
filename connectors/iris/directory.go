package iris

import (
	"context"
	"errors"
	"iter"

	"rentalsync/pipeline"
)

// Directory reads and writes what an account holds beside rentals.
type Directory struct{ client *Client }

var _ pipeline.Directory = (*Directory)(nil)

// NewDirectory makes a directory of the client's account.
func NewDirectory(c *Client) *Directory { return &Directory{client: c} }

// Account names the account, as the Loader's does.
func (d *Directory) Account() string { return d.client.account }

// Assets lists the assets that the account may see, its own and others'.
func (d *Directory) Assets(ctx context.Context) iter.Seq2[pipeline.AccountAsset, error] {
	return told(ctx, d, ofAssets, d.client.Assets(ctx), accountAsset)
}

func accountAsset(a Asset) pipeline.AccountAsset {
	out := pipeline.AccountAsset{
		ID: a.ID, Name: a.Name, AssetType: a.AssetType, Type: a.Type, Brand: a.Brand, Model: a.Model,
		SerialNumber: a.SerialNumber, ExternalReference: a.ExternalReference,
		OwnerAccountID: a.OwnerAccountID, ProductionYear: a.ProductionYear,
		Editable: a.Permissions == nil || a.Permissions.Edit,
	}
	for _, device := range a.TelematicsDevices {
		out.Devices = append(out.Devices, device.SerialNumber)
	}
	return out
}

// SetReference gives an asset its external reference, and changes nothing else.
// An empty one takes it away.
func (d *Directory) SetReference(ctx context.Context, asset, reference string) error {
	changes := map[string]any{"externalReference": reference}
	if reference == "" {
		changes["externalReference"] = nil
	}
	_, err := d.client.PatchAsset(ctx, asset, changes)
	return d.verdict(ctx, ofAssets, err)
}

// Sites lists the sites of every type.
func (d *Directory) Sites(ctx context.Context) iter.Seq2[pipeline.AccountSite, error] {
	return told(ctx, d, ofSites, d.client.Sites(ctx), accountSite)
}

func accountSite(s Site) pipeline.AccountSite {
	return pipeline.AccountSite{
		ID: s.ID, Name: s.Name, Type: s.Type, Status: s.Status,
		StreetAddress: s.StreetAddress, ZipCode: s.ZipCode, City: string(s.City), Country: string(s.Country),
		Area: s.Polygon,
	}
}

// CreateDepot makes a site of type DEPOT in the outer ring of its area.
func (d *Directory) CreateDepot(ctx context.Context, depot pipeline.AccountSite) (pipeline.AccountSite, error) {
	if len(depot.Area) == 0 || len(depot.Area[0]) < 4 {
		return pipeline.AccountSite{}, &pipeline.Refusal{
			Message: "depot " + depot.Name + " has no area",
			Hint:    "give at least three corners, and the first one again at the end",
		}
	}
	in := NewSite{Name: depot.Name, Type: "DEPOT", Polygon: depot.Area[0]}
	if depot.StreetAddress+depot.ZipCode+depot.City+depot.Country != "" {
		in.Address = &Address{
			StreetAddress: depot.StreetAddress, ZipCode: depot.ZipCode,
			City: NameOnly(depot.City), Country: NameOnly(depot.Country),
		}
	}
	s, err := d.client.CreateSite(ctx, in)
	return accountSite(s), d.verdict(ctx, ofSites, err)
}

// Customers lists the customers, those that synchronizations made among them.
func (d *Directory) Customers(ctx context.Context) iter.Seq2[pipeline.AccountCustomer, error] {
	return told(ctx, d, ofCustomers, d.client.Customers(ctx), accountCustomer)
}

func accountCustomer(cu Customer) pipeline.AccountCustomer {
	return pipeline.AccountCustomer{
		ID: cu.ID, Name: cu.Name, Type: cu.Type, ExternalReference: cu.ExternalReference,
		Address: cu.StreetAddress, ZipCode: cu.ZipCode, City: string(cu.City), Country: string(cu.Country),
	}
}

// CreateCustomer adds a customer, with what is known of it.
func (d *Directory) CreateCustomer(ctx context.Context, c pipeline.AccountCustomer) (pipeline.AccountCustomer, error) {
	cu, err := d.client.CreateCustomer(ctx, Customer{
		Name: c.Name, Type: c.Type, ExternalReference: c.ExternalReference,
		Address: Address{StreetAddress: c.Address, ZipCode: c.ZipCode, City: NameOnly(c.City), Country: NameOnly(c.Country)},
	})
	return accountCustomer(cu), d.verdict(ctx, ofCustomers, err)
}

// UpdateCustomer changes what is known of a customer, by its id.
func (d *Directory) UpdateCustomer(ctx context.Context, c pipeline.AccountCustomer) (pipeline.AccountCustomer, error) {
	changes := map[string]any{}
	for name, value := range map[string]string{
		"name": c.Name, "type": c.Type, "externalReference": c.ExternalReference,
		"streetAddress": c.Address, "zipCode": c.ZipCode, "city": c.City, "country": c.Country,
	} {
		if value != "" {
			changes[name] = value
		}
	}
	cu, err := d.client.PatchCustomer(ctx, c.ID, changes)
	return accountCustomer(cu), d.verdict(ctx, ofCustomers, err)
}

// Definitions lists the custom fields of every kind of entity.
func (d *Directory) Definitions(ctx context.Context) iter.Seq2[pipeline.FieldDefinition, error] {
	return told(ctx, d, ofFields, d.client.Definitions(ctx), fieldDefinition)
}

func fieldDefinition(df Definition) pipeline.FieldDefinition {
	out := pipeline.FieldDefinition{
		ID: df.ID, Key: df.Key, Type: df.Type, EntityType: df.EntityType, Pattern: df.Pattern,
		Minimum: df.Minimum, Maximum: df.Maximum, MinLength: df.MinimumLength, MaxLength: df.MaximumLength,
		Integer: df.IsInteger, Multiple: df.MultiSelect, Currency: df.Currency,
	}
	for _, name := range df.AllValues {
		out.AllValues = append(out.AllValues, string(name))
	}
	return out
}

// Values are the custom values of one entity by the keys of their definitions.
func (d *Directory) Values(ctx context.Context, entity string) (map[string]pipeline.CustomValue, error) {
	values := map[string]pipeline.CustomValue{}
	for v, err := range d.client.Values(ctx, entity) {
		if err != nil {
			return nil, d.verdict(ctx, ofFields, err)
		}
		custom := customValue(v)
		values[custom.Definition.Key] = custom
	}
	return values, nil
}

// SetValues replaces the custom values that are named. One that does not fit its
// type is a *pipeline.Refusal, and then none is sent.
func (d *Directory) SetValues(ctx context.Context, entity string, values []pipeline.CustomValue) error {
	if len(values) == 0 {
		return nil
	}
	sets := make([]SetValue, 0, len(values))
	for _, v := range values {
		set, err := setValue(v)
		if err != nil {
			return &pipeline.Refusal{Message: err.Error()}
		}
		sets = append(sets, set)
	}
	return d.verdict(ctx, ofFields, d.client.SetValues(ctx, entity, sets))
}

// Contracts lists the contracts that synchronizations made.
func (d *Directory) Contracts(ctx context.Context) iter.Seq2[pipeline.AccountContract, error] {
	return told(ctx, d, ofContracts, d.client.Contracts(ctx), func(co Contract) pipeline.AccountContract {
		return pipeline.AccountContract{
			ID: co.ID, ExternalReference: co.ExternalReference, ContractStatus: co.ContractStatus,
			StartDate: co.StartDate.Time, EndDate: co.EndDate.Time,
			Customer: co.Customer.ExternalReference, HiringDepot: co.HiringDepot.ID,
		}
	})
}

// ContractItems lists the items of one contract.
func (d *Directory) ContractItems(ctx context.Context, contract string) iter.Seq2[pipeline.AccountItem, error] {
	return told(ctx, d, ofContracts, d.client.ContractItems(ctx, contract), func(it ContractItem) pipeline.AccountItem {
		item := pipeline.AccountItem{
			ID: it.ID, ContractID: it.ContractID, AssetID: it.AssetID, ExternalReference: it.ExternalReference,
			OnRentDate: it.OnRentDate.Time, OffRentDate: it.OffRentDate.Time,
		}
		if item.ContractID == "" {
			item.ContractID = contract
		}
		return item
	})
}

// told turns a list of IRIS's things into one of the pipeline's.
func told[T, U any](ctx context.Context, d *Directory, a area, list iter.Seq2[T, error], tell func(T) U) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for one, err := range list {
			var out U
			if err == nil {
				out = tell(one)
			}
			if !yield(out, d.verdict(ctx, a, err)) || err != nil {
				return
			}
		}
	}
}

// verdict says what an error means for the caller: a *pipeline.Stopped, a
// *pipeline.Later, or a *pipeline.Refusal that says what may be behind it.
func (d *Directory) verdict(ctx context.Context, a area, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, errNoID) {
		return &pipeline.Refusal{Message: err.Error()}
	}
	var said *ErrorResponse
	if ctx.Err() == nil && errors.As(err, &said) && said.Status/100 == 4 && said.aboutRequest() {
		return refusal(a, said)
	}
	return d.client.verdict(ctx, err)
}
