package local

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// apart opens a drop whose areas do not share a file system, as far as moving
// files can tell.
func apart(t *testing.T) (*FS, Dirs) {
	t.Helper()
	root := t.TempDir()
	dirs := Dirs{filepath.Join(root, "inbox"), filepath.Join(root, "archive"), filepath.Join(root, "quarantine")}
	medium, err := Open(dirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = medium.Close() })
	medium.rename = func(from folder, old string, to folder, name string) error {
		if strings.HasPrefix(from.path, dirs.Inbox) != strings.HasPrefix(to.path, dirs.Inbox) {
			return syscall.EXDEV
		}
		return rename(from, old, to, name)
	}
	return medium, dirs
}

// lay puts a claimed file into the inbox.
func lay(t *testing.T, dirs Dirs, text string) (place string) {
	t.Helper()
	place = ".rentalsync/01J/a.csv"
	path := filepath.Join(dirs.Inbox, place)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o640)); err != nil {
		t.Fatal(err)
	}
	return place
}

var (
	claimed  = drop.Path{Area: drop.Inbox, Name: ".rentalsync/01J/a.csv"}
	archived = drop.Path{Area: drop.Archive, Name: "2026/11/a.csv"}
)

func TestAFileIsCarriedToAnotherFileSystemWithItsTime(t *testing.T) {
	t.Parallel()
	medium, dirs := apart(t)
	lay(t, dirs, "text")
	night := time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dirs.Inbox, claimed.Name), night, night); err != nil {
		t.Fatal(err)
	}
	if err := medium.Rename(t.Context(), claimed, archived); err != nil {
		t.Fatal(err)
	}

	got, err := medium.Stat(t.Context(), archived)
	if err != nil || got.Size != 4 || !got.ModTime.Equal(night) {
		t.Errorf("carried is %+v, %v", got, err)
	}
	left, err := os.ReadDir(filepath.Join(dirs.Archive, "2026/11"))
	if err != nil || len(left) != 1 {
		t.Errorf("the archive lists %v, %v; want a.csv alone", left, err)
	}
	if _, err := os.Stat(filepath.Join(dirs.Inbox, claimed.Name)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still where it was: %v", err)
	}
}

func TestACarriedFileNeverReplacesOne(t *testing.T) {
	t.Parallel()
	medium, dirs := apart(t)
	lay(t, dirs, "new")
	path := filepath.Join(dirs.Archive, archived.Name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("old"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := medium.Rename(t.Context(), claimed, archived); !errors.Is(err, os.ErrExist) {
		t.Errorf("error is %v", err)
	}
	for path, want := range map[string]string{path: "old", filepath.Join(dirs.Inbox, claimed.Name): "new"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
		}
	}
}

// watched is a context that does something whenever it is asked whether it has
// ended, as a copy does for every piece.
type watched struct {
	context.Context
	asked func()
}

func (w watched) Err() error {
	w.asked()
	return w.Context.Err()
}

func TestAFileThatGrowsWhileItIsCarriedStaysWhereItIs(t *testing.T) {
	t.Parallel()
	medium, dirs := apart(t)
	path := filepath.Join(dirs.Inbox, lay(t, dirs, "text"))
	writer, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()

	asked := 0
	grow := watched{t.Context(), func() {
		if asked++; asked < 4 {
			_, _ = writer.WriteString("!")
		}
	}}
	if err := medium.Rename(grow, claimed, archived); err == nil || !strings.Contains(err.Error(), "changed while it was copied") {
		t.Errorf("error is %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(got), "text!") {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if left, err := os.ReadDir(filepath.Join(dirs.Archive, "2026/11")); err != nil || len(left) != 0 {
		t.Errorf("the archive lists %v, %v; want nothing", left, err)
	}
}

func TestACrashAnywhereInACarryIsMendedByTheSameMove(t *testing.T) {
	t.Parallel()
	for name, crash := range map[string]func(dirs Dirs) error{
		"half of the copy is written": func(dirs Dirs) error {
			return os.WriteFile(filepath.Join(dirs.Archive, ".a.csv.part"), []byte("te"), 0o600)
		},
		"the copy has its name": func(dirs Dirs) error {
			return os.WriteFile(filepath.Join(dirs.Archive, "a.csv"), []byte("text"), 0o600)
		},
		"the file is removed": func(dirs Dirs) error {
			return errors.Join(
				os.WriteFile(filepath.Join(dirs.Archive, "a.csv"), []byte("text"), 0o600),
				os.Remove(filepath.Join(dirs.Inbox, claimed.Name)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			medium, dirs := apart(t)
			place := lay(t, dirs, "text")
			if err := crash(dirs); err != nil {
				t.Fatal(err)
			}
			w, err := drop.New(medium, drop.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Move(t.Context(), place, "archive/a.csv", ""); err != nil {
				t.Fatal(err)
			}

			if got, err := os.ReadFile(filepath.Join(dirs.Archive, "a.csv")); err != nil || string(got) != "text" {
				t.Errorf("the archive holds %q, %v", got, err)
			}
			for _, dir := range []string{dirs.Inbox, dirs.Archive} {
				entries, err := os.ReadDir(dir)
				if want := map[string]int{dirs.Archive: 1}[dir]; err != nil || len(entries) != want {
					t.Errorf("%s lists %v, %v; want %d", dir, entries, err, want)
				}
			}
		})
	}
}

func TestTwoRealFileSystemsAreTwo(t *testing.T) {
	t.Parallel()
	const other = "/dev/shm"
	archive, err := os.MkdirTemp(other, "archive")
	if err != nil {
		t.Skipf("there is no second file system: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(archive) })
	inbox := t.TempDir()
	medium, err := Open(Dirs{inbox, archive, filepath.Join(inbox, "quarantine")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = medium.Close() })
	place := lay(t, Dirs{Inbox: inbox}, "text")

	w, err := drop.New(medium, drop.Options{Archive: "archive/{date:YYYY/MM}"})
	if err != nil {
		t.Fatal(err)
	}
	to, err := w.ArchivePlace(t.Context(), &pipeline.Delivery{ID: "01J", Name: "a.csv", BusinessDate: "2026-11-21"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Move(t.Context(), place, to, ""); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(archive, "2026/11/a.csv")); err != nil || string(got) != "text" {
		t.Errorf("the archive holds %q, %v", got, err)
	}
}

func TestAFolderThatCannotBeWatchedIsSilent(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	a := newAlarm(filepath.Join(t.TempDir(), "nowhere"), logTo(&said))
	if err := errors.Join(a.Close(), a.Close()); err != nil {
		t.Error(err)
	}
	if got := strings.Count(said.String(), "\n"); got != 1 || len(a.events) != 0 {
		t.Errorf("%d lines were logged: %s", got, &said)
	}
}

func logTo(out io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(out, nil)) }
