package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
)

// dialectFlags say how a file looks, as the keys of a mapping's file: block do.
type dialectFlags struct {
	format, encoding, delimiter, header, sheet, quote, comment, end, columns string
	length                                                                   int

	said func(flag string) bool
}

func (f *dialectFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "", "csv, xlsx or fixed (default: by the file's name)")
	flags.StringVar(&f.encoding, "encoding", "", "the character set, such as windows-1252 (default: byte order mark, else UTF-8, else windows-1252)")
	flags.StringVar(&f.delimiter, "delimiter", "", `what stands between two cells: one or several characters, tab or pipe (default ",")`)
	flags.StringVar(&f.header, "header", "", "the `LINE` of the column names, 3,4 where they take two, or none (default 1)")
	flags.StringVar(&f.sheet, "sheet", "", "the sheet of a workbook: its name, a pattern with *, its number or all (default: the first)")
	flags.StringVar(&f.columns, "columns", "", "where the columns of a fixed-width file stand, as 1-3,status=70,number=5-12 (default: the whole line is one)")
	flags.IntVar(&f.length, "length", 0, "how many characters a fixed-width record has (default: as many as its line)")
	flags.StringVar(&f.quote, "quote", "", "what encloses a cell that holds a delimiter, or none (default: the double quote)")
	flags.StringVar(&f.comment, "comment", "", "lines that begin with this are no rows")
	flags.StringVar(&f.end, "end", "", `the last line, which must be there, such as "*** END {count}"`)
	f.said = flags.Changed
}

// apply puts what the flags say in the place of what a dialect has. The format
// goes by the file's name where nothing says it.
func (f *dialectFlags) apply(ctx context.Context, d *pipeline.Dialect, path string) error {
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
		d.Format = tabular.FormatOf(pipeline.PlainName(path))
	}
	if err := oneOf("format", d.Format, "csv", "xlsx", "fixed"); err != nil {
		return err
	}
	if f.sheet == "all" {
		d.Sheet = "*"
	}
	if err := f.fit(ctx, d); err != nil {
		return err
	}
	if err := f.cut(d); err != nil {
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

// fit finds flags that no file could be read by.
func (f *dialectFlags) fit(ctx context.Context, d *pipeline.Dialect) error {
	switch {
	case f.said("delimiter") && f.delimiter == "":
		return usageFault("write it between quotes, as --delimiter ';', or write tab or pipe", "--delimiter is blank")
	case f.said("quote") && f.quote == "":
		return usageFault("write none where nothing encloses a cell", "--quote is blank")
	case f.said("sheet") && d.Format != "xlsx":
		return usageFault("leave it out: only a workbook has sheets", "--sheet %q is said of a file that is read as %s", f.sheet, d.Format)
	case (f.said("columns") || f.said("length")) && d.Format != "fixed":
		return usageFault("say --format fixed, or leave them out", "--columns and --length are said of a file that is read as %s", d.Format)
	case d.Format != "csv":
		return nil
	}

	// What the reader refuses of a file that holds a single letter, it would
	// refuse of every file.
	letter := pipeline.Dialect{Format: d.Format, Encoding: d.Encoding, Delimiter: d.Delimiter, Quote: d.Quote, NoHeader: true}
	for _, err := range tabular.New().Rows(ctx, strings.NewReader("a\n"), "", letter) {
		var refused *pipeline.Unreadable
		if errors.As(err, &refused) {
			return usageFault(refused.Hint, "%s", refused.Why)
		}
	}
	return nil
}

// cut takes the columns of a fixed-width file.
func (f *dialectFlags) cut(d *pipeline.Dialect) error {
	if f.said("length") {
		if d.Length = f.length; f.length < 1 {
			return usageFault("write how many characters a record has", "--length %d is no length", f.length)
		}
	}
	if !f.said("columns") {
		return nil
	}
	d.Columns = nil
	for i, text := range strings.Split(f.columns, ",") {
		slice, err := slice(strings.TrimSpace(text), i+1)
		if err != nil {
			return err
		}
		d.Columns = append(d.Columns, slice)
	}
	return nil
}

// slice reads one column: 70, 5-12 or number=5-12.
func slice(text string, number int) (pipeline.Slice, error) {
	name, place, named := strings.Cut(text, "=")
	if !named {
		name, place = strconv.Itoa(number), text
	}
	first, last, several := strings.Cut(place, "-")
	from, err1 := strconv.Atoi(first)
	to := from
	var err2 error
	if several {
		to, err2 = strconv.Atoi(last)
	}
	if errors.Join(err1, err2) != nil || from < 1 || to < from {
		return pipeline.Slice{}, usageFault("write 5-12, 70 or number=5-12, counted from 1", "--columns: %q names no place in a line", text)
	}
	return pipeline.Slice{Name: name, From: from, To: to}, nil
}

// missedDelimiter finds a delimiter in a header that was not split at all, as
// the flag would be written; false where the header was split.
func missedDelimiter(h *pipeline.Header) (flag string, missed bool) {
	if h == nil || len(h.Names) != 1 {
		return "", false
	}
	for _, d := range []struct{ mark, flag string }{{";", "';'"}, {"\t", "tab"}, {"|", "pipe"}, {",", "','"}} {
		if strings.Contains(h.Names[0], d.mark) {
			return d.flag, true
		}
	}
	return "", false
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
