package tabular

import (
	"context"
	"io"

	"rentalsync/pipeline"
)

// readXLSX reads workbooks.
func readXLSX(context.Context, io.Reader, string, pipeline.Dialect, yieldFunc) error {
	return &pipeline.Unreadable{Why: "workbooks cannot be read", Hint: "have the ERP write CSV, or save the sheet as CSV"}
}
