package iris

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"rentalsync/pipeline/rental"
)

// WireFault is one thing that is wrong with a profile.
type WireFault struct {
	File         string
	Line, Column int
	What         string // with the cure
}

// Error names the place as editors understand it.
func (f *WireFault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.What)
}

// LoadWire reads a profile. The error joins every *WireFault it has.
func LoadWire(file string, data []byte) (*Wire, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, syntaxFault(file, err)
	}

	l := wireLoader{file: file, forms: formChoice{date: asDateTime, depot: asDepotID, zone: time.UTC}, root: &node{}}
	l.load(&doc)
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return &Wire{profile: l.profile, digest: wireDigest(l.profile, l.root.meaning()), root: l.root}, nil
}

// syntaxFault gives the place of a text that is no YAML.
func syntaxFault(file string, err error) error {
	fault := &WireFault{File: file, Line: 1, Column: 1, What: strings.TrimPrefix(err.Error(), "yaml: ")}
	if at := new(yaml.LoadError); errors.As(err, &at) {
		fault.Line, fault.Column, fault.What = max(at.Mark.Line, 1), max(at.Mark.Column, 1), "this is no YAML: "+at.Message
	}
	return fault
}

// wireLoader compiles a profile and gathers every fault on the way.
type wireLoader struct {
	file    string
	faults  []error
	profile string
	forms   formChoice
	items   *node
	root    *node
}

// formChoice is how the profile writes what has several forms.
type formChoice struct {
	date, depot form
	zone        *time.Location
}

var wireSections = []string{"profile", "dates", "timezone", "depots", "items", "asset", "item", "contract", "customer"}

// load reads the settings first, since the fields depend on them, and then the
// fields in the order of the file.
func (l *wireLoader) load(doc *yaml.Node) {
	if len(doc.Content) == 0 {
		doc = &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Line: 1, Column: 1}}}
	}
	top := doc.Content[0]
	sections := l.members(top, wireSections)

	l.settings(top, sections)
	for _, s := range sections {
		kind, err := rental.ParseKind(s.key.Value)
		if err != nil || kind == rental.Depot {
			continue
		}
		l.fields(kind, s.value)
	}
	if l.items != nil {
		l.root.children = append(l.root.children, l.items)
	}
	l.need(top)
}

func (l *wireLoader) settings(top *yaml.Node, sections []member) {
	list := "contractItems"
	for _, s := range sections {
		switch s.key.Value {
		case "profile":
			l.profile = l.word(s.value)
		case "dates":
			l.forms.date = l.choice(s.value, asDateTime, asDate)
		case "depots":
			l.forms.depot = l.choice(s.value, asDepotID, asDepotReference, asDepotPlain)
		case "timezone":
			l.forms.zone = l.timezone(s.value)
		case "items":
			list = l.word(s.value)
		}
	}
	if l.profile == "" {
		l.fault(top, "profile has no name; add a line like `profile: iris-2025-06`")
	}
	l.items = newNode(list)
	l.items.list = true
}

// need finds the fields that IRIS takes no request without.
func (l *wireLoader) need(top *yaml.Node) {
	have := map[source]bool{}
	l.root.each("", func(_ string, leaf *leaf) {
		for _, s := range leaf.sources {
			have[s] = true
		}
	})
	for _, s := range []source{
		{rental.Asset, rental.Identifier}, {rental.Asset, rental.IdentifierType},
		{rental.Item, ""}, {rental.Contract, ""}, {rental.Customer, ""},
	} {
		if !have[s] {
			l.fault(top, "%s has no place; IRIS needs it", s)
		}
	}
}

func (l *wireLoader) fields(kind rental.Kind, section *yaml.Node) {
	specs := sentFields(kind)
	names := make([]string, 0, len(specs))
	for _, s := range specs {
		names = append(names, fieldName(s.Field))
	}
	for _, m := range l.members(section, names) {
		at := slices.Index(names, m.key.Value)
		l.field(kind, specs[at], m.value)
	}
}

// sentFields lists what a document can say about a kind; the reference, which
// is no field of the register, has no name.
func sentFields(kind rental.Kind) []rental.Spec {
	specs := []rental.Spec{{Type: rental.Text}}
	for _, s := range rental.Specs(kind) {
		if s.Sent && (s.Refers == 0 || s.Refers == rental.Depot) {
			specs = append(specs, s)
		}
	}
	return specs
}

func fieldName(f rental.Field) string {
	if f == "" {
		return "reference"
	}
	return string(f)
}

// rule is what a profile says about one field.
type rule struct {
	to        *yaml.Node
	as        *yaml.Node
	empty     *yaml.Node
	confirmed bool
}

// field compiles one line of a section.
func (l *wireLoader) field(kind rental.Kind, spec rental.Spec, value *yaml.Node) {
	r := l.rule(value)
	if r.to == nil {
		l.fault(value, "%s has no place; write `%s: PLACE`", fieldName(spec.Field), fieldName(spec.Field))
		return
	}

	l.place(kind, r.to, &leaf{
		sources: []source{{kind, spec.Field}},
		form:    l.form(spec, r.as),
		empty:   emptyRule{send: l.empty(spec, r.empty), confirmed: r.confirmed},
		zone:    l.forms.zone,
	})
}

// rule reads the short or the long form of a line.
func (l *wireLoader) rule(value *yaml.Node) rule {
	if value.Kind == yaml.ScalarNode {
		return rule{to: value}
	}
	var r rule
	for _, m := range l.members(value, []string{"to", "as", "empty", "confirmed"}) {
		switch m.key.Value {
		case "to":
			r.to = m.value
		case "as":
			r.as = m.value
		case "empty":
			r.empty = m.value
		case "confirmed":
			if err := m.value.Decode(&r.confirmed); err != nil {
				l.fault(m.value, "confirmed is %q; say true or false", m.value.Value)
			}
		}
	}
	return r
}

func (l *wireLoader) form(spec rental.Spec, as *yaml.Node) form {
	if as != nil && spec.Type != rental.Instant {
		l.fault(as, "%s is no date; leave `as` out", fieldName(spec.Field))
		return asText
	}
	switch {
	case as != nil:
		return l.choice(as, asDateTime, asDate)
	case spec.Type == rental.Instant:
		return l.forms.date
	case spec.Type == rental.Number:
		return asNumber
	case spec.Refers == rental.Depot:
		return l.forms.depot
	default:
		return asText
	}
}

// empty reads what is sent for nothing.
func (l *wireLoader) empty(spec rental.Spec, n *yaml.Node) []byte {
	if n == nil || n.Kind == yaml.ScalarNode && n.Value == "omit" {
		return nil
	}
	if spec.Field == "" || spec.Field == rental.Identifier || spec.Field == rental.IdentifierType {
		l.fault(n, "%s is never empty; leave `empty` out", fieldName(spec.Field))
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.Value == "null" {
		return []byte("null")
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "value" {
		return l.constant(n.Content[1])
	}
	l.fault(n, "empty is %q; say omit, null or {value: X}", n.Value)
	return nil
}

// constant is a value of the profile as JSON.
func (l *wireLoader) constant(n *yaml.Node) []byte {
	var value any
	if err := n.Decode(&value); err != nil {
		l.fault(n, "value cannot be read: %v", err)
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		l.fault(n, "value %q has no form in JSON; write a text, a number, true, false or null", n.Value)
		return nil
	}
	return text
}

var wirePlace = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$`)

// place puts a leaf where its path says.
func (l *wireLoader) place(kind rental.Kind, to *yaml.Node, value *leaf) {
	if to.Kind != yaml.ScalarNode || !wirePlace.MatchString(to.Value) {
		l.fault(to, "place %q is no path; write names with dots between them, such as contract.endDate", to.Value)
		return
	}

	at := l.items
	if kind == rental.Asset {
		at = l.root
	}
	for name := range strings.SplitSeq(to.Value, ".") {
		if at.leaf != nil || at == l.root && name == l.items.name {
			l.fault(to, "place %q leads into one that holds something else; choose another", to.Value)
			return
		}
		at = at.child(name)
	}
	l.fill(at, to, value)
}

// fill makes a leaf of a node, or joins the field of the same name that has the
// place already.
func (l *wireLoader) fill(at *node, to *yaml.Node, value *leaf) {
	have := at.leaf
	switch {
	case have == nil && len(at.children) > 0:
		l.fault(to, "place %q is an object, because other fields go into it; choose another", to.Value)
	case have == nil:
		at.leaf = value
	case have.sources[0].field != value.sources[0].field || value.sources[0].field == "":
		l.fault(to, "place %q holds %s already; choose another", to.Value, have.sources[0])
	default:
		have.sources = append(have.sources, value.sources...)
	}
}

func newNode(name string) *node {
	return &node{name: name, key: append(appendString(nil, name), ':')}
}

// child finds or makes a member of an object.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	c := newNode(name)
	n.children = append(n.children, c)
	return c
}

// member is one line of a YAML mapping.
type member struct{ key, value *yaml.Node }

// members lists the lines of a mapping that are known; the others, and those
// that are there twice, are faults.
func (l *wireLoader) members(n *yaml.Node, known []string) []member {
	if n.Kind != yaml.MappingNode {
		l.fault(n, "found %q where lines of NAME: VALUE belong", n.Value)
		return nil
	}

	var all []member
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case value.Kind == yaml.AliasNode || key.Kind != yaml.ScalarNode:
			l.fault(key, "anchors and aliases are not known here; write the value out")
		case !slices.Contains(known, key.Value):
			l.fault(key, "%q is not known here; known are %s", key.Value, strings.Join(known, ", "))
		case seen[key.Value] > 0:
			l.fault(key, "%q is already in line %d; keep one of them", key.Value, seen[key.Value])
		default:
			seen[key.Value] = key.Line
			all = append(all, member{key, value})
		}
	}
	return all
}

// word reads a text that must not be blank.
func (l *wireLoader) word(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || !wirePlace.MatchString(n.Value) || strings.Contains(n.Value, ".") {
		l.fault(n, "%q is no name; use letters, digits, - and _", n.Value)
		return ""
	}
	return n.Value
}

func (l *wireLoader) choice(n *yaml.Node, among ...form) form {
	names := make([]string, 0, len(among))
	for _, f := range among {
		if n.Kind == yaml.ScalarNode && n.Value == formNames[f] {
			return f
		}
		names = append(names, formNames[f])
	}
	l.fault(n, "%q is not known here; known are %s", n.Value, strings.Join(names, ", "))
	return among[0]
}

func (l *wireLoader) timezone(n *yaml.Node) *time.Location {
	zone, err := time.LoadLocation(n.Value)
	if n.Kind != yaml.ScalarNode || n.Value == "" || err != nil {
		l.fault(n, "timezone %q is not known; write one like Europe/Berlin", n.Value)
		return time.UTC
	}
	return zone
}

func (l *wireLoader) fault(at *yaml.Node, format string, args ...any) {
	l.faults = append(l.faults, &WireFault{File: l.file, Line: at.Line, Column: at.Column, What: fmt.Sprintf(format, args...)})
}
