package mappings

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// mergeTag is what YAML makes of the key <<.
const (
	mergeTag  = "!!merge"
	mergeWhat = `"<<" takes keys from another place of the file`
	mergeCure = "write the keys out here; mappings share columns, codes and skip by include:"
)

var tooDeep = fmt.Sprintf("more than %d levels lie inside each other", maxDepth)

const flatten = "remove the brackets or indents that hold nothing else"

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
		t.fault(n, tooDeep, flatten)
		return
	}

	switch {
	case n.Anchor != "":
		t.fault(n, fmt.Sprintf("%q is an anchor", "&"+n.Anchor), "write the value where it is used, or quote it")
	case n.Kind == yaml.AliasNode:
		t.fault(n, fmt.Sprintf("%q is an alias", "*"+n.Value), "write the value out, or "+quoteWhole)
		return
	case n.Style&yaml.TaggedStyle != 0:
		t.fault(n, fmt.Sprintf("%q is a tag", n.Tag), quoteWhole+", or the value if it is text")
	}

	if n.Kind == yaml.MappingNode {
		t.keys(n)
	}
	for i, part := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Tag == mergeTag {
			continue // told at its key
		}
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
		case key.Tag == mergeTag:
			t.fault(key, mergeWhat, mergeCure)
		case indented(key) != "":
			t.fault(key, "the line is indented by "+indented(key), "indent by spaces")
		case isNull(key):
			t.fault(key, fmt.Sprintf("the key %q means nothing", key.Value), `quote it: "`+key.Value+`"`)
		case twice:
			t.fault(key, fmt.Sprintf("the key %q stands on line %d already", key.Value, first.Line), "remove one of them")
		default:
			seen[key.Value] = key
		}
	}
}

// indented names what a key begins with that looks like its indent; "" for
// nothing.
func indented(key *yaml.Node) string {
	if !plain(key) {
		return ""
	}
	_, name := oddIndent(key.Value)
	return name
}

// isNull reports whether a node is YAML's null, which is never what an admin
// means by an empty place or by the word.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Tag == "!!null"
}

// isMerge reports whether a line is a key <<.
func isMerge(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " -"), "<<:") }

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
