package local_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/local"
	"rentalsync/pipeline"
)

// calm opens a drop in which nothing moves.
func calm(t *testing.T) (*drop.StillFS, local.Dirs) {
	t.Helper()
	medium, dirs := open(t)
	still := drop.Still(medium)
	t.Cleanup(func() {
		if err := errors.Join(still.Close(), still.Close()); err != nil {
			t.Error(err)
		}
	})
	return still, dirs
}

// The parts that are left out look at what is on the medium, or come by a name
// again that seems to be gone.
func TestAStillDropKeepsTheSuite(t *testing.T) {
	t.Parallel()
	droptest.Run(t, func(t *testing.T) droptest.Rig {
		still, dirs := calm(t)
		return droptest.Rig{FS: still, Uploader: droptest.Folder(dirs.Inbox)}
	}, "readiness", "names", "uploads", "packing", "sets", "acknowledgements", "rare crashes")
}

func TestAWholeNightPassesAndNothingMoves(t *testing.T) {
	t.Parallel()
	still, dirs := calm(t)
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{"EQUIP.csv", "ITEMS.csv"} {
		m, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(m, name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dirs.Inbox, "NIGHT.zip"), packed.String())
	write(t, filepath.Join(dirs.Inbox, "a.csv"), "a")
	write(t, filepath.Join(dirs.Inbox, "a.csv.ok"), "")
	write(t, filepath.Join(dirs.Inbox, "NIGHT.zip.ok"), "")

	w, err := drop.New(still, drop.Options{Marker: "{name}.ok", Acknowledge: drop.Acknowledge{Done: "{name}.ack"}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		look, err := w.Scan(t.Context())
		if err != nil || len(look.Ready) != []int{3, 0}[i] {
			t.Fatalf("look %d finds %+v, %v", i, look, err)
		}
		for _, f := range look.Ready {
			workStill(t, w, f.Name)
		}
	}
	entries, err := still.List(t.Context(), drop.Path{Area: drop.Archive, Name: "."})
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	if slices.Sort(names); err != nil || !slices.Equal(names, []string{"EQUIP.csv", "ITEMS.csv", "NIGHT.zip", "a.csv"}) {
		t.Errorf("the archive seems to list %q, %v", names, err)
	}
	wantNames(t, dirs.Inbox, "NIGHT.zip", "NIGHT.zip.ok", "a.csv", "a.csv.ok")
	wantNames(t, dirs.Archive)
	wantNames(t, dirs.Quarantine)
}

// workStill takes a file the whole way.
func workStill(t *testing.T, w *drop.Watcher, name string) {
	t.Helper()
	d := &pipeline.Delivery{ID: "01J" + name, Name: name, BusinessDate: "2026-11-21", State: pipeline.DeliveryAcked}
	claimed := w.ClaimPlace(d)
	if err := w.Claim(t.Context(), name, claimed); err != nil {
		t.Fatal(err)
	}
	src, err := w.Open(t.Context(), claimed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(src)
	if err := errors.Join(err, src.Close()); err != nil || string(text) != filepath.Base(name) && string(text) != "a" {
		t.Fatalf("%s holds %q, %v", name, text, err)
	}
	to, err := w.ArchivePlace(t.Context(), d)
	if err == nil {
		err = errors.Join(w.Move(t.Context(), claimed, to, ""), w.Acknowledge(t.Context(), d))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasClaimedBeforeIsReadWhereItLies(t *testing.T) {
	t.Parallel()
	still, dirs := calm(t)
	lies := filepath.Join(dirs.Inbox, ".rentalsync", "01J")
	if err := os.MkdirAll(lies, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(lies, "a.csv"), "a")
	w, err := drop.New(still, drop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Move(t.Context(), place, "quarantine/a.csv", "it is bad"); err != nil {
		t.Fatal(err)
	}
	src, err := w.Open(t.Context(), "quarantine/a.csv")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(src)
	if err := errors.Join(err, src.Close()); err != nil || string(text) != "a" {
		t.Errorf("it holds %q, %v", text, err)
	}
	wantNames(t, dirs.Quarantine)
	wantText(t, filepath.Join(lies, "a.csv"), "a")
}

func TestAStillMediumSeemsToMove(t *testing.T) {
	t.Parallel()
	still, dirs := calm(t)
	a, b := drop.Path{Area: drop.Inbox, Name: "a.csv"}, drop.Path{Area: drop.Archive, Name: "2026/b.csv"}
	write(t, filepath.Join(dirs.Inbox, "a.csv"), "a")

	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"a move", func() error { return still.Rename(t.Context(), a, b) }, nil},
		{"a move of what is gone", func() error { return still.Rename(t.Context(), a, b) }, fs.ErrNotExist},
		{"a look at what is gone", func() error { _, err := still.Stat(t.Context(), a); return err }, fs.ErrNotExist},
		{"a read of what is gone", func() error { _, err := still.Open(t.Context(), a); return err }, fs.ErrNotExist},
		{"a look at what has come", func() error { _, err := still.Stat(t.Context(), b); return err }, nil},
		{"a move back", func() error { return still.Rename(t.Context(), b, a) }, nil},
		{"a look at what is back", func() error { _, err := still.Stat(t.Context(), a); return err }, nil},
		{"a copy", func() error {
			return still.WriteFile(t.Context(), b, func(out io.Writer) error { _, err := io.WriteString(out, "b"); return err })
		}, nil},
		{"a move that would replace", func() error { return still.Rename(t.Context(), a, b) }, fs.ErrExist},
		{"a removal", func() error { return still.Remove(t.Context(), b) }, nil},
		{"a removal of what lies there", func() error { return still.Remove(t.Context(), a) }, nil},
		{"a second one", func() error { return still.Remove(t.Context(), a) }, fs.ErrNotExist},
		{"a folder that is not there", func() error {
			_, err := still.List(t.Context(), b.Dir())
			return err
		}, fs.ErrNotExist},
	}
	for _, s := range steps {
		if err := s.do(); !errors.Is(err, s.want) || s.want == nil && err != nil {
			t.Fatalf("%s: error is %v, want %v", s.name, err, s.want)
		}
	}

	write(t, filepath.Join(dirs.Inbox, "a.csv"), "newer")
	if e, err := still.Stat(t.Context(), a); err != nil || e.Size != 5 {
		t.Errorf("the newer file is %+v, %v", e, err)
	}
}
