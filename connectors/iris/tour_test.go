package iris_test

import (
	"errors"
	"testing"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
)

// toured is an IRIS that has something of everything.
var toured = iristest.Options{Fleet: 101, Serials: []string{"A/B 1"}, Definitions: []iristest.Definition{
	{Key: "projectCode", Type: "STRING", EntityType: "RENTAL_CONTRACT"},
	{Key: "colour", Type: "DROPDOWN", EntityType: "ASSET", AllValues: []string{"red", "blue"}},
}}

// tour does everything once that a client can do.
func tour(t *testing.T, c *iris.Client) {
	t.Helper()
	tourRentals(t, c)
	tourAssets(t, c)
	tourSites(t, c)
	tourCustomers(t, c)
	tourFleet(t, c)
}

const wholeRental = `{"identifier":"A/B 1","identifierType":"SERIAL_NUMBER","externalReference":"A-1","rentalStatus":"ON_RENT","contractItems":[
	{"externalReference":"C-77120/3","onRentDate":"2026-03-03T07:00:00Z","offRentDate":null,"rentalRate":{"type":"DAILY","currency":"EUR","unitPrice":142.5},
	"orderNumber":"PO-5512","contractedHours":160,"deliveryAddress":"Kirkeveien 4, 0368 Oslo, NO","contract":{"externalReference":"C-77120","contractStatus":"OPEN",
	"startDate":"2026-03-01","customer":{"externalReference":"K-3391","name":"Nordby Anlegg AS","type":"CONTRACTOR"}}}]}`

func tourRentals(t *testing.T, c *iris.Client) {
	t.Helper()
	if done, err := c.Synchronize(t.Context(), []byte(wholeRental)); err != nil || !done.Matched {
		t.Errorf("synchronize: got %+v, %v", done, err)
	}
	contract := all(t, c.Contracts(t.Context()))[0]
	if got, err := c.Contract(t.Context(), contract.ID); err != nil || got.ExternalReference != contract.ExternalReference {
		t.Errorf("contract: got %+v, %v", got, err)
	}
	if items := all(t, c.ContractItems(t.Context(), contract.ID)); len(items) == 0 {
		t.Error("the contract has no items")
	}
	tourFields(t, c, contract.ID, "projectCode", "P-7")
}

func tourFields(t *testing.T, c *iris.Client, entity, key, text string) {
	t.Helper()
	d := iris.NewDirectory(c)
	for _, df := range all(t, d.Definitions(t.Context())) {
		if df.Key != key {
			continue
		}
		if err := d.SetValues(t.Context(), entity, []pipeline.CustomValue{{Definition: df, Text: text}}); err != nil {
			t.Errorf("set %s: %v", key, err)
		}
	}
	if values, err := d.Values(t.Context(), entity); err != nil || len(values) == 0 {
		t.Errorf("values: got %v, %v", values, err)
	}
}

func tourAssets(t *testing.T, c *iris.Client) {
	t.Helper()
	assets := all(t, c.AssetsV2(t.Context(), true))
	if n := len(all(t, c.Assets(t.Context()))); n != len(assets) {
		t.Errorf("got %d assets, want %d", n, len(assets))
	}
	id := assets[0].ID
	if got, err := c.Asset(t.Context(), id); err != nil || got.ID != id {
		t.Errorf("asset: got %+v, %v", got, err)
	}
	if got, err := c.PatchAsset(t.Context(), id, map[string]any{"externalReference": "A-2", "brand": nil}); err != nil || got.ID != id {
		t.Errorf("patch asset: got %+v, %v", got, err)
	}
	tourFields(t, c, id, "colour", "red")
}

func tourSites(t *testing.T, c *iris.Client) {
	t.Helper()
	site := all(t, c.Sites(t.Context()))[0]
	if got, err := c.Site(t.Context(), site.ID); err != nil || got.Name != site.Name {
		t.Errorf("site: got %+v, %v", got, err)
	}
	_, err := iris.NewDirectory(c).CreateDepot(t.Context(), pipeline.AccountSite{
		Name: "Depot Nordby", City: "Oslo", Area: [][]pipeline.Lonlat{{{10.70, 59.90}, {10.71, 59.90}, {10.71, 59.91}, {10.70, 59.90}}},
	})
	if err != nil {
		t.Errorf("create depot: %v", err)
	}
}

func tourCustomers(t *testing.T, c *iris.Client) {
	t.Helper()
	d := iris.NewDirectory(c)
	made, err := d.CreateCustomer(t.Context(), pipeline.AccountCustomer{Name: "Berg Bygg AS", Type: "CONTRACTOR", City: "Oslo"})
	if err != nil {
		t.Fatalf("create customer: %v", err)
	}
	made.ExternalReference = "K-7"
	if _, err := d.UpdateCustomer(t.Context(), made); err != nil {
		t.Errorf("update customer: %v", err)
	}
	if _, err := c.Customer(t.Context(), made.ID); err != nil {
		t.Errorf("customer: %v", err)
	}
	if len(all(t, d.Customers(t.Context()))) == 0 {
		t.Error("there are no customers")
	}
}

// tourFleet reads the fleet in both forms. A mock has XML of none.
func tourFleet(t *testing.T, c *iris.Client) {
	t.Helper()
	for _, form := range []bool{true, false} {
		fleet := iris.NewFleet(c, iris.FleetOptions{JSON: form})
		if err := failed(fleet.Pages(t.Context(), "", nil)); err != nil {
			t.Errorf("fleet, JSON %v: %v", form, err)
		}
		if _, err := fleet.Equipment(t.Context(), "A/B 1"); err != nil {
			t.Errorf("equipment, JSON %v: %v", form, err)
		}
	}
	var said *iris.ErrorResponse
	if _, err := c.Contract(t.Context(), "6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"); err != nil && !errors.As(err, &said) {
		t.Errorf("a contract that is not there: %v", err)
	}
}
