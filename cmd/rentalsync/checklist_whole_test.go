package main

import (
	"strings"
	"testing"
)

// wholeFleet is a night before the one that the traps are about.
var wholeFleet = night{"FLEET_20261120.csv": fleet(rentedOne, freeTwo, rentedThree)}

// wholeFleetTold is what comes of it.
const wholeFleetTold = `
	2026-11-20 done: FLEET_20261120.csv acked
	3 read = 3 mapped + 0 skipped + 0 rejected
	exit 0`

// wholeFleetHeld is what IRIS holds then.
const wholeFleetHeld = `
	IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
	IRIS: S-2 AVAILABLE
	IRIS: S-3 ON_RENT, M3 at 95.5 for Elbe Bau`

// withTrailer lets a file end with the number of its rows.
var withTrailer = []string{`end: "*** ENDE {count} ***"`}

func TestChecklistOfFilesThatSayNothing(t *testing.T) {
	springTraps(t, []trap{
		{
			it:     "the folder is empty",
			nights: []night{{}},
			want:   "exit 0\nIRIS: nothing",
		},
		{
			it:   "the file has no bytes, as one has that is about to be written",
			text: "",
			want: `
				left alone: FLEET_20261121.csv: …the file is empty
				exit 3
				IRIS: nothing`,
		},
		{
			it:     "the file has a header alone: every machine is missed, and no rental ends with a machine that is not listed",
			nights: []night{wholeFleet, {trapNight: fleetHeader + "\r\n"}},
			want: wholeFleetTold + `
				2026-11-21 done: FLEET_20261121.csv acked
				1 absent: …
				2 absent: …
				3 absent: …
				… warning: the file names no item at all, …
				… warning: the file names no asset at all, …
				exit 0` + wholeFleetHeld,
		},
		{
			it:     "the file has a header alone, and a limit says how many machines may go in a night",
			config: "gates: {assetsGone: 20%}",
			nights: []night{wholeFleet, {trapNight: fleetHeader + "\r\n"}},
			want: wholeFleetTold + `
				2026-11-21 held: FLEET_20261121.csv staged
				held: 3 of 3 assets are no longer named (100 %); the limit is 20 %
				⋮
				… warning: the file names no asset at all, …
				exit 3` + wholeFleetHeld,
		},
		{
			it:   "the file has a wrong header alone",
			text: "Name;Town\r\n",
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: the header on line 1 lacks "Nr", …; …
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "a trailer says that there are no records, and there are none",
			says: withTrailer,
			text: fleet("*** ENDE 0 ***"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				⋮
				exit 0
				IRIS: nothing`,
		},
		{
			it:       "no contract line is open any more, and a file without lines says so",
			mappings: []string{"equipment", "contracts", "items", "customers"},
			nights: []night{
				tablesNight,
				{"ITEMS_20261121.csv": "LINE,CONTRACT,NO,OUT,RATE\n"},
			},
			want: tablesTold + `
				2026-11-21 done: ITEMS_20261121.csv acked
				L1 rental no longer named: …
				… warning: the file names no item at all, …
				exit 0
				IRIS: S-1 ON_RENT, L1 until 2026-11-21T22:59:59Z at 95.5 for Elbe Bau`,
		},
	})
}

func TestChecklistOfTrailers(t *testing.T) {
	springTraps(t, []trap{
		{
			it:   "the trailer counts itself, which the mapping says",
			says: []string{`end: "*** ENDE {count+1} ***"`},
			text: fleet(rentedOne, freeTwo, "*** ENDE 3 ***"),
			want: heardOne,
		},
		{
			it:   "the trailer counts the rows",
			says: withTrailer,
			text: fleet(rentedOne, freeTwo, "*** ENDE 2 ***"),
			want: heardOne,
		},
		{
			it:   "the trailer counts the rows that are wrong and those that are skipped, too",
			says: withTrailer,
			text: fleet(rentedOne, "2;S-2;F", "SUMME;;;;;;;;;", "*** ENDE 3 ***"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 1 mapped + 1 skipped + 1 rejected
				line 3, 3 cells where the header has 10; …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne`,
		},
		{
			it:   "the trailer counts itself, or a row got lost: nobody can tell which",
			says: withTrailer,
			text: fleet(rentedOne, freeTwo, "*** ENDE 3 ***"),
			want: `
				left alone: FLEET_20261121.csv: …the trailer in line 4 counts 3 rows, the file has 2 rows
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "the trailer counts a row too few",
			says: withTrailer,
			text: fleet(rentedOne, freeTwo, "*** ENDE 1 ***"),
			want: `
				left alone: FLEET_20261121.csv: …the trailer in line 4 counts 1 row, the file has 2 rows
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "the file was cut between two rows; it is left alone until it is whole",
			says: withTrailer,
			nights: []night{
				{trapNight: fleet(rentedOne)},
				{trapNight: fleet(rentedOne, freeTwo, "*** ENDE 2 ***")},
			},
			want: `
				left alone: FLEET_20261121.csv: …the trailer "*** ENDE {count} ***" is missing
				exit 3` + heardOne,
		},
		{
			it:   "the upload stopped in the middle of a row, and goes on later",
			says: withTrailer,
			nights: []night{
				{trapNight: fleet(rentedOne, freeTwo, "*** ENDE 2 ***")[:120]},
				{trapNight: fleet(rentedOne, freeTwo, "*** ENDE 2 ***")},
			},
			want: `
				left alone: FLEET_20261121.csv: …the trailer "*** ENDE {count} ***" is missing
				exit 3` + heardOne,
		},
		{
			it:   "the upload stopped in the middle of the trailer",
			says: withTrailer,
			text: strings.TrimSuffix(fleet(rentedOne, freeTwo, "*** ENDE 12 ***"), "2 ***\r\n"),
			want: `
				left alone: FLEET_20261121.csv: …
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "two exports were joined in one file",
			says: withTrailer,
			text: fleet(rentedOne, "*** ENDE 1 ***") + fleet(freeTwo, "*** ENDE 1 ***"),
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: line 4 has text after the trailer in line 3; two exports may have been joined…
				exit 3
				IRIS: nothing`,
		},
		{
			it:     "a file without a trailer was cut in the middle of a row, which has no end",
			nights: []night{wholeFleet, {trapNight: fleet(rentedOne) + "2;S-2"}, {trapNight: fleet(rentedOne, freeTwo, rentedThree)}},
			want: wholeFleetTold + `
				left alone: FLEET_20261121.csv: …the file ends in the middle of line 3: it has 2 cells of 10 and no line end…
				exit 3
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				exit 0` + wholeFleetHeld,
		},
		{
			it:     "a row that cannot be read could be any machine, so that none is missed",
			nights: []night{wholeFleet, {trapNight: fleet(rentedOne, "2;S-2")}},
			want: wholeFleetTold + `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 1 mapped + 0 skipped + 1 rejected
				line 3, 2 cells where the header has 10; …
				… warning: which items are no longer named was not judged: …
				… warning: which assets are no longer named was not judged: …
				exit 3` + wholeFleetHeld,
		},
		{
			it:     "a file without a trailer was cut between two rows: limits notice it, and nothing becomes true",
			config: "gates: {assetsGone: 20%}",
			nights: []night{wholeFleet, {trapNight: fleet("1;S-1;F;HAM;;;;;;")}},
			want: wholeFleetTold + `
				2026-11-21 held: FLEET_20261121.csv staged
				held: 2 of 3 assets are no longer named (66.7 %); the limit is 20 %
				1 read = 1 mapped + 0 skipped + 0 rejected
				⋮
				exit 3` + wholeFleetHeld,
		},
	})
}
