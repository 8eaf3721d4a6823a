package tabular

import (
	"bytes"
	"strconv"
)

// cellColumn reads the letters of a cell's name, as B of B17; -1 when there are
// none, or they name a column that no sheet has.
func cellColumn(ref []byte) int {
	col := 0
	for _, c := range ref {
		if c |= 0x20; c < 'a' || c > 'z' {
			break
		}
		if col = col*26 + int(c-'a') + 1; col > mostColumns {
			return -1
		}
	}
	return col - 1
}

// cellPlace reads the name of a cell: B17 or $B$17.
func cellPlace(ref []byte) (col, row int, ok bool) {
	ref = bytes.ReplaceAll(bytes.TrimSpace(ref), []byte("$"), nil)
	digits := bytes.IndexAny(ref, "0123456789")
	if digits <= 0 {
		return 0, 0, false
	}
	for _, c := range ref[:digits] {
		if c |= 0x20; c < 'a' || c > 'z' {
			return 0, 0, false
		}
	}
	col, row = cellColumn(ref[:digits]), numberOr(ref[digits:], 0)
	return col, row, col >= 0 && row > 0
}

// columnLetters names a column as a spreadsheet does.
func columnLetters(col int) string {
	var letters [4]byte
	at := len(letters)
	for n := col + 1; n > 0 && at > 0; n = (n - 1) / 26 {
		at--
		letters[at] = byte('A' + (n-1)%26)
	}
	return string(letters[at:])
}

func cellName(col, row int) string { return columnLetters(col) + strconv.Itoa(row) }

// merge is a stretch of cells that are shown as one.
type merge struct{ left, right, top int }

// keepMerge keeps a stretch as A1:C2 where its top row is wanted.
func (sr *sheetReader) keepMerge(ref []byte) {
	const most = 1 << 16
	from, to, is := bytes.Cut(ref, []byte(":"))
	left, top, ok := cellPlace(from)
	right, _, also := cellPlace(to)
	if !is || !ok || !also || right <= left || len(sr.merges) == most {
		return
	}
	for _, wanted := range sr.tops {
		if wanted == top {
			sr.merges = append(sr.merges, merge{left: left, right: right, top: top})
			return
		}
	}
}
