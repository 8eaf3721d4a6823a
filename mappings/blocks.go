package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// identify compiles the ways to identify an asset.
func (c *compiler) identify(plan *entityPlan, block *entityBlock) {
	if len(block.identify) == 0 {
		return
	}
	for _, f := range plan.fields {
		if f.field == rental.Identifier || f.field == rental.IdentifierType {
			c.fault(f.Place, fmt.Sprintf("%s and identify are both there", f.label), "keep one of them")
		}
	}

	kinds, _ := rental.SpecOf(rental.Asset, rental.IdentifierType)
	allowed := c.allowed(rental.Asset, kinds)
	spec, _ := rental.SpecOf(rental.Asset, rental.Identifier)
	for i := range block.identify {
		said := &block.identify[i]
		if !slices.Contains(allowed, said.kind.Value) {
			c.fault(said.kind.Place, fmt.Sprintf("%q is no way to identify an asset", said.kind.Value), suggest(said.kind.Value, allowed))
		}
		plan.identify = append(plan.identify, candidatePlan{kind: said.kind.Value, value: c.field(rental.Asset, spec, &said.rule)})
	}
	plan.fields = append(plan.fields,
		fieldPlan{field: rental.Identifier, from: fromIdentify, column: -1},
		fieldPlan{field: rental.IdentifierType, from: fromIdentify, column: -1})
}

// prefer takes the order of statuses that settles two rows about one asset.
func (c *compiler) prefer(block *entityBlock) {
	spec, _ := rental.SpecOf(rental.Asset, rental.RentalStatus)
	allowed := c.allowed(rental.Asset, spec)
	for _, said := range block.prefer {
		if !slices.Contains(allowed, said.Value) {
			c.fault(said.Place, fmt.Sprintf("%q is no value of asset.rentalStatus", said.Value), suggest(said.Value, allowed))
		}
		c.made.prefer = append(c.made.prefer, said.Value)
	}
}

// rates compiles the prices of an item.
func (c *compiler) rates(plan *entityPlan, block *entityBlock) {
	if len(block.rate.list) == 0 {
		return
	}
	part := func(field rental.Field, said *rule) fieldPlan {
		spec, _ := rental.SpecOf(rental.Item, field)
		return c.field(rental.Item, spec, said)
	}
	for i := range block.rate.list {
		said := &block.rate.list[i]
		plan.rates = append(plan.rates, ratePlan{
			kind:     part(rental.RateType, &said.Type),
			currency: part(rental.RateCurrency, &said.Currency),
			price:    part(rental.RateUnitPrice, &said.UnitPrice),
		})
	}
	for _, field := range []rental.Field{rental.RateCurrency, rental.RateType, rental.RateUnitPrice} {
		plan.fields = append(plan.fields, fieldPlan{field: field, from: fromRate, column: -1})
	}
}

// offRent takes which end an item has.
func (c *compiler) offRent(block *entityBlock) {
	switch said := block.offRent; said.Value {
	case "", "actual":
	case "planned":
		c.fault(said.Place, "this version ends no rental by its plan", "remove offRent:, and map the planned end to dueDate")
	default:
		c.fault(said.Place, fmt.Sprintf("offRent: %q is unknown", said.Value), "write actual")
	}
}

// whole warns of an item that no row joins to its asset and contract: unless
// another file does, it would wait for ever.
func (c *compiler) whole(block *entityBlock) {
	for _, field := range []rental.Field{rental.ContractRef, rental.AssetRef} {
		said := func(e Entry[rule]) bool { return e.Name.Value == string(field) }
		if !slices.ContainsFunc(block.fields, said) {
			c.warn(block.Place, fmt.Sprintf("item does not say its %s, and waits until another file does", field), fmt.Sprintf("add %s: with the column of its key", field))
		}
	}
}

// scope takes what limits the claims of the whole file.
func (c *compiler) scope() {
	if said := c.said.File.Scope; said.Said() {
		c.made.scope = c.scopeOf(said)
	}
}

// scopeOf compiles a scope: a column, a formula, or else a constant.
func (c *compiler) scopeOf(said Text) *fieldPlan {
	f := &fieldPlan{Place: said.Place, label: "scope", column: -1, text: said.Value}
	at, named := c.find(said.Value)
	switch {
	case strings.HasPrefix(said.Value, "="):
		f.from, f.formula = fromFormula, c.compileFormula(said, transforms.Text)
	case named:
		f.column = at
	default:
		f.from = fromConstant
		if near, found := transforms.Nearest(said.Value, c.shortNames()); found {
			c.warn(said.Place, fmt.Sprintf("scope: %q is no column and is taken as it stands", said.Value), fmt.Sprintf("did you mean %q?", near))
		}
	}
	c.needSource(f)
	return f
}

// extra compiles the custom fields.
func (c *compiler) extra() {
	for i := range c.said.Extra {
		e := &c.said.Extra[i]
		word, key, _ := strings.Cut(e.Name.Value, ".")
		kind, found := map[string]rental.Kind{
			"asset": rental.Asset, "customer": rental.Customer, "contract": rental.Contract, "site": rental.Depot, "depot": rental.Depot,
		}[word]
		at := slices.IndexFunc(c.made.entities, func(p entityPlan) bool { return p.kind == kind })

		switch {
		case !found || key == "":
			c.fault(e.Name.Place, fmt.Sprintf("%q is no custom field", e.Name.Value), `write what it belongs to and its IRIS key, as contract.projectCode; custom fields belong to asset, customer, contract or site`)
		case at < 0:
			c.fault(e.Name.Place, fmt.Sprintf("%q belongs to the %s, but the mapping gives none", e.Name.Value, kind), fmt.Sprintf("add the block %s:", kind))
		default:
			f := c.field(kind, rental.Spec{Field: rental.Field(rental.ExtraPrefix + key)}, &e.Value)
			c.made.entities[at].fields = append(c.made.entities[at].fields, f)
		}
	}
}
