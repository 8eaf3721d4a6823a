package main

import (
	"slices"
	"strings"
	"testing"
)

// heardBook is what comes of a workbook in which both machines were understood.
var heardBook = strings.ReplaceAll(heardOne, "FLEET_20261121.csv", "BOOK_20261121.xlsx")

// fleetRow is the first machine of a workbook with its own day, price and number.
func fleetRow(nr, out, rate bookCell) []bookCell {
	return []bookCell{nr, cellText("S-1"), cellText("V"), cellText("HAM"), cellText("K1"), cellText("Müller & Söhne"), cellText("M1"), out, "", rate}
}

func TestChecklistOfWorkbooks(t *testing.T) {
	head := textRow(strings.Split(fleetHeader, ";")...)
	two := textRow(strings.Split(freeTwo, ";")...)
	one := fleetRow(cellNumber("1"), cellDay("46327"), cellNumber("1250"))
	night21 := func(content string) []night { return []night{{"BOOK_20261121.xlsx": content}} }

	var traps []trap
	add := func(tr trap) {
		tr.mappings = []string{"book"}
		traps = append(traps, tr)
	}
	add(trap{
		it:     "days, prices and numbers of machines are numbers to a workbook",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, one, two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "a workbook from a Mac counts its days from 1904",
		nights: night21(book(`date1904="1"`, sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellDay("44865"), cellNumber("1250")), two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "days and prices are text in the form that the mapping says",
		nights: night21(book("", sheet{"Fleet", textRows(fleetHeader, rentedOne, freeTwo)})),
		want:   heardBook,
	})
	add(trap{
		it:     "what a formula came to is its cell",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellFormula(`TEXT(1,"0")`, "1"), cellDay("46327"), cellNumber("1250")), two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "a cell shows an error, which rejects its row",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellFault("#N/A"), cellNumber("1250")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, Out "#N/A": …
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "a number of more digits than a spreadsheet keeps was a machine once",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1.2345678901234568E+17"), cellDay("46327"), cellNumber("1250")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, Nr "…": Excel has changed this number, and digits of it are lost; …
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "lines for people stand above the header",
		says:   []string{"header: 4"},
		nights: night21(book("", sheet{"Fleet", slices.Concat(textRows("Fleet of the night", "printed;21.11.2026", ""), [][]bookCell{head, one, two})})),
		want:   heardBook,
	})
	add(trap{
		it:     "nobody knows how many lines for people stand above the header",
		says:   []string{"header: find"},
		nights: night21(book("", sheet{"Fleet", slices.Concat(textRows("Fleet of the night", "", "filter:;all depots"), [][]bookCell{head, one, two})})),
		want:   heardBook,
	})
	add(trap{
		it:     "a line of totals stands below the machines, and 900 rows that only look blank and are none",
		nights: night21(book("", sheet{"Fleet", slices.Concat([][]bookCell{head, one, two}, textRows("SUMME;2"), slices.Repeat(textRows(" ; "), 900))})),
		want:   strings.Replace(heardBook, "2 read = 2 mapped + 0 skipped", "3 read = 2 mapped + 1 skipped", 1),
	})
	add(trap{
		it:     "the machines stand on the second sheet",
		says:   []string{"sheet: Fleet"},
		nights: night21(book("", sheet{"README", textRows("Do not change the sheets")}, sheet{"Fleet", [][]bookCell{head, one, two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "the sheet that the mapping names was renamed",
		says:   []string{"sheet: Fleet"},
		nights: night21(book("", sheet{"Fleet 2026", [][]bookCell{head, one, two}})),
		want:   setAside("BOOK_20261121.xlsx", "…\"Fleet\"…\"Fleet 2026\"…"),
	})
	add(trap{
		it:     "the workbook has a header alone",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			⋮
			exit 0
			IRIS: nothing`,
	})
	add(trap{
		it:     "a day stands in a cell that shows it as a number",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellNumber("46327"), cellNumber("1250")), two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "a day stands there as text with its month first",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellText("11/21/2026"), cellNumber("1250")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, Out "11/21/2026": …
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "a price has the dust of binary fractions behind it, which no spreadsheet shows",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellDay("46327"), cellNumber("1250.0000000000002")), two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "a number of a machine is written with powers of ten, and has all of its digits",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("4.711E3"), cellDay("46327"), cellNumber("1.25E3")), two}})),
		want:   heardBook,
	})
	add(trap{
		it:     "a formula was never calculated",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(`><f>A1+1</f></c>`, cellDay("46327"), cellNumber("5")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, Nr "": the cell has a formula without a result; …
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "a day is one that only spreadsheets have",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellDay("60"), cellNumber("5")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, Out "1900-02-29": …
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "a day lies before all days",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, fleetRow(cellNumber("1"), cellDay("-1"), cellNumber("5")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, Out "…-1": …no day that a workbook knows; …
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "a note stands beside the table",
		nights: night21(book("", sheet{"Fleet", [][]bookCell{head, append(slices.Clone(one), cellText("call first")), two}})),
		want: `
			2026-11-21 done: BOOK_20261121.xlsx acked
			2 read = 1 mapped + 0 skipped + 1 rejected
			line 2, 11 "call first": the cell K2 stands beside the table…
			exit 3
			IRIS: S-2 AVAILABLE`,
	})
	add(trap{
		it:     "every branch has a sheet of its own",
		says:   []string{`sheet: "Fleet*"`},
		nights: night21(book("", sheet{"Fleet north", [][]bookCell{head, one}}, sheet{"README", textRows("Do not rename")}, sheet{"Fleet south", [][]bookCell{head, two}})),
		want:   heardBook,
	})
	traps = append(traps, trap{
		it:       "the header takes two lines",
		mappings: []string{"two-lines"},
		says:     []string{`match: "BOOK_{date:YYYYMMDD}.xlsx"`, "format: xlsx", "delimiter:", "header: [1, 2]"},
		nights: night21(book("", sheet{"Fleet", append(textRows(
			"Machine;Serial;Status;Depot;Customer;Customer;Contract;Out;Back;Rate", "No;;;;No;Name;;;;"), one, two)})),
		want: heardBook,
	})
	springTraps(t, traps)
}
