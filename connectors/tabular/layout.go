package tabular

import (
	"fmt"
	"io"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// WriteLayout writes a file as its layout says, line by line. A line of which
// something cannot be written, because it does not fit its place or because the
// encoding does not have it, is left out whole and noted: half a value would be a
// wrong one, and one bad line must not keep the others from the ERP. The numbers of
// the last line are of what was written.
func WriteLayout(w io.Writer, l *pipeline.Layout, facts pipeline.LayoutFacts, lines report.LayoutLines) (pipeline.LaidOut, error) {
	made, err := writeLayout(w, l, facts, lines)
	if err != nil {
		return made, fmt.Errorf("write layout %s: %w", l.Name, err)
	}
	return made, nil
}

func writeLayout(w io.Writer, l *pipeline.Layout, facts pipeline.LayoutFacts, lines report.LayoutLines) (pipeline.LaidOut, error) {
	if l.File.Format == "xlsx" {
		return writeLayoutBook(w, l, facts, lines)
	}
	out, err := newLayoutWriter(w, l, facts)
	if err != nil {
		return out.made, err
	}
	if err := out.begin(); err != nil {
		return out.made, err
	}
	for line, err := range lines {
		if err != nil {
			return out.made, err
		}
		if err := out.line(&line); err != nil {
			return out.made, err
		}
	}
	return out.made, out.end()
}

// layoutWriter writes separated text or records.
type layoutWriter struct {
	layout *pipeline.Layout
	facts  pipeline.LayoutFacts
	cells  layoutCells
	sums   layoutSums
	shape  layoutShape
	out    *layoutEncoder
	made   pipeline.LaidOut
}

// layoutShape composes the cells of a line into its text.
type layoutShape interface {
	// compose makes the text of a line; the error says what does not fit.
	compose(cells []layoutCell) (string, error)

	// plain makes the text of a line that is no row.
	plain(text string) (string, error)
}

func newLayoutWriter(w io.Writer, l *pipeline.Layout, facts pipeline.LayoutFacts) (*layoutWriter, error) {
	out := &layoutWriter{layout: l, facts: facts, cells: newLayoutCells(l, facts.Zone), sums: newLayoutSums(l)}
	if l.File.Format == "fixed" {
		out.shape = &layoutRecord{layout: l, length: l.RecordLength()}
	} else {
		out.shape = &layoutSeparated{layout: l}
	}
	var err error
	out.out, err = newLayoutEncoder(w, &l.File)
	return out, err
}

// begin writes what stands before the rows.
func (w *layoutWriter) begin() error {
	if !w.layout.Begin.Blank() {
		if err := w.say(w.layout.Begin); err != nil {
			return err
		}
	}
	if !w.layout.File.Titles {
		return nil
	}
	titles := make([]layoutCell, len(w.layout.Columns))
	for i := range titles {
		titles[i].text = w.layout.Columns[i].Title()
	}
	text, err := w.shape.compose(titles)
	if err != nil {
		return fmt.Errorf("the headers: %w", err)
	}
	return w.whole(text, "the headers")
}

// line writes one row, or notes why it is left out.
func (w *layoutWriter) line(line *report.LayoutLine) error {
	cells, lacking, err := w.cells.of(line.Cells)
	if lacking {
		w.made.Lacking++
		return nil
	}
	text := ""
	if err == nil {
		text, err = w.shape.compose(cells)
	}
	var foreign string
	var encoded []byte
	if err == nil {
		if encoded, foreign, err = w.out.encode(text); foreign != "" {
			err = w.blame(cells, foreign)
		}
	}
	if err != nil {
		w.made.Leave(line.Who + ": " + err.Error())
		return nil
	}
	w.made.Lines++
	w.sums.add(cells)
	return w.out.write(encoded)
}

// blame names the cell with a character that the encoding does not have.
func (w *layoutWriter) blame(cells []layoutCell, foreign string) error {
	for i := range cells {
		if _, found, _ := w.out.encode(cells[i].text); found != "" {
			return fmt.Errorf("%s: %q has %q, which cannot be written in %s; correct it, or write unencodable: replace",
				w.layout.Columns[i].Title(), cells[i].text, found, w.layout.File.Encoding)
		}
	}
	return fmt.Errorf("%q cannot be written in %s", foreign, w.layout.File.Encoding)
}

// end writes what stands behind the rows.
func (w *layoutWriter) end() error {
	if !w.layout.End.Blank() {
		w.facts.Count, w.facts.Sum = w.made.Lines, w.sums.say
		if err := w.say(w.layout.End); err != nil {
			return err
		}
	}
	return w.out.flush()
}

// say writes a line that is no row.
func (w *layoutWriter) say(wording pipeline.Wording) error {
	text, err := wording.Say(&w.facts.Spoken)
	if err != nil {
		return err
	}
	line, err := w.shape.plain(text)
	if err != nil {
		return err
	}
	return w.whole(line, text)
}

// whole writes a line without which the file would be worth nothing.
func (w *layoutWriter) whole(text, what string) error {
	encoded, foreign, err := w.out.encode(text)
	if err == nil && foreign != "" {
		err = fmt.Errorf("%s: %q cannot be written in %s", what, foreign, w.layout.File.Encoding)
	}
	if err != nil {
		return err
	}
	return w.out.write(encoded)
}
