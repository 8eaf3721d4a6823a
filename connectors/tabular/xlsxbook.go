package tabular

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"

	"rentalsync/pipeline"
)

// book is an open workbook: what its sheets are called, and what their cells
// refer to.
type book struct {
	parts     *parts
	sheets    []sheet // in the order of their tabs
	since1904 bool
	formats   cellFormats
	strings   *sharedStrings
}

// sheet is one tab of a workbook.
type sheet struct {
	name   string
	part   string // "" when nothing says where it is
	hidden bool
	table  bool // a sheet of cells, and not a chart, a dialog or a macro
}

// link is a relationship: a part says what it belongs to, and where that is.
type link struct{ kind, target string }

// openBook reads everything of a workbook but its sheets.
func openBook(ctx context.Context, p *parts) (*book, error) {
	name, err := bookPart(ctx, p)
	if err != nil {
		return nil, err
	}
	links, err := readLinks(ctx, p, name)
	if err != nil {
		return nil, err
	}
	b := &book{parts: p}
	if err := b.readSheets(ctx, name, links); err != nil {
		return nil, err
	}
	if b.formats, err = readCellFormats(ctx, p, linked(p, links, "styles")); err != nil {
		return nil, err
	}
	b.strings, err = readSharedStrings(ctx, p, linked(p, links, "sharedStrings"))
	return b, err
}

func (b *book) close() { b.strings.close() }

// bookPart finds the part that names the sheets. The archive says where it is,
// and where it says nothing it is at the usual place.
func bookPart(ctx context.Context, p *parts) (string, error) {
	const usual = "xl/workbook.xml"
	links, err := readLinks(ctx, p, "")
	if err != nil {
		return "", err
	}
	name := linked(p, links, "officeDocument")
	if name == "" {
		name = usual
	}
	if !p.has(name) || !strings.EqualFold(path.Ext(name), ".xml") || strings.Contains(partName(name), "word/") {
		return "", refuseArchive(p)
	}
	return name, nil
}

// readLinks reads what a part refers to, by their ids. Targets come out as names
// of parts. A part need not refer to anything.
func readLinks(ctx context.Context, p *parts, of string) (map[string]link, error) {
	dir, file := path.Split(of)
	name := dir + "_rels/" + file + ".rels"
	if !p.has(name) {
		return nil, nil
	}

	links := map[string]link{}
	return links, p.scan(ctx, name, func(s *xmlScanner) error {
		if string(s.name) != "Relationship" || string(s.attr("TargetMode")) == "External" {
			return nil
		}
		if len(links) == mostSheets {
			return errDirectory
		}
		links[string(s.attr("Id"))] = link{
			kind:   path.Base(string(s.attr("Type"))),
			target: p.find(dir, string(s.attr("Target"))),
		}
		return nil
	})
}

// find is the part that a target means: counted from a folder, or from the root
// of the archive. Some writers say one and mean the other.
func (p *parts) find(dir, target string) string {
	plain, err := url.PathUnescape(target)
	if err != nil {
		plain = target
	}
	for _, name := range []string{target, plain} {
		name = strings.ReplaceAll(name, `\`, "/")
		if !strings.HasPrefix(name, "/") && p.has(path.Join(dir, name)) {
			return path.Join(dir, name)
		}
		if p.has(name) {
			return partName(name)
		}
	}
	return partName(path.Join(dir, target))
}

// linked is the first part of a kind that a part refers to; "" when there is
// none in the archive.
func linked(p *parts, links map[string]link, kind string) string {
	first := ""
	for _, l := range links {
		if l.kind == kind && p.has(l.target) && (first == "" || l.target < first) {
			first = l.target
		}
	}
	return first
}

func (b *book) readSheets(ctx context.Context, name string, links map[string]link) error {
	err := b.parts.scan(ctx, name, func(s *xmlScanner) error {
		switch string(s.name) {
		case "workbookPr":
			b.since1904 = isTrue(s.attr("date1904"))
		case "sheet":
			if len(b.sheets) == mostSheets {
				return errDirectory
			}
			b.sheets = append(b.sheets, newSheet(s, links))
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		return damaged(name, "names no sheet")
	}
	return err
}

func newSheet(s *xmlScanner, links map[string]link) sheet {
	to, known := links[string(s.linked("id"))]
	state := strings.ToLower(string(s.attr("state")))
	return sheet{
		name:   string(appendCellText(nil, s.attr("name"))),
		part:   to.target,
		hidden: state == "hidden" || state == "veryhidden",
		table:  !known || to.kind == "worksheet",
	}
}

// isTrue reads the truth values of XML.
func isTrue(value []byte) bool {
	return string(value) == "1" || strings.EqualFold(string(value), "true") || strings.EqualFold(string(value), "on")
}

// openSheet starts to read the cells of a sheet.
func (b *book) openSheet(ctx context.Context, s sheet) (*sheetReader, error) {
	if !s.table || s.part == "" {
		return nil, &pipeline.Unreadable{
			Why:  fmt.Sprintf("the sheet %q holds no cells: it is a chart or a macro, or lost", s.name),
			Hint: "name a sheet that holds a table",
		}
	}
	part, err := b.parts.open(ctx, s.part)
	if err != nil {
		return nil, err
	}
	scan, err := newXMLScanner(part)
	if err != nil {
		_ = part.Close()
		return nil, err
	}
	return &sheetReader{book: b, part: part, scan: scan}, nil
}
