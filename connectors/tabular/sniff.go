package tabular

import (
	"bytes"

	"rentalsync/pipeline"
)

// sniffed is how many bytes from the start say what a file really is.
const sniffed = 1024

// disguises are contents that get dropped under the name of a CSV file.
var disguises = []struct {
	magic, what, hint string
}{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password protected Excel workbook", "save it as .xlsx without a password, or as CSV"},
	{"PK\x03\x04", "a workbook or a ZIP archive", "say format: xlsx if it is a workbook, or have the ERP write CSV"},
	{"PK\x05\x06", "an empty ZIP archive", "have the ERP write CSV"},
	{"\x1f\x8b", "compressed with gzip", "have the ERP write it uncompressed"},
	{"%PDF-", "a PDF document", "have the ERP export CSV in place of a print-out"},
}

// markup are the starts of web pages and XML that Excel would open as a table.
var markup = []string{"<!doctype", "<html", "<head", "<body", "<table", "<?xml"}

// refuseDisguise says what a file declared as CSV really is; nil when its first
// bytes could be CSV.
func refuseDisguise(head []byte) error {
	for _, d := range disguises {
		if bytes.HasPrefix(head, []byte(d.magic)) {
			return notCSV(d.what, d.hint)
		}
	}

	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n"))
	for _, tag := range markup {
		if bytes.HasPrefix(start, []byte(tag)) {
			return notCSV("a web page or XML", "open it in Excel and save it as CSV, or have the ERP write CSV")
		}
	}
	return nil
}

func notCSV(what, hint string) error {
	return &pipeline.Unreadable{Why: "the file is not CSV but " + what, Hint: hint}
}

// looksUTF16 tells text in UTF-16 that lacks its byte order mark: in western
// text every other byte is zero.
func looksUTF16(head []byte) bool {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	most, least := max(zeros[0], zeros[1]), min(zeros[0], zeros[1])
	return most >= 2 && 4*most >= len(head) && 16*least <= most
}
