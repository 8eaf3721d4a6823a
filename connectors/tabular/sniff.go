package tabular

import (
	"bytes"
	"fmt"

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

// refuseDisguise says what a file declared as text really is; nil when its first
// bytes could be text.
func refuseDisguise(head []byte, kind string) error {
	for _, d := range disguises {
		if bytes.HasPrefix(head, []byte(d.magic)) {
			return disguised(kind, d.what, d.hint)
		}
	}

	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n"))
	for _, tag := range markup {
		if bytes.HasPrefix(start, []byte(tag)) {
			return disguised(kind, "a web page or XML", "open it in Excel and save it as CSV, or have the ERP write CSV")
		}
	}
	return nil
}

func disguised(kind, what, hint string) error {
	return &pipeline.Unreadable{Why: fmt.Sprintf("the file is not %s but %s", kind, what), Hint: hint}
}

// looksUTF16 tells text in UTF-16 that lacks its byte order mark: in western
// text every other byte is zero, and in any other the line ends are.
func looksUTF16(head []byte) bool {
	zeros := zerosAt(head)
	most, least := max(zeros[0], zeros[1]), min(zeros[0], zeros[1])
	if most >= 2 && 4*most >= len(head) && 16*least <= most {
		return true
	}
	return wideBreaks(head, 0) || wideBreaks(head, 1)
}

// zerosAt counts the zeros at even and at odd places.
func zerosAt(head []byte) (zeros [2]int) {
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	return zeros
}

// wideBreaks reports whether most line ends are two bytes wide, with the lower
// one at even or at odd places. A few others are the halves of letters.
func wideBreaks(head []byte, low int) bool {
	wide, narrow := 0, 0
	for i := 0; i+1 < len(head); i += 2 {
		switch low, high := head[i+low], head[i+1-low]; {
		case (low == '\n' || low == '\r') && high == 0:
			wide++
		case low == '\n' || low == '\r' || high == '\n' || high == '\r':
			narrow++
		}
	}
	return wide > narrow && wide > 1
}

// looksNarrow tells text that has one byte a letter.
func looksNarrow(head []byte) bool {
	plain := 0
	for _, b := range head {
		if b == '\n' || b == '\r' || b == '\t' || b >= ' ' && b < 0x7F {
			plain++
		}
	}
	return len(head) >= plainest && bytes.IndexByte(head, 0) < 0 && 10*plain >= 7*len(head)
}

// refuseNarrow notices a file that is declared as UTF-16 and is not, or whose
// bytes stand in the other order.
func refuseNarrow(head []byte, big bool, declared string) error {
	zeros := zerosAt(head)
	high, low := zeros[1], zeros[0] // where western text in little endian has its zeros
	other := "utf-16be"
	if big {
		high, low, other = low, high, "utf-16le"
	}

	switch {
	case 4*low >= len(head) && 16*high <= low:
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the file is not %s: its bytes stand in the other order", declared),
			Hint: "say encoding: " + other,
		}
	case looksNarrow(head):
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the file is not %s: it has one byte a letter", declared),
			Hint: "leave the encoding out, or say the one that the ERP writes, such as windows-1252",
		}
	}
	return nil
}
