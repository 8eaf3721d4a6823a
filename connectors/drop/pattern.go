package drop

import (
	"fmt"
	"path"
	"strings"
)

// pattern is how a file beside another one is named after it: "{name}.ok" for
// EQUIP.csv is EQUIP.csv.ok, and "{stem}.ok" is EQUIP.ok.
type pattern struct {
	before, after string
	stem          bool // without the last ending
}

// parsePattern reads a pattern without a folder.
func parsePattern(text string) (pattern, error) {
	for token, stem := range map[string]bool{"{name}": false, "{stem}": true} {
		before, after, found := strings.Cut(text, token)
		if !found {
			continue
		}
		if before+after == "" || strings.ContainsAny(before+after, `/\{}*`) {
			break
		}
		return pattern{before, after, stem}, nil
	}
	return pattern{}, fmt.Errorf(`%q: it is named after its file and lies beside it; write it like "{name}.ok" or "{stem}.ok"`, text)
}

// of is the name that belongs to a file.
func (p pattern) of(name string) string {
	if p.stem {
		name = stemOf(name)
	}
	return p.before + name + p.after
}

// is tells whether a name is made by the pattern.
func (p pattern) is(name string) bool {
	return len(name) > len(p.before)+len(p.after) &&
		strings.HasPrefix(name, p.before) && strings.HasSuffix(name, p.after)
}

// stemOf is a name without its last ending.
func stemOf(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
