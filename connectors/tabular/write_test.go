package tabular

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// rowsOf is a sheet's rows from a list.
func rowsOf(rows ...[]report.Cell) iter.Seq2[[]report.Cell, error] {
	return report.Of(rows, func(row []report.Cell) []report.Cell { return row })
}

var noon = time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC)

// fleet is a sheet with a column of every type.
func fleet() report.Sheet {
	return report.Sheet{
		Name: "Fleet",
		Columns: []report.Column{
			{Title: "Asset"}, {Title: "Rows", Type: report.Integer}, {Title: "Rate", Type: report.Decimal},
			{Title: "Latitude", Type: report.Decimal, Decimals: 5}, {Title: "At (Europe/Berlin)", Type: report.Moment},
		},
		Rows: rowsOf(
			[]report.Cell{report.T("004711"), report.N(12), report.N(-12.5), report.N(53.55), report.At(noon)},
			[]report.Cell{report.T("=1+1"), {}, {}, {}, {}},
			[]report.Cell{report.T("Müller; \"Söhne\""), report.N(0), report.N(1234.5), {}, report.T("total")},
		),
	}
}

func TestACSVFileSaysWhatItsColumnsSay(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name    string
		dialect WriteDialect
		want    string
	}{
		{
			name: "UTF-8 with its mark, commas and points unless told otherwise",
			want: "\ufeffAsset,Rows,Rate,Latitude,At (Europe/Berlin)\r\n" +
				"004711,12,-12.50,53.55000,2026-11-21T12:30:00Z\r\n" +
				"'=1+1,,,,\r\n" +
				"\"Müller; \"\"Söhne\"\"\",0,1234.50,,total\r\n",
		},
		{
			name:    "the ERP's own dialect",
			dialect: WriteDialect{Encoding: "windows-1252", Delimiter: ";", Decimal: ","},
			want: "Asset;Rows;Rate;Latitude;At (Europe/Berlin)\r\n" +
				"004711;12;-12,50;53,55000;2026-11-21T12:30:00Z\r\n" +
				"'=1+1;;;;\r\n" +
				"\"M\xfcller; \"\"S\xf6hne\"\"\";0;1234,50;;total\r\n",
		},
		{
			name:    "a decimal sign that is the delimiter is quoted",
			dialect: WriteDialect{Decimal: ",", NoBOM: true},
			want: "Asset,Rows,Rate,Latitude,At (Europe/Berlin)\r\n" +
				"004711,12,\"-12,50\",\"53,55000\",2026-11-21T12:30:00Z\r\n" +
				"'=1+1,,,,\r\n" +
				"\"Müller; \"\"Söhne\"\"\",0,\"1234,50\",,total\r\n",
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			var out bytes.Buffer
			if err := WriteCSV(&out, fleet(), tt.dialect); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUTF16IsWrittenWithItsMark(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	s := report.Sheet{Columns: []report.Column{{Title: "ü"}}}
	if err := WriteCSV(&out, s, WriteDialect{Encoding: "utf-16le"}); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "\xff\xfe\xfc\x00\r\x00\n\x00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestACharacterThatTheEncodingLacksIsAnErrorWithItsPlace(t *testing.T) {
	t.Parallel()

	s := report.Sheet{
		Name:    "Customers",
		Columns: []report.Column{{Title: "Nr"}, {Title: "Kunde"}},
		Rows:    rowsOf([]report.Cell{report.T("1"), report.T("Müller")}, []report.Cell{report.T("2"), report.T("Łódź")}),
	}
	err := WriteCSV(&bytes.Buffer{}, s, WriteDialect{Encoding: "windows-1252"})

	want := `write sheet "Customers": row 3, column "Kunde": "Ł" cannot be written in windows-1252; use utf-8, or correct the text`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestAFailingRowEndsTheWriting(t *testing.T) {
	t.Parallel()

	broken := errors.New("the journal is gone")
	s := report.Sheet{Name: "x", Columns: []report.Column{{Title: "a"}}, Rows: func(yield func([]report.Cell, error) bool) {
		if yield([]report.Cell{report.T("1")}, nil) {
			yield(nil, broken)
		}
	}}

	if err := WriteCSV(&bytes.Buffer{}, s, WriteDialect{}); !errors.Is(err, broken) {
		t.Errorf("csv: %v", err)
	}
	if err := WriteXLSX(&bytes.Buffer{}, report.Book{Sheets: []report.Sheet{s}}); !errors.Is(err, broken) {
		t.Errorf("xlsx: %v", err)
	}
}

func TestGuardedTextIsNoFormula(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		"":              "",
		"004711":        "004711",
		"=1+1":          "'=1+1",
		"+49 40 123":    "'+49 40 123",
		"-12.5":         "'-12.5",
		"@SUM(A1)":      "'@SUM(A1)",
		"\t=1+1":        "'\t=1+1",
		"\r=1+1":        "'\r=1+1",
		"\n=1+1":        "'\n=1+1",
		"＝1+1":          "'＝1+1",
		"a=b":           "a=b",
		"'quoted":       "'quoted",
		"Müller & Sohn": "Müller & Sohn",
	} {
		if got := guard(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		table := tableOf(t)
		d := WriteDialect{
			Encoding:  rapid.SampledFrom([]string{"", "utf-8", "utf-16le", "windows-1252"}).Draw(t, "encoding"),
			Delimiter: rapid.SampledFrom([]string{"", ";", "tab", ";;", "pipe"}).Draw(t, "delimiter"),
			NoBOM:     rapid.Bool().Draw(t, "no mark"),
		}

		sheet := report.Sheet{Rows: report.Of(table, func(row []string) []report.Cell {
			cells := make([]report.Cell, len(row))
			for i, text := range row {
				cells[i] = report.T(text)
			}
			return cells
		})}
		for i := range table[0] {
			sheet.Columns = append(sheet.Columns, report.Column{Title: strings.Repeat("N", i+1)})
		}

		var out bytes.Buffer
		if err := WriteCSV(&out, sheet, d); err != nil {
			t.Fatal(err)
		}
		got := cellsOf(t, &out, pipeline.Dialect{Delimiter: d.Delimiter, Encoding: d.Encoding})

		for _, row := range table {
			for i := range row {
				row[i] = guard(row[i])
			}
		}
		if diff := cmp.Diff(table, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}

func TestAColumnOfEmptyCellsKeepsItsRows(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	s := report.Sheet{Columns: []report.Column{{Title: "a"}}, Rows: rowsOf([]report.Cell{report.T("")}, []report.Cell{report.T(" ")})}
	if err := WriteCSV(&out, s, WriteDialect{}); err != nil {
		t.Fatal(err)
	}
	got := readAll(t, out.String(), pipeline.Dialect{})
	if diff := cmp.Diff([]string{"2: ", "3:  "}, got.rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASnapshotLeavesEmptyWhatIsAbsent(t *testing.T) {
	t.Parallel()

	height := 12.5
	machines := func(yield func(pipeline.Machine, error) bool) {
		_ = yield(pipeline.Machine{
			AssetKey: "004711", SerialNumber: "WJX00213", PIN: "=PIN", OEMName: "Genie", Model: "GS-1932", ExternalReference: "HH-004711",
			Location:       &pipeline.Location{Latitude: 53.55, Longitude: -9.99, Altitude: &height, At: noon},
			OperatingHours: &pipeline.Reading{Value: 0, Unit: "hour", At: noon},
			FuelUsed:       &pipeline.Reading{Value: 12.25, Unit: "litre", At: noon},
			EngineRunning:  &pipeline.Switch{On: false, At: noon.In(time.FixedZone("CET", 3600))},
		}, nil) &&
			yield(pipeline.Machine{}, &pipeline.MachineError{SerialNumber: "X", Why: "unclear"}) &&
			yield(pipeline.Machine{SerialNumber: "EMPTY"}, nil)
	}

	var out bytes.Buffer
	if err := WriteSnapshotCSV(&out, machines); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffAssetKey,SerialNumber,PIN,OEMName,Model,EquipmentID,TelematicSerialNumber,AssetID,ExternalReference," +
		"Latitude,Longitude,Altitude,LocationTime,OperatingHours,OperatingHoursTime,IdleHours,IdleHoursTime," +
		"FuelUsed,FuelUsedUnit,FuelUsedTime,FuelRemainingPercent,FuelRemainingTime,DEFRemainingPercent,DEFRemainingTime," +
		"Distance,DistanceUnit,DistanceTime,EngineRunning,EngineRunningTime\r\n" +
		"004711,WJX00213,'=PIN,Genie,GS-1932,,,,HH-004711,53.55,-9.99,12.5,2026-11-21T12:30:00Z,0,2026-11-21T12:30:00Z,,," +
		"12.25,litre,2026-11-21T12:30:00Z,,,,,,,,false,2026-11-21T12:30:00Z\r\n" +
		",EMPTY" + strings.Repeat(",", 27) + "\r\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASnapshotOfManyMachinesHasThemAll(t *testing.T) {
	t.Parallel()

	for _, machines := range []int{0, 1, machinesAtOnce, 3*machinesAtOnce + 1} {
		var out bytes.Buffer
		err := WriteSnapshotCSV(&out, func(yield func(pipeline.Machine, error) bool) {
			for range machines {
				if !yield(pipeline.Machine{SerialNumber: "S"}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(out.String(), "\r\n"); got != machines+1 {
			t.Errorf("%d lines for %d machines", got, machines)
		}
	}
}
