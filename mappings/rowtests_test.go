package mappings

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTestsBesideTheStartingMappingsPass(t *testing.T) {
	t.Parallel()

	ms, _ := loadFS(t, FS)
	for _, m := range ms {
		file := m.Name() + ".test.yaml"
		text, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("every starting mapping shows its tests: %v", err)
			continue
		}
		for _, fault := range RunTests(m, file, text) {
			t.Error(fault)
		}
	}
}

func TestFailingTestsAreToldWhereTheyStand(t *testing.T) {
	t.Parallel()

	const tests = `- name: wrong values
  row: {Gerätenr: "4711", Seriennr: S1, Status: V, BStd: "1,5", Mietvertrag: MV, Pos: "1", Rückgabe: ""}
  gives:
    asset 004711: {identifier: S2, rentalStatus: null, meterHours: 1.50, make: Genie, colour: red}
    item MV/1: {offRentDate: "2026-11-21T06:00:00Z", rate: {unitPrice: 5}}
    item MV/2: {}
- name: an unknown code
  row: {number: "4711", Status: Q}
- name: no unknown code
  row: {number: "4711", Status: V}
  parks: [status]
- name: a totals line
  row: {number: SUMME}
- name: no totals line
  row: {number: "1"}
  skips: totals
- name: a bad date
  row: {number: "1", contract: MV, line: "1", Mietbeginn: 31.02.2026}
- name: a good date
  row: {number: "1", contract: MV, line: "1", Mietbeginn: 21.02.2026}
  rejects: [begin]
- name: a column nobody knows
  row: {Gerätenummer: "1", Kunden-Nr: "1"}
`
	want := `x.test.yaml:4:32: wrong values: identifier of asset 004711 is "S1", not "S2"
x.test.yaml:4:50: wrong values: rentalStatus of asset 004711 is "ON_RENT", not empty
x.test.yaml:4:80: wrong values: make of asset 004711 is left alone
x.test.yaml:4:87: wrong values: asset has no field colour; known here: identifierType, identifier, assetId, rentalStatus, owningDepot, currentDepot, name, make, model, meterHours
x.test.yaml:5:30: wrong values: offRentDate of item MV/1 is empty, not "2026-11-21T06:00:00Z"
x.test.yaml:5:72: wrong values: rate.unitPrice of item MV/1 is left alone
x.test.yaml:6:5: wrong values: the row gives no item MV/2; it gives contract MV, item MV/1, asset 004711
x.test.yaml:7:3: an unknown code: Status "Q" is parked; add "Q": …  # under codes: status:
x.test.yaml:11:11: no unknown code: status is not parked
x.test.yaml:12:3: a totals line: the row is skipped by "totals"
x.test.yaml:16:10: no totals line: the row is not skipped by "totals"
x.test.yaml:17:3: a bad date: the row is rejected: Mietbeginn "31.02.2026": February 2026 has 28 days
x.test.yaml:21:13: a good date: the row is not rejected for begin
x.test.yaml:22:3: a column nobody knows: the row is rejected: Gerätenr "": asset key is empty; add when: to the block if not every row has one
x.test.yaml:23:9: a column nobody knows: "Gerätenummer" is no column of the mapping; did you mean "Gerätenr"?
x.test.yaml:23:28: a column nobody knows: "Kunden-Nr" is no column of the mapping; did you mean "Kundennr"?
`
	got := RunTests(continental(t), "x.test.yaml", []byte(tests)).Error() + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTestsAreReadStrictly(t *testing.T) {
	t.Parallel()

	faults := RunTests(continental(t), "x.test.yaml", []byte("- nam: x\n  row: {Nr: \"1\"}\n  then: [{row: {}, gves: {}}]\n"))
	want := []string{
		`x.test.yaml:1:3: the key "name" is missing`,
		`x.test.yaml:1:3: unknown key "nam"; did you mean "name"?`,
		`x.test.yaml:3:20: unknown key "gves"; did you mean "gives"?`,
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), faults.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestRowsOfATestBelongToAPart(t *testing.T) {
	t.Parallel()

	const tests = `- name: a part that is not there
  of: EQX
  row: {number: "1"}
- name: no part
  row: {number: "1"}
- name: each row has its own
  of: EQP
  rows: [{number: "1", status: O}, {of: CTX, contract: C1, line: "1", number: "1"}]
  gives:
    asset 1: {rentalStatus: ON_RENT}
    item C1/1: {asset: "1"}
- name: a column of another part
  of: EQP
  row: {number: "1", contract: C1}
- name: whole records
  line: ["EQP 00041178 O 012 000012850{00125-      ", "CTX 00041178C0001234001012"]
  gives:
    asset 00041178: {meterHours: -125, owningDepot: "012"}
    item C0001234/001: {asset: "00041178"}
- name: a record of no part
  line: "NTE 00041178"
- name: a record that is no row
  line: "TRL 0000000"
`
	want := `x.test.yaml:2:7: a part that is not there: no part of the file is "EQX"; did you mean "EQP"?
x.test.yaml:4:3: no part: it is not said which part of the file the row belongs to; add of: EQP, or of: CTL, or of: CTX
x.test.yaml:14:22: a column of another part: "contract" is no column of the mapping; known here: number, status, depot, rate, meter
x.test.yaml:21:9: a record of no part: "NTE 00041178" is a record of no part; check its first characters against record: of the parts
x.test.yaml:23:9: a record that is no row: "TRL 0000000" is no row; records that head a file or end it are not mapped`

	got := RunTests(recordsMapping(t), "x.test.yaml", []byte(tests)).Error()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	csv := compile(t, "mapping: x\nfile: {match: x}\nasset: {key: Nr}\n")
	if got := RunTests(csv, "x.test.yaml", []byte("- {name: a line, line: x}\n")).Error(); !strings.Contains(got, "only the records of a fixed-width file are lines") {
		t.Error(got)
	}
}
