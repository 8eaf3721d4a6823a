package iris

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rentalsync/pipeline/rental"
)

// What reading back may come to.
const (
	notRead     = "cannot be read back"
	heldNothing = "nothing"
)

// sendAndLook sends an edited document and tells what IRIS holds of the contract's
// end then.
func (p *Prober) sendAndLook(ctx context.Context, t *Trial, body map[string]any) (reply, error) {
	a, err := p.send(ctx, body, nil)
	if err != nil {
		return a, err
	}
	t.Answer, t.Held = a.words(), p.heldEnd(ctx)
	return a, nil
}

// putBack sends the right document.
func (p *Prober) putBack(ctx context.Context) error {
	a, err := p.send(ctx, p.body, nil)
	if err == nil && !a.took() {
		err = fmt.Errorf("IRIS does not take the right document any more: %s", a.words())
	}
	return err
}

// heldEnd is the end of the contract as IRIS holds it.
func (p *Prober) heldEnd(ctx context.Context) string {
	contract, known := p.heldContract(ctx)
	switch {
	case !known:
		return notRead
	case contract.EndDate.IsZero():
		return heldNothing
	default:
		return contract.EndDate.UTC().Format(time.RFC3339)
	}
}

// heldDepot is the id of the contract's depot as IRIS holds it.
func (p *Prober) heldDepot(ctx context.Context) string {
	contract, known := p.heldContract(ctx)
	switch {
	case !known:
		return notRead
	case contract.HiringDepot.ID == "":
		return heldNothing
	default:
		return contract.HiringDepot.ID
	}
}

func (p *Prober) heldContract(ctx context.Context) (Contract, bool) {
	if p.contract == "" {
		return Contract{}, false
	}
	contract, err := p.Client.Contract(ctx, p.contract)
	return contract, err == nil
}

// edited is the right body with one place of it changed.
func (p *Prober) edited(place string, edit func(at map[string]any, name string)) (map[string]any, error) {
	body, err := copied(p.body)
	if err != nil {
		return nil, err
	}
	return body, put(body, place, p.rents, edit)
}

// copied is a body that can be changed without the other.
func copied(body map[string]any) (out map[string]any, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	return out, in.Decode(&out)
}

// put edits what a place leads to; of a list it is the element at the index.
func put(body map[string]any, place string, index int, edit func(at map[string]any, name string)) error {
	steps := strings.Split(place, ".")
	at := body
	for _, name := range steps[:len(steps)-1] {
		bare, isList := strings.CutSuffix(name, "[]")
		next := at[bare]
		if list, is := next.([]any); isList && is && index < len(list) {
			next = list[index]
		}
		if next == nil {
			next = map[string]any{}
			at[bare] = next
		}
		object, is := next.(map[string]any)
		if !is {
			return fmt.Errorf("the request has no object at %s", place)
		}
		at = object
	}
	edit(at, steps[len(steps)-1])
	return nil
}

// placeOf is where the profile writes a field; "" where it does not.
func (w *Wire) placeOf(kind rental.Kind, field rental.Field) (found string) {
	w.root.each("", func(place string, l *leaf) {
		for _, s := range l.sources {
			if s == (source{kind, field}) && found == "" {
				found = place
			}
		}
	})
	return found
}

// itemsPrefix is what the place of everything in an item begins with.
func (w *Wire) itemsPrefix() string {
	for _, child := range w.root.children {
		if child.list {
			return child.name + "[]."
		}
	}
	return ""
}
