package tabular

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheetRows are the rows of a sheet, as they stand in its part. They wait in a spool
// until the book is packed: the library's own stream would keep some 30 MB of every
// large sheet in memory until then.
type sheetRows struct {
	spool   spool
	letters []string // of the columns
	styles  []int    // of the columns
	line    bytes.Buffer
}

// lineAtOnce is how much is gathered before the spool gets it.
const lineAtOnce = 64 << 10

// add adds a row; nil values are no cells.
func (r *sheetRows) add(row int, values []any) error {
	number := strconv.Itoa(row)
	r.line.WriteString(`<row r="` + number + `">`)
	for i, value := range values {
		switch value := value.(type) {
		case nil:
		case excelize.Cell:
			r.cell(i, number, value)
		default:
			r.cell(i, number, excelize.Cell{Value: value})
		}
	}
	r.line.WriteString("</row>")
	if r.line.Len() < lineAtOnce {
		return nil
	}
	return r.flush()
}

// flush brings to the spool what was gathered.
func (r *sheetRows) flush() error {
	_, err := r.line.WriteTo(&r.spool)
	return err
}

// cell writes a cell, which looks as its column unless it has a style of its own.
func (r *sheetRows) cell(column int, row string, c excelize.Cell) {
	if c.StyleID == 0 && column < len(r.styles) {
		c.StyleID = r.styles[column]
	}
	r.line.WriteString(`<c r="` + r.letter(column) + row + `"`)
	if c.StyleID != 0 {
		r.line.WriteString(` s="` + strconv.Itoa(c.StyleID) + `"`)
	}
	switch value := c.Value.(type) {
	case string:
		r.text(value, c.Formula)
	case float64:
		r.line.WriteString("><v>" + strconv.FormatFloat(value, 'f', -1, 64) + "</v>")
	case time.Time:
		r.time(value)
	default:
		r.line.WriteByte('>')
	}
	r.line.WriteString("</c>")
}

// letter is the name of a column.
func (r *sheetRows) letter(column int) string {
	for len(r.letters) <= column {
		name, err := excelize.ColumnNumberToName(len(r.letters) + 1)
		if err != nil {
			return "" // the header would have told of so many columns
		}
		r.letters = append(r.letters, name)
	}
	return r.letters[column]
}

// text writes text as text, or as what a formula shows.
func (r *sheetRows) text(text, formula string) {
	if formula != "" {
		r.line.WriteString(` t="str"><f>`)
		r.escaped(formula)
		r.line.WriteString("</f><v>")
		r.escaped(masked(text))
		r.line.WriteString("</v>")
		return
	}
	r.line.WriteString(` t="inlineStr"><is><t`)
	if strings.TrimSpace(text) != text {
		r.line.WriteString(` xml:space="preserve"`)
	}
	r.line.WriteByte('>')
	r.escaped(masked(text))
	r.line.WriteString("</t></is>")
}

func (r *sheetRows) escaped(text string) {
	if strings.IndexFunc(text, special) < 0 {
		r.line.WriteString(text)
		return
	}
	_ = xml.EscapeText(&r.line, []byte(text)) // a buffer takes everything
}

func special(c rune) bool { return c < ' ' || strings.ContainsRune(`<>&"'`, c) || c >= 0x7f }

// codeLike is what workbooks take for the code of a character.
var codeLike = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// masked is text in which nothing is taken for the code of a character: a stroke
// with which one could begin, also the one that ends another, is a code itself.
func masked(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var safe strings.Builder
	for i := range len(text) {
		if text[i] == '_' && codeLike.MatchString(text[i:]) {
			safe.WriteString("_x005F_")
			continue
		}
		safe.WriteByte(text[i])
	}
	return safe.String()
}

// firstDay is the day 0 of workbooks. They count the 29th of February 1900 too,
// which there was not: up to then days are not to be told apart, and are text.
var (
	firstDay = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	firstSay = time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
)

// time writes what the clock shows, as days and their parts.
func (r *sheetRows) time(at time.Time) {
	wall := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
	if wall.Before(firstSay) || wall.Year() > 9999 {
		r.text(at.Format(time.RFC3339), "")
		return
	}
	const day = 24 * 60 * 60
	seconds := wall.Unix() - firstDay.Unix()
	part := time.Duration(seconds%day)*time.Second + time.Duration(wall.Nanosecond())
	days := float64(seconds/day) + float64(part)/float64(24*time.Hour)
	r.line.WriteString("><v>" + strconv.FormatFloat(days, 'f', -1, 64) + "</v>")
}
