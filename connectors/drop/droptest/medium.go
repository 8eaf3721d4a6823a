package droptest

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"rentalsync/connectors/drop"
)

// mediumTests hold the FS alone to its contract.
var mediumTests = []test{
	{"an empty folder lists nothing", func(b *bench) {
		for _, area := range []drop.Area{drop.Inbox, drop.Archive, drop.Quarantine} {
			b.wantListed(drop.Path{Area: area, Name: "."})
		}
	}},
	{"a folder that is not there does not exist", func(b *bench) {
		_, err := b.rig.FS.List(b.Context(), drop.Path{Area: drop.Archive, Name: "2026"})
		b.wantErr(err, fs.ErrNotExist)
	}},
	{"hidden files and folders are not listed", func(b *bench) {
		b.put(drop.Path{Area: drop.Inbox, Name: "a.csv"}, "a")
		b.put(drop.Path{Area: drop.Inbox, Name: ".a.csv"}, "a")
		b.put(drop.Path{Area: drop.Inbox, Name: "folder/b.csv"}, "b")
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.csv")
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "folder"}, "b.csv")
	}},
	{"a listed file has its size and time", func(b *bench) {
		b.write("a.csv", "four")
		entries, err := b.rig.FS.List(b.Context(), drop.Path{Area: drop.Inbox, Name: "."})
		b.must(err)
		want := drop.Entry{Name: "a.csv", Size: 4, ModTime: midnight}
		if len(entries) != 1 || entries[0].Size != want.Size || !entries[0].ModTime.Equal(want.ModTime) {
			b.Fatalf("listed is %+v, want %+v", entries, want)
		}
	}},
	{"what is not there cannot be looked at, read, moved or removed", func(b *bench) {
		nothing := drop.Path{Area: drop.Inbox, Name: "nothing.csv"}
		_, err := b.rig.FS.Stat(b.Context(), nothing)
		b.wantErr(err, fs.ErrNotExist)
		_, err = b.rig.FS.Open(b.Context(), nothing)
		b.wantErr(err, fs.ErrNotExist)
		b.wantErr(b.rig.FS.Rename(b.Context(), nothing, drop.Path{Area: drop.Archive, Name: "a.csv"}), fs.ErrNotExist)
		b.wantErr(b.rig.FS.Remove(b.Context(), nothing), fs.ErrNotExist)
	}},
	{"a folder is not a plain file", func(b *bench) {
		b.put(drop.Path{Area: drop.Archive, Name: "folder/a.csv"}, "a")
		_, err := b.rig.FS.Stat(b.Context(), drop.Path{Area: drop.Archive, Name: "folder"})
		b.wantErr(err, drop.ErrNotPlain)
	}},
	{"a move makes the folders it needs and keeps the file's time", func(b *bench) {
		b.write("a.csv", "a")
		to := drop.Path{Area: drop.Archive, Name: "2026/11/a.csv"}
		b.must(b.rig.FS.Rename(b.Context(), drop.Path{Area: drop.Inbox, Name: "a.csv"}, to))
		b.wantFile(drop.Archive, "2026/11/a.csv", "a")
		b.wantNone(drop.Inbox, "a.csv")
		if e, err := b.rig.FS.Stat(b.Context(), to); err != nil || !e.ModTime.Equal(midnight) {
			b.Fatalf("moved is %+v, %v, want the time %v", e, err, midnight)
		}
	}},
	{"a move never replaces a file", func(b *bench) {
		for _, to := range []drop.Path{{Area: drop.Inbox, Name: "b.csv"}, {Area: drop.Archive, Name: "b.csv"}} {
			b.put(drop.Path{Area: drop.Inbox, Name: "a.csv"}, "new")
			b.put(to, "old")
			b.wantErr(b.rig.FS.Rename(b.Context(), drop.Path{Area: drop.Inbox, Name: "a.csv"}, to), fs.ErrExist)
			b.wantFile(to.Area, to.Name, "old")
			b.wantFile(drop.Inbox, "a.csv", "new")
		}
	}},
	{"a written file replaces one of its name", func(b *bench) {
		file := drop.Path{Area: drop.Quarantine, Name: "sub/a.txt"}
		b.put(file, "a longer first text")
		b.put(file, "second")
		b.wantFile(drop.Quarantine, "sub/a.txt", "second")
		b.wantListed(drop.Path{Area: drop.Quarantine, Name: "sub"}, "a.txt")
	}},
	{"a file that cannot be written whole is not written at all", func(b *bench) {
		file := drop.Path{Area: drop.Quarantine, Name: "a.txt"}
		b.put(file, "old")
		full := errors.New("the disk is full")
		err := b.rig.FS.WriteFile(b.Context(), file, func(out io.Writer) error {
			_, err := io.WriteString(out, "half")
			return errors.Join(err, full)
		})
		b.wantErr(err, full)
		b.wantFile(drop.Quarantine, "a.txt", "old")
		b.wantListed(drop.Path{Area: drop.Quarantine, Name: "."}, "a.txt")
	}},
	{"a folder is removed only when it is empty", func(b *bench) {
		folder := drop.Path{Area: drop.Inbox, Name: "folder"}
		b.put(drop.Path{Area: drop.Inbox, Name: "folder/a.csv"}, "a")
		if err := b.rig.FS.Remove(b.Context(), folder); err == nil {
			b.Fatal("a folder with a file in it was removed")
		}
		b.must(b.rig.FS.Remove(b.Context(), drop.Path{Area: drop.Inbox, Name: "folder/a.csv"}))
		b.must(b.rig.FS.Remove(b.Context(), folder))
		b.wantNone(drop.Inbox, "folder")
	}},
	{"the clock runs forward", func(b *bench) {
		first := b.rig.FS.Now()
		if second := b.rig.FS.Now(); first.IsZero() || second.Before(first.Add(-time.Second)) {
			b.Fatalf("the clock says %v, then %v", first, second)
		}
	}},
}

// put writes a file through the medium.
func (b *bench) put(file drop.Path, content string) {
	b.Helper()
	b.must(b.rig.FS.WriteFile(b.Context(), file, func(out io.Writer) error {
		_, err := io.WriteString(out, content)
		return err
	}))
}

func (b *bench) wantErr(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Fatalf("error is %v, want %v", err, want)
	}
}

func (b *bench) wantListed(folder drop.Path, want ...string) {
	b.Helper()
	entries, err := b.rig.FS.List(b.Context(), folder)
	b.must(err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		b.Fatalf("%s lists %q, want %q", folder, got, want)
	}
}
