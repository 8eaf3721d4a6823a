package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// The lines of rows are written by hand: cells keep the order of the header,
// which a map would lose, and a million of them must not take minutes.

// appendOrigin begins a line with the place of its row.
func appendOrigin(b []byte, o rental.Origin) []byte {
	b = append(b, `{"origin":{"file":`...)
	b = appendJSON(b, o.File)
	if o.Sheet != "" {
		b = append(b, `,"sheet":`...)
		b = appendJSON(b, o.Sheet)
	}
	b = append(b, `,"line":`...)
	b = strconv.AppendInt(b, int64(o.Line), 10)
	return append(b, '}')
}

// appendFault writes column, value and what of every fault, also where they are
// blank, so that whoever reads the line finds them.
func appendFault(b []byte, f pipeline.Fault) []byte {
	b = append(b, `{"column":`...)
	b = appendJSON(b, f.Column)
	b = append(b, `,"value":`...)
	b = appendJSON(b, f.Value)
	b = append(b, `,"what":`...)
	b = appendJSON(b, f.What)
	if f.Hint != "" {
		b = append(b, `,"hint":`...)
		b = appendJSON(b, f.Hint)
	}
	return append(b, '}')
}

// appendJSON writes text as a JSON string. What needs no escape, which is
// nearly everything, is copied as it stands.
func appendJSON(b []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
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

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
