package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
	"rentalsync/transforms"
)

// columns compiles every column, and what they are to each other.
func (c *layoutCompiler) columns() {
	for i := range c.said.Columns {
		c.made.Columns = append(c.made.Columns, c.column(&c.said.Columns[i]))
	}
	if c.said.Columns != nil && len(c.said.Columns) == 0 {
		c.fault(c.said.At, "there is no column", "write one: - {header: Hours, from: operatingHours}")
	}
	c.overlaps()
	seen := map[string]bool{}
	for i := range c.made.Columns {
		header := c.made.Columns[i].Header
		if header != "" && seen[header] {
			c.fault(c.said.Columns[i].Header.Place, fmt.Sprintf("two columns have the header %q", header), "give one of them another header")
		}
		seen[header] = true
	}
}

func (c *layoutCompiler) column(said *layoutColumnBlock) pipeline.LayoutColumn {
	made := pipeline.LayoutColumn{
		Header: said.Header.Value, From: said.From.Value, Text: said.Value.Value,
		Default: said.Default.Value, Required: said.Required, Total: said.Total, Cut: said.Cut,
	}
	field := c.field(said)
	made.Numeric = field.Type == report.Decimal || field.Type == report.Integer
	made.Instant = field.Type == report.Moment
	c.number(&made, said, field)
	c.date(&made, said, field)
	c.codes(&made, said, field)
	c.place(&made, said)
	if said.Total && (!made.Numeric || c.made.File.Format != "xlsx") {
		c.fault(said.At, "total: needs a column of numbers in a workbook", "remove it; in other files end: has {sum:HEADER}")
	}
	return made
}

// field finds what a column shows.
func (c *layoutCompiler) field(said *layoutColumnBlock) report.Field {
	if said.From.Said() == said.Value.Said() {
		c.fault(said.At, "a column shows one thing", "write from: with a field, or value: with a text that is always the same")
		return report.Field{}
	}
	if said.Value.Said() || !slices.Contains(pipeline.LayoutsOf(), c.made.Of) {
		return report.Field{}
	}
	field, known := report.FieldOf(c.made.Of, said.From.Value)
	if !known {
		c.fault(said.From.Place, fmt.Sprintf("%s has no field %q", c.made.Of, said.From.Value), c.fieldCure(said.From.Value))
	}
	return field
}

// fieldCure is the nearest field, the layouts that have such a one, or the list.
func (c *layoutCompiler) fieldCure(name string) string {
	var known []string
	for _, f := range report.FieldsOf(c.made.Of) {
		known = append(known, f.Name)
	}
	if near, found := transforms.Nearest(name, known); found {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, other := range pipeline.LayoutsOf() {
		if _, has := report.FieldOf(other, name); has && other != c.made.Of {
			return fmt.Sprintf("a layout of %s has it", other)
		}
	}
	return "known here: " + strings.Join(known, ", ")
}

// number compiles how numbers are written.
func (c *layoutCompiler) number(made *pipeline.LayoutColumn, said *layoutColumnBlock, field report.Field) {
	format := c.made.File.Format
	fixed := format == "fixed"
	c.choice("sign", said.Sign, transforms.SignNames()...)
	sign, _ := transforms.ParseSign(said.Sign.Value)
	if !made.Numeric && field.Name != "" {
		for key, at := range map[string]Text{"number": said.Number, "sign": said.Sign} {
			if at.Said() {
				c.fault(at.Place, fmt.Sprintf("%s: %s is no number", key, said.From.Value), "remove it")
			}
		}
		if said.Implied != nil {
			c.fault(said.At, fmt.Sprintf("implied: %s is no number", said.From.Value), "remove it")
		}
		return
	}

	switch {
	case said.Implied != nil && !fixed:
		c.fault(said.At, "implied: needs a record: elsewhere nobody would see where the fraction begins", `write number:, as number: "0.00"`)
	case said.Implied != nil && said.Number.Said():
		c.fault(said.Number.Place, "the number has two forms", "keep number: or implied:")
	case said.Implied != nil:
		made.Figure = &transforms.Figure{Places: *said.Implied, Sign: sign}
		if err := made.Figure.Check(); err != nil {
			c.fault(said.At, err.Error(), "")
			made.Figure = nil
		}
	case sign == transforms.Overpunch:
		c.fault(said.Sign.Place, "only digits without a mark carry their sign in the last one", "add implied: with the number of places")
	}
	if made.Minus = sign; format == "xlsx" && said.Sign.Said() {
		c.fault(said.Sign.Place, "sign: means nothing in a workbook, whose numbers are numbers", "remove it")
	}
	c.pattern(made, said, field)
}

func (c *layoutCompiler) pattern(made *pipeline.LayoutColumn, said *layoutColumnBlock, field report.Field) {
	switch {
	case said.Number.Said():
		p, err := transforms.ParseNumberPattern(said.Number.Value)
		if err != nil {
			c.wrong(said.Number.Place, err)
			return
		}
		made.Number = &p
	case field.Type == report.Integer && made.Figure == nil:
		p := transforms.SimplePattern(0, "")
		made.Number = &p
	}
}

// date compiles how instants are written.
func (c *layoutCompiler) date(made *pipeline.LayoutColumn, said *layoutColumnBlock, field report.Field) {
	form := said.Date
	switch {
	case said.Date.Said() && field.Name != "" && field.Type != report.Moment:
		c.fault(said.Date.Place, fmt.Sprintf("date: %s is no instant", said.From.Value), "remove it")
		return
	case field.Type != report.Moment:
		return
	case !form.Said():
		form = c.said.File.Dates
	}
	if !form.Said() {
		return
	}
	parsed, err := transforms.ParseDateForm(form.Value)
	if err != nil {
		c.wrong(form.Place, err)
		return
	}
	made.Date = &parsed
}

// codes compiles what the file has for our values.
func (c *layoutCompiler) codes(made *pipeline.LayoutColumn, said *layoutColumnBlock, field report.Field) {
	if len(said.Codes) == 0 {
		return
	}
	made.Codes = map[string]string{}
	for _, code := range said.Codes {
		if field.Values != nil && !slices.Contains(field.Values, code.Name.Value) {
			c.fault(code.Name.Place, fmt.Sprintf("%s is never %q", field.Name, code.Name.Value), suggestAlways(code.Name.Value, field.Values))
		}
		made.Codes[code.Name.Value] = code.Value.Value
	}
	var lacking []string
	for _, value := range field.Values {
		if _, listed := made.Codes[value]; !listed {
			lacking = append(lacking, value)
		}
	}
	if len(lacking) > 0 && !said.Default.Said() {
		c.fault(said.Codes[0].Name.Place, "codes: does not say what stands for "+strings.Join(lacking, ", "), "add them, or default:")
	}
}

// place compiles where a column stands in a record.
func (c *layoutCompiler) place(made *pipeline.LayoutColumn, said *layoutColumnBlock) {
	c.choice("align", said.Align, "left", "right")
	made.Right = said.Align.Value == "right" || !said.Align.Said() && made.Numeric
	made.Pad = ' '
	if made.Figure != nil {
		made.Pad = '0'
	}
	if said.Pad.Said() {
		if made.Pad, _ = utf8.DecodeRuneInString(said.Pad.Value); utf8.RuneCountInString(said.Pad.Value) != 1 {
			c.fault(said.Pad.Place, fmt.Sprintf("pad: %q is not one character", said.Pad.Value), `write one, as pad: "0"`)
		}
	}

	if c.made.File.Format != "fixed" {
		for key, at := range map[string]Text{"at": said.Where, "align": said.Align, "pad": said.Pad} {
			if at.Said() {
				c.fault(at.Place, fmt.Sprintf("%s: means nothing in a file of format %s", key, c.made.File.Format), "remove it; only the columns of records have positions")
			}
		}
		return
	}
	if !said.Where.Said() {
		c.fault(said.At, "the column has no position", "write at: with its first and last character, as at: 5-12")
		return
	}
	made.At = c.slice(said.Where)
	for _, text := range []Text{said.Value, said.Default} {
		if width := made.At.To - made.At.From + 1; made.At.To > 0 && utf8.RuneCountInString(text.Value) > width && !said.Cut {
			c.fault(text.Place, fmt.Sprintf("%q has more than the %d characters of its place", text.Value, width), "shorten it, or widen at:")
		}
	}
}

// slice reads a position.
func (c *layoutCompiler) slice(said Text) pipeline.Slice {
	first, last, ranged := strings.Cut(said.Value, "-")
	from, errFrom := strconv.Atoi(strings.TrimSpace(first))
	to, errTo := from, error(nil)
	if ranged {
		to, errTo = strconv.Atoi(strings.TrimSpace(last))
	}
	switch length := c.made.File.Length; {
	case errFrom != nil || errTo != nil:
		c.fault(said.Place, fmt.Sprintf("%q is no position", said.Value), "write the first and the last character, as 5-12")
	case from < 1 || max(from, to) > maxRecord:
		c.fault(said.Place, fmt.Sprintf("there is no position %q in a record", said.Value), "the first character is 1")
	case to < from:
		c.fault(said.Place, fmt.Sprintf("%q ends before it begins", said.Value), fmt.Sprintf("write %d-%d", to, from))
	case length > 0 && to > length:
		c.fault(said.Place, fmt.Sprintf("%q lies beyond the record, which has %d characters", said.Value, length), "check length, and the position")
	default:
		return pipeline.Slice{From: from, To: to}
	}
	return pipeline.Slice{}
}

// overlaps finds columns that take the same characters: one would overwrite the
// other.
func (c *layoutCompiler) overlaps() {
	placed := make([]int, 0, len(c.made.Columns))
	for i := range c.made.Columns {
		if c.made.Columns[i].At.From > 0 {
			placed = append(placed, i)
		}
	}
	slices.SortStableFunc(placed, func(a, b int) int {
		return cmp.Compare(c.made.Columns[a].At.From, c.made.Columns[b].At.From)
	})
	for i := 1; i < len(placed); i++ {
		before, at := c.made.Columns[placed[i-1]].At, c.made.Columns[placed[i]].At
		if at.From <= before.To {
			c.fault(c.said.Columns[placed[i]].Where.Place, fmt.Sprintf("the column begins at %d, and the one before it ends at %d", at.From, before.To), "check the positions")
		}
	}
}
