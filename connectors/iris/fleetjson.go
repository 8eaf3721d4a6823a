package iris

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readJSON reads a fleet as JSON, one equipment at a time: an object with a list
// of equipment, the list alone, or one equipment alone.
func readJSON(in io.Reader, each visitor) error {
	d := json.NewDecoder(in)
	d.UseNumber()

	t, err := d.Token()
	if err != nil {
		return unfinished(err)
	}
	switch t {
	case json.Delim('{'):
		err = fleetMembers(d, each)
	case json.Delim('['):
		err = listed(d, "equipment", each)
	default:
		err = fmt.Errorf("document is %v, not a fleet of ISO 15143-3", t)
	}
	if err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows the document")
	}
	return nil
}

// fleetMembers reads the members of the fleet's object. Members that no fleet
// has are kept, since it may be that of a single equipment.
func fleetMembers(d *json.Decoder, each visitor) error {
	var (
		fleet bool
		alone element
	)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return unfinished(err)
		}
		switch name := name.(string); {
		case strings.EqualFold(name, "links"), strings.EqualFold(name, "equipment"):
			fleet = true
			err = fleetMember(d, name, each)
		default:
			err = alone.member(d, name)
		}
		if err != nil {
			return unfinished(err)
		}
	}
	if _, err := d.Token(); err != nil {
		return unfinished(err)
	}
	if fleet {
		return nil
	}
	if alone.child("EquipmentHeader") == nil {
		return errors.New("document has neither equipment nor links, so it is not a fleet of ISO 15143-3")
	}
	return each.equipment(&alone)
}

// fleetMember reads the value of a member of the fleet: a list, or the one thing
// that would be in it.
func fleetMember(d *json.Decoder, name string, each visitor) error {
	raw, err := d.Token()
	if err != nil {
		return err
	}
	switch raw {
	case json.Delim('['):
		return listed(d, name, each)
	case json.Delim('{'):
		e := element{name: name}
		if err := e.members(d, 1); err != nil {
			return err
		}
		return each.visit(&e)
	case nil:
		return nil
	default:
		return fmt.Errorf("%s is %v, not a list", name, raw)
	}
}

// listed reads the things of a list up to its end.
func listed(d *json.Decoder, name string, each visitor) error {
	for d.More() {
		e := element{name: name}
		t, err := d.Token()
		if err == nil {
			err = e.value(d, t, 1)
		}
		if err == nil {
			err = each.visit(&e)
		}
		if err != nil {
			return unfinished(err)
		}
	}
	_, err := d.Token()
	return unfinished(err)
}

// member reads the value of a member and keeps it under its name.
func (e *element) member(d *json.Decoder, name string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	c := element{name: name}
	if err := c.value(d, t, 1); err != nil {
		return err
	}
	e.children = append(e.children, c)
	return nil
}

// value reads the value that begins with a token. The things of a list become
// children without a name; null is nothing at all.
func (e *element) value(d *json.Decoder, t json.Token, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("objects lie more than %d deep in each other", maxDepth)
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return e.members(d, depth)
		}
		return e.list(d, depth)
	case string:
		e.text = t
	case json.Number:
		e.text = t.String()
	case bool:
		e.text = fmt.Sprint(t)
	}
	return nil
}

func (e *element) members(d *json.Decoder, depth int) error {
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		t, err := d.Token()
		if err != nil {
			return err
		}
		c := element{name: name.(string)}
		if err := c.value(d, t, depth+1); err != nil {
			return err
		}
		e.children = append(e.children, c)
	}
	_, err := d.Token()
	return err
}

func (e *element) list(d *json.Decoder, depth int) error {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		var c element
		if err := c.value(d, t, depth+1); err != nil {
			return err
		}
		e.children = append(e.children, c)
	}
	_, err := d.Token()
	return err
}
