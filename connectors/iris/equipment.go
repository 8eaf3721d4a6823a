package iris

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// Equipment is one machine of a document, told as ISO 15143-3 tells it whatever
// the document's maker calls things: every block under its own name, numbers in
// the standard's units, times in UTC. What has no name there keeps the maker's.
type Equipment struct {
	Item   int // its place in the document, from 1
	Faults []pipeline.Fault

	blocks []element // in order; all of them told
}

// block finds the first block of a name; nil when there is none.
func (eq *Equipment) block(name string) *element {
	for i := range eq.blocks {
		if eq.blocks[i].name == name {
			return &eq.blocks[i]
		}
	}
	return nil
}

// understand tells a machine in the terms of the standard. What cannot be
// understood is a fault, and everything else is told all the same.
func understand(e *element, item int) Equipment {
	t := teller{found: map[*block][]element{}, flat: map[*block]*element{}}
	t.sortOut(e)

	eq := Equipment{Item: item}
	for i := range isoBlocks {
		b := &isoBlocks[i]
		eq.blocks = append(eq.blocks, t.tell(b)...)
	}
	eq.blocks = append(eq.blocks, t.others()...)
	t.expectMachine(e, &eq)
	eq.Faults = t.faults
	return eq
}

// teller tells one machine.
type teller struct {
	found  map[*block][]element // what stands for a block
	flat   map[*block]*element  // fields of a block that stand beside it
	stamps []element            // when the machine says all of it was true
	other  []element            // what the standard does not know
	faults []pipeline.Fault
}

func (t *teller) fault(field, value, what string) {
	t.faults = append(t.faults, pipeline.Fault{Column: field, Value: value, What: what})
}

// sortOut puts what a machine says to the blocks it belongs to.
func (t *teller) sortOut(e *element) {
	for i := range e.children {
		c := &e.children[i]
		at, known := places[c.key]
		switch {
		case unspecified(e, c):
		case !known && timeKeys[c.key]:
			t.stamps = append(t.stamps, *c)
		case !known:
			t.other = append(t.other, *c)
		case at.field == "" && strings.HasSuffix(c.key, "ratio") && len(c.children) == 0:
			t.other = append(t.other, *c) // of what is not said: 0.5 may be half a tank
		case at.field == "":
			t.found[at.block] = append(t.found[at.block], c.all()...)
		default:
			t.beside(at, c)
		}
	}
}

// beside keeps a field that stands beside the blocks.
func (t *teller) beside(at place, c *element) {
	one := t.flat[at.block]
	if one == nil {
		e := named(at.block.name)
		one = &e
		t.flat[at.block] = one
	}
	field := *c
	field.name, field.key = at.field, keyOf(at.field)
	one.children = append(one.children, field)
}

// unspecified reports whether a member is nothing: .NET writes numbers that are
// not there as 0 and says so beside them.
func unspecified(e, c *element) bool {
	if strings.HasSuffix(c.key, "specified") && c.key != "specified" {
		return true
	}
	said := e.child(c.key + "specified")
	return said != nil && strings.EqualFold(said.trimmed(), "false")
}

// tell tells a block: several where several may be, else the newest.
func (t *teller) tell(b *block) []element {
	found := t.found[b]
	if flat := t.flat[b]; flat != nil {
		found = t.withFlat(b, found, flat)
	}
	if b.many {
		return t.tellMany(b, found)
	}

	var newest *element
	for i := range found {
		if len(found[i].children) == 0 && b.name != headerName {
			found[i].children = slices.Clone(t.stamps) // a bare number was true when the machine says
		}
		one := t.block(b, &found[i])
		if len(one.children) == 0 || saysOnlyHow(b, &one) {
			continue
		}
		if newest == nil || !trueAt(&one).Before(trueAt(newest)) {
			newest = &one
		}
	}
	if newest == nil {
		return nil
	}
	return []element{*newest}
}

// withFlat gives the header what stands beside it, and a bare number its unit and
// time. Where there is no block, what stands beside makes one; it was true when
// the machine says.
func (t *teller) withFlat(b *block, found []element, flat *element) []element {
	switch {
	case b.name == headerName && len(found) > 0:
		return []element{withBeside(b, found[0], flat)}
	case len(found) > 1 || len(found) == 1 && len(found[0].children) > 0:
		return found
	case len(found) == 1:
		flat.text, flat.kind = found[0].text, found[0].kind
	}
	if flat.child(timeName) == nil && b.name != headerName {
		flat.children = append(flat.children, t.stamps...)
	}
	return []element{*flat}
}

func withBeside(b *block, header element, flat *element) element {
	header.children = slices.Clone(header.children)
	for _, c := range flat.children {
		if f := b.find(c.key); f == nil || !says(&header, f) {
			header.children = append(header.children, c)
		}
	}
	return header
}

func says(e *element, f *field) bool {
	return slices.ContainsFunc(keys(f.name, f.also), func(key string) bool { return e.get(key) != "" })
}

// saysOnlyHow reports whether a block has nothing but its time and its units.
func saysOnlyHow(b *block, one *element) bool {
	return !slices.ContainsFunc(one.children, func(c element) bool {
		f := b.find(c.key)
		return c.name != timeName && (f == nil || f.is != unit)
	})
}

// trueAt is the time of a block that was told; zero when there is none.
func trueAt(e *element) time.Time {
	when, _ := parseTime(e.get(timeName))
	return when
}

// tellMany tells what may be there several times: one list, of which each has
// its own fields.
func (t *teller) tellMany(b *block, found []element) []element {
	all := named(b.name)
	all.kind = ofList
	for i := range found {
		for _, e := range unwrapped(b, &found[i]) {
			one := t.generic(&e)
			if len(e.children) > 0 {
				one = t.block(b, &e)
			}
			if !one.empty() {
				all.children = append(all.children, one)
			}
		}
	}
	if len(all.children) == 0 {
		return nil
	}
	return []element{all}
}

// unwrapped are the things in an element that holds nothing but them, as
// FaultCodes does.
func unwrapped(b *block, e *element) []element {
	var each []element
	for i := range e.children {
		c := &e.children[i]
		if at := places[c.key]; at.block != b || len(c.children) == 0 {
			return []element{*e}
		}
		each = append(each, c.all()...)
	}
	if len(each) == 0 {
		return []element{*e}
	}
	return each
}

// others tells what the standard does not know, under its own name.
func (t *teller) others() []element {
	var told []element
	for i := range t.stamps {
		if when := t.when(&t.stamps[i], "the machine"); when != "" && len(told) == 0 {
			told = append(told, value(timeName, ofText, when))
		}
	}
	for i := range t.other {
		c := &t.other[i]
		if c.empty() {
			continue
		}
		one := t.generic(c)
		if one.key == "metadata" {
			one.name = "Metadata"
		}
		keep(&told, one)
	}
	return told
}

// keep adds an element. What is there several times is a list.
func keep(told *[]element, one element) {
	at := slices.IndexFunc(*told, func(e element) bool { return e.key == one.key })
	if at < 0 {
		*told = append(*told, one)
		return
	}
	before := &(*told)[at]
	if before.kind != ofList {
		first := *before
		*before = element{name: first.name, key: first.key, kind: ofList, children: []element{first}}
	}
	before.children = append(before.children, one)
}

// expectMachine makes sure that it is a machine, and one that can be told from
// others.
func (t *teller) expectMachine(e *element, eq *Equipment) {
	header := eq.block(headerName)
	switch {
	case header == nil && len(e.children) == 0 && e.trimmed() != "":
		t.fault("", e.trimmed(), "it is no machine, but a value")
	case header == nil:
		t.fault(headerName, "", "it has no EquipmentHeader")
	case eq.identity() == "":
		t.fault(headerName, "", "it has no serial number, no PIN and no other id")
	}
}

// withoutName is for a reading whose document names no machine: that is no fault
// of it.
func (eq *Equipment) withoutName() {
	eq.Faults = slices.DeleteFunc(eq.Faults, func(f pipeline.Fault) bool { return f.Column == headerName })
}

// identity is what people will find the machine by.
func (eq *Equipment) identity() string {
	header, meta := eq.block(headerName), eq.meta()
	known := cmp.Or(header.get("serialnumber"), header.get("pin"), header.get("equipmentid"),
		meta.get("telematicserialnumber"), meta.get("assetid"), meta.get("machineid"))
	if known != "" || header == nil {
		return known
	}
	for _, c := range header.children {
		if headerBlock.find(c.key) == nil && nameLike(c.key) {
			return c.trimmed()
		}
	}
	return ""
}

// meta is what IRIS adds to each machine.
func (eq *Equipment) meta() *element {
	for i := range eq.blocks {
		if eq.blocks[i].key == "metadata" {
			return &eq.blocks[i]
		}
	}
	return nil
}
