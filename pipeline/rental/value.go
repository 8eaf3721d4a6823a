package rental

import "time"

// Type says how a value's text is to be read.
type Type uint8

const (
	// Empty is the ERP saying "nothing": a statement, not a missing column.
	Empty Type = iota
	Text
	Number  // canonical decimal text: no exponent, no needless zeros
	Instant // RFC 3339 in UTC, to the second

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

// OfTime is an instant, kept in UTC to the second.
func OfTime(t time.Time) Value {
	return Value{Type: Instant, Text: t.UTC().Format(time.RFC3339)}
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
