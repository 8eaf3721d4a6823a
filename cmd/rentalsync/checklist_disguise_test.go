package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// committed is a file of the checklist that no test makes.
func committed(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "checklist", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// setAside is what comes of a file that cannot become rows.
func setAside(name, why string) string {
	return "2026-11-21 failed: " + name + " quarantined: " + why + "\nexit 3\nIRIS: nothing"
}

const webPage = "<html><head><title>Fleet</title></head><body><table><tr><td>Nr</td><td>Serial</td></tr></table></body></html>"

func TestChecklistOfDisguises(t *testing.T) {
	const bookNight = "BOOK_20261121.xlsx"
	books := []string{"book"}
	fleetBook := book("", sheet{"Fleet", textRows(fleetHeader, rentedOne, freeTwo)})
	springTraps(t, []trap{
		{
			it:   "a workbook calls itself CSV",
			text: fleetBook,
			want: setAside(trapNight, "the file is not CSV but a workbook or a ZIP archive; say format: xlsx…"),
		},
		{
			it:   "a web page calls itself CSV",
			text: webPage,
			want: setAside(trapNight, "the file is not CSV but a web page or XML; …"),
		},
		{
			it:   "an old workbook calls itself CSV",
			text: committed(t, "old.xls"),
			want: setAside(trapNight, "the file is not CSV but an old or password protected Excel workbook; …"),
		},
		{
			it:   "a text document calls itself CSV",
			text: "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
			want: setAside(trapNight, "the file is not CSV but a PDF document; …"),
		},
		{
			it:       "an old workbook has the name that old workbooks have",
			mappings: books,
			nights:   []night{{"BOOK_20261121.xls": committed(t, "old.xls")}},
			want:     setAside("BOOK_20261121.xls", "…an old one (.xls); open it in Excel and save it as .xlsx…"),
		},
		{
			it:       "a workbook is protected by a password",
			mappings: books,
			nights:   []night{{bookNight: committed(t, "locked.xlsx")}},
			want:     setAside(bookNight, "the workbook is protected by a password; save it without a password…"),
		},
		{
			it:       "a web page calls itself a workbook",
			mappings: books,
			nights:   []night{{bookNight: webPage}},
			want:     setAside(bookNight, "…not an .xlsx workbook but a web page; …"),
		},
		{
			it:       "a web page calls itself an old workbook, which Excel opens all the same",
			mappings: books,
			nights:   []night{{"BOOK_20261121.xls": webPage}},
			want:     setAside("BOOK_20261121.xls", "…not an .xlsx workbook but a web page; …"),
		},
		{
			it:       "plain text calls itself a workbook",
			mappings: books,
			nights:   []night{{bookNight: fleet(rentedOne)}},
			want:     setAside(bookNight, "…not an .xlsx workbook but plain text; say format: csv…"),
		},
		{
			it:       "half of a workbook was uploaded, and then all of it",
			mappings: books,
			nights:   []night{{bookNight: fleetBook[:len(fleetBook)/2]}, {bookNight: fleetBook}},
			want: `
				left alone: BOOK_20261121.xlsx: …
				exit 3
				2026-11-21 done: BOOK_20261121.xlsx acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:       "a workbook has no bytes yet",
			mappings: books,
			nights:   []night{{bookNight: ""}},
			want: `
				left alone: BOOK_20261121.xlsx: …the file is empty
				exit 3
				IRIS: nothing`,
		},
	})
}

func TestChecklistOfArchives(t *testing.T) {
	both := fleet(rentedOne, freeTwo)
	springTraps(t, []trap{
		{
			it:     "the file is packed",
			nights: []night{{"FLEET_20261121.csv.gz": gzipped(both)}},
			want: `
				2026-11-21 done: FLEET_20261121.csv.gz acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "the packed file was cut on its way, and comes again",
			nights: []night{{"FLEET_20261121.csv.gz": gzipped(both)[:60]}, {"FLEET_20261121.csv.gz": gzipped(both)}},
			want: `
				left alone: FLEET_20261121.csv.gz: …
				exit 3
				2026-11-21 done: FLEET_20261121.csv.gz acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "half of an archive was uploaded, and then all of it",
			nights: []night{{"NIGHT.zip": zipped(member{trapNight, both})[:100]}, {"NIGHT.zip": zipped(member{trapNight, both})}},
			want: `
				left alone: NIGHT.zip: …
				exit 3
				2026-11-21 done: …FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "an archive holds a file that nobody knows, which stops none of the others",
			nights: []night{{"NIGHT.zip": zipped(member{trapNight, both}, member{"notes.txt", "call first"})}},
			want: `
				2026-11-21 done: NIGHT.zip/FLEET_20261121.csv acked
				2026-11-21 done: NIGHT.zip/notes.txt quarantined: no mapping knows its name; …
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "an archive has folders",
			nights: []night{{"NIGHT.zip": zipped(member{"out/", ""}, member{"out/" + trapNight, both})}},
			want: `
				2026-11-21 done: NIGHT.zip/out/FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "an archive holds the same name twice",
			nights: []night{{"NIGHT.zip": zipped(member{trapNight, both}, member{trapNight, fleet(freeTwo)})}},
			want: `
				… failed: NIGHT.zip quarantined: …"FLEET_20261121.csv" twice; …
				exit 3
				IRIS: nothing`,
		},
		{
			it:       "a workbook is packed once more",
			mappings: []string{"book"},
			nights:   []night{{"BOOK_20261121.xlsx.gz": gzipped(book("", sheet{"Fleet", textRows(fleetHeader, rentedOne, freeTwo)}))}},
			want: `
				2026-11-21 done: BOOK_20261121.xlsx.gz acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "a file calls itself packed and is not",
			nights: []night{{"FLEET_20261121.csv.gz": both}},
			want:   setAside("FLEET_20261121.csv.gz", "…if it is not compressed at all its name must not end in .gz"),
		},
		{
			it:     "a file is packed and does not say so",
			nights: []night{{trapNight: gzipped(both)}},
			want:   setAside(trapNight, "the file is not CSV but compressed with gzip; …"),
		},
		{
			it:     "a file of an archive would land outside of it",
			nights: []night{{"NIGHT.zip": zipped(member{"../../" + trapNight, both})}},
			want: `
				… quarantined: …
				exit 3
				IRIS: nothing`,
		},
		{
			it:     "a packed file is a bomb",
			nights: []night{{"FLEET_20261121.csv.gz": gzipped(strings.Repeat("0", 40<<20))}},
			want:   setAside("FLEET_20261121.csv.gz", "…"),
		},
		{
			it:       "an archive holds the files of a night, each a delivery of its own",
			mappings: []string{"equipment", "contracts", "items", "customers"},
			nights: []night{{"NIGHT_20261120.zip": zipped(
				member{"EQUIPMENT_20261120.csv", tablesNight["EQUIPMENT_20261120.csv"]},
				member{"CONTRACTS_20261120.csv", tablesNight["CONTRACTS_20261120.csv"]},
				member{"ITEMS_20261120.csv", tablesNight["ITEMS_20261120.csv"]},
				member{"CUSTOMERS_20261120.csv", tablesNight["CUSTOMERS_20261120.csv"]},
			)}},
			want: `
				2026-11-20 done: …CONTRACTS_20261120.csv acked
				2026-11-20 done: …CUSTOMERS_20261120.csv acked
				2026-11-20 done: …EQUIPMENT_20261120.csv acked
				2026-11-20 done: …ITEMS_20261120.csv acked
				4 read = 4 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau`,
		},
	})
}
