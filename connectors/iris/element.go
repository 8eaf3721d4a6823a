package iris

import (
	"strings"
	"unicode"
)

// element is a piece of a fleet, be it XML or JSON: attributes and child
// elements of XML and members of a JSON object are all the same to it, because
// makers disagree on which is which.
type element struct {
	name     string
	key      string // the name as names are compared
	kind     kind
	text     string
	children []element
}

// kind is how a document told an element's value.
type kind int

const (
	ofXML    kind = iota // XML, which has only text; also what holds others
	ofText               // a string of JSON
	ofNumber             // text is a JSON number
	ofFlag               // text is true or false
	ofList               // the children have no names
)

// The bounds of one element. Those of ISO lie four deep and hold a few dozen.
const (
	maxDepth    = 32
	maxElements = 50_000
)

// named begins an element. What frames names in some documents is not theirs: a
// prefix of XML that was turned into JSON, and the mark of an attribute there.
func named(name string) element {
	if at := strings.LastIndexByte(name, ':'); at >= 0 {
		name = name[at+1:]
	}
	name = strings.TrimLeft(name, "@_-")
	return element{name: name, key: keyOf(name)}
}

// keyOf is a name as names are compared: without regard to case and to what
// joins its words.
func keyOf(name string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case '_', '-', '.', ' ', '/':
			return -1
		}
		return unicode.ToLower(c)
	}, name)
}

// value is an element with a text.
func value(name string, k kind, of string) element {
	e := named(name)
	e.kind, e.text = k, of
	return e
}

// child finds the first child of a key; nil when there is none.
func (e *element) child(key string) *element {
	if e == nil {
		return nil
	}
	for i := range e.children {
		if e.children[i].key == key {
			return &e.children[i]
		}
	}
	return nil
}

// get is the text of a child; "" when there is none, or nothing in it.
func (e *element) get(key string) string {
	c := e.child(key)
	if c == nil {
		return ""
	}
	return c.trimmed()
}

func (e *element) trimmed() string { return strings.TrimSpace(e.text) }

// add takes a child. One that only frames others, as in JSON that was made of
// XML, hands over what it holds.
func (e *element) add(c element) {
	switch c.key {
	case "$", "attributes":
		if c.kind == ofXML {
			e.children = append(e.children, c.children...)
			return
		}
	case "", "#text", "$t", "#cdatasection":
		if len(c.children) == 0 {
			e.text, e.kind = c.text, c.kind
			return
		}
	}
	e.children = append(e.children, c)
}

// all are the elements that one stands for: those of a list, or itself.
func (e *element) all() []element {
	if e.kind != ofList {
		return []element{*e}
	}
	var each []element
	for i := range e.children {
		c := e.children[i]
		c.name, c.key = e.name, e.key
		each = append(each, c.all()...)
	}
	return each
}

// empty reports whether nothing is said by an element.
func (e *element) empty() bool {
	if e.trimmed() != "" {
		return false
	}
	for i := range e.children {
		if !e.children[i].empty() {
			return false
		}
	}
	return true
}

// budget bounds what one element may hold.
type budget struct{ left int }

func (b *budget) renew() { b.left = maxElements }

// spend tells whether one more element may be kept.
func (b *budget) spend() bool {
	b.left--
	return b.left >= 0
}
