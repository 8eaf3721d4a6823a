package drop

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Template says where files end: a fixed folder, and below it folders that
// are named by the business date, "archive/{date:YYYY/MM}". {date} alone is
// {date:YYYY-MM-DD}.
type Template struct {
	root  string
	parts []part
}

// part is fixed text, or a date's layout as package time writes it.
type part struct {
	text   string
	layout bool
}

// layouts are the letters of a date and what package time calls them.
var layouts = strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02")

// ParseTemplate reads a template.
func ParseTemplate(text string) (Template, error) {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return Template{root: text}, nil
	}
	root, rest := "", text
	if slash := strings.LastIndexByte(text[:open], '/'); slash >= 0 {
		root, rest = text[:max(slash, 1)], text[slash+1:]
	}

	t := Template{root: root}
	for rest != "" {
		p, tail, err := cutPart(rest)
		if err != nil {
			return Template{}, fmt.Errorf("%q: %w", text, err)
		}
		t.parts, rest = append(t.parts, p), tail
	}
	if sample := t.folder(time.Unix(0, 0)); !fs.ValidPath(sample) || hidden(sample) {
		return Template{}, fmt.Errorf("%q: %q is no path below %q; write it like archive/{date:YYYY/MM}", text, sample, root)
	}
	return t, nil
}

// cutPart reads what stands first: fixed text up to a brace, or a date.
func cutPart(text string) (p part, rest string, err error) {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return part{text: text}, "", nil
	}
	if open > 0 {
		return part{text: text[:open]}, text[open:], nil
	}

	token, rest, closed := strings.Cut(text[1:], "}")
	if !closed {
		return part{}, "", errors.New("a brace is not closed; write it like {date:YYYY/MM}")
	}
	if token == "date" {
		token = "date:YYYY-MM-DD"
	}
	format, ok := strings.CutPrefix(token, "date:")
	layout := layouts.Replace(format)
	if !ok || layout == format || strings.Trim(layout, "0126-_./") != "" {
		return part{}, "", fmt.Errorf("unknown token {%s}; use {date:…} with YYYY, MM and DD", token)
	}
	return part{text: layout, layout: true}, rest, nil
}

// Root is the fixed folder, as it was written: what an FS takes as the area.
func (t Template) Root() string {
	if t.root == "" {
		return "."
	}
	return t.root
}

// folder is where files of a date go, below the root.
func (t Template) folder(date time.Time) string {
	var name strings.Builder
	for _, p := range t.parts {
		if p.layout {
			name.WriteString(date.Format(p.text))
			continue
		}
		name.WriteString(p.text)
	}
	if name.Len() == 0 {
		return "."
	}
	return strings.TrimSuffix(name.String(), "/")
}

// globs are patterns of path.Match for every folder below the root that files go
// to, one for each step down.
func (t Template) globs() []string {
	var glob strings.Builder
	for _, p := range t.parts {
		if p.layout {
			glob.WriteString(globLayout(p.text))
			continue
		}
		for _, r := range p.text {
			if strings.ContainsRune(`*?[\`, r) {
				glob.WriteByte('\\')
			}
			glob.WriteRune(r)
		}
	}
	below := strings.Trim(glob.String(), "/")
	if below == "" {
		return nil
	}
	return strings.Split(below, "/")
}

// hidden tells whether a part of a path has a dot in front.
func hidden(name string) bool {
	for name != "." && name != "/" {
		if strings.HasPrefix(path.Base(name), ".") {
			return true
		}
		name = path.Dir(name)
	}
	return false
}

// globOf makes a pattern of path.Match of a name with dates in it.
func globOf(text string) (string, error) {
	var glob strings.Builder
	for text != "" {
		p, rest, err := cutPart(text)
		if err != nil {
			return "", err
		}
		if text = rest; !p.layout {
			glob.WriteString(p.text)
			continue
		}
		glob.WriteString(globLayout(p.text))
	}
	return glob.String(), nil
}

// globLayout makes a pattern of a date's layout.
func globLayout(layout string) string {
	var glob strings.Builder
	for _, r := range layout {
		if r >= '0' && r <= '9' {
			glob.WriteString("[0-9]")
			continue
		}
		glob.WriteRune(r)
	}
	return glob.String()
}
