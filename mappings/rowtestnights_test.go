package mappings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hamburg is the mapping of the language's own page.
const hamburg = `mapping: hamburg-equipment
file: {match: "G_{date:YYYYMMDD}.csv", contains: full, dates: DD.MM.YYYY, timezone: Europe/Berlin, none: ["", "31.12.9999"]}
columns:
  number:   {header: [Gerätenr, "Geräte-Nr."], do: [trim, {pad: 6}]}
  contract: Mietvertrag
  line:     Pos
  begin:    Mietbeginn
  due:      Mietende
  returned: {header: Rückgabe, none: [""]}
codes: {status: {V: ON_RENT, F: AVAILABLE}}
asset: {key: number, identify: [{SERIAL_NUMBER: Seriennr}], rentalStatus: {from: Status, codes: status}}
contract: {when: contract != "", key: contract}
item:
  when: contract != ""
  key: =contract + "/" + line
  contract: contract
  asset: number
  onRentDate: {from: begin, date: true, time: "07:00"}
  dueDate: {from: due, date: true}
  offRentDate: {from: returned, date: true, time: "17:00"}
`

// What each rule of a later night makes of the rows, as an admin tests it.
func TestNightsOfATest(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct{ name, mapping, tests string }{
		{"the next night closes what is no longer named", hamburg, `
- name: as the language's page has it
  rows: [{Gerätenr: "4711", Status: V, Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026}]
  then: [{businessDate: 2026-11-22, rows: [{Gerätenr: "4711", Status: F}], gives: {item MV-1/10: {offRentDate: "2026-11-22T16:00:00Z"}}}]
`},
		{"an asset that is not listed says nothing about its items", hamburg, `
- name: not listed
  rows: [{Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: ""}, {Gerätenr: "4712"}]
  then: [{rows: [{Gerätenr: "4712"}], gives: {item MV-1/10: {offRentDate: null}}}]
`},
		{"a real date takes the place of an inferred one, and an item named again is open", hamburg, `
- name: late and again
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026}
  then:
    - row: {Gerätenr: "4711"}
      gives: {item MV-1/10: {offRentDate: "2026-11-21T16:00:00Z"}}
      businessDate: 2026-11-21
    - row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026}
      gives: {item MV-1/10: {offRentDate: null}}
    - row: {Gerätenr: "4711"}
      gives: {item MV-1/10: {offRentDate: "2026-11-23T16:00:00Z"}}
      then:
        - row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: 22.11.2026}
          gives: {item MV-1/10: {offRentDate: "2026-11-22T16:00:00Z"}}
`},
		{"a swap parts the key", hamburg, `
- name: swapped
  businessDate: 2026-11-21
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: ""}
  then:
    - row: {Gerätenr: "4712", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: ""}
      gives:
        item MV-1/10: {asset: "004712", offRentDate: null}
        item MV-1/10~1: {asset: "004711", offRentDate: "2026-11-22T16:00:00Z"}
`},
		{"a re-rent on the day of return is another rental", hamburg, `
- name: again
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: 23.11.2026}
  then:
    - businessDate: 2026-11-23
      row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 23.11.2026, Rückgabe: ""}
      gives:
        item MV-1/10: {onRentDate: "2026-11-23T06:00:00Z", offRentDate: null}
        item MV-1/10~1: {onRentDate: "2026-11-20T06:00:00Z", offRentDate: "2026-11-23T16:00:00Z"}
`},
		{"the next item of the asset ends the one that is gone", hamburg, `
- name: followed
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026}
  then:
    - businessDate: 2026-11-25
      row: {Gerätenr: "4711", Mietvertrag: MV-2, Pos: "10", Mietbeginn: 24.11.2026}
      gives: {item MV-1/10: {offRentDate: "2026-11-24T06:00:00Z"}}
`},
		{"a reservation that vanishes never began", hamburg, `
- name: vanished
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 01.12.2026}
  then:
    - businessDate: 2026-11-25
      row: {Gerätenr: "4711"}
      gives: {item MV-1/10: {offRentDate: "2026-12-01T06:00:00Z"}}
`},
		{"a rejected or a skipped row proves that its items exist", strings.Replace(hamburg, "codes: {", "  serial: Seriennr\nskip: {old: serial == \"X\"}\ncodes: {", 1), `
- name: rejected
  row: {Gerätenr: "4711", Seriennr: S, Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: ""}
  then:
    - {row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 99.11.2026}, rejects: [begin], gives: {item MV-1/10: {offRentDate: null}}}
    - {row: {Gerätenr: "4711", Seriennr: X, Mietvertrag: MV-1, Pos: "10"}, skips: old, gives: {item MV-1/10: {offRentDate: null}}}
    - {rows: [{Gerätenr: "4711"}, {Gerätenr: ""}], rejects: [number], gives: {item MV-1/10: {offRentDate: "2026-11-24T16:00:00Z"}}}
`},
		{"of two rows about one asset the preferred status is true", strings.Replace(hamburg, "asset: {", "asset: {prefer: [ON_RENT, AVAILABLE], ", 1), `
- name: preferred
  rows: [{Gerätenr: "4711", Status: F}, {Gerätenr: "4711", Status: V}, {Gerätenr: "4711", Status: F}]
  then: [{rows: [{Gerätenr: "4711", Seriennr: S}], gives: {asset 004711: {rentalStatus: ON_RENT, identifier: S}}}]
`},
		{"a file of changes ends nothing", strings.Replace(hamburg, "contains: full", "contains: changes", 1), `
- name: changes
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Rückgabe: ""}
  then: [{rows: [], gives: {item MV-1/10: {offRentDate: null}}}]
`},
		{"a branch's file says nothing about other branches, and a key that cannot be read casts doubt on its own", `mapping: x
file: {match: x.csv, contains: {item: open}, scope: branch, dates: DD.MM.YYYY, timezone: {by: branch, MUC: Europe/Berlin, NYC: America/New_York}}
columns: {branch: NL}
item: {key: Pos, contract: V, asset: Nr, offRentDate: E}
`, `
- name: branches
  rows: [{Pos: "1", V: C, Nr: A, NL: MUC, E: ""}, {Pos: "2", V: C, Nr: B, NL: NYC, E: ""}, {Pos: "3", V: C, Nr: C, NL: NYC, E: ""}]
  then:
    - rows: []
      gives: {item 1: {offRentDate: null}, item 2: {offRentDate: null}}
    - rows: [{Pos: "3", V: C, Nr: C, NL: NYC, E: ""}, {Pos: "", V: C, Nr: C, NL: NYC, E: ""}]
      rejects: [Pos]
      gives: {item 1: {offRentDate: null}, item 2: {offRentDate: null}}
    - rows: [{Pos: "3", V: C, Nr: C, NL: NYC, E: ""}]
      gives: {item 1: {offRentDate: null}, item 2: {offRentDate: "2026-11-25T04:59:59Z"}}
`},
		{"a branch whose file is empty has nothing left", `mapping: x
file: {match: x.csv, contains: {item: open}, scope: south, dates: DD.MM.YYYY, timezone: Europe/Berlin}
item: {key: Pos, contract: V, asset: Nr}
`, `
- name: empty
  businessDate: 2026-11-21
  row: {Pos: "1", V: C, Nr: A}
  then: [{rows: [], gives: {item 1: {offRentDate: "2026-11-22T22:59:59Z"}}}]
`},
		{"a planned end moves on while the asset is on rent", strings.Replace(hamburg, "  asset: number\n", "  asset: number\n  offRent: planned\n", 1), `
- name: planned
  businessDate: 2026-11-21
  row: {Gerätenr: "4711", Status: V, Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Mietende: 22.11.2026, Rückgabe: ""}
  then:
    - row: {Gerätenr: "4711", Status: V, Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026, Mietende: 22.11.2026, Rückgabe: ""}
      gives: {item MV-1/10: {offRentDate: null, plannedEnd: "2026-11-23T22:59:59Z"}}
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if faults := RunTests(compile(t, tt.mapping), "x.test.yaml", []byte(strings.TrimPrefix(tt.tests, "\n"))); len(faults) > 0 {
				t.Error(faults)
			}
		})
	}
}

func TestFailingNightsAreToldWhereTheyStand(t *testing.T) {
	t.Parallel()

	const tests = `- name: wrong
  row: {Gerätenr: "4711", Mietvertrag: MV-1, Pos: "10", Mietbeginn: 20.11.2026}
  then:
    - row: {Gerätenr: "4711", Status: Q}
      gives:
        item MV-1/10: {offRentDate: null, dueDate: "2026-11-22T16:00:00Z", off: x}
        item MV-1/20: {}
- name: out of order
  businessDate: 2026-11-22
  row: {Gerätenr: "4711"}
  then: [{businessDate: 2026-11-22, row: {Gerätenr: "4711"}}]
- name: without rows
  row: {Gerätenr: "4711"}
  then: [{gives: {}}]
- name: said twice
  rows: [{Gerätenr: "4711", Status: V}, {Gerätenr: "4711", Status: F}]
- name: no day
  row: {Gerätenr: "4711"}
  then: [{businessDate: 22.11.2026, row: {Gerätenr: "4711"}}]
`
	want := `x.test.yaml:4:7: wrong: Status "Q" is parked; add "Q": …  # under codes: status:
x.test.yaml:6:37: wrong: offRentDate of item MV-1/10 is "2026-11-22T17:00:00+01:00", not empty
x.test.yaml:6:52: wrong: dueDate of item MV-1/10 was never said
x.test.yaml:6:76: wrong: item has no field off
x.test.yaml:7:9: wrong: the register has no item MV-1/20; it has contract MV-1, item MV-1/10, asset 004711
x.test.yaml:11:25: out of order: the night of 2026-11-22 does not follow that of 2026-11-22; nights stand in their order
x.test.yaml:14:10: without rows: there is no row; add row: with its cells by header, or rows: [] for a file without any
x.test.yaml:15:3: said twice: two rows of the night say different things of asset 004711, and the later one is rejected; let one row say it; for assets, prefer: settles it
x.test.yaml:19:25: no day: date "22.11.2026": …
`
	got := RunTests(compile(t, hamburg), "x.test.yaml", []byte(tests)).Error() + "\n"
	if diff := cmp.Diff(want, shortened(got, want)); diff != "" {
		t.Error(diff)
	}
}
