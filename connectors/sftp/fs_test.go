package sftp_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/sftp"
	"rentalsync/connectors/sftp/sftptest"
)

// everywhere runs a test on a server in the process and on OpenSSH.
func everywhere(t *testing.T, test func(t *testing.T, a sftptest.Account)) {
	t.Run("on a simple server", func(t *testing.T) {
		t.Parallel()
		test(t, sftptest.Start(t, sftptest.Options{}).Account)
	})
	t.Run("on OpenSSH", func(t *testing.T) {
		t.Parallel()
		test(t, sftptest.OpenSSH(t).Account)
	})
}

func TestADropNeedsItsFolders(t *testing.T) {
	t.Parallel()
	client := open(t, sftptest.Start(t, sftptest.Options{}).Account, nil)
	for _, dirs := range []sftp.Dirs{
		{Inbox: "/out", Archive: "archive"},
		{Inbox: "/out", Quarantine: "quarantine"},
		{Inbox: "/out", Archive: "../archive", Quarantine: "quarantine"},
		{Inbox: "/out", Archive: ".", Quarantine: "quarantine"},
		{Inbox: "/out", Archive: "/out/", Quarantine: "quarantine"},
		{Inbox: "/out", Archive: `..\archive`, Quarantine: "quarantine"},
	} {
		if _, err := client.FS(dirs); err == nil {
			t.Errorf("%+v was opened", dirs)
		}
	}
}

func TestOnlyPlainFilesAreListedAndRead(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, a sftptest.Account) {
		medium := medium(t, open(t, a, nil), a.Dir)
		outside := sftptest.WriteFile(t, "secret.csv", "secret")
		in := func(name string) string { return filepath.Join(a.Local, name) }
		if err := errors.Join(
			os.WriteFile(in("a.csv"), []byte("a"), 0o600),
			os.Symlink(outside, in("link.csv")),
			os.Symlink("a.csv", in("near.csv")),
			os.Symlink("nowhere", in("dangling.csv")),
			os.Mkdir(in("folder.csv"), 0o700),
			syscall.Mkfifo(in("pipe.csv"), 0o600),
		); err != nil {
			t.Fatal(err)
		}

		entries, err := medium.List(t.Context(), inbox("."))
		if err != nil || len(entries) != 1 || entries[0].Name != "a.csv" {
			t.Errorf("listed are %+v, %v; want a.csv alone", entries, err)
		}
		for _, name := range []string{"link.csv", "near.csv", "dangling.csv", "folder.csv", "pipe.csv"} {
			if _, err := medium.Open(t.Context(), inbox(name)); !errors.Is(err, drop.ErrNotPlain) {
				t.Errorf("opening %s: %v", name, err)
			}
			if _, err := medium.Stat(t.Context(), inbox(name)); !errors.Is(err, drop.ErrNotPlain) {
				t.Errorf("looking at %s: %v", name, err)
			}
			if err := medium.Rename(t.Context(), inbox(name), archive(name)); !errors.Is(err, drop.ErrNotPlain) {
				t.Errorf("moving %s: %v", name, err)
			}
		}
		folders, err := medium.Folders(t.Context(), inbox("."))
		if err != nil || len(folders) != 1 || folders[0] != "folder.csv" {
			t.Errorf("folders are %q, %v", folders, err)
		}
	})
}

func TestNoLinkLeadsOutOfTheDrop(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, a sftptest.Account) {
		medium := medium(t, open(t, a, nil), a.Dir)
		outside := t.TempDir()
		_, kept := a.Folder(t, "archive")
		if err := errors.Join(
			os.WriteFile(filepath.Join(a.Local, "a.csv"), []byte("a"), 0o600),
			os.WriteFile(filepath.Join(outside, "b.csv"), []byte("b"), 0o600),
			os.Symlink(outside, filepath.Join(kept, "2026")),
		); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"move in":  medium.Rename(t.Context(), inbox("a.csv"), archive("2026/a.csv")),
			"move out": medium.Rename(t.Context(), archive("2026/b.csv"), inbox("b.csv")),
			"write":    medium.WriteFile(t.Context(), archive("2026/c.csv"), says("c")),
			"remove":   medium.Remove(t.Context(), archive("2026/b.csv")),
			"list":     second(medium.List(t.Context(), archive("2026"))),
			"look":     second(medium.Stat(t.Context(), archive("2026/b.csv"))),
			"open":     second(medium.Open(t.Context(), archive("2026/b.csv"))),
		} {
			if err == nil || !strings.Contains(err.Error(), "lead out of the drop") {
				t.Errorf("%s: %v", what, err)
			}
		}
		wantNames(t, outside, "b.csv")
	})
}

func second[T any](_ T, err error) error { return err }

// wantNames checks everything that lies in a folder, hidden files too.
func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s lists %q, want %q", dir, got, want)
	}
}

func TestNoNameLeadsOutOfTheDrop(t *testing.T) {
	t.Parallel()
	medium, _ := begin(t, sftptest.Options{})
	for _, name := range []string{"", "..", "../a.csv", "/etc/passwd", "a/../../b.csv", "a//b.csv", `..\a.csv`, "a\x00.csv"} {
		for what, err := range map[string]error{
			"list":   second(medium.List(t.Context(), inbox(name))),
			"look":   second(medium.Stat(t.Context(), inbox(name))),
			"open":   second(medium.Open(t.Context(), inbox(name))),
			"move":   medium.Rename(t.Context(), inbox("a.csv"), archive(name)),
			"write":  medium.WriteFile(t.Context(), archive(name), says("text")),
			"remove": medium.Remove(t.Context(), archive(name)),
		} {
			if err == nil || !strings.Contains(err.Error(), "is not a name below a folder") {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
	}
	if err := medium.Remove(t.Context(), inbox(".")); err == nil {
		t.Error("the inbox was removed")
	}
	if _, err := medium.Stat(t.Context(), drop.Path{Name: "a.csv"}); err == nil {
		t.Error("a path of no area was looked at")
	}
}

func TestFoldersAreWhereTheConfigSays(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	_, local := sftptest.Account{Local: server.Local}.Folder(t, "../erp/out")
	client := open(t, server.Account, nil)
	medium, err := client.FS(sftp.Dirs{Inbox: "~/erp/out/", Archive: "/kept/archive", Quarantine: "bad/files"})
	if err != nil {
		t.Fatal(err)
	}
	for _, area := range []drop.Area{drop.Archive, drop.Quarantine} {
		if entries, err := medium.List(t.Context(), drop.Path{Area: area, Name: "."}); err != nil || len(entries) != 0 {
			t.Errorf("the %s that is not there yet lists %v, %v", area, entries, err)
		}
		if err := medium.WriteFile(t.Context(), drop.Path{Area: area, Name: "a.csv"}, says("text")); err != nil {
			t.Error(err)
		}
	}
	wantNames(t, filepath.Join(server.Local, "../kept/archive"), "a.csv")
	wantNames(t, filepath.Join(local, "bad/files"), "a.csv")
}

func TestAnInboxThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, a sftptest.Account) {
		_, err := medium(t, open(t, a, nil), a.Dir+"/nowhere").List(t.Context(), inbox("."))
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), a.Dir+"/nowhere") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestALargeFileIsReadAndWrittenByteByByte(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, a sftptest.Account) {
		medium := medium(t, open(t, a, nil), a.Dir)
		path := filepath.Join(a.Local, "large.csv")
		for _, size := range []int{0, 1, 32 << 10, 255 << 10, 255<<10 + 1, 64 << 20} {
			fill(t, path, size)
			want := read(t, path)
			if got := content(t, medium, inbox("large.csv")); got != want {
				t.Errorf("of %d bytes %d were read, or others", size, len(got))
			}
			if err := medium.WriteFile(t.Context(), inbox("copy.csv"), says(want)); err != nil {
				t.Fatal(err)
			}
			if read(t, filepath.Join(a.Local, "copy.csv")) != want {
				t.Errorf("%d bytes were written as others", size)
			}
		}
		wantNames(t, a.Local, "copy.csv", "large.csv")
	})
}

func TestAFileOnAnotherDiskOfTheServerIsCopiedWithItsTime(t *testing.T) {
	t.Parallel()
	medium, server := begin(t, sftptest.Options{Apart: byArea})
	if err := droptest.Folder(server.Local).Write("a.csv", "text", midnight); err != nil {
		t.Fatal(err)
	}
	if err := medium.Rename(t.Context(), inbox("a.csv"), archive("2026/a.csv")); err != nil {
		t.Fatal(err)
	}
	wantGone(t, medium, inbox("a.csv"))
	e, err := medium.Stat(t.Context(), archive("2026/a.csv"))
	if err != nil || e.Size != 4 || !e.ModTime.Equal(midnight) {
		t.Errorf("copied is %+v, %v", e, err)
	}
	wantNames(t, filepath.Join(server.Local, "archive/2026"), "a.csv")
}

func TestTwoRealDisksAreTwo(t *testing.T) {
	t.Parallel()
	other, err := os.MkdirTemp("/dev/shm", "archive")
	if err != nil {
		t.Skipf("there is no second file system: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(other) })
	d := sftptest.OpenSSH(t)
	medium, err := open(t, d.Account, nil).FS(sftp.Dirs{Inbox: d.Dir, Archive: other, Quarantine: "quarantine"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.csv", "b.csv"} {
		if err := droptest.Folder(d.Local).Write(name, name, midnight); err != nil {
			t.Fatal(err)
		}
	}
	if err := medium.Rename(t.Context(), inbox("a.csv"), archive("2026/a.csv")); err != nil {
		t.Fatal(err)
	}
	if err := medium.Rename(t.Context(), inbox("b.csv"), archive("2026/a.csv")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if got := read(t, filepath.Join(other, "2026/a.csv")); got != "a.csv" {
		t.Errorf("it holds %q", got)
	}
	wantNames(t, d.Local, "b.csv")
	wantNames(t, filepath.Join(other, "2026"), "a.csv")
}

func TestAnAccountThatMayOnlyReadReads(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]sftptest.Account{
		"on a simple server": sftptest.Start(t, sftptest.Options{ReadOnly: true}).Account,
		"on OpenSSH":         sftptest.OpenSSH(t, "ForceCommand internal-sftp -R").Account,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			medium := medium(t, open(t, a, nil), a.Dir)
			a.Folder(t, "archive")
			if err := droptest.Folder(a.Local).Write("a.csv", "text", midnight); err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{
				"move":   medium.Rename(t.Context(), inbox("a.csv"), archive("a.csv")),
				"write":  medium.WriteFile(t.Context(), archive("a.csv"), says("text")),
				"remove": medium.Remove(t.Context(), inbox("a.csv")),
			} {
				if !errors.Is(err, fs.ErrPermission) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if entries, err := medium.List(t.Context(), inbox(".")); err != nil || len(entries) != 1 {
				t.Errorf("listed are %v, %v", entries, err)
			}
			if got := content(t, medium, inbox("a.csv")); got != "text" {
				t.Errorf("it holds %q", got)
			}
		})
	}
}

func TestACopyWhoseTimeCannotBeSetIsMovedAllTheSame(t *testing.T) {
	t.Parallel()
	medium, server := begin(t, sftptest.Options{Apart: byArea, NoTimes: true})
	if err := droptest.Folder(server.Local).Write("a.csv", "text", midnight); err != nil {
		t.Fatal(err)
	}
	if err := medium.Rename(t.Context(), inbox("a.csv"), archive("a.csv")); err != nil {
		t.Fatal(err)
	}
	wantNames(t, filepath.Join(server.Local, "archive"), "a.csv")
	wantNames(t, server.Local, "archive")
}

func TestTheClockIsTheServers(t *testing.T) {
	t.Parallel()
	const ahead = 3 * time.Hour
	for name, tt := range map[string]struct {
		options sftptest.Options
		config  func(*sftp.Config)
		files   time.Duration // how far ahead a file is
		want    time.Duration
	}{
		"it is read from a file of ours":             {options: sftptest.Options{Ahead: ahead}, want: ahead},
		"it may be behind":                           {options: sftptest.Options{Ahead: -ahead}, want: -ahead},
		"a file's own time does not set it":          {options: sftptest.Options{Ahead: ahead}, files: 10 * time.Hour, want: ahead},
		"where we may not write, files set it":       {options: sftptest.Options{ReadOnly: true}, files: ahead, want: ahead},
		"where we should not write, it is not tried": {options: sftptest.Options{Ahead: ahead}, config: func(c *sftp.Config) { c.ReadOnly = true }, want: 0},
		"a file of the far future does not":          {options: sftptest.Options{ReadOnly: true}, files: 1000 * time.Hour, want: 0},
		"a file of the past does not":                {options: sftptest.Options{ReadOnly: true}, files: -ahead, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := sftptest.Start(t, tt.options)
			if err := droptest.Folder(server.Local).Write("a.csv", "text", time.Now().Add(tt.files)); err != nil {
				t.Fatal(err)
			}
			medium := medium(t, open(t, server.Account, tt.config), server.Dir)
			if _, err := medium.List(t.Context(), inbox(".")); err != nil {
				t.Fatal(err)
			}
			if got := time.Until(medium.Now()); (got - tt.want).Abs() > 10*time.Minute {
				t.Errorf("the clock is %s ahead, want %s", got, tt.want)
			}
			wantNames(t, server.Local, "a.csv")
		})
	}
}

func TestAFileIsReadByManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	medium, server := begin(t, sftptest.Options{Gathers: 8})
	fill(t, filepath.Join(server.Local, "a.csv"), 1<<20)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	src, err := medium.Open(ctx, inbox("a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, src); err != nil || n != 1<<20 {
		t.Errorf("%d bytes were read, %v", n, err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoMoreIsReadAheadThanFitsIntoMemory(t *testing.T) {
	t.Parallel()
	medium, server := begin(t, sftptest.Options{})
	fill(t, filepath.Join(server.Local, "a.csv"), 16<<20)
	src, err := medium.Open(t.Context(), inbox("a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	before := server.Sent()
	if _, err := io.ReadFull(src, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := src.Close(); err != nil { // comes after all that was asked for
		t.Fatal(err)
	}
	if sent := server.Sent() - before; sent > 5<<20 {
		t.Errorf("%d bytes were sent to somebody who read 100", sent)
	}
	if _, err := src.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after it was closed: %v", err)
	}
}

func TestWritingAsksForTheTextOnceMoreAtMost(t *testing.T) {
	t.Parallel()
	medium, server := begin(t, sftptest.Options{})
	if _, err := medium.List(t.Context(), inbox(".")); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	err := medium.WriteFile(t.Context(), archive("a.csv"), func(out io.Writer) error {
		asked.Add(1)
		server.CutAfter(0)
		_, err := out.Write(make([]byte, 1<<20))
		return err
	})
	if err == nil || asked.Load() != 2 || !strings.Contains(err.Error(), "was lost") {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := medium.WriteFile(ctx, archive("a.csv"), says("text")); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
