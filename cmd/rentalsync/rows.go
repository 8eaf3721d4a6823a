package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"rentalsync/connectors/tabular"
	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func newRowsCmd(a *app) *cobra.Command {
	var mapping string
	var flags dialectFlags
	cmd := &cobra.Command{
		Use:   "rows [-m MAPPING] FILE",
		Short: "Shows what the program sees in a file",
		Long: `rows writes a JSON line for each row of a file, with the place it stands at;
with a mapping, a line for each thing that the row says something about. A row
that cannot be read is a line with its errors. FILE may be - for stdin.

The flags say how the file looks, as the keys of a mapping's file: block do; with
a mapping they replace what it says. Exit codes: 0 every row was read; 3 some
rows have errors; 1 the file cannot be read to its end.`,
		Example: "  rentalsync rows EQUIP_20261121.csv\n" +
			"  rentalsync rows --delimiter pipe --encoding windows-1252 contracts.txt\n" +
			"  rentalsync rows -m mappings/equipment.yaml EQUIP_20261121.csv",
		Args: takes("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return rows(cmd.Context(), a, mapping, &flags, args[0])
		},
	}
	cmd.Flags().StringVarP(&mapping, "mapping", "m", "", "show what the `MAPPING` file makes of the rows")
	flags.register(cmd)
	return cmd
}

// rows answers the command: it reads a file and writes what it sees.
func rows(ctx context.Context, a *app, mapping string, flags *dialectFlags, path string) error {
	var m pipeline.Mapping
	var dialect pipeline.Dialect
	if mapping != "" {
		compiled, err := a.loadMapping(mapping)
		if err != nil {
			return err
		}
		m, dialect = compiled, compiled.Dialect()
	}
	if err := flags.apply(ctx, &dialect, path); err != nil {
		return err
	}

	src, name, err := a.open(ctx, path)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it was only read

	out := bufio.NewWriterSize(a.stdout, 1<<16)
	w := &rowWriter{out: out, stderr: a.stderr, mapping: m}
	err = w.writeAll(ctx, src, name, dialect)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return unreadable(name, err)
	}
	w.sum(a.stderr)
	if delimiter, missed := missedDelimiter(w.header); missed && mapping == "" {
		fmt.Fprintf(a.stderr, "rentalsync: the header is one column; try --delimiter %s\n", delimiter)
	}
	if w.totals.Rejected > 0 {
		return attention()
	}
	return nil
}

// open opens what the command line names; - is stdin. A compressed file is
// unpacked, as a drop does.
func (a *app) open(ctx context.Context, path string) (src io.ReadCloser, name string, err error) {
	if path == "-" {
		return interruptible(ctx, a.stdin), path, nil
	}
	file, err := os.Open(path)
	name = pipeline.PlainName(filepath.ToSlash(path))
	if err != nil || name == filepath.Base(path) {
		return file, name, err
	}
	text, err := gzip.NewReader(file)
	if err != nil {
		return nil, name, errors.Join(fmt.Errorf("unpack %s: %w", path, err), file.Close())
	}
	return unpacked{text, file}, name, nil
}

// unpacked is the text of a compressed file.
type unpacked struct {
	io.Reader
	io.Closer
}

// interruptible gives a reader that ends with ctx, also while nothing comes from
// src. Nothing can end a read of a terminal or a pipe; it is left behind.
func interruptible(ctx context.Context, src io.Reader) io.ReadCloser {
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { _ = in.CloseWithError(context.Cause(ctx)) })
	go func() {
		_, err := io.Copy(in, src)
		_ = in.CloseWithError(err) // io.EOF for nil; it never fails
	}()
	return out
}

// unreadable puts the cure of a verdict on a file on its own line.
func unreadable(name string, err error) error {
	var verdict *pipeline.Unreadable
	if errors.As(err, &verdict) {
		return &exitError{code: exitFailed, err: fmt.Errorf("read %s: %s", name, verdict.Why), hint: verdict.Hint}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read %s: the file ends too early: it was cut", name)
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// rowWriter writes a JSON line for each row or, with a mapping, each entity.
type rowWriter struct {
	out     *bufio.Writer
	stderr  io.Writer
	mapping pipeline.Mapping // nil shows the rows themselves

	header *pipeline.Header // that names and mapper are for
	names  [][]byte         // the header's names as JSON, each with its colon
	mapper pipeline.RowMapper
	mapped pipeline.Mapped

	line   []byte
	totals pipeline.RowTotals
	parked map[string]string // the line that would teach a code, and the code
}

func (w *rowWriter) writeAll(ctx context.Context, src io.Reader, name string, d pipeline.Dialect) error {
	for row, err := range tabular.New().Rows(ctx, src, name, d) {
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		switch {
		case errors.As(err, &empty):
			err = w.bind(empty.Header)
		case errors.As(err, &bad):
			w.totals.Read++
			err = w.reject(bad.Origin, bad.Faults)
		case err == nil:
			w.totals.Read++
			err = w.row(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *rowWriter) row(row *pipeline.Row) error {
	if row.Header != w.header {
		if err := w.bind(row.Header); err != nil {
			return err
		}
	}
	if w.mapping == nil {
		w.totals.Mapped++
		return w.cells(row)
	}

	if row.Blank() {
		w.totals.Skipped++
		return nil
	}
	w.mapper.Map(row, &w.mapped)
	switch {
	case len(w.mapped.Faults) > 0:
		return w.reject(row.Origin, w.mapped.Faults)
	case w.mapped.Skip != "":
		w.totals.Skipped++
		return nil
	}
	w.totals.Mapped++
	w.park(w.mapped.Parked)
	return w.entities(row.Origin, w.mapped.Entities)
}

// bind prepares what all rows under one header share.
func (w *rowWriter) bind(h *pipeline.Header) error {
	w.header, w.names = h, w.names[:0]
	for _, name := range h.Names {
		w.names = append(w.names, append(rental.AppendText(nil, name), ':'))
	}
	if w.mapping == nil {
		return nil
	}
	var err error
	if w.mapper, err = w.mapping.Bind(h); err != nil {
		return err
	}
	for _, f := range w.mapper.Missing() {
		fmt.Fprintf(w.stderr, "rentalsync: %s\n", f.What)
	}
	return nil
}

func (w *rowWriter) cells(row *pipeline.Row) error {
	b := appendOrigin(w.line[:0], row.Origin)
	b = append(b, `,"cells":{`...)
	for i, cell := range row.Cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, w.names[i]...)
		b = rental.AppendText(b, cell)
	}
	return w.flush(append(b, "}}\n"...))
}

func (w *rowWriter) entities(origin rental.Origin, entities []rental.Entity) error {
	for i := range entities {
		e := &entities[i]
		b := appendOrigin(w.line[:0], origin)
		b = append(b, `,"entity":`...)
		b = rental.AppendText(b, e.Kind.String())
		b = append(b, `,"key":`...)
		b = rental.AppendText(b, e.Key)
		b = append(b, `,"fields":`...)
		b = rental.AppendFields(b, slices.DeleteFunc(e.Fields, hidden))
		if err := w.flush(append(b, "}\n"...)); err != nil {
			return err
		}
	}
	return nil
}

// hidden reports whether the register keeps a field for itself.
func hidden(f rental.FieldValue) bool { return f.Field == rental.Zone }

func (w *rowWriter) reject(origin rental.Origin, faults []pipeline.Fault) error {
	w.totals.Rejected++
	b := appendOrigin(w.line[:0], origin)
	b = append(b, `,"errors":[`...)
	for i, f := range faults {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendFault(b, f)
	}
	return w.flush(append(b, "]}\n"...))
}

// flush writes a line and keeps its memory for the next.
func (w *rowWriter) flush(line []byte) error {
	w.line = line
	_, err := w.out.Write(line)
	return err
}

func (w *rowWriter) park(codes []pipeline.Parked) {
	for _, p := range codes {
		if w.parked == nil {
			w.parked = map[string]string{}
		}
		w.parked[p.Line] = p.Code
	}
}

// sum tells on stderr what was not shown as a line.
func (w *rowWriter) sum(stderr io.Writer) {
	for _, line := range sortedKeys(w.parked) {
		fmt.Fprintf(stderr, "rentalsync: no table knows the code %q; say what it means: %s\n", w.parked[line], line)
	}
	if w.mapping != nil || w.totals.Rejected > 0 {
		t := w.totals
		fmt.Fprintf(stderr, "rentalsync: %s read: %d mapped, %d skipped, %d rejected\n", counted{t.Read, "row"}, t.Mapped, t.Skipped, t.Rejected)
	}
}

// loadMapping compiles a mapping that the command line names.
func (a *app) loadMapping(path string) (*mappings.Mapping, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &exitError{code: exitFault, err: err, hint: "name a mapping's YAML file"}
	}
	m, faults := mappings.Parse(path, data, mappings.Options{Values: a.valuesOf(path), ReadFile: os.ReadFile})
	for _, warning := range faults.Warnings() {
		fmt.Fprintln(a.stderr, warning)
	}
	return m, faults.Err()
}
