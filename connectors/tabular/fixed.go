package tabular

import (
	"context"
	"io"

	"rentalsync/pipeline"
)

// readFixed reads fixed width.
func readFixed(context.Context, io.Reader, string, pipeline.Dialect, yieldFunc) error {
	return &pipeline.Unreadable{Why: "fixed width cannot be read", Hint: "have the ERP write CSV, or save the sheet as CSV"}
}
