package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// entityBlock is what a row says about one kind of thing.
type entityBlock struct {
	Place
	when     Text
	key      rule
	scope    Text
	identify candidates
	prefer   Texts
	rate     rates
	fields   Named[rule]
}

// The blocks of the five kinds take the fields of their kind.
type (
	assetBlock    struct{ entityBlock }
	customerBlock struct{ entityBlock }
	contractBlock struct{ entityBlock }
	itemBlock     struct{ entityBlock }
	depotBlock    struct{ entityBlock }
)

// DecodeYAML takes the fields of an asset.
func (b *assetBlock) DecodeYAML(d *Decoder, n *yaml.Node) { b.decode(d, n, rental.Asset) }

// DecodeYAML takes the fields of a customer.
func (b *customerBlock) DecodeYAML(d *Decoder, n *yaml.Node) { b.decode(d, n, rental.Customer) }

// DecodeYAML takes the fields of a contract.
func (b *contractBlock) DecodeYAML(d *Decoder, n *yaml.Node) { b.decode(d, n, rental.Contract) }

// DecodeYAML takes the fields of an item.
func (b *itemBlock) DecodeYAML(d *Decoder, n *yaml.Node) { b.decode(d, n, rental.Item) }

// DecodeYAML takes the fields of a depot.
func (b *depotBlock) DecodeYAML(d *Decoder, n *yaml.Node) { b.decode(d, n, rental.Depot) }

func (b *entityBlock) said() bool { return b.Line > 0 }

func (b *entityBlock) decode(d *Decoder, n *yaml.Node, kind rental.Kind) {
	b.Place = Place{n.Line, n.Column}
	special := b.special(kind)
	names := fieldNames(kind)

	d.Pairs(n, func(key, value *yaml.Node) {
		into, found := special[key.Value]
		switch {
		case found:
			d.Decode(value, into)
		case slices.Contains(names, key.Value):
			e := Entry[rule]{Name: Text{Value: key.Value, Place: Place{key.Line, key.Column}}}
			e.Value.DecodeYAML(d, value)
			b.fields = append(b.fields, e)
		default:
			d.Fault(key, fmt.Sprintf("unknown key %q", key.Value), elsewhere(key.Value, kind))
		}
	})
	if n.Kind == yaml.MappingNode && child(n, "key") == nil {
		d.Fault(n, kind.String()+" has no key", "add key: with the column that holds the ERP's own number")
	}
}

// elsewhere is the cure for a key that a block does not take.
func elsewhere(key string, kind rental.Kind) string {
	if what, cure := gluedColon(key); what != "" {
		return what + ", " + cure
	}
	if near, found := transforms.Nearest(key, blockKeys(kind)); found {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, other := range rental.Kinds() {
		if slices.Contains(blockKeys(other), key) {
			return "it belongs to " + other.String() + ":"
		}
	}
	return "known here: " + strings.Join(blockKeys(kind), ", ")
}

// special are the keys of a block that are no plain fields.
func (b *entityBlock) special(kind rental.Kind) map[string]any {
	keys := map[string]any{"when": &b.when, "key": &b.key, "scope": &b.scope}
	switch kind {
	case rental.Asset:
		keys["identify"], keys["prefer"] = &b.identify, &b.prefer
	case rental.Item:
		keys["rate"] = &b.rate
	}
	return keys
}

// fieldNames lists the fields of a kind that a block takes as they are; the
// parts of a rate stand in a block of their own.
func fieldNames(kind rental.Kind) []string {
	var names []string
	for _, spec := range rental.Specs(kind) {
		if name := string(spec.Field); !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	return names
}

// blockKeys lists everything that a block of a kind takes, in reading order.
func blockKeys(kind rental.Kind) []string {
	keys := []string{"when", "key", "scope"}
	switch kind {
	case rental.Asset:
		keys = append(keys, "identify", "prefer")
	case rental.Item:
		keys = append(keys, "rate")
	}
	return append(keys, fieldNames(kind)...)
}
