package mappings

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// NodeDecoder is a value that can be written in several ways and reads itself.
// What it finds wrong it tells the decoder.
type NodeDecoder interface {
	DecodeYAML(d *Decoder, n *yaml.Node)
}

// Decoder fills Go values from YAML and collects every fault on its way.
//
// A struct takes the keys that its `yaml:"name"` tags name and no others;
// `yaml:"name,required"` is a fault where the key is missing, `yaml:",inline"`
// takes the keys of an embedded struct, and a field of type [Place] is told where
// the struct stands. Text is the source text of a scalar: 01, no and 1.0 stay as
// they were written. Durations may be said in days and weeks.
type Decoder struct {
	doc    *Document
	faults Faults
}

// File names the file that is being decoded.
func (d *Decoder) File() string { return d.doc.File }

// Fault notes what is wrong at a node.
func (d *Decoder) Fault(n *yaml.Node, what, cure string) {
	d.faults = append(d.faults, d.doc.at(n.Line, n.Column, what, cure))
}

// Warn notes what is odd at a node.
func (d *Decoder) Warn(n *yaml.Node, what, cure string) {
	f := d.doc.at(n.Line, n.Column, what, cure)
	f.Warning = true
	d.faults = append(d.faults, f)
}

// Decode fills what into points at from a node.
func (d *Decoder) Decode(n *yaml.Node, into any) {
	d.value(n, reflect.ValueOf(into).Elem())
}

// Text is a scalar's source text; false, with a fault, when n is no scalar.
func (d *Decoder) Text(n *yaml.Node) (string, bool) {
	switch {
	case isNull(n) && d.doc.commentAt(n):
		d.Fault(n, "the value is missing: what follows # is a comment", `quote the value: "#…"`)
	case isNull(n):
		d.Fault(n, "the value is missing", `write it, or "" for blank text`)
	case n.Kind == yaml.ScalarNode:
		return n.Value, true
	default:
		d.Fault(n, fmt.Sprintf("expected text, found %s", shape(n)), "")
	}
	return "", false
}

// Pairs calls do for each key of a mapping that Read has not refused; a fault
// where n is no mapping.
func (d *Decoder) Pairs(n *yaml.Node, do func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.Fault(n, fmt.Sprintf("expected keys with values, found %s", shape(n)), keysHint(n))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; key.Kind == yaml.ScalarNode && key.Tag != mergeTag && indented(key) == "" {
			do(n.Content[i], n.Content[i+1])
		}
	}
}

// keysHint is the cure for what should be keys with values.
func keysHint(n *yaml.Node) string {
	switch what, cure := gluedColon(n.Value); {
	case isNull(n):
		return "indent the lines below that belong to it"
	case plain(n) && what != "":
		return what + ", " + cure
	default:
		return ""
	}
}

// Items returns the nodes of a list; a single value counts as a list of one.
func (d *Decoder) Items(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// Unknown notes a key that nothing here takes, with the nearest that would fit.
func (d *Decoder) Unknown(key *yaml.Node, known []string) {
	cure := suggest(key.Value, known)
	if what, write := gluedColon(key.Value); what != "" {
		cure = what + ", " + write
	}
	if strings.Trim(key.Value, "0123456789#.,") == "" {
		cure = "a comma inside {} begins another key; put what belongs together in quotes, as \"0,0\""
	}
	d.Fault(key, fmt.Sprintf("unknown key %q", key.Value), cure)
}

func (d *Decoder) value(n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.AliasNode {
		return // told by Read already
	}
	if v.CanAddr() {
		if own, ok := v.Addr().Interface().(NodeDecoder); ok {
			own.DecodeYAML(d, n)
			return
		}
	}

	switch v.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		d.value(n, fresh.Elem())
		v.Set(fresh)
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Map:
		d.table(n, v)
	case reflect.Slice:
		d.list(n, v)
	default:
		d.scalar(n, v)
	}
}

func (d *Decoder) table(n *yaml.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	d.Pairs(n, func(key, value *yaml.Node) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(value, item)
		v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), item)
	})
}

func (d *Decoder) list(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.Fault(n, fmt.Sprintf("expected a list, found %s", shape(n)), "a list is written [a, b]")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, v.Index(i))
	}
}

var duration = reflect.TypeFor[time.Duration]()

func (d *Decoder) scalar(n *yaml.Node, v reflect.Value) {
	text, ok := d.Text(n)
	if !ok {
		return
	}

	switch kind := v.Kind(); {
	case v.Type() == duration:
		span, err := ParseDuration(text)
		if err != nil {
			d.Fault(n, err.Error(), "")
		}
		v.SetInt(int64(span))
	case kind == reflect.String:
		v.SetString(text)
	case kind == reflect.Bool:
		v.SetBool(text == "true")
		if text != "true" && text != "false" {
			d.Fault(n, fmt.Sprintf("expected true or false, found %q", text), "")
		}
	case v.CanInt():
		number, err := strconv.ParseInt(text, 10, v.Type().Bits())
		d.expect(n, "a whole number", text, err)
		v.SetInt(number)
	case v.CanFloat():
		number, err := strconv.ParseFloat(text, 64)
		d.expect(n, "a number", text, err)
		v.SetFloat(number)
	default:
		panic("mappings: cannot decode into " + v.Type().String())
	}
}

func (d *Decoder) expect(n *yaml.Node, what, text string, err error) {
	if err != nil {
		d.Fault(n, fmt.Sprintf("expected %s, found %q", what, text), "")
	}
}

// ParseDuration reads a span of time as an admin writes it: 30s, 15m, 2h, 400d, 2w.
func ParseDuration(text string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no span of time; write 30s, 15m, 2h or 7d", text)
	if span, err := time.ParseDuration(text); err == nil {
		return span, nil
	}
	if text == "" {
		return 0, bad
	}

	count, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || count < 0 || count > 100_000 {
		return 0, bad
	}
	switch text[len(text)-1] {
	case 'd':
		return time.Duration(count) * 24 * time.Hour, nil
	case 'w':
		return min(time.Duration(count), 10_000) * 7 * 24 * time.Hour, nil
	default:
		return 0, bad
	}
}

// slot is one key that a struct takes.
type slot struct {
	name     string
	index    []int
	required bool
}

var place = reflect.TypeFor[Place]()

func (d *Decoder) structure(n *yaml.Node, v reflect.Value) {
	for i := range v.NumField() {
		if v.Type().Field(i).Type == place {
			v.Field(i).Set(reflect.ValueOf(Place{n.Line, n.Column}))
		}
	}

	slots := slotsOf(v.Type(), nil)
	said := map[string]bool{}
	var before *yaml.Node
	d.Pairs(n, func(key, value *yaml.Node) {
		at := slices.IndexFunc(slots, func(s slot) bool { return s.name == key.Value })
		if at >= 0 {
			said[key.Value] = true
			d.value(value, v.FieldByIndex(slots[at].index))
		} else {
			d.strange(key, value, before, slots)
		}
		before = value
	})

	for _, s := range slots {
		if s.required && !said[s.name] && n.Kind == yaml.MappingNode {
			d.Fault(n, fmt.Sprintf("the key %q is missing", s.name), "")
		}
	}
}

// strange notes a key that a struct does not take. Within braces it may be the
// rest of the formula before it, which ended at its comma.
func (d *Decoder) strange(key, value, before *yaml.Node, slots []slot) {
	if before != nil && isNull(value) && plain(before) && strings.HasPrefix(before.Value, "=") {
		d.Fault(before, fmt.Sprintf("the comma before %q ends the formula", key.Value), quoteWhole)
		return
	}
	known := make([]string, len(slots))
	for i, s := range slots {
		known[i] = s.name
	}
	d.Unknown(key, known)
}

// slotsOf lists the keys that a struct takes, those of embedded structs too.
func slotsOf(t reflect.Type, index []int) []slot {
	var slots []slot
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		at := append(slices.Clone(index), i)
		switch {
		case options == "inline":
			slots = append(slots, slotsOf(f.Type, at)...)
		case name != "" && name != "-":
			slots = append(slots, slot{name: name, index: at, required: options == "required"})
		}
	}
	return slots
}

// shape names what a node is, for whoever expected something else.
func shape(n *yaml.Node) string {
	switch {
	case isNull(n):
		return "nothing"
	case n.Kind == yaml.MappingNode:
		return "keys with values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(n.Value)
	}
}
