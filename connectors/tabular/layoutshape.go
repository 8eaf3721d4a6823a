package tabular

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"rentalsync/pipeline"
)

// layoutSeparated composes lines of separated text.
type layoutSeparated struct {
	layout *pipeline.Layout
	text   strings.Builder // reused for every line
}

// compose joins the cells, in quotes where they must be. Text from outside is
// guarded against being taken for a formula.
func (s *layoutSeparated) compose(cells []layoutCell) (string, error) {
	s.text.Reset()
	for i := range cells {
		text := cells[i].text
		if cells[i].foreign {
			text = guard(text)
		}
		if i > 0 {
			s.text.WriteString(s.layout.File.Delimiter)
		}
		quotes := s.misread(text) || text == "" && len(cells) == 1
		switch {
		case s.layout.File.Quote == pipeline.QuoteNone && s.misread(text):
			return "", fmt.Errorf("%s: %q would be misread without quotes; correct it, or write quote: needed", s.layout.Columns[i].Title(), text)
		case s.layout.File.Quote == pipeline.QuoteAll, s.layout.File.Quote == pipeline.QuoteNeeded && quotes:
			s.text.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
		default:
			s.text.WriteString(text)
		}
	}
	s.text.WriteString(s.layout.File.Ending)
	return s.text.String(), nil
}

// misread reports whether a reader would take a cell for something else without
// quotes: many trim what is not quoted.
func (s *layoutSeparated) misread(text string) bool {
	return strings.Contains(text, s.layout.File.Delimiter) || strings.ContainsAny(text, "\"\r\n") || strings.TrimSpace(text) != text
}

func (s *layoutSeparated) plain(text string) (string, error) { return text + s.layout.File.Ending, nil }

// layoutRecord composes records of a fixed length.
type layoutRecord struct {
	layout *pipeline.Layout
	length int
	runes  []rune // reused for every record
}

// compose puts the cells into their places; what no column takes is blank.
func (r *layoutRecord) compose(cells []layoutCell) (string, error) {
	r.runes = r.runes[:0]
	for range r.length {
		r.runes = append(r.runes, ' ')
	}
	for i := range cells {
		if err := r.put(&r.layout.Columns[i], &cells[i]); err != nil {
			return "", fmt.Errorf("%s: %w", r.layout.Columns[i].Title(), err)
		}
	}
	return string(r.runes) + r.layout.File.Ending, nil
}

func (r *layoutRecord) put(column *pipeline.LayoutColumn, cell *layoutCell) error {
	place := r.runes[column.At.From-1 : column.At.To]
	text := []rune(cell.text)
	isNumber := cell.number.Digits != ""
	switch {
	case len(text) == 0:
		return nil // what is absent stays blank, whatever the rest is filled with
	case len(text) > len(place) && column.Cut && !isNumber:
		text = text[:len(place)]
	case len(text) > len(place):
		return fmt.Errorf("%q has %d characters, and its place %d; widen at:, or write cut: true for text", cell.text, len(text), len(place))
	}

	for i := range place {
		place[i] = column.Pad
	}
	if column.Right {
		if column.Pad == '0' && text[0] == '-' { // the minus stands before the zeros
			place[0], text = '-', text[1:]
		}
		copy(place[len(place)-len(text):], text)
	} else {
		copy(place, text)
	}
	return nil
}

// plain fills a record that is no row up with blanks. One that is longer than the
// others would move every record behind it.
func (r *layoutRecord) plain(text string) (string, error) {
	blanks := r.length - utf8.RuneCountInString(text)
	if blanks < 0 {
		return "", fmt.Errorf("%q has %d characters, and a record %d; shorten it, or make length longer", text, utf8.RuneCountInString(text), r.length)
	}
	return text + strings.Repeat(" ", blanks) + r.layout.File.Ending, nil
}
