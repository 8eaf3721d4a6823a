package tabular

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/pipeline"
)

// tableOf draws a table of the values that exports are full of. A note of several
// lines holds no delimiters, as it would need to look like rows.
func tableOf(t *rapid.T) [][]string {
	width := rapid.IntRange(2, 6).Draw(t, "width")
	piece := rapid.SampledFrom([]string{"", "a", "4711", " ", ";", ",", `"`, `""`, "\n", "\r\n", "ü", "€", "12\" pipe", "x;y", "\t", "'"})
	cell := rapid.Map(rapid.SliceOfN(piece, 0, 4), func(p []string) string {
		text := strings.Join(p, "")
		if strings.Contains(text, "\n") {
			text = strings.NewReplacer(";", "", ",", "", "\t", "").Replace(text)
		}
		return text
	})
	return rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 20).Draw(t, "rows")
}

// written is the table as CSV by the standard library, under plain names.
func written(t *rapid.T, table [][]string, delimiter rune, crlf bool) string {
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = delimiter, crlf

	names := make([]string, len(table[0]))
	for i := range names {
		names[i] = string(rune('A' + i))
	}
	if err := w.Write(names); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAll(table); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWellFormedFilesReadAsTheStandardLibraryReadsThem(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.SampledFrom([]rune{';', ',', '\t', '|'}).Draw(t, "delimiter")
		text := written(t, tableOf(t), delimiter, rapid.Bool().Draw(t, "crlf"))

		std := csv.NewReader(strings.NewReader(text))
		std.Comma = delimiter
		want, err := std.ReadAll()
		if err != nil {
			t.Fatal(err)
		}

		got := cellsOf(t, strings.NewReader(text), pipeline.Dialect{Delimiter: string(delimiter)})
		if diff := cmp.Diff(lessCR(want[1:]), lessCR(got)); diff != "" {
			t.Fatalf("%q (-std +ours):\n%s", text, diff)
		}
	})
}

// lessCR forgets the CR inside quotes that the standard library drops and we
// keep.
func lessCR(table [][]string) [][]string {
	for _, row := range table {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	return table
}

func cellsOf(t *rapid.T, src io.Reader, d pipeline.Dialect) (table [][]string) {
	for row, err := range New().Rows(t.Context(), src, "f", d) {
		if err != nil {
			t.Fatal(err)
		}
		table = append(table, append([]string(nil), row.Cells...))
	}
	return table
}
