package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// seen is what a reading gave, flat enough to be written into a table.
type seen struct {
	header []string
	rows   []string // "17: a|b" and "18! fault"
	end    error
}

// readAll reads text in small pieces, so that every test also meets the seams
// between them.
func readAll(t *testing.T, text string, d pipeline.Dialect) seen {
	t.Helper()
	return collect(t.Context(), iotest.HalfReader(strings.NewReader(text)), d)
}

func collect(ctx context.Context, src io.Reader, d pipeline.Dialect) (s seen) {
	for row, err := range New().Rows(ctx, src, "file.csv", d) {
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		switch {
		case errors.As(err, &empty):
			s.header = empty.Header.Names
		case errors.As(err, &bad):
			for _, f := range bad.Faults {
				s.rows = append(s.rows, fmt.Sprintf("%d! %s", bad.Origin.Line, f))
			}
		case err != nil:
			s.end = err
		default:
			s.header = row.Header.Names
			s.rows = append(s.rows, fmt.Sprintf("%d: %s", row.Origin.Line, strings.Join(row.Cells, "|")))
		}
	}
	return s
}

var semicolon = pipeline.Dialect{Delimiter: ";"}

func TestRowsOfHostileFiles(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		want    []string
	}{
		{
			name: "a comma is the default delimiter",
			text: "a,b\n1,2\n3,4\n",
			want: []string{"2: 1|2", "3: 3|4"},
		},
		{
			name:    "lines end in LF, CRLF and CR in any mixture, and keep their physical numbers",
			text:    "a;b\r\n1;2\n3;4\r5;6\r\n\r\n7;8",
			dialect: semicolon,
			want:    []string{"2: 1|2", "3: 3|4", "4: 5|6", "6: 7|8"},
		},
		{
			name:    "a file with CR only is not one record",
			text:    "a;b\r1;2\r3;4\r",
			dialect: semicolon,
			want:    []string{"2: 1|2", "3: 3|4"},
		},
		{
			name:    "a stray CR does not merge two rows",
			text:    "a;b\r\n1;2\r3;4\r\n5;6\r\n",
			dialect: semicolon,
			want:    []string{"2: 1|2", "3: 3|4", "4: 5|6"},
		},
		{
			name:    "line ends inside quotes are kept exactly as they are",
			text:    "a;b\r\n1;\"x\r\ny\rz\nw\"\r\n2;v\r\n",
			dialect: semicolon,
			want:    []string{"2: 1|x\r\ny\rz\nw", "6: 2|v"},
		},
		{
			name:    "a quote in the middle of a value is an inch",
			text:    "a;b\n12\" pipe;x\n5 \"x\" 4;y\n",
			dialect: semicolon,
			want:    []string{`2: 12" pipe|x`, `3: 5 "x" 4|y`},
		},
		{
			name:    "a doubled quote is one quote, a quoted delimiter is text",
			text:    "a;b\n\"12\"\" pipe; long\";\"\"\"\"\n\"\";\"a\"\n",
			dialect: semicolon,
			want:    []string{`2: 12" pipe; long|"`, "3: |a"},
		},
		{
			name:    "text after a closing quote costs one row",
			text:    "a;b\n1;\"x\" y\n\"2\"x;3\n4;5\n",
			dialect: semicolon,
			want: []string{
				`2! b "\"x\" y": text after the closing quote; a quote inside a quoted value must be doubled`,
				`3! a "\"2\"x;3": text after the closing quote; a quote inside a quoted value must be doubled`,
				"4: 4|5",
			},
		},
		{
			name:    "a quote that the next quote closes by accident costs one row, not all between",
			text:    "a;b\n1;\"Müller\n2;x\n3;\"abc\"\n4;y\n",
			dialect: semicolon,
			want: []string{
				`2! b "\"Müller": text after the closing quote; a quote inside a quoted value must be doubled`,
				"3: 2|x", "4: 3|abc", "5: 4|y",
			},
		},
		{
			name:    "a quote that the last line closes by accident costs one row, not the lines between",
			text:    "a;b\n1;\"Müller\n2;x\n3;y\n4;z\n5;abc\"d",
			dialect: semicolon,
			want: []string{
				`2! b "\"Müller": text after the closing quote; a quote inside a quoted value must be doubled`,
				"3: 2|x", "4: 3|y", "5: 4|z", `6: 5|abc"d`,
			},
		},
		{
			name:    "a row with more or fewer cells is an error at its line",
			text:    "a;b;c\n1;2\n1;2;3;4\n1;2;3\n",
			dialect: semicolon,
			want: []string{
				"2! 2 cells where the header has 3; a line break inside a value must be quoted, and a row must not be cut short",
				"3! 4 cells where the header has 3; a delimiter inside a value must be quoted",
				"4: 1|2|3",
			},
		},
		{
			name:    "one empty cell at the end is not too many",
			text:    "a;b\n1;2;\n1;2;;\n",
			dialect: semicolon,
			want:    []string{"2: 1|2", "3! 4 cells where the header has 2; a delimiter inside a value must be quoted"},
		},
		{
			name:    "a header that ends with a delimiter takes rows that do not",
			text:    "a;b;\n1;2;\n1;2\n1;2;3\n",
			dialect: semicolon,
			want:    []string{"2: 1|2|", "3: 1|2|", "4: 1|2|3"},
		},
		{
			name: "a header that was not split names the delimiter it should have had",
			text: "a;b\n1,5;2\n",
			want: []string{`2! 2 cells where the header has 1; the header has no "," but ";": say delimiter: ";"`},
		},
		{
			name:    "cells are not trimmed",
			text:    "a;b\n 1 ;\t2\n",
			dialect: semicolon,
			want:    []string{"2:  1 |\t2"},
		},
		{
			name:    "blank lines, blanks and comments are no rows, empty cells are",
			text:    "a;b\n\n  \t\n#note;x\n;\n1;2\n\n",
			dialect: pipeline.Dialect{Delimiter: ";", Comment: "#"},
			want:    []string{"5: |", "6: 1|2"},
		},
		{
			name:    "a line of tabs is a row of empty cells where the tab delimits",
			text:    "a\tb\tc\n\t\t\n1\t2\t3\n",
			dialect: pipeline.Dialect{Delimiter: "tab"},
			want:    []string{"2: ||", "3: 1|2|3"},
		},
		{
			name:    "a delimiter may have several characters",
			text:    "a;;b\n1;x;;\"2;;3\"\n",
			dialect: pipeline.Dialect{Delimiter: ";;"},
			want:    []string{"2: 1;x|2;;3"},
		},
		{
			name:    "pipe is a name",
			text:    "a|b\n1|2\n",
			dialect: pipeline.Dialect{Delimiter: "pipe"},
			want:    []string{"2: 1|2"},
		},
		{
			name:    "without quoting a quote is text",
			text:    "a;b\n\"1;2\"\n",
			dialect: pipeline.Dialect{Delimiter: ";", Quote: "none"},
			want:    []string{`2: "1|2"`},
		},
		{
			name:    "an apostrophe may quote",
			text:    "a;b\n'1;''2';\"\n",
			dialect: pipeline.Dialect{Delimiter: ";", Quote: "'"},
			want:    []string{`2: 1;'2|"`},
		},
		{
			name: "sep= is preamble and names the delimiter",
			text: "sep=;\na;b\n1;2\n",
			want: []string{"3: 1|2"},
		},
		{
			name:    "a declared delimiter beats sep=, and header 1 is the line below it",
			text:    "sep=,\r\na;b\r\n1;2\r\n",
			dialect: pipeline.Dialect{Delimiter: ";", Header: []int{1}},
			want:    []string{"3: 1|2"},
		},
		{
			name:    "sep= is no row of a file without a header",
			text:    "sep=;\n1;2\n",
			dialect: pipeline.Dialect{NoHeader: true},
			want:    []string{"2: 1|2"},
		},
		{
			name:    "without a header the first row decides the width",
			text:    "1;2\n3\n4;5\n",
			dialect: pipeline.Dialect{Delimiter: ";", NoHeader: true},
			want: []string{
				"1: 1|2",
				"2! 1 cell where the first row has 2; a line break inside a value must be quoted, and a row must not be cut short",
				"3: 4|5",
			},
		},
		{
			name:    "without a header a broken first row does not decide the width",
			text:    "\"1\"x\n3;4\n",
			dialect: pipeline.Dialect{Delimiter: ";", NoHeader: true},
			want: []string{
				`1! 1 "\"1\"x": text after the closing quote; a quote inside a quoted value must be doubled`,
				"2: 3|4",
			},
		},
		{
			name:    "preamble with broken quotes is not parsed",
			text:    "Report \"x\n\"\na;b\n1;2\n",
			dialect: pipeline.Dialect{Delimiter: ";", Header: []int{3}},
			want:    []string{"4: 1|2"},
		},
		{
			name:    "the end mark of old systems is ignored",
			text:    "a;b\r\n1;2\r\n\x1a",
			dialect: semicolon,
			want:    []string{"2: 1|2"},
		},
		{
			name:    "an end mark right behind the last value is ignored",
			text:    "a;b\r\n1;2\x1a\x1a\r\n",
			dialect: semicolon,
			want:    []string{"2: 1|2"},
		},
		{
			name:    "a NUL byte is a fault of its cell",
			text:    "a;b\n1;x\x00y\n2;z\n",
			dialect: semicolon,
			want:    []string{`2! b "x␀y": a NUL byte; remove it in the ERP: it is no text`, "3: 2|z"},
		},
		{
			name:    "declared utf-8 with other bytes costs that row and shows the bytes",
			text:    "a;b\n1;M\xfcller\n2;Müller\n",
			dialect: pipeline.Dialect{Delimiter: ";", Encoding: "utf-8"},
			want: []string{
				`2! b "M\\xfcller": bytes that are not utf-8; say the encoding that the ERP writes, such as windows-1252`,
				"3: 2|Müller",
			},
		},
		{
			name:    "a character that was lost before is not passed on",
			text:    "a;b\n1;M\uFFFDller\n",
			dialect: semicolon,
			want:    []string{"2! b \"M\uFFFDller\": a character was lost before the file was written; correct the text in the ERP, or the encoding of its export"},
		},
		{
			name:    "every fault of a row is told",
			text:    "a;b\n\x00;\x00;1\n",
			dialect: semicolon,
			want: []string{
				"2! 3 cells where the header has 2; a delimiter inside a value must be quoted",
				`2! a "␀": a NUL byte; remove it in the ERP: it is no text`,
				`2! b "␀": a NUL byte; remove it in the ERP: it is no text`,
			},
		},
		{
			name: "a header alone is a table without rows",
			text: "a;b\n",
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := readAll(t, tt.text, tt.dialect)

			if got.end != nil {
				t.Errorf("reading ended with %v", got.end)
			}
			if diff := cmp.Diff(tt.want, got.rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		want    []string
	}{
		{
			name:    "names are trimmed, and the byte order mark is none of the first",
			text:    "\ufeff Nr ;Name\n1;2\n",
			dialect: semicolon,
			want:    []string{"Nr", "Name"},
		},
		{
			name:    "a repeated name gets its number, an empty one is its column",
			text:    "Nr;;Nr;Nr;Nr (2)\n1;2;3;4;5\n",
			dialect: semicolon,
			want:    []string{"Nr", "2", "Nr (2)", "Nr (3)", "Nr (2) (2)"},
		},
		{
			name:    "two lines are joined from top to bottom and carry nothing over",
			text:    "Liste\n\nMiet;;Kunde\nbeginn;Ort;\n1;2;3\n",
			dialect: pipeline.Dialect{Delimiter: ";", Header: []int{3, 4}},
			want:    []string{"Miet beginn", "Ort", "Kunde"},
		},
		{
			name:    "without a header the names are the column numbers",
			text:    "1;2;3\n",
			dialect: pipeline.Dialect{Delimiter: ";", NoHeader: true},
			want:    []string{"1", "2", "3"},
		},
		{
			name:    "comments and blank lines before the header are passed over",
			text:    "# printed 21.11.2026\n\na;b\n1;2\n",
			dialect: pipeline.Dialect{Delimiter: ";", Comment: "#"},
			want:    []string{"a", "b"},
		},
		{
			name:    "a declared header line may start like a comment",
			text:    "#Nr;b\n#x\n1;2\n",
			dialect: pipeline.Dialect{Delimiter: ";", Comment: "#", Header: []int{1}},
			want:    []string{"#Nr", "b"},
		},
		{
			name:    "a quoted header may hold the delimiter",
			text:    "\"a;b\";c\n1;2\n",
			dialect: semicolon,
			want:    []string{"a;b", "c"},
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := readAll(t, tt.text, tt.dialect)

			if got.end != nil || len(got.rows) != 1 {
				t.Errorf("rows %q, end %v", got.rows, got.end)
			}
			if diff := cmp.Diff(tt.want, got.header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowsShareOneHeader(t *testing.T) {
	t.Parallel()

	var first *pipeline.Header
	for row, err := range New().Rows(t.Context(), strings.NewReader("x\na;b\n1;2\n3\n5;6\n"), "f", pipeline.Dialect{Delimiter: ";", Header: []int{2}}) {
		header := (*pipeline.Header)(nil)
		var bad *pipeline.RowError
		switch {
		case errors.As(err, &bad):
			header = bad.Header
		case err == nil:
			header = row.Header
		}
		if first == nil {
			first = header
		}
		if header != first || header.Line != 2 {
			t.Errorf("header %+v, want the one of line 2", header)
		}
	}
}

func TestARowErrorKeepsWhatCouldBeRead(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, text string
		want       []string
	}{
		{"too many cells", "a;b\n1;2;3\n", []string{"1", "2", "3"}},
		{"a stray quote", "a;b;c\n\"1\"\"\";\"2\"x;3\n", []string{`1"`, `"2"x;3`}},
		{"a stray quote behind doubled ones", "a;b;c\n\"1\"\"\";\"2\"\"a\"x;3\n", []string{`1"`, `"2""a"x;3`}},
		{"a doubled quote in a value that runs on", "a;b;c\n1;\"2\"\"\n3\";\"4\"x\n", []string{"1", `"2""`}},
		{"a stray quote in a later line", "a;b;c\n1;\"2\n3\";\"4\"x\n", []string{"1", `"2`}},
		{"bytes that are no text", "a;b\n\x00;2;3\n", []string{"␀", "2", "3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			for _, err := range New().Rows(t.Context(), strings.NewReader(tt.text), "f", semicolon) {
				var bad *pipeline.RowError
				if !errors.As(err, &bad) {
					t.Fatalf("got %v", err)
				}
				if diff := cmp.Diff(tt.want, bad.Cells); diff != "" {
					t.Errorf("cells (-want +got):\n%s", diff)
				}
				break
			}
		})
	}
}

func TestARowCostsOneAllocation(t *testing.T) {
	text := "a;b;c\n" + strings.Repeat("1;\"zwei \"\"Zoll\"\"\";ü\n", 10_000)
	allocations := testing.AllocsPerRun(3, func() {
		for _, err := range New().Rows(t.Context(), strings.NewReader(text), "f", semicolon) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if perRow := allocations / 10_000; perRow > 1.02 {
		t.Errorf("%.3f allocations a row", perRow)
	}
}
