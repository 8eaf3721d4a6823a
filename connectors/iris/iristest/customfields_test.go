package iristest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

// contract synchronizes an item of a contract, and returns the id by which IRIS knows the contract.
func (ca *caller) contract(reference string) string {
	ca.t.Helper()
	ca.synchronize(`{"identifier":"none","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"`+reference+`/1","contract":{"externalReference":"`+reference+`"}}]}`).want(ca.t, http.StatusAccepted)
	return decoded[page[struct{ ID string }]](ca.t, ca.get("/api/rental/v1/contracts").body).Content[0].ID
}

func TestCustomFieldsAreDefinedAndSet(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	e := ca.contract("C-1")
	const definitions, set = "/api/custom-fields/v1/definitions", "/api/custom-fields/v1/set-values/"
	made := ca.do("POST", definitions, `{"key":"projectCode","type":"STRING","entityType":"RENTAL_CONTRACT","uiVisible":true}`).want(t, http.StatusCreated)
	df := decoded[struct {
		ID, Key   string
		UIVisible bool
	}](t, made.body)
	wantEqual(t, df.UIVisible, true)
	ca.do("POST", definitions, `{"key":"projectCode","type":"STRING","entityType":"ASSET"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("POST", definitions, `{"key":"x","type":"ODOUR","entityType":"ASSET"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	wantEqual(t, decoded[page[struct{ Key string }]](t, ca.get(definitions).body).Content[0].Key, "projectCode")

	ca.do("POST", set, `{"entityId":"`+e+`","values":[{"definitionKey":"projectCode","value":{"stringValue":"one"}}]}`).want(t, http.StatusOK)
	ca.do("POST", set, `{"entityId":"`+e+`","values":[{"definitionId":"`+df.ID+`","value":{"stringValue":"two"}}]}`).want(t, http.StatusOK)
	values := func() string {
		var got []string
		for _, va := range decoded[page[struct{ Value struct{ StringValue string } }]](t, ca.get("/api/custom-fields/v1/values?entityId="+e).body).Content {
			got = append(got, va.Value.StringValue)
		}
		return fmt.Sprint(got)
	}
	wantEqual(t, values(), "[two]")

	ca.do("POST", set, `{"entityId":"`+e+`","values":[{"definitionKey":"nobody","value":{"stringValue":"x"}}]}`).wantCode(t, http.StatusNotFound, "definition_not_found")
	ca.do("POST", set, `{"entityId":"`+e+`","values":[{"definitionKey":"projectCode","value":{"numberValue":1}}]}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("POST", set, `{"entityId":"`+e+`","values":[]}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.get("/api/custom-fields/v1/values").wantCode(t, http.StatusBadRequest, "constraint_violation")
	wantEqual(t, values(), "[two]")

	ca.do("POST", set, `{"entityId":"`+e+`","values":[{"definitionKey":"projectCode","value":null}]}`).want(t, http.StatusOK)
	wantEqual(t, values(), "[]")
	ca.do("DELETE", definitions+"/"+df.ID, "").want(t, http.StatusNoContent)
	ca.do("DELETE", definitions+"/"+df.ID, "").wantCode(t, http.StatusNotFound, "definition_not_found")
}

func TestCustomValuesMustFitTheirDefinition(t *testing.T) {
	t.Parallel()
	two, hundred, three := 2.0, 100.0, 3
	ca := newCaller(t, iristest.Options{Serials: []string{"1"}, Definitions: []iristest.Definition{
		{Key: "percent", Type: "NUMBER", EntityType: "ASSET", Minimum: &two, Maximum: &hundred, IsInteger: true},
		{Key: "code", Type: "STRING", EntityType: "ASSET", MaximumLength: &three, Pattern: "^[A-Z]+$"},
		{Key: "colour", Type: "DROPDOWN", EntityType: "ASSET", AllValues: []string{"red", "blue"}},
		{Key: "colours", Type: "DROPDOWN", EntityType: "ASSET", AllValues: []string{"red", "blue"}, MultiSelect: true},
		{Key: "day", Type: "DATE", EntityType: "ASSET"},
		{Key: "mail", Type: "EMAIL", EntityType: "ASSET"},
		{Key: "insured", Type: "BOOLEAN", EntityType: "ASSET"},
		{Key: "project", Type: "STRING", EntityType: "RENTAL_CONTRACT"},
	}})
	asset := decoded[page[struct{ ID string }]](t, ca.get("/api/asset/v1/assets").body).Content[0].ID
	for _, tt := range []struct{ key, value, fault string }{
		{"percent", `{"numberValue":50}`, ""},
		{"percent", `{"numberValue":1}`, "greater than or equal to 2"},
		{"percent", `{"numberValue":101}`, "less than or equal to 100"},
		{"percent", `{"numberValue":50.5}`, "whole number"},
		{"percent", `{"numberValue":"50"}`, "must be a number"},
		{"percent", `{"stringValue":"50"}`, "must have the member numberValue"},
		{"code", `{"stringValue":"ABC"}`, ""},
		{"code", `{"stringValue":"ABCD"}`, "3 characters or fewer"},
		{"code", `{"stringValue":"abc"}`, "must match"},
		{"colour", `{"dropdownValues":["red"]}`, ""},
		{"colour", `{"dropdownValues":["green"]}`, "one of red, blue"},
		{"colour", `{"dropdownValues":["red","blue"]}`, "must be one value"},
		{"colours", `{"dropdownValues":["red","blue"]}`, ""},
		{"day", `{"dateValue":"2026-11-21"}`, ""},
		{"day", `{"dateValue":"21.11.2026"}`, "must be a date"},
		{"mail", `{"emailValue":"yard@nordby.example"}`, ""},
		{"mail", `{"emailValue":"yard"}`, "of type EMAIL"},
		{"insured", `{"booleanValue":true}`, ""},
		{"insured", `{"booleanValue":null}`, "true or false"},
		{"project", `{"stringValue":"x"}`, "is a custom field of RENTAL_CONTRACT"},
	} {
		got := ca.do("POST", "/api/custom-fields/v1/set-values/", `{"entityId":"`+asset+`","values":[{"definitionKey":"`+tt.key+`","value":`+tt.value+`}]}`)
		if tt.fault == "" && got.status != http.StatusOK || !strings.Contains(got.body, tt.fault) {
			t.Errorf("%s %s: got %d %s, want %q", tt.key, tt.value, got.status, got.body, tt.fault)
		}
	}
	wantEqual(t, decoded[page[struct{ ID string }]](t, ca.get("/api/custom-fields/v1/values?entityId="+asset).body).TotalElements, 7)
	ca.do("POST", "/api/custom-fields/v1/set-values/", `{"entityId":"gone","values":[{"definitionKey":"code","value":null}]}`).wantCode(t, http.StatusNotFound, "entity_not_found")
}

func TestOneValueIsCreatedChangedAndRemoved(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Definitions: []iristest.Definition{{Key: "project", Type: "STRING", EntityType: "RENTAL_CONTRACT"}}})
	const values = "/api/custom-fields/v1/values"
	body := `{"entityId":"` + ca.contract("C-1") + `","definitionKey":"project","value":{"stringValue":"one"}}`
	id := decoded[struct{ ID string }](t, ca.do("POST", values, body).want(t, http.StatusCreated).body).ID
	ca.do("POST", values, body).wantCode(t, http.StatusConflict, "value_exists")
	ca.do("PATCH", values+"/"+id, `{"value":{"stringValue":"two"}}`).want(t, http.StatusOK)
	ca.do("PATCH", values+"/"+id, `{"value":{"numberValue":2}}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("DELETE", values+"/"+id, "").want(t, http.StatusNoContent)
	ca.do("DELETE", values+"/"+id, "").wantCode(t, http.StatusNotFound, "value_not_found")
	ca.do("PATCH", values+"/"+id, `{"value":{"stringValue":"two"}}`).wantCode(t, http.StatusNotFound, "value_not_found")
}

func TestADefinitionIsChangedInWhatNoValueHangsOn(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	ca.do("POST", "/simulator/definitions", `[{"key":"hours","type":"NUMBER","entityType":"ASSET","minimum":1}]`).want(t, http.StatusOK)
	ca.do("POST", "/simulator/definitions", `[{"key":"hours","type":"NUMBER","entityType":"ASSET"}]`).wantCode(t, http.StatusBadRequest, "bad_request")
	ca.do("POST", "/simulator/definitions", `[{"key":"smell","type":"ODOUR","entityType":"ASSET"}]`).wantCode(t, http.StatusBadRequest, "bad_request")
	id := decoded[[]struct{ ID string }](t, ca.get("/simulator/definitions").body)[0].ID

	const definitions = "/api/custom-fields/v1/definitions/"
	changed := decoded[struct{ Minimum, Maximum *float64 }](t, ca.do("PATCH", definitions+id, `{"minimum":null,"maximum":10}`).want(t, http.StatusOK).body)
	if changed.Minimum != nil || *changed.Maximum != 10 {
		t.Errorf("got %+v, want a maximum alone", changed)
	}
	ca.do("PATCH", definitions+id, `[{"op":"replace","path":"/minimum","value":11}]`, "Content-Type", "application/json-patch+json").wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("PATCH", definitions+id, `{"type":"STRING"}`).wantCode(t, http.StatusBadRequest, "constraint_violation")
	ca.do("PATCH", definitions+"x", `{}`).wantCode(t, http.StatusNotFound, "definition_not_found")
}
