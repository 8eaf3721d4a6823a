package tabular

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

// looks are the colours of cells that a person looks for, each fill with a text
// that can be read on it.
var looks = map[report.Tone]struct{ fill, text string }{
	report.Good:    {"E2EFDA", "375623"},
	report.Notable: {"FFF2CC", "7F6000"},
	report.Bad:     {"F8CBAD", "833C0B"},
}

// look is the style of a cell that does not look as its column does; 0 where it
// does.
func (s *xlsxStyles) look(c report.Column, cell report.Cell) (int, error) {
	if cell.Tone == report.Plain && cell.Link == "" {
		return 0, nil
	}
	key := lookKey{numberFormat(c), cell.Tone, cell.Link != ""}
	if style, made := s.looks[key]; made {
		return style, nil
	}

	want := &excelize.Style{CustomNumFmt: &key.format, Font: &excelize.Font{Family: "Calibri", Size: 11}}
	if c.Type == report.Text {
		want.CustomNumFmt, want.NumFmt = nil, asText
	}
	if colour, has := looks[cell.Tone]; has {
		want.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour.fill}}
		want.Font.Color = colour.text
	}
	if cell.Tone == report.Heading {
		want.Font.Bold, want.Font.Size, want.Font.Color = true, 13, "1F3864"
	}
	if key.link {
		want.NumFmt, want.CustomNumFmt = 0, nil // a formula under the format for text would be shown as one
		want.Font.Underline, want.Font.Color = "single", "0563C1"
	}
	style, err := s.file.NewStyle(want)
	s.looks[key] = style
	return style, err
}

type lookKey struct {
	format string
	tone   report.Tone
	link   bool
}

// dressed is a value with the look of its cell.
func (p *xlsxPage) dressed(cell report.Cell, c report.Column) (any, error) {
	value := p.value(cell, c)
	style, err := p.book.styles.look(c, cell)
	if err != nil {
		return nil, err
	}
	if c.Fill && style == 0 {
		style, err = p.book.styles.toFill()
	}
	link := linkFormula(cell.Link, value)
	if style == 0 && link == "" {
		return value, err
	}
	return excelize.Cell{StyleID: style, Formula: link, Value: value}, err
}

// linkFormula is what makes a cell lead somewhere. Hyperlinks proper are limited to
// 65,530 a sheet; a formula is not, and what stands in it is ours or made of
// numbers: anything else gets no link. A sheet is led to by its name.
func linkFormula(link string, value any) string {
	text, isText := value.(string)
	if link == "" || !isText || text == "" || len(text) > longestFormulaText {
		return ""
	}
	target := link
	if sheet, inside := strings.CutPrefix(link, "#"); inside {
		if strings.IndexFunc(sheet, notOfName) >= 0 {
			return ""
		}
		target = "#'" + sheet + "'!A1"
	} else if !strings.HasPrefix(link, "https://") || strings.IndexFunc(link, notOfAddress) >= 0 || len(link) > longestFormulaText {
		return ""
	}
	return `HYPERLINK("` + target + `","` + strings.ReplaceAll(text, `"`, `""`) + `")`
}

// longestFormulaText is the longest text that Excel takes inside a formula.
const longestFormulaText = 255

func notOfName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == ' ')
}

func notOfAddress(r rune) bool {
	return notOfName(r) && !strings.ContainsRune("-._~:/?#&=,", r) || r == ' '
}
