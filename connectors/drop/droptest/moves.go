package droptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// moveTests follow files from the inbox to where they end.
var moveTests = []test{
	{"a file that is put back from the quarantine has its marker again, and no reason", func(b *bench) {
		o := b.options()
		o.Marker = "{name}.ok"
		w := b.watchWith(o)
		d := delivery("01J", "a.csv")
		b.write("a.csv.ok", "")
		place := b.claimed(w, d, "row\n"+whole)
		d.State = pipeline.DeliveryQuarantined
		aside, err := w.QuarantinePlace(b.Context(), d)
		b.must(err)
		b.must(w.Move(b.Context(), place, aside, "it is bad"))
		b.wantNothing(b.scanSettled(w))

		b.must(w.Move(b.Context(), aside, place, ""))
		b.must(w.Unclaim(b.Context(), place, d.Name))
		b.wantReady(b.scanSettled(w), "a.csv")
		b.wantNone(drop.Quarantine, "a.csv.reason.txt")
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a claimed file is out of sight and can be read", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		if want := ".rentalsync/01J/a.csv"; place != want {
			b.Fatalf("the place is %q, want %q", place, want)
		}
		b.wantNothing(b.scan(w))

		f, err := w.Stat(b.Context(), place)
		b.must(err)
		if f.Name != "a.csv" || f.Size != int64(len(whole)) || !f.ModTime.Equal(midnight) {
			b.Fatalf("the claimed file is %+v", f)
		}
		src, err := w.Open(b.Context(), place)
		b.must(err)
		got, err := io.ReadAll(src)
		b.must(err)
		b.must(src.Close())
		if string(got) != whole {
			b.Fatalf("the claimed file holds %q", got)
		}
	}},
	{"a claim that is made again is the same claim", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		b.must(w.Claim(b.Context(), "a.csv", place))
		b.wantFile(drop.Inbox, place, whole)
	}},
	{"a file that is gone cannot be claimed", func(b *bench) {
		w := b.watch()
		err := w.Claim(b.Context(), "a.csv", w.ClaimPlace(delivery("01J", "a.csv")))
		b.wantErr(err, pipeline.ErrFileGone)
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a file that may not be moved is left where it is, with the cure", func(b *bench) {
		w := b.watchOn(still{b.rig.FS}, b.options())
		b.write("a.csv", whole)
		err := w.Claim(b.Context(), "a.csv", ".rentalsync/01J/a.csv")
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "let the user") {
			b.Fatalf("error is %v", err)
		}
		b.wantFile(drop.Inbox, "a.csv", whole)
	}},
	{"a new file of the same name is not taken by an old claim", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), "first "+whole)
		b.write("a.csv", "second "+whole)
		b.must(w.Claim(b.Context(), "a.csv", place))
		b.wantFile(drop.Inbox, place, "first "+whole)
		b.wantFile(drop.Inbox, "a.csv", "second "+whole)
	}},
	{"a claim takes the marker along, and gives it back", func(b *bench) {
		o := b.options()
		o.Marker = "{name}.ok"
		w := b.watchWith(o)
		b.write("a.csv.ok", "")
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		b.wantNone(drop.Inbox, "a.csv.ok")
		b.must(w.Unclaim(b.Context(), place, "a.csv"))
		b.wantReady(b.scanSettled(w), "a.csv")
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a marker whose file went away is not kept", func(b *bench) {
		o := b.options()
		o.Marker = "{name}.ok"
		o.Reached = func(point string) {
			if point == "claim:marker" {
				b.must(b.rig.Uploader.Remove("a.csv"))
			}
		}
		w := b.watchWith(o)
		b.write("a.csv", whole)
		b.write("a.csv.ok", "")
		for range 2 {
			b.wantErr(w.Claim(b.Context(), "a.csv", ".rentalsync/01J/a.csv"), pipeline.ErrFileGone)
		}
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a file that is given back has its name", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		b.must(w.Unclaim(b.Context(), place, "a.csv"))
		b.must(w.Unclaim(b.Context(), place, "a.csv"))
		b.wantReady(b.scanSettled(w), "a.csv")
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a file that is given back never replaces a newer one", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), "first")
		b.write("a.csv", "second")
		b.must(w.Unclaim(b.Context(), place, "a.csv"))
		b.wantFile(drop.Inbox, "a.csv", "second")
		b.wantFile(drop.Inbox, "a (2).csv", "first")
	}},
	{"what is gone cannot be given back", func(b *bench) {
		w := b.watch()
		b.wantErr(w.Unclaim(b.Context(), ".rentalsync/01J/a.csv", "a.csv"), pipeline.ErrFileGone)
	}},
	{"a worked file ends in the archive of its business date", func(b *bench) {
		w := b.watch()
		d := delivery("01J", "a.csv")
		b.archive(w, d, whole, "archive/2026/11/a.csv")
		b.wantFile(drop.Archive, "2026/11/a.csv", whole)
		b.wantNone(drop.Inbox, ".rentalsync")
		b.wantListed(drop.Path{Area: drop.Archive, Name: "2026/11"}, "a.csv")
	}},
	{"without a business date the day of the claim counts", func(b *bench) {
		w := b.watch()
		d := delivery("01J", "a.csv")
		d.BusinessDate, d.ClaimedAt = "", time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
		b.archive(w, d, whole, "archive/2027/01/a.csv")
	}},
	{"duplicates and superseded files have folders of their own", func(b *bench) {
		w := b.watch()
		d := delivery("01J", "a.csv")
		d.State = pipeline.DeliveryDuplicate
		b.archive(w, d, whole, "archive/duplicate/2026/11/a.csv")
		d.State = pipeline.DeliverySuperseded
		b.archive(w, d, whole, "archive/superseded/2026/11/a.csv")
	}},
	{"a name that is taken gets a number before its ending", func(b *bench) {
		w := b.watch()
		for i, want := range []string{"a.csv", "a (2).csv", "a (3).csv"} {
			b.archive(w, delivery(fmt.Sprint(i), "a.csv"), fmt.Sprint(i), "archive/2026/11/"+want)
			b.wantFile(drop.Archive, "2026/11/"+want, fmt.Sprint(i))
		}
		b.archive(w, delivery("x", "b"), "x", "archive/2026/11/b")
		b.archive(w, delivery("y", "b"), "y", "archive/2026/11/b (2)")
	}},
	{"a promised place is promised once", func(b *bench) {
		w := b.watch()
		first, second := delivery("01J", "a.csv"), delivery("02J", "a.csv")
		one, err := w.ArchivePlace(b.Context(), first)
		b.must(err)
		two, err := w.ArchivePlace(b.Context(), second)
		b.must(err)
		if one == two {
			b.Fatalf("both are promised %q", one)
		}
		if again, err := w.ArchivePlace(b.Context(), first); err != nil || again != one {
			b.Fatalf("the place is %q, then %q, %v", one, again, err)
		}
	}},
	{"a file in quarantine has its reason beside it", func(b *bench) {
		w := b.watch()
		for i, want := range []string{"a.csv", "a (2).csv"} {
			d := delivery(fmt.Sprint(i), "a.csv")
			place := b.claimed(w, d, fmt.Sprint(i))
			to, err := w.QuarantinePlace(b.Context(), d)
			b.must(err)
			b.must(w.Move(b.Context(), place, to, "it is bad"))
			b.must(w.Move(b.Context(), place, to, "it is bad"))
			b.wantFile(drop.Quarantine, want, fmt.Sprint(i))
			b.wantFile(drop.Quarantine, want+".reason.txt", "it is bad\n")
		}
	}},
	{"a reason never replaces a file, nor a file a reason", func(b *bench) {
		w := b.watch()
		for i, name := range []string{"a.csv.reason.txt", "a.csv", "b.csv", "b.csv.reason.txt"} {
			d := delivery(fmt.Sprint(i), name)
			place := b.claimed(w, d, name)
			to, err := w.QuarantinePlace(b.Context(), d)
			b.must(err)
			b.must(w.Move(b.Context(), place, to, "why "+name))
		}
		for name, want := range map[string]string{
			"a.csv.reason.txt": "a.csv.reason.txt", "a (2).csv": "a.csv", "a (2).csv.reason.txt": "why a.csv\n",
			"b.csv": "b.csv", "b.csv.reason.txt": "why b.csv\n", "b.csv.reason (2).txt": "b.csv.reason.txt",
		} {
			b.wantFile(drop.Quarantine, name, want)
		}
	}},
	{"an archived file has no reason beside it", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		b.must(w.Move(b.Context(), place, "archive/a.csv", "seen before"))
		b.wantListed(drop.Path{Area: drop.Archive, Name: "."}, "a.csv")
	}},
	{"a move that is made again succeeds", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		b.must(w.Move(b.Context(), place, "archive/a.csv", ""))
		b.must(w.Move(b.Context(), place, "archive/a.csv", ""))
		b.wantFile(drop.Archive, "a.csv", whole)
	}},
	{"a file that is nowhere cannot be moved", func(b *bench) {
		b.wantErr(b.watch().Move(b.Context(), ".rentalsync/01J/a.csv", "archive/a.csv", ""), pipeline.ErrFileGone)
	}},
	{"a copy that was cut off before the end is finished", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		b.put(drop.Path{Area: drop.Archive, Name: "a.csv"}, whole)
		b.must(w.Move(b.Context(), place, "archive/a.csv", ""))
		b.wantFile(drop.Archive, "a.csv", whole)
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a move never replaces another file, even one of the same size", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), "new")
		b.put(drop.Path{Area: drop.Archive, Name: "a.csv"}, "old")
		b.wantErr(w.Move(b.Context(), place, "archive/a.csv", ""), fs.ErrExist)
		b.wantFile(drop.Archive, "a.csv", "old")
		b.wantFile(drop.Inbox, place, "new")
	}},
	{"claims come and go at the same time without losing a file", func(b *bench) {
		w := b.watch()
		const files = 40
		for i := range files {
			b.write(fmt.Sprintf("%d.csv", i), fmt.Sprint(i))
		}
		var all sync.WaitGroup
		for i := range files {
			all.Go(func() { b.travel(w, delivery(fmt.Sprint(i), fmt.Sprintf("%d.csv", i))) })
			all.Go(func() {
				if _, err := w.Scan(b.Context()); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
		for i := range files {
			b.wantFile(drop.Archive, fmt.Sprintf("2026/11/%d.csv", i), fmt.Sprint(i))
		}
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
}

// archive drops a file and brings it to the archive.
func (b *bench) archive(w *drop.Watcher, d *pipeline.Delivery, content, want string) {
	b.Helper()
	place := b.claimed(w, d, content)
	to, err := w.ArchivePlace(b.Context(), d)
	b.must(err)
	if to != want {
		b.Fatalf("the place is %q, want %q", to, want)
	}
	b.must(w.Move(b.Context(), place, to, ""))
}

// travel takes a file that lies in the inbox the whole way.
func (b *bench) travel(w *drop.Watcher, d *pipeline.Delivery) {
	place := w.ClaimPlace(d)
	if err := w.Claim(b.Context(), d.Name, place); err != nil {
		b.Error(err)
		return
	}
	to, err := w.ArchivePlace(b.Context(), d)
	if err != nil {
		b.Error(err)
		return
	}
	if err := w.Move(b.Context(), place, to, ""); err != nil {
		b.Error(err)
	}
}

// still is a medium whose files may not be moved.
type still struct{ drop.FS }

func (still) Rename(context.Context, drop.Path, drop.Path) error { return fs.ErrPermission }

// unwritable is a medium that nothing may be written to.
type unwritable struct{ drop.FS }

func (unwritable) WriteFile(context.Context, drop.Path, func(io.Writer) error) error {
	return fs.ErrPermission
}
