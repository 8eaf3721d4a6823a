package rental_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline/rental"
)

// matching is an outcome as people tell it: "A is 1 by serial".
func told(m *rental.Matching) []string {
	var lines []string
	for _, p := range m.Matched {
		lines = append(lines, fmt.Sprintf("%s is %s by %s", p.ERP.Key, p.IRIS.ID, p.By))
	}
	for _, d := range m.Doubtful {
		var ids []string
		for _, c := range d.Candidates {
			ids = append(ids, c.IRIS.ID)
		}
		lines = append(lines, fmt.Sprintf("%s may be %s: %s", d.ERP.Key, strings.Join(ids, " or "), d.Why))
	}
	for _, a := range m.Missing {
		lines = append(lines, a.Key+" is missing")
	}
	for _, a := range m.Surplus {
		lines = append(lines, a.ID+" is surplus")
	}
	return lines
}

// erp is an asset of the ERP by key and serial number, its reference the key.
func erp(key, serial string) rental.ERPAsset {
	return rental.ERPAsset{Key: key, Reference: key, Identifier: serial}
}

func iris(id, serial string) rental.IRISAsset { return rental.IRISAsset{ID: id, Serial: serial} }

func bearing(a rental.IRISAsset, reference string) rental.IRISAsset {
	a.Reference = reference
	return a
}

func TestAssetsAreMatched(t *testing.T) {
	t.Parallel()
	type (
		es = []rental.ERPAsset
		is = []rental.IRISAsset
	)
	tests := []struct {
		name string
		erp  es
		iris is
		want []string
	}{
		{"by what a crosswalk says, before all else", es{{Key: "A", Reference: "A", AssetID: "2", Identifier: "WJX00213"}}, is{iris("1", "WJX00213"), iris("2", "X9000001")},
			[]string{"A is 2 by crosswalk", "1 is surplus"}},
		{"by the external reference that it bears", es{erp("A", "")}, is{bearing(iris("1", "WJX00213"), "A")}, []string{"A is 1 by reference"}},
		{"by the serial number as it is written", es{erp("A", "WJX00213")}, is{iris("1", "WJX00213")}, []string{"A is 1 by serial"}},
		{"by the PIN", es{erp("A", "JCB3CX00K12345678")}, is{{ID: "1", Serial: "12345678", PIN: "JCB3CX00K12345678"}}, []string{"A is 1 by serial"}},
		{"in another case", es{erp("A", "wjx00213")}, is{iris("1", "WJX00213")}, []string{"A is 1 by spelling"}},
		{"with other separators", es{erp("A", "WJX-002 13")}, is{iris("1", "WJX00213")}, []string{"A is 1 by spelling"}},
		{"with punctuation of any kind", es{erp("A", "#WJX:002,13*")}, is{iris("1", "WJX/00213")}, []string{"A is 1 by spelling"}},
		{"without the zeros that were lost", es{erp("A", "41178")}, is{iris("1", "00041178")}, []string{"A is 1 by spelling"}},
		{"not without zeros where little else is left", es{erp("A", "213")}, is{iris("1", "00213")},
			[]string{`A may be 1: the serial numbers "213" and "00213" are too short to be compared but as they are written`}},
		{"to nobody", es{erp("A", "WJX00213")}, is{iris("1", "ZZZ90000")}, []string{"A is missing", "1 is surplus"}},
		{"to nobody where neither says anything", es{erp("A", "")}, is{iris("1", "")}, []string{"A is missing", "1 is surplus"}},
		{"the surer rule first", es{erp("A", "WJX00213"), erp("B", "WJX-00214")}, is{iris("1", "WJX00213"), iris("2", "WJX00214")},
			[]string{"A is 1 by serial", "B is 2 by spelling"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, told(rental.MatchAssets(tt.erp, tt.iris))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAssetsAreDoubtful(t *testing.T) {
	t.Parallel()
	type (
		es = []rental.ERPAsset
		is = []rental.IRISAsset
	)
	tests := []struct {
		name string
		erp  es
		iris is
		want []string
	}{
		{"with several candidates", es{erp("A", "WJX00213")}, is{iris("1", "WJX00213"), iris("2", "WJX00213")},
			[]string{"A may be 1 or 2: 2 assets of IRIS may be it: the serial number or PIN is the same"}},
		{"when two claim one", es{erp("A", "WJX00213"), erp("B", "WJX00213")}, is{iris("1", "WJX00213")},
			[]string{
				"A may be 1: asset B may be this one as well; the serial number or PIN is the same",
				"B may be 1: asset A may be this one as well; the serial number or PIN is the same",
			}},
		{"when another one is surer of it", es{erp("A", "WJX00213"), erp("B", "wjx 213 "), erp("C", "wjx-00213")}, is{iris("1", "WJX00213")},
			[]string{"A is 1 by serial", "C may be 1: asset A is this one already; the serial number is the same but for case, separators and zeros in front", "B is missing"}},
		{"when it bears another reference", es{erp("A", "WJX00213")}, is{bearing(iris("1", "WJX00213"), "OLD-7")},
			[]string{`A may be 1: it bears the external reference "OLD-7" already, and not "A"`}},
		{"when the reference says one thing and the serial number another", es{erp("A", "WJX00213")}, is{bearing(iris("1", "QQQ55555"), "A"), iris("2", "WJX00213")},
			[]string{`A may be 1: it bears the external reference, but its serial number is "QQQ55555", and "WJX00213" is that of asset 2 of IRIS`, "2 is surplus"}},
		{"when 0 and O may have been confused", es{erp("A", "WJXO0213")}, is{iris("1", "WJX00213")},
			[]string{"A may be 1: the serial number is the same if 0 and O, or 1, I and L, were taken for each other"}},
		{"when 1, I and L may have been confused", es{erp("A", "WJXL02I3")}, is{iris("1", "WJX10213")},
			[]string{"A may be 1: the serial number is the same if 0 and O, or 1, I and L, were taken for each other"}},
		{"when a spreadsheet rounded it", es{erp("A", "1.23457E+15")}, is{iris("1", "1234567890123456"), iris("2", "1299999990123456")},
			[]string{"A may be 1: the serial number is what a spreadsheet makes of this one", "2 is surplus"}},
		{"when a German spreadsheet rounded it", es{erp("A", "1,23457E+15")}, is{iris("1", "1234567890123456")},
			[]string{"A may be 1: the serial number is what a spreadsheet makes of this one"}},
		{"when a spreadsheet rounded it up", es{erp("A", "1E+12")}, is{iris("1", "999999999999")},
			[]string{"A may be 1: the serial number is what a spreadsheet makes of this one"}},
		{"when a spreadsheet gave it decimals", es{erp("A", "412345.0")}, is{iris("1", "412345"), iris("2", "4123450")},
			[]string{"A may be 1: the serial number is what a spreadsheet makes of this one", "2 is surplus"}},
		{"when a spreadsheet kept fifteen digits", es{erp("A", "1234567890123450")}, is{iris("1", "1234567890123456")},
			[]string{"A may be 1: the serial number is what a spreadsheet makes of this one"}},
		{"when a spreadsheet spoiled what IRIS has", es{erp("A", "1234567890123456")}, is{iris("1", "1.23457E+15")},
			[]string{"A may be 1: the serial number is what a spreadsheet makes of this one"}},
		{"when the number is the device's", es{erp("A", "3104411")}, is{{ID: "1", Serial: "WJX00213", Devices: []string{"3104411"}}},
			[]string{"A may be 1: what the ERP has as its serial number is that of the telematics device"}},
		{"when IRIS calls it by the ERP's number", es{erp("004711", "")}, is{{ID: "1", Serial: "WJX00213", Name: "4711"}},
			[]string{"004711 may be 1: its name in IRIS is the ERP's number"}},
		{"when there is no digit in it", es{erp("A", "UNKNOWN")}, is{iris("1", "UNKNOWN")},
			[]string{`A may be 1: "UNKNOWN" has no digit: it is hardly a serial number`}},
		{"without a prefix that only one has", es{erp("A", "HH-412345")}, is{iris("1", "412345")},
			[]string{`A may be 1: the serial number is the same without "HH-" in front, which few machines share`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, told(rental.MatchAssets(tt.erp, tt.iris))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPrefixesAreLearnedFromTheFleet(t *testing.T) {
	t.Parallel()
	m := rental.MatchAssets(
		[]rental.ERPAsset{erp("A", "HH-412341"), erp("B", "hh-412342"), erp("C", "HH-412343"), erp("D", "B-500001"), erp("E", "600001"), erp("F", "600002"), erp("G", "600003")},
		[]rental.IRISAsset{iris("1", "412341"), iris("2", "412342"), iris("3", "412343"), iris("4", "500001"), iris("5", "JLG600001"), iris("6", "JLG600002"), iris("7", "JLG600003")})
	want := []string{
		"A is 1 by prefix", "B is 2 by prefix", "C is 3 by prefix", "E is 5 by prefix", "F is 6 by prefix", "G is 7 by prefix",
		`D may be 4: the serial number is the same without "B-" in front, which few machines share`,
	}
	if diff := cmp.Diff(want, told(m)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]rental.Prefix{{Text: "HH-", Count: 3}, {Text: "JLG", InIRIS: true, Count: 3}}, m.Prefixes); diff != "" {
		t.Error(diff)
	}
}

func TestTwoMakersMayHaveOneNumber(t *testing.T) {
	t.Parallel()
	made := func(a rental.ERPAsset, by string) rental.ERPAsset { a.Make = by; return a }
	branded := func(a rental.IRISAsset, by string) rental.IRISAsset { a.Brand = by; return a }

	m := rental.MatchAssets(
		[]rental.ERPAsset{made(erp("A", "WN100001"), "WN"), made(erp("B", "0412345"), "WN"), made(erp("C", "0512345"), "WN"), made(erp("D", "0612345"), "BOB")},
		[]rental.IRISAsset{branded(iris("1", "WN100001"), "Wacker Neuson"), branded(iris("2", "412345"), "Bobcat"), branded(iris("3", "512345"), "WACKER NEUSON"), branded(iris("4", "612345"), "Bobcat")})
	want := []string{
		"A is 1 by serial", "C is 3 by spelling", "D is 4 by spelling",
		`B may be 2: the serial numbers "0412345" and "412345" are one number, but the makers differ: WN and Bobcat`,
	}
	if diff := cmp.Diff(want, told(m)); diff != "" {
		t.Error(diff)
	}
}

// TestFleetsAreMatchedWhateverTheirOrder compares fleets that were spoiled in every
// way that is beyond doubt, and does so again with both in another order.
func TestFleetsAreMatchedWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	erps, irises := spoiledFleet(4000)
	first := rental.MatchAssets(erps, irises)

	for _, p := range first.Matched {
		if p.ERP.Key != "K"+p.IRIS.ID {
			t.Fatalf("%s was taken for %s, by %s", p.ERP.Key, p.IRIS.ID, p.By)
		}
	}
	if got := len(first.Matched) + len(first.Doubtful) + len(first.Missing); got != len(erps) {
		t.Errorf("%d of %d assets are told of", got, len(erps))
	}
	if len(first.Matched) < 3900 {
		t.Errorf("%d of %d matched, %d doubtful", len(first.Matched), len(erps), len(first.Doubtful))
	}

	random := rand.New(rand.NewPCG(2, 2))
	random.Shuffle(len(erps), func(i, j int) { erps[i], erps[j] = erps[j], erps[i] })
	random.Shuffle(len(irises), func(i, j int) { irises[i], irises[j] = irises[j], irises[i] })
	if diff := cmp.Diff(told(first), told(rental.MatchAssets(erps, irises))); diff != "" {
		t.Error(diff)
	}
}

// spoiledFleet is a fleet as both sides know it.
func spoiledFleet(n int) ([]rental.ERPAsset, []rental.IRISAsset) {
	random := rand.New(rand.NewPCG(1, 1))
	makers := []string{"WJX", "GS", "JLG", "TB"}
	erps, irises := make([]rental.ERPAsset, n), make([]rental.IRISAsset, n)
	for i := range n {
		serial := fmt.Sprintf("%s%08d", makers[i%len(makers)], 1000+7*i)
		irises[i] = iris(fmt.Sprintf("%06d", i), serial)
		switch random.IntN(5) {
		case 0:
			serial = strings.ToLower(serial)
		case 1:
			serial = serial[:4] + "-" + serial[4:]
		case 2:
			serial = "HH-" + serial
		case 3:
			serial = strings.Replace(serial, "00", ".00 ", 1)
		}
		erps[i] = erp("K"+irises[i].ID, serial)
	}
	return erps, irises
}

func BenchmarkMatchAssets(b *testing.B) {
	erps, irises := spoiledFleet(100_000)
	b.ReportAllocs()
	for b.Loop() {
		rental.MatchAssets(erps, irises)
	}
}
