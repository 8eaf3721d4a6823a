package pipeline

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// wantedValue is what an account should hold of one custom field.
type wantedValue struct {
	key     string
	value   rental.Value // empty where it is to be taken away
	spelled CustomValue
	verdict error // a *Misfit where the field cannot hold it
	held    HeldValue
}

// customWork is the work on one entity's values.
type customWork struct {
	CustomDue
	who     rental.Ref // whose values they are: the entity, or the customer it is the same as
	target  CustomTarget
	id      string
	why     string        // why it cannot be told of yet; "" where it can
	set     []wantedValue // to be set
	told    int           // how many were settled before anything was set
	settled CustomSettlement
}

// targetOf is how an account knows an entity, and why it does not yet. A customer
// that was merged into another, of which the register knows, has its values there:
// false.
func targetOf(d *CustomDue, a rental.Assembly) (who rental.Ref, at CustomTarget, why string, ok bool) {
	who = d.Record.Ref
	switch who.Kind {
	case rental.Asset:
		kind, identifier := d.Record.FoundBy()
		at.Reference = a.Reference(who.Key)
		switch {
		case d.Unmatched:
			why = "IRIS knows no such asset yet"
		case kind == "ASSET_ID":
			at = CustomTarget{ID: identifier}
		case kind == "SERIAL_NUMBER":
			at.Serial = identifier
		}
	case rental.Customer:
		key, record := rental.Survivor(d.Customers, who.Key)
		if record == nil || record.Key != who.Key {
			return who, at, "", false
		}
		who.Key, at.Reference = key, a.Reference(key)
	case rental.Depot:
		at.ID = a.SiteOf(&d.Record)
		if at.ID == "" {
			why = "the depot has no site in IRIS yet; name its site under depots in the config, or in a depot file"
		}
	default:
		at.Reference = a.Reference(who.Key)
	}
	return who, at, why, true
}

// name is the target in one word, by which the journal keeps what was accepted.
func (t CustomTarget) name() string { return cmp.Or(t.ID, t.Reference) }

// wantedOf lists the custom values of an entity: what the register says, and what
// the account was given and the register says nothing of any more.
func wantedOf(d *CustomDue, target string, book FieldBook) []wantedValue {
	said := map[string]rental.Value{}
	for i := range d.Record.Fields {
		f := &d.Record.Fields[i]
		if key, custom := strings.CutPrefix(string(f.Field), rental.ExtraPrefix); custom && f.Value.Type != rental.Empty {
			said[key] = f.Value
		}
	}
	for key := range d.Held {
		if _, have := said[key]; !have {
			said[key] = rental.Value{Type: rental.Cleared}
		}
	}

	var all []wantedValue
	for _, key := range slices.Sorted(maps.Keys(said)) {
		w := wantedValue{key: key, value: said[key]}
		if held := d.Held[key]; held.Target == target {
			w.held = held
		}
		if w.value.IsEmpty() && !w.held.given() {
			continue // nothing to take away
		}
		w.spell(d.Record.Kind, book)
		all = append(all, w)
	}
	return all
}

// given reports whether the account may hold a value that we gave it.
func (h HeldValue) given() bool { return h.Attempt || h.Accepted && h.Text != "" }

// spell writes the value as its field holds it. Where nobody knows the fields it
// goes as it reads.
func (w *wantedValue) spell(kind rental.Kind, book FieldBook) {
	w.spelled = CustomValue{Definition: FieldDefinition{Key: w.key}, Text: w.value.Text}
	if book == nil {
		return
	}
	definition, err := book.Find(kind, w.key)
	if err != nil {
		w.verdict = err
		return
	}
	w.spelled.Definition = *definition
	if !w.value.IsEmpty() {
		w.spelled.Text, w.verdict = definition.Spell(w.value)
	}
}

// unchanged reports whether the account holds the value already.
func (w *wantedValue) unchanged() bool {
	return w.verdict == nil && !w.held.Attempt && w.held.Accepted && w.held.Text == w.spelled.Text
}

// outcome is the line that tells what became of a value.
func (w *wantedValue) outcome(who rental.Ref, o CustomOutcome, why error) CustomFieldOutcome {
	line := CustomFieldOutcome{Ref: who, Field: w.key, Value: w.spelled.Text, Outcome: o}
	var misfit *Misfit
	var refusal *Refusal
	switch {
	case errors.As(why, &misfit):
		line.Value, line.Why, line.Cure = w.value.Text, misfit.Why, misfit.Cure
	case errors.As(why, &refusal):
		line.Why, line.Cure = (&Refusal{Code: refusal.Code, Message: refusal.Message}).Error(), refusal.Hint
	case why != nil:
		line.Why = why.Error()
	}
	return line
}
