package mappings

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// traps walks a document and finds the parts of YAML that do not mean what they
// seem to, or that only a program would write.
type traps struct {
	doc    *Document
	faults Faults
}

func (t *traps) fault(n *yaml.Node, what, cure string) {
	t.faults = append(t.faults, t.doc.at(n.Line, n.Column, what, cure))
}

func (t *traps) node(n *yaml.Node, depth int) {
	if depth > maxDepth {
		t.fault(n, fmt.Sprintf("more than %d levels lie inside each other", maxDepth), "")
		return
	}

	switch {
	case n.Anchor != "":
		t.fault(n, fmt.Sprintf("%q is an anchor", "&"+n.Anchor), "write the value where it is used, or quote it")
	case n.Kind == yaml.AliasNode:
		t.fault(n, fmt.Sprintf("%q is an alias", "*"+n.Value), "write the value out; "+quoteWhole+" if it is one")
		return
	case n.Style&yaml.TaggedStyle != 0:
		t.fault(n, fmt.Sprintf("%q is a tag", n.Tag), quoteWhole+", or the value if it is text")
	}

	if n.Kind == yaml.MappingNode {
		t.keys(n)
	}
	for _, part := range n.Content {
		t.node(part, depth+1)
	}
}

// keys finds keys that are no text, or are there twice.
func (t *traps) keys(n *yaml.Node) {
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		first, twice := seen[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			t.fault(key, "a key must be one word", "")
			continue
		case isNull(key):
			t.fault(key, fmt.Sprintf("the key %q means nothing", key.Value), `quote it: "`+key.Value+`"`)
		case twice:
			t.fault(key, fmt.Sprintf("the key %q stands on line %d already", key.Value, first.Line), "remove one of them")
		default:
			seen[key.Value] = key
		}
	}
}

// isNull reports whether a node is YAML's null, which is never what an admin
// means by an empty place or by the word.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Tag == "!!null"
}

// plain reports whether a scalar is written without quotes.
func plain(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&^(yaml.TaggedStyle|yaml.FlowStyle) == 0
}

// commentAt reports whether a comment stands where a value was expected.
func (doc *Document) commentAt(n *yaml.Node) bool {
	rest := []rune(doc.line(n.Line))
	rest = rest[min(max(n.Column-1, 0), len(rest)):]
	return strings.HasPrefix(strings.TrimSpace(string(rest)), "#")
}
