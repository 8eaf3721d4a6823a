package rental

import "time"

// Type says how a value's text is to be read.
type Type uint8

const (
	// Empty is the ERP saying "nothing": a statement, not a missing column.
	Empty Type = iota
	Text
	Number  // canonical decimal text: no exponent, no needless zeros
	Instant // RFC 3339 to the second, with the offset of the place it was said for

	// Cleared is Empty where the register once had a value: only there may IRIS
	// hold one that has to go.
	Cleared
)

// Value is one field's value in its canonical text, so that equal values are
// equal strings and no digit is lost to binary fractions.
type Value struct {
	Type Type
	Text string
}

// Nothing is the value of a field that the ERP says is empty.
func Nothing() Value { return Value{} }

// Of is a text value; blank text is Nothing.
func Of(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{Type: Text, Text: text}
}

// OfNumber is a number in canonical decimal text.
func OfNumber(decimal string) Value { return Value{Type: Number, Text: decimal} }

// OfTime is an instant, to the second. It keeps its offset, so that the day it
// was said for is known.
func OfTime(t time.Time) Value {
	return Value{Type: Instant, Text: t.Format(time.RFC3339)}
}

// Day is the date of an instant at the place it was said for.
func (v Value) Day() string {
	return v.Text[:min(len(v.Text), len(time.DateOnly))]
}

// IsEmpty reports whether the value says "nothing".
func (v Value) IsEmpty() bool { return v.Type == Empty || v.Type == Cleared }

// after is the value that the register keeps when a row says v and the register
// had last.
func (v Value) after(last Value) Value {
	if v.IsEmpty() && last.Type != Empty {
		return Value{Type: Cleared}
	}
	return v
}

// Time is the instant that the value holds; false when it holds none.
func (v Value) Time() (time.Time, bool) {
	if v.Type != Instant {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, v.Text)
	return t, err == nil
}
