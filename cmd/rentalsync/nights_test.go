package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"rentalsync/mappings"
)

// A mapping's own tests go on for several nights without a journal. What they
// say must be what the whole program makes of the same files.
func TestTheNightsOfAMappingsTestsAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	const mapping = `
mapping: fleet
file: {match: "FLEET_{date:YYYYMMDD}.csv", contains: full, dates: YYYY-MM-DD, timezone: Europe/Berlin}
columns: {contract: CONTRACT}
asset: {key: NO, identify: [{SERIAL_NUMBER: NO}], rentalStatus: {from: STATUS}}
contract: {when: contract != "", key: contract}
item: {when: contract != "", key: contract, contract: contract, asset: NO, onRentDate: OUT, offRentDate: {from: IN, time: "17:00"}}
`
	m, faults := mappings.Parse("fleet.yaml", []byte(mapping), mappings.Options{})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 7))
			ended := map[string]bool{}
			b := newBranchFlow(t, "@")
			b.write(t, "mappings/fleet.yaml", mapping)
			b.write(t, "mappings/machines.yaml", strings.NewReplacer("fleet", "machines", "FLEET", "NONE").Replace(mapping))

			test := "- name: as the program does it\n"
			for night := 21; night < 27; night++ {
				csv, rows := fleetNight(random, night, ended)
				b.write(t, fmt.Sprintf("inbox/FLEET_202611%d.csv", night), csv)
				b.once(t)
				if night == 21 {
					test += "  businessDate: 2026-11-21\n" + rows + "  then:\n"
					continue
				}
				test += "  -\n" + strings.ReplaceAll("\n"+rows, "\n  ", "\n    ")[1:] + "    gives:\n" + b.itemsAsGiven(t)
			}
			if faults := mappings.RunTests(m, "fleet.test.yaml", []byte(test)); len(faults) > 0 {
				t.Errorf("%v\nin:\n%s", faults, test)
			}
		})
	}
}

// fleetNight is a random night of three machines, as a file and as the rows of a
// test. A rejected row is announced there. What has ended is not opened again:
// IRIS is not told to forget an end unless wire.yaml says how.
func fleetNight(random *rand.Rand, night int, ended map[string]bool) (csv, rows string) {
	csv, rows = "NO,STATUS,CONTRACT,OUT,IN\n", "  rows:\n"
	rejects := ""
	for _, no := range []string{"S-01", "S-02", "S-03"} {
		contract, out, in := "C-"+no, "2026-11-10", ""
		switch choice := random.IntN(8); {
		case choice == 0 && no != "S-03":
			continue // the machine is not listed
		case choice == 1:
			contract, out, ended[no] = "", "", true
		case choice == 3:
			out, rejects = "2026-11-99", "  rejects: [OUT]\n"
		case choice == 2 || ended[no]:
			ended[no] = true
			in = fmt.Sprintf("2026-11-%d", 11+random.IntN(night-11))
		}
		csv += strings.Join([]string{no, "ON_RENT", contract, out, in}, ",") + "\n"
		rows += fmt.Sprintf("    - {NO: %q, STATUS: ON_RENT, CONTRACT: %q, OUT: %q, IN: %q}\n", no, contract, out, in)
	}
	return csv, rows + rejects
}

// itemsAsGiven writes what IRIS holds as a test would want it.
func (b *branchFlow) itemsAsGiven(t *testing.T) string {
	t.Helper()
	var given strings.Builder
	for _, serial := range []string{"S-01", "S-02", "S-03"} {
		var held modelHeld
		if raw := b.simulator.Held(serial); raw != nil {
			if err := json.Unmarshal(raw, &held); err != nil {
				t.Fatal(err)
			}
		}
		for _, item := range held.ContractItems {
			ends := "null"
			if item.OffRentDate != "" {
				ends = fmt.Sprintf("%q", item.OffRentDate)
			}
			fmt.Fprintf(&given, "      item %s: {onRentDate: %q, offRentDate: %s}\n", item.ExternalReference, item.OnRentDate, ends)
		}
	}
	if given.Len() == 0 {
		return "      {}\n"
	}
	return given.String()
}
