package iris

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rentalsync/pipeline"
)

// valueMembers are the names under which the values of the types are sent.
//
// https://developers.trackunit.com/docs/custom-field-definitions
var valueMembers = map[string]string{
	"BOOLEAN":      "booleanValue",
	"DATE":         "dateValue",
	"DROPDOWN":     "dropdownValues",
	"EMAIL":        "emailValue",
	"JSON":         "jsonValue",
	"MONETARY":     "monetaryValue",
	"NUMBER":       "numberValue",
	"PHONE_NUMBER": "phoneNumberValue",
	"STRING":       "stringValue",
	"WEB_ADDRESS":  "webAddressValue",
}

// setValue spells a value as its type has it. An empty one takes the value away.
func setValue(v pipeline.CustomValue) (SetValue, error) {
	set := SetValue{DefinitionKey: v.Definition.Key}
	if set.DefinitionKey == "" {
		set.DefinitionID = v.Definition.ID
	}
	if v.Text == "" {
		return set, nil
	}
	value, err := typed(v)
	if err != nil {
		return set, fmt.Errorf("custom field %q: %w", cmp.Or(v.Definition.Key, v.Definition.ID), err)
	}
	member, known := valueMembers[v.Definition.Type]
	if !known {
		member = "stringValue"
	}
	set.Value = map[string]any{member: value}
	return set, nil
}

// typed is the value as JSON.
func typed(v pipeline.CustomValue) (any, error) {
	switch v.Definition.Type {
	case "NUMBER", "MONETARY":
		if _, err := strconv.ParseFloat(v.Text, 64); err != nil || !json.Valid([]byte(v.Text)) {
			return nil, fmt.Errorf("%q is no number; write one like 1250.5", v.Text)
		}
		return json.Number(v.Text), nil
	case "BOOLEAN":
		if v.Text != "true" && v.Text != "false" {
			return nil, fmt.Errorf("%q is neither true nor false", v.Text)
		}
		return v.Text == "true", nil
	case "DROPDOWN":
		if v.Definition.Multiple {
			return slices.Collect(choices(v.Text)), nil
		}
		return []string{v.Text}, nil
	case "JSON":
		if !json.Valid([]byte(v.Text)) {
			return nil, fmt.Errorf("%q is no JSON", v.Text)
		}
		return json.RawMessage(v.Text), nil
	default:
		return v.Text, nil
	}
}

// choiceMark stands between the values of a dropdown that has several.
const choiceMark = ";"

func choices(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for one := range strings.SplitSeq(list, choiceMark) {
			if one = strings.TrimSpace(one); one != "" && !yield(one) {
				return
			}
		}
	}
}

// customValue reads a value back, in the text that would set it.
func customValue(v Value) pipeline.CustomValue {
	out := pipeline.CustomValue{Definition: fieldDefinition(v.Definition)}
	out.Definition.ID = cmp.Or(out.Definition.ID, v.DefinitionID)
	out.Definition.Key = cmp.Or(out.Definition.Key, v.DefinitionKey)
	for _, member := range slices.Sorted(maps.Keys(v.Value)) {
		if said := plainText(v.Value[member]); said != "" {
			out.Text = said
			out.Definition.Type = cmp.Or(out.Definition.Type, typeOf(member))
			break
		}
	}
	return out
}

func typeOf(member string) string {
	for name, one := range valueMembers {
		if one == member {
			return name
		}
	}
	return ""
}

// plainText is a JSON value as text; several of them are set apart by
// semicolons, and an object is itself.
func plainText(raw json.RawMessage) string {
	var many []json.RawMessage
	if said := text(raw); said != "" {
		return said
	}
	if json.Unmarshal(raw, &many) == nil {
		var parts []string
		for _, one := range many {
			parts = append(parts, plainText(one))
		}
		return strings.Join(parts, choiceMark)
	}
	if string(raw) == "null" || string(raw) == `""` {
		return ""
	}
	return string(raw)
}
