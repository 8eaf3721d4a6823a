package mappings

import (
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"github.com/google/go-cmp/cmp"
)

// told is what a row tells of absence.
type told struct {
	Scopes  map[rental.Kind]string // of its entities
	Present []pipeline.Named
	Keyless []pipeline.Unnamed
	Covers  []pipeline.Covered
}

func tellsOf(out pipeline.Mapped) told {
	var got told
	for _, e := range out.Entities {
		if got.Scopes == nil {
			got.Scopes = map[rental.Kind]string{}
		}
		got.Scopes[e.Kind] = e.Scope
	}
	got.Present = append(got.Present, out.Present...)
	got.Keyless = append(got.Keyless, out.Keyless...)
	got.Covers = append(got.Covers, out.Covers...)
	return got
}

func TestARowTellsWhomItSpeaksFor(t *testing.T) {
	t.Parallel()

	const byColumn = `mapping: x
file: {match: x.csv, contains: full, scope: NL}
columns: {Nr: Nr, Pos: Pos, NL: NL}
skip: {totals: Nr == "SUM"}
asset: {key: Nr, meterHours: h}
item: {when: Pos != "", key: Pos, contract: V, asset: Nr}
`
	const byFormula = `mapping: x
file: {match: x.csv, contains: full, scope: '=number(h) > 5 ? "old" : "new"'}
columns: {h: h}
asset: {key: Nr}
`
	both := func(scope string) []pipeline.Covered {
		return []pipeline.Covered{{Kind: rental.Item, Scope: scope}, {Kind: rental.Asset, Scope: scope}}
	}
	asset := func(scope string) []pipeline.Named {
		return []pipeline.Named{{Ref: rental.Ref{Kind: rental.Asset, Key: "1"}, Scope: scope}}
	}
	header := []string{"Nr", "Pos", "V", "NL", "h"}
	for _, tt := range []struct {
		name, mapping string
		cells         []string
		want          told
	}{
		{
			"a row speaks for its branch, for kinds that it does not name, too", byColumn, []string{"1", "", "", "MUC", ""},
			told{Scopes: map[rental.Kind]string{rental.Asset: "MUC"}, Covers: both("MUC")},
		},
		{
			"a blank branch is a branch of its own", byColumn, []string{"1", "", "", "", ""},
			told{Scopes: map[rental.Kind]string{rental.Asset: ""}, Covers: both("")},
		},
		{
			"a rejected row speaks for its branch and proves what it names", byColumn, []string{"1", "", "", "MUC", "x"},
			told{Present: asset("MUC"), Covers: both("MUC")},
		},
		{
			"a skipped row, too", byColumn, []string{"SUM", "", "", "MUC", ""},
			told{Present: []pipeline.Named{{Ref: rental.Ref{Kind: rental.Asset, Key: "SUM"}, Scope: "MUC"}}, Covers: both("MUC")},
		},
		{
			"a key that cannot be read casts doubt on its branch alone", byColumn, []string{"", "", "", "MUC", ""},
			told{Keyless: []pipeline.Unnamed{{Kind: rental.Asset, Scope: "MUC"}}, Covers: both("MUC")},
		},
		{
			"a branch that cannot be read covers nothing", byFormula, []string{"1", "", "", "", "x"},
			told{Present: asset("")},
		},
		{
			"neither key nor branch can be read: whoever it is may be anywhere", byFormula, []string{"", "", "", "", "x"},
			told{Keyless: []pipeline.Unnamed{{Kind: rental.Asset, Anywhere: true}}},
		},
		{
			"a branch with a character that nobody sees cannot be read", byColumn, []string{"", "", "", "M\aUC", ""},
			told{Keyless: []pipeline.Unnamed{{Kind: rental.Asset, Anywhere: true}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tellsOf(mapRow(t, compile(t, tt.mapping), header, tt.cells))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAScopeThatIsTheSameForAllRowsIsCoveredByTheFileItself(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name, scopes string
		scoped       bool
		covers       []pipeline.Covered
	}{
		{"no scope", "", false, nil},
		{"a constant", "scope: south", true, []pipeline.Covered{{Kind: rental.Asset, Scope: "south"}}},
		{"a formula without columns", `scope: '="south"'`, true, []pipeline.Covered{{Kind: rental.Asset, Scope: "south"}}},
		{"a column", "scope: NL", true, nil},
		{"a formula", "scope: =upper(NL)", true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := compile(t, "mapping: x\nfile: {match: x.csv, contains: full, "+tt.scopes+"}\ncolumns: {NL: NL}\nasset: {key: Nr, owningDepot: NL}\nitem: {key: Pos, contract: V, asset: Nr, scope: own}\n")
			if got := m.Scoped(rental.Asset); got != tt.scoped {
				t.Errorf("scoped: %t, want %t", got, tt.scoped)
			}
			mapper, err := m.Bind(&pipeline.Header{Names: []string{"Nr", "NL", "Pos", "V"}, Line: 1})
			if err != nil {
				t.Fatal(err)
			}
			want := append([]pipeline.Covered{{Kind: rental.Item, Scope: "own"}}, tt.covers...)
			if diff := cmp.Diff(want, mapper.Covers()); diff != "" {
				t.Errorf("the file speaks for (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnItemKeepsItsZoneWhereRowsHaveSeveral(t *testing.T) {
	t.Parallel()

	const item = "item: {key: Pos, contract: V, asset: Nr, onRentDate: B, offRentDate: {from: E, time: '17:00'}}\n"
	header := []string{"Pos", "V", "Nr", "B", "E", "D"}
	zoneOf := func(t *testing.T, zones, branch string) string {
		t.Helper()
		m := compile(t, "mapping: x\nfile: {match: x.csv, dates: YYYYMMDD, timezone: "+zones+"}\n"+item)
		out := mapRow(t, m, header, []string{"1", "2", "3", "", "", branch})
		if len(out.Entities) != 1 {
			t.Fatal(said(out))
		}
		zone, _ := out.Entities[0].Get(rental.Zone)
		return zone.Text + " " + m.End("2026-11-22", zone.Text).Text
	}

	for _, tt := range []struct{ name, zones, branch, want string }{
		{"one zone for all", "Europe/Berlin", "", " 2026-11-22T17:00:00+01:00"},
		{"one zone by several names", "{by: D, MUC: Europe/Berlin, KLN: Europe/Berlin}", "MUC", " 2026-11-22T17:00:00+01:00"},
		{"two zones", "{by: D, MUC: Europe/Berlin, NYC: America/New_York}", "NYC", "America/New_York 2026-11-22T17:00:00-05:00"},
		{"the zone of all others", "{by: D, NYC: America/New_York, default: Europe/Berlin}", "X", "Europe/Berlin 2026-11-22T17:00:00+01:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := zoneOf(t, tt.zones, tt.branch); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheZoneIsNoFieldOfAMapping(t *testing.T) {
	t.Parallel()

	_, faults := Parse("x.yaml", []byte("mapping: x\nfile: {match: x.csv}\nitem: {key: Pos, contract: V, asset: Nr, zone: Z}\n"), Options{})
	if len(faults.Broken()) != 1 {
		t.Errorf("zone: is taken as a field: %v", faults)
	}
}

func TestAnItemMayNotBearTheKeyOfAFormerRental(t *testing.T) {
	t.Parallel()

	m := compile(t, head+"asset: {key: Nr}\nitem: {key: Pos, contract: V, asset: Nr}\n")
	want := `fault Pos "K~2": item key "K~2" ends like that of a former rental; write it in another way, as by do: [{replace: {"~": "-"}}], which gives "K-2"
present asset A~2
keyless item
`
	header := []string{"Nr", "Pos", "V"}
	if diff := cmp.Diff(want, said(mapRow(t, m, header, []string{"A~2", "K~2", "V"}))); diff != "" {
		t.Error(diff)
	}
	cured := compile(t, head+"item: {key: {from: Pos, do: [{replace: {\"~\": \"-\"}}]}, contract: V, asset: Nr}\n")
	if got := mapRow(t, cured, header, []string{"A", "K~2", "V"}); len(got.Entities) != 1 || got.Entities[0].Key != "K-2" {
		t.Error(said(got))
	}
	for _, fine := range []string{"K~", "~2", "K~02", "K~2x"} {
		if got := mapRow(t, m, header, []string{"A", fine, "V"}); len(got.Faults) > 0 {
			t.Errorf("%s: %s", fine, said(got))
		}
	}
}

func TestAScopeIsAColumnWhereTheFileHasOneOfThatName(t *testing.T) {
	t.Parallel()

	m := compile(t, "mapping: x\nfile: {match: x.csv, contains: full, scope: Filiale}\nasset: {key: Nr}\n")
	for _, tt := range []struct {
		name   string
		header []string
		want   string
	}{
		{"a header in other capitals", []string{"Nr", "FILIALE"}, "MUC"},
		{"no such header", []string{"Nr", "Ort"}, "Filiale"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mapper, err := m.Bind(&pipeline.Header{Names: tt.header, Line: 1})
			if err != nil {
				t.Fatal(err)
			}
			var out pipeline.Mapped
			mapper.Map(&pipeline.Row{Header: &pipeline.Header{Names: tt.header}, Cells: []string{"1", "MUC"}}, &out)
			if got := out.Entities[0].Scope; got != tt.want {
				t.Errorf("the scope is %q, want %q", got, tt.want)
			}
			covers := append(mapper.Covers(), out.Covers...)
			if diff := cmp.Diff([]pipeline.Covered{{Kind: rental.Asset, Scope: tt.want}}, covers); diff != "" {
				t.Errorf("the file speaks for (-want +got):\n%s", diff)
			}
		})
	}
}
