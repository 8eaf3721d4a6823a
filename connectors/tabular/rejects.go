package tabular

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// mostComments bounds how many cells of a sheet get a comment: what is wrong stands
// beside each row anyway, and programs open a sheet full of comments slowly.
const mostComments = 1000

// WriteRejectsXLSX writes rejected rows for people to mend, a sheet for each shape:
// what is wrong in front, then the ERP's own columns as text, so that no program
// makes numbers of keys. Faulty cells are coloured and say in a comment what is
// wrong, and columns with a list of codes offer it. What a row is known by when it
// comes back stands in hidden columns.
func WriteRejectsXLSX(w io.Writer, list []report.Mending) (err error) {
	file := excelize.NewFile()
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()
	book := &rejectsBook{file: file, names: sheetNames{}, lists: &choiceLists{file: file, at: map[string]string{}}}
	if err := book.prepare(); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	for i := range list {
		if err := book.write(&list[i]); err != nil {
			return fmt.Errorf("write rejected rows of %s: %w", list[i].Mapping, err)
		}
	}
	if err := book.lists.hide(); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	return file.Write(w)
}

// rejectsBook is a workbook of rejected rows that grows sheet by sheet.
type rejectsBook struct {
	file   *excelize.File
	names  sheetNames
	lists  *choiceLists
	sheets int

	header, text, told, faulty int // styles
}

func (b *rejectsBook) prepare() error {
	b.names.name(choicesSheet)
	styles, err := newXLSXStyles(b.file)
	if err != nil {
		return err
	}
	b.header = styles.header
	for _, s := range []struct {
		into *int
		fill string
		font string
	}{{&b.text, "", ""}, {&b.told, "", "9C0006"}, {&b.faulty, "FFC7CE", "9C0006"}} {
		style := &excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "top"}}
		if s.font != "" {
			style.Font = &excelize.Font{Family: "Calibri", Size: 11, Color: s.font}
		}
		if s.fill != "" {
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{s.fill}}
		}
		if *s.into, err = b.file.NewStyle(style); err != nil {
			return err
		}
	}
	return b.file.SetDocProps(&excelize.DocProperties{Creator: "rentalsync", Title: "Rejected rows"})
}

// write writes the rows of one shape, on as many sheets as they need.
func (b *rejectsBook) write(m *report.Mending) error {
	next, stop := iter.Pull2(m.Rows)
	defer stop()

	row, err, more := next()
	for {
		page, failed := b.newPage(m)
		if failed != nil {
			return failed
		}
		for ; more && page.rows < mostSheetRows; row, err, more = next() {
			if err != nil {
				return err
			}
			if err := page.row(&row); err != nil {
				return err
			}
		}
		if err := page.end(); err != nil || !more {
			return err
		}
	}
}

func (b *rejectsBook) newPage(m *report.Mending) (*rejectsPage, error) {
	name := b.names.name(m.Mapping)
	b.sheets++
	stream, err := streamSheet(b.file, name, b.sheets == 1)
	if err != nil {
		return nil, err
	}
	page := &rejectsPage{book: b, name: name, mending: m, stream: stream}
	if err := page.dress(); err != nil {
		return nil, err
	}
	return page, page.head()
}

// rejectsPage is one sheet of rejected rows that is being written.
type rejectsPage struct {
	book     *rejectsBook
	name     string
	mending  *report.Mending
	stream   *excelize.StreamWriter
	rows     int
	comments int
}

// inFront is how many columns stand before the ERP's own.
const inFront = 2

func (p *rejectsPage) titles() []string {
	return slices.Concat([]string{pipeline.WhatTitle, pipeline.HintTitle}, p.mending.Columns, []string{pipeline.RowTitle, pipeline.SourceTitle})
}

// dress sets widths and styles, from the last column to the first: the stream puts
// each before the others.
func (p *rejectsPage) dress() error {
	for i, title := range slices.Backward(p.titles()) {
		width, style, hidden := float64(min(max(len([]rune(title))+4, 14), 40)), p.book.text, i >= inFront+len(p.mending.Columns)
		switch i {
		case 0:
			width, style = 60, p.book.told
		case 1:
			width = 44
		}
		if err := p.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		if err := p.stream.SetColStyle(i+1, i+1, style); err != nil {
			return err
		}
		if hidden {
			if err := p.stream.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
	}
	return p.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (p *rejectsPage) head() error {
	var values []any
	for _, title := range p.titles() {
		values = append(values, excelize.Cell{StyleID: p.book.header, Value: fitted(legible(title))})
	}
	return p.put(values, excelize.RowOpts{Height: 20})
}

// row writes one rejected row, every cell as text.
func (p *rejectsPage) row(r *report.Mendable) error {
	values := []any{p.cell(r.What, p.book.told), p.cell(r.Hint, p.book.text)}
	for i := range p.mending.Columns {
		text, style := "", p.book.text
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		if _, faulty := r.Faults[i]; faulty {
			style = p.book.faulty
		}
		values = append(values, p.cell(text, style))
	}
	values = append(values, p.cell(r.Row.String(), p.book.text), p.cell(shortDigest(r.Source), p.book.text))
	if err := p.put(values); err != nil {
		return err
	}
	return p.comment(r)
}

func (p *rejectsPage) cell(text string, style int) excelize.Cell {
	if text == "" {
		return excelize.Cell{StyleID: style}
	}
	return excelize.Cell{StyleID: style, Value: fitted(legible(text))}
}

func (p *rejectsPage) put(values []any, opts ...excelize.RowOpts) error {
	p.rows++
	at, err := excelize.CoordinatesToCellName(1, p.rows)
	if err != nil {
		return err
	}
	return p.stream.SetRow(at, values, opts...)
}

// comment says at the faulty cells of the row in hand what is wrong with them.
func (p *rejectsPage) comment(r *report.Mendable) error {
	for i := range p.mending.Columns {
		text, faulty := r.Faults[i]
		if !faulty || p.comments == mostComments {
			continue
		}
		at, err := excelize.CoordinatesToCellName(inFront+i+1, p.rows)
		if err != nil {
			return err
		}
		p.comments++
		err = p.book.file.AddComment(p.name, excelize.Comment{
			Cell: at, Author: "rentalsync", Width: 320, Height: 90, Paragraph: []excelize.RichTextRun{{Text: legible(text)}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// end offers the codes that columns know, sets the filter, and closes the sheet.
func (p *rejectsPage) end() error {
	for i := range p.mending.Columns {
		if err := p.offer(i); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(p.titles()), max(p.rows, 1))
	if err != nil {
		return err
	}
	if err := p.book.file.AutoFilter(p.name, "A1:"+last, nil); err != nil {
		return err
	}
	return p.stream.Flush()
}

// offer lets the cells of a column be chosen from its codes. Anything else may be
// typed all the same: the mapping may know it by tomorrow.
func (p *rejectsPage) offer(column int) error {
	choices := p.mending.Choices[column]
	if len(choices) == 0 || p.rows < 2 {
		return nil
	}
	list, err := p.book.lists.of(choices)
	if err != nil {
		return err
	}
	name, err := excelize.ColumnNumberToName(inFront + column + 1)
	if err != nil {
		return err
	}
	validation := excelize.NewDataValidation(true)
	validation.SetSqref(fmt.Sprintf("%s2:%[1]s%d", name, p.rows))
	validation.SetSqrefDropList(list)
	validation.SetError(excelize.DataValidationErrorStyleWarning, "Not in the list", "The mapping does not know this value yet.")
	return p.book.file.AddDataValidation(p.name, validation)
}
