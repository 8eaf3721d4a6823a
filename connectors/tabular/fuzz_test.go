package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"rentalsync/pipeline"
)

func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"a;b\n1;2\n", "a;b\r1;\"x\r\ny\"\r", "\ufeffa;b\n\"1\"\"\";2;\n", "sep=,\na,b\n1,2\n", "a;b\n1;\"x\n2;y\n",
		"\xff\xfea\x00\n\x00", "a;b\n1;M\xfcller\n", "a;b\n1;2\nENDE 1\n\x1a", "a;b\n\"x\"y;2\n3;4\n", "\x00\x00;\n\"\"\n",
	} {
		f.Add(text, ";", `"`, "", "", 1)
		f.Add(text, ";;", "'", "utf-8", "ENDE {count}", 2)
		f.Add(text, "tab", "none", "cp850", "", 0)
	}

	f.Fuzz(func(t *testing.T, text, delimiter, quote, encoding, end string, header int) {
		d := pipeline.Dialect{Delimiter: delimiter, Quote: quote, Encoding: encoding, End: end, NoHeader: header == 0}
		if header > 1 {
			d.Header = []int{1, header}
		}

		read := checkReading(t, text, d)
		if quote == "none" && d.NoHeader && end == "" && encoding == "utf-8" && read.end == nil {
			checkLines(t, text, namedDelimiter(delimiter), read)
		}
	})
}

// reading is what a fuzzed file gave.
type reading struct {
	rows, bad int
	end       error
}

// checkReading holds a reading against what must be true of all of them: what is
// given is text, lines come in their order, a reading that ends well has seen
// every byte, and pieces of any size read as the whole does.
func checkReading(t *testing.T, text string, d pipeline.Dialect) (r reading) {
	t.Helper()
	src := &counted{src: strings.NewReader(text)}
	line := 0
	for row, err := range New().Rows(t.Context(), src, "f", d) {
		at := line + 1
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		switch {
		case errors.As(err, &bad):
			at = bad.Origin.Line
			checkBad(t, bad)
			r.bad++
		case errors.As(err, &empty):
			checkHeader(t, empty.Header)
		case err == nil:
			at = row.Origin.Line
			checkRow(t, row)
			r.rows++
		default:
			checkVerdict(t, err)
			r.end = err
		}
		if at <= line {
			t.Fatalf("line %d after line %d", at, line)
		}
		line = at
	}

	if r.end == nil && src.read != len(text) {
		t.Fatalf("%d of %d bytes were read", src.read, len(text))
	}
	whole := tellAll(t.Context(), onlyReader{strings.NewReader(text)}, d)
	pieces := tellAll(t.Context(), iotest.OneByteReader(strings.NewReader(text)), d)
	if diff := cmp.Diff(whole, pieces); diff != "" {
		t.Fatalf("in pieces it reads otherwise (-whole +pieces):\n%s", diff)
	}
	return r
}

// counted counts what is read of a source that cannot be sought.
type counted struct {
	src  io.Reader
	read int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.read += n
	return n, err
}

// checkLines wants a row or an error for every line that says anything.
func checkLines(t *testing.T, text, delimiter string, read reading) {
	t.Helper()
	if strings.ContainsAny(text, "\x1a") || strings.HasPrefix(strings.ToLower(strings.TrimLeft(text, "\ufeff\"")), "sep=") {
		return
	}
	want := 0
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff")), "\n") {
		if strings.TrimSpace(line) != "" || strings.Contains(line, delimiter) {
			want++
		}
	}
	if got := read.rows + read.bad; got != want {
		t.Fatalf("%d rows and %d errors of %d lines", read.rows, read.bad, want)
	}
}

// checkVerdict wants a verdict that a person can act on, and no error of ours.
func checkVerdict(t *testing.T, err error) {
	t.Helper()
	var incomplete *pipeline.Incomplete
	var unreadable *pipeline.Unreadable
	if !errors.As(err, &incomplete) && !errors.As(err, &unreadable) {
		t.Fatalf("%T: %v", err, err)
	}
}

func checkHeader(t *testing.T, h *pipeline.Header) {
	t.Helper()
	for _, name := range h.Names {
		if !isText(name) {
			t.Fatalf("the name %q is no text", name)
		}
	}
	for name, said := range h.Said {
		if !isText(said) {
			t.Fatalf("%s is said to be %q, which is no text", name, said)
		}
	}
}

func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\uFFFD")
}

func FuzzFixed(f *testing.F) {
	for _, text := range []string{
		hostLines, "004711Bagger    1250004712Bagger    0990", "a\r\nb\rc\u0085d", "\x1a", "  \x00\x00\n\n", "END 0", "x\ny\nz\nw",
		"\xf0\xf0\xf4\xf7\xf1\xf1\xc2\x81\x87\x87\x85\x99\x40\x40\x40\x40\xf1\xf2\xf5\xf0\x15", "a\xffb\n",
	} {
		f.Add(text, "", "", 20, false, 1, 6)
		f.Add(text, "cp037", "END {count}", 0, false, 3, 3)
		f.Add(text, "utf-8", "END {count+1}", 3, true, 2, 9)
		f.Add(text, "windows-1252", "", 1, true, 1, 1)
	}
	f.Fuzz(func(t *testing.T, text, encoding, end string, length int, strict bool, from, to int) {
		d := pipeline.Dialect{Format: "fixed", Encoding: encoding, End: end, Length: length % 300, Strict: strict}
		if from > 0 {
			d.Columns = []pipeline.Slice{{Name: "a", From: from, To: to}, {Name: "b", From: 1}}
		}
		checkReading(t, text, d)
	})
}

func FuzzRecords(f *testing.F) {
	for _, text := range []string{
		lines(masterHeader, masterFirst, masterSecond, masterLine, masterTrailer), masterHeader + masterFirst + masterTrailer,
		"H;x;20261121\nE;4711;\"y\"\nC;1\nT;4;4711\n", "E;1;x\nZ\nT;4;1", "T;2;0", "E;1;\"x\nE;2;y\nT;4;3\n", "TRL EQMAST  0000000000 00000000000",
	} {
		f.Add(text, "", "", false, 40)
		f.Add(text, "utf-8", "", true, 40)
		f.Add(text, "cp1252", "TRL", true, 0)
	}
	f.Fuzz(func(t *testing.T, text, encoding, end string, fixed bool, length int) {
		d := separated
		if fixed {
			d = master
			d.Length = length % 100
		}
		d.Encoding, d.End = encoding, end
		checkReading(t, text, d)
	})
}

func FuzzHeaderSearch(f *testing.F) {
	for _, text := range []string{
		"Liste\nNr;Status\n1;V\n", "sep=;\n\"Nr\";\"Sta\"\"tus\"\n1;2\n", "Nr;Status", "\"Nr\nStatus;x\n", strings.Repeat("\n", 101) + "Nr;Status\n", "NR ; STATUS\r1;2",
	} {
		f.Add(text, ";", `"`, "B1", "")
		f.Add(text, ",", "none", "A2", "ENDE {count}")
	}
	f.Fuzz(func(t *testing.T, text, delimiter, quote, cell, end string) {
		checkReading(t, text, pipeline.Dialect{
			Delimiter: delimiter, Quote: quote, End: end,
			Find: [][]string{{"Nr"}, {"Status", "State"}}, Asks: []pipeline.Ask{{Name: "a", Cell: cell}},
		})
	})
}

// FuzzUndecided holds a text of which nothing is said against the two that it may
// be: it is one of them from its first to its last byte, whatever it is read from.
func FuzzUndecided(f *testing.F) {
	for _, text := range []string{"plain", "Müller", "M\xfcller", "Müller K\xf6ln", "\xc3", "ü\xc3", "\xe2\x82", "a\x00b", "\xed\xa0\x80", "\x81"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		ansi, err := io.ReadAll(decodeText(charmap.Windows1252, strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		for name, src := range map[string]io.Reader{
			"a file": strings.NewReader(text),
			"a pipe": onlyReader{strings.NewReader(text)},
			"bytes":  iotest.OneByteReader(strings.NewReader(text)),
		} {
			s := &source{}
			u := newUndecided(nil, src, lostByte, s)
			got, err := io.ReadAll(u)
			u.close()
			switch {
			case err != nil:
				t.Fatalf("%s: %v", name, err)
			case s.encoding == "windows-1252" && !bytes.Equal(got, ansi):
				t.Fatalf("%s: %q is no windows-1252 of %q", name, got, text)
			case s.encoding != "windows-1252" && string(got) != text:
				t.Fatalf("%s: %q of %q", name, got, text)
			case s.encoding == "windows-1252" && utf8.ValidString(text):
				t.Fatalf("%s: %q is UTF-8", name, text)
			}
		}
	})
}

func checkRow(t *testing.T, row *pipeline.Row) {
	t.Helper()
	if len(row.Cells) != len(row.Header.Names) {
		t.Fatalf("%d cells under %d names", len(row.Cells), len(row.Header.Names))
	}
	checkHeader(t, row.Header)
	for _, cell := range row.Cells {
		if !isText(cell) {
			t.Fatalf("%q is no text", cell)
		}
	}
}

func checkBad(t *testing.T, bad *pipeline.RowError) {
	t.Helper()
	if len(bad.Faults) == 0 || bad.Header == nil {
		t.Fatalf("%+v says nothing", bad)
	}
	for _, cell := range bad.Cells {
		if !utf8.ValidString(cell) || strings.Contains(cell, "\x00") {
			t.Fatalf("%q cannot be shown", cell)
		}
	}
}

// tableOf draws a table of the values that exports are full of. A note of several
// lines holds no delimiters, as it would need to look like rows.
func tableOf(t *rapid.T) [][]string {
	width := rapid.IntRange(2, 6).Draw(t, "width")
	piece := rapid.SampledFrom([]string{"", "a", "4711", " ", ";", ",", `"`, `""`, "\n", "\r\n", "ü", "€", "12\" pipe", "x;y", "\t", "'"})
	cell := rapid.Map(rapid.SliceOfN(piece, 0, 4), func(p []string) string {
		text := strings.Join(p, "")
		if strings.Contains(text, "\n") {
			text = strings.NewReplacer(";", "", ",", "", "\t", "").Replace(text)
		}
		return text
	})
	return rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 20).Draw(t, "rows")
}

// written is the table as CSV by the standard library, under plain names.
func written(t *rapid.T, table [][]string, delimiter rune, crlf bool) string {
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = delimiter, crlf

	names := make([]string, len(table[0]))
	for i := range names {
		names[i] = string(rune('A' + i))
	}
	if err := w.Write(names); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAll(table); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWellFormedFilesReadAsTheStandardLibraryReadsThem(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.SampledFrom([]rune{';', ',', '\t', '|'}).Draw(t, "delimiter")
		text := written(t, tableOf(t), delimiter, rapid.Bool().Draw(t, "crlf"))

		std := csv.NewReader(strings.NewReader(text))
		std.Comma = delimiter
		want, err := std.ReadAll()
		if err != nil {
			t.Fatal(err)
		}

		got := cellsOf(t, strings.NewReader(text), pipeline.Dialect{Delimiter: string(delimiter)})
		if diff := cmp.Diff(lessCR(want[1:]), lessCR(got)); diff != "" {
			t.Fatalf("%q (-std +ours):\n%s", text, diff)
		}
	})
}

// lessCR forgets the CR inside quotes that the standard library drops and we
// keep.
func lessCR(table [][]string) [][]string {
	for _, row := range table {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	return table
}

func cellsOf(t *rapid.T, src io.Reader, d pipeline.Dialect) (table [][]string) {
	for row, err := range New().Rows(t.Context(), src, "f", d) {
		if err != nil {
			t.Fatal(err)
		}
		table = append(table, append([]string(nil), row.Cells...))
	}
	return table
}
