package tabular

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// at gives a row its number.
func at(number int, row string) string {
	return strings.Replace(row, "<row>", fmt.Sprintf(`<row r="%d">`, number), 1)
}

func TestTablesOnSheets(t *testing.T) {
	t.Parallel()

	coloured := strings.Repeat(`<row><c s="1"/><c s="1"><v/></c><c t="str"><v> </v></c></row>`, 900)
	tests := []struct {
		name    string
		rows    string
		dialect pipeline.Dialect
		header  []string
		want    []string
	}{
		{
			name: "the header is the first row that says anything", rows: `<row/>` + text(" ") + text("a", "b") + text("1", "2"),
			header: []string{"a", "b"}, want: []string{"Sheet1!4: 1|2"},
		},
		{
			name: "rows keep their numbers, and rows that say nothing are none", rows: at(3, text("a", "b")) + at(7, text("1")) + text("") + at(900, text("", "2")) + coloured,
			header: []string{"a", "b"}, want: []string{"Sheet1!7: 1|", "Sheet1!900: |2"},
		},
		{
			name: "what stands above the header is no row", rows: text("Bestand", "", "x") + text("21.11.2026") + text("a", "b") + text("1", "2"),
			dialect: pipeline.Dialect{Header: []int{3}}, header: []string{"a", "b"}, want: []string{"Sheet1!4: 1|2"},
		},
		{
			name: "a header in two rows", rows: text("Miet-", "Miet-") + text("beginn", "ende") + text("1", "2"),
			dialect: pipeline.Dialect{Header: []int{2, 1}}, header: []string{"Miet- beginn", "Miet- ende"}, want: []string{"Sheet1!3: 1|2"},
		},
		{
			name: "a header in two rows of which the second is left out", rows: text("a", "b") + at(3, text("1", "2")),
			dialect: pipeline.Dialect{Header: []int{1, 2}}, header: []string{"a", "b"}, want: []string{"Sheet1!3: 1|2"},
		},
		{
			name: "names that come twice or not at all", rows: text("Nr", "", "Nr") + text("1", "2", "3"),
			header: []string{"Nr", "2", "Nr (2)"}, want: []string{"Sheet1!2: 1|2|3"},
		},
		{
			name: "numbers and dates as names", rows: `<row><c><v>2026</v></c><c s="1"><v>46347</v></c></row>` + text("1", "2"),
			header: []string{"2026", "2026-11-21"}, want: []string{"Sheet1!2: 1|2"},
		},
		{
			name: "no header", rows: at(2, text("1")) + text("2", "3") + text("Ende 2", "", "", "x") + text("", "", "", "note"),
			dialect: pipeline.Dialect{NoHeader: true, End: "Ende {count} x"}, header: []string{"1", "2"}, want: []string{"Sheet1!2: 1|", "Sheet1!3: 2|3"},
		},
		{
			name: "a header that is looked for", rows: text("Export", "Nr") + text("Geräte-Nr.", "SERIENNR", "Status") + text("1", "2", "3"),
			dialect: pipeline.Dialect{Find: [][]string{{"Gerätenr", "Geräte-Nr."}, {"Seriennr"}}},
			header:  []string{"Geräte-Nr.", "SERIENNR", "Status"}, want: []string{"Sheet1!3: 1|2|3"},
		},
		{
			name: "a trailer, and notes below it", rows: text("a", "b") + text("1", "2") + text("3") + text("*** ENDE", "", "2", "***") + text("x", "y", "z"),
			dialect: pipeline.Dialect{End: "*** ENDE {count} ***"}, header: []string{"a", "b"}, want: []string{"Sheet1!2: 1|2", "Sheet1!3: 3|"},
		},
		{
			name: "a trailer that counts in a number", rows: text("a", "b") + text("1", "2") + `<row><c t="str"><v>Zeilen:</v></c><c><v>1</v></c></row>`,
			dialect: pipeline.Dialect{End: "Zeilen: {count}"}, header: []string{"a", "b"}, want: []string{"Sheet1!2: 1|2"},
		},
		{
			name: "rows that nobody sees", rows: text("a") + strings.Replace(text("1"), "<row", `<row hidden="1"`, 1) + text("2"),
			header: []string{"a"}, want: []string{"Sheet1!2: 1 (hidden)", "Sheet1!3: 2"},
		},
		{
			name: "a header and no rows", rows: text("a", "b") + coloured,
			header: []string{"a", "b"}, want: []string{"Sheet1: no rows"},
		},
		{
			name: "every fault of a row", rows: text("a", "b", "c") + `<row><c t="e"><v>#NUM!</v></c><c><v>x</v></c><c><v>1</v></c></row>`,
			header: nil, want: []string{
				`Sheet1!2! a "#NUM!": a formula gives a number that cannot be; correct the formula or the cells that it uses`,
				`Sheet1!2! b "x": is no number; correct it in the ERP, or open the workbook in Excel and save it`,
			},
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := bookWith(tt.rows).styled("yyyy-mm-dd").read(t, tt.dialect)
			if got.end != nil {
				t.Errorf("end %v", got.end)
			}
			if diff := cmp.Diff(tt.header, got.header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, got.rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergedCellsOfAHeaderSpreadOverTheirColumns(t *testing.T) {
	t.Parallel()

	book := bookWith(text("Nr", "Kunde", "", "Miete", "", "")+text("", "Nummer", "Name", "von", "bis", "Bem.")+text("1", "2", "3", "4", "5", "6")).
		with("xl/worksheets/sheet1.xml", "</worksheet>",
			`<mergeCells count="4"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="D1:E1"/><mergeCell ref="A3:F3"/></mergeCells></worksheet>`)

	got := book.read(t, pipeline.Dialect{Header: []int{1, 2}})
	want := []string{"Nr", "Kunde Nummer", "Kunde Name", "Miete von", "Miete bis", "Bem."}
	if diff := cmp.Diff(want, got.header); diff != "" || got.end != nil {
		t.Errorf("end %v, header (-want +got):\n%s", got.end, diff)
	}
}

func TestAMergedTitleDoesNotWidenTheTable(t *testing.T) {
	t.Parallel()

	book := bookWith(text("Bestand")+text("a", "b")+text("1", "2")).
		with("xl/worksheets/sheet1.xml", "</worksheet>", `<mergeCells><mergeCell ref="A1:XFD1"/></mergeCells></worksheet>`)
	got := book.read(t, pipeline.Dialect{Header: []int{1, 2}})
	if diff := cmp.Diff([]string{"Bestand a", "Bestand b"}, got.header); diff != "" || got.end != nil {
		t.Errorf("end %v, header (-want +got):\n%s", got.end, diff)
	}
}

// threeTabs is a workbook with two tabs that are seen around one that is not,
// and a chart.
func threeTabs() workbook {
	w := bookWith(text("a")+text("1"), text("b")+text("2"), text("c")+text("3"), "")
	w = w.with("xl/workbook.xml", `name="Sheet1"`, `name="Geräte 2026"`)
	w = w.with("xl/workbook.xml", `name="Sheet2"`, `name="Codes" state="veryHidden"`)
	w = w.with("xl/workbook.xml", `name="Sheet3"`, `name="Verträge &amp; Kunden"`)
	return w.with("xl/_rels/workbook.xml.rels", `worksheet" Target="worksheets/sheet4.xml`, `chartsheet" Target="chartsheets/sheet1.xml`)
}

func TestSheetsAreChosen(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, sheet string
		want        []string
		end         string
	}{
		{name: "the first one", want: []string{"Geräte 2026!2: 1"}},
		{name: "by name, in any case", sheet: "VERTRÄGE & kunden", want: []string{"Verträge & Kunden!2: 3"}},
		{name: "by name though it is hidden", sheet: "Codes", want: []string{"Codes!2: 2"}},
		{name: "by pattern", sheet: "ger*20??", want: []string{"Geräte 2026!2: 1"}},
		{name: "by number, as a person counts", sheet: "2", want: []string{"Verträge & Kunden!2: 3"}},
		{name: "all that are seen", sheet: "*", want: []string{"Geräte 2026!2: 1", "Verträge & Kunden!2: 3"}},
		{
			name: "one that is not there", sheet: "Gerate 2027",
			end: `the workbook has no sheet "Gerate 2027", it has "Geräte 2026", "Codes" (hidden), "Verträge & Kunden", "Sheet4"; did you mean "Geräte 2026"?`,
		},
		{
			name: "a pattern of none", sheet: "x*",
			end: `the workbook has no sheet "x*", it has "Geräte 2026", "Codes" (hidden), "Verträge & Kunden", "Sheet4"; check sheet: in the mapping`,
		},
		{
			name: "a number beyond the last", sheet: "3",
			end: `the workbook has no sheet "3", it has "Geräte 2026", "Codes" (hidden), "Verträge & Kunden", "Sheet4"; check sheet: in the mapping`,
		},
		{name: "a chart", sheet: "Sheet4", end: `the sheet "Sheet4" holds no cells: it is a chart or a macro, or lost; name a sheet that holds a table`},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := threeTabs().read(t, pipeline.Dialect{Sheet: tt.sheet})
			if diff := cmp.Diff(tt.want, got.rows); diff != "" || (got.end == nil) != (tt.end == "") || got.end != nil && got.end.Error() != tt.end {
				t.Errorf("end %v, rows (-want +got):\n%s", got.end, diff)
			}
		})
	}
}

func TestPartsAreReadInTheirOrder(t *testing.T) {
	t.Parallel()

	book := bookWith(
		text("Stand", "", "21.11.2026")+at(3, text("a"))+text("1"),
		text("x")+text("b")+text("2")+text("Summe 1"),
		text("c"),
	).styled("yyyy-mm-dd")
	d := pipeline.Dialect{
		Format: "xlsx",
		Parts: []pipeline.Table{
			{Sheet: "Sheet3"},
			{Sheet: "2", Header: []int{2}, End: "Summe {count}"},
			{Sheet: "Sheet1", Find: [][]string{{"A"}}},
			{Sheet: "Sheet1", Use: pipeline.TableHeader},
		},
		Asks: []pipeline.Ask{{Name: "businessDate", Part: 3, Cell: "$C$1"}, {Name: "blank", Part: 3, Cell: "D1"}},
	}

	var got []string
	for row, err := range New().Rows(t.Context(), bytes.NewReader(book.bytes(t)), "f", d) {
		var h *pipeline.Header
		var empty *pipeline.NoRows
		if errors.As(err, &empty) {
			h = empty.Header
		} else if err != nil {
			t.Fatal(err)
		} else {
			h = row.Header
		}
		got = append(got, fmt.Sprint(h.Part, h.Sheet, h.Line, h.Names, h.Said["businessDate"], len(h.Said), err == nil))
	}
	want := []string{"0Sheet31[c]21.11.20262 false", "1Sheet22[b]21.11.20262 true", "2Sheet13[a]21.11.20262 true"}
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], " ", "")
		want[i] = strings.ReplaceAll(want[i], " ", "")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestEachSheetSaysWhatIsAskedOfItsPart(t *testing.T) {
	t.Parallel()

	book := bookWith(text("Depot", "HH")+text("a")+text("1"), text("Depot", "MUC")+text("a")+text("2")).bytes(t)
	d := pipeline.Dialect{Format: "xlsx", Sheet: "*", Header: []int{2}, Asks: []pipeline.Ask{{Name: "depot", Cell: "B1"}}}
	var got []string
	for row, err := range New().Rows(t.Context(), bytes.NewReader(book), "f", d) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.Header.Said["depot"]+row.Cells[0])
	}
	if diff := cmp.Diff([]string{"HH1", "MUC2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTablesThatAreNotThereAsDescribed(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name       string
		rows       string
		dialect    pipeline.Dialect
		want       string
		incomplete bool
	}{
		{name: "an empty sheet", want: `the sheet "Sheet1" is empty: it has no header; check sheet: and header: in the mapping, or the ERP's export`},
		{
			name: "a sheet that ends before its header", rows: text("a"), dialect: pipeline.Dialect{Header: []int{4}},
			want: `the sheet "Sheet1" ends before row 4, where its header should be; check sheet: and header: in the mapping, or the ERP's export`,
		},
		{
			name: "a header that is blank", rows: text("title") + at(5, text("1")), dialect: pipeline.Dialect{Header: []int{2, 3}},
			want: `the header of the sheet "Sheet1" is blank in row 2 and 3; say header: with the row that names the columns, or header: none`,
		},
		{
			name: "a header that is not found", rows: text("Nr", "Serial") + text("Geräte", "Nr", "Typ"), dialect: pipeline.Dialect{Find: [][]string{{"Nr", "No"}, {"Typ"}, {"Seriennr", "SN"}}},
			want: `no header was found in the first 100 rows of the sheet "Sheet1": row 2 comes nearest, and lacks Seriennr or SN; check the names of the columns in the mapping, or say header: with the row's number`,
		},
		{
			name: "a header that is too far down", rows: at(101, text("Nr")), dialect: pipeline.Dialect{Find: [][]string{{"Nr"}}},
			want: `no header was found in the first 100 rows of the sheet "Sheet1": none has any of Nr; check the names of the columns in the mapping, or say header: with the row's number`,
		},
		{
			name: "a header that is no text", rows: text("a_x0000_"),
			want: `the header of the sheet "Sheet1" is no text in row 1: "a␀": a NUL byte; remove it in the ERP: it is no text`,
		},
		{
			name: "no trailer", rows: text("a") + text("1"), dialect: pipeline.Dialect{End: "ENDE {count}"}, incomplete: true,
			want: `incomplete: the trailer "ENDE {count}" is missing`,
		},
		{
			name: "a trailer that counts more", rows: text("a") + text("1") + text("ENDE 2"), dialect: pipeline.Dialect{End: "ENDE {count}"}, incomplete: true,
			want: `incomplete: the trailer in line 3 counts 2 rows, the file has 1 row`,
		},
		{
			name: "an ask for no cell", rows: text("a"), dialect: pipeline.Dialect{Asks: []pipeline.Ask{{Name: "x", Cell: "3B"}}},
			want: `"3B" is no cell of a sheet; write it as B3 in the mapping`,
		},
		{
			name: "an ask for a cell that went wrong", rows: `<row><c t="e"><v>#REF!</v></c></row>`, dialect: pipeline.Dialect{Asks: []pipeline.Ask{{Name: "x", Cell: "A1"}}},
			want: `the cell A1 of the sheet "Sheet1": a formula refers to cells that were deleted; correct the formula`,
		},
		{
			name: "rows that go back", rows: at(3, text("a")) + at(2, text("1")),
			want: "the workbook is damaged: its part xl/worksheets/sheet1.xml has the row 2 after row 3; transfer it in binary mode, or have the ERP write it again",
		},
		{
			name: "a column that no sheet has", rows: text("a") + `<row><c r="XFE2"><v>1</v></c></row>`,
			want: "the workbook is damaged: its part xl/worksheets/sheet1.xml has a cell in row 2 in no column of a sheet; transfer it in binary mode, or have the ERP write it again",
		},
		{
			name: "a row that no sheet has", rows: at(99999999, text("a")),
			want: "the workbook has a row 99999999, which is more than any sheet has; have the ERP write several files, or CSV",
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := bookWith(tt.rows).read(t, tt.dialect)
			var incomplete *pipeline.Incomplete
			var unreadable *pipeline.Unreadable
			if tt.incomplete != errors.As(got.end, &incomplete) || tt.incomplete == errors.As(got.end, &unreadable) || got.end.Error() != tt.want {
				t.Errorf("end  %v\nwant %s", got.end, tt.want)
			}
		})
	}
}

func TestNobodyHasToReadAWorkbookToItsEnd(t *testing.T) {
	t.Parallel()

	book := bookWith(text("a")+strings.Repeat(text("1"), 50_000), text("b")+text("2")).bytes(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows := 0
	var end error
	for _, err := range New().Rows(ctx, bytes.NewReader(book), "f", pipeline.Dialect{Format: "xlsx"}) {
		if rows++; rows == 10 {
			cancel()
		}
		end = err
	}
	if !errors.Is(end, context.Canceled) || rows > 20_000 {
		t.Errorf("%d rows, end %v", rows, end)
	}

	for range New().Rows(t.Context(), bytes.NewReader(book), "f", pipeline.Dialect{Format: "xlsx", Sheet: "*"}) {
		break
	}
}
