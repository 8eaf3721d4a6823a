package mappings

import (
	"slices"
	"strings"
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestARowIsMappedForEachPartOfACell(t *testing.T) {
	t.Parallel()

	const text = `mapping: x
file: {match: x.csv, dates: YYYYMMDD, timezone: Europe/Berlin, none: ["", "-"]}
columns: {serials: {header: Serien, do: [upper]}, line: Pos, contract: V, hours: h}
codes: {type: {F: DEALER}}
skip: {fee: serials startsWith "fee"}
each: {of: serials, split: ","}
asset: {when: serials != "", key: serials, identify: [{SERIAL_NUMBER: serials}]}
customer: {key: K, type: {from: T, codes: type}}
contract: {key: contract}
item: {when: serials != "", key: =contract + "/" + line + "/" + serials, contract: contract, asset: serials, contractedHours: hours}
`
	m := compile(t, text)
	header := strings.Split("Serien;Pos;V;K;T;h", ";")
	for _, tt := range []struct{ name, cells, want string }{
		{
			"two parts, blank ones left out; what both say is said once", " a1,, b2 , -;10;MV;K1;F;5", `customer K1:
  type = DEALER (T)
contract MV:
item MV/10/A1:
  asset = A1 (Serien)
  contract = MV (V)
  contractedHours = 5 (h)
asset A1:
  identifier = A1 (Serien)
  identifierType = SERIAL_NUMBER (Serien)
item MV/10/B2:
  asset = B2 (Serien)
  contract = MV (V)
  contractedHours = 5 (h)
asset B2:
  identifier = B2 (Serien)
  identifierType = SERIAL_NUMBER (Serien)
`,
		},
		{"one value is one part", "a1;10;MV;K1;F;", `customer K1:
  type = DEALER (T)
contract MV:
item MV/10/A1:
  asset = A1 (Serien)
  contract = MV (V)
  contractedHours = nothing (h)
asset A1:
  identifier = A1 (Serien)
  identifierType = SERIAL_NUMBER (Serien)
`},
		{"a blank cell is the row as it stands", " , ;10;MV;K1;F;5", "customer K1:\n  type = DEALER (T)\ncontract MV:\n"},
		{
			"a fault rejects the whole row, is told once, and every part proves its keys", "a1,b2;10;MV;K1;F;x",
			"fault h \"x\": …\npresent customer K1\npresent contract MV\npresent item MV/10/A1\npresent asset A1\npresent item MV/10/B2\npresent asset B2\n",
		},
		{"a code that is unknown in every part is parked once", "a1,b2;10;MV;K1;Q;5", `customer K1:
contract MV:
item MV/10/A1:
  asset = A1 (Serien)
  contract = MV (V)
  contractedHours = 5 (h)
asset A1:
  identifier = A1 (Serien)
  identifierType = SERIAL_NUMBER (Serien)
item MV/10/B2:
  asset = B2 (Serien)
  contract = MV (V)
  contractedHours = 5 (h)
asset B2:
  identifier = B2 (Serien)
  identifierType = SERIAL_NUMBER (Serien)
parked customer K1 type T Q type | "Q": …  # under codes: type:
`},
		{"a rule skips the row as a whole, by the cell as it stands", "fee,a1;10;MV;K1;F;", "skip fee\npresent customer K1\npresent contract MV\npresent item MV/10/FEE\npresent asset FEE\npresent item MV/10/A1\npresent asset A1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := mapRow(t, m, header, strings.Split(tt.cells, ";"))
			if diff := cmp.Diff(tt.want, shortened(said(out), tt.want)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Else a line that has lost its serials would end their rentals.
func TestARowWithoutPartsHasNoKeyThatIsMadeOfThem(t *testing.T) {
	t.Parallel()
	m := compile(t, `mapping: x
file: {match: x.csv, contains: {item: open}}
columns: {S: S, C: C, T: T}
skip: {sale: T == "S"}
each: {of: S}
contract: {key: C}
item: {key: =C + "/" + S, contract: C, asset: S, orderNumber: T}
`)
	header := []string{"S", "C", "T"}

	out := mapRow(t, m, header, []string{" ", "MV", "R"})
	if len(out.Faults) != 1 || out.Faults[0].What != `item key is made of "S", which is empty` {
		t.Errorf("got %s, want the row rejected for want of a key", said(out))
	}
	if want := []pipeline.Unnamed{{Kind: rental.Item}}; !slices.Equal(out.Keyless, want) {
		t.Errorf("got %v, want that an item may exist that no row names", out.Keyless)
	}
	if out := mapRow(t, m, header, []string{"", "MV", "S"}); out.Skip != "sale" || len(out.Keyless) > 0 {
		t.Errorf("got %s, want the row skipped: it never had serials", said(out))
	}
}

func TestOneKeyCannotStandForTwoPartsOfARow(t *testing.T) {
	t.Parallel()

	m := compile(t, "mapping: x\nfile: {match: x.csv}\neach: {of: S}\nasset: {key: S}\nitem: {key: Pos, contract: V, asset: S}\n")
	want := `fault S "B": item 10 is said twice in the row, and not the same; make its key of S, too, so that each part has its own
present item 10
present asset A
present asset B
`
	if diff := cmp.Diff(want, said(mapRow(t, m, []string{"S", "Pos", "V"}, []string{"A,B", "10", "MV"}))); diff != "" {
		t.Error(diff)
	}
}

func TestAFaultOfOnePartShowsThePart(t *testing.T) {
	t.Parallel()

	m := compile(t, "mapping: x\nfile: {match: x.csv, scope: NL, contains: full}\ncolumns: {NL: NL}\neach: {of: S, split: ' / '}\nasset: {key: S}\n")
	out := mapRow(t, m, []string{"S", "NL"}, []string{"A / B\a / C", "MUC"})
	want := `fault S "B\a": control character 0x07 is no part of a name; remove it in the ERP, or by do: {removeChars: "\x07"}
present asset A
present asset C
keyless asset
`
	if diff := cmp.Diff(want, said(out)); diff != "" {
		t.Error(diff)
	}
	if len(out.Covers) != 1 {
		t.Errorf("the row speaks for its branch %d times", len(out.Covers))
	}
}

func TestARowOfPartsNamesEachThingOnce(t *testing.T) {
	t.Parallel()

	m := compile(t, `mapping: x
file: {match: x.csv, contains: full, scope: NL, none: ["", "-"]}
columns: {NL: NL, S: S, C: C, P: P}
each: {of: S}
asset: {when: S != "", key: S, meterHours: h}
contract: {when: C != "", key: C}
item: {when: C != "", key: {formula: C + "/" + S}, contract: C, asset: S}
`)
	h := &pipeline.Header{Names: []string{"S", "C", "NL", "h"}, Line: 1}
	mapper, err := m.Bind(h)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		serials := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "a ", "-", "", " ", "K~2", "\a"}), 0, 5).Draw(t, "serials"), ",")
		cells := []string{serials, rapid.SampledFrom([]string{"", "C", "-"}).Draw(t, "contract"), rapid.SampledFrom([]string{"", "MUC"}).Draw(t, "branch"), rapid.SampledFrom([]string{"", "1", "x"}).Draw(t, "hours")}
		var out pipeline.Mapped
		mapper.Map(&pipeline.Row{Header: h, Cells: cells, Origin: origin}, &out)

		holds := 0
		for _, one := range []bool{len(out.Entities) > 0, out.Skip != "", len(out.Faults) > 0} {
			if one {
				holds++
			}
		}
		named := map[rental.Ref]bool{}
		for _, e := range out.Entities {
			if named[e.Ref] || e.Key == "" {
				t.Fatalf("%s is named twice, or has no key: %s", e.Ref, said(out))
			}
			named[e.Ref] = true
		}
		if holds != 1 || len(out.Covers) != 3 {
			t.Fatalf("%d of entities, skip and faults hold, and the row speaks for %v: %s", holds, out.Covers, said(out))
		}
	})
}
