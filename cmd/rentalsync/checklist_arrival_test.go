package main

import (
	"strings"
	"testing"
)

func TestChecklistOfUploads(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	heard := "2026-11-21 done: FLEET_20261121.csv acked\n2 read = 2 mapped + 0 skipped + 0 rejected\nexit 0"
	holds := "\nIRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne\nIRIS: S-2 AVAILABLE"
	springTraps(t, []trap{
		{
			it:     "an upload stopped within the header",
			nights: []night{{trapNight: both[:20]}, {trapNight: both}},
			want:   "left alone: FLEET_20261121.csv: …header…\nexit 3\n" + heard + holds,
		},
		{
			it:     "an upload stopped right behind the header",
			nights: []night{wholeFleet, {trapNight: fleetHeader}},
			want:   wholeFleetTold + "\nleft alone: FLEET_20261121.csv: …header…\nexit 3" + wholeFleetHeld,
		},
		{
			it:     "a client has taken the room for the file and written nothing yet",
			nights: []night{{trapNight: strings.Repeat("\x00", 200)}, {trapNight: both}},
			want:   "left alone: FLEET_20261121.csv: …\nexit 3\n" + heard + holds,
		},
		{
			it:     "a client writes under a name of its own until it is done",
			says:   []string{`match: "FLEET_{date:YYYYMMDD}*"`},
			nights: []night{{"FLEET_20261121.csv.part": both, ".FLEET_20261121.csv.x7Qf": both, "FLEET_20261121.csv.filepart": both}},
			want:   "exit 0\nIRIS: nothing",
		},
		{
			it:   "a client takes the room for the whole file first, and then fills it",
			text: both[:75] + strings.Repeat("\x00", 100),
			want: "left alone: FLEET_20261121.csv: …the file ends in the middle of line 2…\nexit 3\nIRIS: nothing",
		},
		{
			it:     "a file waits for the marker that the ERP writes last",
			config: `ready: {settle: 0s, marker: "{name}.ok"}`,
			nights: []night{{trapNight: both}, {"FLEET_20261121.csv.ok": ""}},
			want:   "left alone: FLEET_20261121.csv: its marker \"FLEET_20261121.csv.ok\" is missing\nexit 3\n" + heard + holds,
		},
		{
			it:     "a control file tells how many rows were written, and some are missing",
			config: `ready: {settle: 0s, control: {match: "CONTROL_{date:YYYYMMDD}.csv", columns: {name: FILE, rows: ROWS}}}`,
			nights: []night{
				{trapNight: fleet(rentedOne), "CONTROL_20261121.csv": "FILE;ROWS\nFLEET_20261121.csv;2\n"},
				{trapNight: both},
			},
			want: "left alone: FLEET_20261121.csv: …2 rows…\nexit 3\n" + heard + holds,
		},
		{
			it:     "a file that lacks its end for too long is set aside",
			says:   withTrailer,
			config: "ready: {settle: 0s, incomplete: 1ms}",
			nights: []night{{trapNight: both}, {}},
			want: `
				⋮
				2026-11-21 failed: FLEET_20261121.csv quarantined: …the trailer "*** ENDE {count} ***" is missing
				exit 3
				IRIS: nothing`,
		},
	})
}

func TestChecklistOfSets(t *testing.T) {
	tables := []string{"equipment", "contracts", "items", "customers"}
	withoutItems := night{}
	for name, text := range tablesNight {
		if name != "ITEMS_20261120.csv" {
			withoutItems[name] = text
		}
	}
	items := night{"ITEMS_20261120.csv": tablesNight["ITEMS_20261120.csv"]}
	const set = "ready: {settle: 0s, set: {needs: [equipment, contracts, items], within: "
	springTraps(t, []trap{
		{
			it:       "the contracts came without their lines: the night waits for them",
			mappings: tables,
			config:   set + "2h}}",
			nights:   []night{withoutItems, items},
			want: `
				left alone: CONTRACTS_20261120.csv: …items…
				⋮
				exit 3` + tablesTold + `
				IRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau`,
		},
		{
			it:       "the lines do not come in time, and the night is worked without them",
			mappings: tables,
			config:   set + "1ms, incomplete: process}}",
			nights:   []night{withoutItems, {}},
			want: `
				⋮
				2026-11-20 done: CONTRACTS_20261120.csv acked
				2026-11-20 done: CUSTOMERS_20261120.csv acked
				2026-11-20 done: EQUIPMENT_20261120.csv acked
				missing: items
				3 read = 3 mapped + 0 skipped + 0 rejected
				⋮
				exit 3
				⋮
				IRIS: S-1 ON_RENT`,
		},
		{
			it:       "the lines do not come in time, and the night is held until they do",
			mappings: tables,
			config:   set + "1ms}}",
			nights:   []night{withoutItems, {}, items},
			want: `
				⋮
				2026-11-20 held: CONTRACTS_20261120.csv staged
				⋮
				exit 3
				⋮
				2026-11-20 done: CONTRACTS_20261120.csv acked
				2026-11-20 done: CUSTOMERS_20261120.csv acked
				2026-11-20 done: EQUIPMENT_20261120.csv acked
				2026-11-20 done: ITEMS_20261120.csv acked
				4 read = 4 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau`,
		},
	})
}

func TestChecklistOfIdentity(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	host := func(day string, machines ...string) string {
		all := record("HDR EQMAST  "+day) + "\r\n"
		sum := 0
		for i, m := range machines {
			all += record("EQP "+m) + "\r\n"
			sum += 41178 + i
		}
		return all + recordsEnd(len(machines), sum)
	}
	const (
		out = "00041178 S-1     O 20261101 000012850{ 0012345"
		in  = "00041178 S-1     A 00000000 000012850{ 0012345"
	)
	springTraps(t, []trap{
		{
			it:       "a host writes every night under the same name, and the first record tells the day",
			mappings: []string{"records"},
			nights:   []night{{"EQMAST.DAT": host("20261121", out)}, {"EQMAST.DAT": host("20261121", out)}, {"EQMAST.DAT": host("20261120", in)}},
			want: `
				2026-11-21 done: EQMAST.DAT acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 duplicate: EQMAST.DAT duplicate: …
				exit 0
				2026-11-20 superseded: EQMAST.DAT superseded: 2026-11-21 was worked already
				exit 0
				IRIS: S-1 ON_RENT, 00041178 at 1285`,
		},
		{
			it:       "a cell above the header tells the day of a workbook that is always called the same",
			mappings: []string{"book"},
			says:     []string{`match: "BOOK.xlsx"`, "header: 4", "businessDate: {cell: B2}"},
			nights: []night{
				{"BOOK.xlsx": book("", sheet{"Fleet", append(textRows("Fleet", "printed;21.11.2026", ""), textRows(fleetHeader, rentedOne, freeTwo)...)})},
				{"BOOK.xlsx": book("", sheet{"Fleet", append(textRows("Fleet", "printed;20.11.2026", ""), textRows(fleetHeader, freeTwo)...)})},
			},
			want: `
				2026-11-21 done: BOOK.xlsx acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-20 superseded: BOOK.xlsx superseded: 2026-11-21 was worked already
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "the same content comes again, now packed",
			nights: []night{{trapNight: both}, {"FLEET_20261121.csv.gz": gzipped(both)}},
			want: andThen(heardOne, `
				2026-11-21 duplicate: FLEET_20261121.csv.gz duplicate: same content, date and mapping as FLEET_20261121.csv of run …
				exit 0`),
		},
		{
			it:       "a number is missing between two files of changes",
			mappings: []string{"numbered"},
			nights: []night{
				{"CHANGES_41.csv": "NO,SERIAL,STATUS\n1,S-1,ON_RENT\n"},
				{"CHANGES_43.csv": "NO,SERIAL,STATUS\n2,S-2,AVAILABLE\n"},
			},
			want: `
				… done: CHANGES_41.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				… done: CHANGES_43.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				…42…
				exit …
				IRIS: S-1 ON_RENT
				IRIS: S-2 AVAILABLE`,
		},
	})
}
