package droptest

import (
	"context"
	"errors"
	"io"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// uploadTests are what uploaders do that must not make half a file one.
var uploadTests = []test{
	{"no client's temporary file, lock or backup is ever seen", func(b *bench) {
		w := b.watch()
		for _, name := range []string{
			"a.csv.part", "a.csv.filepart", "a.csv.PART", "a.csv.ocTransferId12345.part", ".in.a.csv.", ".a.csv.Xy12Zq", "a.csv~", ".a.csv.swp", "a.csv.swp",
			"a.csv.lock", "a.lck", "#a.csv#", ".~lock.a.csv#", "~$a.xlsx", "a.csv.tmp", "a.csv.upload", "a.csv.writing", "a.csv.incomplete",
		} {
			b.write(name, whole)
		}
		b.wantNothing(b.scanSettled(w))
	}},
	{"as many looks as asked for must see the same", func(b *bench) {
		o := b.options()
		o.Looks = 4
		w := b.watchWith(o)
		b.write("a.csv", whole)
		for range 3 {
			b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
			b.clock.advance(settle)
		}
		b.wantReady(b.scan(w), "a.csv")
		b.append("a.csv", "more\n"+whole)
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.Changing, "settled")
	}},
	{"many looks without the time to settle are not enough", func(b *bench) {
		o := b.options()
		o.Looks = 3
		w := b.watchWith(o)
		b.write("a.csv", whole)
		for range 5 {
			b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
		}
	}},
	{"an upload that is cut and begun anew is taken when it is whole", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "row 1\nrow")
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.NotWhole, "incomplete")
		b.clock.advance(settle)
		b.write("a.csv", "row 1\n")
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.NotWhole, "incomplete")
		b.clock.advance(settle)
		b.write("a.csv", "row 1\nrow 2\n"+whole)
		b.wantReady(b.scanSettled(w), "a.csv")
	}},
	{"a file that is truncated after it was ready is not ready any more", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "row\n"+whole)
		b.wantReady(b.scanSettled(w), "a.csv")
		b.must(b.rig.Uploader.Write("a.csv", "row\n", midnight))
		b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
		b.clock.advance(settle)
		b.wantPending(b.scan(w), "a.csv", pipeline.NotWhole, "incomplete")
	}},
	{"a file that keeps changing says since when", func(b *bench) {
		w := b.watch()
		for range 5 {
			b.write("a.csv", whole)
			b.scan(w)
			b.clock.advance(settle / 2)
			b.append("a.csv", "more\n"+whole)
			b.scan(w)
			b.clock.advance(settle / 2)
		}
		if p := b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled"); !p.Since.Equal(midnight) {
			b.Fatalf("it changes since %v, want %v", p.Since, midnight)
		}
	}},
	{"a file that was not written to is only moved", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		_, err := w.Stat(b.Context(), place)
		b.must(err)
		b.must(w.Move(b.Context(), place, "archive/2026/11/a.csv", ""))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	}},
	{"either form of a marker is enough, and is claimed with its file", func(b *bench) {
		o := b.options()
		o.Marker = "*.done"
		w := b.watchWith(o)
		for i, name := range []string{"a.done", "a.csv.done"} {
			b.write("a.csv", whole)
			b.wantPending(b.scanSettled(w), "a.csv", pipeline.NotWhole, `its marker "a.csv.done" or "a.done" is missing`)
			b.must(b.rig.Uploader.Write(name, "", midnight.AddDate(0, -1, 0)))
			b.wantReady(b.scan(w), "a.csv")
			place := w.ClaimPlace(delivery("01J", "a.csv"))
			b.must(w.Claim(b.Context(), "a.csv", place))
			b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
			b.must(w.Unclaim(b.Context(), place, "a.csv"))
			b.wantReady(b.scanSettled(w), "a.csv")
			b.must(w.Claim(b.Context(), "a.csv", place))
			b.must(w.Move(b.Context(), place, "archive/"+string(rune('a'+i)), ""))
			b.wantNone(drop.Inbox, ".rentalsync")
		}
	}},
	{"a marker that two files share is left to the last of them", func(b *bench) {
		o := b.options()
		o.Marker = "{stem}.done"
		w := b.watchWith(o)
		b.write("a.csv", whole)
		b.write("a.txt", whole)
		b.write("a.done", "")
		b.wantReady(b.scanSettled(w), "a.csv", "a.txt")
		b.must(w.Claim(b.Context(), "a.csv", ".rentalsync/01J/a.csv"))
		b.wantReady(b.scan(w), "a.txt")
		b.must(w.Claim(b.Context(), "a.txt", ".rentalsync/02J/a.txt"))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	}},
	{"a marker without its file is left alone", func(b *bench) {
		o := b.options()
		o.Marker = "{stem}.done"
		w := b.watchWith(o)
		b.write("a.done", "")
		b.wantNothing(b.scanSettled(w))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.done")
	}},
}

// writerTests hold a file open while it is claimed, on a medium where whoever
// writes to it goes on unnoticed.
var writerTests = []test{
	{"a writer that goes on after the claim is seen by size and time", func(b *bench) {
		w := b.watch()
		place := b.claimed(w, delivery("01J", "a.csv"), whole)
		before, err := w.Stat(b.Context(), place)
		b.must(err)
		b.clock.advance(settle)
		b.append(place, "more\n")
		after, err := w.Stat(b.Context(), place)
		b.must(err)
		if after.Size == before.Size || after.ModTime.Equal(before.ModTime) {
			b.Fatalf("before it is %+v, after it %+v", before, after)
		}
	}},
	{"a writer that goes on after its file was worked has it worked again", func(b *bench) {
		b.writtenOn(b.watch(), func(w *drop.Watcher, place string) {
			for range 2 {
				b.must(w.Move(b.Context(), place, "archive/2026/11/a.csv", ""))
			}
		})
	}},
	{"a writer that goes on is seen although the first move fails", func(b *bench) {
		full := &filling{FS: b.rig.FS, full: true}
		b.writtenOn(b.watchOn(full, b.options()), func(w *drop.Watcher, place string) {
			b.wantErr(w.Move(b.Context(), place, "archive/2026/11/a.csv", ""), errFull)
			full.full = false
			b.must(w.Move(b.Context(), place, "archive/2026/11/a.csv", ""))
		})
	}},
}

// writtenOn works a file whose writer goes on, moves it, and checks that it will be
// worked again.
func (b *bench) writtenOn(w *drop.Watcher, move func(w *drop.Watcher, place string)) {
	b.Helper()
	place := b.claimed(w, delivery("01J", "a.csv"), whole)
	_, err := w.Stat(b.Context(), place)
	b.must(err)
	b.clock.advance(settle)
	b.append(place, "more\n"+whole)
	move(w, place)

	b.wantFile(drop.Archive, "2026/11/a.csv", whole)
	b.wantNone(drop.Inbox, ".rentalsync")
	look := b.scanSettled(w)
	b.wantReady(look, "a.csv")
	if look.Ready[0].Digest != digest(whole+"more\n"+whole) {
		b.Fatalf("ready is %+v", look.Ready[0])
	}
}

// filling is a medium that has no room left for a while.
type filling struct {
	drop.FS
	full bool
}

var errFull = errors.New("no room is left")

func (m *filling) WriteFile(ctx context.Context, file drop.Path, write func(io.Writer) error) error {
	if m.full {
		return errFull
	}
	return m.FS.WriteFile(ctx, file, write)
}

// sequential is a medium that reads files from their start only.
type sequential struct{ drop.FS }

func (m sequential) Open(ctx context.Context, file drop.Path) (io.ReadCloser, error) {
	src, err := m.FS.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{src, src}, nil
}
