package iristest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
)

func description(t *testing.T) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(iris.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestEveryPathOfTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 1})
	for path, item := range description(t).Paths.Map() {
		path = strings.NewReplacer("{page}", "1", "{id}", ca.Serials()[0]).Replace(path)
		for method := range item.Operations() {
			got := ca.do(method, path, "{}")
			if strings.Contains(got.body, "is not served here") {
				t.Errorf("%s %s is described and not served", method, path)
			}
		}
	}
	ca.get("/api/rental/v2/contracts").wantCode(t, http.StatusNotFound, "not_found")
	ca.do("PUT", synchronization, whole).wantCode(t, http.StatusNotFound, "not_found")
}

func TestEveryFieldOfASynchronizationSaysWhereItIsKnownFrom(t *testing.T) {
	t.Parallel()
	var look func(at string, schema *openapi3.Schema)
	look = func(at string, schema *openapi3.Schema) {
		if schema.Items != nil {
			look(at+"[]", schema.Items.Value)
		}
		for name, property := range schema.Properties {
			inner := property.Value
			marked := strings.Contains(inner.Description, "[documented]") || strings.Contains(inner.Description, "[assumed]")
			if len(inner.Properties) == 0 && !marked {
				t.Errorf("%s.%s has no mark", at, name)
			}
			if len(inner.Enum) > 0 {
				t.Errorf("%s.%s is a closed enumeration", at, name)
			}
			look(at+"."+name, inner)
		}
	}
	look("", description(t).Components.Schemas["Synchronization"].Value)
}

func TestValidateSynchronizationIsStrictAboutNames(t *testing.T) {
	t.Parallel()
	if err := iristest.ValidateSynchronization([]byte(whole)); err != nil {
		t.Errorf("got %v, want nothing wrong", err)
	}
	for body, want := range map[string]string{
		`{`:                                  "unexpected end",
		`{"identifierType":"SERIAL_NUMBER"}`: "identifier:",
		`{"identifier":"1","identifierType":"x"}`:                                                          "identifierType:",
		`{"identifier":"1","identifierType":"SERIAL_NUMBER","pickUpDate":null}`:                            "pickUpDate",
		strings.Replace(whole, `"orderNumber"`, `"orderNo"`, 1):                                            "orderNo",
		`{"identifier":"1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":null}]}`: "contractItems[0].externalReference:",
	} {
		err := iristest.ValidateSynchronization([]byte(body))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one that names %s", body, err, want)
		}
	}
}
