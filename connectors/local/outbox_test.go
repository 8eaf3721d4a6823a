package local_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rentalsync/connectors/local"
)

func TestAFileIsPutIntoTheOutboxWhole(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	for _, text := range []string{"a first and longer text", "second"} {
		path, err := box.Put(t.Context(), "hamburg/2026/night.csv", says(text))
		if err != nil {
			t.Fatal(err)
		}
		if want := "./outbox/hamburg/2026/night.csv"; path != want {
			t.Errorf("the path is %q, want %q", path, want)
		}
		wantText(t, filepath.Join(dir, "hamburg/2026/night.csv"), text)
	}
	wantMode(t, filepath.Join(dir, "hamburg"), 0o700)
	wantMode(t, filepath.Join(dir, "hamburg/2026/night.csv"), 0o600)
	wantNames(t, filepath.Join(dir, "hamburg/2026"), "night.csv")
}

func TestWhoMayReadTheFolderMayReadItsFiles(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Put(t.Context(), "night.csv", says("text")); err != nil {
		t.Fatal(err)
	}
	wantMode(t, filepath.Join(dir, "night.csv"), 0o644)
}

func TestNobodySeesHalfOfAFile(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	if _, err := box.Put(t.Context(), "night.csv", says("old")); err != nil {
		t.Fatal(err)
	}

	full := errors.New("the disk is full")
	_, err := box.Put(t.Context(), "night.csv", func(out io.Writer) error {
		if err := says("half")(out); err != nil {
			return err
		}
		wantText(t, filepath.Join(dir, "night.csv"), "old")
		return full
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "./outbox/night.csv") {
		t.Errorf("error is %v", err)
	}
	wantText(t, filepath.Join(dir, "night.csv"), "old")
	wantNames(t, dir, "night.csv")
}

func TestWhatACrashLeftInTheOutboxIsClearedByTheNextAttempt(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	write(t, filepath.Join(dir, ".night.csv.part"), "half of it, from before")
	if _, err := box.Put(t.Context(), "night.csv", says("whole")); err != nil {
		t.Fatal(err)
	}
	wantText(t, filepath.Join(dir, "night.csv"), "whole")
	wantNames(t, dir, "night.csv")
}

func TestOfTwoProcessesThatWriteOneFileOneIsToldSo(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	other, err := local.OpenOutbox(dir, "")
	if err != nil {
		t.Fatal(err)
	}

	_, err = box.Put(t.Context(), "night.csv", func(w io.Writer) error {
		if _, err := io.WriteString(w, "half of the fir"); err != nil {
			return err
		}
		_, err := other.Put(t.Context(), "night.csv", says("the other's"))
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "another process is writing it") {
		t.Errorf("got error %v, want one that names the other process", err)
	}
	wantText(t, filepath.Join(dir, "night.csv"), "the other's")

	_, err = box.Put(t.Context(), "night.csv", func(w io.Writer) error {
		_, err := other.Put(t.Context(), "day.csv", says("another file"))
		return errors.Join(err, says("whole")(w))
	})
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, filepath.Join(dir, "night.csv"), "whole")
	wantNames(t, dir, "day.csv", "night.csv")
}

func TestWritingStopsWhenNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := box.Put(ctx, "night.csv", says("text")); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	wantNames(t, dir)
}

func TestNothingIsPutBesideTheOutbox(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	for _, name := range []string{"", ".", "..", "../a.csv", "/tmp/a.csv", "a/../../b.csv", "a//b.csv", `..\a.csv`, "a\x00.csv", "a/"} {
		if _, err := box.Put(t.Context(), name, says("text")); err == nil {
			t.Errorf("%q was put", name)
		}
	}

	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Put(t.Context(), "link/a.csv", says("text")); err == nil {
		t.Error("a file was put through a link that leads out")
	}
	wantNames(t, outside)
}

func TestAnOutboxThatWasClearedAwayIsMadeAgain(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Put(t.Context(), "night.csv", says("text")); err != nil {
		t.Fatal(err)
	}
	wantText(t, filepath.Join(dir, "night.csv"), "text")
}

func TestManyFilesArePutAtOnce(t *testing.T) {
	t.Parallel()
	box, dir := outbox(t)
	var all sync.WaitGroup
	for _, text := range []string{"aaaa", "bbbb", "cccc", "dddd"} {
		all.Go(func() {
			if _, err := box.Put(t.Context(), "night.csv", says(text)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	wantNames(t, dir, "night.csv")
}

func TestAnOutboxThatCannotBeAFolderIsNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	if _, err := local.OpenOutbox(file, ""); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error is %v", err)
	}
}

func outbox(t *testing.T) (*local.Outbox, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "outbox")
	box, err := local.OpenOutbox(dir, "./outbox")
	if err != nil {
		t.Fatal(err)
	}
	return box, dir
}

func says(text string) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := io.WriteString(out, text)
		return err
	}
}
