package iristest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Definition is a custom field that is defined from the start, in the names of IRIS.
type Definition struct {
	Key           string   `json:"key" yaml:"key"`
	Type          string   `json:"type" yaml:"type"`             // STRING, NUMBER, DROPDOWN, …
	EntityType    string   `json:"entityType" yaml:"entityType"` // ASSET, SITE, CUSTOMER or RENTAL_CONTRACT
	AllValues     []string `json:"allValues,omitempty" yaml:"allValues"`
	MultiSelect   bool     `json:"multiSelect,omitempty" yaml:"multiSelect"`
	Minimum       *float64 `json:"minimum,omitempty" yaml:"minimum"`
	Maximum       *float64 `json:"maximum,omitempty" yaml:"maximum"`
	IsInteger     bool     `json:"isInteger,omitempty" yaml:"isInteger"`
	MinimumLength *int     `json:"minimumLength,omitempty" yaml:"minimumLength"`
	MaximumLength *int     `json:"maximumLength,omitempty" yaml:"maximumLength"`
	Pattern       string   `json:"pattern,omitempty" yaml:"pattern"`
	Currency      string   `json:"currency,omitempty" yaml:"currency"`
}

// ParseDefinitions reads a list of definitions in YAML or JSON.
func ParseDefinitions(data []byte) ([]Definition, error) {
	var definitions []Definition
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	if err := yaml.Load(data, &definitions, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("parse definitions: %w", err)
	}
	return definitions, nil
}

// LoadDefinitions reads a file of definitions in YAML or JSON.
func LoadDefinitions(name string) ([]Definition, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("load definitions: %w", err)
	}
	definitions, err := ParseDefinitions(data)
	if err != nil {
		return nil, fmt.Errorf("load definitions %q: %w", name, err)
	}
	return definitions, nil
}

// AddDefinitions defines custom fields, as POST does. The first one that cannot be is an error.
func (si *Simulator) AddDefinitions(definitions ...Definition) error {
	for _, one := range definitions {
		raw, _ := json.Marshal(one) // texts and numbers
		var body map[string]any
		_ = json.Unmarshal(raw, &body) // it has just been encoded
		violations := si.schemas.check("CreateDefinition", body)
		if len(violations) == 0 {
			_, violations = si.world.define(body)
		}
		if len(violations) > 0 {
			return fmt.Errorf("define custom field %q: %s: %s", one.Key, violations[0].Field, violations[0].Message)
		}
	}
	return nil
}

// definition is a custom field that exists.
type definition struct {
	Definition
	id   string
	body map[string]any // everything that was sent, for it is all sent back
}

func (df *definition) view() any {
	view := map[string]any{"id": df.id}
	for name, sent := range df.body {
		view[name] = sent
	}
	return view
}

// read takes over what the body says as far as it decides on values.
func (df *definition) read() {
	raw, _ := json.Marshal(df.body) // it came as JSON
	df.Definition = Definition{}
	_ = json.Unmarshal(raw, &df.Definition) // the schema has looked at it
}

// define adds a custom field, unless there is one of its key.
func (wo *world) define(body map[string]any) (*definition, []violation) {
	df := &definition{body: body}
	df.read()
	if members[df.Type] == "" {
		return nil, []violation{rejected("type", df.Type, "no such type of custom field")}
	}
	if !slices.Contains(entityTypes, df.EntityType) {
		return nil, []violation{rejected("entityType", df.EntityType, "no such type of entity")}
	}
	if fault := df.contradiction(); fault != "" {
		return nil, []violation{rejected(fault, "", "does not fit the others")}
	}

	wo.mu.Lock()
	defer wo.mu.Unlock()
	if wo.definition(df.Key, "") != nil {
		return nil, []violation{rejected("key", df.Key, "must be unique")}
	}
	df.id = wo.uuid("definition", df.Key)
	wo.definitions = append(wo.definitions, df)
	return df, nil
}

// definition needs the lock.
func (wo *world) definition(key, id string) *definition {
	for _, df := range wo.definitions {
		if key != "" && df.Key == key || id != "" && df.id == id {
			return df
		}
	}
	return nil
}

var definitionOrders = map[string]func(a, b *definition) int{
	"key": func(a, b *definition) int { return strings.Compare(a.Key, b.Key) },
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
	df, violations := si.world.define(sent.(map[string]any))
	if len(violations) > 0 {
		writeViolations(w, violations...)
		return
	}
	writeJSON(w, http.StatusCreated, df.view())
}

// patchDefinition changes all but what values hang on: the key, the type, and what it is a field of.
func (si *Simulator) patchDefinition(w http.ResponseWriter, r *http.Request) {
	changes, ok := si.decodePatch(w, r, "DefinitionPatch")
	if !ok {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	df := wo.definition("", r.PathValue("id"))
	if df == nil {
		definitionNotFound(w, r.PathValue("id"))
		return
	}
	for _, fixed := range []string{"key", "type", "entityType"} {
		if wish, named := changes[fixed]; named && wish != df.body[fixed] {
			writeViolations(w, rejected(fixed, fmt.Sprint(wish), "cannot be changed"))
			return
		}
	}
	changed := &definition{id: df.id, body: merged(df.body, changes)}
	changed.read()
	if fault := changed.contradiction(); fault != "" {
		writeViolations(w, rejected(fault, "", "does not fit the others"))
		return
	}
	*df = *changed
	writeJSON(w, http.StatusOK, df.view())
}

// merged leaves both as they are, since views of them are about.
func merged(body, changes map[string]any) map[string]any {
	all := make(map[string]any)
	for _, from := range []map[string]any{body, changes} {
		for name, value := range from {
			if value == nil {
				delete(all, name)
				continue
			}
			all[name] = value
		}
	}
	return all
}

func (si *Simulator) deleteDefinition(w http.ResponseWriter, r *http.Request) {
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	df := wo.definition("", r.PathValue("id"))
	if df == nil {
		definitionNotFound(w, r.PathValue("id"))
		return
	}
	wo.definitions = slices.DeleteFunc(wo.definitions, func(one *definition) bool { return one == df })
	for entity, values := range wo.values {
		wo.values[entity] = slices.DeleteFunc(values, func(va *value) bool { return va.definition == df })
	}
	w.WriteHeader(http.StatusNoContent)
}

func definitionNotFound(w http.ResponseWriter, id string) {
	notFound(w, "definition_not_found", "no definition has the id "+id)
}
