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
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

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

// hostLines is fixed width as a German host writes it.
const hostLines = "004711Bühne     1250\n004712Baßgeige  0990\n"

func TestTextOfHostsIsReadInTheirPage(t *testing.T) {
	t.Parallel()

	want := []string{"0 1: 004711|Bühne|1250", "0 2: 004712|Baßgeige|0990"}
	for _, page := range []string{"cp037", "IBM037", "ebcdic-cp-us", "cp273", "cp500", "CCSID 500", "cp1047", "cp1140", "IBM01140", "cp1141", "cp1148", "cp850", "cp437", "cp858", "cp852"} {
		enc, err := encodingOf(page)
		if err != nil {
			t.Fatal(err)
		}
		raw := encode(t, enc, hostLines)
		for name, text := range map[string]string{
			"as it is":         raw,
			"with next line":   strings.ReplaceAll(raw, "\x25", "\x15"),
			"with both":        strings.ReplaceAll(raw, "\x25", "\x0d\x25"),
			"without any":      strings.ReplaceAll(raw, "\x25", ""),
			"with an end mark": raw + "\x3f",
		} {
			if !isEBCDIC(enc) {
				text = raw
			}
			got := toldOf(t, text, with(equipment, func(d *pipeline.Dialect) { d.Encoding = page }))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", page, name, diff)
			}
		}
	}
}

func TestPagesOfHostsDifferWhereTheyShould(t *testing.T) {
	t.Parallel()

	tests := []struct{ page, bytes, want string }{
		{"cp037", "\x4a\x4f\x5a\x5f\xb0\xba\xbb", "¢|!¬^[]"},
		{"cp500", "\x4a\x4f\x5a\x5f\xb0\xba\xbb", "[!]^¢¬|"},
		{"cp273", "\x4a\xc0\xe0\x6a\x5a\xd0\xa1\x7c\xb5\x59", "ÄäÖöÜüß§@~"},
		{"cp273", "\x43\xdc\x63\xfc\xbb\xec\xcc", "{}[]|\\¦"},
		{"cp1140", "\x9f", "€"},
		{"cp1141", "\x9f\xc0", "€ä"},
		{"cp1148", "\x9f\x4a", "€["},
		{"cp1047", "\xad\xbd\x5f", "[]^"},
	}
	for _, tt := range tests {
		enc, err := encodingOf(tt.page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := enc.NewDecoder().String(tt.bytes)
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.page, got, err, tt.want)
		}
		if back := encode(t, enc, tt.want); back != tt.bytes {
			t.Errorf("%s: %q is written as %x, want %x", tt.page, tt.want, back, tt.bytes)
		}
	}
}

func TestEveryByteOfAHostPageComesBack(t *testing.T) {
	t.Parallel()

	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, enc := range codepages {
		page, is := enc.(*ebcdicPage)
		if !is {
			continue
		}
		text, err := page.NewDecoder().Bytes(all)
		if err != nil {
			t.Fatal(err)
		}
		back, err := page.NewEncoder().Bytes(text)
		if err != nil || string(back) != string(all) {
			t.Errorf("%s: %x, %v", page, back, err)
		}
		if _, err := page.NewEncoder().String("東"); err == nil || !strings.Contains(err.Error(), page.name) {
			t.Errorf("%s wrote what it has not: %v", page, err)
		}
		if got, err := encoding.ReplaceUnsupported(page.NewEncoder()).String("東"); err != nil || got != "\x6f" {
			t.Errorf("%s replaced by %x, %v", page, got, err)
		}
	}
}

func TestTheWrongKindOfLettersIsRefused(t *testing.T) {
	t.Parallel()

	host := encode(t, codepages["037"], hostLines)
	const converted = `unreadable: the file is not cp037: its letters are those of ASCII, so the transfer has converted it; say the encoding that it has now, such as windows-1252 or cp850, or have it transferred as binary`
	const unconverted = `unreadable: the file looks like EBCDIC, the text of IBM hosts; say encoding: cp037, or cp273 for a German host, or have it transferred as text`

	tests := []struct{ name, text, declared, want string }{
		{"UTF-8 that is said to be EBCDIC", hostLines, "cp037", converted},
		{"windows-1252 that is said to be EBCDIC", encode(t, charmap.Windows1252, hostLines), "cp037", converted},
		{"EBCDIC that is said to be UTF-8", host, "utf-8", unconverted},
		{"EBCDIC that is said to be windows-1252", host, "windows-1252", unconverted},
		{"EBCDIC of which nothing is said", host, "", unconverted},
	}
	for _, tt := range tests {
		for _, format := range []string{"fixed", "csv"} {
			d := pipeline.Dialect{Format: format, Encoding: tt.declared}
			if got := toldOf(t, tt.text, d); len(got) != 1 || got[0] != tt.want {
				t.Errorf("%s as %s: %q", tt.name, format, got)
			}
		}
	}
}

func TestANumberThatIsPackedIsARowError(t *testing.T) {
	t.Parallel()

	text := encode(t, codepages["037"], "004711Bagger    ") + "\x00\x12\x50\x0c" + encode(t, codepages["037"], "004712Bagger    0990")
	d := with(equipment, func(d *pipeline.Dialect) { d.Encoding = "cp037" })
	want := []string{
		`1! rate "\\x12&\\f": bytes that are no text, as in a packed or binary number; have the host write the number in digits, or correct the place of the column`,
		"0 2: 004712|Bagger|0990",
	}
	if diff := cmp.Diff(want, toldOf(t, text, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
