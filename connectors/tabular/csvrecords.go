package tabular

import "rentalsync/pipeline"

// readSoFar is the number of rows, the broken ones among them.
func (f *csvFile) readSoFar() int {
	if f.records != nil {
		return f.records.rows
	}
	return f.rows
}

// hasTrailer reports whether something in the file says that it is whole.
func (f *csvFile) hasTrailer() bool {
	if f.dialect.trailer != nil {
		return true
	}
	if f.records != nil {
		for _, part := range f.records.parts {
			if part.Use == pipeline.TableTrailer {
				return true
			}
		}
	}
	return false
}

// readRecord takes one line of a file that holds several tables.
func (f *csvFile) readRecord() error {
	at := f.scan.line
	raw, v, err := f.scan.row()
	if err != nil {
		return err
	}
	if v == unclosed && !f.hasTrailer() {
		return unclosedQuote(at)
	}
	if f.cutCharacter() {
		return errCutCharacter
	}

	f.row.Cells = f.cut(f.row.Cells[:0], raw)
	r := &record{line: at, raw: raw, cells: f.row.Cells, open: f.scan.openEnd()}
	if v != split {
		last := len(r.cells) - 1
		r.faults = []pipeline.Fault{quoteFault(v, columnName(&pipeline.Header{}, last), r.cells[last])}
	}
	return f.records.take(r)
}
