package report

import "math"

// Tone is how a cell is coloured where a person looks for what matters.
type Tone uint8

// The tones of a cell.
const (
	Plain Tone = iota
	Good
	Notable // worth a look
	Bad     // to be done something about
	Heading // of a part of a page
)

// In gives a cell a tone.
func (c Cell) In(t Tone) Cell {
	c.Tone = t
	return c
}

// To lets a click on a cell lead somewhere: to an address, or to #Sheet of the
// book.
func (c Cell) To(link string) Cell {
	c.Link = link
	return c
}

// Share is a cell of a percent column; empty where there is nothing to share.
func Share(part, whole float64) Cell {
	if whole <= 0 {
		return Cell{}
	}
	return N(math.Round(part/whole*1000) / 1000)
}

// R is a number cell of what was calculated, to a hundredth: the digits behind are
// noise.
func R(n float64) Cell { return N(math.Round(n*100) / 100) }

// Chart is a picture of some columns of its sheet. It stands to the right of them.
type Chart struct {
	Title  string
	Kind   ChartKind
	By     int   // the column that names the points, counted from 0
	Values []int // the columns that are drawn
	First  int   // how many rows are drawn at the most; 0 draws all
	Below  int   // how many rows further down it stands
}

// ChartKind is how values are drawn.
type ChartKind uint8

// The kinds of charts.
const (
	Columns ChartKind = iota // standing, for what goes on in time
	Bars                     // lying, for what is compared
)
