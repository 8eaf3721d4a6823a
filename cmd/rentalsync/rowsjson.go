package main

import (
	"maps"
	"slices"
	"strconv"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// The lines of rows are written by hand: cells keep the order of the header,
// which a map would lose, and a million of them must not take minutes.

// appendOrigin begins a line with the place of its row.
func appendOrigin(b []byte, o rental.Origin) []byte {
	b = append(b, `{"origin":{"file":`...)
	b = rental.AppendText(b, o.File)
	if o.Sheet != "" {
		b = append(b, `,"sheet":`...)
		b = rental.AppendText(b, o.Sheet)
	}
	b = append(b, `,"line":`...)
	b = strconv.AppendInt(b, int64(o.Line), 10)
	return append(b, '}')
}

// appendFault writes column, value and what of every fault, also where they are
// blank, so that whoever reads the line finds them.
func appendFault(b []byte, f pipeline.Fault) []byte {
	b = append(b, `{"column":`...)
	b = rental.AppendText(b, f.Column)
	b = append(b, `,"value":`...)
	b = rental.AppendText(b, f.Value)
	b = append(b, `,"what":`...)
	b = rental.AppendText(b, f.What)
	if f.Hint != "" {
		b = append(b, `,"hint":`...)
		b = rental.AppendText(b, f.Hint)
	}
	return append(b, '}')
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
