package tabular

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"rentalsync/pipeline"
)

func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"a;b\n1;2\n", "a;b\r1;\"x\r\ny\"\r", "\ufeffa;b\n\"1\"\"\";2;\n", "sep=,\na,b\n1,2\n", "a;b\n1;\"x\n2;y\n",
		"\xff\xfea\x00\n\x00", "a;b\n1;M\xfcller\n", "a;b\n1;2\nENDE 1\n\x1a", "a;b\n\"x\"y;2\n3;4\n", "\x00\x00;\n\"\"\n",
		"a;b;c;d\n1;\"12 x;x;y\n2;z;x;y\n3;x 12\";x;y\n", "a;b\n1;Müller\n2;K\xf6ln\n", "1;\xc3\xbc\n2;\xff\n",
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
