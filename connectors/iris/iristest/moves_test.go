package iristest_test

import (
	"net/http"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

// first returns the id of the first thing in a list.
func (ca *caller) first(list string) string {
	ca.t.Helper()
	return decoded[page[struct{ ID string }]](ca.t, ca.get(list).body).Content[0].ID
}

const assets, sites, customers = "/api/asset/v1/assets", "/api/site/v1/sites", "/api/customer/v1/customers"

func TestWhatWasKeptIsMatchedWhenAnAssetAppearsOrIsRenamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, identifier, kind string
		appear                 func(ca *caller)
	}{
		{"it is onboarded", "NEW-1", "SERIAL_NUMBER", func(ca *caller) {
			ca.do("POST", assets+"/onboard", `{"serialNumber":"NEW-1"}`).want(ca.t, http.StatusCreated)
		}},
		{"it is created", "NEW-1", "SERIAL_NUMBER", func(ca *caller) {
			ca.do("POST", assets, `{"assets":[{"name":"n","assetType":"EQUIPMENT","serialNumber":"NEW-1"}]}`).want(ca.t, http.StatusCreated)
		}},
		{"another one gets its serial number", "NEW-1", "SERIAL_NUMBER", func(ca *caller) {
			ca.do("PATCH", assets+"/"+ca.first(assets), `{"serialNumber":"NEW-1"}`).want(ca.t, http.StatusOK)
		}},
		{"another one gets its reference", "A-1", "EXTERNAL_REFERENCE", func(ca *caller) {
			ca.do("PATCH", "/api/asset/v2/assets", `{"assets":[{"id":"`+ca.first(assets)+`","externalReference":"A-1"}]}`).want(ca.t, http.StatusOK)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ca := newCaller(t, iristest.Options{Serials: []string{"OLD-1"}})
			ca.synchronize(`{"identifier":"`+tt.identifier+`","identifierType":"`+tt.kind+`","contractItems":[{"externalReference":"C/1","contract":{"externalReference":"C"}}]}`).want(t, http.StatusAccepted)
			items := "/api/rental/v1/contract-items?contractId=" + ca.first("/api/rental/v1/contracts")
			asset := func() string {
				return decoded[page[struct{ AssetID string }]](t, ca.get(items).body).Content[0].AssetID
			}
			wantEqual(t, asset(), "")
			tt.appear(ca)
			if asset() == "" {
				t.Error("the item has no asset still")
			}
		})
	}
}

func TestReferencesAreGivenOnce(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"1", "2"}, Strict: true})
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","externalReference":"A-1"}`).want(t, http.StatusOK)
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","externalReference":"A-1"}`).want(t, http.StatusOK)
	for _, kind := range []string{"2", "none"} {
		ca.synchronize(`{"identifier":"`+kind+`","identifierType":"SERIAL_NUMBER","externalReference":"A-1"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	}
	second := decoded[page[struct{ ID string }]](t, ca.get(assets).body).Content[1].ID
	ca.do("PATCH", assets+"/"+second, `{"externalReference":"A-1"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("PATCH", assets+"/"+second, `{"serialNumber":"1"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("POST", assets+"/onboard", `{"serialNumber":"1"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")

	for _, reference := range []string{"K-1", "K-2"} {
		ca.do("POST", customers, `{"name":"n","externalReference":"`+reference+`"}`).want(t, http.StatusCreated)
	}
	ca.do("PATCH", customers+"/"+ca.first(customers), `{"externalReference":"K-2"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
}

func TestAnAssetThatIsOffboardedIsGone(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"1"}, NotOwned: []string{"2"}, Hidden: []string{"3"}})
	count := func(list string) int {
		return decoded[page[struct{ ID string }]](t, ca.get(list).body).TotalElements
	}
	wantEqual(t, []int{count(assets), count("/api/asset/v2/assets"), count("/api/asset/v2/assets?includeHidden=true")}, []int{2, 2, 3})

	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"C/1"}]}`).want(t, http.StatusOK)
	id := ca.first(assets)
	ca.do("POST", assets+"/"+id+"/offboard", "").want(t, http.StatusNoContent)
	ca.get(assets+"/"+id).wantCode(t, http.StatusNotFound, "asset_not_found")
	ca.do("POST", assets+"/"+id+"/offboard", "").wantCode(t, http.StatusNotFound, "asset_not_found")
	ca.do("POST", assets+"/"+ca.first(assets)+"/offboard", "").wantCode(t, http.StatusForbidden, "forbidden")
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER"}`).want(t, http.StatusAccepted)
}

func TestSitesAndCustomersAreChangedAndRemoved(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	site := sites + "/" + ca.first(sites)
	got := decoded[struct{ Name, City, Country, Status string }](t, ca.do("PATCH", site, `{"name":"Depot Nord","status":"ARCHIVED","address":{"city":null}}`).want(t, http.StatusOK).body)
	wantEqual(t, got, struct{ Name, City, Country, Status string }{"Depot Nord", "", "DE", "ARCHIVED"})
	ca.do("DELETE", site, "").want(t, http.StatusNoContent)
	ca.do("DELETE", site, "").wantCode(t, http.StatusNotFound, "site_not_found")
	ca.do("PATCH", site, `{}`).wantCode(t, http.StatusNotFound, "site_not_found")

	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"C/1","contract":{"externalReference":"C","customer":{"externalReference":"K-1","name":"n"}}}]}`).want(t, http.StatusAccepted)
	customer := customers + "/" + ca.first(customers)
	changed := decoded[struct{ Name, City string }](t, ca.do("PATCH", customer, `{"city":"Oslo"}`).want(t, http.StatusOK).body)
	wantEqual(t, changed, struct{ Name, City string }{"n", "Oslo"})
	ca.do("DELETE", customer, "").want(t, http.StatusNoContent)
	ca.get(customer).wantCode(t, http.StatusNotFound, "customer_not_found")
	ca.do("DELETE", customer, "").wantCode(t, http.StatusNotFound, "customer_not_found")
	wantEqual(t, decoded[page[struct{ Customer *struct{} }]](t, ca.get("/api/rental/v1/contracts").body).Content[0].Customer, nil)
}
