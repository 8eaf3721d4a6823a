package iris

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonReader reads a fleet as JSON, one equipment at a time, whatever a maker's
// server wraps it in: an object with a list of equipment, the list alone, one
// equipment alone, or one after the other as JSON Lines.
type jsonReader struct {
	d      *json.Decoder
	leash  *leash
	budget budget
	each   visitor
	found  bool // something that makes it a fleet
}

// containers are members that hold machines: ISO's, and those that servers wrap
// answers in.
var containers = map[string]bool{
	"equipment": true, "equipments": true, "equipmentlist": true, "arrayofequipment": true, "machines": true, "assets": true,
	"fleet": true, "fleets": true, "fleetsnapshot": true, "fleetresponse": true, "snapshot": true, "snapshots": true, "aemp": true,
	"data": true, "content": true, "items": true, "results": true, "result": true, "response": true, "value": true,
	"$values": true, "records": true, "payload": true, "body": true, "page": true, "embedded": true, "elements": true,
	"equipmentsnapshot": true, "equipmentsnapshots": true,
}

func readJSON(in *leash, each visitor) error {
	r := &jsonReader{d: json.NewDecoder(in), leash: in, each: each}
	r.d.UseNumber()
	for documents := 0; ; documents++ {
		r.found = false
		t, err := r.token()
		switch {
		case errors.Is(err, io.EOF) && documents > 0:
			return nil
		case err != nil:
			return unfinished(err)
		}
		if err := r.document(t); err != nil {
			return unfinished(err)
		}
	}
}

// document reads one value of the outermost level.
func (r *jsonReader) document(t json.Token) error {
	switch t {
	case json.Delim('['):
		r.found = true
		return r.items(1)
	case json.Delim('{'):
		said, err := r.object(1, false)
		if err == nil && !r.found {
			return notAFleet(&said)
		}
		return err
	}
	return fmt.Errorf("document is %v, not a fleet of ISO 15143-3", t)
}

// notAFleet says what an object is not, with what it says itself: often it is
// the answer to a request that failed.
func notAFleet(said *element) error {
	text := "document has neither equipment nor links, so it is not a fleet of ISO 15143-3"
	for _, key := range []string{"message", "errordescription", "error", "detail", "title"} {
		if why := said.get(key); why != "" && len(why) < 200 {
			return fmt.Errorf("%s; it says %q", text, why)
		}
	}
	return errors.New(text)
}

// items reads the machines of a list up to its end.
func (r *jsonReader) items(depth int) error {
	for r.d.More() {
		t, err := r.token()
		if err != nil {
			return err
		}
		if t == json.Delim('{') {
			if _, err := r.object(depth+1, true); err != nil {
				return err
			}
			continue
		}
		r.budget.renew()
		e := named("Equipment")
		if err := r.value(&e, t, depth+1); err != nil {
			return err
		}
		if err := r.each.equipment(&e); err != nil {
			return err
		}
	}
	_, err := r.token()
	return err
}

// object reads an object that may be a machine or hold some. It is a machine if
// anything in it is one's, and in a list also if nothing is.
func (r *jsonReader) object(depth int, listed bool) (alone element, err error) {
	if depth > maxDepth {
		return alone, tooDeep("objects")
	}
	r.budget.renew()
	alone = named("Equipment")
	holds := false
	for r.d.More() {
		held, err := r.member(&alone, depth)
		if err != nil {
			return alone, err
		}
		holds = holds || held
	}
	if _, err := r.token(); err != nil {
		return alone, err
	}

	switch machine := isMachine(&alone); {
	case !listed && (!machine || onlyFaults(&alone)), !machine && holds:
		return alone, r.within(&alone)
	case !listed && series(&alone):
		r.found = true
		return alone, r.readings(&alone)
	}
	r.found = true
	return alone, r.each.equipment(&alone)
}

// within looks for machines in what an object holds under names that nobody
// knows.
func (r *jsonReader) within(e *element) error {
	for i := range e.children {
		c := &e.children[i]
		var err error
		switch {
		case len(c.children) == 0:
		case isNamed(c):
			r.found = true
			err = r.each.equipment(c)
		case c.kind == ofList && isReading(&c.children[0]):
			r.found = true
			err = r.unnamed(c)
		default:
			err = r.within(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unnamed visits the readings of a list whose name says nothing about them.
func (r *jsonReader) unnamed(list *element) error {
	list.name, list.key = "reading", "reading"
	for _, one := range list.all() {
		if err := r.each.visitReading(nil, one); err != nil {
			return err
		}
	}
	return nil
}

// isNamed reports whether an object is a machine beyond doubt: it says which one.
func isNamed(e *element) bool {
	return e.kind != ofList && slices.ContainsFunc(e.children, func(c element) bool {
		at, known := places[c.key]
		return known && at.block.name == headerName && (len(c.children) > 0 || at.field == "SerialNumber" || at.field == "PIN")
	})
}

// isReading reports whether an object is something that a machine told at a time.
func isReading(e *element) bool {
	return !isNamed(e) && isMachine(e) && slices.ContainsFunc(e.children, func(c element) bool { return timeKeys[c.key] })
}

// onlyFaults reports whether nothing in an object is a machine's but what else
// may be called a fault, as answers to failed requests have it.
func onlyFaults(e *element) bool {
	return !slices.ContainsFunc(e.children, func(c element) bool {
		at, known := places[c.key]
		return known && (!at.block.many || c.kind == ofList)
	})
}

// member reads a member of an object; true when machines were, or might have
// been, in it.
func (r *jsonReader) member(alone *element, depth int) (held bool, err error) {
	name, err := r.name()
	if err != nil {
		return false, err
	}
	t, err := r.token()
	if err != nil {
		return false, err
	}

	c := named(name)
	delim, nested := t.(json.Delim)
	switch {
	case c.key == "links" && nested:
		r.found = r.found || name != "_links"
		if err := r.value(&c, t, depth+1); err != nil {
			return false, err
		}
		r.each.visitLink(&c)
		return true, nil
	case nested && containers[c.key] && !isMachine(alone):
		r.found = r.found || c.key == "equipment" || c.key == "fleet"
		if delim == '[' {
			return true, r.items(depth + 1)
		}
		_, err := r.object(depth+1, false)
		return true, err
	}
	if err := r.value(&c, t, depth+1); err != nil {
		return false, err
	}
	alone.add(c)
	return false, nil
}

// isMachine reports whether anything in an object is a machine's.
func isMachine(e *element) bool {
	for i := range e.children {
		if _, known := places[e.children[i].key]; known {
			return true
		}
	}
	return false
}

// series reports whether an object holds the readings of one machine over time:
// several of a block, or lists alone and not which machine it is.
func series(e *element) bool {
	anonymous := true
	for i := range e.children {
		c := &e.children[i]
		at := places[c.key]
		switch {
		case at.block == nil:
		case at.field != "" || at.block.name == headerName || c.kind != ofList:
			anonymous = false
		case !at.block.many && len(c.children) > 1:
			return true
		}
	}
	return anonymous
}

// readings visits each reading of a series.
func (r *jsonReader) readings(e *element) error {
	header := e.child(keyOf(headerName))
	for i := range e.children {
		c := &e.children[i]
		if at := places[c.key]; at.block == nil || at.block.name == headerName {
			continue
		}
		for _, one := range c.all() {
			if err := r.each.visitReading(header, one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *jsonReader) token() (json.Token, error) {
	r.leash.renew()
	return r.d.Token()
}

// name reads the name of a member.
func (r *jsonReader) name() (string, error) {
	t, err := r.token()
	if err != nil {
		return "", err
	}
	name, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("an object has %v for a name", t)
	}
	if name == "_text" {
		return "#text", nil
	}
	return name, nil
}

// value reads the value that begins with a token. The things of a list become
// children without a name; null is nothing at all.
func (r *jsonReader) value(e *element, t json.Token, depth int) error {
	if depth > maxDepth {
		return tooDeep("objects")
	}
	if !r.budget.spend() {
		return tooMany()
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return r.members(e, depth)
		}
		e.kind = ofList
		return r.list(e, depth)
	case string:
		e.kind, e.text = ofText, strings.TrimSpace(t)
	case json.Number:
		e.kind, e.text = ofNumber, t.String()
	case bool:
		e.kind, e.text = ofFlag, fmt.Sprint(t)
	}
	return nil
}

func (r *jsonReader) members(e *element, depth int) error {
	for r.d.More() {
		name, err := r.name()
		if err != nil {
			return err
		}
		t, err := r.token()
		if err != nil {
			return err
		}
		c := named(name)
		if err := r.value(&c, t, depth+1); err != nil {
			return err
		}
		e.add(c)
	}
	_, err := r.token()
	if said := e.get("nil"); said == "true" || said == "1" {
		e.children = nil // as XML says that there is nothing, turned into JSON
	}
	return err
}

func (r *jsonReader) list(e *element, depth int) error {
	for r.d.More() {
		t, err := r.token()
		if err != nil {
			return err
		}
		var c element
		if err := r.value(&c, t, depth+1); err != nil {
			return err
		}
		e.children = append(e.children, c)
	}
	_, err := r.token()
	return err
}
