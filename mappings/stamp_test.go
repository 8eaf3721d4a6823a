package mappings

import (
	"strings"
	"testing"

	"rentalsync/pipeline"
)

func TestTheContentSaysWhenAFileWasMade(t *testing.T) {
	t.Parallel()

	const asset = "asset: {key: Nr}\n"
	column := "mapping: x\nfile: {match: x, dates: DD.MM.YYYY, businessDate: {column: Day}, sequence: {column: Run}}\nskip: {totals: Nr == \"SUM\"}\ncolumns: {Nr: Nr}\n" + asset
	cell := "mapping: x\nfile: {match: x, format: xlsx, businessDate: {cell: B2, date: DD.MM.YYYY}, sequence: {cell: B3}}\n" + asset
	tests := []struct {
		name, mapping string
		said          map[string]string
		row           []string // Nr, Day, Run; nil is none
		types         []pipeline.CellType
		want          pipeline.Stamp
		wrong         string
	}{
		{"a column in every row", column, nil, []string{"1", "21.11.2026", "7"}, nil, pipeline.Stamp{Date: "2026-11-21", Sequence: "000000000007", Number: 7}, ""},
		{"a blank cell says nothing", column, nil, []string{"1", "", ""}, nil, pipeline.Stamp{}, ""},
		{"a row of totals says nothing", column, nil, []string{"SUM", "SUM", "9"}, nil, pipeline.Stamp{}, ""},
		{"a file without rows says nothing", column, nil, nil, nil, pipeline.Stamp{}, ""},
		{"a date cell needs no form", column, nil, []string{"1", "2026-11-21", "7"}, []pipeline.CellType{0, pipeline.DateCell, pipeline.NumberCell}, pipeline.Stamp{Date: "2026-11-21", Sequence: "000000000007", Number: 7}, ""},
		{"no date in the column", column, nil, []string{"1", "31.11.2026", "7"}, nil, pipeline.Stamp{}, `column "Day" says "31.11.2026", which is no date (date "31.11.2026": November 2026 has 30 days); check where the mapping looks for it, and how the date is written`},
		{"no number in the column", column, nil, []string{"1", "21.11.2026", "R7"}, nil, pipeline.Stamp{}, `column "Run" says "R7", which is no number of a file; a sequence is made of digits, at most 18`},
		{"cells above the header", cell, map[string]string{"businessDate": "21.11.2026", "sequence": "12"}, nil, nil, pipeline.Stamp{Date: "2026-11-21", Sequence: "000000000012", Number: 12}, ""},
		{"a cell that is a date to the workbook", cell, map[string]string{"businessDate": "2026-11-21T23:30:05", "sequence": "12"}, []string{"1", "", ""}, nil, pipeline.Stamp{Date: "2026-11-21", Sequence: "233005000000000012", Number: 12}, ""},
		{"a blank cell above the header", cell, map[string]string{"businessDate": ""}, nil, nil, pipeline.Stamp{}, "cell B2 does not say the business date; the export is cut off at its top, or the mapping names the wrong place"},
		{"no date in the cell", cell, map[string]string{"businessDate": "Printed at"}, nil, nil, pipeline.Stamp{}, `cell B2 says "Printed at", which is no date`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := compile(t, tt.mapping)
			if !m.Stamped() {
				t.Fatal("the content says it, and the mapping does not know")
			}
			h := &pipeline.Header{Names: []string{"Nr", "Day", "Run"}, Line: 1, Said: tt.said}
			mapper, err := m.Bind(h)
			if err != nil {
				t.Fatal(err)
			}
			var row *pipeline.Row
			if tt.row != nil {
				row = &pipeline.Row{Header: h, Cells: tt.row, Types: tt.types}
			}
			got, err := mapper.Stamp(row)
			if got != tt.want || (err == nil) != (tt.wrong == "") || err != nil && !strings.HasPrefix(err.Error(), tt.wrong) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestAHeaderRecordSaysWhenAFileWasMade(t *testing.T) {
	t.Parallel()

	m := recordsMapping(t)
	h := &pipeline.Header{Names: []string{"number", "status", "depot", "rate", "meter"}, Part: 1, Said: map[string]string{"businessDate": "20261121", "sequence": "000042"}}
	mapper, err := m.Bind(h)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mapper.Stamp(nil)
	if want := (pipeline.Stamp{Date: "2026-11-21", Sequence: "000000000042", Number: 42}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}

	h.Said = nil
	if _, err := mapper.Stamp(nil); err == nil || !strings.HasPrefix(err.Error(), "the record HDR does not say the business date") {
		t.Errorf("got %v", err)
	}
}

func TestOnlyFilesWhoseContentSaysItAreStamped(t *testing.T) {
	t.Parallel()

	if m := compile(t, "mapping: x\nfile: {match: \"x_{date:YYYYMMDD}_{seq}\"}\nasset: {key: Nr}\n"); m.Stamped() {
		t.Error("the name alone says it")
	}
}
