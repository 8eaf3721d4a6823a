package tabular

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
	"rentalsync/transforms"
)

// layoutCell is the text of a cell, as its column wants it.
type layoutCell struct {
	text    string
	foreign bool               // it came from outside, and could be taken for a formula
	number  transforms.Rounded // of a column of numbers; without digits where there is none
}

// layoutCells makes the texts of a line's cells.
type layoutCells struct {
	layout  *pipeline.Layout
	zone    *time.Location
	decimal string
	made    []layoutCell // reused for every line
}

func newLayoutCells(l *pipeline.Layout, zone *time.Location) layoutCells {
	c := layoutCells{layout: l, zone: zone, decimal: l.File.Decimal, made: make([]layoutCell, len(l.Columns))}
	if c.zone == nil {
		c.zone = time.UTC
	}
	if c.decimal == "" {
		c.decimal = "."
	}
	return c
}

// of makes the texts of a line. It is lacking where a column that is required has
// no value; the error says what cannot be written.
func (c *layoutCells) of(cells []report.Cell) (made []layoutCell, lacking bool, err error) {
	for i := range c.made {
		column := &c.layout.Columns[i]
		if c.made[i], err = c.cell(column, &cells[i]); err != nil {
			return nil, false, fmt.Errorf("%s: %w", column.Title(), err)
		}
		if column.Required && c.made[i].text == "" {
			return nil, true, nil
		}
	}
	return c.made, false, nil
}

func (c *layoutCells) cell(column *pipeline.LayoutColumn, cell *report.Cell) (layoutCell, error) {
	if column.From == "" {
		return layoutCell{text: column.Text}, nil
	}
	if column.Codes != nil && cell.Filled {
		if code, listed := column.Codes[textOf(*cell)]; listed {
			return layoutCell{text: code}, nil
		}
		if column.Default != "" {
			return layoutCell{text: column.Default}, nil
		}
	}
	made, err := c.value(column, cell)
	if err == nil && made.text == "" {
		made.text, made.foreign = column.Default, false
	}
	return made, err
}

// value is what a cell holds; what is not there is blank.
func (c *layoutCells) value(column *pipeline.LayoutColumn, cell *report.Cell) (layoutCell, error) {
	switch {
	case !cell.Filled:
		return layoutCell{}, nil
	case cell.Text != "":
		return layoutCell{text: oneLine(cell.Text), foreign: true}, nil
	case !cell.Time.IsZero():
		return c.instant(column, cell.Time)
	default:
		return c.number(column, cell.Number)
	}
}

func (c *layoutCells) instant(column *pipeline.LayoutColumn, at time.Time) (layoutCell, error) {
	if column.Date == nil {
		return layoutCell{text: at.In(c.zone).Format(time.RFC3339)}, nil
	}
	civil := pipeline.CivilOf(at.In(c.zone))
	text, can := column.Date.Write(civil)
	if !can {
		return layoutCell{}, fmt.Errorf("%s cannot be written as %s", civil, column.Date)
	}
	return layoutCell{text: text}, nil
}

func (c *layoutCells) number(column *pipeline.LayoutColumn, n float64) (layoutCell, error) {
	rounded, is := transforms.Round(n, column.Places())
	switch {
	case !is:
		return layoutCell{}, nil
	case column.Figure != nil:
		width := column.At.To - column.At.From + 1
		text, fits := column.Figure.Write(rounded, width)
		if !fits {
			return layoutCell{}, fmt.Errorf("%s does not fit into %d characters; widen its place", transforms.SimplePattern(rounded.Places, ".").Write(rounded), width)
		}
		return layoutCell{text: text, number: rounded}, nil
	case column.Number != nil:
		return layoutCell{text: withMinus(column.Number.Write(rounded), column.Minus), number: rounded}, nil
	default:
		text := strings.Replace(strconv.FormatFloat(n, 'f', -1, 64), ".", c.decimal, 1)
		return layoutCell{text: withMinus(text, column.Minus), number: rounded}, nil
	}
}

// withMinus puts a minus behind the number where it belongs there.
func withMinus(text string, sign transforms.Sign) string {
	if digits, negative := strings.CutPrefix(text, "-"); negative && sign == transforms.TrailingSign {
		return digits + "-"
	}
	return text
}

// oneLine is text without line ends and other control characters: many programs
// read a file line by line, quotes or not.
func oneLine(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0 {
		return legible(text)
	}
	return legible(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }), " "))
}

// layoutSums adds up columns as they are written: what a reader adds up must come
// to the same.
type layoutSums struct {
	layout *pipeline.Layout
	of     map[int]*big.Int // in the column's smallest units
}

func newLayoutSums(l *pipeline.Layout) layoutSums {
	s := layoutSums{layout: l, of: map[int]*big.Int{}}
	for _, title := range l.End.Sums() {
		if _, at, found := l.Column(title); found {
			s.of[at] = new(big.Int)
		}
	}
	for i := range l.Columns {
		if l.Columns[i].Total {
			s.of[i] = new(big.Int)
		}
	}
	return s
}

func (s *layoutSums) add(cells []layoutCell) {
	for at, sum := range s.of {
		if units, is := new(big.Int).SetString(cells[at].number.Units(), 10); is {
			sum.Add(sum, units)
		}
	}
}

var errNoSum = errors.New("nothing was added up")

// sum is what a column came to.
func (s *layoutSums) sum(at int) (transforms.Rounded, error) {
	sum, added := s.of[at]
	if !added {
		return transforms.Rounded{}, errNoSum
	}
	return transforms.OfUnits(sum.String(), s.layout.Columns[at].Places()), nil
}

// say writes the sum of a column: as a pattern shows, else as the column does. Of
// digits without a mark a pattern without one shows all.
func (s *layoutSums) say(title string, pattern *transforms.NumberPattern) string {
	column, at, found := s.layout.Column(title)
	sum, err := s.sum(at)
	switch {
	case !found || err != nil:
		return ""
	case column.Figure != nil && (pattern == nil || pattern.Places() == 0):
		units := transforms.OfUnits(sum.Units(), 0)
		if pattern == nil {
			return transforms.SimplePattern(0, "").Write(units)
		}
		return pattern.Write(units)
	case pattern == nil:
		pattern = column.Number
	}
	return pattern.Write(sum.To(pattern.Places()))
}
