package tabular

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

// A chart's size, in pixels, and how much of it is one row.
const (
	chartWidth, chartHeight = 760, 380
)

// chartColours are those of the columns that are drawn, in order.
var chartColours = []string{"2F5597", "F4B183", "A9D18E"}

// charts draws what the sheet wants drawn of what was written.
func (p *xlsxPage) charts() error {
	if p.rows < 2 {
		return nil
	}
	for _, c := range p.sheet.Charts {
		at, err := excelize.CoordinatesToCellName(len(p.sheet.Columns)+2, 2+c.Below)
		if err != nil {
			return err
		}
		if err := p.book.file.AddChart(p.name, at, p.chart(c)); err != nil {
			return fmt.Errorf("chart %q: %w", c.Title, err)
		}
	}
	return nil
}

func (p *xlsxPage) chart(c report.Chart) *excelize.Chart {
	kind, last := excelize.Col, p.rows
	if c.Kind == report.Bars {
		kind = excelize.Bar
	}
	if c.First > 0 {
		last = min(last, c.First+1)
	}

	drawn := &excelize.Chart{
		Type: kind, Title: chartTitle(c.Title),
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		XAxis:     excelize.ChartAxis{ReverseOrder: c.Kind == report.Bars, Font: axisFont, NumFmt: p.axisFormat(c.By)},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: axisFont, NumFmt: p.axisFormat(c.Values[0])},
	}
	if p.sheet.Columns[c.By].Type == report.Date { // as many days as can be read
		drawn.XAxis.NumFmt.CustomNumFmt, drawn.XAxis.TickLabelSkip = "mm-dd", 3
	}
	if p.sheet.Columns[c.Values[0]].Type == report.Percent {
		whole := 1.0
		drawn.YAxis.Maximum = &whole
	}
	if len(c.Values) == 1 {
		drawn.Legend.Position = "none"
	}
	for i, column := range c.Values {
		drawn.Series = append(drawn.Series, excelize.ChartSeries{
			Name: p.cells(column, 1, 1), Categories: p.cells(c.By, 2, last), Values: p.cells(column, 2, last),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{chartColours[i%len(chartColours)]}},
		})
	}
	return drawn
}

// axisFont can be read on white.
var axisFont = excelize.Font{Size: 9, Color: "404040", Family: "Calibri"}

// axisFormat writes the numbers at an axis as the cells of their column.
func (p *xlsxPage) axisFormat(column int) excelize.ChartNumFmt {
	return excelize.ChartNumFmt{CustomNumFmt: numberFormat(p.sheet.Columns[column])}
}

func chartTitle(text string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: text, Font: &excelize.Font{Size: 14, Bold: true, Color: "1F3864", Family: "Calibri"}}}}
}

// cells names the cells of a column, from one row to another.
func (p *xlsxPage) cells(column, from, to int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return "" // a sheet has no such column, and a chart draws nothing of it
	}
	if from == to {
		return fmt.Sprintf("'%s'!$%s$%d", p.name, name, from)
	}
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", p.name, name, from, name, to)
}
