package mappings

import (
	"strings"
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"github.com/google/go-cmp/cmp"
)

const records = `mapping: x
file: {match: "EQMAST.*", format: fixed, length: strict, encoding: ibm037, contains: full, decimal: ",", dates: YYYYMMDD, timezone: {by: depot, "012": America/Chicago, default: UTC}, none: ["", "00000000"]}
parts:
  - record: {at: 1-3, is: HDR}
    header: {businessDate: {at: 21-28}, sequence: {at: 36-41}}
  - record: {at: 1-3, is: EQP}
    columns: {number: 5-12, status: 14, depot: 16-18, rate: {at: 20-29, implied: 2, sign: overpunch}, meter: {at: 30-35, sign: trailing}}
    codes: []
    skip: {junk: 'rate != "" and number(rate) < 0'}
    asset: {key: number, rentalStatus: {from: status, codes: {O: ON_RENT}}, owningDepot: depot, meterHours: meter}
  - record: {at: 1-3, is: [CTL, CTX]}
    columns: {number: 5-12, contract: 13-20, line: 21-23, depot: 24-26, begin: 27-34, off: 35-42}
    skip: {junk: contract == "JUNK"}
    scope: depot
    item: {key: =contract + "/" + line, contract: contract, asset: number, onRentDate: begin, offRentDate: {from: off, time: "17:00"}}
    contract: {key: contract}
  - record: {at: 1-3, is: TRL}
    totals: {count: {at: 13-22, plus: 1}, sum: {of: number, at: 24-34}}
`

func recordsMapping(t *testing.T) *Mapping {
	t.Helper()
	return compile(t, strings.Replace(records, "    codes: []\n", "", 1))
}

func TestRecordTypesAreTablesOfTheirOwn(t *testing.T) {
	t.Parallel()

	m := recordsMapping(t)
	slice := func(name string, from, to int) pipeline.Slice { return pipeline.Slice{Name: name, From: from, To: to} }
	word := func(is ...string) pipeline.RecordType { return pipeline.RecordType{At: slice("", 1, 3), Is: is} }
	want := pipeline.Dialect{
		Format: "fixed", Encoding: "ibm037", Length: 42, Strict: true,
		Parts: []pipeline.Table{
			{Record: word("HDR"), Use: pipeline.TableHeader, NoHeader: true},
			{
				Record: word("EQP"), NoHeader: true,
				Columns: []pipeline.Slice{slice("number", 5, 12), slice("status", 14, 14), slice("depot", 16, 18), slice("rate", 20, 29), slice("meter", 30, 35)},
			},
			{
				Record: word("CTL", "CTX"), NoHeader: true,
				Columns: []pipeline.Slice{
					slice("number", 5, 12), slice("contract", 13, 20), slice("line", 21, 23), slice("depot", 24, 26), slice("begin", 27, 34), slice("off", 35, 42),
				},
			},
			{
				Record: word("TRL"), Use: pipeline.TableTrailer, NoHeader: true,
				Totals: pipeline.Totals{Count: &pipeline.Total{At: slice("", 13, 22), Plus: 1}, Sum: &pipeline.Total{At: slice("", 24, 34), Of: "number"}},
			},
		},
		Asks: []pipeline.Ask{{Name: "businessDate", Part: 0, At: slice("", 21, 28)}, {Name: "sequence", Part: 0, At: slice("", 36, 41)}},
	}
	if diff := cmp.Diff(want, m.Dialect()); diff != "" {
		t.Error(diff)
	}

	if diff := cmp.Diff([]rental.Kind{rental.Contract, rental.Item, rental.Asset}, m.Kinds()); diff != "" {
		t.Error(diff)
	}
	if !m.Scoped(rental.Item) || m.Scoped(rental.Asset) {
		t.Error("the scope of a part is that of its kinds")
	}
	if m.Claim(rental.Asset) != pipeline.All || m.Claim(rental.Item) != pipeline.Open {
		t.Error("the claims of the file are those of all parts")
	}
	if end, _ := m.End("2026-11-21", "America/Chicago").Time(); end.Format("15:04 -0700") != "17:00 -0600" {
		t.Errorf("rentals end at %s", end)
	}
}

func TestEachRecordIsMappedByItsPart(t *testing.T) {
	t.Parallel()

	m := recordsMapping(t)
	tests := []struct {
		name  string
		part  int
		cells []string
		want  string
	}{
		{"digits become numbers", 1, []string{"00041178", "O", "012", "0000128500", "00125-"}, `
asset 00041178:
  meterHours = -125 (meter)
  owningDepot = 012 (depot)
  rentalStatus = ON_RENT (status)
`},
		{"blanks are nothing", 1, []string{"00041178", "O", "", "000000000}", ""}, `
asset 00041178:
  meterHours = nothing (meter)
  owningDepot = nothing (depot)
  rentalStatus = ON_RENT (status)
`},
		{"a rule sees the number of the digits", 1, []string{"00041178", "O", "", "000000012}", ""}, `
skip junk
present asset 00041178
`},
		{"what is no figure rejects the row", 1, []string{"00041178", "O", "012", "000000000{", "12,5"}, `
fault meter "12,5": "," is no digit, the number has digits only and a sign behind them; the number has its decimal mark, remove implied and sign
present asset 00041178
`},
		{"another part says other things", 2, []string{"00041178", "C0001234", "001", "012", "20261121", "00000000"}, `
contract C0001234:
  scope 012
item C0001234/001:
  asset = 00041178 (number)
  contract = C0001234 (contract)
  offRentDate = nothing (off)
  onRentDate = 2026-11-21T06:00:00Z (begin)
  zone = America/Chicago (depot)
  scope 012
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := &pipeline.Header{Part: tt.part}
			for _, c := range m.Dialect().Parts[tt.part].Columns {
				h.Names = append(h.Names, c.Name)
			}
			mapper, err := m.Bind(h)
			if err != nil {
				t.Fatal(err)
			}
			var out pipeline.Mapped
			mapper.Map(&pipeline.Row{Header: h, Cells: tt.cells}, &out)
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), said(out)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFormulaSeesTheNumberOfDigits(t *testing.T) {
	t.Parallel()

	m := compile(t, `mapping: x
file: {match: x, format: fixed, decimal: ","}
columns: {number: 1-4, rate: {at: 5-10, implied: 2}}
asset: {key: number, name: =rate, meterHours: =number(rate) + 1}
`)
	out := mapRow(t, m, []string{"number", "rate"}, []string{"4711", "001250"})
	want := "asset 4711:\n  meterHours = 13.5 (=number(rate) + 1)\n  name = 12,5 (=rate)\n"
	if got := said(out); got != want {
		t.Error(got)
	}
}

const sheets = `mapping: x
file: {match: "x.xlsx", format: xlsx, header: 4, end: "TOTAL {count}", contains: {asset: all}}
columns: {number: [Asset, "Asset #"]}
skip: {totals: number == "TOTAL"}
parts:
  - {sheet: Assets, asset: {key: number, name: Name, prefer: [ON_RENT]}}
  - {sheet: "More*", header: find, end: "*** {count}", asset: {key: number, name: {from: Name, required: true}}}
  - {sheet: all, header: none, columns: {number: 1, contract: 2}, skip: {totals: contract == ""}, contract: {key: contract}, extra: {contract.machine: number}}
`

func TestSheetsShareWhatStandsBesideThem(t *testing.T) {
	t.Parallel()

	m := compile(t, sheets)
	want := pipeline.Dialect{
		Format: "xlsx", End: "TOTAL {count}",
		Parts: []pipeline.Table{
			{Sheet: "Assets", Header: []int{4}, End: "TOTAL {count}"},
			{Sheet: "More*", Find: [][]string{{"Asset", "Asset #"}, {"Name"}}, End: "*** {count}"},
			{Sheet: "*", NoHeader: true, End: "TOTAL {count}"},
		},
	}
	if diff := cmp.Diff(want, m.Dialect()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ON_RENT"}, m.Prefer()); diff != "" {
		t.Error(diff)
	}

	tests := []struct {
		part         int
		names, cells []string
		want         string
	}{
		{0, []string{"Name", "asset #"}, []string{"Genie", "4711"}, "asset 4711:\n  name = Genie (Name)\n"},
		{0, []string{"asset"}, []string{"TOTAL"}, "skip totals\npresent asset TOTAL\n"},
		{2, []string{"1", "2"}, []string{"4711", "MV-1"}, "contract MV-1:\n  extra.machine = 4711 (1)\n"},
		{2, []string{"1", "2"}, []string{"TOTAL", ""}, "skip totals\n"},
	}
	for _, tt := range tests {
		h := &pipeline.Header{Part: tt.part, Names: tt.names, Line: 4}
		mapper, err := m.Bind(h)
		if err != nil {
			t.Fatal(err)
		}
		var out pipeline.Mapped
		mapper.Map(&pipeline.Row{Header: h, Cells: tt.cells}, &out)
		if diff := cmp.Diff(tt.want, said(out)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestASheetWithoutItsColumnsSaysWhatIsNearest(t *testing.T) {
	t.Parallel()

	m := compile(t, sheets)
	_, err := m.Bind(&pipeline.Header{Part: 1, Names: []string{"Aset", "Nam"}, Line: 7, Sheet: "More assets"})
	want := `the header on line 7 of sheet "More assets" lacks "Asset" or "Asset #" (is it "Aset"?), "Name" (is it "Nam"?); add the header's new spelling under columns, or check sheet and header`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}

	mapper, err := m.Bind(&pipeline.Header{Part: 0, Names: []string{"Asset", "Namen", "New"}, Line: 4, Sheet: "Assets"})
	if err != nil {
		t.Fatal(err)
	}
	if got := mapper.Missing(); len(got) != 1 || got[0].What != `the sheet "Assets" has no column "Name" (is it "Namen"?): its fields stay as they were` {
		t.Errorf("got %v", got)
	}
	if _, err := m.Bind(&pipeline.Header{Part: 3}); err == nil {
		t.Error("a part that the mapping does not have was bound")
	}
}

func TestHowAValueCameIsToldByItsPart(t *testing.T) {
	t.Parallel()

	m := compile(t, sheets)
	row := func(part int, names, cells []string) *pipeline.Row {
		return &pipeline.Row{Header: &pipeline.Header{Part: part, Names: names}, Cells: cells}
	}
	asset := rental.Ref{Kind: rental.Asset, Key: "4711"}
	want := pipeline.FieldReading{Cells: []pipeline.ReadCell{{Column: "NAME", Text: "Genie"}}}
	if diff := cmp.Diff(want, m.TellField(row(1, []string{"Asset", "NAME"}, []string{"4711", "Genie"}), asset, rental.Name)); diff != "" {
		t.Error(diff)
	}
	if got := m.TellField(row(2, []string{"1", "2"}, []string{"4711", "MV-1"}), asset, rental.Name); len(got.Cells) > 0 {
		t.Errorf("a row that does not speak of the asset told %v", got)
	}
	machine := rental.Field(rental.ExtraPrefix + "machine")
	want = pipeline.FieldReading{Cells: []pipeline.ReadCell{{Column: "1", Text: "4711"}}}
	if diff := cmp.Diff(want, m.TellField(row(2, []string{"1", "2"}, []string{"4711", "MV-1"}), rental.Ref{Kind: rental.Contract, Key: "MV-1"}, machine)); diff != "" {
		t.Error(diff)
	}
}

func TestPartsShareWhatIsIncluded(t *testing.T) {
	t.Parallel()

	options := Options{ReadFile: func(string) ([]byte, error) {
		return []byte("columns: {number: [Nr, Number], other: Other}\nskip: {tests: 'number == \"TEST\"'}\ncodes: {status: {O: ON_RENT}}\n"), nil
	}}
	m, faults := Parse("x.yaml", []byte(`mapping: x
include: common.yaml
file: {match: "x.xlsx", format: xlsx}
parts:
  - {sheet: A, asset: {key: number, rentalStatus: {from: Status, codes: status}}}
  - {sheet: B, columns: {number: Konto}, customer: {key: number}}
`), options)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for part, header := range []string{"Number", "Konto"} {
		h := &pipeline.Header{Part: part, Names: []string{header}, Line: 1}
		mapper, err := m.Bind(h)
		if err != nil {
			t.Fatal(err)
		}
		var out pipeline.Mapped
		mapper.Map(&pipeline.Row{Header: h, Cells: []string{"TEST"}}, &out)
		if out.Skip != "tests" {
			t.Errorf("part %d: %s", part, said(out))
		}
	}
}

func TestOnlyPartsWithDatesNeedTheirZone(t *testing.T) {
	t.Parallel()

	m := compile(t, `mapping: x
file: {match: "x.xlsx", format: xlsx, timezone: {by: Branch, MUC: Europe/Berlin, LIN: UTC}}
parts:
  - {sheet: A, item: {key: Nr, asset: Nr, contract: Nr, onRentDate: Begin}}
  - {sheet: B, customer: {key: Nr}}
`)
	if _, err := m.Bind(&pipeline.Header{Part: 0, Names: []string{"Nr", "Begin"}, Line: 1}); err == nil || !strings.Contains(err.Error(), `lacks "Branch"`) {
		t.Errorf("got %v", err)
	}
	if _, err := m.Bind(&pipeline.Header{Part: 1, Names: []string{"Nr"}, Line: 1}); err != nil {
		t.Error(err)
	}
}
