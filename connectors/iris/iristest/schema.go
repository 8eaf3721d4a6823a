package iristest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"rentalsync/connectors/iris"
)

// maxBody bounds what a request may send.
const maxBody = 1 << 20

// schemas are the request bodies of openapi.yaml by the name of their schema.
type schemas struct {
	byName openapi3.Schemas
}

// Reading openapi.yaml takes longer than a test does, so it is read once for all simulators, and never
// changed after.
var (
	tolerantSchemas = sync.OnceValues(func() (*schemas, error) { return readSchemas(false) })
	strictSchemas   = sync.OnceValues(func() (*schemas, error) { return readSchemas(true) })
)

func loadSchemas(strict bool) (*schemas, error) {
	if strict {
		return strictSchemas()
	}
	return tolerantSchemas()
}

func readSchemas(strict bool) (*schemas, error) {
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromData(iris.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	if err := document.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("check openapi.yaml: %w", err)
	}
	if strict {
		closeObjects(document.Components.Schemas["Synchronization"].Value)
	}
	return &schemas{byName: document.Components.Schemas}, nil
}

// closeObjects lets no object of a schema, however deep, have other fields than the named ones.
func closeObjects(schema *openapi3.Schema) {
	if schema.Items != nil {
		closeObjects(schema.Items.Value)
	}
	if len(schema.Properties) == 0 {
		return
	}
	no := false
	schema.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
	for _, property := range schema.Properties {
		closeObjects(property.Value)
	}
}

// check returns what is wrong with a value that encoding/json decoded.
func (sc *schemas) check(name string, value any) []violation {
	schema := sc.byName[name].Value
	if schema.VisitJSON(value, openapi3.FailFast()) == nil {
		return nil // nearly always, and at a tenth of the price
	}
	violations := violationsOf(schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails()))
	slices.SortStableFunc(violations, func(a, b violation) int { return strings.Compare(a.Field, b.Field) })
	return violations
}

func violationsOf(err error) []violation {
	switch err := err.(type) { //nolint:errorlint // the library's tree is walked node by node
	case nil:
		return nil
	case openapi3.MultiError:
		var all []violation
		for _, one := range err {
			all = append(all, violationsOf(one)...)
		}
		return all
	case *openapi3.SchemaError:
		if inner := violationsOf(errors.Unwrap(err.Origin)); err.SchemaField == "allOf" && len(inner) > 0 {
			return inner
		}
		return []violation{rejected(fieldName(fieldPath(err)), valueText(err), err.Reason)}
	}
	return []violation{rejected("", "", err.Error())}
}

// fieldPath adds the name of a field that is not known, which the library has in its sentence only.
func fieldPath(err *openapi3.SchemaError) []string {
	path := err.JSONPointer()
	if rest, ok := strings.CutPrefix(err.Reason, "property "); ok && err.SchemaField == "properties" {
		if quoted, errQuoted := strconv.QuotedPrefix(rest); errQuoted == nil {
			name, _ := strconv.Unquote(quoted) // was just found to be quoted
			path = append(path, name)
		}
	}
	return path
}

// fieldName spells a path as contractItems[0].onRentDate.
func fieldName(path []string) string {
	var name strings.Builder
	for _, step := range path {
		if _, err := strconv.Atoi(step); err == nil {
			name.WriteString("[" + step + "]")
			continue
		}
		if name.Len() > 0 {
			name.WriteByte('.')
		}
		name.WriteString(step)
	}
	return name.String()
}

// valueText is the value in hand, unless it is missing or too big to be read.
func valueText(err *openapi3.SchemaError) string {
	if err.SchemaField == "required" || err.SchemaField == "properties" {
		return ""
	}
	switch value := err.Value.(type) {
	case nil:
		return "null"
	case map[string]any, []any:
		return "…"
	default:
		text := []rune(fmt.Sprint(value))
		return string(text[:min(len(text), 120)])
	}
}

// ValidateSynchronization checks the body of a synchronization against openapi.yaml, strictly: a field
// that is not named there is an error too. The error names every field that is wrong.
func ValidateSynchronization(body []byte) error {
	schemas, err := loadSchemas(true)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("validate synchronization: %w", err)
	}
	violations := schemas.check("Synchronization", value)
	if len(violations) == 0 {
		_, violations = parseSynchronization(value.(map[string]any))
	}

	var faults []error
	for _, vi := range violations {
		faults = append(faults, fmt.Errorf("validate synchronization: %s: %s", vi.Field, vi.Message))
	}
	return errors.Join(faults...)
}

// decode reads a JSON body that follows the named schema; otherwise it has answered and returns false.
func (si *Simulator) decode(w http.ResponseWriter, r *http.Request, schema string) (value any, body []byte, ok bool) {
	body, err := readBody(w, r)
	if err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", "the body cannot be read: "+err.Error())
		return nil, nil, false
	}
	if err := json.Unmarshal(body, &value); err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", "the body is no JSON: "+err.Error())
		return nil, nil, false
	}
	if violations := si.schemas.check(schema, value); len(violations) > 0 {
		writeViolations(w, violations...)
		return nil, nil, false
	}
	return value, body, true
}

// decodeInto is decode for bodies that have a type; the schema has looked at them, so only a number that
// is too big can be left to find.
func (si *Simulator) decodeInto(w http.ResponseWriter, r *http.Request, schema string, target any) bool {
	_, body, ok := si.decode(w, r, schema)
	if !ok {
		return false
	}
	if err := json.Unmarshal(body, target); err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", "the body cannot be used: "+err.Error())
		return false
	}
	return true
}

// readBody reads exactly as much as it keeps, since bodies are kept for good.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limited := http.MaxBytesReader(w, r.Body, maxBody)
	if r.ContentLength <= 0 || r.ContentLength > maxBody {
		return io.ReadAll(limited)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, err
}
