package journal_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

func openAt(t *testing.T, path string) (*journal.Journal, error) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Path: path})
	if err == nil {
		t.Cleanup(func() { _ = j.Close() })
	}
	return j, err
}

func TestOneProcessWorksAJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b#c?d%", "journal.db")
	j, err := openAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(t, path); !errors.Is(err, journal.ErrInUse) || !strings.Contains(err.Error(), "stop it") {
		t.Errorf("a second process: %v, want %v and the cure", err, journal.ErrInUse)
	}

	for range 2 {
		if err := j.Close(); err != nil {
			t.Errorf("shut down: %v", err)
		}
	}
	if _, err := openAt(t, path); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
}

func TestNobodyElseReadsTheJournal(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes: who may read is said there by the folder's own list")
	}
	path := filepath.Join(t.TempDir(), "state", "journal.db")
	if _, err := openAt(t, path); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + ".lock": 0o600} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", filepath.Base(name), info.Mode().Perm(), err, want)
		}
	}
}

func TestAReaderLooksBesideTheWork(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	if _, err := journal.OpenReadOnly(t.Context(), journal.Options{Path: path}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before anybody made it: %v", err)
	}
	j, err := openAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	run := pipeline.Run{ID: "1", Flow: flow, State: pipeline.RunStaging}
	if err := j.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}

	reader, err := journal.OpenReadOnly(t.Context(), journal.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if runs, err := reader.UnfinishedRuns(t.Context(), flow); err != nil || len(runs) != 1 {
		t.Errorf("the reader sees %v, %v", runs, err)
	}
	if err := reader.SaveRun(t.Context(), run); err == nil {
		t.Error("the reader can write")
	}
}

func TestAPersonsWishIsWrittenBesideTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)
	if _, err := w.SettleAll(t.Context(), r.ID, pipeline.Held, "first night"); err != nil {
		t.Fatal(err)
	}
	w.done(r)

	beside, err := journal.OpenBeside(t.Context(), journal.Options{Path: w.store.(*journal.Journal).Path()})
	if err != nil {
		t.Fatal(err)
	}
	n, err := beside.Release(t.Context(), flow)
	if err != nil || n != 3 {
		t.Errorf("released %d, %v", n, err)
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	if l, err := w.Leftover(t.Context(), flow); err != nil || l.Due != 3 {
		t.Errorf("the work finds %d, %v", n, err)
	}
}

func TestACopyIsAJournalOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-21", fleet()...)
	path := filepath.Join(t.TempDir(), "copy", "plan's.db")
	if err := w.store.(*journal.Journal).Copy(t.Context(), path); err != nil {
		t.Fatal(err)
	}

	j, err := openAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if due, err := j.Lease(t.Context(), r.ID, "plan", 10); err != nil || len(due) != 3 {
		t.Errorf("the copy leases %d, %v", len(due), err)
	}
	if due := w.lease(r, "w"); len(due) != 3 {
		t.Errorf("the journal itself leases %d, want all that the copy leased too", len(due))
	}
	if err := w.store.(*journal.Journal).Copy(t.Context(), path); err == nil {
		t.Error("a copy replaces a file")
	}
}

func TestAJournalOfAnotherVersionIsNamedAsSuch(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := openAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.SetVersion(context.Background(), 9999); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OpenReadOnly(t.Context(), journal.Options{Path: path}); !errors.Is(err, journal.ErrNewer) {
		t.Errorf("read a newer journal: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(t, path); !errors.Is(err, journal.ErrNewer) || !strings.Contains(err.Error(), "9999") {
		t.Errorf("open a newer journal: %v", err)
	}

	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OpenReadOnly(t.Context(), journal.Options{Path: empty}); !errors.Is(err, journal.ErrOlder) {
		t.Errorf("read a journal that was never brought up to date: %v", err)
	}
}

func TestAPathThatCannotBeOpenedSaysWhy(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"postgres://user@host/db": "SQLite",
		"":                        "no path",
	} {
		if _, err := openAt(t, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open %q: %v, want a word about %q", path, err, want)
		}
	}
}
