package tabular

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"rentalsync/pipeline"
)

func TestAFileThatIsNotWholeIsIncomplete(t *testing.T) {
	t.Parallel()

	ende := pipeline.Dialect{Delimiter: ";", End: "*** ENDE {count} ***"}
	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		rows    int
		want    string
	}{
		{name: "nothing at all", text: "", dialect: semicolon, want: "the file is empty"},
		{name: "only blank lines", text: "\r\n \r\n", dialect: semicolon, want: "the header is missing"},
		{name: "only a byte order mark", text: "\ufeff", dialect: semicolon, want: "the header is missing"},
		{
			name: "it ends before its header", text: "title\na;b\n",
			dialect: pipeline.Dialect{Header: []int{4}}, want: "the header is missing: the file ends before line 4",
		},
		{
			name: "it ends within its header", text: "title\na;b\n",
			dialect: pipeline.Dialect{Header: []int{2, 3}}, want: "the header is missing: the file ends before line 3",
		},
		{
			name: "a quote is never closed", text: "a;b\n1;2\n3;\"x\n4;y\n",
			dialect: semicolon, rows: 1, want: "the quote opened at line 3 is never closed",
		},
		{
			name: "a quote is the last byte", text: "a;b\n1;2\n3;\"",
			dialect: semicolon, rows: 1, want: "the quote opened at line 3 is never closed",
		},
		{
			name: "a quote of the header is never closed", text: "a;\"b\n1;2\n",
			dialect: semicolon, want: "the quote opened at line 1 is never closed",
		},
		{name: "the trailer is missing", text: "a;b\n1;2\n", dialect: ende, rows: 1, want: `the trailer "*** ENDE {count} ***" is missing`},
		{
			name: "the trailer counts more rows", text: "a;b\n1;2\n*** ENDE 2 ***\n",
			dialect: ende, rows: 1, want: "the trailer in line 3 counts 2 rows, the file has 1 row",
		},
		{
			name: "the trailer counts itself, too, and more rows", text: "a;b\n1;2\n*** ENDE 3\n",
			dialect: pipeline.Dialect{Delimiter: ";", End: "*** ENDE {count+1}"}, rows: 1,
			want: "the trailer in line 3 counts 3 rows, the file has 1 row and would count as 2",
		},
		{
			name: "the trailer counts fewer rows", text: "a;b\n1;2\n3;4\n*** ENDE 01 ***\n",
			dialect: ende, rows: 2, want: "the trailer in line 4 counts 1 row, the file has 2 rows",
		},
		{
			name: "it stops inside a character of declared utf-8", text: "a;b\n1;Mü\n2;M\xc3",
			dialect: pipeline.Dialect{Delimiter: ";", Encoding: "utf-8"}, rows: 1, want: "the file ends in the middle of a character",
		},
		{
			name: "it stops inside a character and was UTF-8 until then", text: "a;b\n1;Mü\n2;\xe2\x82",
			dialect: semicolon, rows: 1, want: "the file ends in the middle of a character",
		},
		{
			name: "it stops inside a character of UTF-16", text: "\xff\xfea\x00;\x00b\x00\n\x001\x00;\x002\x00\n\x003",
			dialect: semicolon, rows: 1, want: "the file ends in the middle of a character",
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := readAll(t, tt.text, tt.dialect)

			var incomplete *pipeline.Incomplete
			if !errors.As(got.end, &incomplete) || incomplete.Why != tt.want {
				t.Errorf("end %v, want incomplete: %s", got.end, tt.want)
			}
			if len(got.rows) != tt.rows {
				t.Errorf("rows %q, want %d of them", got.rows, tt.rows)
			}
		})
	}
}

func TestATrailerThatFitsEndsTheFile(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, pattern, line string
	}{
		{"as it stands", "*** ENDE {count} ***", "*** ENDE 2 ***"},
		{"with leading zeros", "*** ENDE {count} ***", "*** ENDE 000002 ***"},
		{"with empty cells behind it", "*** ENDE {count} ***", "*** ENDE 2 ***;;;"},
		{"with blanks around it and around the count", "*** ENDE {count} ***", "  *** ENDE   2   ***  ;"},
		{"in quotes", "*** ENDE {count} ***", `"*** ENDE 2 ***";;`},
		{"with ornament that the pattern leaves out", "*** ENDE {count}", "*** ENDE 2 ***"},
		{"with the count in a cell of its own", "SUMME;{count}", "SUMME;2;;"},
		{"with delimiters in the pattern too", "SUMME;{count};;", "SUMME;2"},
		{"with the count first", "{count} Zeilen", "2 Zeilen"},
		{"with itself counted", "*** ENDE {count+1} ***", "*** ENDE 3 ***"},
		{"with the header and itself counted", "SUMME;{count+2}", "SUMME;4;"},
		{"without a count", "EOF", "EOF;;"},
		{"before blank lines and the end mark", "EOF", "EOF\r\n\r\n\x1a"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			d := pipeline.Dialect{Delimiter: ";", End: tt.pattern}
			got := readAll(t, "a;b\n1;2\n3;4;5\n"+tt.line+"\n", d)

			if got.end != nil || len(got.rows) != 2 {
				t.Errorf("rows %q, end %v; want a row, a row error and no more", got.rows, got.end)
			}
		})
	}
}

func TestTrailerCountsAreReadWithTheirGrouping(t *testing.T) {
	t.Parallel()

	s := &scanner{delimiter: []byte(";"), quote: '"', quoting: true}
	tests := []struct {
		pattern, line string
		count         int
		is            bool
	}{
		{"ENDE {count}", "ENDE 1.234.567", 1234567, true},
		{"ENDE {count}", "ENDE 1,234", 1234, true},
		{"ENDE {count}", "ENDE 1 234", 1234, true},
		{"ENDE {count}", "ENDE 0", 0, true},
		{"ENDE {count}.", "ENDE 12.", 12, true},
		{"ENDE {count}", "ENDE", 0, false},
		{"ENDE {count}", "ENDE 12 Zeilen", 0, false},
		{"ENDE {count}", "ENDE 99999999999999999999", 0, false},
		{"ENDE {count}", "ENDE x 12", 0, false},
		{"ENDE", "ENDE 12", 0, false},
		{"{count}", ";5", 0, false},
	}

	for _, tt := range tests {
		count, is := newTrailer(tt.pattern, ";").match([]byte(tt.line), s)
		if is != tt.is || (is && count != tt.count) {
			t.Errorf("%q in %q: got %d, %v; want %d, %v", tt.pattern, tt.line, count, is, tt.count, tt.is)
		}
	}
}

func TestAZeroRecordFileWithItsTrailerIsWhole(t *testing.T) {
	t.Parallel()

	got := readAll(t, "a;b\n*** ENDE 0 ***\n", pipeline.Dialect{Delimiter: ";", End: "*** ENDE {count}"})
	if got.end != nil || len(got.rows) != 0 {
		t.Errorf("rows %q, end %v", got.rows, got.end)
	}
}

func TestWithATrailerAnOpenQuoteIsOneBadRow(t *testing.T) {
	t.Parallel()

	got := readAll(t, "a;b\n1;\"x\n2;y\nENDE 2\n", pipeline.Dialect{Delimiter: ";", End: "ENDE {count}"})
	if got.end != nil || len(got.rows) != 2 || !strings.Contains(got.rows[0], "the quote is never closed") || got.rows[1] != "3: 2|y" {
		t.Errorf("rows %q, end %v", got.rows, got.end)
	}
}

func TestAQuoteThatSwallowsAThousandLinesCostsOneRow(t *testing.T) {
	t.Parallel()

	var text strings.Builder
	text.WriteString("a;b\n0;\"open\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "%d;plain\n", i+1)
	}

	got := readAll(t, text.String(), semicolon)
	if got.end != nil || len(got.rows) != 5001 {
		t.Fatalf("%d rows, end %v", len(got.rows), got.end)
	}
	want := `2! b "\"open": the quoted value runs over more than 1000 lines or 1 MiB; close the quote, or say quote: none where quotes mean inches`
	if got.rows[0] != want {
		t.Errorf("got %s\nwant %s", got.rows[0], want)
	}
	if got.rows[1] != "3: 1|plain" || got.rows[5000] != "5002: 5000|plain" {
		t.Errorf("rows go on with %q and end with %q", got.rows[1], got.rows[5000])
	}
}

func TestAQuotedValueBeyondAMebibyteCostsOneRow(t *testing.T) {
	t.Parallel()

	text := "a;b\n1;\"" + strings.Repeat("x", longestQuote+1) + "\"\n2;y\n"
	got := readAll(t, text, semicolon)
	if got.end != nil || len(got.rows) != 2 || got.rows[1] != "3: 2|y" {
		t.Errorf("%d rows, end %v", len(got.rows), got.end)
	}
}

func TestALongNoteInQuotesIsAValue(t *testing.T) {
	t.Parallel()

	note := strings.Repeat("line\n", 900)
	got := readAll(t, "a;b\n1;\""+note+"\"\n2;y\n", semicolon)
	if got.end != nil || len(got.rows) != 2 || got.rows[0] != "2: 1|"+note || got.rows[1] != "903: 2|y" {
		t.Errorf("%d rows, end %v", len(got.rows), got.end)
	}
}

func TestAFileThatIsNotCSVIsUnreadable(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		want    string
	}{
		{
			name: "an old workbook", text: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
			want: "the file is not CSV but an old or password protected Excel workbook; save it as .xlsx without a password, or as CSV",
		},
		{
			name: "a new workbook", text: "PK\x03\x04....", dialect: pipeline.Dialect{Encoding: "windows-1252"},
			want: "the file is not CSV but a workbook or a ZIP archive; say format: xlsx if it is a workbook, or have the ERP write CSV",
		},
		{
			name: "a web page", text: "\ufeff\r\n <HTML><table>",
			want: "the file is not CSV but a web page or XML; open it in Excel and save it as CSV, or have the ERP write CSV",
		},
		{
			name: "UTF-16 without its mark", text: "N\x00r\x00;\x00b\x00\n\x00",
			want: "the file looks like UTF-16 without a byte order mark: every other byte is zero; say encoding: utf-16le or utf-16be, or have the ERP write UTF-8",
		},
		{
			name: "text after the trailer", text: "a;b\n1;2\nENDE 1\n\n3;4\n", dialect: pipeline.Dialect{Delimiter: ";", End: "ENDE {count}"},
			want: "line 5 has text after the trailer in line 3; two exports may have been joined: have the ERP write one",
		},
		{
			name: "an endless line", text: "a;b\n" + strings.Repeat("x", longestRow+1),
			want: "a row is longer than 16 MiB; check the encoding and the line ends: this may be no text file",
		},
		{
			name: "an unknown encoding", text: "a", dialect: pipeline.Dialect{Encoding: "klingon"},
			want: `encoding "klingon" is not known; use a name such as utf-8, utf-16le, windows-1252, iso-8859-15, cp850 or cp037`,
		},
		{
			name: "a header that is no text", text: "a;\x00\n1;2\n", dialect: semicolon,
			want: `the header in line 1: "␀": a NUL byte; remove it in the ERP: it is no text`,
		},
		{
			name: "a declared header line that is blank", text: "title\n\na;b\n1;2\n", dialect: pipeline.Dialect{Delimiter: ";", Header: []int{2}},
			want: "the header in line 2 is blank; say header: with the line that names the columns, or header: none",
		},
		{
			name: "a header with a broken quote", text: "\"a\"b;c\n1;2\n", dialect: semicolon,
			want: "the header in line 1 has a broken quote; correct the quotes in the ERP's export",
		},
		{
			name: "a delimiter that is a quote", text: "a", dialect: pipeline.Dialect{Delimiter: `"`},
			want: `delimiter "\"" holds a line end or a quote; use a character that no value holds, such as ; or tab`,
		},
		{
			name: "a quote that is a delimiter by its name", text: "a", dialect: pipeline.Dialect{Delimiter: "comma", Quote: ","},
			want: `delimiter "comma" holds a line end or a quote; use a character that no value holds, such as ; or tab`,
		},
		{
			name: "a delimiter that is half a character", text: "a", dialect: pipeline.Dialect{Delimiter: "\xbf"},
			want: `delimiter "\xbf" is no text; use a character that no value holds, such as ; or tab`,
		},
		{
			name: "a quote of two characters", text: "a", dialect: pipeline.Dialect{Quote: "''"},
			want: `quote "''" is not one ASCII character; use " or ', or none`,
		},
		{
			name: "a format that this version does not read", text: "a", dialect: pipeline.Dialect{Format: "dbf"},
			want: `format "dbf" is unknown; say csv, xlsx or fixed`,
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := readAll(t, tt.text, tt.dialect)

			var unreadable *pipeline.Unreadable
			if !errors.As(got.end, &unreadable) || unreadable.Error() != tt.want {
				t.Errorf("end %v\nwant %s", got.end, tt.want)
			}
		})
	}
}

func TestAReadErrorEndsTheReadingAsItself(t *testing.T) {
	t.Parallel()

	broken := errors.New("the line went dead")
	got := collect(t.Context(), iotest.ErrReader(broken), semicolon)
	if !errors.Is(got.end, broken) {
		t.Errorf("end %v", got.end)
	}
}
