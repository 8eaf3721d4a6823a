package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// CustomField is a custom field that a mapping gives values to.
type CustomField struct {
	Kind    rental.Kind `json:"entity"`
	Key     string      `json:"key"` // of its definition in IRIS
	Mapping string      `json:"mapping"`
	Column  string      `json:"column,omitempty"` // that it is read from; "" for anything else
}

// CustomFieldTeller tells which custom fields a mapping gives values to. A Mapping may
// be one.
type CustomFieldTeller interface {
	CustomFields() []CustomField
}

// CustomFieldsOf lists the custom fields of a flow's mappings, each as the first
// mapping gives it.
func CustomFieldsOf(all []Mapping) []CustomField {
	var fields []CustomField
	for _, m := range all {
		teller, can := m.(CustomFieldTeller)
		if !can {
			continue
		}
		for _, f := range teller.CustomFields() {
			if !slices.ContainsFunc(fields, func(have CustomField) bool { return have.Kind == f.Kind && have.Key == f.Key }) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// customEntityTypes are what IRIS calls the kinds that have custom fields, the
// documented name first.
var customEntityTypes = map[rental.Kind][]string{
	rental.Asset:    {"ASSET"},
	rental.Customer: {"CUSTOMER"},
	rental.Contract: {"RENTAL_CONTRACT", "CONTRACT"},
	rental.Depot:    {"SITE"},
}

// FieldBook is the custom fields that an account has, by their keys.
type FieldBook map[string][]FieldDefinition

// NewFieldBook makes a book of definitions.
func NewFieldBook(definitions []FieldDefinition) FieldBook {
	book := FieldBook{}
	for _, d := range definitions {
		book[d.Key] = append(book[d.Key], d)
	}
	return book
}

// Find looks up a custom field of a kind. The error is a *Misfit where the account
// has none of that key, or only for something else.
func (b FieldBook) Find(kind rental.Kind, key string) (*FieldDefinition, error) {
	types := customEntityTypes[kind]
	if len(types) == 0 {
		return nil, &Misfit{Why: fmt.Sprintf("IRIS has no custom fields of a %s", kind)}
	}
	all := b[key]
	for i := range all {
		if slices.Contains(types, strings.ToUpper(all[i].EntityType)) {
			return &all[i], nil
		}
	}
	if len(all) > 0 {
		return nil, &Misfit{fmt.Sprintf("the custom field %q belongs to %s in IRIS, and not to %s", key, all[0].EntityType, types[0]),
			fmt.Sprintf("make one of entity type %s in IRIS, and name its key under extra: in the mapping", types[0])}
	}
	cure := fmt.Sprintf("make it there, with entity type %s, or correct the key under extra: in the mapping", types[0])
	if near, found := transforms.Nearest(key, b.keysOf(types)); found {
		cure = fmt.Sprintf("did you mean %q? else ", near) + cure
	}
	return nil, &Misfit{fmt.Sprintf("IRIS has no custom field %q", key), cure}
}

// keysOf are the keys of the fields of some entity types.
func (b FieldBook) keysOf(types []string) []string {
	var keys []string
	for key, all := range b {
		if slices.ContainsFunc(all, func(d FieldDefinition) bool { return slices.Contains(types, strings.ToUpper(d.EntityType)) }) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// FieldFinding is what is to be known about one custom field of the mappings
// before any of its values is set.
type FieldFinding struct {
	CustomField
	Type string `json:"type,omitempty"` // of the definition; "" where there is none that fits
	Why  string `json:"why,omitempty"`  // what is wrong; "" where nothing is
	Cure string `json:"cure,omitempty"`
}

// CheckDefinitions compares the custom fields that mappings give values to with
// those that an account has: a finding for each, in the order given.
func CheckDefinitions(fields []CustomField, definitions []FieldDefinition) []FieldFinding {
	book := NewFieldBook(definitions)
	findings := make([]FieldFinding, len(fields))
	for i, f := range fields {
		findings[i].CustomField = f
		d, err := book.Find(f.Kind, f.Key)
		if err == nil {
			findings[i].Type = d.Type
			err = d.settable()
		}
		findings[i].Why, findings[i].Cure = apart(err)
	}
	return findings
}

// settable tells whether this version can write values of the field's type.
func (d *FieldDefinition) settable() error {
	if _, known := spellings[strings.ToUpper(d.Type)]; known {
		return nil
	}
	_, err := d.Spell(rental.Nothing())
	return err
}

// apart is a verdict in two parts: why, and the cure.
func apart(err error) (why, cure string) {
	switch e := err.(type) { //nolint:errorlint // verdicts come unwrapped
	case nil:
		return "", ""
	case *Misfit:
		return e.Why, e.Cure
	default:
		return err.Error(), ""
	}
}
