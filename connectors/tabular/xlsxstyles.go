package tabular

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

// asText is Excel's built-in number format for text. A text cell is no formula
// as it is; under this format it stays none when somebody edits it, and a number
// with leading zeros keeps them.
const asText = 49

// xlsxStyles are the looks of a workbook's cells, each made once.
type xlsxStyles struct {
	file    *excelize.File
	header  int
	columns map[string]int // by number format
	looks   map[lookKey]int
	fill    int // of cells that people fill in; 0 until there is one
}

func newXLSXStyles(file *excelize.File) (*xlsxStyles, error) {
	header, err := file.NewStyle(&excelize.Style{
		NumFmt:    asText,
		Font:      &excelize.Font{Bold: true, Family: "Calibri", Size: 11, Color: "1F3864"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D9E1F2"}},
		Border:    []excelize.Border{{Type: "bottom", Color: "8EA9DB", Style: 1}},
		Alignment: &excelize.Alignment{Vertical: "center"},
	})
	return &xlsxStyles{file: file, header: header, columns: map[string]int{}, looks: map[lookKey]int{}}, err
}

// of returns the style of a column's cells.
func (s *xlsxStyles) of(c report.Column) (int, error) {
	format := numberFormat(c)
	if style, made := s.columns[format]; made {
		return style, nil
	}

	want := &excelize.Style{CustomNumFmt: &format}
	if c.Type == report.Text {
		want = &excelize.Style{NumFmt: asText}
	}
	style, err := s.file.NewStyle(want)
	s.columns[format] = style
	return style, err
}

// toFill returns the style of cells that people fill in.
func (s *xlsxStyles) toFill() (style int, err error) {
	if s.fill == 0 {
		s.fill, err = s.file.NewStyle(&excelize.Style{
			NumFmt: asText, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF2CC"}},
			Border: []excelize.Border{{Type: "bottom", Color: "D6B656", Style: 4}},
		})
	}
	return s.fill, err
}

func numberFormat(c report.Column) string {
	if c.Format != "" {
		return c.Format
	}
	switch c.Type {
	case report.Integer:
		return "0"
	case report.Decimal:
		return "0." + strings.Repeat("0", decimalsOf(c))
	case report.Moment:
		return "yyyy-mm-dd hh:mm"
	case report.Date:
		return "yyyy-mm-dd"
	case report.Percent:
		return "0%"
	default:
		return "@"
	}
}
