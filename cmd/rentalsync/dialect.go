package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
)

// dialectFlags say how a file looks, as the keys of a mapping's file: block do.
type dialectFlags struct {
	format, encoding, delimiter, header, sheet, quote, comment, end string

	said func(flag string) bool
}

func (f *dialectFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "", "csv, xlsx or fixed (default: by the file's name)")
	flags.StringVar(&f.encoding, "encoding", "", "the character set, such as windows-1252 (default: byte order mark, else UTF-8, else windows-1252)")
	flags.StringVar(&f.delimiter, "delimiter", "", `what stands between two cells: one or several characters, tab or pipe (default ",")`)
	flags.StringVar(&f.header, "header", "", "the `LINE` of the column names, 3,4 where they take two, or none (default 1)")
	flags.StringVar(&f.sheet, "sheet", "", "the sheet of a workbook (default: the first)")
	flags.StringVar(&f.quote, "quote", "", "what encloses a cell that holds a delimiter, or none (default: the double quote)")
	flags.StringVar(&f.comment, "comment", "", "lines that begin with this are no rows")
	flags.StringVar(&f.end, "end", "", `the last line, which must be there, such as "*** END {count}"`)
	f.said = flags.Changed
}

// apply puts what the flags say in the place of what a dialect has. The format
// goes by the file's name where nothing says it.
func (f *dialectFlags) apply(d *pipeline.Dialect, path string) error {
	for _, flag := range []struct {
		name  string
		value string
		into  *string
	}{
		{"format", f.format, &d.Format}, {"encoding", f.encoding, &d.Encoding}, {"delimiter", f.delimiter, &d.Delimiter},
		{"sheet", f.sheet, &d.Sheet}, {"quote", f.quote, &d.Quote}, {"comment", f.comment, &d.Comment}, {"end", f.end, &d.End},
	} {
		if f.said(flag.name) {
			*flag.into = flag.value
		}
	}
	if d.Format == "" {
		d.Format = tabular.FormatOf(path)
	}
	if err := oneOf("format", d.Format, "csv", "xlsx", "fixed"); err != nil {
		return err
	}
	if !f.said("header") {
		return nil
	}

	d.Header, d.NoHeader = nil, f.header == "none"
	if d.NoHeader {
		return nil
	}
	var err error
	d.Header, err = headerLines(f.header)
	return err
}

// headerLines reads the physical lines of a header: 1, or 3,4.
func headerLines(text string) ([]int, error) {
	var lines []int
	for part := range strings.SplitSeq(text, ",") {
		line, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || line < 1 || len(lines) > 0 && line <= lines[len(lines)-1] {
			return nil, usageFault("write 1, 3,4 or none", "--header %q names no line", text)
		}
		lines = append(lines, line)
	}
	return lines, nil
}
