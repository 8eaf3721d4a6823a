package mappings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// entity compiles what a row says about a kind.
func (c *compiler) entity(kind rental.Kind) {
	block := c.block(kind)
	if !block.said() {
		return
	}

	plan := entityPlan{Place: block.Place, kind: kind}
	c.identity(&plan, block)
	for i := range block.fields {
		e := &block.fields[i]
		spec, _ := rental.SpecOf(kind, rental.Field(e.Name.Value))
		plan.fields = append(plan.fields, c.field(kind, spec, &e.Value))
	}
	switch kind {
	case rental.Asset:
		c.identify(&plan, block)
		c.prefer(block)
	case rental.Item:
		c.rates(&plan, block)
		c.offRent(&plan)
		c.plannedEnd(&plan)
		c.zoneOf(&plan)
		c.whole(block)
	}
	c.into.entities = append(c.into.entities, plan)
}

// identity compiles what decides whether a row speaks of an entity, and of
// which.
func (c *compiler) identity(plan *entityPlan, block *entityBlock) {
	if block.when.Said() {
		plan.when = c.compileFormula(block.when, transforms.Bool)
		plan.whenText = block.when.Value
		c.needColumns(plan.when)
	}
	plan.key = c.field(plan.kind, rental.Spec{Field: keyField, Type: rental.Text}, &block.key)
	c.needSource(&plan.key)
}

// keyField stands for an entity's key where a field is wanted.
const keyField rental.Field = "key"

// field compiles where a field has its value from.
func (c *compiler) field(kind rental.Kind, spec rental.Spec, said *rule) fieldPlan {
	f := fieldPlan{
		Place: said.At, field: spec.Field, label: kind.String() + "." + string(spec.Field), column: -1,
		do: said.Do, day: spec.Day, required: said.Required, number: c.made.number, date: c.made.dates,
		allowed: c.allowed(kind, spec), currency: spec.Field == rental.RateCurrency,
		names: spec.Field == keyField || spec.Field == rental.Identifier || spec.Refers != 0,
	}
	c.source(&f, said)
	c.codes(&f, said)
	c.reading(&f, spec, said)
	c.standby(&f, said)
	if f.required {
		c.needSource(&f)
	}
	return f
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// source decides between a column, a constant and a formula.
func (c *compiler) source(f *fieldPlan, said *rule) {
	if said.Formula.Said() {
		f.from, f.text = fromFormula, "="+strings.TrimPrefix(said.Formula.Value, "=")
		f.formula = c.compileFormula(said.Formula, transforms.Text)
		return
	}
	if !said.From.Said() {
		return // told already
	}

	_, named := c.find(said.From.Value)
	constant := f.allowed != nil || f.currency && currencyCode.MatchString(said.From.Value)
	if named || !said.bare || !constant {
		f.column = c.column(said.From)
		return
	}
	f.from, f.text = fromConstant, said.From.Value
	if f.allowed != nil && !slices.Contains(f.allowed, f.text) {
		cure := suggest(f.text, f.allowed)
		if !strings.HasPrefix(cure, "did you mean") {
			cure = fmt.Sprintf("if it is a header, write {from: %s}", f.text)
		}
		c.fault(said.From.Place, fmt.Sprintf("%q is no column and no value of %s", f.text, f.label), cure)
	}
}

// needSource makes the columns of a field ones that every file must have.
func (c *compiler) needSource(f *fieldPlan) {
	if f.column >= 0 {
		c.need(f.column)
	}
	c.needColumns(f.formula)
}

var policies = map[string]policy{"": park, "park": park, "leave": leave, "reject": reject}

// codes compiles the code table of a field, and what an unknown code does.
func (c *compiler) codes(f *fieldPlan, said *rule) {
	if said.Codes.said() {
		c.table(f, said)
	}

	known := false
	f.unknown, known = policies[said.Unknown.Value]
	switch {
	case !said.Unknown.Said():
	case !said.Codes.said() && f.allowed == nil:
		c.fault(said.Unknown.Place, fmt.Sprintf("unknown: says what an unknown code does, but %s has no codes", f.label), "add codes:, or remove it")
	case !known && f.allowed != nil && !slices.Contains(f.allowed, said.Unknown.Value):
		c.fault(said.Unknown.Place, fmt.Sprintf("%q is no value of %s", said.Unknown.Value, f.label), unknownCure(said.Unknown.Value, f.allowed))
	case !known:
		f.unknown, f.instead = instead, said.Unknown.Value
	}
}

func unknownCure(word string, allowed []string) string {
	if near, found := transforms.Nearest(word, append([]string{"park", "leave", "reject"}, allowed...)); found {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "write park, leave, reject, or one of its values"
}

// reading decides how the field's text becomes a value.
func (c *compiler) reading(f *fieldPlan, spec rental.Spec, said *rule) {
	number, date := said.Number.said() || said.Implied != nil, said.Date.said()
	custom := spec.Type == rental.Empty
	switch {
	case number && date:
		c.fault(said.At, fmt.Sprintf("%s is said to be a number and a date", f.label), "keep one of them")
	case number && spec.Type != rental.Number && !custom:
		c.fault(said.At, fmt.Sprintf("%s is no number", f.label), "remove number:")
	case date && spec.Type != rental.Instant && !custom:
		c.fault(said.At, fmt.Sprintf("%s is no date", f.label), "remove date:")
	case spec.Type == rental.Number || number:
		c.readNumber(f, said)
	case spec.Type == rental.Instant || date:
		c.readDate(f, said)
	}
	if said.Time.Said() && f.read != asDate {
		c.fault(said.Time.Place, fmt.Sprintf("%s is no date and has no time", f.label), "remove time:")
	}
}

func (c *compiler) readNumber(f *fieldPlan, said *rule) {
	f.read = asNumber
	if said.Implied != nil {
		f.read, f.implied = asImplied, *said.Implied
		if _, err := transforms.Implied("0", f.implied); err != nil {
			c.fault(said.At, err.Error(), "")
		}
		if c.figureOf(f) != nil {
			c.fault(said.At, fmt.Sprintf("%s has implied: here and at its column", f.label), "keep the one at the column")
		}
	}
	if own := said.Number.own; own != nil {
		f.number = own.form(f.number)
		if err := f.number.Check(); err != nil {
			c.fault(said.Number.Place, err.Error(), "")
		}
	}
}

// figureOf is how the digits of a field's column are a number; nil where they are
// as they stand.
func (c *compiler) figureOf(f *fieldPlan) *transforms.Figure {
	if f.column < 0 {
		return nil
	}
	return c.into.columns[f.column].figure
}

func (c *compiler) readDate(f *fieldPlan, said *rule) {
	f.read = asDate
	if own := said.Date.own; own != nil {
		f.date = *own
	}
	c.needZone()
	if c.figureOf(f) != nil {
		c.fault(said.At, fmt.Sprintf("%s is a date, but its column is a number", f.label), "remove implied: and sign: from the column")
	}
	if f.date.String() == "" && !c.said.File.Dates.Said() {
		c.fault(said.At, fmt.Sprintf("%s is a date, and nothing says how dates are written", f.label), "add dates: to file:, as dates: DD.MM.YYYY")
	}
	if !c.said.File.Timezone.said() {
		c.fault(said.At, fmt.Sprintf("%s is a date, and nothing says in which zone", f.label), "add timezone: to file:, as timezone: Europe/Berlin")
	}
	if !said.Time.Said() {
		return
	}
	h, m, s, err := transforms.ParseClock(said.Time.Value)
	if err != nil {
		c.fault(said.Time.Place, err.Error(), "")
	}
	if f.date.HasTime() {
		c.fault(said.Time.Place, fmt.Sprintf("the dates of %s have a time already", f.label), "remove time:")
	}
	f.clock = &clock{h, m, s}
}

// standby takes the value for where the ERP says nothing.
func (c *compiler) standby(f *fieldPlan, said *rule) {
	if !said.Default.Said() {
		return
	}
	f.standby, f.hasStand = said.Default.Value, true

	var err error
	switch f.read {
	case asNumber:
		_, err = f.number.Parse(f.standby)
	case asImplied:
		_, err = transforms.Implied(f.standby, f.implied)
	case asDate:
		_, err = f.date.Parse(f.standby)
	case asText:
		if f.allowed != nil && !slices.Contains(f.allowed, f.standby) {
			err = fmt.Errorf("%q is no value of %s; %s", f.standby, f.label, suggest(f.standby, f.allowed))
		}
		if f.currency && !isCurrency(f.standby) {
			err = fmt.Errorf("%q is no currency; a currency is three capital letters, as EUR", f.standby)
		}
	}
	if err != nil {
		c.fault(said.Default.Place, "the default does not fit: "+err.Error(), "")
	}
}
