package pipeline

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilesForMendingAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	for name, date := range map[string]string{
		"nord_2026-11-21_01KAQ7V3N5Z8X0M2R4T6W8Y0BD.rejects.xlsx":          "2026-11-21",
		"nord_2026-11-21_01KAQ7V3N5Z8X0M2R4T6W8Y0BD.rejects (2).xlsx":      "2026-11-21",
		"nord_2026-11-21_01KAQ7V3N5Z8X0M2R4T6W8Y0BD.fleet.rejects.csv":     "2026-11-21",
		"Kopie von nord_2026-11-21_01KAQ7V3N5Z8X0M2R4T6W8Y0BD.REJECTS.CSV": "2026-11-21",
		"nord.rejects - Kopie.xlsx":                                        "",
		"rejects.csv":                                                      "",
	} {
		if stamp, known := (correction{}).Match(name); !known || stamp.Date != date {
			t.Errorf("%q: %v, %+v", name, known, stamp)
		}
	}
	for _, name := range []string{"FLEET_20261121.csv", "machine-rejects.csv", "projects.xlsx", "x.rejects.json", "x.rejects.csv.part"} {
		if IsCorrection(name) {
			t.Errorf("%q is taken for a file for mending", name)
		}
	}
}

func TestOnlyWhatSomebodyChangedIsAnEdit(t *testing.T) {
	t.Parallel()
	header := []string{"Nr", "Preis", "Ort"}
	for name, c := range map[string]struct {
		was, now []string
		faulty   string
		want     []string // nil: not edited
	}{
		"nothing":                                 {[]string{"0047", "zwölf", "Kiel"}, []string{"0047", "zwölf", "Kiel"}, "Preis", nil},
		"a value":                                 {[]string{"0047", "zwölf", "Kiel"}, []string{"0047", "12", "Kiel"}, "Preis", []string{"0047", "12", "Kiel"}},
		"a formula that was guarded":              {[]string{"0047", "-5,00", "=1+1"}, []string{"0047", "'-5,00", "'=1+1"}, "Ort", nil},
		"a guarded value that was changed":        {[]string{"0047", "-5,00", "x"}, []string{"0047", "'-6,00", "x"}, "Preis", []string{"0047", "-6,00", "x"}},
		"an apostrophe that belongs to the value": {[]string{"'s", "1", "'=x"}, []string{"'s", "1", "'=x"}, "Ort", nil},
		"a key that a spreadsheet shortened":      {[]string{"0047", "1", "x"}, []string{"47", "1", "x"}, "Ort", nil},
		"a key that was wrong itself":             {[]string{"0047", "1", "x"}, []string{"47", "1", "x"}, "Nr", []string{"47", "1", "x"}},
		"a long number that was rounded":          {[]string{"12345678901234", "1", "x"}, []string{"1.23457E+13", "1", "x"}, "Ort", nil},
		"a shortened key beside a real edit":      {[]string{"0047", "x", "y"}, []string{"47", "2", "y"}, "Preis", []string{"0047", "2", "y"}},
		"characters that no file could hold":      {[]string{"00\uFFFD47", "a\x00b", "l1\r\nl2"}, []string{"00?47", "ab", "l1\nl2"}, "Ort", nil},
		"a short row that was filled":             {[]string{"0047", "1"}, []string{"0047", "1", "Kiel"}, "", []string{"0047", "1", "Kiel"}},
		"a cell too many that was emptied":        {[]string{"0047", "1", "Kiel", "x"}, []string{"0047", "1", "Kiel", ""}, "", []string{"0047", "1", "Kiel"}},
		"a value that was taken out":              {[]string{"0047", "zwölf", "Kiel"}, []string{"0047", "", "Kiel"}, "Preis", []string{"0047", "", "Kiel"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := slices.Concat([]string{WhatTitle, HintTitle}, header)
			for i := len(header); i < len(c.was); i++ {
				names = append(names, "cell 4")
			}
			row := &Row{Header: &Header{Names: names}, Cells: slices.Concat([]string{"is wrong", ""}, c.now)}
			rejected := &OpenReject{Reject: Reject{Header: header, Cells: c.was, Faults: []Fault{{Column: c.faulty}}}}
			got := edited(row, rejected)
			if got.changed != (c.want != nil) {
				t.Fatalf("edited: %v, %q", got.changed, got.cells)
			}
			if diff := cmp.Diff(c.want, got.cells); got.changed && diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACellKeepsItsTypeWhereItIsWrittenAlike(t *testing.T) {
	t.Parallel()
	rejected := &OpenReject{Reject: Reject{
		Header: []string{"Begin", "Rate", "Until"}, Cells: []string{"2026-11-01", "12.5", "2026-12-01"}, Types: []CellType{DateCell, NumberCell, DateCell},
	}}
	row := &Row{Header: &Header{Names: []string{"Begin", "Rate", "Until"}}, Cells: []string{"2026-11-02", "13,5", "01.12.2026"}}
	if diff := cmp.Diff([]CellType{DateCell, TextCell, TextCell}, edited(row, rejected).types); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

func TestARowIsKnownByItsNumber(t *testing.T) {
	t.Parallel()
	for _, id := range []RowID{{"01KAQ7V3N5Z8X0M2R4T6W8Y0BD", "", 7}, {"01KAQ7V3N5Z8X0M2R4T6W8Y0BD", "Tabelle 1/a", 7}} {
		if got, ok := ParseRowID(id.String()); !ok || got != id {
			t.Errorf("%+v is read as %+v", id, got)
		}
	}
	for _, text := range []string{"", "4711", "x/", "x/y", "/7", "x/0", "x/-1"} {
		if id, ok := ParseRowID(text); ok {
			t.Errorf("%q is read as %+v", text, id)
		}
	}
}

func TestTheDelimiterOfAFileForMendingIsFoundInItsHeader(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"Nr;rentalsync row;rentalsync source":            ";",
		"Nr\trentalsync row\trentalsync source\tX":       "\t",
		`"Nr","rentalsync row","rentalsync source"`:      ",",
		"Nr||rentalsync row||rentalsync source":          "||",
		"R\x00;\x00rentalsync row;rentalsync source\x00": ";",
	} {
		found := between.FindSubmatch(headLine([]byte(line + "\r\n" + strings.Repeat("x", 9))))
		if found == nil || string(found[1]) != want {
			t.Errorf("%q: %q", line, found)
		}
	}
}
