package pipeline

import (
	"context"
	"strings"

	"rentalsync/pipeline/rental"
)

// customs tells of the custom values of the entity when the account took them, or
// why it did not.
func (e *explaining) customs(ctx context.Context) error {
	var held map[string]HeldCustom
	for i := range e.out.Fields {
		f := &e.out.Fields[i]
		key, custom := strings.CutPrefix(string(f.Field), rental.ExtraPrefix)
		if !custom {
			continue
		}
		if held == nil {
			all, err := e.Journal.CustomHeld(ctx, e.Flow, e.Account, e.out.Ref)
			if err != nil {
				return err
			}
			held = all
		}
		one := held[key]
		if one.Accepted {
			f.SetAt = &one.At
		}
		f.Custom = one.says(f.Value)
	}
	return nil
}

// says tells in words how the account stands to a value of the register.
func (h HeldCustom) says(value *string) string {
	failed := h.Last.Outcome == CustomRefused || h.Last.Outcome == CustomPending || h.Last.Outcome == CustomDeferred
	switch {
	case failed && !h.Last.At.Before(h.At):
		why := h.Last.Why
		if h.Last.Cure != "" {
			why += "; " + h.Last.Cure
		}
		return h.Last.Outcome.String() + ": " + why
	case h.Accepted && h.Text == "":
		return "taken away from IRIS at " + stamp(h.At)
	case h.Accepted && value != nil && h.Text != *value:
		return "set in IRIS as " + h.Text + " at " + stamp(h.At)
	case h.Accepted:
		return "set in IRIS at " + stamp(h.At)
	case value == nil:
		return "IRIS was never given one"
	default:
		return "not set in IRIS yet"
	}
}
