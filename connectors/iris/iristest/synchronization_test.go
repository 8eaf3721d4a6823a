package iristest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

func TestASynchronizationIsMatchedBySerialReferenceOrID(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"WJX00213"}})

	ca.synchronize(whole).want(t, http.StatusOK)
	ca.synchronize(`{"identifier":"A-100482","identifierType":"EXTERNAL_REFERENCE"}`).want(t, http.StatusOK)
	assets := decoded[page[struct{ ID string }]](t, ca.get("/api/asset/v1/assets").body)
	ca.synchronize(`{"identifier":"`+assets.Content[0].ID+`","identifierType":"ASSET_ID"}`).want(t, http.StatusOK)

	ca.synchronize(`{"identifier":"wjx00213","identifierType":"SERIAL_NUMBER"}`).want(t, http.StatusAccepted)
	wantEqual(t, ca.State().Counts, iristest.Counts{Matched: 3, Unmatched: 1, Requests: 5})
}

func TestAnUnknownAssetIsKeptOr404WhenTheHeaderAsks(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	body := `{"identifier":"X 1/2","identifierType":"SERIAL_NUMBER"}`

	ca.synchronize(body, "X-Validate-Asset-Exists", "true").wantCode(t, http.StatusNotFound, "asset_not_found")
	wantEqual(t, len(ca.History("X 1/2")), 0)
	ca.synchronize(body, "X-Validate-Asset-Exists", "false").want(t, http.StatusAccepted)
	wantEqual(t, len(ca.History("X 1/2")), 1)
	wantEqual(t, ca.State().Counts, iristest.Counts{Unmatched: 1, Rejected: 1, Requests: 2})
}

func TestWhatWasKeptIsMatchedWhenTheAssetAppears(t *testing.T) {
	t.Parallel()
	for name, appear := range map[string]func(*caller){
		"as a machine": func(ca *caller) { ca.AddSerials("WJX00213") },
		"as an asset that somebody creates": func(ca *caller) {
			ca.do("POST", "/api/asset/v1/assets", `{"assets":[{"name":"n","assetType":"EQUIPMENT","serialNumber":"WJX00213"}]}`).want(t, http.StatusCreated)
		},
		"as an asset that gets the serial number": func(ca *caller) {
			created := ca.do("POST", "/api/asset/v1/assets", `{"assets":[{"name":"n","assetType":"TOOL"}]}`).want(t, http.StatusCreated)
			id := decoded[struct{ Assets []struct{ ID string } }](t, created.body).Assets[0].ID
			ca.do("PATCH", "/api/asset/v1/assets/"+id, `{"serialNumber":"WJX00213"}`).want(t, http.StatusOK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ca := newCaller(t, iristest.Options{})
			ca.synchronize(whole).want(t, http.StatusAccepted)
			appear(ca)

			assets := decoded[page[struct{ ID, ExternalReference string }]](t, ca.get("/api/asset/v1/assets").body).Content
			wantEqual(t, assets[0].ExternalReference, "A-100482")
			contract := decoded[page[struct{ ID string }]](t, ca.get("/api/rental/v1/contracts").body).Content[0].ID
			items := decoded[page[struct{ AssetID string }]](t, ca.get("/api/rental/v1/contract-items?contractId="+contract).body)
			wantEqual(t, items.Content[0].AssetID, assets[0].ID)
		})
	}
}

func TestAnAssetOfSomebodyElseIsForbidden(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"MINE"}, NotOwned: []string{"WJX00213"}})

	ca.synchronize(whole).wantCode(t, http.StatusForbidden, "forbidden")
	ca.synchronize(whole, "X-Validate-Asset-Exists", "true").wantCode(t, http.StatusForbidden, "forbidden")
	wantEqual(t, ca.State().Counts.Rejected, 2)
	wantEqual(t, len(ca.State().Documents), 0)
}

func TestAWrongBodyIsNamedFieldByField(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	for _, tc := range []struct {
		name, body string
		fields     []string
	}{
		{"nothing", `{}`, []string{"identifier", "identifierType"}},
		{"an empty identifier", `{"identifier":"","identifierType":"SERIAL_NUMBER"}`, []string{"identifier"}},
		{"an identifier type that nobody knows", `{"identifier":"1","identifierType":"PIN"}`, []string{"identifierType"}},
		{"a number for text", `{"identifier":1,"identifierType":"SERIAL_NUMBER"}`, []string{"identifier"}},
		{
			"an item without a reference", `{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{}]}`,
			[]string{"contractItems[0].externalReference"},
		},
		{
			"deep inside, twice",
			`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"a","onRentDate":"03/03/2025","contract":{"externalReference":"b","customer":{}}}]}`,
			[]string{"contractItems[0].contract.customer.externalReference", "contractItems[0].onRentDate"},
		},
		{
			"a day that does not exist", `{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"a","offRentDate":"2025-06-31"}]}`,
			[]string{"contractItems[0].offRentDate"},
		},
		{
			"a time without a zone", `{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"a","offRentDate":"2025-06-30T12:00:00"}]}`,
			[]string{"contractItems[0].offRentDate"},
		},
		{
			"a reference of 101 characters", `{"identifier":"1","identifierType":"SERIAL_NUMBER","externalReference":"` + strings.Repeat("x", 101) + `"}`,
			[]string{"externalReference"},
		},
		{"a list", `[]`, []string{""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := ca.synchronize(tc.body).wantCode(t, http.StatusBadRequest, "constraint_violation")
			wantEqual(t, got.fields(), tc.fields)
			if !strings.HasPrefix(got.Violations[0].Message, "value '") {
				t.Errorf("got message %q, want one that begins with the value", got.Violations[0].Message)
			}
		})
	}
}

func TestABodyThatIsNoJSONIsABadRequest(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	for _, body := range []string{``, `{`, `{"identifier":"1"} {}`, strings.Repeat(" ", 1<<20+1)} {
		ca.synchronize(body).wantCode(t, http.StatusBadRequest, "bad_request")
	}
	wantEqual(t, ca.State().Counts.Rejected, 4)
}

func TestNullsAreAllowedWhereAFieldIsOptional(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Strict: true})
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","externalReference":null,"rentalStatus":null,"owningDepot":null,"contractItems":null}`).
		want(t, http.StatusAccepted)
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","owningDepot":{"id":null},"contractItems":[{"externalReference":"i","onRentDate":null,"offRentDate":null,
		"rentalRate":null,"orderNumber":null,"contractedHours":null,"deliveryAddress":null,"deliveryDate":null,"pickupAddress":null,"pickupDate":null,"contract":null}]}`).
		want(t, http.StatusAccepted)
	ca.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"i","rentalRate":{"type":null,"currency":null,"unitPrice":null},
		"contract":{"externalReference":"c","contractStatus":null,"startDate":null,"endDate":null,"hiringDepot":null,"customer":null}}]}`).
		want(t, http.StatusAccepted)
}

func TestUnknownFieldsDepotsAndValues(t *testing.T) {
	t.Parallel()
	body := `{"identifier":"1","identifierType":"SERIAL_NUMBER","rentalStatus":"ON_THE_MOON","owningDepot":{"id":"nowhere"},"colour":"red",
		"contractItems":[{"externalReference":"i","pickUpDate":null}]}`

	tolerant := newCaller(t, iristest.Options{})
	tolerant.synchronize(body).want(t, http.StatusAccepted)

	strict := newCaller(t, iristest.Options{Strict: true})
	got := strict.synchronize(body).wantCode(t, http.StatusBadRequest, "constraint_violation")
	wantEqual(t, got.fields(), []string{"colour", "contractItems[0].pickUpDate"})

	got = strict.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","owningDepot":{"id":"nowhere"}}`).
		wantCode(t, http.StatusBadRequest, "constraint_violation")
	wantEqual(t, got.fields(), []string{"owningDepot.id"})
	strict.synchronize(`{"identifier":"1","identifierType":"SERIAL_NUMBER","rentalStatus":"ON_THE_MOON","owningDepot":{"id":"`+strict.Depots()["Depot Oslo"]+`"}}`).
		want(t, http.StatusAccepted)
}

func TestWithoutATokenNothingIsSynchronized(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	for _, authorization := range []string{"", "Bearer nonsense", "Basic " + ca.token} {
		ca.synchronize(whole, "Authorization", authorization).wantCode(t, http.StatusUnauthorized, "unauthorized")
	}
	wantEqual(t, ca.State().Counts, iristest.Counts{Requests: 3})
}

func TestDocumentsAreKeptAsTheyWereSent(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"S/N 1 ä"}})
	first := `{ "identifierType" : "SERIAL_NUMBER", "identifier":"S/N 1 ä", "rentalStatus":"<ON & OFF>" }`
	second := `{"identifier":"S/N 1 ä","identifierType":"SERIAL_NUMBER","x":1.50}`
	ca.synchronize(first).want(t, http.StatusOK)
	ca.synchronize(second).want(t, http.StatusOK)
	ca.synchronize(`{"identifier":"S/N 1 ä"}`).want(t, http.StatusBadRequest)

	wantEqual(t, string(ca.State().Documents["S/N 1 ä"]), second)
	wantEqual(t, ca.get("/simulator/state").body,
		`{"documents":{"S/N 1 ä":`+second+`},"counts":{"matched":2,"unmatched":0,"rejected":1,"throttled":0,"requests":3}}`+"\n")
	for _, path := range []string{url.PathEscape("S/N 1 ä"), "S/N%201%20%C3%A4"} {
		wantEqual(t, ca.get("/simulator/history/"+path).want(t, http.StatusOK).body, "["+first+","+second+"]\n")
	}
	wantEqual(t, ca.get("/simulator/history/unknown").want(t, http.StatusOK).body, "[]\n")
}

func TestIdentifiersThatLookLikePathsHaveAHistory(t *testing.T) {
	t.Parallel()
	se := listening(t, iristest.Options{})
	for _, identifier := range []string{"a//b", "/", "a/../b", "100%", "a?b#c", "%2F", " x ", "ä+ö"} {
		body := `{"identifier":"` + identifier + `","identifierType":"SERIAL_NUMBER"}`
		if _, err := send(t, se, "POST", synchronization, body); err != nil {
			t.Fatal(err)
		}
		got, err := send(t, se, "GET", "/simulator/history/"+url.PathEscape(identifier), "")
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, got.body, "["+body+"]\n")
	}
}
