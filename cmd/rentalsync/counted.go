package main

import (
	"fmt"
	"strings"
)

// counted is a number of things.
type counted struct {
	n    int
	word string
}

// String says how many of them: 1 row, 2 rows.
func (c counted) String() string {
	if c.n == 1 {
		return "1 " + c.word
	}
	return fmt.Sprintf("%d %ss", c.n, c.word)
}

// counts lists numbers without the zeros: 1 config, 6 mappings.
func counts(all ...counted) string {
	var parts []string
	for _, c := range all {
		if c.n != 0 {
			parts = append(parts, c.String())
		}
	}
	if len(parts) == 0 {
		return "no file that could be read"
	}
	return strings.Join(parts, ", ")
}
