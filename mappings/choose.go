package mappings

import "rentalsync/pipeline/rental"

// identity is what an asset is identified by.
type identity struct {
	kind, value rental.Value
	column      string
}

func (d identity) part(field rental.Field) rental.FieldValue {
	if field == rental.IdentifierType {
		return rental.FieldValue{Field: field, Value: d.kind, Column: d.column}
	}
	return rental.FieldValue{Field: field, Value: d.value, Column: d.column}
}

// identify takes the first candidate that has a value.
func (r *mapper) identify(e *boundEntity) (identity, bool) {
	empty := false
	for i := range e.identify {
		c := &e.identify[i]
		value, said := r.eval(&c.value)
		if said && !value.IsEmpty() {
			return identity{kind: rental.Of(c.kind), value: value, column: r.origin(&c.value)}, true
		}
		empty = empty || said
	}
	if !empty {
		return identity{}, false
	}
	return identity{column: e.identify[0].value.column}, true
}

// tariff is the price that was chosen.
type tariff struct{ kind, currency, price rental.FieldValue }

func (t tariff) part(field rental.Field) rental.FieldValue {
	switch field {
	case rental.RateType:
		return t.kind
	case rental.RateCurrency:
		return t.currency
	default:
		return t.price
	}
}

// price takes the first price that the row has; of several, one of zero is
// taken only when there is no other.
func (r *mapper) price(e *boundEntity) (tariff, bool) {
	best, empty := -1, -1
	var price rental.FieldValue
	for i := range e.rates {
		f := &e.rates[i].price
		value, said := r.eval(f)
		switch {
		case !said:
		case value.IsEmpty():
			empty = i
		case best < 0 || price.Value.Text == "0":
			best, price = i, rental.FieldValue{Field: rental.RateUnitPrice, Value: value, Column: r.origin(f)}
		}
	}
	if best < 0 && empty < 0 {
		return tariff{}, false
	}
	if best < 0 {
		return noTariff(e.rates[empty].price.column), true
	}

	chosen := &e.rates[best]
	return tariff{
		kind:     r.part(rental.RateType, &chosen.kind),
		currency: r.part(rental.RateCurrency, &chosen.currency),
		price:    price,
	}, true
}

func (r *mapper) part(field rental.Field, f *boundField) rental.FieldValue {
	value, _ := r.eval(f)
	return rental.FieldValue{Field: field, Value: value, Column: r.origin(f)}
}

func noTariff(column string) tariff {
	nothing := func(field rental.Field) rental.FieldValue { return rental.FieldValue{Field: field, Column: column} }
	return tariff{kind: nothing(rental.RateType), currency: nothing(rental.RateCurrency), price: nothing(rental.RateUnitPrice)}
}
