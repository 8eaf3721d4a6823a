package tabular

import (
	"fmt"
	"io"

	"rentalsync/pipeline/report"
)

// AppendCSV writes the rows of a sheet as WriteCSV does, to follow those that a
// file has; only the first of them come below a header.
func AppendCSV(w io.Writer, s report.Sheet, d WriteDialect, first bool) error {
	if first {
		return WriteCSV(w, s, d)
	}
	d.NoBOM = true
	out, err := newCSVWriter(w, s.Columns, d)
	if err != nil {
		return err
	}
	for row, err := range s.Rows {
		if err == nil {
			err = out.row(row)
		}
		if err != nil {
			return fmt.Errorf("write sheet %q: %w", s.Name, err)
		}
	}
	return out.flush()
}
