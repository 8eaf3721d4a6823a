package tabular

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // also on machines without a zone database

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

// reopened writes a book and opens what was written.
func reopened(t *testing.T, b report.Book) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := WriteXLSX(&out, b); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestAWorkbookShowsTypedCells(t *testing.T) {
	t.Parallel()

	file := reopened(t, report.Book{Sheets: []report.Sheet{fleet()}, Zone: berlin(t)})
	got, err := file.GetRows("Fleet")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Asset", "Rows", "Rate", "Latitude", "At (Europe/Berlin)"},
		{"004711", "12", "-12.50", "53.55000", "2026-11-21 13:30"},
		{"=1+1"},
		{`Müller; "Söhne"`, "0", "1234.50", "", "total"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}

	for cell, want := range map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "E2": excelize.CellTypeUnset,
		"A3": excelize.CellTypeInlineString,
	} {
		if got, err := file.GetCellType("Fleet", cell); err != nil || got != want {
			t.Errorf("%s is of type %v, %v; want %v", cell, got, err, want)
		}
	}
}

func TestTextThatLooksLikeAFormulaStaysText(t *testing.T) {
	t.Parallel()

	file := reopened(t, report.Book{Sheets: []report.Sheet{fleet()}})

	formula, err := file.GetCellFormula("Fleet", "A3")
	if err != nil || formula != "" {
		t.Errorf("formula %q, %v", formula, err)
	}
	text, err := file.GetCellValue("Fleet", "A3")
	if err != nil || text != "=1+1" {
		t.Errorf("text %q, %v", text, err)
	}
	style, err := file.GetCellStyle("Fleet", "A3")
	if err != nil {
		t.Fatal(err)
	}
	if look, err := file.GetStyle(style); err != nil || look.NumFmt != asText {
		t.Errorf("number format %+v, %v; want text, so that an edit leaves it text", look, err)
	}
}

func TestATableHasAFrozenBoldHeaderAFilterAndWidths(t *testing.T) {
	t.Parallel()

	sheet := fleet()
	sheet.Columns[0].Width = 33
	plain := report.Sheet{Name: "Read me", Plain: true, Columns: []report.Column{{}}, Rows: rowsOf([]report.Cell{report.T("Hello")})}
	file := reopened(t, report.Book{Sheets: []report.Sheet{sheet, plain}})

	panes, err := file.GetPanes("Fleet")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.TopLeftCell != "A2" {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if width, err := file.GetColWidth("Fleet", "A"); err != nil || width != 33 {
		t.Errorf("width %v, %v", width, err)
	}
	style, err := file.GetCellStyle("Fleet", "A1")
	if err != nil {
		t.Fatal(err)
	}
	if look, err := file.GetStyle(style); err != nil || !look.Font.Bold || len(look.Fill.Color) == 0 {
		t.Errorf("header %+v, %v", look, err)
	}

	var filters []string
	for _, name := range file.GetDefinedName() {
		filters = append(filters, name.RefersTo)
	}
	if diff := cmp.Diff([]string{"'Fleet'!$A$1:$E$4"}, filters); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}

	if panes, err := file.GetPanes("Read me"); err != nil || panes.Freeze {
		t.Errorf("a page to read is frozen: %+v, %v", panes, err)
	}
	if text, err := file.GetCellValue("Read me", "A1"); err != nil || text != "Hello" {
		t.Errorf("a page to read starts with %q, %v", text, err)
	}
}

func TestColumnsStandInOrderAndNoDimensionHidesRows(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	if err := WriteXLSX(&out, report.Book{Sheets: []report.Sheet{fleet()}}); err != nil {
		t.Fatal(err)
	}
	book, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	part, err := book.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}

	last := 0
	for i := range fleet().Columns {
		at := bytes.Index(sheet, fmt.Appendf(nil, `<col min="%d"`, i+1))
		if at < last {
			t.Errorf("column %d stands at byte %d, before the column to its left", i+1, at)
		}
		last = at
	}
	if bytes.Contains(sheet, []byte("<dimension")) {
		t.Error("the sheet has a dimension, which was said before its rows were known")
	}
}

func TestSheetNamesAreWhatExcelAccepts(t *testing.T) {
	t.Parallel()

	names := sheetNames{}
	tests := []struct{ wished, want string }{
		{"Rejects", "Rejects"},
		{"rejects", "rejects (2)"},
		{"Ge/r[ä]te: 'all'?*\\", "Ge-r-ä-te- ’all’---"},
		{"", "Sheet"},
		{"'", "’"},
		{"History", "History_"},
		{strings.Repeat("x", 40), strings.Repeat("x", 31)},
		{strings.Repeat("x", 50), strings.Repeat("x", 27) + " (2)"},
		{strings.Repeat("😀", 20), strings.Repeat("😀", 15)},
	}
	for _, tt := range tests {
		if got := names.name(tt.wished); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.wished, got, tt.want)
		}
	}
}

func TestATableThatIsTooLongGoesOnInAnotherSheet(t *testing.T) {
	t.Parallel()

	rows := make([][]report.Cell, 8)
	for i := range rows {
		rows[i] = []report.Cell{report.N(i)}
	}
	sheet := report.Sheet{Name: "Long", Columns: []report.Column{{Title: "n", Type: report.Integer}}, Rows: rowsOf(rows...)}

	file := excelize.NewFile()
	defer file.Close()
	styles, err := newXLSXStyles(file)
	if err != nil {
		t.Fatal(err)
	}
	book := &xlsxBook{file: file, styles: styles, names: sheetNames{}, zone: time.UTC, most: 5, rows: map[string]*sheetRows{}}
	if err := book.write(sheet); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := packed(&out, file, book.rows); err != nil {
		t.Fatal(err)
	}
	got := map[string][][]string{}
	again, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for _, name := range again.GetSheetList() {
		if got[name], err = again.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string][][]string{"Long": {{"n"}, {"0"}, {"1"}, {"2"}, {"3"}}, "Long (2)": {{"n"}, {"4"}, {"5"}, {"6"}, {"7"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
}

func TestWhatExcelCannotHoldIsCutOrRemoved(t *testing.T) {
	t.Parallel()

	sheet := report.Sheet{Name: "x", Columns: []report.Column{{Title: "a"}}, Rows: rowsOf(
		[]report.Cell{report.T(strings.Repeat("ü", 40_000))},
		[]report.Cell{report.T("a\x00\x01b\x1f\ufffe\xff")},
		[]report.Cell{report.T("line\nline_x000D_")},
	)}
	file := reopened(t, report.Book{Sheets: []report.Sheet{sheet}})

	got, err := file.GetRows("x")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"a"}, {strings.Repeat("ü", longestCell-1) + cutSign}, {"ab?"}, {"line\nline_x000D_"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestABookWithoutSheetsOpens(t *testing.T) {
	t.Parallel()

	if got := reopened(t, report.Book{}).GetSheetList(); len(got) != 1 {
		t.Errorf("sheets %q", got)
	}
}

// large is a table of 20 columns that is made while it is written.
func large(rows int) report.Sheet {
	s := report.Sheet{Name: "Large"}
	for i := range 20 {
		s.Columns = append(s.Columns, report.Column{Title: fmt.Sprint("Column ", i), Type: report.CellType(i % 4)})
	}
	row := make([]report.Cell, 20)
	s.Rows = func(yield func([]report.Cell, error) bool) {
		for n := range rows {
			for i := range row {
				switch s.Columns[i].Type {
				case report.Text:
					row[i] = report.T(fmt.Sprint("Teleskopbühne ", n))
				case report.Moment:
					row[i] = report.At(noon)
				default:
					row[i] = report.N(n)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return s
}

func BenchmarkWriteXLSX(b *testing.B) {
	for b.Loop() {
		if err := WriteXLSX(io.Discard, report.Book{Sheets: []report.Sheet{large(100_000)}}); err != nil {
			b.Fatal(err)
		}
	}
	var used runtime.MemStats
	runtime.ReadMemStats(&used)
	b.ReportMetric(float64(used.Sys)/(1<<20), "MiB-from-system")
}

func BenchmarkWriteCSV(b *testing.B) {
	for b.Loop() {
		if err := WriteCSV(io.Discard, large(100_000), WriteDialect{}); err != nil {
			b.Fatal(err)
		}
	}
}
