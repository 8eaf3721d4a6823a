package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
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
	}
	own := block.prefer.values()
	if len(own) > 0 && len(c.made.prefer) > 0 && !slices.Equal(own, c.made.prefer) {
		c.fault(block.prefer[0].Place, "another part has prefer, too, and not the same", "keep one of them")
	}
	if len(own) > 0 {
		c.made.prefer = own
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
	if block.rate.order != nil {
		c.order(&block.rate, plan.rates)
	}
	for _, field := range []rental.Field{rental.RateCurrency, rental.RateType, rental.RateUnitPrice} {
		plan.fields = append(plan.fields, fieldPlan{field: field, from: fromRate, column: -1})
	}
}

// order holds the order of prices and the prices to each other.
func (c *compiler) order(said *rates, prices []ratePlan) {
	spec, _ := rental.SpecOf(rental.Item, rental.RateType)
	allowed := c.allowed(rental.Item, spec)
	words := said.order.values()
	for i, word := range said.order {
		typed := func(p ratePlan) bool { return p.kind.from != fromConstant || p.kind.text == word.Value }
		switch {
		case !slices.Contains(allowed, word.Value):
			c.fault(word.Place, fmt.Sprintf("%q is no value of item.rate.type", word.Value), suggest(word.Value, allowed))
		case slices.Contains(words[:i], word.Value):
			c.fault(word.Place, fmt.Sprintf("choose names %s twice", word.Value), "keep the first")
		case !slices.ContainsFunc(prices, typed):
			c.warn(word.Place, fmt.Sprintf("choose names %s, but of: has no such price", word.Value), "add the price to of:, or remove the word")
		}
	}
	for i := range prices {
		switch kind := &prices[i].kind; {
		case kind.from != fromConstant:
			c.fault(kind.Place, "choose cannot know the type of this price before a row is read", "write the type itself, as type: DAILY")
		case slices.Contains(allowed, kind.text) && !slices.Contains(words, kind.text):
			c.fault(kind.Place, fmt.Sprintf("choose does not say when the %s price is taken", kind.text), "add it to choose, or remove the price")
		}
	}
}

// offRent wants a due date where it can be the end that is shown.
func (c *compiler) offRent(plan *entityPlan) {
	said := func(field rental.Field) int {
		return slices.IndexFunc(plan.fields, func(f fieldPlan) bool { return f.field == field })
	}
	at := said(rental.OffRent)
	if at < 0 || said(rental.DueDate) >= 0 {
		return
	}
	if f := &plan.fields[at]; f.from != fromConstant || f.text == rental.OffRents()[1] {
		c.fault(f.Place, "offRent shows the planned end, but the item has no dueDate", "add dueDate: with the column of the planned end, or write offRent: actual")
	}
}

// plannedEnd warns where one column is both the planned and the actual end: then
// a plan ends rentals.
func (c *compiler) plannedEnd(plan *entityPlan) {
	due, off := -1, -1
	for i := range plan.fields {
		switch plan.fields[i].field {
		case rental.DueDate:
			due = plan.fields[i].column
		case rental.OffRentDate:
			off = i
		}
	}
	if off >= 0 && due >= 0 && plan.fields[off].column == due {
		c.warn(plan.fields[off].Place, fmt.Sprintf("dueDate and offRentDate are both %s, so that a plan ends the rental", c.into.columns[due].name),
			"map the actual return, or remove offRentDate: and write offRent: planned")
	}
}

// zoneOf lets an item keep its zone where the rows of a file have several: the
// day on which no file names it any more ends there.
func (c *compiler) zoneOf(plan *entityPlan) {
	if c.into.zone.several() {
		c.needZone()
		plan.fields = append(plan.fields, fieldPlan{field: rental.Zone, label: "item.zone", from: fromZone, column: c.into.zone.by})
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

// scopes takes what limits what absence says, of the whole file and of single
// kinds, once it is known which columns the mapping speaks of.
func (c *compiler) scopes() {
	said := c.said.File.Scope
	if c.part.Scope.Said() {
		said = c.part.Scope
	}
	if said.Said() {
		c.into.scope = c.scopeOf(said)
		c.pointless(said, c.said.File.Contains.any())
	}
	for i := range c.into.entities {
		e := &c.into.entities[i]
		if said := c.block(e.kind).scope; said.Said() {
			e.scope = c.scopeOf(said)
			c.pointless(said, c.said.File.Contains.of[e.kind] != pipeline.Changes)
		}
	}
}

// pointless warns of a scope that limits nothing.
func (c *compiler) pointless(scope Text, claims bool) {
	if !claims {
		c.warn(scope.Place, "scope limits what absence says, but contains: lets nothing follow from absence", "remove scope:, or say contains: full, or {item: open}, in file:")
	}
}

// scopeOf compiles a scope: a column, a formula, or else a constant.
func (c *compiler) scopeOf(said Text) *fieldPlan {
	f := &fieldPlan{Place: said.Place, label: "scope", column: -1, text: said.Value, names: true}
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
	for i := range c.part.Extra {
		e := &c.part.Extra[i]
		word, key, _ := strings.Cut(e.Name.Value, ".")
		kind, found := map[string]rental.Kind{
			"asset": rental.Asset, "customer": rental.Customer, "contract": rental.Contract, "site": rental.Depot, "depot": rental.Depot,
		}[word]
		at := slices.IndexFunc(c.into.entities, func(p entityPlan) bool { return p.kind == kind })

		switch {
		case !found || key == "":
			c.fault(e.Name.Place, fmt.Sprintf("%q is no custom field", e.Name.Value), `write what it belongs to and its IRIS key, as contract.projectCode; custom fields belong to asset, customer, contract or site`)
		case at < 0:
			c.fault(e.Name.Place, fmt.Sprintf("%q belongs to the %s, but the mapping gives none", e.Name.Value, kind), fmt.Sprintf("add the block %s:", kind))
		default:
			f := c.field(kind, rental.Spec{Field: rental.Field(rental.ExtraPrefix + key)}, &e.Value)
			c.into.entities[at].fields = append(c.into.entities[at].fields, f)
		}
	}
}
