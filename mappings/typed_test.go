package mappings

import (
	"strings"
	"testing"

	"rentalsync/pipeline"

	"github.com/google/go-cmp/cmp"
)

const workbook = `mapping: x
file: {match: "x.xlsx", format: xlsx, hidden: skip, decimal: ",", thousands: ".", dates: DD.MM.YYYY, timezone: UTC, none: ["", "31.12.9999"]}
`

// typed is a cell with what a workbook says it is: n, d, b, or else text.
func typed(cells ...string) (texts []string, types []pipeline.CellType) {
	kinds := map[string]pipeline.CellType{"n:": pipeline.NumberCell, "d:": pipeline.DateCell, "b:": pipeline.BoolCell, "t:": pipeline.TextCell}
	for _, cell := range cells {
		texts, types = append(texts, cell[2:]), append(types, kinds[cell[:2]])
	}
	return texts, types
}

func mapTyped(t *testing.T, m *Mapping, h *pipeline.Header, hidden bool, cells ...string) pipeline.Mapped {
	t.Helper()
	mapper, err := m.Bind(h)
	if err != nil {
		t.Fatal(err)
	}
	texts, types := typed(cells...)
	var out pipeline.Mapped
	mapper.Map(&pipeline.Row{Header: h, Cells: texts, Types: types, Hidden: hidden}, &out)
	return out
}

func TestCellsOfAWorkbookKnowWhatTheyAre(t *testing.T) {
	t.Parallel()

	const item = `
columns: {number: Nr, begin: B, due: D, rate: R}
item: {key: number, asset: number, contract: number, onRentDate: begin, dueDate: due, rate: {type: DAILY, currency: EUR, unitPrice: rate}}
`
	tests := []struct {
		name, mapping string
		cells         []string
		want          string
	}{
		{"numbers and dates need no declared form", item, []string{"n:4711", "d:2026-11-21", "d:2026-11-28T07:30:00", "n:1250.5"}, `
item 4711:
  asset = 4711 (Nr)
  contract = 4711 (Nr)
  dueDate = 2026-11-28T07:30:00Z (D)
  onRentDate = 2026-11-21T00:00:00Z (B)
  rate.currency = EUR (constant)
  rate.type = DAILY (constant)
  rate.unitPrice = 1250.5 (R)
`},
		{"text follows the declared form", item, []string{"t:0815", "t:21.11.2026", "t:28.11.2026", "t:1.250,50"}, `
item 0815:
  asset = 0815 (Nr)
  contract = 0815 (Nr)
  dueDate = 2026-11-28T23:59:59Z (D)
  onRentDate = 2026-11-21T00:00:00Z (B)
  rate.currency = EUR (constant)
  rate.type = DAILY (constant)
  rate.unitPrice = 1250.5 (R)
`},
		{"a number is a day as the workbook counts, a date can mean nothing", item, []string{"n:4711", "n:46347.3125", "d:9999-12-31", "n:1e-7"}, `
item 4711:
  asset = 4711 (Nr)
  contract = 4711 (Nr)
  dueDate = nothing (D)
  onRentDate = 2026-11-21T07:30:00Z (B)
  rate.currency = EUR (constant)
  rate.type = DAILY (constant)
  rate.unitPrice = 0.0000001 (R)
`},
		{"the number of a day that means nothing is nothing", item, []string{"n:4711", "n:1", "n:2958465", "n:5"}, `
item 4711:
  asset = 4711 (Nr)
  contract = 4711 (Nr)
  dueDate = nothing (D)
  onRentDate = 1900-01-01T00:00:00Z (B)
  rate.currency = EUR (constant)
  rate.type = DAILY (constant)
  rate.unitPrice = 5 (R)
`},
		{"what is of another kind says so", item, []string{"n:4711", "d:07:30:00", "n:0", "d:2026-11-21"}, `
fault R "2026-11-21": this is a date in the workbook, and no number; format the column as a number there, or check which column is meant
fault D "0": the number is no day of a workbook, which has 1 to 2958465; format the column as a date in the workbook, or say under dates how its digits are written
fault B "07:30:00": is a time without a date; join it with its date in the ERP's export
present item 4711
`},
		{"a number with a point that is text is wrong under a comma", item, []string{"t:1", "d:2026-11-21", "d:2026-11-21", "t:1250.55"}, `
fault R "1250.55": has a group of 4 digits beside its thousands mark ".", it takes groups of 3; is "." the decimal here?
present item 1
`},
		{"digits of a date are read by their form, with the zeros that numbers lose", `
columns: {number: Nr, begin: B, due: D, rate: R}
item: {key: number, asset: number, contract: number, onRentDate: {from: begin, date: YYMMDD}, dueDate: {from: due, date: YYYYMMDD}}
`, []string{"n:1", "n:60105", "n:20261121", "n:1"}, `
item 1:
  asset = 1 (Nr)
  contract = 1 (Nr)
  dueDate = 2026-11-21T23:59:59Z (D)
  onRentDate = 2006-01-05T00:00:00Z (B)
`},
		{"a date that means nothing can have lost its zeros", `
columns: {number: Nr, begin: {header: B, none: ["000000"]}, due: D, rate: R}
item: {key: number, asset: number, contract: number, onRentDate: {from: begin, date: YYMMDD}}
`, []string{"n:1", "n:0", "n:1", "n:1"}, `
item 1:
  asset = 1 (Nr)
  contract = 1 (Nr)
  onRentDate = nothing (B)
`},
		{"steps that change a number make text of it", `
columns: {number: Nr, begin: B, due: D, rate: {header: R, do: [{replace: {".": ","}}]}}
asset: {key: number, meterHours: rate}
`, []string{"n:1", "n:1", "n:1", "n:12.5"}, `
asset 1:
  meterHours = 12.5 (R)
`},
		{"steps that change nothing leave a number what it is", `
columns: {number: {header: Nr, do: [trim, {pad: 6}]}, begin: B, due: D, rate: {header: R, do: trim}}
asset: {key: number, meterHours: rate}
`, []string{"n:4711", "n:1", "n:1", "n:12.5"}, `
asset 004711:
  meterHours = 12.5 (R)
`},
		{"a formula sees numbers and dates in the declared form", `
columns: {number: Nr, begin: B, due: D, rate: R}
skip: {early: 'due != "" and date(begin) > date(due) and number(rate) > 1000'}
asset: {key: =number + "/" + begin, name: '=due == "" ? "open" : rate', meterHours: '=number(rate) * 2'}
`, []string{"n:4711", "d:2026-11-21", "d:9999-12-31", "n:12.5"}, `
asset 4711/21.11.2026:
  meterHours = 25 (=number(rate) * 2)
  name = open (=due == "" ? "open" : rate)
`},
		{"codes and texts see what stands in the cell", `
columns: {number: Nr, begin: B, due: D, rate: R}
codes: {status: {"1": ON_RENT, "TRUE": AVAILABLE}}
asset: {key: number, rentalStatus: {from: begin, codes: status}, name: due, model: rate}
`, []string{"n:4711", "b:TRUE", "d:2026-11-21", "n:12.5"}, `
asset 4711:
  model = 12.5 (R)
  name = 2026-11-21 (D)
  rentalStatus = AVAILABLE (B)
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := compile(t, workbook+strings.TrimPrefix(tt.mapping, "\n"))
			h := &pipeline.Header{Names: []string{"Nr", "B", "D", "R"}, Line: 1, Sheet: "Assets"}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), said(mapTyped(t, m, h, false, tt.cells...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestANumberCountsDaysFrom1904WhereTheWorkbookDoes(t *testing.T) {
	t.Parallel()

	m := compile(t, workbook+"item: {key: Nr, asset: Nr, contract: Nr, onRentDate: B}\n")
	h := &pipeline.Header{Names: []string{"Nr", "B"}, Line: 1, Since1904: true}
	out := mapTyped(t, m, h, false, "n:1", "n:44885")
	if got := said(out); !strings.Contains(got, "onRentDate = 2026-11-21T00:00:00Z") {
		t.Error(got)
	}
}

func TestHiddenRowsAreLeftOutWhereTheMappingSaysSo(t *testing.T) {
	t.Parallel()

	h := &pipeline.Header{Names: []string{"Nr"}, Line: 1}
	skipping := compile(t, workbook+"asset: {key: Nr}\n")
	if got := said(mapTyped(t, skipping, h, true, "n:1")); got != "skip hidden row\npresent asset 1\n" {
		t.Error(got)
	}
	reading := compile(t, strings.Replace(workbook, "hidden: skip", "hidden: read", 1)+"asset: {key: Nr}\n")
	if got := said(mapTyped(t, reading, h, true, "n:1")); got != "asset 1:\n" {
		t.Error(got)
	}
}

func TestNumbersThatExcelChangedAreNoNames(t *testing.T) {
	t.Parallel()

	m := compile(t, workbook+`
columns: {number: Nr, serial: S}
asset: {key: number, identify: [{SERIAL_NUMBER: serial}], name: serial}
contract: {key: =number + "/" + serial}
`)
	h := &pipeline.Header{Names: []string{"Nr", "S"}, Line: 1}
	const cure = `Excel has changed this number, and digits of it are lost; format the column as text in the workbook before the number is written, and export it again`
	tests := []struct {
		name  string
		cells []string
		want  string
	}{
		{"as text", []string{"t:4,711E+03", "t:S1"}, `fault Nr "4,711E+03": ` + cure + "\nkeyless contract\nkeyless asset\n"},
		{"as a number", []string{"t:4711", "n:1.2E+16"}, `fault S "1.2E+16": ` + cure + "\npresent asset 4711\nkeyless contract\n"},
		{"as a number of too many digits", []string{"t:4711", "n:1234567890123450000"}, `fault S "1234567890123450000": ` + cure + "\npresent asset 4711\nkeyless contract\n"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, said(mapTyped(t, m, h, false, tt.cells...))); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	if got := said(mapTyped(t, m, h, false, "t:12E5", "n:123456789012345")); strings.Contains(got, "fault") {
		t.Error(got)
	}
}
