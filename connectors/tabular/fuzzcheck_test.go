package tabular

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// reading is what a fuzzed file gave.
type reading struct {
	rows, bad int
	end       error
}

// checkReading holds a reading against what must be true of all of them: what is
// given is text, lines come in their order, a reading that ends well has seen
// every byte, and pieces of any size read as the whole does.
func checkReading(t *testing.T, text string, d pipeline.Dialect) (r reading) {
	t.Helper()
	src := &counted{src: strings.NewReader(text)}
	line := 0
	for row, err := range New().Rows(t.Context(), src, "f", d) {
		at := line + 1
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		switch {
		case errors.As(err, &bad):
			at = bad.Origin.Line
			checkBad(t, bad)
			r.bad++
		case errors.As(err, &empty):
			checkHeader(t, empty.Header)
		case err == nil:
			at = row.Origin.Line
			checkRow(t, row)
			r.rows++
		default:
			checkVerdict(t, err)
			r.end = err
		}
		if at <= line {
			t.Fatalf("line %d after line %d", at, line)
		}
		line = at
	}

	if r.end == nil && src.read != len(text) {
		t.Fatalf("%d of %d bytes were read", src.read, len(text))
	}
	whole := tellAll(t.Context(), onlyReader{strings.NewReader(text)}, d)
	pieces := tellAll(t.Context(), iotest.OneByteReader(strings.NewReader(text)), d)
	if diff := cmp.Diff(whole, pieces); diff != "" {
		t.Fatalf("in pieces it reads otherwise (-whole +pieces):\n%s", diff)
	}
	return r
}

// counted counts what is read of a source that cannot be sought.
type counted struct {
	src  io.Reader
	read int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.read += n
	return n, err
}

// checkLines wants a row or an error for every line that says anything.
func checkLines(t *testing.T, text, delimiter string, read reading) {
	t.Helper()
	if strings.ContainsAny(text, "\x1a") || strings.HasPrefix(strings.ToLower(strings.TrimLeft(text, "\ufeff\"")), "sep=") {
		return
	}
	want := 0
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff")), "\n") {
		if strings.TrimSpace(line) != "" || strings.Contains(line, delimiter) {
			want++
		}
	}
	if got := read.rows + read.bad; got != want {
		t.Fatalf("%d rows and %d errors of %d lines", read.rows, read.bad, want)
	}
}

// checkVerdict wants a verdict that a person can act on, and no error of ours.
func checkVerdict(t *testing.T, err error) {
	t.Helper()
	var incomplete *pipeline.Incomplete
	var unreadable *pipeline.Unreadable
	if !errors.As(err, &incomplete) && !errors.As(err, &unreadable) {
		t.Fatalf("%T: %v", err, err)
	}
}

func checkHeader(t *testing.T, h *pipeline.Header) {
	t.Helper()
	for _, name := range h.Names {
		if !isText(name) {
			t.Fatalf("the name %q is no text", name)
		}
	}
	for name, said := range h.Said {
		if !isText(said) {
			t.Fatalf("%s is said to be %q, which is no text", name, said)
		}
	}
}

func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\uFFFD")
}

func checkRow(t *testing.T, row *pipeline.Row) {
	t.Helper()
	if len(row.Cells) != len(row.Header.Names) {
		t.Fatalf("%d cells under %d names", len(row.Cells), len(row.Header.Names))
	}
	checkHeader(t, row.Header)
	for _, cell := range row.Cells {
		if !isText(cell) {
			t.Fatalf("%q is no text", cell)
		}
	}
}

func checkBad(t *testing.T, bad *pipeline.RowError) {
	t.Helper()
	if len(bad.Faults) == 0 || bad.Header == nil {
		t.Fatalf("%+v says nothing", bad)
	}
	for _, cell := range bad.Cells {
		if !utf8.ValidString(cell) || strings.Contains(cell, "\x00") {
			t.Fatalf("%q cannot be shown", cell)
		}
	}
}
