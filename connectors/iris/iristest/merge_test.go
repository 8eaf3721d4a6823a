package iristest_test

import (
	"net/http"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

func TestWhatIsHeldIsEverythingThatWasSent(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"WJX00213"}})
	ca.synchronize(whole).want(t, http.StatusOK)

	wantEqual(t, string(ca.Held("WJX00213")), compact(t, []byte(`{
		"identifier":"WJX00213","identifierType":"SERIAL_NUMBER","externalReference":"A-100482","rentalStatus":"ON_RENT",
		"owningDepot":{"id":"6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"},
		"contractItems":[{"externalReference":"C-77120/3","onRentDate":"2025-03-03T07:00:00.000Z","offRentDate":"2025-03-28T16:00:00.000Z",
			"rentalRate":{"type":"DAILY","currency":"EUR","unitPrice":142.5},"orderNumber":"PO-5512","contractedHours":160,
			"deliveryAddress":"Kirkeveien 4, 0368 Oslo, NO","deliveryDate":"2025-03-03T06:00:00.000Z",
			"pickupAddress":"Kirkeveien 4, 0368 Oslo, NO","pickupDate":"2025-03-29T08:00:00.000Z",
			"contract":{"externalReference":"C-77120","contractStatus":"OPEN","startDate":"2025-03-01T00:00:00.000Z","endDate":"2025-04-29T22:00:00.000Z",
				"hiringDepot":{"id":"6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"},
				"customer":{"externalReference":"K-3391","name":"Nordby Anlegg AS","type":"CONTRACTOR"}}}]}`)))
	wantEqual(t, ca.get("/simulator/held/WJX00213").body, string(ca.Held("WJX00213")))
	wantEqual(t, string(ca.Held("nobody")), "")
}

func TestWhatIsNotNamedStays(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"1"}})
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","rentalStatus":"ON_RENT","contractItems":[
		{"externalReference":"a","orderNumber":"PO 1","rentalRate":{"type":"DAILY","unitPrice":10}},{"externalReference":"b"}]}`).want(t, http.StatusOK)
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[
		{"externalReference":"a","offRentDate":"2026-01-01","rentalRate":{"unitPrice":0}},{"externalReference":"c"}]}`).want(t, http.StatusOK)

	wantEqual(t, string(ca.Held("1")), compact(t, []byte(`{"identifier":"1","identifierType":"SERIAL_NUMBER","rentalStatus":"ON_RENT","contractItems":[
		{"externalReference":"a","offRentDate":"2026-01-01T00:00:00.000Z","rentalRate":{"type":"DAILY","unitPrice":0},"orderNumber":"PO 1"},
		{"externalReference":"b"},{"externalReference":"c"}]}`)))
}

func TestNullsChangeNothingOrClear(t *testing.T) {
	t.Parallel()
	nulls := `{"identifier":"WJX00213","identifierType":"SERIAL_NUMBER","externalReference":null,"rentalStatus":null,"owningDepot":null,"contractItems":[
		{"externalReference":"C-77120/3","onRentDate":null,"offRentDate":null,"rentalRate":null,"orderNumber":null,"contractedHours":null,
		"deliveryAddress":null,"deliveryDate":null,"pickupAddress":null,"pickupDate":null,
		"contract":{"externalReference":"C-77120","contractStatus":null,"startDate":null,"endDate":null,"hiringDepot":{"id":null},"customer":null}}]}`

	ignoring := newCaller(t, iristest.Options{Serials: []string{"WJX00213"}})
	ignoring.synchronize(whole).want(t, http.StatusOK)
	before := string(ignoring.Held("WJX00213"))
	ignoring.synchronize(nulls).want(t, http.StatusOK)
	wantEqual(t, string(ignoring.Held("WJX00213")), before)

	clearing := newCaller(t, iristest.Options{Serials: []string{"WJX00213"}, Nulls: iristest.NullsClear})
	clearing.synchronize(whole).want(t, http.StatusOK)
	clearing.synchronize(nulls).want(t, http.StatusOK)
	wantEqual(t, string(clearing.Held("WJX00213")),
		`{"identifier":"WJX00213","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"C-77120/3","contract":{"externalReference":"C-77120"}}]}`)
}

func TestAnItemMovesToTheAssetThatNamesItLast(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"1", "2"}})
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"i","orderNumber":"PO"}]}`).want(t, http.StatusOK)
	ca.synchronize(`{"identifier":"2","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"i"}]}`).want(t, http.StatusOK)

	wantEqual(t, string(ca.Held("1")), `{"identifier":"1","identifierType":"SERIAL_NUMBER"}`)
	wantEqual(t, string(ca.Held("2")), `{"identifier":"2","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"i","orderNumber":"PO"}]}`)
}

func TestAContractIsHeldOnceForAllItsItems(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"1", "2"}})
	for _, serial := range []string{"1", "2"} {
		ca.synchronize(`{"identifier":"`+serial+`","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"C/`+serial+`","contract":
			{"externalReference":"C","customer":{"externalReference":"K","name":"as `+serial+` says"}}}]}`).want(t, http.StatusOK)
	}

	contracts := decoded[page[struct {
		ID       string
		Customer struct{ ID, Name string }
	}]](t, ca.get("/api/rental/v1/contracts").body)
	wantEqual(t, contracts.TotalElements, 1)
	wantEqual(t, contracts.Content[0].Customer.Name, "as 2 says")
	items := decoded[page[struct{ ExternalReference string }]](t, ca.get("/api/rental/v1/contract-items?contractId="+contracts.Content[0].ID).body)
	wantEqual(t, items.TotalElements, 2)
	customers := decoded[page[struct{ ID string }]](t, ca.get("/api/customer/v1/customers").body)
	wantEqual(t, customers.Content[0].ID, contracts.Content[0].Customer.ID)
}
