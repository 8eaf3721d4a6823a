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

// toldOf is what a reading of several tables gave, flat enough to be written into a
// table: "1 17: a|b" of part 1, "18! fault", "2 empty", and how it ended.
func toldOf(t *testing.T, text string, d pipeline.Dialect) []string {
	t.Helper()
	whole := tellAll(t.Context(), strings.NewReader(text), d)
	pieces := tellAll(t.Context(), iotest.OneByteReader(strings.NewReader(text)), d)
	if diff := cmp.Diff(whole, pieces); diff != "" {
		t.Errorf("in pieces of one byte it reads otherwise (-whole +pieces):\n%s", diff)
	}
	return whole
}

func tellAll(ctx context.Context, src io.Reader, d pipeline.Dialect) (lines []string) {
	for row, err := range New().Rows(ctx, src, "f", d) {
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		switch {
		case errors.As(err, &bad):
			for _, fault := range bad.Faults {
				lines = append(lines, fmt.Sprintf("%d! %s", bad.Origin.Line, fault))
			}
		case errors.As(err, &empty):
			lines = append(lines, fmt.Sprintf("%d empty", empty.Header.Part))
		case err != nil:
			lines = append(lines, verdictName(err)+": "+err.Error())
		default:
			lines = append(lines, fmt.Sprintf("%d %d: %s", row.Header.Part, row.Origin.Line, strings.Join(row.Cells, "|")))
		}
	}
	return lines
}

func verdictName(err error) string {
	var unreadable *pipeline.Unreadable
	if errors.As(err, &unreadable) {
		return "unreadable"
	}
	return "not whole"
}

// equipment has records of 20 characters: number 1-6, name 7-16, rate 17-20.
var equipment = pipeline.Dialect{
	Format: "fixed", Length: 20,
	Columns: []pipeline.Slice{{Name: "number", From: 1, To: 6}, {Name: "name", From: 7, To: 16}, {Name: "rate", From: 17, To: 20}},
}

func with(d pipeline.Dialect, change func(*pipeline.Dialect)) pipeline.Dialect {
	change(&d)
	return d
}

func TestRecordsOfFixedWidth(t *testing.T) {
	t.Parallel()

	const first, second = "004711Bühne     1250", "004712Bagger    0990"
	strict := with(equipment, func(d *pipeline.Dialect) { d.Strict = true })
	loose := with(equipment, func(d *pipeline.Dialect) { d.Length = 0 })
	both := []string{"0 1: 004711|Bühne|1250", "0 2: 004712|Bagger|0990"}

	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		want    []string
	}{
		{name: "end with LF", text: first + "\n" + second + "\n", dialect: equipment, want: both},
		{name: "end with CRLF", text: first + "\r\n" + second + "\r\n", dialect: equipment, want: both},
		{name: "end with CR", text: first + "\r" + second + "\r", dialect: equipment, want: both},
		{name: "end with the next-line character of hosts", text: first + "\u0085" + second + "\u0085", dialect: equipment, want: both},
		{name: "end with nothing", text: first + second, dialect: equipment, want: both},
		{name: "need no line end at the end of the file", text: first + "\n" + second, dialect: equipment, want: both},
		{name: "need no length where there are lines", text: first + "\n" + second + "\n", dialect: loose, want: both},
		{name: "may stop before an end mark", text: first + "\r\n" + second + "\r\n\x1a", dialect: equipment, want: both},
		{name: "may stop before end marks and zeros", text: first + "\r\n" + second + "\r\n\x1a\x00\x00\x00", dialect: equipment, want: both},
		{name: "without line ends may be filled up with blanks", text: first + second + strings.Repeat(" ", 27), dialect: equipment, want: both},
		{name: "without line ends may be filled up with zeros", text: first + second + strings.Repeat("\x00", 45), dialect: equipment, want: both},
		{name: "without line ends may stop before a line end", text: first + second + "\r\n", dialect: equipment, want: both},
		{
			name: "keep their physical line behind blank ones", text: "\n" + first + "\n\n   \n" + second + "\n", dialect: equipment,
			want: []string{"0 2: 004711|Bühne|1250", "0 5: 004712|Bagger|0990"},
		},
		{
			name: "that are short are filled up", text: "004711Bühne\n" + second + "\n", dialect: equipment,
			want: []string{"0 1: 004711|Bühne|", "0 2: 004712|Bagger|0990"},
		},
		{
			name: "that are long are taken when only blanks are too many", text: first + "   \n" + second + "\n", dialect: equipment,
			want: both,
		},
		{
			name: "that are long are row errors when there is text", text: first + "\n" + second + "  junk \n" + first + "\n", dialect: equipment,
			want: []string{
				"0 1: 004711|Bühne|1250",
				"2! the record has 27 characters where length says 20; a record must not be cut short, nor run into the next one",
				"0 3: 004711|Bühne|1250",
			},
		},
		{
			name: "of any other length are row errors where length is strict", text: first + "\n004713\n" + second + " \n" + second + "\n", dialect: strict,
			want: []string{
				"0 1: 004711|Bühne|1250",
				"2! the record has 6 characters where length says 20; a record must not be cut short, nor run into the next one",
				"3! the record has 21 characters where length says 20; a record must not be cut short, nor run into the next one",
				"0 4: 004712|Bagger|0990",
			},
		},
		{
			name: "lose low values, which are the padding of COBOL", text: "004711Bagger\x00\x00\x00\x00\x00\x00\x00\x00\n", dialect: equipment,
			want: []string{"0 1: 004711|Bagger|"},
		},
		{
			name: "with NUL inside a value are row errors", text: "004711Bag\x00er    1250\n", dialect: equipment,
			want: []string{`1! name "Bag␀er": a NUL byte; remove it in the ERP: it is no text`},
		},
		{
			name: "with what is no text in a column are row errors, and elsewhere are not", dialect: with(equipment, func(d *pipeline.Dialect) { d.Columns, d.Encoding = d.Columns[1:], "utf-8" }),
			text: "\xff04711Bagger    1250\n004711B\xfchne     1250\n",
			want: []string{
				"0 1: Bagger|1250",
				`2! name "B\\xfchne": bytes that are not utf-8; say the encoding that the ERP writes, such as windows-1252`,
			},
		},
		{
			name: "are cut by characters, whatever a byte that is none", dialect: with(equipment, func(d *pipeline.Dialect) { d.Encoding = "windows-1252" }),
			text: "004711B\x81hne     1250\n",
			want: []string{"1! name \"B\uFFFDhne\": bytes that are no character of windows-1252; check encoding: the ERP seems to write another one"},
		},
		{
			name: "without columns are one cell", text: "  004711  x\n", dialect: pipeline.Dialect{Format: "fixed"},
			want: []string{"0 1:   004711  x"},
		},
		{
			name: "begin behind a preamble", text: "LISTE DER GERAETE\n\n" + first + "\n", dialect: with(equipment, func(d *pipeline.Dialect) { d.Header = []int{2} }),
			want: []string{"0 3: 004711|Bühne|1250"},
		},
		{
			name: "may have comments between", text: "* printed\n" + first + "\n", dialect: with(equipment, func(d *pipeline.Dialect) { d.Comment = "*" }),
			want: []string{"0 2: 004711|Bühne|1250"},
		},
		{
			name: "may end with a trailer that is known by its text", text: first + "\n" + second + "\nEND OF FILE 000004\n",
			dialect: with(equipment, func(d *pipeline.Dialect) { d.End = "END OF FILE {count+2}" }), want: both,
		},
		{name: "there may be none", text: "\n\n", dialect: equipment, want: []string{"not whole: incomplete: the file holds nothing but blanks"}},
		{name: "an empty file has none", text: "", dialect: equipment, want: []string{"not whole: incomplete: the file is empty"}},
		{
			name: "there may be none before a trailer", text: "END 0\n", dialect: with(equipment, func(d *pipeline.Dialect) { d.End = "END {count}" }),
			want: []string{"0 empty"},
		},
		{
			name: "may not end half way", text: first + second + "004713", dialect: equipment,
			want: append(append([]string(nil), both...), "not whole: incomplete: the file ends in the middle of record 3: it has 6 of 20 characters"),
		},
		{
			name: "may not end half way where there are lines", text: first + "\n" + second + "\n004713", dialect: equipment,
			want: append(append([]string(nil), both...), "not whole: incomplete: the file ends in the middle of line 3: it has 6 of 20 characters"),
		},
		{
			name: "may not end half way in the first", text: "004711B", dialect: equipment,
			want: []string{"not whole: incomplete: the file ends in the middle of line 1: it has 7 of 20 characters"},
		},
		{
			name: "may not end half way where all were of one length", text: strings.Repeat(second+"\n", 3) + "0047", dialect: loose,
			want: []string{"0 1: 004712|Bagger|0990", "0 2: 004712|Bagger|0990", "0 3: 004712|Bagger|0990", "not whole: incomplete: the file ends in the middle of line 4: it has 4 of 20 characters"},
		},
		{
			name: "may not have line ends now and then", text: first + second + "\n" + first, dialect: equipment,
			want: []string{
				"0 1: 004711|Bühne|1250", "0 2: 004712|Bagger|0990",
				"unreadable: record 3 has a line end at its character 1, and no line end stands behind the first record; say length: with the true number of characters of a record (it is 20), or have the ERP end every record alike",
			},
		},
		{
			name: "may not be one line that goes on and on", text: strings.Repeat(first, 3), dialect: loose,
			want: []string{"unreadable: the file has no line ends: its one line has 60 characters, and the columns end at 20; say length: with the number of characters of a record"},
		},
		{
			name: "end before a trailer that is missing", text: first + "\n", dialect: with(equipment, func(d *pipeline.Dialect) { d.End = "END {count}" }),
			want: []string{"0 1: 004711|Bühne|1250", `not whole: incomplete: the trailer "END {count}" is missing`},
		},
		{
			name: "do not follow a trailer", text: first + "\nEND 1\n" + second + "\n", dialect: with(equipment, func(d *pipeline.Dialect) { d.End = "END {count}" }),
			want: []string{"0 1: 004711|Bühne|1250", "unreadable: line 3 has text after the trailer in line 2; two exports may have been joined: have the ERP write one"},
		},
		{
			name: "have a length that can be", text: first, dialect: pipeline.Dialect{Format: "fixed", Length: -1},
			want: []string{"unreadable: length -1 is none that a record has; say length: with the number of characters of a record"},
		},
		{
			name: "have columns that can be", text: first, dialect: pipeline.Dialect{Format: "fixed", Columns: []pipeline.Slice{{Name: "a", From: 5, To: 3}}},
			want: []string{"unreadable: 5-3 is no place in a record; places count from 1, as in at: 13-22"},
		},
		{
			name: "are no workbook", text: "PK\x03\x04....", dialect: equipment,
			want: []string{"unreadable: the file is not fixed-width text but a workbook or a ZIP archive; say format: xlsx if it is a workbook, or have the ERP write CSV"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, toldOf(t, tt.text, tt.dialect)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColumnsOfFixedWidthNameTheirCells(t *testing.T) {
	t.Parallel()

	d := pipeline.Dialect{Format: "fixed", Columns: []pipeline.Slice{{Name: "Nr", From: 1, To: 2}, {From: 3}, {Name: "Nr", From: 4, To: 9}}}
	for row, err := range New().Rows(t.Context(), strings.NewReader("12xabc\n"), "f", d) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Nr", "2", "Nr (2)"}, row.Header.Names); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"12", "x", "abc"}, row.Cells); diff != "" {
			t.Errorf("cells (-want +got):\n%s", diff)
		}
	}
}
