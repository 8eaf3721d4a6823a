package rental

import (
	"slices"
	"strings"
)

// Origin is the place a row was read from: a person finds it with an editor.
type Origin struct {
	File  string `json:"file"`
	Sheet string `json:"sheet,omitempty"`
	Line  int    `json:"line"` // physical line, counted from 1
}

// FieldValue is one thing a row says about an entity, and the column or rule
// that said it.
type FieldValue struct {
	Field  Field
	Value  Value
	Column string
}

// Entity is what one row says about one thing. Fields that the row is silent
// about are not in it; a field with an Empty value was said to be nothing.
type Entity struct {
	Ref
	Scope  string // limits what absence from the file says; "" is the whole file
	Fields []FieldValue
	Origin Origin
}

// Sort brings the fields into the order in which they are compared and kept.
func (e *Entity) Sort() {
	slices.SortFunc(e.Fields, func(a, b FieldValue) int { return strings.Compare(string(a.Field), string(b.Field)) })
}

// Get returns what the row says of a field; false when it is silent.
func (e *Entity) Get(f Field) (Value, bool) {
	for i := range e.Fields {
		if e.Fields[i].Field == f {
			return e.Fields[i].Value, true
		}
	}
	return Value{}, false
}

// Digest identifies what the row says, wherever it was said.
func (e *Entity) Digest() Digest {
	var buf [512]byte
	b := appendText(buf[:0], e.Key)
	if e.Scope != "" {
		b = appendText(b, e.Scope)
	}
	for i := range e.Fields {
		b = appendText(b, string(e.Fields[i].Field))
		b = append(b, byte(e.Fields[i].Value.Type))
		b = appendText(b, e.Fields[i].Value.Text)
	}
	return digestOf(b)
}
