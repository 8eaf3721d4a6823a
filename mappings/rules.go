package mappings

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// rule says where a field has its value from: a column or a constant, a
// formula, or a block.
type rule struct {
	ruleBlock
	bare bool // written as a single word, which may be a constant
}

// DecodeYAML takes a word, a formula behind "=", or a block.
func (r *rule) DecodeYAML(d *Decoder, n *yaml.Node) {
	r.At = Place{n.Line, n.Column}
	if n.Kind == yaml.MappingNode {
		d.Decode(n, &r.ruleBlock)
		r.checkSource(d, n)
		return
	}

	var t Text
	t.DecodeYAML(d, n)
	r.bare = true
	if strings.HasPrefix(t.Value, "=") {
		r.Formula = t
		return
	}
	r.From = t
	if t.Value == "" && n.Kind == yaml.ScalarNode && !isNull(n) {
		d.Fault(n, "the column is missing", `name it, or write '=""' for a field that is always empty`)
	}
}

func (r *rule) checkSource(d *Decoder, n *yaml.Node) {
	switch {
	case r.From.Said() && r.Formula.Said():
		d.Fault(n, "from and formula are both there", "keep one of them")
	case !r.From.Said() && !r.Formula.Said():
		d.Fault(n, "it is not said where the value comes from", "add from: with a column, or formula:")
	case strings.HasPrefix(r.From.Value, "="):
		r.Formula, r.From = r.From, Text{}
	}
}

// rates are the prices of an item, in the order in which they are tried.
type rates struct {
	Place
	list  []rateBlock
	order Texts // of the types, where choose: says it
}

// DecodeYAML takes one price, a list of prices, or {choose: …, of: …}.
func (r *rates) DecodeYAML(d *Decoder, n *yaml.Node) {
	r.Place = Place{n.Line, n.Column}
	switch {
	case n.Kind == yaml.SequenceNode:
		d.Decode(n, &r.list)
	case n.Kind == yaml.MappingNode && child(n, "choose") != nil:
		var several chooseBlock
		d.Decode(n, &several)
		r.choose(several)
	default:
		r.list = make([]rateBlock, 1)
		d.Decode(n, &r.list[0])
	}
	if r.list != nil && len(r.list) == 0 {
		d.Fault(n, "the list of prices is empty", "remove rate:, or add a price, as {type: DAILY, currency: EUR, unitPrice: Price}")
	}
}

// choose brings prices into the order in which they are tried.
func (r *rates) choose(several chooseBlock) {
	r.order, r.list = several.Choose, several.Of
	order := several.Choose.values()
	slices.SortStableFunc(r.list, func(a, b rateBlock) int {
		return slices.Index(order, a.Type.From.Value) - slices.Index(order, b.Type.From.Value)
	})
}

// candidate is one way to identify an asset.
type candidate struct {
	kind Text
	rule rule
}

// candidates are ways to identify an asset, the best first.
type candidates []candidate

// DecodeYAML takes a list of {TYPE: field}.
func (cs *candidates) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode && len(n.Content) == 0 {
		d.Fault(n, "the list of ways to identify is empty", "add one, as [{SERIAL_NUMBER: Serial}], or remove identify:")
	}
	for _, item := range d.Items(n) {
		d.Pairs(item, func(key, value *yaml.Node) {
			c := candidate{kind: Text{Value: key.Value, Place: Place{key.Line, key.Column}}}
			c.rule.DecodeYAML(d, value)
			*cs = append(*cs, c)
		})
	}
}
