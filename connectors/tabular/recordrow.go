package tabular

import (
	"fmt"
	"slices"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// headerOf names the cells of a part's rows. Where it has no columns, its first
// record says how many there are.
func (f *recordFile) headerOf(part *recordPart, r *record) *pipeline.Header {
	if part.names == nil {
		part.names = numbered(len(r.everything()), r.line).Names
	}
	if part.header == nil {
		part.header = &pipeline.Header{Names: part.names, Part: part.index, Said: f.said}
	}
	return part.header
}

// give yields a row, or the verdict on it.
func (f *recordFile) give(part *recordPart, r *record) error {
	f.rows++
	part.rows++
	header := f.headerOf(part, r)
	cells := part.cut(f.row.Cells[:0], r)
	f.row = pipeline.Row{Origin: f.origin(r), Header: header, Cells: cells}

	for _, sum := range f.sums {
		sum.add(part, cells)
	}
	if faults := f.faults(part, r); faults != nil {
		return f.reject(header, r, cells, faults)
	}
	return f.send(&f.row, nil)
}

// faults lists everything that is wrong with the row in hand; nil when nothing
// is.
func (f *recordFile) faults(part *recordPart, r *record) []pipeline.Fault {
	faults := r.faults
	want := part.reach()
	if part.Columns == nil {
		want = len(part.names)
	}
	if r.cells != nil && len(r.faults) == 0 && (len(r.cells) < want || (part.Columns == nil && len(r.cells) > want)) {
		faults = append(faults, pipeline.Fault{
			What: fmt.Sprintf("%s where records of this type have %d", plural(len(r.cells), "cell"), want),
			Hint: "a record must not be cut short, and a delimiter inside a value must be quoted",
		})
	}
	if f.text.clean(r.raw) {
		return faults
	}
	for i, cell := range f.row.Cells {
		if fault, found := f.text.fault(columnName(f.row.Header, i), cell); found {
			faults = append(faults, fault)
		}
	}
	return faults
}

func (f *recordFile) origin(r *record) rental.Origin {
	return rental.Origin{File: f.name, Line: r.line}
}

func (f *recordFile) reject(header *pipeline.Header, r *record, cells []string, faults []pipeline.Fault) error {
	shown := make([]string, len(cells))
	for i, cell := range cells {
		shown[i] = printable(cell)
	}
	return f.send(nil, &pipeline.RowError{Origin: f.origin(r), Header: header, Cells: shown, Faults: slices.Clone(faults)})
}

func (f *recordFile) send(row *pipeline.Row, err error) error {
	if !f.yield(row, err) {
		return errStopped
	}
	return nil
}
