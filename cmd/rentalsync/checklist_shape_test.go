package main

import (
	"strings"
	"testing"
)

func TestChecklistOfCells(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	springTraps(t, []trap{
		{
			it:   "two characters stand between two cells, and one of them alone may stand in a cell",
			says: []string{`delimiter: ";;"`},
			text: strings.ReplaceAll(strings.ReplaceAll(both, ";", ";;"), "Müller & Söhne", "Müller; Söhne"),
			want: strings.Replace(heardOne, "Müller & Söhne", "Müller; Söhne", 1),
		},
		{
			it:   "a key begins with a pipe, which is text where the delimiter is another one",
			text: fleet("|PKUP;S-3;F;HAM;;;;;;", freeTwo),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-2 AVAILABLE
				IRIS: S-3 AVAILABLE`,
		},
		{
			it:   "a key begins with the pipe that parts the cells, so that its row has a cell too many",
			says: []string{"delimiter: pipe"},
			text: strings.ReplaceAll(both, ";", "|") + "|PKUP|S-3|F|HAM||||||5,00\r\n",
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 4, 11 cells where the header has 10; a delimiter inside a value must be quoted
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "the delimiter that the mapping says is not the one of the file",
			text: strings.ReplaceAll(both, ";", "\t"),
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: …another delimiter than the mapping says; check delimiter
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "a quote is opened and never closed, so that the file may still be on its way",
			text: fleet(rentedOne, `2;S-2;F;HAM;;"Elbe;;;;`, "4;S-4;F;HAM;;;;;;"),
			want: `
				left alone: FLEET_20261121.csv: …the quote opened at line 3 is never closed
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "a quote is opened and never closed in a file that its trailer shows to be whole",
			says: []string{`end: "*** ENDE {count} ***"`},
			text: fleet(rentedOne, `2;S-2;F;HAM;;"Elbe;;;;`, "4;S-4;F;HAM;;;;;;", "*** ENDE 3 ***"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 3, Name ""Elbe;;;;": the quote is never closed; …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-4 AVAILABLE`,
		},
		{
			it:   "a quote lacks its closing one, and a later quote closes it by chance: no row in between is lost",
			text: fleet(rentedOne, `2;S-2;F;HAM;;"Elbe;;;;`, `3;S-3;F;HAM;;;;;;`, `4;S-4;F;HAM;;Rohr 2";;;;`, `5;S-5;F;HAM;;;;;;`),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				5 read = 4 mapped + 0 skipped + 1 rejected
				line 3, Name ""Elbe;;;;": …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-3 AVAILABLE
				IRIS: S-4 AVAILABLE
				IRIS: S-5 AVAILABLE`,
		},
		{
			it:   "text goes on behind a closing quote",
			text: fleet(rentedOne, `2;S-2;F;HAM;;"Elbe" Bau;;;;`),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 1 mapped + 0 skipped + 1 rejected
				line 3, Name ""Elbe" Bau;;;;": text after the closing quote; a quote inside a quoted value must be doubled
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne`,
		},
		{
			it:   "a quote in the middle of a cell is an inch",
			text: fleet(`1;S-1;V;HAM;K1;Rohr 2" Bau;M1;01.11.2026;;1.250,00`, freeTwo),
			want: strings.Replace(heardOne, "Müller & Söhne", `Rohr 2" Bau`, 1),
		},
		{
			it: "a memo holds line ends, and the rows below it keep their lines",
			text: "Memo;" + fleetHeader + "\r\n" +
				"\"call first\r\ngate 3\n\nkey under mat\";" + rentedOne + "\r\n;" + freeTwo + "\r\n;too;short\r\n",
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 7, 3 cells where the header has 11; …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "Excel is told the delimiter by a line that is neither header nor row",
			text: "sep=;\r\n" + both,
			want: heardOne,
		},
	})
}

func TestChecklistOfHeaders(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	springTraps(t, []trap{
		{
			it:   "two columns have exactly the same header, and the mapping needs one of them",
			text: strings.ReplaceAll(fleet(rentedOne+";V", freeTwo+";F"), "Rate", "Rate;Status"),
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: "Status" and "Status (2)" are the same header for status; …
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "two columns have the same header, and the mapping needs one of them",
			text: strings.ReplaceAll(fleet(rentedOne+";V", freeTwo+";F"), "Rate", "Rate;STATUS"),
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: "Status" and "STATUS" are the same header for status; …
				exit 3
				IRIS: nothing`,
		},
		{
			it:   "two columns have the same header, and nobody needs them",
			text: strings.ReplaceAll(fleet(rentedOne+";a;b", freeTwo+";;"), "Rate", "Rate;Memo;Memo"),
			want: heardOne,
		},
		{
			it:   "the header takes two lines",
			says: []string{"header: [1, 2]"},
			text: "Machine;Serial;Status;Depot;Customer;Customer;Contract;Out;Back;Rate\r\n" +
				"No;;;;No;Name;;;;\r\n" + rentedOne + "\r\n" + freeTwo + "\r\n",
			mappings: []string{"two-lines"},
			want:     heardOne,
		},
		{
			it:   "lines for people stand above the header",
			says: []string{"header: 4"},
			text: "Fleet of the night;;;;;;;;;\r\nprinted 21.11.2026 23:30\r\n\r\n" + both,
			want: heardOne,
		},
		{
			it:   "a column that keys need was renamed, so that nothing of the file can be taken",
			text: strings.Replace(both, "Contract;", "Contracts;", 1),
			want: `
				2026-11-21 failed: FLEET_20261121.csv quarantined: the header on line 1 lacks "Contract" (is it "Contracts"?); add the header's new spelling under columns, …
				exit 3
				IRIS: nothing`,
		},
		{
			it: "a column was renamed that a file can do without, so that its fields stay as they were",
			nights: []night{
				{"FLEET_20261120.csv": both},
				{"FLEET_20261121.csv": strings.NewReplacer("Rate", "Rates", "1.250,00", "99,00").Replace(both)},
			},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				FLEET_20261121.csv line 1 warning: …the file has no column "Rate" (is it "Rates"?): its fields stay as they were
				FLEET_20261121.csv line 1 warning: the file has a column "Rates" that the one before it had not; …
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it: "the columns have another order",
			text: "Serial;Nr;Depot;Status;Rate;Back;Out;Contract;Name;Customer\r\n" +
				"S-1;1;HAM;V;1.250,00;;01.11.2026;M1;Müller & Söhne;K1\r\nS-2;2;HAM;F;;;;;;\r\n",
			want: heardOne,
		},
		{
			it:   "a column more than ever before hurts nobody",
			text: "Color;" + strings.NewReplacer("1;S-1", "red;1;S-1", "2;S-2", "blue;2;S-2").Replace(both),
			want: heardOne,
		},
		{
			it: "a column more than the night before is told, and hurts nobody",
			nights: []night{
				{"FLEET_20261120.csv": both},
				{trapNight: "Color;" + strings.NewReplacer("1;S-1", "red;1;S-1", "2;S-2", "blue;2;S-2").Replace(both)},
			},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				FLEET_20261121.csv line 1 warning: the file has a column "Color" that the one before it had not; …
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it: "the columns have another order than the night before",
			nights: []night{
				{"FLEET_20261120.csv": both},
				{trapNight: "Serial;Nr;Depot;Status;Rate;Back;Out;Contract;Name;Customer\r\n" +
					"S-1;1;HAM;V;1.250,00;;01.11.2026;M1;Müller & Söhne;K1\r\nS-2;2;HAM;F;;;;;;\r\n"},
			},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				FLEET_20261121.csv line 1 warning: …order…
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "case, accents and blanks do not tell headers apart",
			text: strings.NewReplacer("Serial", " SERIAL ", "Depot", "dépôt").Replace(both),
			want: heardOne,
		},
		{
			it:   "a line of totals stands below the machines",
			text: both + "SUMME;;;;;;;;;1.250,00\r\n",
			want: strings.Replace(heardOne, "2 read = 2 mapped + 0 skipped", "3 read = 2 mapped + 1 skipped", 1),
		},
		{
			it:   "a spreadsheet leaves 900 blank rows behind",
			text: both + strings.Repeat(";;;;;;;;;\r\n", 900),
			want: strings.Replace(heardOne, "2 read = 2 mapped + 0 skipped", "902 read = 2 mapped + 900 skipped", 1),
		},
		{
			it:   "an editor leaves 900 empty lines behind, which are no rows",
			text: both + strings.Repeat("\r\n", 900),
			want: heardOne,
		},
		{
			it:   "every row but not the header ends with a delimiter",
			text: strings.NewReplacer("1.250,00", "1.250,00;", freeTwo, freeTwo+";").Replace(both),
			want: heardOne,
		},
	})
}
