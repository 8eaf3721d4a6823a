package rental

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// AppendFields writes an entity's fields as one JSON object in their order,
// with dotted names folded into the block they belong to.
func AppendFields(b []byte, fields []FieldValue) []byte {
	b = append(b, '{')
	block := ""

	for i := range fields {
		name := string(fields[i].Field)
		head, tail, nested := strings.Cut(name, ".")

		if block != "" && (!nested || head != block) {
			b = append(b, '}')
			block = ""
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		if nested && block == "" {
			b = append(AppendText(b, head), ':', '{')
			block = head
		}
		if nested {
			name = tail
		}
		b = append(AppendText(b, name), ':')
		b = fields[i].Value.appendJSON(b)
	}

	if block != "" {
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendJSON writes numbers as JSON numbers, instants in UTC and nothing as null.
func (v Value) appendJSON(b []byte) []byte {
	switch v.Type {
	case Empty, Cleared:
		return append(b, "null"...)
	case Number:
		return append(b, v.Text...)
	case Instant:
		if at, ok := v.Time(); ok {
			return append(at.UTC().AppendFormat(append(b, '"'), time.RFC3339), '"')
		}
	case Text:
	}
	return AppendText(b, v.Text)
}

// MarshalJSON writes numbers as JSON numbers and nothing as null.
func (v Value) MarshalJSON() ([]byte, error) { return v.appendJSON(nil), nil }

// AppendText writes text as a JSON string.
func AppendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return appendEscaped(b, text)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// appendEscaped writes text that has more than plain ASCII.
func appendEscaped(b []byte, text string) []byte {
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			escaped, _ := json.Marshal(string(r)) // a string always has a JSON form
			b = append(b, escaped[1:len(escaped)-1]...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
