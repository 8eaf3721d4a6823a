package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestAFileThatWasCutAnywhereIsNotTakenForWhole cuts files that tell where they end
// again and again. What is left cannot be read to its end, or says all that the whole
// file says.
func TestAFileThatWasCutAnywhereIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	whole := fleet(rentedOne, freeTwo, "*** ENDE 2 ***")
	trailer := []string{`end: "*** ENDE {count} ***"`}
	tests := []struct {
		it, mapping, file string
		says              []string
		step              int // bytes between two cuts
		text              string
	}{
		{"separated text", "fleet", trapNight, trailer, 1, whole},
		{"separated text with an end mark", "fleet", trapNight, trailer, 1, whole + "\x1a"},
		{"UTF-16", "fleet", trapNight, trailer, 3, in(utf16LE, byteOrderMark+whole)},
		{"records", "records", "EQMAST.DAT", nil, 1, records(1, 41178, "00041178 S-1     O 20261101 000012850{ 0012345")},
		{"records of a mainframe", "records", "EQMAST.DAT", []string{"encoding: cp037"}, 1, in(cp037, records(0, 0))},
		{"a workbook", "book", "BOOK_20261121.xlsx", nil, 61, book("", sheet{"Fleet", textRows(fleetHeader, rentedOne, freeTwo)})},
	}
	for _, tt := range tests {
		t.Run(tt.it, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			mapping, file := filepath.Join(dir, "mapping.yaml"), filepath.Join(dir, tt.file)
			writeCut(t, mapping, trapMapping(t, tt.mapping, tt.says))

			read := func(size int) (told string, code int) {
				writeCut(t, file, tt.text[:size])
				var out, talk bytes.Buffer
				code = run([]string{"rows", "-m", mapping, file}, nil, &out, &talk, environment)
				return out.String(), code
			}
			want, code := read(len(tt.text))
			if code != 0 {
				t.Fatalf("the whole file ends with %d:\n%s", code, want)
			}
			for size := 0; size < len(tt.text); size += tt.step {
				if told, code := read(size); code != exitFailed && (code != 0 || told != want) {
					t.Fatalf("cut at %d of %d bytes it ends with %d and tells\n%s", size, len(tt.text), code, told)
				}
			}
		})
	}
}

func writeCut(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
