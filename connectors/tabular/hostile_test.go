package tabular

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"rentalsync/pipeline"
)

func TestALastLineThatIsCutIsNotWhole(t *testing.T) {
	t.Parallel()

	got := readAll(t, "a;b;c\n1;2;3\n2;2", semicolon)
	var incomplete *pipeline.Incomplete
	if !errors.As(got.end, &incomplete) || !strings.Contains(incomplete.Why, "ends in the middle of line 3: it has 2 cells of 3") || len(got.rows) != 1 {
		t.Errorf("rows %q, ended with %v", got.rows, got.end)
	}
	got = readAll(t, "a;b;c\n1;2;3\n2;2\n", semicolon)
	if got.end != nil || len(got.rows) != 2 {
		t.Errorf("a line that ends is a row error: %q, ended with %v", got.rows, got.end)
	}
}

// endless is a text that repeats itself up to a size.
func endless(unit string, size int64) io.Reader {
	return io.LimitReader(&repeating{unit: []byte(strings.Repeat(unit, 1+(64<<10)/len(unit)))}, size)
}

type repeating struct {
	unit []byte
	at   int
}

func (r *repeating) Read(p []byte) (int, error) {
	n := copy(p, r.unit[r.at:])
	r.at = (r.at + n) % len(r.unit)
	return n, nil
}

func TestHostileSizesTakeBoundedMemory(t *testing.T) {
	tests := []struct {
		name    string
		src     io.Reader
		dialect pipeline.Dialect
		rows    int
		want    string // how it ends
	}{
		{"a line of a gibibyte", endless("x", 1<<30), semicolon, 0, "a row is longer than 16 MiB"},
		{"a record of a gibibyte", endless("x", 1<<30), pipeline.Dialect{Format: "fixed"}, 0, "a row is longer than 16 MiB"},
		{"a quote of a gibibyte", io.MultiReader(strings.NewReader("a;b\n1;\""), endless("x", 1<<30)), semicolon, 0, "a row is longer than 16 MiB"},
		{"two million rows", io.MultiReader(strings.NewReader("a;b;c\n"), endless("1;2;3\n", 12_000_000)), semicolon, 2_000_000, "<nil>"},
		{"two million records", endless("123456789\n", 20_000_000), pipeline.Dialect{Format: "fixed", Length: 9}, 2_000_000, "<nil>"},
		{"two million records without line ends", endless("123456789", 18_000_000), pipeline.Dialect{Format: "fixed", Length: 9}, 2_000_000, "<nil>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rows, end, peak := 0, error(nil), uint64(0)
			for _, err := range New().Rows(t.Context(), tt.src, "f", tt.dialect) {
				if end = err; err == nil {
					rows++
				}
				if rows%500_000 == 0 {
					runtime.ReadMemStats(&after)
					peak = max(peak, after.HeapSys)
				}
			}
			if ending := fmt.Sprint(end); !strings.Contains(ending, tt.want) || rows != tt.rows {
				t.Errorf("%d rows, ended with %v; want %d rows and %q", rows, end, tt.rows, tt.want)
			}
			if peak > before.HeapSys+128<<20 {
				t.Errorf("the heap grew to %d MiB", peak>>20)
			}
		})
	}
}
