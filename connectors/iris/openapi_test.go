package iris_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline/rental"
)

func TestWirePlacesAreInTheSchema(t *testing.T) {
	t.Parallel()
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromData(iris.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	root := document.Components.Schemas["Synchronization"].Value
	for _, place := range iris.DefaultWire().Places() {
		if !inSchema(root, strings.Split(place, ".")) {
			t.Errorf("wire.yaml writes %s, which openapi.yaml does not know", place)
		}
	}
}

// The other way round is a test of the simulator.
func TestEverythingTheClientSaysIsDescribed(t *testing.T) {
	t.Parallel()
	si := simulator(t, toured)
	tour(t, client(t, described(t, si)))
}

func TestAnAPIUserSaysWhatIsDescribed(t *testing.T) {
	t.Parallel()
	cfg := described(t, simulator(t, iristest.Options{}))
	cfg.Token = iris.TokenConfig{URL: "http://iris.test/token", ClientID: "demo", ClientSecret: "demo", Username: "demo", Password: "demo"}
	if err := failed(client(t, cfg).Sites(t.Context())); err != nil {
		t.Error(err)
	}
}

func inSchema(s *openapi3.Schema, names []string) bool {
	if len(names) == 0 {
		return true
	}
	name, list := strings.CutSuffix(names[0], "[]")
	next := s.Properties[name]
	if next == nil {
		return false
	}
	if list {
		next = next.Value.Items
	}
	return inSchema(next.Value, names[1:])
}

func TestEncodedDocumentsAreValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t)
		body, _, err := iris.DefaultWire().Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := iristest.ValidateSynchronization(body); err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
	})
}

// drawDocument makes any document that the register could give.
func drawDocument(t *rapid.T) *rental.Document {
	d := &rental.Document{Asset: drawPart(t, rental.Asset)}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		item := rental.ItemPart{Part: drawPart(t, rental.Item), Contract: drawPart(t, rental.Contract)}
		if rapid.Bool().Draw(t, "customer") {
			customer := drawPart(t, rental.Customer)
			item.Customer = &customer
		}
		d.Items = append(d.Items, item)
	}
	return d
}

func drawPart(t *rapid.T, kind rental.Kind) rental.Part {
	p := rental.Part{Reference: rapid.StringMatching(`[A-Z0-9/~-]{1,40}`).Draw(t, "reference")}
	for _, s := range rental.Specs(kind) {
		must := s.Field == rental.Identifier || s.Field == rental.IdentifierType
		if !s.Sent || s.Refers != 0 && s.Refers != rental.Depot || !must && rapid.Bool().Draw(t, "silent") {
			continue
		}
		value := drawValue(t, s)
		if !must && rapid.Bool().Draw(t, "empty") {
			value = rental.Nothing()
		}
		p.Fields = append(p.Fields, rental.FieldValue{Field: s.Field, Value: value})
	}
	slices.SortFunc(p.Fields, func(a, b rental.FieldValue) int { return strings.Compare(string(a.Field), string(b.Field)) })
	return p
}

func drawValue(t *rapid.T, s rental.Spec) rental.Value {
	switch {
	case s.Type == rental.Number:
		return rental.OfNumber(rapid.StringMatching(`(0|[1-9][0-9]{0,6})(\.[0-9]{0,3}[1-9])?`).Draw(t, "number"))
	case s.Type == rental.Instant:
		return rental.OfTime(unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "instant")))
	case s.Field == rental.RateCurrency:
		return rental.Of(rapid.StringMatching(`[A-Z]{3}`).Draw(t, "currency"))
	case s.Values != nil:
		return rental.Of(rapid.SampledFrom(s.Values).Draw(t, "code"))
	default:
		return rental.Of(rapid.StringMatching(`.{1,40}`).Draw(t, "text"))
	}
}
