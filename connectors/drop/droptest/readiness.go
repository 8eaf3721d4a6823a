package droptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// readinessTests say when a file may be taken.
var readinessTests = []test{
	{"an empty inbox is no error", func(b *bench) {
		b.wantNothing(b.scan(b.watch()))
	}},
	{"a file that has settled and is whole is ready with its digest", func(b *bench) {
		b.write("a.csv", "row\n"+whole)
		w := b.watch()
		b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
		b.clock.advance(settle)
		look := b.scan(w)
		b.wantReady(look, "a.csv")
		f := look.Ready[0]
		if f.Digest != digest("row\n"+whole) || f.Size != 8 || !f.ModTime.Equal(midnight) {
			b.Fatalf("ready is %+v", f)
		}
	}},
	{"a file's own time never makes it settle", func(b *bench) {
		for name, age := range map[string]time.Duration{"old.csv": -1000 * time.Hour, "future.csv": 1000 * time.Hour} {
			b.must(b.rig.Uploader.Write(name, whole, midnight.Add(age)))
		}
		w := b.watch()
		b.wantReady(b.scan(w))
		b.clock.advance(settle - 1)
		b.wantReady(b.scan(w))
		b.clock.advance(1)
		b.wantReady(b.scan(w), "future.csv", "old.csv")
	}},
	{"without a time to settle the first look takes a file", func(b *bench) {
		b.write("a.csv", whole)
		o := b.options()
		o.Settle = 0
		b.wantReady(b.scan(b.watchWith(o)), "a.csv")
	}},
	{"many quick looks do not replace the time to settle", func(b *bench) {
		b.write("a.csv", whole)
		w := b.watch()
		for range 20 {
			b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
		}
	}},
	{"a slow writer is left alone until it stops", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "")
		for i := range 10 {
			b.append("a.csv", fmt.Sprintf("row %d\n", i))
			if p := b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled"); !p.Since.Equal(midnight) {
				b.Fatalf("it changes since %v, want %v", p.Since, midnight)
			}
			b.clock.advance(settle - 1)
		}
		b.append("a.csv", whole)
		b.wantReady(b.scanSettled(w), "a.csv")
	}},
	{"a writer that keeps a file's time is seen by its size", func(b *bench) {
		w := b.watch()
		b.must(b.rig.Uploader.Write("a.csv", whole, midnight))
		b.scan(w)
		b.clock.advance(settle)
		b.must(b.rig.Uploader.Append("a.csv", "row\n"+whole, midnight))
		b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
	}},
	{"a rewrite of the same size is seen by its time", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "1"+whole)
		b.wantReady(b.scanSettled(w), "a.csv")
		b.write("a.csv", "2"+whole)
		b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
		b.clock.advance(settle)
		look := b.scan(w)
		b.wantReady(look, "a.csv")
		if got := look.Ready[0].Digest; got != digest("2"+whole) {
			b.Fatalf("the digest is of the first text: %s", got)
		}
	}},
	{"a pause longer than the time to settle does not make half a file ready", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "row 1\n")
		p := b.wantPending(b.scanSettled(w), "a.csv", pipeline.NotWhole, "the trailer is missing")
		if p.Late || !p.Since.Equal(b.clock.Now()) {
			b.Fatalf("pending is %+v", p)
		}
		b.clock.advance(time.Minute)
		b.append("a.csv", whole)
		b.wantReady(b.scanSettled(w), "a.csv")
	}},
	{"a file that stays incomplete becomes late", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "row 1\n")
		since := b.wantPending(b.scanSettled(w), "a.csv", pipeline.NotWhole, "incomplete").Since
		b.clock.advance(30*time.Minute - 1)
		if p := b.wantPending(b.scan(w), "a.csv", pipeline.NotWhole, "incomplete"); p.Late {
			b.Fatalf("it is late before its time: %+v", p)
		}
		b.clock.advance(1)
		if p := b.wantPending(b.scan(w), "a.csv", pipeline.NotWhole, "incomplete"); !p.Late || !p.Since.Equal(since) || p.Digest != digest("row 1\n") {
			b.Fatalf("it is not late, or since another time than %v, or without its digest: %+v", since, p)
		}
	}},
	{"a client's temporary file is not seen before it has its name", func(b *bench) {
		w := b.watch()
		for _, name := range []string{"a.csv.part", "a.TMP", "a.csv.filepart", "a.crdownload", "~$a.xlsx", ".a.csv", ".ocTransferId7.part"} {
			b.write(name, whole)
		}
		b.wantNothing(b.scanSettled(w))
		b.must(b.rig.Uploader.Rename("a.csv.part", "a.csv"))
		b.wantReady(b.scanSettled(w), "a.csv")
	}},
	{"a file that is appended to while it is read is not ready", func(b *bench) {
		w := b.watch()
		b.write("a.csv", whole)
		b.during = func(name string) {
			b.during = nil
			b.clock.advance(time.Second)
			b.append(name, "more\n"+whole)
		}
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.Changing, "changed while it was read")
		b.wantReady(b.scanSettled(w), "a.csv")
	}},
	{"a file that is rewritten while it is read is not ready", func(b *bench) {
		w := b.watch()
		b.write("a.csv", "1"+whole)
		b.during = func(name string) {
			b.during = nil
			b.clock.advance(time.Second)
			b.write(name, "2"+whole)
		}
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.Changing, "changed while it was read")
	}},
	{"a file that goes away during a look is no error", func(b *bench) {
		w := b.watch()
		b.write("a.csv", whole)
		b.write("b.csv", whole)
		b.write("c.csv", whole)
		b.during = func(string) {
			b.during = nil
			b.must(b.rig.Uploader.Remove("a.csv"))
			b.must(b.rig.Uploader.Remove("b.csv"))
		}
		look := b.scanSettled(w)
		b.wantReady(look, "c.csv")
		if len(look.Pending) != 0 {
			b.Fatalf("pending are %+v", look.Pending)
		}
	}},
	{"a file is read once as long as it stays as it is", func(b *bench) {
		w := b.watch()
		b.write("whole.csv", whole)
		b.write("half.csv", "row\n")
		b.scanSettled(w)
		for range 5 {
			b.clock.advance(settle)
			b.wantReady(b.scan(w), "whole.csv")
		}
		if b.read["whole.csv"] != 1 || b.read["half.csv"] != 1 {
			b.Fatalf("the files were read %v times", b.read)
		}
	}},
	{"a file that came back settles and is read anew", func(b *bench) {
		w := b.watch()
		b.write("a.csv", whole)
		b.wantReady(b.scanSettled(w), "a.csv")
		b.must(b.rig.Uploader.Remove("a.csv"))
		b.wantNothing(b.scan(w))
		b.must(b.rig.Uploader.Write("a.csv", whole, midnight))
		b.wantPending(b.scan(w), "a.csv", pipeline.Changing, "settled")
	}},
	{"a file that no mapping knows is left alone and never opened", func(b *bench) {
		w := b.watchOn(closed{b.rig.FS}, b.options())
		b.write(unknown+".csv", whole)
		b.wantPending(b.scanSettled(w), unknown+".csv", pipeline.NoMapping, "no mapping matches the file name")
	}},
	{"a file that cannot be opened is left alone, with the cure", func(b *bench) {
		w := b.watchOn(closed{b.rig.FS}, b.options())
		b.write("a.csv", whole)
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.OutOfReach, "let the user that runs rentalsync read")
		b.wantPending(b.scan(w), "a.csv", pipeline.OutOfReach, "permission denied")
	}},
	{"a medium that fails while a file is read is no verdict on it", func(b *bench) {
		b.write("a.csv", whole)
		torn := &torn{FS: b.rig.FS, broken: true}
		w := b.watchOn(torn, b.options())
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.OutOfReach, "the line is down")
		torn.broken = false
		b.wantReady(b.scan(w), "a.csv")
	}},
	{"a medium that hands out less than there is does not make a file whole", func(b *bench) {
		b.write("a.csv", "row\n"+whole+"row\n"+whole)
		w := b.watchOn(miser{b.rig.FS}, b.options())
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.Changing, "changed while it was read")
	}},
	{"an inspection that fails is no verdict on a file", func(b *bench) {
		b.write("a.csv", whole)
		full := true
		o := b.options()
		o.Inspect = func(context.Context, string, io.Reader) (pipeline.Inspected, error) {
			if full {
				return pipeline.Inspected{}, errors.New("no space left for unpacking")
			}
			return pipeline.Inspected{}, nil
		}
		w := b.watchWith(o)
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.OutOfReach, "no space left")
		full = false
		b.wantReady(b.scan(w), "a.csv")
	}},
	{"what cannot become rows is ready all the same, with the digest of all of it", func(b *bench) {
		w := b.watch()
		b.write("a.csv", bad+" and much more")
		look := b.scanSettled(w)
		b.wantReady(look, "a.csv")
		if got := look.Ready[0].Digest; got != digest(bad+" and much more") {
			b.Fatalf("the digest is %s", got)
		}
	}},
	{"a file younger than the flow wants is left alone", func(b *bench) {
		o := b.options()
		o.MinAge = time.Hour
		b.must(b.rig.Uploader.Write("old.csv", whole, b.rig.FS.Now().Add(-2*time.Hour)))
		b.must(b.rig.Uploader.Write("young.csv", whole, b.rig.FS.Now()))
		b.must(b.rig.Uploader.Write("ahead.csv", whole, b.rig.FS.Now().Add(1000*time.Hour)))
		w := b.watchWith(o)
		b.wantReady(b.scanSettled(w), "old.csv")
		b.clock.advance(time.Hour)
		b.wantReady(b.scan(w), "ahead.csv", "old.csv", "young.csv")
	}},
	{"a file waits for its marker", func(b *bench) {
		o := b.options()
		o.Marker = "{name}.ok"
		w := b.watchWith(o)
		b.write("a.csv", whole)
		b.wantPending(b.scanSettled(w), "a.csv", pipeline.NotWhole, `its marker "a.csv.ok" is missing`)
		b.write("a.csv.ok", "")
		b.wantReady(b.scan(w), "a.csv")
	}},
	{"thousands of files are one look", func(b *bench) {
		n := 2000
		if testing.Short() {
			n = 200
		}
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("%05d.csv", i))
			b.write(want[i], whole)
		}
		b.wantReady(b.scanSettled(b.watch()), want...)
	}},
	{"a look that is cancelled says so and forgets nothing", func(b *bench) {
		w := b.watch()
		b.write("a.csv", whole)
		b.scan(w)
		b.clock.advance(settle)
		ctx, cancel := context.WithCancel(b.Context())
		b.during = func(string) { cancel() }
		_, err := w.Scan(ctx)
		b.wantErr(err, context.Canceled)
		b.during = nil
		b.wantReady(b.scan(w), "a.csv")
	}},
}

// closed is a medium whose files may not be read.
type closed struct{ drop.FS }

func (closed) Open(_ context.Context, file drop.Path) (io.ReadCloser, error) {
	return nil, &fs.PathError{Op: "open", Path: file.Name, Err: fs.ErrPermission}
}

// torn is a medium that fails in the middle of a file.
type torn struct {
	drop.FS
	broken bool
}

func (m *torn) Open(ctx context.Context, file drop.Path) (io.ReadCloser, error) {
	src, err := m.FS.Open(ctx, file)
	if err == nil && m.broken {
		return tornFile{src}, nil
	}
	return src, err
}

type tornFile struct{ io.ReadCloser }

func (tornFile) Read(p []byte) (int, error) { return copy(p, "r"), errors.New("the line is down") }

// miser is a medium that ends files early.
type miser struct{ drop.FS }

func (m miser) Open(ctx context.Context, file drop.Path) (io.ReadCloser, error) {
	src, err := m.FS.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(src, int64(len("row\n"+whole))), src}, nil
}
