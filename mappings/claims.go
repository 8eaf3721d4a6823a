package mappings

import (
	"fmt"
	"slices"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"go.yaml.in/yaml/v4"
)

// claims is what absence of each kind means.
type claims struct {
	Place
	full  bool
	of    [rental.Asset + 1]pipeline.Claim
	named []claimed
}

type claimed struct {
	Place
	kind rental.Kind
}

var claimWords = []string{"changes", "all", "open"}

// DecodeYAML takes full, changes, or a claim for each kind.
func (c *claims) DecodeYAML(d *Decoder, n *yaml.Node) {
	c.Place = Place{n.Line, n.Column}
	if n.Kind != yaml.MappingNode {
		text, ok := d.Text(n)
		switch {
		case ok && text == "full":
			c.full = true
			c.of[rental.Asset], c.of[rental.Item] = pipeline.All, pipeline.Open
		case ok && text != "changes":
			d.Fault(n, fmt.Sprintf("unknown claim %q", text), "write full, changes, or a claim for each kind, as {asset: all, item: open}")
		}
		return
	}
	d.Pairs(n, func(key, value *yaml.Node) { c.claim(d, key, value) })
}

// any reports whether something follows from the absence of some kind.
func (c *claims) any() bool { return c.of != [len(c.of)]pipeline.Claim{} }

func (c *claims) claim(d *Decoder, key, value *yaml.Node) {
	kind, err := rental.ParseKind(key.Value)
	if err != nil {
		d.Unknown(key, kindWords())
		return
	}
	text, ok := d.Text(value)
	if !ok {
		return
	}
	word := slices.Index(claimWords, text)
	switch {
	case word < 0:
		d.Fault(value, fmt.Sprintf("unknown claim %q", text), suggest(text, claimWords))
	case pipeline.Claim(word) == pipeline.Open && kind != rental.Item:
		d.Fault(value, fmt.Sprintf("%s: open means nothing, only items are open or ended", kind), "write all or changes")
	default:
		c.of[kind] = pipeline.Claim(word)
		c.named = append(c.named, claimed{Place{key.Line, key.Column}, kind})
	}
}

func kindWords() []string {
	var words []string
	for _, k := range rental.Kinds() {
		words = append(words, k.String())
	}
	return words
}

// claims takes what absence means, for the kinds that the mapping gives.
func (c *compiler) claims() {
	said := c.said.File.Contains
	for _, named := range said.named {
		if !c.gives(named.kind) {
			c.fault(named.Place, fmt.Sprintf("contains speaks of %s, but the mapping gives none", named.kind), fmt.Sprintf("remove it, or add the block %s:", named.kind))
		}
	}
	if said.full && !c.gives(rental.Asset) && !c.gives(rental.Item) {
		c.warn(said.Place, "full is about assets and items, and the mapping gives neither", "remove contains:, or name the kind, as {customer: all}")
	}
	for _, kind := range rental.Kinds() {
		if c.gives(kind) {
			c.made.claims[kind] = said.of[kind]
		}
	}
}
