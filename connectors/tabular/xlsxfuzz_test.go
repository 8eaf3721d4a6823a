package tabular

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rentalsync/pipeline"
)

// FuzzXLSX reads whatever calls itself a workbook.
func FuzzXLSX(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "xlsx", "*.xlsx"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		book, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(book, "", "", 1)
	}
	f.Add(plain().bytes(f), "*", "ENDE {count}", 2)
	f.Add(threeTabs().bytes(f), "Sh*", "", 0)

	f.Fuzz(func(t *testing.T, book []byte, sheet, end string, header int) {
		checkBook(t, book, fuzzedDialect(sheet, end, header))
	})
}

// FuzzSheet reads a sound archive with parts that may be anything: bytes of an
// archive that are drawn at random are seldom one.
func FuzzSheet(f *testing.F) {
	w := plain()
	f.Add(w["xl/worksheets/sheet1.xml"], w["xl/sharedStrings.xml"], w["xl/styles.xml"], w["xl/workbook.xml"], "", "", 1)
	f.Add(text("a")+text("_x000D_"), "<sst><si><r><t>x</t></r><rPh/></si></sst>", "", w["xl/workbook.xml"], "*", "x {count}", 2)
	f.Add(`<sheetData><row r="7"><c r="B7" t="d"><v>2026-11-21</v></c></row></sheetData>`, "", "", w["xl/workbook.xml"], "2", "", 0)

	f.Fuzz(func(t *testing.T, rows, texts, styles, main, sheet, end string, header int) {
		w := bookWith("", "").but("xl/worksheets/sheet1.xml", rows).but("xl/sharedStrings.xml", texts).but("xl/styles.xml", styles).but("xl/workbook.xml", main)
		checkBook(t, w.bytes(t), fuzzedDialect(sheet, end, header))
	})
}

func fuzzedDialect(sheet, end string, header int) pipeline.Dialect {
	d := pipeline.Dialect{Format: "xlsx", Sheet: sheet, End: end, NoHeader: header == 0}
	switch {
	case header < 0:
		d.Find = [][]string{{"a", "Nr"}}
	case header > 1:
		d.Header = []int{1, header}
		d.Asks = []pipeline.Ask{{Name: "x", Cell: fmt.Sprintf("B%d", header)}}
	}
	return d
}

// checkBook holds what is promised of any workbook: whole rows in their order,
// text that is text, and at the end a verdict.
func checkBook(t *testing.T, book []byte, d pipeline.Dialect) {
	t.Helper()
	line, sheet := 0, ""
	for row, err := range New().Rows(t.Context(), bytes.NewReader(book), "f", d) {
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		var at int
		var header *pipeline.Header
		switch {
		case errors.As(err, &bad):
			at, header = bad.Origin.Line, bad.Header
			checkBad(t, bad)
		case errors.As(err, &empty):
			continue
		case err != nil:
			checkBookEnd(t, err)
			return
		default:
			at, header = row.Origin.Line, row.Header
			checkRow(t, row)
			if len(row.Types) != len(row.Cells) {
				t.Fatalf("%d types of %d cells", len(row.Types), len(row.Cells))
			}
		}
		if !cleanText([]byte(strings.Join(header.Names, " "))) {
			t.Fatalf("the names %q are no text", header.Names)
		}
		if header.Sheet == sheet && at <= line && d.Sheet == "" {
			t.Fatalf("row %d after row %d", at, line)
		}
		line, sheet = at, header.Sheet
	}
}

func checkBookEnd(t *testing.T, err error) {
	t.Helper()
	var incomplete *pipeline.Incomplete
	var unreadable *pipeline.Unreadable
	if !errors.As(err, &incomplete) && !errors.As(err, &unreadable) {
		t.Fatalf("%T is no verdict: %v", err, err)
	}
}

// FuzzXML holds that what the scanner takes for XML means what the standard
// library reads.
func FuzzXML(f *testing.F) {
	for _, text := range []string{
		`<a b="c>d" e='"'>x&amp;y<b/>&#x41;</a>`, "<?xml version=\"1.0\"?><!-- - --><a><![CDATA[<&]]>\r\n</a>", "<a><b></a>", "<a b=c/>", "<x:a x:b='1'></x:a>", `<a b="&quot;"/>`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := scannedXML(text)
		if err != nil {
			return
		}
		want, err := standardXML(text)
		if err == nil && got != want {
			t.Fatalf("%q\ngot  %s\nwant %s", text, got, want)
		}
	})
}

func scannedXML(text string) (string, error) {
	s, err := newXMLScanner(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for {
		kind, err := s.next()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch kind {
		case xmlStart:
			fmt.Fprintf(&b, "<%s", s.name)
			for _, a := range s.attrs {
				fmt.Fprintf(&b, " %s=%q", localName(a.name), a.value)
			}
			b.WriteString(">")
		case xmlEnd:
			fmt.Fprintf(&b, "</%s>", s.name)
		case xmlText:
			b.WriteString(strings.TrimSpace(string(s.text)))
		}
	}
}

func standardXML(text string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	var b strings.Builder
	for depth, rooted := 0, false; !rooted || depth > 0; {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth, rooted = depth+1, true
			fmt.Fprintf(&b, "<%s", token.Name.Local)
			for _, a := range token.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteString(">")
		case xml.EndElement:
			depth--
			fmt.Fprintf(&b, "</%s>", token.Name.Local)
		case xml.CharData:
			b.WriteString(strings.TrimSpace(string(token)))
		}
	}
	return b.String(), nil
}
