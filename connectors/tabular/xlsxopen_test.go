package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline"
)

func TestAWorkbookThatIsNotWholeIsIncomplete(t *testing.T) {
	t.Parallel()

	whole := plain().bytes(t)
	for size := range len(whole) - 21 {
		end := collectBook(t.Context(), whole[:size], pipeline.Dialect{}).end
		var incomplete *pipeline.Incomplete
		if !errors.As(end, &incomplete) {
			t.Fatalf("%d of %d bytes: %v", size, len(whole), end)
		}
	}

	for name, book := range map[string][]byte{
		"incomplete: the file is empty":                                                     nil,
		"incomplete: the workbook ends too early: it has only begun":                        []byte("PK"),
		"incomplete: the workbook is still blank: its bytes are all zero":                   make([]byte, 70_000),
		"incomplete: the workbook ends too early: the directory at its end is missing":      whole[:len(whole)/2],
		"incomplete: the workbook ends too early: the directory at its end is missing ":     append(bytes.Clone(whole[:len(whole)/2]), make([]byte, len(whole))...),
		"incomplete: the workbook ends too early: the directory at its end is missing (0!)": whole[:len(whole)-22],
	} {
		want, _, _ := strings.Cut(strings.TrimSpace(name), " (")
		if end := collectBook(t.Context(), book, pipeline.Dialect{}).end; end == nil || end.Error() != want {
			t.Errorf("end %v, want %s", end, want)
		}
	}
}

func TestAFileThatIsNoWorkbookIsUnreadable(t *testing.T) {
	t.Parallel()

	save, csv := "; open it in Excel and save it as .xlsx", ", or have the ERP write CSV"
	locked := encrypted(t)
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"protected by a password", locked, "the workbook is protected by a password; save it without a password (File, Info, Protect Workbook), or have the ERP write it without"},
		{"an old workbook", fixture(t, "biff8.xls"), "the file is not an .xlsx workbook but an old one (.xls)" + save + ", or have the ERP write .xlsx or CSV"},
		{"an older one", fixture(t, "biff5.xls"), "the file is not an .xlsx workbook but an old one (.xls)" + save + ", or have the ERP write .xlsx or CSV"},
		{"an old one of LibreOffice", fixture(t, "libreoffice.xls"), "the file is not an .xlsx workbook but an old one (.xls)" + save + ", or have the ERP write .xlsx or CSV"},
		{"a container of something else", append([]byte(oleStart), make([]byte, 2000)...), "the file is not an .xlsx workbook but another document of old Office" + save},
		{"a binary workbook", fixture(t, "binary.xlsb"), "the file is not an .xlsx workbook but a binary one (.xlsb)" + save + ", or have the ERP write .xlsx"},
		{"OpenDocument", fixture(t, "opendocument.ods"), "the file is not an .xlsx workbook but an OpenDocument file (.ods); open it in LibreOffice and save it as .xlsx, or have the ERP write .xlsx"},
		{"a web page", fixture(t, "page.html"), "the file is not an .xlsx workbook but a web page" + save + csv},
		{"a table of a web page", []byte("\ufeff\n<TABLE><tr><td>1"), "the file is not an .xlsx workbook but a web page" + save + csv},
		{"a web page as XML", []byte("<?xml version='1.0'?><html xmlns='x'>"), "the file is not an .xlsx workbook but a web page" + save + csv},
		{"XML of Excel 2003", fixture(t, "excel2003.xml"), "the file is not an .xlsx workbook but XML of Excel 2003" + save + csv},
		{"some XML", []byte("<?xml version='1.0'?><export/>"), "the file is not an .xlsx workbook but XML" + save + csv},
		{"CSV", []byte("a;b\n1;M\xfcller\n"), "the file is not an .xlsx workbook but plain text; say format: csv and its delimiter, and let match: name the file as it is called"},
		{"tabs in UTF-16", []byte("\xff\xfea\x00\t\x00b\x00"), "the file is not an .xlsx workbook but plain text; say format: csv and its delimiter, and let match: name the file as it is called"},
		{"DIF", fixture(t, "table.dif"), "the file is not an .xlsx workbook but plain text; say format: csv and its delimiter, and let match: name the file as it is called"},
		{"RTF", fixture(t, "text.rtf"), "the file is not an .xlsx workbook but a text document (RTF); have the ERP export a table"},
		{"PDF", []byte("%PDF-1.7"), "the file is not an .xlsx workbook but a PDF document; have the ERP write a workbook that is not wrapped in anything else"},
		{"gzip", []byte("\x1f\x8b\x08\x00"), "the file is not an .xlsx workbook but compressed with gzip; have the ERP write a workbook that is not wrapped in anything else"},
		{"anything", []byte("\x01\x02\x03\x04"), "the file is not an .xlsx workbook but something unknown; open it in the program that made it, and save it as .xlsx"},
		{"a Word document", workbook{"word/document.xml": "", "_rels/.rels": strings.Replace(rootRels, "xl/workbook.xml", "word/document.xml", 1)}.bytes(t), "the file is not an .xlsx workbook but a Word document; have the ERP export a table"},
		{"an archive of exports", workbook{"b.csv": "", "a.csv": ""}.bytes(t), "the file is not an .xlsx workbook but a ZIP archive that holds a.csv, b.csv; drop the files themselves, or let the archive end in .zip"},
		{"an empty archive", workbook{}.bytes(t), "the file is not an .xlsx workbook but an empty ZIP archive; have the ERP write it again"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			end := readBytes(t, tt.file, pipeline.Dialect{}).end
			var unreadable *pipeline.Unreadable
			if !errors.As(end, &unreadable) || unreadable.Error() != tt.want {
				t.Errorf("end  %v\nwant %s", end, tt.want)
			}
		})
	}
}

func encrypted(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	var out bytes.Buffer
	if err := f.Write(&out, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestADamagedWorkbookIsUnreadable(t *testing.T) {
	t.Parallel()

	const book, sheet, texts = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	again := "; have the ERP write it again, or open it in Excel and save it"
	tests := []struct {
		name string
		book workbook
		want string
	}{
		{"a sheet that is not there", plain().without(sheet), "the workbook is damaged: its part xl/worksheets/sheet1.xml is missing; transfer it in binary mode, or have the ERP write it again"},
		{"texts that are not there", plain().without(texts), `the header of the sheet "Sheet1" cannot be read in row 1: the cell refers to a text that is not in the workbook; open it in Excel and save it, or have the ERP write it again`},
		{"no sheets", plain().but(book, "<workbook/>"), "the workbook is damaged: its part xl/workbook.xml names no sheet; transfer it in binary mode, or have the ERP write it again"},
		{"only sheets that nobody sees", plain().with(book, `sheetId=`, `state="hidden" sheetId=`), `the workbook shows no sheet with cells; name the sheet: it has "Sheet1" (hidden)`},
		{"a sheet that stops", plain().but(sheet, plain()[sheet][:300]), "the workbook is damaged: its XML cannot be read, it stops in the middle" + again},
		{"tags that cross", plain().with(sheet, "</v></c>", "</c></v>"), "the workbook is damaged: its XML cannot be read, <v> ends as </c>" + again},
		{"an end without a start", plain().but(sheet, "</a>"), "the workbook is damaged: its XML cannot be read, an end has no start" + again},
		{"a value without quotes", plain().with(sheet, `r="2"`, "r=2"), "the workbook is damaged: its XML cannot be read, a value is not quoted" + again},
		{"an & that means nothing", plain().with(texts, "Gerät", "a & b"), "the workbook is damaged: its XML cannot be read, an & stands for nothing" + again},
		{"an entity that is unknown", plain().with(texts, "Gerät", "&lol9;"), "the workbook is damaged: its XML cannot be read, &lol9; is unknown" + again},
		{"tags without end", plain().with(texts, "<si>", strings.Repeat("<a>", 1000)), "the workbook is damaged: its XML cannot be read, its tags are nested too deeply" + again},
		{
			"a document type", plain().with(texts, "<sst", `<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst`),
			"the workbook's XML declares a document type or entities, which no spreadsheet program does; find out who made this file; open it in Excel and save it as .xlsx",
		},
		{"an encoding that is unknown", plain().with(texts, "UTF-8", "klingon"), `encoding "klingon" is not known; use a name such as utf-8, utf-16le, windows-1252, iso-8859-15, cp850 or cp037`},
		{"a value without end", plain().with(texts, "Gerät", strings.Repeat("x", longestXML+1)), "the workbook holds a value or a row longer than 16 MiB; no spreadsheet program writes this: find out who made this file"},
		{"a tag without end", plain().with(texts, "<sst", "<sst x='"+strings.Repeat("x", longestXML)+"'"), "the workbook holds a value or a row longer than 16 MiB; no spreadsheet program writes this: find out who made this file"},
		{
			"a row without end", plain().with(texts, "Gerät", strings.Repeat("x", 1<<20)).with(sheet, `<row r="2">`, `<row r="2">`+strings.Repeat(`<c t="s"><v>0</v></c>`, 20)),
			"the workbook holds a value or a row longer than 16 MiB; no spreadsheet program writes this: find out who made this file",
		},
		{"a part that is there twice", plain().but("XL/WORKBOOK.XML", "x"), "the workbook is damaged: its part xl/workbook.xml is in it twice; transfer it in binary mode, or have the ERP write it again"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			end := tt.book.read(t, pipeline.Dialect{}).end
			var unreadable *pipeline.Unreadable
			if !errors.As(end, &unreadable) || unreadable.Error() != tt.want {
				t.Errorf("end  %v\nwant %s", end, tt.want)
			}
		})
	}
}

// altered is a workbook with other bytes in the record of its directory that
// names the part: the offset is counted from the record's start.
func altered(t *testing.T, part string, offset int, value []byte) []byte {
	t.Helper()
	book := plain().bytes(t)
	at := bytes.LastIndex(book, []byte(part)) - 46
	copy(book[at+offset:], value)
	return book
}

func TestADirectoryThatLies(t *testing.T) {
	t.Parallel()

	const sheet = "xl/worksheets/sheet1.xml"
	crlf := bytes.ReplaceAll(plain().bytes(t), []byte("\n"), []byte("\r\n"))
	crlf = bytes.Replace(crlf, []byte(zipEnd), append([]byte("\r\n\r\n\r\n"), zipEnd...), 1)
	flipped := plain().bytes(t)
	flipped[bytes.Index(flipped, []byte(sheet))+len(sheet)+20] ^= 0xff

	tests := []struct {
		name string
		book []byte
		want string
	}{
		{"a checksum that is wrong", altered(t, sheet, 16, []byte{1, 2, 3, 4}), "does not agree with its size and checksum, or cannot be unpacked"},
		{"a size that is too small", altered(t, sheet, 24, []byte{9, 0, 0, 0}), "does not agree with its size and checksum, or cannot be unpacked"},
		{"a size that is too large", altered(t, sheet, 24, []byte{0, 0, 9, 0}), "does not agree with its size and checksum, or cannot be unpacked"},
		{"a place that is wrong", altered(t, sheet, 42, []byte{1, 0, 0, 0}), "cannot be found where its directory says"},
		{"a method that nobody knows", altered(t, sheet, 10, []byte{99, 0}), "packed by a method (99)"},
		{"a part with a password", altered(t, sheet, 8, []byte{1, 0}), "is protected by a password"},
		{"bytes that turned over", flipped, "the workbook is damaged: "},
		{"a transfer that mended line ends", crlf, "transfer it in binary mode"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			end := readBytes(t, tt.book, pipeline.Dialect{}).end
			var unreadable *pipeline.Unreadable
			if !errors.As(end, &unreadable) || !strings.Contains(unreadable.Error(), tt.want) {
				t.Errorf("end %v, want %s", end, tt.want)
			}
		})
	}
}

// repeats is a part that says one thing over and over, between a head and a tail.
func repeats(head, again, tail string, size int) io.Reader {
	return io.MultiReader(strings.NewReader(head), io.LimitReader(&loop{text: again}, int64(size/len(again)*len(again))), strings.NewReader(tail))
}

type loop struct {
	text string
	at   int
}

func (l *loop) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], l.text[l.at:])
		n, l.at = n+c, (l.at+c)%len(l.text)
	}
	return n, nil
}

// swollen is the plain workbook with one part that is large.
func swollen(t testing.TB, part string, content io.Reader) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range plain() {
		var src io.Reader = strings.NewReader(text)
		if name == part {
			src = content
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, src); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHostileWorkbooksAreRefusedInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks bombs")
	}

	const sheet, texts = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	blanks := "<!--" + strings.Repeat(" ", 1<<20) + "-->"
	head, tail := "<worksheet><sheetData>"+text("a"), "</sheetData></worksheet>"
	tests := []struct {
		name string
		book []byte
		want string
	}{
		{"a bomb in the sheet", swollen(t, sheet, repeats("<worksheet>", blanks, "</worksheet>", 80<<20)), "refused as a bomb"},
		{"a bomb in the texts", swollen(t, texts, repeats("<sst>", blanks, "</sst>", 80<<20)), "refused as a bomb"},
		{"one endless value", swollen(t, sheet, repeats(head, " ", tail, 80<<20)), "longer than 16 MiB"},
		{"a million texts", swollen(t, texts, repeats("<sst>", "<si><t>a1b2c3d4e5f6g7h8</t></si><si><t>zyxw</t></si>", "</sst>", 24<<20)), ""},
		{"cells without end in one row", swollen(t, sheet, repeats(head+"<row>", `<c r="A2"><v>1</v></c>`, "</row>"+tail, 20<<20)), "in no column of a sheet"},
		{"attributes without end", swollen(t, sheet, repeats(head+"<row ", `a="" `, "/>"+tail, 2<<20)), "too many of them"},
		{"empty rows without end", swollen(t, sheet, repeats(head, "<row/>", tail, 16<<20)), ""},
		{"more parts than any workbook has", manyParts(t, 100_000), "more parts than any workbook"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got seen
			peak := peakOf(func() { got = collectBook(t.Context(), tt.book, pipeline.Dialect{}) })

			if tt.want == "" && got.end != nil || tt.want != "" && (got.end == nil || !strings.Contains(got.end.Error(), tt.want)) {
				t.Errorf("end %v, want %q", got.end, tt.want)
			}
			if peak > 200<<20 {
				t.Errorf("%d MiB at its peak", peak>>20)
			}
		})
	}
}

func manyParts(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestManySharedTextsLieInAFile(t *testing.T) {
	t.Parallel()

	const count = 200_000
	var items, rows strings.Builder
	rows.WriteString(text("a", "b"))
	for i := range count {
		fmt.Fprintf(&items, "<si><t>text number %d with some length to it</t></si>", i)
		if other := i * 7919 % count; i%20 == 0 {
			fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c><c t="s"><v>%d</v></c></row>`, i, other)
		}
	}
	i := 0
	book := bookWith(rows.String()).sharing(items.String()).bytes(t)
	for row, err := range New().Rows(t.Context(), bytes.NewReader(book), "f", pipeline.Dialect{Format: "xlsx"}) {
		if err != nil {
			t.Fatal(err)
		}
		want := []string{fmt.Sprintf("text number %d with some length to it", i), fmt.Sprintf("text number %d with some length to it", i*7919%count)}
		if row.Cells[0] != want[0] || row.Cells[1] != want[1] {
			t.Fatalf("row %d: %q, want %q", row.Origin.Line, row.Cells, want)
		}
		i += 20
	}
	if i != count {
		t.Errorf("%d rows", i/20)
	}
}

func TestTextsBeyondAnyWorkbookAreRefused(t *testing.T) {
	t.Parallel()

	for _, full := range []*sharedStrings{{count: mostStrings}, {size: mostStringBytes}} {
		var unreadable *pipeline.Unreadable
		if err := full.add([]byte("x")); !errors.As(err, &unreadable) {
			t.Errorf("%d texts of %d bytes take one more: %v", full.count, full.size, err)
		}
	}
}

func TestAWorkbookThatCannotBeReadEndsAsItsReader(t *testing.T) {
	t.Parallel()

	broken := errors.New("the line went dead")
	src := io.MultiReader(bytes.NewReader(plain().bytes(t)[:100]), iotest.ErrReader(broken))
	for _, err := range New().Rows(context.Background(), src, "f", pipeline.Dialect{Format: "xlsx"}) {
		if !errors.Is(err, broken) {
			t.Errorf("end %v", err)
		}
	}
}

func TestOldContainersOfAnySizeAreLookedThrough(t *testing.T) {
	t.Parallel()

	entry := make([]byte, oleEntry)
	for i, r := range "EncryptedPackage" {
		binary.LittleEndian.PutUint16(entry[2*i:], uint16(r))
	}
	binary.LittleEndian.PutUint16(entry[64:], 34)
	file := append([]byte(oleStart), make([]byte, 3*65536-8)...)
	if end := readBytes(t, append(file, entry...), pipeline.Dialect{}).end; !errors.Is(end, errEncrypted) {
		t.Errorf("end %v", end)
	}
}
