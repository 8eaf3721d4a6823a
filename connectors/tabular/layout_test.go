package tabular_test

import (
	"bytes"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"rentalsync/connectors/tabular"
	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
	"rentalsync/transforms"
)

var updateLayouts = flag.Bool("update-layouts", false, "write the golden files of layouts anew")

var (
	berlin  = mustZone("Europe/Berlin")
	layTime = time.Date(2026, 11, 21, 3, 30, 15, 0, time.UTC)
)

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// layFleet is a fleet with what machines of all sorts do not report.
func layFleet() []pipeline.FleetLine {
	read := func(value float64, unit string) *pipeline.Reading {
		return &pipeline.Reading{Value: value, Unit: unit, At: layTime.Add(-time.Hour)}
	}
	record := rental.Merge(nil, &rental.Entity{Ref: rental.Ref{Kind: rental.Asset, Key: "004711"}, Fields: []rental.FieldValue{
		{Field: rental.Name, Value: rental.Of("Bühne 12 m")}, {Field: rental.RentalStatus, Value: rental.Of("ON_RENT")}, {Field: rental.OwningDepot, Value: rental.Of("HH")},
	}}, "d")
	snap := &pipeline.Snapshot{ID: "S1", TakenAt: layTime}
	return []pipeline.FleetLine{
		{Snapshot: snap, Asset: &record, Machine: pipeline.Machine{
			AssetKey: "004711", SerialNumber: "=1+1", OEMName: "Genie", Model: "Z-45/25 J RT with a very long name", EquipmentID: "Bühne",
			OperatingHours: read(1234.25, ""), Distance: read(12.5, "kilometre"), FuelRemaining: read(63.4, "percent"),
			Location:      &pipeline.Location{Latitude: 53.550556, Longitude: -9.993334, At: layTime.Add(-2 * time.Hour)},
			EngineRunning: &pipeline.Switch{On: true, At: layTime},
		}},
		{Snapshot: snap, Machine: pipeline.Machine{AssetKey: "004712", SerialNumber: "ab;c \"7\"", OperatingHours: read(-0.05, ""), EngineRunning: &pipeline.Switch{}}},
		{Snapshot: snap, Machine: pipeline.Machine{AssetKey: "004713", SerialNumber: "never ran"}},
		{Snapshot: snap, Machine: pipeline.Machine{SerialNumber: "of another ERP", OperatingHours: read(99999.95, "")}},
	}
}

func lines[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func layFacts(name string) pipeline.LayoutFacts {
	return pipeline.LayoutFacts{Zone: berlin, Spoken: pipeline.Spoken{
		Flow: "hamburg", Layout: name, Subject: "S1", Number: 7, Name: name + ".out", Date: pipeline.CivilOf(layTime.In(berlin)),
	}}
}

// laidOut writes a snapshot by a layout.
func laidOut(t *testing.T, l *pipeline.Layout, fleet []pipeline.FleetLine) ([]byte, pipeline.LaidOut) {
	t.Helper()
	var out bytes.Buffer
	made, err := tabular.WriteLayout(&out, l, layFacts(l.Name), report.FleetLines(l, lines(fleet)))
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), made
}

func layoutOf(t *testing.T, text string) *pipeline.Layout {
	t.Helper()
	l, faults := mappings.ParseLayout("layout.yaml", []byte(text))
	if l == nil {
		t.Fatal(faults)
	}
	return &l.Layout
}

func TestStartingLayoutsWriteWhatTheyPromise(t *testing.T) {
	t.Parallel()

	all, _ := mappings.StartingLayouts()
	for _, l := range all {
		if l.Of != pipeline.LayoutSnapshot {
			continue // see the sample that writes them
		}
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			got, _ := laidOut(t, &l.Layout, layFleet())
			golden(t, "testdata/layout/"+l.Name+".want", readable(t, &l.Layout, got))
		})
	}
}

// readable shows a file as people can compare it: records in lines, a workbook as
// the texts that it shows.
func readable(t *testing.T, l *pipeline.Layout, written []byte) string {
	t.Helper()
	text := written
	if e, known := transforms.Encoding(l.File.Encoding); known && l.File.Format != "xlsx" {
		var err error
		if text, err = e.NewDecoder().Bytes(written); err != nil {
			t.Fatal(err)
		}
	}
	switch l.File.Format {
	case "fixed":
		var lines strings.Builder
		for record := range strings.SplitSeq(string(text), "\r\n") {
			for ; len(record) > 0; record = record[min(len(record), l.RecordLength()):] {
				lines.WriteString(record[:min(len(record), l.RecordLength())] + "|\n")
			}
		}
		return lines.String()
	case "xlsx":
		return shownBook(t, written)
	default:
		return string(text)
	}
}

func shownBook(t *testing.T, written []byte) string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var shown strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		shown.WriteString("[" + sheet + "]\n")
		for _, row := range rows {
			shown.WriteString(strings.Join(row, " | ") + "\n")
		}
	}
	return shown.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *updateLayouts {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatDoesNotFitIsLeftOutAndTold(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, file, columns string
		want                string
		why                 []string
	}{
		{
			"a text longer than its place", "{name: A, format: fixed, lines: lf}", `[{from: asset.key, at: 1-6}, {from: serialNumber, at: 7-14}]`,
			"004711=1+1    \n004712ab;c \"7\"\n",
			[]string{
				`machine 004713: serialNumber: "never ran" has 9 characters, and its place 8; widen at:, or write cut: true for text`,
				`machine of another ERP: serialNumber: "of another ERP" has 14 characters, and its place 8; widen at:, or write cut: true for text`,
			},
		},
		{
			"a number longer than its place", "{name: A, format: fixed, lines: lf}", `[{from: operatingHours, at: 1-6, implied: 2, required: true}]`,
			"123425\n-00005\n",
			[]string{`machine of another ERP: operatingHours: 99999.95 does not fit into 6 characters; widen its place`},
		},
		{
			"zeros stand behind the minus", "{name: A, format: fixed, lines: lf}", `[{from: operatingHours, at: 1-9, number: "0.0", pad: "0", required: true}]`,
			"0001234.3\n-000000.1\n0100000.0\n", nil,
		},
		{
			"a character that the encoding does not have", "{name: A, encoding: cp437, header: none, lines: lf}", `[{from: asset.key}, {from: asset.name, default: "?"}]`,
			"004711,B\x81hne 12 m\n004712,?\n004713,?\n,?\n", nil,
		},
		{
			"what would be misread without quotes", `{name: A, quote: none, header: none, delimiter: ";", lines: lf}`, `[{from: serialNumber}, {value: "-"}]`,
			"'=1+1;-\nnever ran;-\nof another ERP;-\n",
			[]string{`machine 004712: serialNumber: "ab;c \"7\"" would be misread without quotes; correct it, or write quote: needed`},
		},
		{
			"all in quotes", `{name: A, quote: all, lines: lf}`, `[{header: No, from: asset.key, required: true}, {header: h, from: operatingHours}]`,
			"\"No\",\"h\"\n\"004711\",\"1234.25\"\n\"004712\",\"-0.05\"\n\"004713\",\"\"\n", nil,
		},
		{
			"a minus behind, as some hosts write it", `{name: A, header: none, lines: lf, decimal: ","}`, `[{from: operatingHours, number: "0,00", sign: trailing, required: true}]`,
			"\"1234,25\"\n\"0,05-\"\n\"99999,95\"\n", nil,
		},
		{
			"a date that its form cannot say", `{name: A, header: none, lines: lf}`, `[{from: operatingHours.time, date: CYYDDD, required: true}]`,
			"126325\n126325\n126325\n", nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := layoutOf(t, "layout: l\nof: snapshot\nfile: "+tt.file+"\ncolumns: "+tt.columns+"\n")
			got, made := laidOut(t, l, layFleet())
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.why, made.Why); diff != "" {
				t.Error(diff)
			}
			if made.Faulty != len(tt.why) {
				t.Errorf("%d lines are faulty, want %d", made.Faulty, len(tt.why))
			}
		})
	}
}

func TestForeignCharactersAreLeftOutOrReplaced(t *testing.T) {
	t.Parallel()

	fleet := layFleet()[:2]
	fleet[0].Model = "Łódź 3"
	const text = "layout: l\nof: snapshot\nfile: {name: A, encoding: windows-1252, header: none, lines: lf%s}\ncolumns: [{from: asset.key}, {from: model}]\n"

	got, made := laidOut(t, layoutOf(t, strings.Replace(text, "%s", "", 1)), fleet)
	if want := "004712,\n"; string(got) != want || made.Faulty != 1 {
		t.Errorf("wrote %q, left out %d", got, made.Faulty)
	}
	if want := `machine 004711: model: "Łódź 3" has "Ł", which cannot be written in windows-1252; correct it, or write unencodable: replace`; made.Why[0] != want {
		t.Errorf("told %q, want %q", made.Why[0], want)
	}
	got, made = laidOut(t, layoutOf(t, strings.Replace(text, "%s", ", unencodable: replace", 1)), fleet)
	if want := "004711,?\xf3d? 3\n004712,\n"; string(got) != want || made.Faulty != 0 {
		t.Errorf("wrote %q, left out %d", got, made.Faulty)
	}
}

func TestNarrowEncodingsStayNarrow(t *testing.T) {
	t.Parallel()

	const text = "layout: l\nof: snapshot\nfile: {name: A, encoding: %s, header: none, lines: lf, unencodable: replace}\ncolumns: [{from: model}]\n"
	for encoding, want := range map[string]string{
		"us-ascii": "Gr??e 5 ?\n", "iso-8859-1": "Gr\xf6\xdfe 5 ?\n", "windows-1252": "Gr\xf6\xdfe 5 \x80\n",
	} {
		fleet := layFleet()[:1]
		fleet[0].Model = "Größe 5 €"
		if got, _ := laidOut(t, layoutOf(t, strings.Replace(text, "%s", encoding, 1)), fleet); string(got) != want {
			t.Errorf("%s: wrote %q, want %q", encoding, got, want)
		}
	}
}

func TestTrailersTellOfWhatWasWritten(t *testing.T) {
	t.Parallel()

	l := layoutOf(t, `layout: l
of: snapshot
file: {name: A, header: none, lines: lf}
begin: "{flow} {seq:000} {date:DD.MM.YYYY}"
columns:
  - {header: Key, from: asset.key, required: true}
  - {header: Hours, from: operatingHours, number: "0.0"}
end: "{count} {count+2:0000} {sum:Hours} {sum:Hours:#.##0,00} {sum:Hours:0}"
`)
	got, made := laidOut(t, l, layFleet())
	want := "hamburg 007 21.11.2026\n004711,1234.3\n004712,-0.1\n004713,\n3 0005 1234.2 1.234,20 1234\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if made.Lines != 3 || made.Lacking != 1 {
		t.Errorf("%+v", made)
	}
}

func TestATrailerDoesNotMoveOtherRecords(t *testing.T) {
	t.Parallel()

	l := layoutOf(t, `layout: l
of: snapshot
file: {name: A, format: fixed, lines: none, length: 8}
columns: [{from: asset.key, at: 1-6, required: true}]
end: "END {flow}"
`)
	var out bytes.Buffer
	_, err := tabular.WriteLayout(&out, l, layFacts(l.Name), report.FleetLines(l, lines(layFleet())))
	if want := `write layout l: "END hamburg" has 11 characters, and a record 8; shorten it, or make length longer`; err == nil || err.Error() != want {
		t.Errorf("told %v, want %s", err, want)
	}
}

func TestARecordFileIsReadAgainByItsOwnMapping(t *testing.T) {
	t.Parallel()

	l := layoutOf(t, `layout: l
of: snapshot
file: {name: A, format: fixed, encoding: cp037, lines: none, length: 30}
columns:
  - {value: MTR, at: 1-3}
  - {header: number, from: asset.key, at: 4-13, required: true}
  - {header: meter, from: operatingHours, implied: 1, sign: overpunch, at: 14-22}
`)
	got, _ := laidOut(t, l, layFleet())
	m, faults := mappings.Parse("m.yaml", []byte(`mapping: m
file: {match: A, format: fixed, encoding: cp037, length: {of: 30, strict: true}}
columns: {number: 4-13, meter: {at: 14-22, implied: 1, sign: overpunch}}
asset: {key: number, meterHours: meter, identify: [{EXTERNAL_REFERENCE: number}]}
`), mappings.Options{})
	if m == nil {
		t.Fatal(faults)
	}

	want := map[string]string{"004711": "1234.3", "004712": "-0.1", "004713": ""}
	for row, err := range tabular.New().Rows(t.Context(), bytes.NewReader(got), "A", m.Dialect()) {
		if err != nil {
			t.Fatal(err)
		}
		bound, err := m.Bind(row.Header)
		if err != nil {
			t.Fatal(err)
		}
		var mapped pipeline.Mapped
		bound.Map(row, &mapped)
		e := mapped.Entities[0]
		hours, _ := e.Get(rental.MeterHours)
		if hours.Text != want[e.Key] {
			t.Errorf("%s ran %q hours, want %q", e.Key, hours.Text, want[e.Key])
		}
		delete(want, e.Key)
	}
	if len(want) > 0 {
		t.Errorf("not read again: %v", want)
	}
}
