package pipeline

import (
	"context"
	"slices"

	"rentalsync/pipeline/rental"
)

// PreparedField is a custom field of the mappings, and how it gets along with the
// values that the register has for it.
type PreparedField struct {
	FieldFinding
	Values int    `json:"values"`           // how many there are
	Unfit  int    `json:"unfit"`            // how many the field cannot hold
	Unlike string `json:"unlike,omitempty"` // why it cannot hold the first of those
}

// fields checks the custom fields to which mappings give values.
func (p *Preparer) fields(ctx context.Context, out *Preparation) error {
	wanted := CustomFieldsOf(p.Mappings)
	if len(wanted) == 0 {
		return nil
	}
	var definitions []FieldDefinition
	for d, err := range p.Directory.Definitions(ctx) {
		if err != nil {
			return err
		}
		definitions = append(definitions, d)
	}

	book := NewFieldBook(definitions)
	for _, finding := range CheckDefinitions(wanted, definitions) {
		out.Fields = append(out.Fields, PreparedField{FieldFinding: finding})
	}
	for _, kind := range rental.Kinds() {
		if err := p.tryValues(ctx, kind, book, out.Fields); err != nil {
			return err
		}
	}
	return nil
}

// tryValues looks whether fields of a kind can hold what the register has.
func (p *Preparer) tryValues(ctx context.Context, kind rental.Kind, book FieldBook, fields []PreparedField) error {
	if !slices.ContainsFunc(fields, func(f PreparedField) bool { return f.Kind == kind }) {
		return nil
	}
	for r, err := range p.Journal.Register(ctx, p.Flow, kind) {
		if err != nil {
			return err
		}
		for i := range fields {
			if fields[i].Kind == kind {
				fields[i].try(&r, book)
			}
		}
	}
	return nil
}

func (f *PreparedField) try(r *rental.Record, book FieldBook) {
	value, said := r.Get(rental.Field(rental.ExtraPrefix + f.Key))
	if !said || value.IsEmpty() {
		return
	}
	f.Values++
	definition, err := book.Find(f.Kind, f.Key)
	if err != nil {
		return
	}
	if _, err := definition.Spell(value); err != nil {
		if f.Unfit++; f.Unfit == 1 {
			f.Unlike = r.Ref.String() + ": " + err.Error()
		}
	}
}
