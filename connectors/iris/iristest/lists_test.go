package iristest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

func TestListsComeInPagesWithTheCommonEnvelope(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 45})

	got := decoded[page[struct{ SerialNumber string }]](t, ca.get("/api/asset/v1/assets").want(t, http.StatusOK).body)
	wantEqual(t, []int{got.TotalPages, got.TotalElements, got.Number, got.Size, got.NumberOfElements, len(got.Content)}, []int{3, 45, 0, 20, 20, 20})
	got = decoded[page[struct{ SerialNumber string }]](t, ca.get("/api/asset/v2/assets?page=1&size=30&includeHidden=true").body)
	wantEqual(t, []int{got.TotalPages, got.TotalElements, got.Number, got.Size, got.NumberOfElements, len(got.Content)}, []int{2, 45, 1, 30, 15, 15})
	wantEqual(t, got.Content[0].SerialNumber, ca.Serials()[30])
	got = decoded[page[struct{ SerialNumber string }]](t, ca.get("/api/asset/v1/assets?page=9&size=1000").body)
	wantEqual(t, []int{got.TotalPages, got.NumberOfElements, len(got.Content)}, []int{1, 0, 0})

	for _, query := range []string{"page=-1", "size=0", "size=1001", "page=x", "sort=colour"} {
		ca.get("/api/asset/v1/assets?"+query).wantCode(t, http.StatusBadRequest, "constraint_violation")
	}
}

func TestListsAreSortedAsAsked(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	for _, body := range []string{`{"name":"b","externalReference":"1"}`, `{"name":"a","externalReference":"2"}`, `{"name":"b","externalReference":"3"}`} {
		ca.do("POST", "/api/customer/v1/customers", body).want(t, http.StatusCreated)
	}
	for query, want := range map[string]string{
		"":                                      "[1 2 3]",
		"?sort=name":                            "[2 1 3]",
		"?sort=%2Bname":                         "[2 1 3]",
		"?sort=-name":                           "[1 3 2]",
		"?sort=name,-externalReference":         "[2 3 1]",
		"?sort=name&sort=-externalReference":    "[2 3 1]",
		"?sort=-externalReference&size=2":       "[3 2]",
		"?sort=externalReference&size=2&page=1": "[3]",
	} {
		var got []string
		for _, cu := range decoded[page[struct{ ExternalReference string }]](t, ca.get("/api/customer/v1/customers"+query).body).Content {
			got = append(got, cu.ExternalReference)
		}
		wantEqual(t, fmt.Sprint(got), want)
	}
}

func TestContractItemsAreAskedForByContractAndTime(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"1"}})
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[
		{"externalReference":"past","onRentDate":"2026-01-01","offRentDate":"2026-02-01","contract":{"externalReference":"C"}},
		{"externalReference":"now","onRentDate":"2026-11-01","contract":{"externalReference":"C"}},
		{"externalReference":"coming","onRentDate":"2026-12-01","contract":{"externalReference":"C"}},
		{"externalReference":"elsewhere","contract":{"externalReference":"D"}}]}`).want(t, http.StatusOK)
	contracts := decoded[page[struct{ ID, ExternalReference string }]](t, ca.get("/api/rental/v1/contracts?sort=externalReference").body).Content
	wantEqual(t, contracts[0].ExternalReference, "C")
	ca.get("/api/rental/v1/contracts/"+contracts[0].ID).want(t, http.StatusOK)
	ca.get("/api/rental/v1/contracts/"+contracts[0].ID[1:]).wantCode(t, http.StatusNotFound, "contract_not_found")

	for query, want := range map[string]string{
		"":                                "[past now coming]",
		"&active=true":                    "[now]",
		"&active=false":                   "[past coming]",
		"&start=2026-06-01T00:00:00.000Z": "[now coming]",
		"&end=2026-06-01T00:00:00.000Z":   "[past]",
		"&start=2026-06-01T00:00:00Z&end=2026-11-15T00:00:00Z&active=false": "[now]",
	} {
		var got []string
		for _, it := range decoded[page[struct{ ExternalReference string }]](t, ca.get("/api/rental/v1/contract-items?contractId="+contracts[0].ID+query).body).Content {
			got = append(got, it.ExternalReference)
		}
		wantEqual(t, fmt.Sprint(got), want)
	}
	for _, query := range []string{"", "contractId=C", "contractId=" + contracts[0].ID + "&active=perhaps", "contractId=" + contracts[0].ID + "&start=today"} {
		ca.get("/api/rental/v1/contract-items?"+query).wantCode(t, http.StatusBadRequest, "constraint_violation")
	}
}

func TestCustomersAreMadeByHandOrBySynchronization(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	type customer struct {
		ID, Name, Type, ExternalReference string
		CreatedAt                         time.Time
	}
	made := decoded[customer](t, ca.do("POST", "/api/customer/v1/customers", `{"name":"Nordby","externalReference":"K-3391"}`).want(t, http.StatusCreated).body)
	ca.synchronize(whole).want(t, http.StatusAccepted)

	path := "/api/customer/v1/customers/" + made.ID
	got := decoded[customer](t, ca.get(path).want(t, http.StatusOK).body)
	wantEqual(t, got, customer{ID: made.ID, Name: "Nordby Anlegg AS", Type: "CONTRACTOR", ExternalReference: "K-3391", CreatedAt: noon})
	got = decoded[customer](t, ca.do("PATCH", path, `[{"op":"remove","path":"/type"},{"op":"replace","path":"/name","value":"N"}]`,
		"Content-Type", "application/json-patch+json").want(t, http.StatusOK).body)
	wantEqual(t, got, customer{ID: made.ID, Name: "N", ExternalReference: "K-3391", CreatedAt: noon})

	ca.do("POST", "/api/customer/v1/customers", `{"name":"x","externalReference":"K-3391"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("POST", "/api/customer/v1/customers", `{}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.get("/api/customer/v1/customers/x").wantCode(t, http.StatusNotFound, "customer_not_found")
}

func TestAnAssetIsPatchedInEitherForm(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"WJX00213"}})
	type asset struct{ ID, AssetType, SerialNumber, ExternalReference string }
	as := decoded[page[asset]](t, ca.get("/api/asset/v1/assets").body).Content[0]
	path := "/api/asset/v1/assets/" + as.ID

	ca.do("PATCH", path, `{"externalReference":"A-1"}`).want(t, http.StatusOK)
	wantEqual(t, decoded[asset](t, ca.get(path).body).ExternalReference, "A-1")
	ca.synchronize(`{"identifier":"A-1","identifierType":"EXTERNAL_REFERENCE"}`).want(t, http.StatusOK)

	ca.do("PATCH", path, `[{"op":"add","path":"/externalReference","value":"A-2"}]`, "Content-Type", "application/json-patch+json").want(t, http.StatusOK)
	wantEqual(t, decoded[asset](t, ca.get("/api/asset/v2/assets/"+as.ID).body).ExternalReference, "A-2")
	ca.synchronize(`{"identifier":"A-1","identifierType":"EXTERNAL_REFERENCE"}`).want(t, http.StatusAccepted)

	ca.do("PATCH", path, `[{"op":"move","path":"/externalReference"}]`, "Content-Type", "application/json-patch+json").want(t, http.StatusBadRequest)
	ca.do("PATCH", path, `<a/>`, "Content-Type", "application/xml").wantCode(t, http.StatusUnsupportedMediaType, "unsupported_media_type")
	ca.do("PATCH", path, `{"assetType":"TOOL"}`).wantCode(t, http.StatusBadRequest, "asset_type_cannot_be_changed")
	ca.do("PATCH", path, `{"assetType":"SPACESHIP"}`).wantCode(t, http.StatusBadRequest, "not_supported_value")
	ca.do("PATCH", path, `{"productionYear":2028}`).wantCode(t, http.StatusBadRequest, "not_supported_value")
	ca.do("PATCH", path, `{"productionYear":1899}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("PATCH", path+"x", `{"name":"n"}`).wantCode(t, http.StatusNotFound, "asset_not_found")
	ca.get(path+"x").wantCode(t, http.StatusNotFound, "asset_not_found")
}

func TestOnlySomeFieldsOfASharedAssetCanBePatched(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{NotOwned: []string{"WJX00213"}})
	id := decoded[page[struct{ ID string }]](t, ca.get("/api/asset/v1/assets").body).Content[0].ID
	path := "/api/asset/v1/assets/" + id

	ca.do("PATCH", path, `{"brand":"mine"}`).wantCode(t, http.StatusForbidden, "only_owner_of_the_asset_can_edit_given_fields")
	ca.do("PATCH", path, `{"externalReference":"A-1"}`).want(t, http.StatusOK)
}

func TestDepotsAreSites(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	type site struct{ ID, Name, Type, Status, City, Country string }
	sites := decoded[page[site]](t, ca.get("/api/site/v1/sites?size=1000").body).Content
	depots, forbidden := 0, 0
	for _, st := range sites {
		if st.Type == "DEPOT" {
			depots++
			wantEqual(t, ca.Depots()[st.Name], st.ID)
		}
		if ca.get("/api/site/v1/sites/"+st.ID).status == http.StatusForbidden {
			forbidden++
		}
	}
	if depots < 5 || forbidden != 1 {
		t.Errorf("got %d depots and %d sites that may not be seen, want many and one", depots, forbidden)
	}

	created := decoded[site](t, ca.do("POST", "/api/site/v1/sites", `{"name":"Depot Bergen","type":"DEPOT","address":{"city":"Bergen","country":"NO"},
		"polygon":[[5.3,60.3],[5.4,60.3],[5.4,60.4],[5.3,60.3]]}`).want(t, http.StatusCreated).body)
	wantEqual(t, decoded[site](t, ca.get("/api/site/v1/sites/"+created.ID).body),
		site{ID: created.ID, Name: "Depot Bergen", Type: "DEPOT", Status: "ACTIVE", City: "Bergen", Country: "NO"})
	ca.do("POST", "/api/site/v1/sites", `{"name":"x","type":"DEPOT"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("POST", "/api/site/v1/sites", `{"name":"x","type":"CLASSIC_POI","polygon":[[1,1],[1,2],[2,2],[1,1]]}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.get("/api/site/v1/sites/x").wantCode(t, http.StatusNotFound, "site_not_found")
}
