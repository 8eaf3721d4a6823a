package tabular

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// mending is two rejected rows of a German ERP's file.
func mending(d pipeline.Dialect) report.Mending {
	rows := []report.Mendable{
		{
			Cells:  []string{"004711", "Lübeck; Nord", "=1+1", "V"},
			Faults: map[int]string{2: "is no number; write 1,5"}, What: "Stunden: is no number", Hint: "write 1,5",
			Row: pipeline.RowID{Delivery: "01D", Line: 7}, Source: "0123456789abcdef0123456789abcdef",
		},
		{
			Cells: []string{"004712", `12" Rohr`, "-5,00"},
			What:  "3 cells where the header has 4; say delimiter", Row: pipeline.RowID{Delivery: "01D", Sheet: "Tabelle 1", Line: 9},
		},
	}
	return report.Mending{
		Mapping: "fleet", Dialect: d, Columns: []string{"Nr", "Ort", "Stunden", "Status"}, Choices: map[int][]string{3: {"F", "R", "V"}},
		Rows: func(yield func(report.Mendable, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		},
	}
}

func TestATwinOfRejectedRowsIsWrittenInTheDialectOfTheERP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dialect pipeline.Dialect
		want    string
	}{
		"semicolons in windows-1252": {pipeline.Dialect{Delimiter: ";", Encoding: "windows-1252"},
			"Nr;Ort;Stunden;Status;What is wrong;How to mend it;rentalsync row;rentalsync source\r\n" +
				"004711;\"L\xfcbeck; Nord\";'=1+1;V;Stunden: is no number;write 1,5;01D/7;0123456789abcdef\r\n" +
				"004712;\"12\"\" Rohr\";'-5,00;;\"3 cells where the header has 4; say delimiter\";;01D/9/Tabelle 1;\r\n"},
		"tabs without quotes in cp850": {pipeline.Dialect{Delimiter: "tab", Encoding: "cp850", Quote: "none"},
			"Nr\tOrt\tStunden\tStatus\tWhat is wrong\tHow to mend it\trentalsync row\trentalsync source\r\n" +
				"004711\tL\x81beck; Nord\t'=1+1\tV\tStunden: is no number\twrite 1,5\t01D/7\t0123456789abcdef\r\n" +
				"004712\t12\" Rohr\t'-5,00\t\t3 cells where the header has 4; say delimiter\t\t01D/9/Tabelle 1\t\r\n"},
		"a workbook has a twin with commas in UTF-8": {pipeline.Dialect{Format: "xlsx", Sheet: "*"},
			"\ufeffNr,Ort,Stunden,Status,What is wrong,How to mend it,rentalsync row,rentalsync source\r\n" +
				"004711,Lübeck; Nord,'=1+1,V,Stunden: is no number,\"write 1,5\",01D/7,0123456789abcdef\r\n" +
				"004712,\"12\"\" Rohr\",\"'-5,00\",,3 cells where the header has 4; say delimiter,,01D/9/Tabelle 1,\r\n"},
		"and so has a file of a host": {pipeline.Dialect{Encoding: "cp037", Delimiter: ";", Quote: "'"},
			"\ufeffNr;Ort;Stunden;Status;What is wrong;How to mend it;rentalsync row;rentalsync source\r\n" +
				"004711;'Lübeck; Nord';'''=1+1';V;Stunden: is no number;write 1,5;01D/7;0123456789abcdef\r\n" +
				"004712;12\" Rohr;'''-5,00';;'3 cells where the header has 4; say delimiter';;01D/9/Tabelle 1;\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := WriteRejectsCSV(&out, mending(c.dialect)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, out.String()); diff != "" {
				t.Errorf("the twin (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACharacterThatTheEncodingLacksDoesNotKeepTheTwinFromBeingWritten(t *testing.T) {
	t.Parallel()
	m := mending(pipeline.Dialect{Encoding: "windows-1252"})
	m.Rows = func(yield func(report.Mendable, error) bool) {
		yield(report.Mendable{Cells: []string{"a\uFFFDb 京"}, What: "byte 0x81 is no character of windows-1252"}, nil)
	}
	var out bytes.Buffer
	if err := WriteRejectsCSV(&out, m); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "\r\na?b ?,,,,byte 0x81") {
		t.Errorf("the twin is %q", got)
	}
}

func TestAWorkbookOfRejectedRowsHelpsToMendThem(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := WriteRejectsXLSX(&out, []report.Mending{mending(pipeline.Dialect{}), mending(pipeline.Dialect{})}); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()

	if diff := cmp.Diff([]string{"fleet", "Choices", "fleet (2)"}, book.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	rows, err := book.GetRows("fleet")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"What is wrong", "How to mend it", "Nr", "Ort", "Stunden", "Status", "rentalsync row", "rentalsync source"},
		{"Stunden: is no number", "write 1,5", "004711", "Lübeck; Nord", "=1+1", "V", "01D/7", "0123456789abcdef"},
		{"3 cells where the header has 4; say delimiter", "", "004712", `12" Rohr`, "-5,00", "", "01D/9/Tabelle 1"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}

	for column, shown := range map[string]bool{"A": true, "C": true, "F": true, "G": false, "H": false} {
		if visible, err := book.GetColVisible("fleet", column); err != nil || visible != shown {
			t.Errorf("column %s: visible %v, %v", column, visible, err)
		}
	}
	for _, cell := range []string{"C2", "E2", "E3", "F3", "G2"} {
		if style := styleOf(t, book, cell); style.NumFmt != asText {
			t.Errorf("%s is no text cell: number format %d", cell, style.NumFmt)
		}
	}
	if kind, _ := book.GetCellFormula("fleet", "E2"); kind != "" {
		t.Errorf("E2 is a formula: %s", kind)
	}
	if fill := styleOf(t, book, "E2").Fill.Color; len(fill) != 1 || !strings.HasSuffix(fill[0], "FFC7CE") {
		t.Errorf("the faulty cell is filled with %v", fill)
	}
	if fill := styleOf(t, book, "C2").Fill.Color; len(fill) != 0 {
		t.Errorf("a cell without fault is filled with %v", fill)
	}

	comments, err := book.GetComments("fleet")
	if err != nil || len(comments) != 1 || comments[0].Cell != "E2" || !strings.Contains(comments[0].Text+comments[0].Paragraph[0].Text, "is no number; write 1,5") {
		t.Errorf("comments %+v, %v", comments, err)
	}
	lists, err := book.GetDataValidations("fleet")
	if err != nil || len(lists) != 1 || lists[0].Sqref != "F2:F3" || lists[0].Formula1 != "Choices!$A$1:$A$3" {
		t.Errorf("drop-downs %+v, %v", lists, err)
	}
	if shown, _ := book.GetSheetVisible("Choices"); shown {
		t.Error("the lists are in sight")
	}
	panes, err := book.GetPanes("fleet")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
}

func styleOf(t *testing.T, book *excelize.File, cell string) *excelize.Style {
	t.Helper()
	id, err := book.GetCellStyle("fleet", cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := book.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style
}
