package iris

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
)

// Where custom fields are.
const (
	definitionsPath = "/api/custom-fields/v1/definitions"
	valuesPath      = "/api/custom-fields/v1/values"
	setValuesPath   = "/api/custom-fields/v1/set-values/"
)

// Definition says what a custom field is.
//
// https://developers.trackunit.com/docs/custom-fields-api
type Definition struct {
	ID            string      `json:"id"`
	Key           string      `json:"key"`
	Type          string      `json:"type"`       // STRING, NUMBER, …; may grow
	EntityType    string      `json:"entityType"` // ASSET, SITE, …; may grow
	AllValues     []ValueName `json:"allValues"`
	MultiSelect   bool        `json:"multiSelect"`
	Pattern       string      `json:"pattern"`
	Minimum       *float64    `json:"minimum"`
	Maximum       *float64    `json:"maximum"`
	MinimumLength *int        `json:"minimumLength"`
	MaximumLength *int        `json:"maximumLength"`
	IsInteger     bool        `json:"isInteger"`
	Currency      string      `json:"currency"`
}

// ValueName is one value of a dropdown, which may come alone or in an object.
type ValueName string

// UnmarshalJSON takes a text, or an object with one.
func (v *ValueName) UnmarshalJSON(body []byte) error {
	object := members(body)
	for _, said := range []json.RawMessage{body, object["value"], object["key"], object["name"]} {
		if name := text(said); name != "" {
			*v = ValueName(name)
			return nil
		}
	}
	return nil
}

// Value is what a custom field says of one entity. What it says is a member
// named after the type, such as {"stringValue": "…"}.
type Value struct {
	ID            string                     `json:"id"`
	EntityID      string                     `json:"entityId"`
	DefinitionID  string                     `json:"definitionId"`
	DefinitionKey string                     `json:"definitionKey"`
	Definition    Definition                 `json:"definition"` // where it is told along
	Value         map[string]json.RawMessage `json:"value"`
}

// SetValue is a value that is to be set. Without a value the field is emptied.
type SetValue struct {
	DefinitionKey string         `json:"definitionKey,omitempty"`
	DefinitionID  string         `json:"definitionId,omitempty"` // where there is no key
	Value         map[string]any `json:"value"`
}

// Definitions lists the custom fields of the account.
//
// https://developers.trackunit.com/docs/custom-field-definitions
func (c *Client) Definitions(ctx context.Context) iter.Seq2[Definition, error] {
	return list[Definition](ctx, c, call{path: definitionsPath})
}

// Values lists the custom values of one entity.
//
// https://developers.trackunit.com/docs/custom-field-values
func (c *Client) Values(ctx context.Context, entity string) iter.Seq2[Value, error] {
	return list[Value](ctx, c, call{path: valuesPath, query: url.Values{"entityId": {entity}}})
}

// SetValues replaces the values that are named, and leaves the others.
//
// https://developers.trackunit.com/docs/custom-field-values
func (c *Client) SetValues(ctx context.Context, entity string, values []SetValue) error {
	body, err := json.Marshal(map[string]any{"entityId": entity, "values": values})
	if err != nil {
		return err
	}
	_, err = c.do(ctx, call{method: http.MethodPost, path: setValuesPath, accept: "application/json", body: body})
	return err
}
