package tabular

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// WriteRejectsCSV writes rejected rows in the ERP's own dialect, for people to mend:
// its columns, then what is wrong, how to mend it, and what the row is known by when
// it comes back. Files that are no separated text, or in an encoding that no
// spreadsheet knows, get a twin in UTF-8 with commas.
func WriteRejectsCSV(w io.Writer, m report.Mending) error {
	out, err := newRejectsCSV(w, m.Dialect)
	if err != nil {
		return err
	}
	titles := slices.Concat(m.Columns, []string{pipeline.WhatTitle, pipeline.HintTitle, pipeline.RowTitle, pipeline.SourceTitle})
	if err := out.row(titles, nil); err != nil {
		return fmt.Errorf("write rejected rows of %s: %w", m.Mapping, err)
	}
	for r, err := range m.Rows {
		if err != nil {
			return fmt.Errorf("write rejected rows of %s: %w", m.Mapping, err)
		}
		cells := make([]string, len(m.Columns), len(titles))
		copy(cells, r.Cells)
		if err := out.row(cells, []string{r.What, r.Hint, r.Row.String(), shortDigest(r.Source)}); err != nil {
			return fmt.Errorf("write rejected rows of %s: %w", m.Mapping, err)
		}
	}
	return out.flush()
}

// shortDigest is as much of a file's digest as tells two files apart.
func shortDigest(digest string) string { return digest[:min(len(digest), 16)] }

// rejectsCSV writes rows by the quotes of any dialect, with nothing lost that the
// encoding has.
type rejectsCSV struct {
	*csvWriter
	quote string // "" is no quoting
}

func newRejectsCSV(w io.Writer, d pipeline.Dialect) (*rejectsCSV, error) {
	to, quote := WriteDialect{}, "\""
	if d.Format == "" || strings.EqualFold(d.Format, "csv") {
		to.Delimiter = namedDelimiter(d.Delimiter)
		mark, err := quoteOf(d.Quote)
		if err != nil {
			return nil, err
		}
		if quote = string(rune(mark)); mark == 0 {
			quote = ""
		}
		if plainEncoding(d.Encoding) {
			to.Encoding = d.Encoding
		}
	}
	out, err := newCSVWriter(w, nil, to)
	return &rejectsCSV{csvWriter: out, quote: quote}, err
}

// plainEncoding reports whether an encoding leaves ASCII as it is, so that every
// program can find the columns of a file in it.
func plainEncoding(name string) bool {
	if name == "" {
		return false
	}
	enc, err := encodingOf(name)
	return err == nil && !isUTF16(enc) && !isEBCDIC(enc)
}

// row writes the cells of a row and what was added to it.
func (w *rejectsCSV) row(cells, added []string) error {
	for _, text := range cells {
		w.put(text)
	}
	for _, text := range added {
		if w.quote == "" { // nothing tells the delimiter in a value from the one between two
			text = strings.ReplaceAll(text, w.delimiter, " ")
			text = strings.Join(strings.Fields(text), " ")
		}
		w.put(text)
	}
	return w.end()
}

// put adds a cell.
func (w *rejectsCSV) put(text string) {
	text = w.fit(guard(legible(text)))
	if len(w.cells) > 0 {
		w.text = append(w.text, w.delimiter...)
	}
	if w.quote != "" && (strings.ContainsAny(text, w.quote+"\r\n") || strings.Contains(text, w.delimiter) || strings.TrimSpace(text) != text) {
		text = w.quote + strings.ReplaceAll(text, w.quote, w.quote+w.quote) + w.quote
	}
	w.text = append(w.text, text...)
	w.cells = append(w.cells, len(w.text))
}

// fit writes ? for characters that the encoding does not have.
func (w *rejectsCSV) fit(text string) string {
	if w.encoder == nil || isASCII(text) {
		return text
	}
	if _, err := w.encoder.String(text); err == nil {
		return text
	}
	return strings.Map(func(r rune) rune {
		if _, err := w.encoder.String(string(r)); err != nil {
			return '?'
		}
		return r
	}, text)
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
