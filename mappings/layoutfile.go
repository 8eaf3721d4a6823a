package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// file compiles how the file is named and looks.
func (c *layoutCompiler) file() {
	said, f := &c.said.File, &c.made.File
	c.choice("format", said.Format, formats...)
	c.choice("unencodable", said.Unencodable, "reject", "replace")
	c.choice("quote", said.Quote, "needed", "all", "none")
	c.choice("header", said.Header, "true", "none")
	c.choice("lines", said.Lines, "crlf", "lf", "none")
	c.choice("decimal", said.Decimal, ".", ",")

	*f = pipeline.LayoutFile{
		Format: cmp.Or(said.Format.Value, "csv"), Encoding: said.Encoding.Value, Mark: said.BOM,
		Replace: said.Unencodable.Value == "replace", Delimiter: delimiter(said.Delimiter.Value), Sheet: said.Sheet.Value, Decimal: said.Decimal.Value,
		Ending: map[string]string{"lf": "\n", "none": ""}[said.Lines.Value],
	}
	if said.Lines.Value == "" || said.Lines.Value == "crlf" {
		f.Ending = "\r\n"
	}
	f.Quote = map[string]pipeline.LayoutQuote{"all": pipeline.QuoteAll, "none": pipeline.QuoteNone}[said.Quote.Value]
	f.Titles = f.Format != "fixed" && said.Header.Value != "none"
	c.zone(said.Timezone)
	c.names()
	c.characters()
	c.length()
	c.needless()
}

// names compiles what the file and its marker are called.
func (c *layoutCompiler) names() {
	said, f := &c.said.File, &c.made.File
	var err error
	if f.Name, err = pipeline.ParseWording(said.Name.Value, pipeline.WordDate, pipeline.WordNumber, pipeline.WordRun, pipeline.WordFlow, pipeline.WordLayout); err != nil {
		c.wrong(said.Name.Place, err)
	} else if said.Name.Said() && c.nameable(said.Name, f.Name) {
		c.distinct()
	}
	if f.Done, err = pipeline.ParseWording(said.Done.Value, pipeline.WordName, pipeline.WordStem); err != nil {
		c.wrong(said.Done.Place, err)
	} else if said.Done.Said() && c.nameable(said.Done, f.Done) && !f.Done.Has(pipeline.WordName) && !f.Done.Has(pipeline.WordStem) {
		c.fault(said.Done.Place, "every file would have the same marker", `write "{name}.ok" or "{stem}.ok"`)
	}
	if f.Done.String() == "{name}" {
		c.fault(said.Done.Place, "the marker would take the place of the file", `write "{name}.ok"`)
	}
}

// nameable tries a name.
func (c *layoutCompiler) nameable(said Text, name pipeline.Wording) bool {
	sample, err := name.Say(sampleSpoken())
	if err == nil {
		err = pipeline.CheckFileName(sample)
	}
	if err != nil {
		what := err.Error()
		cure := "the outbox names the folder; write the file's name alone"
		if said.Value == "" {
			what, cure = "the name is blank", `write the file's name, as "METERS_{date:YYYYMMDD}.csv"`
		}
		c.fault(said.Place, what, cure)
	}
	return err == nil
}

// sampleSpoken stands in for what is only known when a file is written.
func sampleSpoken() *pipeline.Spoken {
	return &pipeline.Spoken{
		Flow: "flow", Layout: "layout", Subject: "01JD0000000000000000000000", Number: 1, Count: 1, Name: "name.csv",
		Date: pipeline.CivilOf(time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC)),
		Sum:  func(string, *transforms.NumberPattern) string { return "" },
	}
}

// distinct warns of names that several files have of which nothing may be lost.
func (c *layoutCompiler) distinct() {
	name, at := c.made.File.Name, c.said.File.Name.Place
	told := name.Has(pipeline.WordNumber) || name.Has(pipeline.WordRun)
	switch ofRun := c.made.Of.OfRun(); {
	case ofRun && name.HasTime():
		c.fault(at, "a business date has no time of day", "write {date:YYYYMMDD}, and {seq} or {run} for several runs of one day")
	case ofRun && !told:
		c.warn(at, "two runs of one day write the same file, and the later takes the place of the earlier", "add {seq} or {run}")
	case c.made.Moved && !told && !name.HasTime():
		c.warn(at, "two snapshots of one day write the same file, and what only the earlier tells is lost", "add {seq}, or the time as {date:YYYYMMDDHHmm}")
	}
}

// characters checks the encoding, and what stands between cells.
func (c *layoutCompiler) characters() {
	said, f := &c.said.File, &c.made.File
	if said.Encoding.Said() {
		if _, known := transforms.Encoding(said.Encoding.Value); !known {
			c.fault(said.Encoding.Place, fmt.Sprintf("unknown encoding %q", said.Encoding.Value), suggest(said.Encoding.Value, transforms.UsualEncodings()))
			f.Encoding = ""
		}
	}
	if between := f.Delimiter; said.Delimiter.Said() && (between == "" || strings.ContainsAny(between, "\"\r\n")) {
		c.fault(said.Delimiter.Place, fmt.Sprintf("%q cannot stand between two cells", between), `write one or several characters between quotes, as ";", or tab`)
	}
	if f.Delimiter == "" {
		f.Delimiter = ","
	}
	if f.Ending == "" && f.Format == "csv" {
		c.fault(said.Lines.Place, "the lines of separated text have an end", "write crlf or lf; only records stand one behind the other")
	}
}

func (c *layoutCompiler) length() {
	if said := c.said.File.Length; said != nil {
		c.made.File.Length = *said
		if *said < 1 || *said > maxRecord {
			c.fault(c.said.File.At, fmt.Sprintf("length: %d is no length of a record", *said), fmt.Sprintf("write 1 to %d", maxRecord))
			c.made.File.Length = 0
		}
	}
}

// needless finds what makes no sense for the file's format.
func (c *layoutCompiler) needless() {
	said, format := &c.said.File, c.made.File.Format
	for _, key := range []struct {
		name string
		at   Place
		of   []string // the formats that have such a thing
		cure string
	}{
		{"encoding", said.Encoding.Place, []string{"csv", "fixed"}, "a workbook knows its characters"},
		{"unencodable", said.Unencodable.Place, []string{"csv", "fixed"}, "a workbook has every character"},
		{"delimiter", said.Delimiter.Place, []string{"csv"}, "nothing stands between its cells"},
		{"quote", said.Quote.Place, []string{"csv"}, "nothing encloses its cells"},
		{"sheet", said.Sheet.Place, []string{"xlsx"}, "only a workbook has sheets"},
		{"lines", said.Lines.Place, []string{"csv", "fixed"}, "a workbook has no ends of lines"},
		{"begin", c.said.Begin.Place, []string{"csv", "fixed"}, "the first line of a workbook has its headers"},
	} {
		if key.at.Line > 0 && slices.Contains(formats, format) && !slices.Contains(key.of, format) {
			c.fault(key.at, fmt.Sprintf("%s: means nothing in a file of format %s", key.name, format), "remove it; "+key.cure)
		}
	}
	if said.Length != nil && format != "fixed" {
		c.fault(said.At, fmt.Sprintf("length: means nothing in a file of format %s", format), "remove it; only records have a length")
	}
	if said.Header.Value == "true" && format == "fixed" {
		c.fault(said.Header.Place, "records have no line of headers", "remove it; write begin: for a record before all others")
	}
}

// lines compiles what stands before and behind all other lines.
func (c *layoutCompiler) lines() {
	words := []string{pipeline.WordDate, pipeline.WordNumber, pipeline.WordRun, pipeline.WordFlow, pipeline.WordLayout, pipeline.WordName}
	var err error
	if c.made.Begin, err = pipeline.ParseWording(c.said.Begin.Value, words...); err != nil {
		c.wrong(c.said.Begin.Place, err)
	}
	if c.made.End, err = pipeline.ParseWording(c.said.End.Value, append(words, pipeline.WordCount, pipeline.WordSum)...); err != nil {
		c.wrong(c.said.End.Place, err)
	}
	for _, title := range c.made.End.Sums() {
		column, _, found := c.made.Column(title)
		switch {
		case !found:
			c.fault(c.said.End.Place, fmt.Sprintf("{sum:%s}: no column has this header", title), suggest(title, c.titles()))
		case !column.Numeric:
			c.fault(c.said.End.Place, fmt.Sprintf("{sum:%s}: the column holds no numbers", title), "sum another one")
		case column.Number == nil && column.Figure == nil:
			c.fault(c.said.End.Place, fmt.Sprintf("{sum:%s}: nothing says how many places its numbers have", title), "add number: to the column, as number: \"0.00\"")
		}
	}
	for _, line := range []struct {
		said Text
		made pipeline.Wording
	}{{c.said.Begin, c.made.Begin}, {c.said.End, c.made.End}} {
		text, err := line.made.Say(sampleSpoken())
		if length := c.made.RecordLength(); err == nil && c.made.File.Format == "fixed" && len([]rune(text)) > length {
			c.fault(line.said.Place, fmt.Sprintf("the line has %d characters, and a record %d", len([]rune(text)), length), "shorten it, or write a longer length:")
		}
	}
}

func (c *layoutCompiler) titles() []string {
	var all []string
	for i := range c.made.Columns {
		all = append(all, c.made.Columns[i].Title())
	}
	return all
}

// spelled finds words of the layout itself that its encoding does not have: they
// would fail on every line.
func (c *layoutCompiler) spelled() {
	e, known := transforms.Encoding(cmp.Or(c.made.File.Encoding, "utf-8"))
	if !known || c.made.File.Format == "xlsx" || c.made.File.Replace {
		return
	}
	words := []Text{c.said.Begin, c.said.End, c.said.File.Delimiter}
	for i := range c.said.Columns {
		said := &c.said.Columns[i]
		words = append(words, said.Value, said.Default, said.Pad)
		if c.made.File.Titles {
			words = append(words, said.Header)
		}
		for _, code := range said.Codes {
			words = append(words, code.Value)
		}
	}
	for _, word := range words {
		if _, err := e.NewEncoder().String(word.Value); word.Said() && err != nil {
			c.fault(word.Place, fmt.Sprintf("%q cannot be written in %s", word.Value, c.made.File.Encoding), "use other characters, or another encoding")
		}
	}
}
