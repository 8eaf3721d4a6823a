package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChecklistOfOrder(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	back := fleet("1;S-1;F;HAM;K1;Müller & Söhne;M1;01.11.2026;21.11.2026;1.250,00", freeTwo)
	springTraps(t, []trap{
		{
			it:     "an older night comes after a newer one",
			nights: []night{{trapNight: both}, {"FLEET_20261120.csv": back}},
			want: andThen(heardOne, `
				2026-11-20 superseded: FLEET_20261120.csv superseded: 2026-11-21 was worked already
				exit 0`),
		},
		{
			it:     "two nights come at once, and the older one is worked first",
			nights: []night{{trapNight: both, "FLEET_20261120.csv": fleet("1;S-1;F;HAM;;;;;;", freeTwo)}},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected` + heardOne,
		},
		{
			it:     "the same file comes again",
			nights: []night{{trapNight: both}, {trapNight: both}},
			want: andThen(heardOne, `
				2026-11-21 duplicate: FLEET_20261121.csv duplicate: same content, date and mapping as FLEET_20261121.csv of run …
				exit 0`),
		},
		{
			it:     "the same name comes with another content, which mends the night",
			nights: []night{{trapNight: fleet(rentedOne)}, {trapNight: both}},
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0` + heardOne,
		},
		{
			it:     "the same content comes with another name",
			nights: []night{{trapNight: both}, {"FLEET_20261121_copy.csv": both}},
			want: andThen(heardOne, `
				2026-11-21 duplicate: FLEET_20261121_copy.csv duplicate: same content, date and mapping as FLEET_20261121.csv of run …
				exit 0`),
		},
		{
			it:     "the same content comes with another date: a night in which nothing happened",
			nights: []night{{"FLEET_20261120.csv": both}, {trapNight: both}, {"FLEET_20261120_late.csv": back}},
			want: andThen(strings.NewReplacer("20261121", "20261120", "2026-11-21", "2026-11-20").Replace(heardOne), `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-20 superseded: FLEET_20261120_late.csv superseded: 2026-11-21 was worked already
				exit 0`),
		},
		{
			it:       "a file of changes comes late: what a later one has set stays",
			mappings: []string{"fleet", "moves"},
			nights: []night{
				{"FLEET_20261120.csv": both},
				{"MOVES_202611211200.csv": "NO,STATUS\n2,IN_REPAIR\n"},
				{"MOVES_202611210800.csv": "NO,STATUS\n1,RETURNED\n2,ON_RENT\n"},
			},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: MOVES_202611211200.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: MOVES_202611210800.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 RETURNED, M1 at 1250 for Müller & Söhne
				IRIS: S-2 IN_REPAIR`,
		},
		{
			it:     "one night comes in two files, which are worked together",
			nights: []night{wholeFleet, {trapNight: both, "FLEET_20261121_b.csv": fleet(rentedThree)}},
			want: wholeFleetTold + `
				2026-11-21 done: FLEET_20261121.csv acked
				2026-11-21 done: FLEET_20261121_b.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				exit 0` + wholeFleetHeld,
		},
		{
			it:   "a rental begins in the hour that the clock leaves out, and somebody is told",
			says: []string{"dates: DD.MM.YYYY HH:mm"},
			text: fleet("1;S-1;V;HAM;K1;Elbe Bau;M1;29.03.2026 02:30;;95,50"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				FLEET_20261121.csv line 2 warning: …29.03.2026 02:30…
				exit 0
				IRIS: S-1 ON_RENT, M1 at 95.5 for Elbe Bau`,
		},
		{
			it:     "the day in the file's name is one that no calendar has",
			nights: []night{{"FLEET_20261131.csv": both}},
			want: `
				left alone: FLEET_20261131.csv: no mapping matches the file name
				exit 0
				IRIS: nothing`,
		},
		{
			it:     "nobody knows the file's name",
			nights: []night{{"fleet 21-11-2026.csv": both}},
			want: `
				left alone: fleet 21-11-2026.csv: no mapping matches the file name
				exit 0
				IRIS: nothing`,
		},
	})
}

func TestEveryFileEndsWhereItBelongs(t *testing.T) {
	t.Parallel()
	h := newTrapHouse(t, trap{})
	both := fleet(rentedOne, freeTwo)
	for _, n := range []night{
		{trapNight: both},
		{trapNight: both},
		{"FLEET_20261120.csv": both},
		{"FLEET_20261122.csv": "no;table\r\n"},
		{"FLEET_20261123.csv": fleetHeader + `\r\n1;"S`, "notes.txt": "call first"},
	} {
		h.work(t, n)
	}
	want := []string{
		"archive/2026/11/FLEET_20261121.csv",
		"archive/duplicate/2026/11/FLEET_20261121.csv",
		"archive/superseded/2026/11/FLEET_20261120.csv",
		"inbox/FLEET_20261123.csv",
		"inbox/notes.txt",
		"quarantine/FLEET_20261122.csv",
		"quarantine/FLEET_20261122.csv.reason.txt",
	}
	if diff := cmp.Diff(want, h.aside(t, "archive", "inbox", "quarantine")); diff != "" {
		t.Errorf("files lie elsewhere (-want +got):\n%s", diff)
	}
}

// andThen puts what comes of later nights before what IRIS holds of an earlier one.
func andThen(before, later string) string {
	at := strings.Index(before, "IRIS:")
	return before[:at] + strings.TrimSpace(later) + "\n" + before[at:]
}
