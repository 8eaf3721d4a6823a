package iris_test

import (
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	irisdescribed "rentalsync/connectors/iris/iristest/described"
	"rentalsync/pipeline"
)

func directory(t *testing.T, cfg iris.Config) *iris.Directory {
	t.Helper()
	return iris.NewDirectory(client(t, cfg))
}

// described is demo's configuration, and holds what goes over the line to openapi.yaml.
func described(t *testing.T, si *iristest.Simulator) iris.Config {
	t.Helper()
	cfg := demo(si)
	cfg.Transport = memory{&irisdescribed.Handler{Server: si, Tell: t.Errorf}}
	return cfg
}

// all reads a list to its end.
func all[T any](t *testing.T, list iter.Seq2[T, error]) []T {
	t.Helper()
	var things []T
	for one, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		things = append(things, one)
	}
	return things
}

func failed[T any](list iter.Seq2[T, error]) (err error) {
	for _, err = range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestTheAssetsOfAnAccountAreListedToTheLast(t *testing.T) {
	t.Parallel()
	si := simulator(t, iristest.Options{Fleet: 1203, NotOwned: []string{notOurs}})
	got := all(t, directory(t, described(t, si)).Assets(t.Context()))
	if len(got) != 1204 {
		t.Fatalf("got %d assets, want 1204", len(got))
	}
	if a := got[1203]; a.SerialNumber != notOurs || a.Editable {
		t.Errorf("got %+v, want %s, which is not ours to edit", a, notOurs)
	}
	if a := got[0]; a.ID == "" || !a.Editable || len(a.Devices) != 1 || a.AssetType != "MACHINE" || a.Brand == "" || a.ProductionYear == 0 {
		t.Errorf("got %+v, want a machine of ours with its device", a)
	}
}

func TestAReferenceThatIsSetIsReadBack(t *testing.T) {
	t.Parallel()
	si := simulator(t, options())
	d := directory(t, described(t, si))
	id := all(t, d.Assets(t.Context()))[0].ID
	if err := d.SetReference(t.Context(), id, "A-100482"); err != nil {
		t.Fatal(err)
	}
	if got := all(t, d.Assets(t.Context()))[0].ExternalReference; got != "A-100482" {
		t.Errorf("got reference %q", got)
	}
	if err := d.SetReference(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if got := all(t, d.Assets(t.Context()))[0].ExternalReference; got != "" {
		t.Errorf("got reference %q, which was taken away", got)
	}
}

func TestADepotIsCreatedAndReadBack(t *testing.T) {
	t.Parallel()
	d := directory(t, described(t, simulator(t, options())))
	want := pipeline.AccountSite{
		Name: "Depot Nordby", StreetAddress: "Kirkeveien 4", ZipCode: "0368", City: "Oslo", Country: "NO",
		Area: [][]pipeline.Lonlat{{{10.70, 59.90}, {10.71, 59.90}, {10.71, 59.91}, {10.70, 59.90}}},
	}
	got, err := d.CreateDepot(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	want.ID, want.Type, want.Status = got.ID, "DEPOT", "ACTIVE"
	if diff := cmp.Diff(want, got); diff != "" || got.ID == "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	sites := all(t, d.Sites(t.Context()))
	if diff := cmp.Diff(want, sites[len(sites)-1]); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}

	var refusal *pipeline.Refusal
	if _, err := d.CreateDepot(t.Context(), pipeline.AccountSite{Name: "Depot Bare"}); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "no area") {
		t.Errorf("got %v, want a refusal for want of an area", err)
	}
}

func TestCustomersAreCreatedChangedAndListed(t *testing.T) {
	t.Parallel()
	d := directory(t, described(t, simulator(t, options())))
	made, err := d.CreateCustomer(t.Context(), pipeline.AccountCustomer{Name: "Nordby Anlegg AS", Type: "CONTRACTOR", ExternalReference: "K-3391"})
	if err != nil || made.ID == "" {
		t.Fatal(made, err)
	}
	made.Name = "Nordby Anlegg og Utleie AS"
	changed, err := d.UpdateCustomer(t.Context(), pipeline.AccountCustomer{ID: made.ID, Name: made.Name})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]pipeline.AccountCustomer{made, made}, append(all(t, d.Customers(t.Context())), changed)); diff != "" {
		t.Errorf("listed, changed (-want +got):\n%s", diff)
	}
}

func TestCustomValuesAreSetAndReadBack(t *testing.T) {
	t.Parallel()
	si := simulator(t, iristest.Options{Serials: []string{known}, Definitions: []iristest.Definition{
		{Key: "projectCode", Type: "STRING", EntityType: "RENTAL_CONTRACT"},
		{Key: "hourPrice", Type: "MONETARY", EntityType: "ASSET", Currency: "EUR"},
		{Key: "axles", Type: "NUMBER", EntityType: "ASSET", IsInteger: true},
		{Key: "insured", Type: "BOOLEAN", EntityType: "ASSET"},
		{Key: "bought", Type: "DATE", EntityType: "ASSET"},
		{Key: "colour", Type: "DROPDOWN", EntityType: "ASSET", AllValues: []string{"red", "blue"}},
		{Key: "uses", Type: "DROPDOWN", EntityType: "ASSET", AllValues: []string{"road", "water"}, MultiSelect: true},
		{Key: "layout", Type: "JSON", EntityType: "ASSET"},
	}})
	d := directory(t, described(t, si))
	defined := map[string]pipeline.FieldDefinition{}
	for _, df := range all(t, d.Definitions(t.Context())) {
		defined[df.Key] = df
	}
	asset := all(t, d.Assets(t.Context()))[0].ID
	want := map[string]string{
		"hourPrice": "12.50", "axles": "2", "insured": "true", "bought": "2026-11-21", "colour": "red", "uses": "road;water", "layout": `{"a":[1]}`,
	}
	var values []pipeline.CustomValue
	for key, text := range want {
		values = append(values, pipeline.CustomValue{Definition: defined[key], Text: text})
	}
	if err := d.SetValues(t.Context(), asset, values); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, valuesOf(t, d, asset)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}

	if err := d.SetValues(t.Context(), asset, []pipeline.CustomValue{{Definition: defined["colour"]}}); err != nil {
		t.Fatal(err)
	}
	delete(want, "colour")
	if diff := cmp.Diff(want, valuesOf(t, d, asset)); diff != "" {
		t.Errorf("after one was emptied (-want +got):\n%s", diff)
	}

	for text, key := range map[string]string{"two": "axles", "1e999": "axles", "yes": "insured", "{": "layout", "green": "colour", "x": "projectCode"} {
		var refusal *pipeline.Refusal
		if err := d.SetValues(t.Context(), asset, []pipeline.CustomValue{{Definition: defined[key], Text: text}}); !errors.As(err, &refusal) {
			t.Errorf("%s %q: got %v, want a refusal", key, text, err)
		}
	}
}

func valuesOf(t *testing.T, d *iris.Directory, entity string) map[string]string {
	t.Helper()
	values, err := d.Values(t.Context(), entity)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for key, v := range values {
		texts[key] = v.Text
	}
	return texts
}

func TestContractsThatWereSentAreReadBackAndHoldCustomValues(t *testing.T) {
	t.Parallel()
	si := simulator(t, iristest.Options{Serials: []string{known}, Definitions: []iristest.Definition{{Key: "projectCode", Type: "STRING", EntityType: "RENTAL_CONTRACT"}}})
	c := client(t, described(t, si))
	body := `{"identifier":"WJX00213","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"C-77120/3","onRentDate":"2026-03-03",
		"contract":{"externalReference":"C-77120","contractStatus":"OPEN","startDate":"2026-03-01","customer":{"externalReference":"K-3391","name":"Nordby Anlegg AS"}}}]}`
	if _, err := c.Synchronize(t.Context(), []byte(body)); err != nil {
		t.Fatal(err)
	}

	d := iris.NewDirectory(c)
	contracts := all(t, d.Contracts(t.Context()))
	if len(contracts) != 1 || contracts[0].ExternalReference != "C-77120" || contracts[0].Customer != "K-3391" || contracts[0].StartDate.IsZero() {
		t.Fatalf("got %+v", contracts)
	}
	items := all(t, d.ContractItems(t.Context(), contracts[0].ID))
	if len(items) != 1 || items[0].ExternalReference != "C-77120/3" || items[0].AssetID == "" || items[0].OnRentDate.IsZero() || items[0].ContractID != contracts[0].ID {
		t.Errorf("got %+v", items)
	}
	if err := d.SetValues(t.Context(), contracts[0].ID, []pipeline.CustomValue{{Definition: pipeline.FieldDefinition{Key: "projectCode", Type: "STRING"}, Text: "P-7"}}); err != nil {
		t.Error(err)
	}
	if got := valuesOf(t, d, contracts[0].ID); got["projectCode"] != "P-7" {
		t.Errorf("got %v", got)
	}
}

func TestARefusalSaysWhatMayBeBehindIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		on     string
		status int
		list   func(d *iris.Directory) error
		want   string
	}{
		{"assets out of scope", "GET /api/asset/*", 403, func(d *iris.Directory) error { return failed(d.Assets(t.Context())) }, "asset.view"},
		{"sites out of scope", "GET /api/site/*", 403, func(d *iris.Directory) error { return failed(d.Sites(t.Context())) }, "site.view"},
		{"customers without the subscription", "GET /api/customer/*", 403, func(d *iris.Directory) error { return failed(d.Customers(t.Context())) }, "IrisX"},
		{"custom fields out of scope", "GET /api/custom-fields/*", 403, func(d *iris.Directory) error { return failed(d.Definitions(t.Context())) }, "scope for custom fields"},
		{"contracts without the Rental API", "GET /api/rental/*", 403, func(d *iris.Directory) error { return failed(d.Contracts(t.Context())) }, "turned on"},
		{"contracts that are not offered", "GET /api/rental/*", 404, func(d *iris.Directory) error { return failed(d.Contracts(t.Context())) }, "works without"},
		{"an asset that is gone", "PATCH /api/asset/*", 404, func(d *iris.Directory) error { return d.SetReference(t.Context(), "gone", "A-1") }, "removed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			si := simulator(t, options(iristest.Fault{On: tt.on, Status: tt.status}))
			var refusal *pipeline.Refusal
			err := tt.list(directory(t, demo(si)))
			if !errors.As(err, &refusal) || refusal.Status != tt.status || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a refusal with %d that speaks of %q", err, tt.status, tt.want)
			}
		})
	}
}

func TestAnIDThatWouldLeadElsewhereIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		cfg := demo(simulator(t, options()))
		cfg.Transport = memory{http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			t.Errorf("%q: asked for %s %s", id, r.Method, r.URL)
		})}
		d := directory(t, cfg)
		var refused *pipeline.Refusal
		if err := d.SetReference(t.Context(), id, "A-1"); !errors.As(err, &refused) {
			t.Errorf("%q: got %v, want a refusal", id, err)
		}
		if _, err := client(t, cfg).Site(t.Context(), id); err == nil {
			t.Errorf("%q: a site was found", id)
		}
		if _, err := iris.NewFleet(client(t, cfg), iris.FleetOptions{}).Equipment(t.Context(), id); err == nil {
			t.Errorf("%q: a machine was found", id)
		}
	}
}

func TestWhatIsNoRefusalIsTheAccountsOrTheMoments(t *testing.T) {
	t.Parallel()
	inTime(t, "an outage is for later", func(t *testing.T) {
		si := simulator(t, options(iristest.Fault{On: "GET /api/*", Status: http.StatusServiceUnavailable}))
		var later *pipeline.Later
		if err := failed(directory(t, demo(si)).Assets(t.Context())); !errors.As(err, &later) {
			t.Errorf("got %v, want a Later", err)
		}
	})
	inTime(t, "a token that nobody takes stops the account", func(t *testing.T) {
		si := simulator(t, options(iristest.Fault{On: "GET /api/*", Status: http.StatusUnauthorized}))
		var stopped *pipeline.Stopped
		if err := failed(directory(t, demo(si)).Sites(t.Context())); !errors.As(err, &stopped) {
			t.Errorf("got %v, want a Stopped", err)
		}
	})
	inTime(t, "a page that breaks off is read again", func(t *testing.T) {
		si := simulator(t, options(iristest.Fault{On: "GET /api/*", Body: "html", Times: 2}))
		if err := failed(directory(t, demo(si)).Sites(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func TestAListIsReadToItsEndThroughFaults(t *testing.T) {
	t.Parallel()
	inTime(t, "of every kind", func(t *testing.T) {
		const lists = "GET /api/asset/*"
		si := simulator(t, iristest.Options{Fleet: 20, Seed: 3, Faults: []iristest.Fault{
			{On: lists, Percent: 2, Status: http.StatusTooManyRequests, RetryAfter: "1"},
			{On: lists, Percent: 2, Status: http.StatusTooManyRequests, RetryAfter: "date:1s"},
			{On: lists, Percent: 2, Status: http.StatusTooManyRequests},
			{On: lists, Percent: 2, Status: http.StatusBadGateway, Body: "html"},
			{On: lists, Percent: 2, Body: "html"},
			{On: lists, Percent: 2, Body: "truncated"},
			{On: lists, Percent: 2, CutAfter: true},
			{On: lists, Every: 7, ExpireToken: true},
		}})
		d := directory(t, demo(si))
		for range 40 {
			if n := len(all(t, d.Assets(t.Context()))); n != 20 {
				t.Fatalf("got %d assets, want 20", n)
			}
		}
	})
}

// FuzzAnswers holds that nothing in a list breaks a reader, whatever it is.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"id":"1","city":{"name":"Oslo"},"polygon":[[1,2],[1,3],[2,3],[1,2]],"value":{"dropdownValues":["red"]}}`))
	f.Add([]byte(`{"id":"1","polygon":{"geometry":{"coordinates":[[[[1,2],[3]]]]}},"startDate":"2026-02-30","address":"Kirkeveien 4","allValues":[{"value":"x"},7,null]}`))
	f.Add([]byte(`{"address":{"city":7},"customer":[],"hiringDepot":7,"polygon":{"geometry":null,"coordinates":{}},"value":{"x":null}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, into := range []any{new(iris.Asset), new(iris.Site), new(iris.Customer), new(iris.Contract), new(iris.ContractItem), new(iris.Definition), new(iris.Value)} {
			if err := json.Unmarshal(body, into); err == nil && !json.Valid(body) {
				t.Errorf("%T was read from what is no JSON", into)
			}
		}
	})
}
