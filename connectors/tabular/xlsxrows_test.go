package tabular

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

func TestRowsWaitForTheirSheetsWhateverTheyHold(t *testing.T) {
	t.Parallel()

	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	moment := func(text string) report.Cell {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return report.At(at)
	}
	tests := []struct {
		name string
		cell report.Cell
		raw  string // as the file has it
	}{
		{"text as it stands", report.T(`<a> & "b" 'c'`), `<a> & "b" 'c'`},
		{"blanks around it stay", report.T("  a\tb "), "  a\tb "},
		{"lines stay", report.T("a\nb\r\nc"), "a\nb\r\nc"},
		{"what only looks like the code of a character", report.T("_x0041_ and _x005F_x0041_"), "_x0041_ and _x005F_x0041_"},
		{"no formula", report.T("=1+1"), "=1+1"},
		{"a link shows its text", report.T(`a "b"`).To("https://example.com/"), `a "b"`},
		{"nothing", report.Cell{}, ""},
		{"a number", report.N(-12.25), "-12.25"},
		{"a large one", report.N(int64(1) << 50), "1125899906842624"},
		{"noon of a summer's day", moment("2026-07-01T10:00:00Z"), "46204.5"},
		{"the hour that comes twice, by the clock", moment("2026-10-25T00:30:00Z"), "46320.104166666664"},
		{"the first day that is told", moment("1900-03-01T11:00:00Z"), "61.5"},
		{"before days can be told", moment("1900-02-27T23:00:00Z"), "1900-02-28T00:00:00+01:00"},
		{"centuries from now", moment("2500-01-01T11:00:00Z"), "219148.5"},
	}
	sheet := report.Sheet{Name: "x", Columns: []report.Column{{Title: "a"}}}
	for _, tt := range tests {
		column := report.Column{Title: tt.name}
		if !tt.cell.Time.IsZero() {
			column.Type = report.Moment
		} else if tt.cell.Text == "" {
			column.Type = report.Decimal
		}
		sheet.Columns = append(sheet.Columns, column)
	}
	row := []report.Cell{report.T("x")}
	for _, tt := range tests {
		row = append(row, tt.cell)
	}
	sheet.Rows = rowsOf(row)
	file := reopened(t, report.Book{Sheets: []report.Sheet{sheet}, Zone: berlin})
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, err := excelize.CoordinatesToCellName(i+2, 2)
			if err != nil {
				t.Fatal(err)
			}
			got, err := file.GetCellValue("x", at, excelize.Options{RawCellValue: true})
			if err != nil || got != tt.raw {
				t.Errorf("%s holds %q, want %q (%v)", at, got, tt.raw, err)
			}
		})
	}
}

func TestALargeSheetWaitsInATemporaryFile(t *testing.T) {
	t.Parallel()

	const many = 300
	long := strings.Repeat("x", spoolMemory/many*2)
	rows := func(yield func([]report.Cell, error) bool) {
		for range many {
			if !yield([]report.Cell{report.T(long)}, nil) {
				return
			}
		}
	}
	file := reopened(t, report.Book{Sheets: []report.Sheet{
		{Name: "small", Columns: []report.Column{{Title: "a"}}, Rows: rowsOf([]report.Cell{report.T("1")})},
		{Name: "large", Columns: []report.Column{{Title: "a"}}, Rows: rows},
	}})
	got, err := file.GetRows("large")
	if err != nil || len(got) != many+1 || got[many][0] != long {
		t.Errorf("%d rows: %v", len(got), err)
	}
	small, err := file.GetRows("small")
	if diff := cmp.Diff([][]string{{"a"}, {"1"}}, small); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRowsWithoutASheetAreNotLost(t *testing.T) {
	t.Parallel()

	file := excelize.NewFile()
	defer file.Close()
	err := packed(&bytes.Buffer{}, file, map[string]*sheetRows{sheetPart(7): {}})
	if err == nil || !strings.Contains(err.Error(), "1 sheets have no place") {
		t.Errorf("%v", err)
	}
}
