package tabular

import (
	"io"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// writeLayoutBook writes a workbook: numbers are numbers, instants real dates in
// the zone that their headers name, and the last line has the totals.
func writeLayoutBook(w io.Writer, l *pipeline.Layout, facts pipeline.LayoutFacts, lines report.LayoutLines) (pipeline.LaidOut, error) {
	b := &layoutBook{layout: l, facts: facts, cells: newLayoutCells(l, facts.Zone), sums: newLayoutSums(l)}
	sheet := report.Sheet{Name: l.File.Sheet, Rows: b.rows(lines)}
	if sheet.Name == "" {
		sheet.Name = l.Name
	}
	for i := range l.Columns {
		sheet.Columns = append(sheet.Columns, b.column(&l.Columns[i]))
	}
	if !l.End.Blank() || len(b.sums.of) > 0 {
		sheet.Totals = b.totals
	}
	if err := WriteXLSX(w, report.Book{Sheets: []report.Sheet{sheet}, Zone: b.cells.zone}); err != nil {
		return b.made, err
	}
	return b.made, b.failed
}

// layoutBook is a workbook that is being written.
type layoutBook struct {
	layout *pipeline.Layout
	facts  pipeline.LayoutFacts
	cells  layoutCells
	sums   layoutSums
	made   pipeline.LaidOut
	failed error // of the last line, which cannot tell of it
}

// column is a column as a workbook types it.
func (b *layoutBook) column(c *pipeline.LayoutColumn) report.Column {
	made := report.Column{Title: c.Title()}
	switch {
	case c.Codes != nil:
	case c.Numeric:
		made.Type, made.Decimals = report.Decimal, c.Places()
		if c.Number != nil {
			made.Format = c.Number.Excel()
		}
	case c.Instant:
		made.Type, made.Title = report.Moment, made.Title+" ("+b.cells.zone.String()+")"
		if c.Date != nil {
			form, can := c.Date.Excel()
			if made.Format = form; !can {
				made.Type = report.Text
			}
		}
	}
	return made
}

// rows types the cells of every line.
func (b *layoutBook) rows(lines report.LayoutLines) func(func([]report.Cell, error) bool) {
	return func(yield func([]report.Cell, error) bool) {
		typed := make([]report.Cell, len(b.layout.Columns))
		for line, err := range lines {
			if err != nil {
				yield(nil, err)
				return
			}
			texts, lacking, err := b.cells.of(line.Cells)
			switch {
			case lacking:
				b.made.Lacking++
				continue
			case err != nil:
				b.made.Leave(line.Who + ": " + err.Error())
				continue
			}
			for i := range typed {
				typed[i] = b.typed(&b.layout.Columns[i], &line.Cells[i], &texts[i])
			}
			b.made.Lines++
			b.sums.add(texts)
			if !yield(typed, nil) {
				return
			}
		}
	}
}

// typed is a number as it was rounded, an instant as it is, and anything else as
// text.
func (b *layoutBook) typed(c *pipeline.LayoutColumn, cell *report.Cell, made *layoutCell) report.Cell {
	asForm := c.Instant && c.Date != nil
	if asForm {
		_, asForm = c.Date.Excel()
	}
	switch {
	case made.number.Digits != "" && c.Number == nil:
		return *cell
	case made.number.Digits != "":
		return report.N(made.number.Float())
	case cell.Filled && !cell.Time.IsZero() && c.Codes == nil && (asForm || c.Date == nil):
		return report.At(wallClock(cell.Time, b.cells.zone))
	default:
		return report.T(made.text)
	}
}

// wallClock is the instant to the second.
func wallClock(at time.Time, zone *time.Location) time.Time { return at.In(zone).Truncate(time.Second) }

// totals is the last line: what the layout says there, and the sums below their
// columns.
func (b *layoutBook) totals() []report.Cell {
	cells := make([]report.Cell, len(b.layout.Columns))
	for i := range cells {
		if sum, err := b.sums.sum(i); err == nil && b.layout.Columns[i].Total {
			cells[i] = report.N(sum.Float())
		}
	}
	b.facts.Count, b.facts.Sum = b.made.Lines, b.sums.say
	said, err := b.layout.End.Say(&b.facts.Spoken)
	if b.failed = err; err == nil && !cells[0].Filled {
		cells[0] = report.T(said)
	}
	return cells
}
