package tabular

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
)

func encode(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTextIsReadInItsEncoding(t *testing.T) {
	t.Parallel()

	const text = "Nr;Größe\r\n1;Müller & Söhne\r\n"
	marked := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	markedBE := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)

	tests := []struct {
		name, declared, bytes string
	}{
		{"undeclared UTF-8", "", text},
		{"undeclared UTF-8 with its mark", "", "\ufeff" + text},
		{"undeclared windows-1252", "", encode(t, charmap.Windows1252, text)},
		{"undeclared UTF-16 with its mark", "", encode(t, marked, text)},
		{"undeclared UTF-16BE with its mark", "", encode(t, markedBE, text)},
		{"declared utf-8 with a mark", "utf-8", "\ufeff" + text},
		{"declared utf-16le without a mark", "utf-16le", encode(t, utf16LE, text)},
		{"declared utf-16 with a mark", "utf-16", encode(t, marked, text)},
		{"a mark that contradicts the declared encoding", "windows-1252", encode(t, markedBE, text)},
		{"windows-1252", "windows-1252", encode(t, charmap.Windows1252, text)},
		{"latin1 by another name", "ISO_8859-1", encode(t, charmap.Windows1252, text)},
		{"iso-8859-15", "iso-8859-15", encode(t, charmap.ISO8859_15, text)},
		{"cp850", "cp850", encode(t, charmap.CodePage850, text)},
		{"IBM850", "IBM850", encode(t, charmap.CodePage850, text)},
		{"cp437", "CP-437", encode(t, charmap.CodePage437, text)},
		{"cp037", "cp037", encode(t, charmap.CodePage037, text)},
		{"IBM01140", "IBM01140", encode(t, charmap.CodePage1140, text)},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := readAll(t, tt.bytes, pipeline.Dialect{Delimiter: ";", Encoding: tt.declared})

			if got.end != nil || len(got.rows) != 1 || got.rows[0] != "2: 1|Müller & Söhne" || got.header[1] != "Größe" {
				t.Errorf("header %q, rows %q, end %v", got.header, got.rows, got.end)
			}
		})
	}
}

func TestBytesThatAreNoCharacterAreARowError(t *testing.T) {
	t.Parallel()

	sjis := encode(t, japanese.ShiftJIS, "a;b\n1;東京\n") + "2;\x81\xff\n3;x\n"
	got := readAll(t, sjis, pipeline.Dialect{Delimiter: ";", Encoding: "shift_jis"})
	if got.end != nil || len(got.rows) != 3 || got.rows[0] != "2: 1|東京" || !strings.Contains(got.rows[1], "bytes that are no character of shift_jis") || got.rows[2] != "4: 3|x" {
		t.Errorf("rows %q, end %v", got.rows, got.end)
	}
}

func TestAByteThatIsNoCharacterIsNamed(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, declared, text, want string }{
		{
			"of the declared encoding", "windows-1252", "a;b\n1;M\x81ller\n2;x\n",
			"2! b \"M\\\\x81ller\": byte 0x81 is no character of windows-1252; check encoding: the ERP seems to write another one",
		},
		{
			"of the assumed encoding", "", "a;b\n1;M\x81ller\n2;x\n",
			"2! b \"M\\\\x81ller\": byte 0x81 is no character of windows-1252; check encoding: the ERP seems to write another one",
		},
		{
			"but what the ERP lost itself is told so", "", "a;b\n1;M\uFFFDller\n2;x\n",
			"2! b \"M\uFFFDller\": a character was lost before the file was written; correct the text in the ERP, or the encoding of its export",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, tt.text, pipeline.Dialect{Delimiter: ";", Encoding: tt.declared})
			if len(got.rows) != 2 || got.rows[0] != tt.want || got.rows[1] != "3: 2|x" {
				t.Errorf("got %q\nwant %q", got.rows, tt.want)
			}
		})
	}
}

// lateBytes is a file whose first byte that is not UTF-8 comes long after its
// first umlaut, and both long after the start.
func lateBytes() string {
	const filler = "1;plain\n"
	return "a;b\n" + strings.Repeat(filler, 20_000) + "2;Müller\n" + strings.Repeat(filler, 800_000) + "3;M\xfcller\n"
}

func TestTheWholeFileDecidesItsEncoding(t *testing.T) {
	t.Parallel()

	text := lateBytes()
	path := filepath.Join(t.TempDir(), "late.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	sources := map[string]io.Reader{
		"a file":                 file,
		"bytes":                  strings.NewReader(text),
		"a pipe":                 io.MultiReader(strings.NewReader(text)),
		"a pipe of small pieces": iotest.HalfReader(io.MultiReader(strings.NewReader(text))),
	}
	for name, src := range sources {
		t.Run(name, func(t *testing.T) {
			checkLate(t, src)
		})
	}
}

// checkLate wants windows-1252 from the first umlaut on, and the row that is
// UTF-8 told: one file, one encoding.
func checkLate(t *testing.T, src io.Reader) {
	t.Helper()

	rows, first, last := 0, "", ""
	for row, err := range New().Rows(t.Context(), src, "late.csv", semicolon) {
		rows++
		if err != nil {
			first += err.Error()
		} else if row.Cells[0] == "3" {
			last = row.Cells[1]
		}
	}
	const want = `late.csv line 20002: b "MÃ¼ller": the bytes are UTF-8, and mean "Müller", in a file that is windows-1252 elsewhere; have the ERP write the whole file in one encoding`
	if rows != 820_002 || first != want || last != "Müller" {
		t.Errorf("%d rows, %q, %q", rows, first, last)
	}
}

func TestASpoolLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)

	checkLate(t, io.MultiReader(strings.NewReader(lateBytes())))

	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUTF8CheckSeesTheSameInAnyPieces(t *testing.T) {
	t.Parallel()

	tests := []struct {
		text string
		want bool
	}{
		{"plain", true},
		{"Müller €  😀", true},
		{"M\xfcller", false},
		{"Straß\xc3", true}, // cut, and proven by the ß
		{"Stra\xdf", false}, // a lone ß of windows-1252
		{"ü\xe2\x82", true}, // cut
		{"ü\xe2\x82x", false},
		{"\xed\xa0\x80", false}, // a surrogate is no character
	}
	for _, tt := range tests {
		for size := 1; size <= len(tt.text); size++ {
			var check utf8Check
			if _, err := io.CopyBuffer(&check, onlyReader{strings.NewReader(tt.text)}, make([]byte, size)); err != nil {
				t.Fatal(err)
			}
			if got := check.valid(); got != tt.want {
				t.Errorf("%q in pieces of %d: %v", tt.text, size, got)
			}
		}
	}
}

// lostBytes are the names of bytes that are no characters.
var lostBytes = regexp.MustCompile(`\x{FFFD}\\x[0-9a-f]{2}`)

func TestPagesAreDecodedAsTheLibraryDecodesThem(t *testing.T) {
	t.Parallel()

	all := make([]byte, 4096)
	for i := range all {
		all[i] = byte(i * 7)
	}
	for _, page := range []*charmap.Charmap{charmap.Windows1252, charmap.CodePage850, charmap.ISO8859_15, charmap.Windows1255, charmap.CodePage037} {
		want, err := page.NewDecoder().Bytes(all)
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range []io.Reader{bytes.NewReader(all), iotest.OneByteReader(bytes.NewReader(all)), iotest.DataErrReader(bytes.NewReader(all))} {
			got, err := io.ReadAll(decodeText(page, src))
			got = lostBytes.ReplaceAll(got, []byte("\uFFFD"))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v: %d bytes, %v; want %d", page, len(got), err, len(want))
			}
		}
	}
}

type onlyReader struct{ io.Reader }

func TestEndMarksAreDroppedOnlyAtTheEnd(t *testing.T) {
	t.Parallel()

	tests := []struct{ text, want string }{
		{"a\r\n\x1a", "a\r\n"},
		{"a\x1a\x1a", "a"},
		{"a\r\n\x1a\r\n\r\n", "a\r\n"},
		{"a\x1ab\x1a", "a\x1ab"},
		{"a\x1a\nb\n", "a\x1a\nb\n"},
		{"\x1a", ""},
		{strings.Repeat("\x1a", 300), ""},
		{"", ""},
	}
	for _, tt := range tests {
		for name, src := range map[string]io.Reader{
			"whole": strings.NewReader(tt.text),
			"bytes": iotest.OneByteReader(strings.NewReader(tt.text)),
			"eof":   iotest.DataErrReader(iotest.OneByteReader(strings.NewReader(tt.text))),
		} {
			got, err := io.ReadAll(&markless{src: src})
			if err != nil || !bytes.Equal(got, []byte(tt.want)) {
				t.Errorf("%q as %s: %q, %v; want %q", tt.text, name, got, err, tt.want)
			}
		}
	}
}

func TestACancelledReadingStops(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows := 0
	var end error
	for _, err := range New().Rows(ctx, strings.NewReader("a;b\n"+strings.Repeat("1;2\n", 10_000)), "x", semicolon) {
		if end = err; err != nil {
			break
		}
		rows++
		cancel()
	}
	if !errors.Is(end, context.Canceled) || rows > 2*ctxEvery {
		t.Errorf("%d rows, then %v", rows, end)
	}
}

func TestAConsumerMayStopAtAnyRow(t *testing.T) {
	t.Parallel()

	for range New().Rows(t.Context(), strings.NewReader("a;b\n1;2\n3\n"), "x", semicolon) {
		break
	}
}

func TestFormatOfGoesByTheEnding(t *testing.T) {
	t.Parallel()

	for name, want := range map[string]string{"A.XLSX": "xlsx", "a.xlsm": "xlsx", "a.csv": "csv", "EQMAST.TXT": "csv", "a": "csv"} {
		if got := FormatOf(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
