package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"rentalsync/pipeline"
)

// Reader turns the bytes of a dropped file into rows. It keeps no state, so one
// Reader serves any number of files at once.
type Reader struct{}

var _ pipeline.Reader = (*Reader)(nil)

// New returns a Reader of every format this version knows.
func New() *Reader { return &Reader{} }

// yieldFunc takes one row or one verdict; false says that nobody wants more.
type yieldFunc func(*pipeline.Row, error) bool

// readFunc reads one kind of file to its end. It yields rows and row errors,
// and returns what ended the reading early: nil, a verdict on the whole file,
// or errStopped.
type readFunc func(ctx context.Context, src io.Reader, name string, d pipeline.Dialect, yield yieldFunc) error

// errStopped says that the consumer of the rows wants no more of them.
var errStopped = errors.New("reading was stopped")

// formatReader finds the reading of a format; nil when this version has none.
func formatReader(format string) readFunc {
	switch format {
	case "", "csv":
		return readCSV
	case "xlsx":
		return readXLSX
	case "fixed":
		return readFixed
	default:
		return nil
	}
}

// Rows reads src to its end, as [pipeline.Reader] promises.
func (rd *Reader) Rows(ctx context.Context, src io.Reader, name string, d pipeline.Dialect) iter.Seq2[*pipeline.Row, error] {
	return func(yield func(*pipeline.Row, error) bool) {
		err := read(ctx, src, name, d, yield)
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func read(ctx context.Context, src io.Reader, name string, d pipeline.Dialect, yield yieldFunc) error {
	format := formatReader(d.Format)
	if format == nil {
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("format %q is unknown", d.Format),
			Hint: "say csv, xlsx or fixed",
		}
	}
	return format(ctx, src, name, d, yield)
}

// FormatOf guesses the format by a file's name; what is not a workbook is csv.
func FormatOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm":
		return "xlsx"
	default:
		return "csv"
	}
}
