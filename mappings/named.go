package mappings

import (
	"fmt"
	"strings"

	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// Text is a scalar as it was written, with its place.
type Text struct {
	Value string
	Place
	style yaml.Style
}

// DecodeYAML takes any scalar.
func (t *Text) DecodeYAML(d *Decoder, n *yaml.Node) {
	t.Place, t.style = Place{n.Line, n.Column}, n.Style
	t.Value, _ = d.Text(n)
}

// Said reports whether the file has the text at all.
func (t Text) Said() bool { return t.Line > 0 }

// Named is a YAML mapping from names to values, in the order of the file.
type Named[T any] []Entry[T]

// Entry is one name and its value.
type Entry[T any] struct {
	Name  Text
	Value T
}

// DecodeYAML takes any keys.
func (ns *Named[T]) DecodeYAML(d *Decoder, n *yaml.Node) {
	d.Pairs(n, func(key, value *yaml.Node) {
		var e Entry[T]
		e.Name = Text{Value: key.Value, Place: Place{key.Line, key.Column}, style: key.Style}
		d.Decode(value, &e.Value)
		*ns = append(*ns, e)
	})
}

// Texts is one text or a list of them.
type Texts []Text

// DecodeYAML takes a scalar or a list of scalars.
func (ts *Texts) DecodeYAML(d *Decoder, n *yaml.Node) {
	*ts = Texts{}
	for _, item := range d.Items(n) {
		var t Text
		t.DecodeYAML(d, item)
		*ts = append(*ts, t)
	}
}

// values returns the texts without their places.
func (ts Texts) values() []string {
	values := make([]string, len(ts))
	for i, t := range ts {
		values[i] = t.Value
	}
	return values
}

// suggest is the cure for a name that nothing knows: the nearest one that is
// known, or all of them where they are few.
func suggest(name string, known []string) string {
	if near, found := transforms.Nearest(name, known); found {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 || len(known) > 12 {
		return ""
	}
	return "known here: " + strings.Join(known, ", ")
}
