package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

const movedLayout = `layout: readings
of: snapshot
only: moved
file: {name: "M{seq:000}.csv", done: "{name}.ok", lines: lf, header: none}
columns: [{from: serialNumber}, {from: operatingHours}]
end: "{count}"
`

// withLayout gives the flow koeln a layout.
func (w *fleets) withLayout(t *testing.T, text string) {
	t.Helper()
	config := readFile(t, w.config())
	config = bytes.Replace(config, []byte("    reports: {to: {local: koeln/outbox}}\n"),
		[]byte("    reports: {to: {local: koeln/outbox}}\n    snapshot: {layouts: [\"layouts/*.yaml\"]}\n"), 1)
	if err := os.MkdirAll(filepath.Join(w.dir, "layouts"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{w.config(): config, filepath.Join(w.dir, "layouts", "readings.yaml"): []byte(text)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *fleets) outboxFile(t *testing.T, name string) string {
	t.Helper()
	return string(readFile(t, filepath.Join(w.dir, "koeln", "outbox", name)))
}

func TestALayoutHasOnlyWhatMovedSinceItsLastFile(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 3})
	w.withLayout(t, movedLayout)
	begun := time.Now()

	for i, step := range []struct {
		after time.Duration // since the first
		file  string
		lines string // the last line counts
	}{
		{0, "M001.csv", "3"},
		{time.Minute, "M001.csv", "3"},      // the same snapshot is the same file
		{16 * time.Minute, "M002.csv", "0"}, // nothing has moved: the simulator's time has not
	} {
		taken, err := w.take(t, "koeln", begun.Add(step.after))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(taken.Files, func(path string) bool { return strings.HasSuffix(path, "/"+step.file) }) {
			t.Errorf("step %d wrote %v, want %s among them", i, taken.Files, step.file)
		}
		if text := w.outboxFile(t, step.file); !strings.HasSuffix(text, "\n"+step.lines+"\n") && text != step.lines+"\n" {
			t.Errorf("step %d wrote %q, want %s lines", i, text, step.lines)
		}
		if w.outboxFile(t, step.file+".ok") != "" {
			t.Error("the marker is not empty")
		}
	}
}

func TestALineThatDoesNotFitIsToldAndNeedsALook(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 2})
	w.withLayout(t, "layout: narrow\nof: snapshot\nfile: {name: N.txt, format: fixed}\ncolumns: [{from: serialNumber, at: 1-3}]\nend: \"{count}\"\n")

	code, stdout, stderr := w.snapshot("koeln")
	if code != exitAttention {
		t.Errorf("exit code %d, want %d", code, exitAttention)
	}
	if !strings.Contains(stdout, "2 lines left out that do not fit their layout") {
		t.Errorf("told %q", stdout)
	}
	if !strings.Contains(stderr, "its place 3; widen at:") {
		t.Errorf("logged %q", stderr)
	}
	if got := w.outboxFile(t, "N.txt"); got != "0  \r\n" {
		t.Errorf("wrote %q", got)
	}
}
