package rental

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// Source is where the register has one field's value from.
type Source struct {
	Delivery string // the delivery's id
	Sheet    string
	Line     int
	Column   string
	Rule     string // in words, where no cell says it: "not named on 2026-11-22"
}

// RecordField is one field of the register's state of an entity.
type RecordField struct {
	Field  Field
	Value  Value
	Source Source
}

// Record is the register's last good state of one entity. Its fields are sorted
// by name.
type Record struct {
	Ref
	Fields []RecordField
}

// Get returns a field's value; false when no row ever said anything about it.
func (r *Record) Get(f Field) (Value, bool) {
	i, found := r.find(f)
	if !found {
		return Value{}, false
	}
	return r.Fields[i].Value, true
}

// Text returns a field's text, "" when it is empty or was never said.
func (r *Record) Text(f Field) string {
	v, _ := r.Get(f)
	return v.Text
}

func (r *Record) find(f Field) (int, bool) {
	return slices.BinarySearchFunc(r.Fields, f, func(have RecordField, want Field) int {
		return strings.Compare(string(have.Field), string(want))
	})
}

// Ended reports whether an item's rental is over: the ERP gave an actual
// off-hire. A plan never ends a rental.
func (r *Record) Ended() bool { return r.Text(OffRentDate) != "" }

// SourceOf is where the register has a field's value from.
func (r *Record) SourceOf(f Field) Source {
	i, found := r.find(f)
	if !found {
		return Source{}
	}
	return r.Fields[i].Source
}

// Inferred reports whether a rule said the value of a field, and no cell.
func (r *Record) Inferred(f Field) bool {
	return r.SourceOf(f).Rule != ""
}

// With is the record with one field set, in place of what it held of it.
func (r *Record) With(f Field, v Value, from Source) Record {
	next := Record{Ref: r.Ref, Fields: slices.Clone(r.Fields)}
	at, found := next.find(f)
	if !found {
		next.Fields = slices.Insert(next.Fields, at, RecordField{})
	}
	next.Fields[at] = RecordField{Field: f, Value: v, Source: from}
	return next
}

// Without is the record as if nothing had ever been said of a field.
func (r *Record) Without(f Field) Record {
	next := Record{Ref: r.Ref, Fields: slices.Clone(r.Fields)}
	if at, found := next.find(f); found {
		next.Fields = slices.Delete(next.Fields, at, at+1)
	}
	return next
}

// inferred marks, in a digest, values that a rule said.
const inferred = 0xfd

// Digest identifies the record's values and which of them are inferred, not
// where they came from.
func (r *Record) Digest() Digest {
	var buf [512]byte
	b := appendText(buf[:0], r.Key)
	for i := range r.Fields {
		b = appendText(b, string(r.Fields[i].Field))
		b = append(b, byte(r.Fields[i].Value.Type))
		b = appendText(b, r.Fields[i].Value.Text)
		if r.Fields[i].Source.Rule != "" {
			b = append(b, inferred)
		}
	}
	return digestOf(b)
}

// Merge makes the next state of an entity from the last one, which may be nil,
// and what a row of a delivery says now. Fields the row is silent about keep
// their last good value and its source. The last record is left as it was.
func Merge(last *Record, e *Entity, delivery string) Record { return MergeLate(last, e, delivery, nil) }

// MergeLate is Merge for a delivery that comes late: what the later deliveries,
// by id, have set stays, but for an end that none of them told.
func MergeLate(last *Record, e *Entity, delivery string, later map[string]bool) Record {
	next := Record{Ref: e.Ref}
	if last != nil {
		next.Fields = make([]RecordField, 0, len(last.Fields)+len(e.Fields))
		next.Fields = append(next.Fields, last.Fields...)
	}

	for i := range e.Fields {
		said := &e.Fields[i]
		field := RecordField{Field: said.Field, Value: said.Value, Source: Source{
			Delivery: delivery, Sheet: e.Origin.Sheet, Line: e.Origin.Line, Column: said.Column,
		}}

		at, found := next.find(said.Field)
		if !found {
			next.Fields = slices.Insert(next.Fields, at, field)
			continue
		}
		if later[next.Fields[at].Source.Delivery] && !next.Fields[at].guessed(said.Value) {
			continue
		}
		field.Value = said.Value.after(next.Fields[at].Value)
		if field.Value != next.Fields[at].Value || next.Fields[at].Source.Rule != "" {
			next.Fields[at] = field
		}
	}
	return next
}

// guessed reports whether the field is the end of a rental that was only inferred,
// and a row tells the real one: that is the better word, however late it comes.
func (f *RecordField) guessed(said Value) bool {
	return f.Field == OffRentDate && f.Source.Rule != "" && f.Value.Type == Instant && said.Type == Instant
}

// Differences lists the fields in which an entity contradicts a record. A field
// that the record never had is no contradiction.
func Differences(have *Record, e *Entity) []Field {
	var differ []Field
	for i := range e.Fields {
		if v, found := have.Get(e.Fields[i].Field); found && v != e.Fields[i].Value.after(v) {
			differ = append(differ, e.Fields[i].Field)
		}
	}
	return differ
}

// recordFormat is the first byte of every encoded record; records of the first
// format knew no rules.
const (
	recordFormat = 2
	withoutRules = 1
)

var errRecord = errors.New("register holds a record that cannot be read")

// Encode writes the fields for the journal; the reference is kept beside them.
func (r *Record) Encode() []byte {
	b := make([]byte, 0, 32+64*len(r.Fields))
	b = append(b, recordFormat)
	b = binary.AppendUvarint(b, uint64(len(r.Fields)))

	for i := range r.Fields {
		f := &r.Fields[i]
		b = appendText(b, string(f.Field))
		b = append(b, byte(f.Value.Type))
		b = appendText(b, f.Value.Text)
		b = appendText(b, f.Source.Delivery)
		b = appendText(b, f.Source.Sheet)
		b = binary.AppendUvarint(b, uint64(f.Source.Line))
		b = appendText(b, f.Source.Column)
		b = appendText(b, f.Source.Rule)
	}
	return b
}

// DecodeRecord reads what Encode wrote.
func DecodeRecord(ref Ref, b []byte) (Record, error) {
	in := decoder{rest: b}
	format := in.byte()
	if format != recordFormat && format != withoutRules {
		return Record{}, errRecord
	}

	count := in.uint()
	if count > uint64(len(b)) {
		return Record{}, errRecord
	}
	r := Record{Ref: ref, Fields: make([]RecordField, count)}
	for i := range r.Fields {
		r.Fields[i] = RecordField{
			Field: Field(in.text()),
			Value: Value{Type: Type(in.byte()), Text: in.text()},
			Source: Source{
				Delivery: in.text(), Sheet: in.text(), Line: int(in.uint()), Column: in.text(),
			},
		}
		if format != withoutRules {
			r.Fields[i].Source.Rule = in.text()
		}
	}
	if in.failed || len(in.rest) > 0 {
		return Record{}, errRecord
	}
	return r, nil
}

// decoder reads the parts of an encoded record; after a failure it yields zero
// values, and failed says so.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.failed = true
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) uint() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		d.failed = true
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) text() string {
	n := d.uint()
	if n > uint64(len(d.rest)) {
		d.failed = true
		return ""
	}
	text := string(d.rest[:n])
	d.rest = d.rest[n:]
	return text
}
