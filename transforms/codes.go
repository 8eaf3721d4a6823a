package transforms

import (
	"maps"
	"slices"
	"strings"
)

// Codes is a code table: what the ERP writes, and what it means. Codes are
// literal text, so `01`, `1` and `1.0` are three codes, and so are `s` and `S`,
// which some ERPs use side by side. The zero value knows no code.
type Codes struct {
	meanings map[string]string
	near     map[string]string // folded code -> the code as the table writes it
}

// NewCodes builds a table from code to meaning. The map is copied.
func NewCodes(meanings map[string]string) Codes {
	c := Codes{meanings: maps.Clone(meanings), near: make(map[string]string, len(meanings))}
	for _, code := range c.Keys() {
		folded := foldCode(code)
		if _, taken := c.near[folded]; !taken {
			c.near[folded] = code
		}
	}
	return c
}

// Lookup gives the meaning of the raw cell. A blank can be a code, too.
func (c Codes) Lookup(raw string) (string, bool) {
	meaning, ok := c.meanings[raw]
	return meaning, ok
}

// Near gives the code that the raw cell misses by nothing but case and blanks.
// It is for a hint; a near code is still an unknown one.
func (c Codes) Near(raw string) (string, bool) {
	if _, known := c.meanings[raw]; known {
		return "", false
	}
	code, ok := c.near[foldCode(raw)]
	return code, ok
}

// Keys lists the codes in order.
func (c Codes) Keys() []string {
	return slices.Sorted(maps.Keys(c.meanings))
}

func foldCode(code string) string {
	return strings.ToLower(strings.Map(dropBlank, code))
}

func dropBlank(r rune) rune {
	if isBlank(r) {
		return -1
	}
	return r
}
