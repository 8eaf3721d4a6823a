package rental

import (
	"slices"
	"strings"
)

// Document is what IRIS should hold of one asset: the asset with its items,
// their contracts and customers. It names fields as the register does; the wire
// profile of the sender says how they are spelled and nested.
type Document struct {
	Key   string // the asset's key in the ERP
	Asset Part
	Items []ItemPart
	Left  []LeftOut // parts that wait or are not known; they do not belong to the digest

	SpelledBy Speller // who gave what IRIS finds it by
}

// Identifier is what IRIS finds the asset by.
func (d *Document) Identifier() string {
	v, _ := d.Asset.Get(Identifier)
	return v.Text
}

// Part is one entity inside a document.
type Part struct {
	Key       string // in the register
	Reference string // the external reference IRIS knows it by
	Fields    []FieldValue
}

// ItemPart is one contract item with what hangs on it.
type ItemPart struct {
	Part
	Ended    bool
	Contract Part
	Customer *Part // nil while the contract names none
}

// Get returns a field of the part; false when the document is silent about it.
func (p *Part) Get(f Field) (Value, bool) {
	for i := range p.Fields {
		if p.Fields[i].Field == f {
			return p.Fields[i].Value, true
		}
	}
	return Value{}, false
}

// LeftOut is a part that a document goes without.
type LeftOut struct {
	Ref
	Why string `json:"why"`
}

// Has reports whether the document carries an item, by its key in the register.
func (d *Document) Has(item string) bool {
	return slices.ContainsFunc(d.Items, func(i ItemPart) bool { return i.Key == item })
}

// Lines are the items that the document carries, by their keys in the register.
func (d *Document) Lines() []string {
	keys := make([]string, len(d.Items))
	for i := range d.Items {
		keys[i] = d.Items[i].Key
	}
	return keys
}

func (p *Part) set(v FieldValue) {
	at, found := slices.BinarySearchFunc(p.Fields, v, func(x, y FieldValue) int { return strings.Compare(string(x.Field), string(y.Field)) })
	if found {
		p.Fields[at] = v
		return
	}
	p.Fields = slices.Insert(p.Fields, at, v)
}

// Digest identifies the document's content without the ended items: they leave
// once IRIS has taken them, and that alone must not make the document another.
func (d *Document) Digest() Digest {
	b := appendPart(make([]byte, 0, 1024), &d.Asset)
	for i := range d.Items {
		if d.Items[i].Ended {
			continue
		}
		b = appendItem(b, &d.Items[i])
	}
	return digestOf(b)
}

// Closing reports whether the document ends a rental that IRIS has not been
// told about.
func (d *Document) Closing() bool {
	return slices.ContainsFunc(d.Items, func(i ItemPart) bool { return i.Ended })
}

// FullDigest identifies everything that is sent, ended items and all.
func (d *Document) FullDigest() Digest {
	b := appendPart(make([]byte, 0, 1024), &d.Asset)
	for i := range d.Items {
		b = appendItem(b, &d.Items[i])
	}
	return digestOf(b)
}

func appendItem(b []byte, i *ItemPart) []byte {
	b = appendPart(b, &i.Part)
	b = appendPart(b, &i.Contract)
	if i.Customer != nil {
		b = appendPart(b, i.Customer)
	}
	return append(b, 0xff)
}

func appendPart(b []byte, p *Part) []byte {
	b = appendText(b, p.Reference)
	for i := range p.Fields {
		b = appendText(b, string(p.Fields[i].Field))
		b = append(b, byte(p.Fields[i].Value.Type))
		b = appendText(b, p.Fields[i].Value.Text)
	}
	return append(b, 0xfe)
}
