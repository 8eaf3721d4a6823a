package iristest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// definition is a custom field that exists.
type definition struct {
	id, key, kind, entityType string
	body                      map[string]any // everything that was sent, for it is all sent back
}

// value is what a custom field of one entity says.
type value struct {
	id         string
	entity     string
	definition *definition
	body       json.RawMessage
}

// members are the names under which the values of the types are sent.
var members = map[string]string{
	"BOOLEAN":      "booleanValue",
	"DATE":         "dateValue",
	"DROPDOWN":     "dropdownValues",
	"EMAIL":        "emailValue",
	"NUMBER":       "numberValue",
	"PHONE_NUMBER": "phoneNumberValue",
	"STRING":       "stringValue",
	"WEB_ADDRESS":  "webAddressValue",
	"JSON":         "jsonValue",
	"MONETARY":     "monetaryValue",
}

func (df *definition) view() any {
	view := map[string]any{"id": df.id}
	for name, sent := range df.body {
		view[name] = sent
	}
	return view
}

var definitionOrders = map[string]func(a, b *definition) int{
	"key": func(a, b *definition) int { return strings.Compare(a.key, b.key) },
}

func (si *Simulator) getDefinitions(w http.ResponseWriter, r *http.Request) {
	servePage(si, w, r, func(wo *world) listing[*definition] {
		return listing[*definition]{items: wo.definitions, orders: definitionOrders, view: (*definition).view}
	})
}

func (si *Simulator) createDefinition(w http.ResponseWriter, r *http.Request) {
	sent, _, ok := si.decode(w, r, "CreateDefinition")
	if !ok {
		return
	}
	body := sent.(map[string]any)
	df := &definition{key: body["key"].(string), kind: body["type"].(string), entityType: body["entityType"].(string), body: body}
	if members[df.kind] == "" {
		writeViolations(w, rejected("type", df.kind, "no such type of custom field"))
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	if wo.definition(df.key, "") != nil {
		writeViolations(w, rejected("key", df.key, "must be unique"))
		return
	}
	df.id = wo.uuid("definition", df.key)
	wo.definitions = append(wo.definitions, df)
	writeJSON(w, http.StatusCreated, df.view())
}

// definition needs the lock.
func (wo *world) definition(key, id string) *definition {
	for _, df := range wo.definitions {
		if key != "" && df.key == key || id != "" && df.id == id {
			return df
		}
	}
	return nil
}

func (si *Simulator) deleteDefinition(w http.ResponseWriter, r *http.Request) {
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	df := wo.definition("", r.PathValue("id"))
	if df == nil {
		notFound(w, "definition_not_found", "no definition has the id "+r.PathValue("id"))
		return
	}
	wo.definitions = slices.DeleteFunc(wo.definitions, func(one *definition) bool { return one == df })
	for entity, values := range wo.values {
		wo.values[entity] = slices.DeleteFunc(values, func(va *value) bool { return va.definition == df })
	}
	w.WriteHeader(http.StatusNoContent)
}

// valueView is a value as GET answers it.
type valueView struct {
	ID            string          `json:"id"`
	EntityID      string          `json:"entityId"`
	DefinitionID  string          `json:"definitionId"`
	DefinitionKey string          `json:"definitionKey"`
	Value         json.RawMessage `json:"value"`
}

func (va *value) view() any {
	return valueView{ID: va.id, EntityID: va.entity, DefinitionID: va.definition.id, DefinitionKey: va.definition.key, Value: va.body}
}

func (si *Simulator) getValues(w http.ResponseWriter, r *http.Request) {
	entity := r.URL.Query().Get("entityId")
	if entity == "" {
		writeViolations(w, rejected("entityId", "", "must not be empty"))
		return
	}
	servePage(si, w, r, func(wo *world) listing[*value] {
		return listing[*value]{items: wo.values[entity], view: (*value).view}
	})
}

// sentValues is the body of set-values.
type sentValues struct {
	EntityID string `json:"entityId"`
	Values   []struct {
		Key   string                     `json:"definitionKey"`
		ID    string                     `json:"definitionId"`
		Value map[string]json.RawMessage `json:"value"`
	} `json:"values"`
}

// setValues sets all of the values, or none.
func (si *Simulator) setValues(w http.ResponseWriter, r *http.Request) {
	var sent sentValues
	if !si.decodeInto(w, r, "SetValues", &sent) {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	for i, one := range sent.Values {
		at := "values[" + strconv.Itoa(i) + "]"
		df := wo.definition(one.Key, one.ID)
		if df == nil {
			notFound(w, "definition_not_found", at+": no custom field has the key "+strconv.Quote(one.Key)+" or the id "+strconv.Quote(one.ID))
			return
		}
		if _, named := one.Value[members[df.kind]]; one.Value != nil && !named {
			writeViolations(w, rejected(at+".value", df.kind, "must have the member "+members[df.kind]))
			return
		}
	}
	for _, one := range sent.Values {
		body, _ := json.Marshal(one.Value) // it has just been decoded
		wo.setValue(sent.EntityID, wo.definition(one.Key, one.ID), one.Value == nil, body)
	}
	writeJSON(w, http.StatusOK, map[string]any{"values": wo.viewValues(sent.EntityID)})
}

// setValue needs the lock.
func (wo *world) setValue(entity string, df *definition, remove bool, body json.RawMessage) {
	kept := slices.DeleteFunc(wo.values[entity], func(va *value) bool { return va.definition == df })
	if !remove {
		kept = append(kept, &value{id: wo.uuid("value", entity+"/"+df.id), entity: entity, definition: df, body: body})
	}
	wo.values[entity] = kept
}

func (wo *world) viewValues(entity string) []any {
	views := []any{}
	for _, va := range wo.values[entity] {
		views = append(views, va.view())
	}
	return views
}
