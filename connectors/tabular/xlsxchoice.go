package tabular

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// chosen are the sheets that a dialect's word means: the first that a person
// sees, one by its name, those of a pattern, or one by its number. A sheet that
// is hidden is read only where its name is written out.
func (b *book) chosen(word string) ([]sheet, error) {
	if s, found := b.named(word); found {
		return []sheet{s}, nil
	}

	visible := b.visible()
	switch {
	case len(visible) == 0:
		return nil, &pipeline.Unreadable{Why: "the workbook shows no sheet with cells", Hint: "name the sheet: it has " + b.told()}
	case word == "":
		return visible[:1], nil
	case strings.ContainsAny(word, "*?"):
		return b.matching(word, visible)
	}
	if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(visible) {
		return visible[n-1 : n], nil
	}
	return nil, b.missing(word)
}

func (b *book) named(word string) (sheet, bool) {
	for _, s := range b.sheets {
		if word != "" && strings.EqualFold(strings.TrimSpace(s.name), strings.TrimSpace(word)) {
			return s, true
		}
	}
	return sheet{}, false
}

func (b *book) visible() (visible []sheet) {
	for _, s := range b.sheets {
		if !s.hidden && s.table {
			visible = append(visible, s)
		}
	}
	return visible
}

func (b *book) matching(pattern string, visible []sheet) (matching []sheet, err error) {
	// What means something else to path.Match is only itself here; names hold
	// neither a slash nor brackets.
	plain := strings.NewReplacer(`\`, `\\`, `[`, `\[`).Replace(strings.ToLower(pattern))
	for _, s := range visible {
		if is, err := path.Match(plain, strings.ToLower(strings.ReplaceAll(s.name, "/", "-"))); err == nil && is {
			matching = append(matching, s)
		}
	}
	if len(matching) == 0 {
		return nil, b.missing(pattern)
	}
	return matching, nil
}

// missing says which sheets there are instead.
func (b *book) missing(word string) error {
	hint := "check sheet: in the mapping"
	names := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		names[i] = s.name
	}
	if near, found := transforms.Nearest(word, names); found {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return &pipeline.Unreadable{Why: fmt.Sprintf("the workbook has no sheet %q, it has %s", word, b.told()), Hint: hint}
}

// told names the sheets for a message.
func (b *book) told() string {
	const most = 10
	names := make([]string, 0, most+1)
	for i, s := range b.sheets {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(b.sheets)-most))
			break
		}
		name := strconv.Quote(shortened(s.name))
		if s.hidden {
			name += " (hidden)"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
