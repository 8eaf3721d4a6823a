package tabular

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

// analysed is a book with a page to read, a table with a chart, an empty one, and
// one whose columns cannot be told apart.
func analysed() report.Book {
	table := report.Sheet{
		Name: "Hours by model", Table: "HoursByModel",
		Columns: []report.Column{{Title: "Model"}, {Title: "Hours", Type: report.Decimal}, {Title: "Share", Type: report.Percent}, {Title: "Since", Type: report.Date}, {Title: "Map"}},
		Rows: rowsOf(
			[]report.Cell{report.T("=1+1").In(report.Bad), report.N(12.5).In(report.Good), report.N(0.25), report.At(noon), report.T("map").To("https://www.openstreetmap.org/?mlat=53.5&mlon=10.0#map=16/53.5/10.0")},
			[]report.Cell{report.T("A & <B>"), report.N(3), {}, {}, report.T("x").To(`https://x.example/"&A1`)},
		),
		Charts: []report.Chart{{Title: "Hours", Kind: report.Bars, By: 0, Values: []int{1}}},
	}
	empty := table
	empty.Name, empty.Table, empty.Rows = "Nothing", "Nothing", nil
	twice := report.Sheet{Name: "Twice", Table: "Twice", Columns: []report.Column{{Title: "A"}, {Title: "a"}}}
	page := report.Sheet{
		Name: "Read me", Plain: true, Columns: []report.Column{{Title: "What"}},
		Rows: rowsOf([]report.Cell{report.T("Hours by model").To("#Hours by model")}),
	}
	again := table
	return report.Book{Sheets: []report.Sheet{page, table, empty, twice, again}}
}

// openedUp are the files of a workbook.
func openedUp(t *testing.T, b report.Book) (map[string]string, *excelize.File) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteXLSX(&out, b); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil || parts[f.Name] != "" {
			t.Fatalf("%s is there twice, or cannot be read: %v", f.Name, err)
		}
		parts[f.Name] = string(text)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return parts, file
}

func TestATableIsOneByExcelsRules(t *testing.T) {
	t.Parallel()
	parts, file := openedUp(t, analysed())

	ids, names := map[string]bool{}, map[string]bool{}
	for name, text := range parts {
		if !strings.HasPrefix(name, "xl/tables/") {
			continue
		}
		var table struct {
			ID      string `xml:"id,attr"`
			Name    string `xml:"displayName,attr"`
			Ref     string `xml:"ref,attr"`
			Columns []struct {
				Name string `xml:"name,attr"`
			} `xml:"tableColumns>tableColumn"`
		}
		if err := xml.Unmarshal([]byte(text), &table); err != nil {
			t.Fatal(err)
		}
		if ids[table.ID] || names[strings.ToLower(table.Name)] {
			t.Errorf("table %s %q is there twice", table.ID, table.Name)
		}
		ids[table.ID], names[strings.ToLower(table.Name)] = true, true
		if len(table.Columns) != 5 || table.Columns[0].Name != "Model" || table.Columns[4].Name != "Map" || !strings.HasSuffix(table.Ref, "3") && table.Ref != "A1:E2" {
			t.Errorf("table %q spans %s with %+v", table.Name, table.Ref, table.Columns)
		}
	}
	if len(names) != 3 || !names["hoursbymodel"] || !names["hoursbymodel_2"] || !names["nothing"] {
		t.Errorf("tables are %v", names)
	}

	// A table brings its filter; one beside it on the same cells is a fault.
	for n, wants := range map[int]bool{2: false, 3: false, 4: true, 5: false} {
		sheet := parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", n)]
		if strings.Contains(sheet, "<autoFilter") != wants || strings.Contains(sheet, "<tablePart ") == wants {
			t.Errorf("sheet %d: filter and table are mixed up", n)
		}
	}
	if got, err := file.GetCellValue("Hours by model", "A2"); err != nil || got != "=1+1" {
		t.Errorf("text is %q, %v", got, err)
	}
}

func TestOnlyPlainAddressesBecomeLinks(t *testing.T) {
	t.Parallel()
	_, file := openedUp(t, analysed())
	for cell, want := range map[string]string{
		"Read me!A2":        `HYPERLINK("#'Hours by model'!A1","Hours by model")`,
		"Hours by model!E2": `HYPERLINK("https://www.openstreetmap.org/?mlat=53.5&mlon=10.0#map=16/53.5/10.0","map")`,
		"Hours by model!E3": "",
		"Hours by model!A2": "",
	} {
		sheet, at, _ := strings.Cut(cell, "!")
		got, err := file.GetCellFormula(sheet, at)
		if err != nil || got != want {
			t.Errorf("%s leads by %q, %v; want %q", cell, got, err, want)
		}
		if shown, _ := file.GetCellValue(sheet, at); shown == "" {
			t.Errorf("%s shows nothing", cell)
		}
	}
}

func TestAChartDrawsTheCellsOfItsTable(t *testing.T) {
	t.Parallel()
	parts, _ := openedUp(t, analysed())
	charts := 0
	for name, text := range parts {
		if strings.HasPrefix(name, "xl/charts/chart") {
			charts++
			if !strings.Contains(text, "$B$2:$B$3") || !strings.Contains(text, "$A$2:$A$3") {
				t.Errorf("%s draws something else", name)
			}
		}
	}
	if charts != 2 {
		t.Errorf("%d charts, want one on each table that has rows", charts)
	}
}

func TestDaysHaveNoTimeOfDay(t *testing.T) {
	t.Parallel()
	_, file := openedUp(t, analysed())
	raw, err := file.GetCellValue("Hours by model", "D2", excelize.Options{RawCellValue: true})
	if err != nil || strings.Contains(raw, ".") {
		t.Errorf("the day is %q, %v", raw, err)
	}
	if shown, _ := file.GetCellValue("Hours by model", "C2"); shown != "25%" {
		t.Errorf("the share is shown as %q", shown)
	}
}
