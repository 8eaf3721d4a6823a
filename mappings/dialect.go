package mappings

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// dialect compiles how the file looks.
func (c *compiler) dialect() {
	said := &c.said.File
	c.match(said.Match)
	c.format(said.Format)
	c.encoding(said.Encoding)
	c.end(said.End)

	c.made.dialect = pipeline.Dialect{
		Format:    cmp.Or(said.Format.Value, "csv"),
		Encoding:  said.Encoding.Value,
		Delimiter: delimiter(said.Delimiter.Value),
		Quote:     said.Quote.Value,
		Comment:   said.Comment.Value,
		End:       said.End.Value,
	}
	c.misplaced(said)
	c.separators(said)
	c.numbers(said)
	c.dateForm(said.Dates)
	c.nothing(said)
}

// misplaced finds what makes no sense for the file's format.
func (c *compiler) misplaced(said *fileBlock) {
	records := slices.ContainsFunc(c.said.Parts, func(p partBlock) bool { return p.Record.At.Line > 0 })
	for _, key := range []struct {
		name  string
		at    Place
		of    []string // the formats that have such a thing
		cure  string
		wrong bool // even for these formats
	}{
		{"encoding", said.Encoding.Place, []string{"csv", "fixed"}, "a workbook knows its characters", false},
		{"delimiter", said.Delimiter.Place, []string{"csv"}, "its cells are parted already", false},
		{"quote", said.Quote.Place, []string{"csv"}, "its cells are parted already", false},
		{"comment", said.Comment.Place, []string{"csv", "fixed"}, "leave such rows out by skip:", false},
		{"header", said.Header.Place, []string{"csv", "xlsx"}, "its columns have positions, as number: 5-12", records},
		{"sheet", said.Sheet.Place, []string{"xlsx"}, "only a workbook has sheets", len(c.said.Parts) > 0},
		{"hidden", said.Hidden.Place, []string{"xlsx"}, "only a workbook hides rows", false},
		{"length", said.Length.Place, []string{"fixed"}, "only the records of a fixed-width file have a length", false},
	} {
		format := c.made.dialect.Format
		switch {
		case key.at.Line == 0 || !slices.Contains(formats, format):
		case !slices.Contains(key.of, format):
			c.fault(key.at, fmt.Sprintf("%s: means nothing in a file of format %s", key.name, format), "remove it; "+key.cure)
		case key.wrong && key.name == "sheet":
			c.fault(key.at, "sheet: stands beside parts", "remove it; every part names its own")
		case key.wrong:
			c.fault(key.at, "header: stands beside parts of records, which have none", "remove it; "+key.cure)
		}
	}
	switch said.Hidden.Value {
	case "", "read":
	case "skip":
		c.made.hidden = true
	default:
		c.fault(said.Hidden.Place, fmt.Sprintf("hidden: %q is unknown", said.Hidden.Value), "write read or skip")
	}
}

var formats = []string{"csv", "xlsx", "fixed"}

// separators checks what stands between cells and around them.
func (c *compiler) separators(said *fileBlock) {
	d, q := said.Delimiter, said.Quote
	if d.Said() && d.Value == "" {
		c.fault(d.Place, "the delimiter is blank", "write it between quotes, as \";\", or write tab")
	}
	quote := cmp.Or(q.Value, `"`)
	between := cmp.Or(c.made.dialect.Delimiter, ",")
	switch {
	case quote == noQuote:
	case len(quote) != 1 || quote[0] <= ' ' || quote[0] >= utf8.RuneSelf:
		c.fault(q.Place, fmt.Sprintf("quote %q is not one character of ASCII", quote), "write one such character, or none")
	case strings.ContainsAny(between, "\r\n"):
		c.fault(d.Place, fmt.Sprintf("the delimiter %q holds a line end", between), "write the character between two cells of a line")
	case !strings.Contains(between, quote):
	case q.Said():
		c.fault(q.Place, fmt.Sprintf("the quote %q stands in the delimiter %q, too", quote, between), "write the quote that the file uses, or none")
	default:
		c.fault(d.Place, fmt.Sprintf("the delimiter %q holds the quote %q", between, quote), "write the delimiter that the file uses, or add quote: none")
	}
}

// noQuote is the word for files in which nothing encloses a cell.
const noQuote = "none"

// delimiter takes the words for characters that are hard to see or to write.
func delimiter(text string) string {
	switch text {
	case "tab", `\t`:
		return "\t"
	case "pipe":
		return "|"
	case "comma":
		return ","
	case "semicolon":
		return ";"
	case "space":
		return " "
	default:
		return text
	}
}

// match compiles the names that the file may have.
func (c *compiler) match(said Texts) {
	for _, name := range said {
		c.matchOne(name)
	}
	if said != nil && len(said) == 0 {
		c.fault(c.said.File.At, "match is an empty list", `write the file's name, as "EQUIP_{date:YYYYMMDD}.csv"`)
	}
}

func (c *compiler) matchOne(said Text) {
	p, err := parsePattern(said.Value)
	switch {
	case err != nil:
		c.fault(said.Place, err.Error(), "")
	case said.Value == "":
		c.fault(said.Place, "match is blank", `write the file's name, as "EQUIP_{date:YYYYMMDD}.csv"`)
	case strings.ContainsAny(said.Value, `/\`):
		c.fault(said.Place, fmt.Sprintf("%q has a folder in it", said.Value), "write the file's name alone; the drop names the folder")
	}
	if err == nil {
		p.Place = said.Place
		c.made.patterns = append(c.made.patterns, p)
	}
}

func (c *compiler) format(said Text) {
	if said.Said() && !slices.Contains(formats, said.Value) {
		c.fault(said.Place, fmt.Sprintf("unknown format %q", said.Value), "write csv, xlsx or fixed")
	}
}

func (c *compiler) encoding(said Text) {
	if !said.Said() {
		return
	}
	if _, known := transforms.Encoding(said.Value); !known {
		c.fault(said.Place, fmt.Sprintf("unknown encoding %q", said.Value), suggest(said.Value, transforms.UsualEncodings()))
	}
}

// countMark stands for the number of rows in a trailer, or for so many more.
var countMark = regexp.MustCompile(`\{count(\+[1-9])?\}`)

func (c *compiler) end(said Text) {
	rest := countMark.ReplaceAllString(said.Value, "")
	switch {
	case said.Said() && strings.TrimSpace(rest) == "":
		c.fault(said.Place, fmt.Sprintf("the end %q would be any line", said.Value), `write the text the line begins with, as "*** END {count}"`)
	case strings.ContainsAny(rest, "{}"):
		c.fault(said.Place, fmt.Sprintf("the end %q has braces that are not {count}", said.Value), "write {count} once, where the number of rows stands, or {count+1} where the last line is counted, too")
	}
}

func (c *compiler) numbers(said *fileBlock) {
	form := transforms.NumberFormat{Decimal: said.Decimal.Value, Thousands: said.Thousands.Value}
	c.made.number = form
	c.made.number.Currency = said.Currency.values()
	if err := form.Check(); err == nil && len(said.Currency) > 0 {
		if err := c.made.number.Check(); err != nil {
			c.fault(said.Currency[0].Place, err.Error(), "")
		}
	} else if err != nil {
		at := said.Decimal
		if said.Thousands.Said() {
			at = said.Thousands
		}
		c.fault(at.Place, err.Error(), "")
	}
}

func (c *compiler) dateForm(said Text) {
	text := said.Value
	switch {
	case !said.Said() && c.made.dialect.Format == "xlsx":
		text = "YYYY-MM-DD" // most dates of a workbook need no form
	case !said.Said():
		return
	}
	form, err := transforms.ParseDateForm(text)
	if err != nil {
		c.fault(said.Place, err.Error(), "")
	}
	c.made.dates = form
}

func (c *compiler) nothing(said *fileBlock) {
	c.made.none = []string{""}
	if said.None != nil {
		c.made.none = said.None.values()
	}
	switch b := said.Blank; b.Value {
	case "", "empty":
	case "leave":
		c.made.leave = true
	default:
		c.fault(b.Place, fmt.Sprintf("blank: %q is unknown", b.Value), "write empty or leave")
	}
}
