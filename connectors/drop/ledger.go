package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ledger is a list of files with the time at which they were first seen, kept in
// a file. A medium tells when a file was written, which may be years before it
// came to where it lies.
type ledger map[string]ledgerLine

// ledgerLine is a file as it was seen. One that differs is another one.
type ledgerLine struct {
	size     int64
	modified int64 // as nanoseconds
	seen     time.Time
}

func lineOf(e Entry, seen time.Time) ledgerLine {
	return ledgerLine{e.Size, e.ModTime.UnixNano(), seen}
}

// is tells whether a file is the one that was seen.
func (l ledgerLine) is(e Entry) bool { return l.size == e.Size && l.modified == e.ModTime.UnixNano() }

// readLedger reads a ledger. A line that makes no sense is left out: its file is
// then seen for the first time.
func readLedger(text string) ledger {
	l := ledger{}
	for line := range strings.Lines(text) {
		cells := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4)
		if len(cells) < 4 {
			continue
		}
		seen, err1 := time.Parse(time.RFC3339, cells[0])
		size, err2 := strconv.ParseInt(cells[1], 10, 64)
		modified, err3 := strconv.ParseInt(cells[2], 10, 64)
		if errors.Join(err1, err2, err3) == nil {
			l[cells[3]] = ledgerLine{size, modified, seen}
		}
	}
	return l
}

// String is the ledger as text, a line a file.
func (l ledger) String() string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l)) {
		line := l[name]
		fmt.Fprintf(&text, "%s\t%d\t%d\t%s\n", line.seen.UTC().Format(time.RFC3339Nano), line.size, line.modified, name)
	}
	return text.String()
}

// loadLedger reads a ledger from a medium; one that is not there is empty.
func loadLedger(ctx context.Context, medium FS, p Path) (ledger, error) {
	text, err := readText(ctx, medium, p, mostLedger)
	if errors.Is(err, fs.ErrNotExist) {
		return ledger{}, nil
	}
	return readLedger(text), err
}

// mostLedger is as long as a ledger may be: a million files.
const mostLedger = 128 << 20
