package iristest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// value is what a custom field of one entity says.
type value struct {
	id         string
	entity     string
	definition *definition
	body       json.RawMessage
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
	return valueView{ID: va.id, EntityID: va.entity, DefinitionID: va.definition.id, DefinitionKey: va.definition.Key, Value: va.body}
}

// getValues lists the values of one entity.
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

// sentValue is one value, and which one.
type sentValue struct {
	Key   string                     `json:"definitionKey"`
	ID    string                     `json:"definitionId"`
	Value map[string]json.RawMessage `json:"value"`
}

// setValues sets all of the values, or none.
func (si *Simulator) setValues(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		EntityID string      `json:"entityId"`
		Values   []sentValue `json:"values"`
	}
	if !si.decodeInto(w, r, "SetValues", &sent) {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	for i, one := range sent.Values {
		if !wo.mayHold(w, sent.EntityID, one, "values["+strconv.Itoa(i)+"].") {
			return
		}
	}
	for _, one := range sent.Values {
		wo.setValue(sent.EntityID, wo.definition(one.Key, one.ID), one.Value)
	}
	writeJSON(w, http.StatusOK, map[string]any{"values": wo.viewValues(sent.EntityID)})
}

// createValue sets one value that an entity does not have yet.
func (si *Simulator) createValue(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		EntityID string `json:"entityId"`
		sentValue
	}
	if !si.decodeInto(w, r, "CreateValue", &sent) {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	if !wo.mayHold(w, sent.EntityID, sent.sentValue, "") {
		return
	}
	df := wo.definition(sent.Key, sent.ID)
	if slices.ContainsFunc(wo.values[sent.EntityID], func(va *value) bool { return va.definition == df }) {
		writeError(w, http.StatusConflict, "value_exists", "the entity has a value of this custom field already")
		return
	}
	writeJSON(w, http.StatusCreated, wo.setValue(sent.EntityID, df, sent.Value).view())
}

// patchValue replaces one value.
func (si *Simulator) patchValue(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Value map[string]json.RawMessage `json:"value"`
	}
	if !si.decodeInto(w, r, "PatchValue", &sent) {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	va := wo.valueOf(r.PathValue("id"))
	if va == nil {
		notFound(w, "value_not_found", "no value has the id "+r.PathValue("id"))
		return
	}
	if wo.mayHold(w, va.entity, sentValue{ID: va.definition.id, Value: sent.Value}, "") {
		writeJSON(w, http.StatusOK, wo.setValue(va.entity, va.definition, sent.Value).view())
	}
}

func (si *Simulator) deleteValue(w http.ResponseWriter, r *http.Request) {
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	va := wo.valueOf(r.PathValue("id"))
	if va == nil {
		notFound(w, "value_not_found", "no value has the id "+r.PathValue("id"))
		return
	}
	wo.setValue(va.entity, va.definition, nil)
	w.WriteHeader(http.StatusNoContent)
}

// valueOf needs the lock.
func (wo *world) valueOf(id string) *value {
	for _, values := range wo.values {
		for _, va := range values {
			if va.id == id {
				return va
			}
		}
	}
	return nil
}

// mayHold needs the lock. When the entity cannot hold the value it has answered, and returns false.
func (wo *world) mayHold(w http.ResponseWriter, entity string, sent sentValue, at string) bool {
	kind := wo.entityType(entity)
	df := wo.definition(sent.Key, sent.ID)
	switch {
	case kind == "":
		notFound(w, "entity_not_found", "nothing has the id "+strconv.Quote(entity))
		return false
	case df == nil:
		notFound(w, "definition_not_found", at+"definitionKey: no custom field has the key "+strconv.Quote(sent.Key)+" or the id "+strconv.Quote(sent.ID))
		return false
	case df.EntityType != kind:
		writeViolations(w, rejected(at+"definitionKey", df.Key, "is a custom field of "+df.EntityType+", and the entity is of "+kind))
		return false
	}
	if fault := df.fault(sent.Value); fault != "" {
		writeViolations(w, rejected(at+"value", string(sent.Value[members[df.Type]]), fault))
		return false
	}
	return true
}

// entityTypes are what has custom fields here.
var entityTypes = []string{"ACCOUNT", "ASSET", "GROUP", "SITE", "CUSTOMER", "RENTAL_CONTRACT"}

// entityType needs the lock; "" is nothing that has custom fields.
func (wo *world) entityType(id string) string {
	switch {
	case id == wo.account:
		return "ACCOUNT"
	case wo.assetByID[id] != nil:
		return "ASSET"
	case wo.siteID[id] != nil:
		return "SITE"
	case wo.customerID[id] != nil:
		return "CUSTOMER"
	case wo.contractID[id] != nil:
		return "RENTAL_CONTRACT"
	default:
		return ""
	}
}

// setValue needs the lock. Nothing takes the value away, and returns nil.
func (wo *world) setValue(entity string, df *definition, sent map[string]json.RawMessage) *value {
	wo.values[entity] = slices.DeleteFunc(slices.Clone(wo.values[entity]), func(va *value) bool { return va.definition == df })
	if sent == nil {
		return nil
	}
	body, _ := json.Marshal(sent) // it has just been decoded
	va := &value{id: wo.uuid("value", entity+"/"+df.id), entity: entity, definition: df, body: body}
	wo.values[entity] = append(wo.values[entity], va)
	return va
}

func (wo *world) viewValues(entity string) []any {
	views := []any{}
	for _, va := range wo.values[entity] {
		views = append(views, va.view())
	}
	return views
}
