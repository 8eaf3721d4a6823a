package mappings

import (
	"errors"
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"github.com/google/go-cmp/cmp"
)

func TestBind(t *testing.T) {
	t.Parallel()

	const mapping = head + `
columns: {number: [Gerätenr, "Geräte-Nr."], contract: Mietvertrag, hours: BStd}
asset: {key: number, meterHours: hours}
contract: {when: contract != "", key: contract}
`
	tests := []struct {
		name   string
		header []string
		want   string // the error
	}{
		{"case, accents and spaces do not matter", []string{"GERATE NR", "\ufeffmietvertrag"}, ""},
		{"any of a column's headers will do", []string{"Geräte-Nr.", "Mietvertrag"}, ""},
		{
			"every missing column is named, with what is near", []string{"Nummer", "Mietvertrga", "BStd"},
			`the header on line 1 lacks "Gerätenr" or "Geräte-Nr.", "Mietvertrag" (is it "Mietvertrga"?); add the header's new spelling under columns, or check delimiter and header`,
		},
		{
			"two headers of one column are in doubt", []string{"Gerätenr", "Geräte-Nr.", "Mietvertrag"},
			`"Gerätenr" and "Geräte-Nr." both stand for number; name the right one alone under columns`,
		},
		{
			"two headers that read the same are in doubt", []string{"Gerätenr", "Gerate Nr", "Mietvertrag"},
			`"Gerätenr" and "Gerate Nr" are the same header for number; rename one of them in the ERP's export: case, accents and blanks do not tell headers apart`,
		},
		{"two headers that read the same do not matter where nothing uses them", []string{"Gerätenr", "Mietvertrag", "a", "A"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := compile(t, mapping).Bind(&pipeline.Header{Names: tt.header, Line: 1})
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var unreadable *pipeline.Unreadable
			if !errors.As(err, &unreadable) {
				t.Fatalf("got %v, want an Unreadable", err)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()

	tests := []struct {
		pattern, name string
		want          pipeline.Stamp
		ok            bool
	}{
		{"GERAETE_{date:YYYYMMDD}.csv", "GERAETE_20261121.csv", pipeline.Stamp{Date: "2026-11-21"}, true},
		{"GERAETE_{date:YYYYMMDD}.csv", "GERAETE_20261321.csv", pipeline.Stamp{}, false},
		{"GERAETE_{date:YYYYMMDD}.csv", "GERAETE_20261121.csv.part", pipeline.Stamp{}, false},
		{"GERAETE_{date:YYYYMMDD}.csv", "geraete_20261121.csv", pipeline.Stamp{}, false},
		{"*_{date:D.M.YY}_{seq}.txt", "EQ_1.12.26_7.txt", pipeline.Stamp{Date: "2026-12-01", Sequence: "000000000007", Number: 7}, true},
		{"EQ?{date:YYYYMMDDHHmm}.csv", "EQ-202611212330.csv", pipeline.Stamp{Date: "2026-11-21", Sequence: "233000"}, true},
		{"EQ.{seq}", "EQ.000123", pipeline.Stamp{Sequence: "000000000123", Number: 123}, true},
		{"E[Q].csv", "E[Q].csv", pipeline.Stamp{}, true},
		{"E[Q].csv", "EQ.csv", pipeline.Stamp{}, false},
		{"*", "any.thing", pipeline.Stamp{}, true},
	}
	for _, tt := range tests {
		m := compile(t, "mapping: x\nfile: {match: \""+tt.pattern+"\"}\nasset: {key: Nr}\n")
		got, ok := m.Match(tt.name)
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s on %s: %t, want %t %s", tt.pattern, tt.name, ok, tt.ok, diff)
		}
		if _, ok := m.Match(m.patterns[0].sample); !ok {
			t.Errorf("the sample %s of %s does not match", m.patterns[0].sample, tt.pattern)
		}
	}
}

func TestMappingSaysHowToReadAFile(t *testing.T) {
	t.Parallel()

	m := continental(t)
	want := pipeline.Dialect{Format: "csv", Encoding: "windows-1252", Delimiter: ";", End: "*** ENDE {count} ***"}
	if diff := cmp.Diff(want, m.Dialect()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]rental.Kind{rental.Customer, rental.Contract, rental.Item, rental.Asset}, m.Kinds()); diff != "" {
		t.Error(diff)
	}
	for kind, want := range map[rental.Kind]pipeline.Claim{rental.Asset: pipeline.All, rental.Item: pipeline.Open, rental.Customer: pipeline.Changes, rental.Depot: pipeline.Changes} {
		if got := m.Claim(kind); got != want {
			t.Errorf("claim of %s is %s, want %s", kind, got, want)
		}
	}
}

func TestVersionChangesWithTheMeaningAlone(t *testing.T) {
	t.Parallel()

	base := compile(t, head+"asset: {key: Nr, name: Name}\n").Version()
	for name, text := range map[string]string{
		"comments":    "# a comment\n" + head + "asset: {key: Nr, name: Name} # another\n",
		"layout":      head + "asset:\n  key: Nr\n  name: \"Name\"\n",
		"description": "describes: another\n" + head + "asset: {key: Nr, name: Name}\n",
	} {
		if got := compile(t, text).Version(); got != base {
			t.Errorf("%s changes the version", name)
		}
	}
	if got := compile(t, head+"asset: {key: Nr, name: Name2}\n").Version(); got == base {
		t.Error("another column leaves the version as it was")
	}
}

func TestValuesOfTheConfigAreAllowed(t *testing.T) {
	t.Parallel()

	text := []byte(head + "asset: {key: Nr, rentalStatus: LOST}\ncontract: {key: V, status: {from: S, codes: {D: DRAFT}}}\n")
	_, faults := Parse("x.yaml", text, Options{Values: map[string][]string{"rentalStatus": {"LOST"}, "contract.status": {"DRAFT"}}})
	if len(faults) > 0 {
		t.Error(faults)
	}
	if _, faults := Parse("x.yaml", text, Options{}); len(faults) != 2 {
		t.Errorf("got %v, want two faults", faults)
	}
}

func TestBindFindsColumnsByNumberWithoutAHeader(t *testing.T) {
	t.Parallel()

	m := compile(t, "mapping: x\nfile: {match: x.csv, header: none}\ncolumns: {number: 1, serial: 3}\nasset: {key: number, name: {from: serial, required: true}}\n")
	if _, err := m.Bind(&pipeline.Header{Names: []string{"1", "2", "3"}, Line: 1}); err != nil {
		t.Error(err)
	}
	_, err := m.Bind(&pipeline.Header{Names: []string{"1"}, Line: 2})
	want := "the first row, on line 2, has 1 cell and lacks column 3; check delimiter, and the numbers under columns"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// parseFile gives the mapping of a file, which may have warnings.
func parseFile(t *testing.T, file, text string) *Mapping {
	t.Helper()
	m, faults := Parse(file, []byte(text), Options{})
	if m == nil {
		t.Fatal(faults)
	}
	return m
}

func TestLint(t *testing.T) {
	t.Parallel()

	parse := func(file, text string) *Mapping { return parseFile(t, file, text) }
	ms := []*Mapping{
		parse("a.yaml", "mapping: a\nfile: {match: 'EQ_{date:YYYYMMDD}.csv'}\ncolumns: {n: {header: Nr, do: [{pad: 6}]}}\nasset: {key: n, identify: [{SERIAL_NUMBER: S}]}\n"),
		parse("b.yaml", "mapping: b\nfile: {match: 'EQ_*.csv'}\nitem: {key: Pos, asset: Nr, contract: V}\n"),
		parse("c.yaml", "mapping: a\nfile: {match: 'C.csv'}\ncontract: {key: V}\n"),
	}
	want := `b.yaml:2:15: warning: a file such as "EQ_20261121.csv" matches a.yaml too; make one of the patterns narrower; the first mapping takes the file
b.yaml:3:25: warning: item.asset forms the asset's key by no steps, but asset.key in a.yaml by pad: 6; form it in the same way, or the same thing becomes two
c.yaml:1:10: the mapping "a" stands in a.yaml already; give it another name`
	if diff := cmp.Diff(want, Lint(ms).Error()); diff != "" {
		t.Error(diff)
	}
}

func TestLintApartLeavesKeysAlone(t *testing.T) {
	t.Parallel()

	padded := parseFile(t, "a.yaml", "mapping: a\nfile: {match: 'A.csv'}\ncolumns: {n: {header: Nr, do: [{pad: 6}]}}\nasset: {key: n, identify: [{SERIAL_NUMBER: S}]}\n")
	plain := parseFile(t, "b.yaml", "mapping: b\nfile: {match: 'B.csv'}\nasset: {key: Nr}\n")
	if faults := LintApart([]*Mapping{padded, plain}); len(faults) > 0 {
		t.Error(faults)
	}
	if faults := Lint([]*Mapping{padded, plain}); len(faults) != 1 {
		t.Errorf("got %v, want one fault about keys", faults)
	}
}

func TestLintWarnsOfAssetsThatNoMappingIdentifies(t *testing.T) {
	t.Parallel()

	silent := parseFile(t, "a.yaml", "mapping: a\nfile: {match: 'A.csv'}\nasset: {key: Nr}\n")
	want := `a.yaml:3:8: warning: asset does not say by what IRIS finds it, and waits until another file does; add identify: as [{SERIAL_NUMBER: Serial}]`
	if diff := cmp.Diff(want, LintApart([]*Mapping{silent}).Error()); diff != "" {
		t.Error(diff)
	}
	identified := parseFile(t, "b.yaml", "mapping: b\nfile: {match: 'B.csv'}\nasset: {key: Nr, identify: [{SERIAL_NUMBER: S}]}\n")
	if faults := LintApart([]*Mapping{silent, identified}); len(faults) > 0 {
		t.Error(faults)
	}
}

func TestLintWarnsOfItemsThatEndAndNeverBegin(t *testing.T) {
	t.Parallel()

	silent := parseFile(t, "a.yaml", "mapping: a\nfile: {match: 'A.csv', contains: {item: open}}\nitem: {key: Pos, contract: V, asset: Nr}\n")
	want := `a.yaml:3:7: warning: items end here when they are no longer named, and nothing says when they begin; add onRentDate:, or a rental that begins again under its key is taken for the last one`
	if diff := cmp.Diff(want, LintApart([]*Mapping{silent}).Error()); diff != "" {
		t.Error(diff)
	}
	dated := parseFile(t, "b.yaml", "mapping: b\nfile: {match: 'B.csv', dates: YYYYMMDD, timezone: UTC}\nitem: {key: Pos, contract: V, asset: Nr, onRentDate: B}\n")
	if faults := LintApart([]*Mapping{silent, dated}); len(faults) > 0 {
		t.Error(faults)
	}
}
