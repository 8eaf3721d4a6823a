package mappings

import (
	"strings"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"

	"github.com/invopop/jsonschema"
)

// ref is a reference to the definition of a struct.
func ref(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}

func listOf(items *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: items}
}

func oneWord(words ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, word := range words {
		s.Enum = append(s.Enum, word)
	}
	return s
}

// tableOf is an object with any keys.
func tableOf(values *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: values}
}

// JSONSchema describes any scalar.
func (Text) JSONSchema() *jsonschema.Schema { return scalarSchema() }

// JSONSchema describes a scalar or a list of scalars.
func (Texts) JSONSchema() *jsonschema.Schema { return anyOf(scalarSchema(), listOf(scalarSchema())) }

// JSONSchema describes any keys with the values they take.
func (Named[T]) JSONSchema() *jsonschema.Schema {
	var value T
	if own, ok := any(value).(interface{ JSONSchema() *jsonschema.Schema }); ok {
		return tableOf(own.JSONSchema())
	}
	return tableOf(nil)
}

// JSONSchema describes headers, a position or a block.
func (column) JSONSchema() *jsonschema.Schema {
	return anyOf(scalarSchema(), listOf(scalarSchema()), ref("columnBlock"))
}

// JSONSchema describes a column, a formula or a block.
func (rule) JSONSchema() *jsonschema.Schema { return anyOf(scalarSchema(), ref("ruleBlock")) }

// JSONSchema describes codes with their meanings.
func (codeTable) JSONSchema() *jsonschema.Schema { return tableOf(scalarSchema()) }

// JSONSchema describes a table's name, or the table.
func (codesRef) JSONSchema() *jsonschema.Schema {
	return anyOf(scalarSchema(), tableOf(scalarSchema()))
}

// JSONSchema describes true or a form.
func (numberForm) JSONSchema() *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Const: true}, ref("numberBlock"))
}

// JSONSchema describes true or a form.
func (dateForm) JSONSchema() *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Const: true}, &jsonschema.Schema{Type: "string", Examples: []any{"DD.MM.YYYY"}})
}

// JSONSchema describes a line, lines, none or find.
func (headerLines) JSONSchema() *jsonschema.Schema {
	line := &jsonschema.Schema{Type: "integer", Minimum: "1"}
	return anyOf(line, listOf(line), oneWord("none", "find"))
}

// JSONSchema describes the lines of a sheet's header, or what a record tells.
func (partHeader) JSONSchema() *jsonschema.Schema {
	return anyOf(headerLines{}.JSONSchema(), ref("toldBlock"))
}

// JSONSchema describes a place, or a block.
func (countPlace) JSONSchema() *jsonschema.Schema { return anyOf(scalarSchema(), ref("countBlock")) }

// JSONSchema describes a length, strict, or a block.
func (recordLength) JSONSchema() *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Type: "integer", Minimum: "1"}, oneWord("strict"), ref("lengthBlock"))
}

// JSONSchema describes a claim for the file, or for each kind.
func (claims) JSONSchema() *jsonschema.Schema {
	each := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, kind := range rental.Kinds() {
		words := []string{"all", "changes"}
		if kind == rental.Item {
			words = append(words, "open")
		}
		each.Properties.Set(kind.String(), oneWord(words...))
	}
	return anyOf(oneWord("full", "changes"), each)
}

// JSONSchema describes a zone, or one for each value of a column.
func (zones) JSONSchema() *jsonschema.Schema {
	by := tableOf(&jsonschema.Schema{Type: "string"})
	by.Properties = jsonschema.NewProperties()
	by.Properties.Set("by", &jsonschema.Schema{Type: "string", Description: "The column that decides."})
	by.Properties.Set("default", &jsonschema.Schema{Type: "string", Description: "The zone of all other values. Default: none, and then their dates are faults."})
	by.Required = []string{"by"}
	return anyOf(&jsonschema.Schema{Type: "string", Examples: []any{"Europe/Berlin", "America/Chicago"}}, by)
}

// JSONSchema describes a step or a list of steps.
func (steps) JSONSchema() *jsonschema.Schema {
	block := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, name := range transforms.StepNames() {
		block.Properties.Set(name, jsonschema.TrueSchema)
	}
	step := anyOf(oneWord(transforms.StepNames()...), block)
	return anyOf(oneWord(transforms.StepNames()...), block, listOf(step))
}

// JSONSchema describes one price or several.
func (rates) JSONSchema() *jsonschema.Schema {
	return anyOf(ref("rateBlock"), listOf(ref("rateBlock")), ref("chooseBlock"))
}

// JSONSchema describes a list of {TYPE: field}.
func (candidates) JSONSchema() *jsonschema.Schema {
	one := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: rule{}.JSONSchema()}
	for _, kind := range rental.IdentifierTypes() {
		one.Properties.Set(kind, rule{}.JSONSchema())
	}
	return anyOf(one, listOf(one))
}

// JSONSchema describes the fields of an asset.
func (assetBlock) JSONSchema() *jsonschema.Schema { return blockSchema(rental.Asset) }

// JSONSchema describes the fields of a customer.
func (customerBlock) JSONSchema() *jsonschema.Schema { return blockSchema(rental.Customer) }

// JSONSchema describes the fields of a contract.
func (contractBlock) JSONSchema() *jsonschema.Schema { return blockSchema(rental.Contract) }

// JSONSchema describes the fields of an item.
func (itemBlock) JSONSchema() *jsonschema.Schema { return blockSchema(rental.Item) }

// JSONSchema describes the fields of a depot.
func (depotBlock) JSONSchema() *jsonschema.Schema { return blockSchema(rental.Depot) }

// blockSchema describes what a block of a kind takes.
func blockSchema(kind rental.Kind) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema, Required: []string{"key"}}
	set := func(name, about string, value *jsonschema.Schema) {
		value.Description = about
		s.Properties.Set(name, value)
	}

	word := kind.String()
	set("when", "A formula that says which rows speak of "+article(word)+". Default: every row.", &jsonschema.Schema{Type: "string", Examples: []any{word + ` != ""`}})
	set("key", "The ERP's own key of the "+word+"; it becomes the external reference. Required.", rule{}.JSONSchema())
	set("scope", "What limits what absence says about this kind: a column, a formula or a constant. Default: the file's scope.", scalarSchema())
	switch kind {
	case rental.Asset:
		set("identify", "Ways to find the asset in IRIS, the best first; the first one with a value is taken. Default: identifierType and identifier.", candidates{}.JSONSchema())
		set("prefer", "Where an asset comes twice in one night, the row with the first of these statuses is true. Default: none, and then rows that differ are an error.", listOf(oneWord(rental.RentalStatuses()...)))
	case rental.Item:
		set("rate", "The price: type, currency and unitPrice; or a list of them; or {choose: [DAILY, WEEKLY], of: [...]}. Default: none.", rates{}.JSONSchema())
	case rental.Customer, rental.Contract, rental.Depot:
	}

	names := strings.Join(fieldNames(kind), " ") + " "
	for _, spec := range rental.Specs(kind) {
		if !strings.Contains(names, string(spec.Field)+" ") {
			continue
		}
		value := rule{}.JSONSchema()
		for _, allowed := range spec.Values {
			value.AnyOf[0].Examples = append(value.AnyOf[0].Examples, allowed)
		}
		set(string(spec.Field), aboutField(spec), value)
	}
	return s
}

func article(word string) string {
	if strings.ContainsAny(word[:1], "aio") {
		return "an " + word
	}
	return "a " + word
}

// aboutField is a field's description.
func aboutField(spec rental.Spec) string {
	about := strings.ToUpper(spec.About[:1]) + spec.About[1:] + "."
	if len(spec.Values) > 0 {
		about += " One of " + strings.Join(spec.Values, ", ") + "."
	}
	return about + " Default: not said."
}
