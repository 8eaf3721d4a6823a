package tabular

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
)

func TestWhoeverWroteAWorkbookItSaysTheSame(t *testing.T) {
	t.Parallel()

	first := `Geräte!2: 004711|#12000000000000000|@2026-11-21|@2026-11-21T07:30:00|@07:30:00|31:30:00|#1250.5|#0.3|?TRUE| Müller & Söhne <GmbH>` +
		"\n" + `"12" Rohr" 😀|#2501|#00007`
	second := `Geräte!3: 4712|WJX-1|@1900-03-01|@1999-12-31T23:59:59|@23:59:59|00:05:00|#-0.5|#1e-7|?FALSE||4712x|#00042`
	unpadded := func(row string) string { return strings.NewReplacer("#00007", "#7", "#00042", "#42").Replace(row) }
	uncalculated := `Formel "": the cell has a formula without a result; open the workbook in Excel, let it calculate, and save it`
	before1904 := `Datum "-1401": is shown as a date, and is no day that a workbook knows; correct it in the ERP, or open the workbook in Excel and save it`

	tests := map[string][]string{
		"openpyxl.xlsx":            {first, second},
		"openpyxl-writeonly.xlsx":  {unpadded(first), unpadded(second)},
		"openpyxl-formulas.xlsx":   {"Geräte!2! " + uncalculated, "Geräte!3! " + uncalculated},
		"xlsxwriter.xlsx":          {first, second},
		"xlsxwriter-constant.xlsx": {first, second},
		"xlsxwriter-1904.xlsx":     {first, "Geräte!3! " + before1904},
		"sheetjs.xlsx":             {first, second},
		"sheetjs-sst.xlsx":         {first, second},
		"exceljs.xlsx":             {first, second},
		"exceljs-stream.xlsx":      {first, second},
		"libreoffice.xlsx":         {first, second},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := readBytes(t, fixture(t, name), pipeline.Dialect{})
			if diff := cmp.Diff(want, got.rows); diff != "" || got.end != nil {
				t.Errorf("end %v, rows (-want +got):\n%s", got.end, diff)
			}
		})
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	book, err := os.ReadFile(filepath.Join("testdata", "xlsx", name))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// plain is a workbook with a shared text, a date and a number, with nothing odd
// about it.
func plain() workbook {
	return bookWith(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>` +
		`<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" s="1"><v>46347</v></c><c r="C2"><v>7</v></c></row>`).
		styled("dd\\.mm\\.yyyy").sharing(`<si><t>Gerät</t></si><si><t>Datum</t></si><si><t>Pos</t></si><si><t>Müller</t></si>`)
}

func TestWorkbooksThatAreWrittenInOddWays(t *testing.T) {
	t.Parallel()

	const book, sheet, links = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
	renamed := func(w workbook, name func(string) string) workbook {
		other := workbook{}
		for part, content := range w {
			other[name(part)] = content
		}
		return other
	}
	each := func(w workbook, change func(string) string) workbook {
		other := workbook{}
		for part, content := range w {
			other[part] = change(content)
		}
		return other
	}
	utf16 := func(text string) string {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.Replace(text, "UTF-8", "UTF-16", 1))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ansi := func(text string) string {
		out, err := charmap.Windows1252.NewEncoder().String(strings.Replace(text, "UTF-8", "windows-1252", 1))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	prefixed := strings.NewReplacer(
		"<worksheet xmlns=", "<x:worksheet xmlns:x=", "</worksheet", "</x:worksheet", "<workbook xmlns=", "<x:workbook xmlns:x=", "</workbook", "</x:workbook",
		"<sst xmlns=", "<x:sst xmlns:x=", "</sst", "</x:sst", "<styleSheet xmlns=", "<x:styleSheet xmlns:x=", "</styleSheet", "</x:styleSheet",
		"<sheet", "<x:sheet", "</sheet", "</x:sheet", "<row", "<x:row", "</row", "</x:row", "<c ", "<x:c ", "</c>", "</x:c>", "<v>", "<x:v>", "</v>", "</x:v>",
		"<si>", "<x:si>", "</si>", "</x:si>", "<t>", "<x:t>", "</t>", "</x:t>", "<numFmt", "<x:numFmt", "</numFmt", "</x:numFmt", "<cell", "<x:cell", "</cell", "</x:cell", "<xf ", "<x:xf ")

	tests := []struct {
		name string
		book workbook
	}{
		{"as usual", plain()},
		{"without a word on where the workbook is", plain().without("_rels/.rels")},
		{"with targets from the root", plain().with(links, `Target="`, `Target="/xl/`)},
		{"with targets from the root that lack their slash", plain().with(links, `Target="`, `Target="xl/`)},
		{"with targets that go up and down", plain().with(links, `Target="`, `Target="../xl/./`)},
		{"with targets in backslashes", plain().with(links, `worksheets/sheet1.xml`, `worksheets\sheet1.xml`)},
		{"with escaped targets", renamed(plain().with(links, `worksheets/sheet1`, `worksheets/sheet%201`), func(name string) string { return strings.Replace(name, "sheet1", "sheet 1", 1) })},
		{"with parts in backslashes", renamed(plain(), func(name string) string { return strings.ReplaceAll(name, "/", `\`) })},
		{"with parts in capitals", renamed(plain(), strings.ToUpper)},
		{"with the workbook at another place", renamed(plain().with("_rels/.rels", "xl/workbook.xml", "/Book/main.xml"), func(name string) string {
			return strings.Replace(strings.Replace(name, "workbook.xml", "main.xml", 1), "xl/", "book/", 1)
		})},
		{"in the strict namespaces", each(plain(), strings.NewReplacer(
			"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
			"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships").Replace)},
		{"with a prefix before every name", each(plain(), prefixed.Replace)},
		{"in UTF-16", each(plain(), utf16)},
		{"in windows-1252", each(plain(), ansi)},
		{"with a byte order mark", each(plain(), func(text string) string { return "\ufeff" + text })},
		{"in single quotes", each(plain(), func(text string) string { return strings.ReplaceAll(text, `"`, "'") })},
		{"with line ends and blanks everywhere", each(plain(), strings.NewReplacer("><", ">\r\n\t<", "<v>", "<v >", "</v>", "</v\n>").Replace)},
		{"without places", plain().with(sheet, ` r="1"`, "").with(sheet, ` r="2"`, "").with(sheet, ` r="A1"`, "").with(sheet, ` r="B1"`, "").
			with(sheet, ` r="C1"`, "").with(sheet, ` r="A2"`, "").with(sheet, ` r="B2"`, "").with(sheet, ` r="C2"`, "")},
		{"with places in small letters", plain().with(sheet, `r="B2"`, `r="b2"`)},
		{"with a dimension that is wrong", plain().with(sheet, "<sheetData>", `<dimension ref="A1"/><sheetViews><sheetView><selection/></sheetView></sheetViews><cols><col min="1" max="3"/></cols><sheetData>`)},
		{"with attributes that nobody asked for", plain().with(sheet, `<row `, `<row spans="1:3" x14ac:dyDescent="0.25" customHeight="1" x:hidden="1" ht="a&gt;b" `)},
		{"with texts in runs, and how they are spoken", plain().with("xl/sharedStrings.xml", "<t>Müller</t>", `<r><t>Mül</t></r><r><rPr><sz val="9"/></rPr><t>ler</t></r><rPh sb="0" eb="2"><t>x</t></rPh><phoneticPr fontId="1"/>`)},
		{"with the date's style by a built-in number", plain().with("xl/styles.xml", `<xf numFmtId="164"`, `<xf numFmtId="14"`)},
		{"with much behind the rows", plain().with(sheet, "</worksheet>", `<autoFilter ref="A1:C2"/><pageMargins left="0.7"/><extLst><ext><x14:row><c><v>9</v></c></x14:row></ext></extLst></worksheet>`)},
		{"with names and views in the workbook", plain().with(book, "<sheets>", `<fileVersion/><mc:AlternateContent><mc:Choice><x/></mc:Choice></mc:AlternateContent><bookViews><workbookView/></bookViews><sheets>`)},
	}

	want := []string{"Sheet1!2: Müller|@2026-11-21|#7"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := tt.book.read(t, pipeline.Dialect{})
			if diff := cmp.Diff(want, got.rows); diff != "" || got.end != nil {
				t.Errorf("end %v, rows (-want +got):\n%s", got.end, diff)
			}
			if diff := cmp.Diff([]string{"Gerät", "Datum", "Pos"}, got.header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAWorkbookMayBePackedInOtherWays(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range plain() {
		part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.SetComment(strings.Repeat("c", 60_000)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}

	got := readBytes(t, out.Bytes(), pipeline.Dialect{})
	if len(got.rows) != 1 || got.end != nil {
		t.Errorf("rows %q, end %v", got.rows, got.end)
	}
}
