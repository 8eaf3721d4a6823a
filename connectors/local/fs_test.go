package local_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/local"
)

func TestMissingFoldersAreMadeForOurUserAlone(t *testing.T) {
	t.Parallel()
	_, dirs := open(t)
	for _, dir := range []string{dirs.Inbox, dirs.Archive, dirs.Quarantine} {
		wantMode(t, dir, 0o700)
	}
}

func TestFoldersThatAreThereKeepTheirMode(t *testing.T) {
	t.Parallel()
	inbox := filepath.Join(t.TempDir(), "inbox")
	if err := errors.Join(os.Mkdir(inbox, 0o700), os.Chmod(inbox, 0o775)); err != nil {
		t.Fatal(err)
	}
	medium, err := local.Open(local.Dirs{Inbox: inbox, Archive: inbox + "-a", Quarantine: inbox + "-q"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(medium.Close(), medium.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	wantMode(t, inbox, 0o775)
}

func TestADropWithoutAllItsFoldersIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	for _, dirs := range []local.Dirs{
		{Inbox: t.TempDir(), Archive: t.TempDir()},
		{Inbox: file, Archive: t.TempDir(), Quarantine: t.TempDir()},
		{Inbox: filepath.Dir(file), Archive: t.TempDir(), Quarantine: filepath.Dir(file) + "/."},
	} {
		if medium, err := local.Open(dirs, nil); err == nil {
			t.Errorf("%+v was opened", dirs)
			_ = medium.Close()
		}
	}
}

func TestOnlyPlainFilesAreListedAndRead(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	outside := filepath.Join(t.TempDir(), "secret.csv")
	write(t, outside, "secret")
	write(t, filepath.Join(dirs.Inbox, "a.csv"), "a")
	if err := errors.Join(
		os.Symlink(outside, filepath.Join(dirs.Inbox, "link.csv")),
		os.Symlink("a.csv", filepath.Join(dirs.Inbox, "near.csv")),
		os.Symlink("nowhere", filepath.Join(dirs.Inbox, "dangling.csv")),
		os.Mkdir(filepath.Join(dirs.Inbox, "folder.csv"), 0o700),
		syscall.Mkfifo(filepath.Join(dirs.Inbox, "pipe.csv"), 0o600),
	); err != nil {
		t.Fatal(err)
	}

	entries, err := medium.List(t.Context(), drop.Path{Area: drop.Inbox, Name: "."})
	if err != nil || len(entries) != 1 || entries[0].Name != "a.csv" {
		t.Errorf("listed are %+v, %v; want a.csv alone", entries, err)
	}
	for _, name := range []string{"link.csv", "dangling.csv", "folder.csv", "pipe.csv"} {
		file := drop.Path{Area: drop.Inbox, Name: name}
		if src, err := medium.Open(t.Context(), file); err == nil {
			t.Errorf("%s was opened", name)
			_ = src.Close()
		}
		if _, err := medium.Stat(t.Context(), file); !errors.Is(err, drop.ErrNotPlain) {
			t.Errorf("looking at %s: %v", name, err)
		}
		if err := medium.Rename(t.Context(), file, drop.Path{Area: drop.Archive, Name: name}); err == nil {
			t.Errorf("%s was moved", name)
		}
	}
}

func TestALinkDoesNotLeadAMoveOutOfTheDrop(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	outside := t.TempDir()
	write(t, filepath.Join(dirs.Inbox, "a.csv"), "a")
	if err := os.Symlink(outside, filepath.Join(dirs.Archive, "2026")); err != nil {
		t.Fatal(err)
	}
	err := medium.Rename(t.Context(), drop.Path{Area: drop.Inbox, Name: "a.csv"}, drop.Path{Area: drop.Archive, Name: "2026/a.csv"})
	if err == nil {
		t.Error("the file was moved through the link")
	}
	wantNames(t, outside)
	wantText(t, filepath.Join(dirs.Inbox, "a.csv"), "a")
}

func TestAFolderThatWasMountedAgainIsFoundAgain(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	if err := errors.Join(os.Rename(dirs.Inbox, dirs.Inbox+"-old"), os.Mkdir(dirs.Inbox, 0o700)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dirs.Inbox, "a.csv"), "a")
	entries, err := medium.List(t.Context(), drop.Path{Area: drop.Inbox, Name: "."})
	if err != nil || len(entries) != 1 {
		t.Errorf("listed are %+v, %v; want a.csv", entries, err)
	}
}

func TestAnInboxThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	if err := os.Remove(dirs.Inbox); err != nil {
		t.Fatal(err)
	}
	_, err := medium.List(t.Context(), drop.Path{Area: drop.Inbox, Name: "."})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dirs.Inbox) {
		t.Errorf("error is %v", err)
	}
}

func TestAFileIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	long := strings.Repeat("row\n", 1<<18)
	write(t, filepath.Join(dirs.Inbox, "a.csv"), long)
	src, err := medium.Open(t.Context(), drop.Path{Area: drop.Inbox, Name: "a.csv"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(src)
	if err := errors.Join(err, src.Close()); err != nil || string(got) != long {
		t.Errorf("%d bytes were read, %v; want %d", len(got), err, len(long))
	}
}
