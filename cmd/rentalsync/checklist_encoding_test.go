package main

import (
	"strings"
	"testing"
)

// heardOne is what comes of a night in which both machines were understood.
const heardOne = `
	2026-11-21 done: FLEET_20261121.csv acked
	2 read = 2 mapped + 0 skipped + 0 rejected
	exit 0
	IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
	IRIS: S-2 AVAILABLE`

func TestChecklistOfCharacters(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	springTraps(t, []trap{
		{
			it:   "UTF-8 starts with a byte order mark, which is no part of the first header",
			text: byteOrderMark + both,
			want: heardOne,
		},
		{
			it:   "UTF-16 says by its mark which of its bytes come first",
			text: in(utf16LE, byteOrderMark+both),
			want: heardOne,
		},
		{
			it:   "UTF-16 of big machines has its mark the other way round",
			text: in(utf16BE, byteOrderMark+both),
			want: heardOne,
		},
		{
			it:   "UTF-16 without a mark is read where the mapping declares it",
			says: []string{"encoding: utf-16le"},
			text: in(utf16LE, both),
			want: heardOne,
		},
		{
			it:   "UTF-16 without a mark that nobody declared is set aside whole",
			text: in(utf16LE, both),
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: …UTF-16 without a byte order mark…encoding: utf-16le…
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "windows-1252 need not be declared",
			text: in(cp1252, both),
			want: heardOne,
		},
		{
			it:   "latin1 is declared by its name",
			says: []string{"encoding: iso-8859-1"},
			text: in(latin1, both),
			want: heardOne,
		},
		{
			it:   "latin9 has a sign for the euro",
			says: []string{"encoding: iso-8859-15"},
			text: in(latin9, fleet("1;S-1;V;HAM;K1;Müller € Söhne;M1;01.11.2026;;1.250,00", freeTwo)),
			want: strings.Replace(heardOne, "&", "€", 1),
		},
		{
			it:   "the code page of DOS is declared by its name",
			says: []string{"encoding: cp850"},
			text: in(cp850, both),
			want: heardOne,
		},
		{
			it:   "a byte that windows-1252 does not have rejects its row, and tells of another code page",
			text: in(cp850, both),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 1 mapped + 0 skipped + 1 rejected
				line 2, Name "M…ller & S…hne": byte 0x81 is no character of windows-1252; check encoding…
				exit 3
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "a row in another character set than the declared one is rejected alone",
			says: []string{"encoding: utf-8"},
			text: fleet(rentedOne, freeTwo) + in(cp1252, "3;S-3;V;HAM;K3;Bäcker;M3;02.11.2026;;95,50\r\n"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 4, Name "B\xe4cker": bytes that are not utf-8; …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "one row of a file that declares nothing was written in another character set than all others",
			text: fleet(rentedOne, "2;S-2;F;HAM;K2;Grün & Co;;;;") + in(cp1252, "3;S-3;V;HAM;K3;Bäcker;M3;02.11.2026;;95,50\r\n"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 4, Name "…cker": …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "a character that was lost before the file was written is not sent",
			text: fleet(strings.ReplaceAll(rentedOne, "ü", "\uFFFD"), freeTwo),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 1 mapped + 0 skipped + 1 rejected
				line 2, Name "M�ller & Söhne": a character was lost before the file was written; …
				exit 3
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "a name that another program has garbled is text, and nobody guesses what it was",
			text: fleet(mojibake(rentedOne), freeTwo),
			want: strings.Replace(heardOne, "Müller & Söhne", "MÃ¼ller & SÃ¶hne", 1),
		},
		{
			it:   "lines end with a carriage return alone",
			text: strings.ReplaceAll(both, "\r\n", "\r"),
			want: heardOne,
		},
		{
			it:   "lines end now so, now so, and the last one not at all",
			text: fleetHeader + "\n" + rentedOne + "\r" + freeTwo,
			want: heardOne,
		},
		{
			it:   "a NUL byte rejects its row",
			text: fleet(rentedOne, freeTwo, "3;S-3\x00;F;HAM;;;;;;"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 4, Serial "S-3␀": a NUL byte; …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "old systems end a file with the byte 0x1A, which is no row",
			text: both + "\x1a",
			want: heardOne,
		},
		{
			it:   "the end mark may stand in the middle of a block of them",
			text: both + "\x1a\x1a\x1a\r\n",
			want: heardOne,
		},
	})
}
