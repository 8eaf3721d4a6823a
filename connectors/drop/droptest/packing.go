package droptest

import (
	"archive/zip"
	"strings"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// packingTests drop compressed files and archives.
var packingTests = []test{
	{"a compressed file is known by what is in it", func(b *bench) {
		w := b.watch()
		b.write("a.csv.gz", b.gzipped("row\n"+whole))
		look := b.scanSettled(w)
		b.wantReady(look, "a.csv.gz")
		if f := look.Ready[0]; f.Digest != digest("row\n"+whole) || f.Size != int64(len("row\n"+whole)) {
			b.Fatalf("ready is %+v", f)
		}
		d := delivery("01J", "a.csv.gz")
		place := w.ClaimPlace(d)
		b.must(w.Claim(b.Context(), d.Name, place))
		b.wantOpened(w, place, "row\n"+whole)
		to, err := w.ArchivePlace(b.Context(), d)
		b.must(err)
		b.must(w.Move(b.Context(), place, to, ""))
		b.wantFile(drop.Archive, "2026/11/a.csv.gz", b.gzipped("row\n"+whole))
		b.wantOpened(w, to, "row\n"+whole)
	}},
	{"an archive that another process has found incomplete is late when its time is up", func(b *bench) {
		o := b.options()
		o.Settle, o.Since = 0, func(pipeline.File) time.Time { return midnight.Add(-time.Hour) }
		b.write("NIGHT.zip", b.zipped(member{"a.csv", "1\n" + whole}, member{"b.csv", "2\n"}))
		look := b.scan(b.watchWith(o))
		b.wantReady(look, "NIGHT.zip/a.csv")
		if p := b.wantPending(look, "NIGHT.zip/b.csv", pipeline.NotWhole, "trailer"); !p.Late {
			b.Errorf("pending is %+v, want it late", p)
		}
	}},
	{"an archive is fetched once, however many files are in it", func(b *bench) {
		far := &distant{FS: b.rig.FS}
		w := b.watchOn(far, b.options())
		b.write("NIGHT.zip", b.zipped(member{"a.csv", "1\n" + whole}, member{"b.csv", "2\n" + whole}, member{"c.csv", "3\n" + whole}))
		b.wantReady(b.scanSettled(w), "NIGHT.zip/a.csv", "NIGHT.zip/b.csv", "NIGHT.zip/c.csv")
		for i, name := range []string{"a", "b", "c"} {
			b.claimPacked(w, "01J"+name, "NIGHT.zip/"+name+".csv", string(rune('1'+i))+"\n"+whole)
		}
		if got := far.fetched.Load(); got != 1 {
			b.Errorf("it was fetched %d times", got)
		}
		b.write("NIGHT.zip", b.zipped(member{"a.csv", "4\n" + whole}))
		b.wantReady(b.scanSettled(w), "NIGHT.zip/a.csv")
		b.claimPacked(w, "01Jd", "NIGHT.zip/a.csv", "4\n"+whole)
	}},
	{"a compressed file that is cut is incomplete wherever the cut is", func(b *bench) {
		all := b.gzipped("row\n" + whole)
		w := b.watch()
		for n := range len(all) {
			b.write("a.csv.gz", all[:n])
			b.wantPending(b.scanSettled(w), "a.csv.gz", pipeline.NotWhole, "stops before its end")
		}
		b.write("a.csv.gz", all)
		b.wantReady(b.scanSettled(w), "a.csv.gz")
	}},
	{"what cannot be decompressed is ready, and reading it says why", func(b *bench) {
		w := b.watch()
		broken := []byte(b.gzipped("row\n" + whole))
		broken[len(broken)-6] ^= 1
		for content, why := range map[string]string{
			b.gzipped(whole) + "junk":              "something follows",
			b.gzipped(whole) + b.gzipped(whole):    "something follows",
			"Nr;Status\n":                          "cannot be decompressed",
			string(broken):                         "cannot be decompressed",
			b.gzipped(strings.Repeat("0", 32<<20)): "250 times",
		} {
			b.write("a.csv.gz", content)
			look := b.scanSettled(w)
			b.wantReady(look, "a.csv.gz")
			if look.Ready[0].Digest != digest(content) {
				b.Errorf("the digest is not that of the file: %+v", look.Ready[0])
			}
			place := ".rentalsync/01J/a.csv.gz"
			b.must(w.Claim(b.Context(), "a.csv.gz", place))
			b.wantUnreadable(w, place, why)
			b.must(w.Move(b.Context(), place, "quarantine/a.csv.gz", why))
			b.must(b.rig.FS.Remove(b.Context(), drop.Path{Area: drop.Quarantine, Name: "a.csv.gz"}))
		}
	}},
	{"the files of an archive are deliveries, and the archive stays until all are claimed", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.night())
		look := b.scanSettled(w)
		b.wantReady(look, "NIGHT.zip/EQUIP.csv", "NIGHT.zip/sub/ITEMS.csv")
		if f := look.Ready[0]; f.Digest != digest("equip\n"+whole) || f.Size != 10 || !f.ModTime.Equal(midnight) {
			b.Fatalf("ready is %+v", f)
		}

		first := b.claimPacked(w, "01J", "NIGHT.zip/EQUIP.csv", "equip\n"+whole)
		b.must(w.Claim(b.Context(), "NIGHT.zip/EQUIP.csv", first))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "NIGHT.zip")
		b.wantReady(b.scan(w), "NIGHT.zip/sub/ITEMS.csv")
		second := b.claimPacked(w, "02J", "NIGHT.zip/sub/ITEMS.csv", "items\n"+whole)
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
		b.wantFile(drop.Archive, "2026/11/NIGHT.zip", b.night())

		b.must(w.Move(b.Context(), first, "archive/2026/11/EQUIP.csv", ""))
		b.must(w.Move(b.Context(), second, "quarantine/ITEMS.csv", "bad"))
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a file of an archive that no mapping knows is ready with the others", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.zipped(member{"a.csv", whole}, member{unknown + ".txt", "x"}))
		look := b.scanSettled(w)
		b.wantReady(look, "NIGHT.zip/a.csv", "NIGHT.zip/"+unknown+".txt")
		if look.Ready[1].Digest != digest("x") {
			b.Fatalf("ready is %+v", look.Ready[1])
		}
	}},
	{"a name that was written as DOS did is text all the same", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.storedZip(zip.FileHeader{Name: "Ger\x84te.csv", NonUTF8: true}, whole))
		b.wantReady(b.scanSettled(w), "NIGHT.zip/Geräte.csv")
		b.claimPacked(w, "01J", "NIGHT.zip/Geräte.csv", whole)
	}},
	{"an archive of which no mapping knows a file is left alone", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.zipped(member{unknown + ".csv", whole}))
		b.wantPending(b.scanSettled(w), "NIGHT.zip", pipeline.NoMapping, "no mapping")
	}},
	{"an archive that is cut is incomplete wherever the cut is", func(b *bench) {
		all := b.night()
		w := b.watch()
		for n := 0; n < len(all); n += 7 {
			b.write("NIGHT.zip", all[:n])
			b.wantPending(b.scanSettled(w), "NIGHT.zip", pipeline.NotWhole, "stops before its end")
		}
	}},
	{"an archive waits for the file in it that is not whole", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.zipped(member{"a.csv", whole}, member{"b.csv", "row\n"}))
		b.wantPending(b.scanSettled(w), "NIGHT.zip", pipeline.NotWhole, "b.csv in it is incomplete")
		b.clock.advance(late)
		look := b.scan(w)
		b.wantReady(look, "NIGHT.zip/a.csv")
		if p := b.wantPendingAmong(look, "NIGHT.zip/b.csv"); !p.Late || p.Digest != digest("row\n") {
			b.Fatalf("pending is %+v", p)
		}
	}},
	{"an archive that means harm is refused whole, and reading it says why", func(b *bench) {
		w := b.watch()
		for why, content := range b.hostile() {
			b.write("NIGHT.zip", content)
			look := b.scanSettled(w)
			b.wantReady(look, "NIGHT.zip")
			place := ".rentalsync/01J/NIGHT.zip"
			b.must(w.Claim(b.Context(), "NIGHT.zip", place))
			b.wantUnreadable(w, place, why)
			b.must(w.Move(b.Context(), place, "quarantine/NIGHT.zip", why))
			b.must(b.rig.FS.Remove(b.Context(), drop.Path{Area: drop.Quarantine, Name: "NIGHT.zip"}))
		}
	}},
	{"a file that is given back to its archive is listed again", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.night())
		b.scanSettled(w)
		place := b.claimPacked(w, "01J", "NIGHT.zip/EQUIP.csv", "equip\n"+whole)
		for range 2 {
			b.must(w.Unclaim(b.Context(), place, "NIGHT.zip/EQUIP.csv"))
		}
		b.wantNone(drop.Inbox, ".rentalsync")
		b.wantReady(b.scan(w), "NIGHT.zip/EQUIP.csv", "NIGHT.zip/sub/ITEMS.csv")
	}},
	{"a file whose archive is gone is given back by itself", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.night())
		b.scanSettled(w)
		place := b.claimPacked(w, "01J", "NIGHT.zip/EQUIP.csv", "equip\n"+whole)
		b.must(b.rig.Uploader.Remove("NIGHT.zip"))
		for range 2 {
			b.must(w.Unclaim(b.Context(), place, "NIGHT.zip/EQUIP.csv"))
		}
		b.wantReady(b.scanSettled(w), "EQUIP.csv")
	}},
	{"a file whose archive was replaced is given back by itself", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.night())
		b.scanSettled(w)
		place := b.claimPacked(w, "01J", "NIGHT.zip/EQUIP.csv", "equip\n"+whole)
		b.write("NIGHT.zip", b.zipped(member{"EQUIP.csv", "other\n" + whole}))
		b.must(w.Unclaim(b.Context(), place, "NIGHT.zip/EQUIP.csv"))
		b.wantFile(drop.Inbox, "EQUIP.csv", "equip\n"+whole)
	}},
	{"a new archive of the same name is not taken for the old one", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.night())
		b.scanSettled(w)
		b.claimPacked(w, "01J", "NIGHT.zip/EQUIP.csv", "equip\n"+whole)
		b.clock.advance(settle)
		b.write("NIGHT.zip", b.zipped(member{"EQUIP.csv", "newer\n" + whole}, member{"sub/ITEMS.csv", "newer\n" + whole}))
		b.wantReady(b.scanSettled(w), "NIGHT.zip/EQUIP.csv", "NIGHT.zip/sub/ITEMS.csv")
		b.claimPacked(w, "02J", "NIGHT.zip/sub/ITEMS.csv", "newer\n"+whole)
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "NIGHT.zip")
	}},
	{"an archive and its marker go together", func(b *bench) {
		o := b.options()
		o.Marker = "*.done"
		w := b.watchWith(o)
		b.write("NIGHT.zip", b.zipped(member{"a.csv", whole}, member{"b.csv", whole}))
		b.wantPending(b.scanSettled(w), "NIGHT.zip", pipeline.NotWhole, "marker")
		b.write("NIGHT.done", "")
		b.wantReady(b.scan(w), "NIGHT.zip/a.csv", "NIGHT.zip/b.csv")
		b.claimPacked(w, "01J", "NIGHT.zip/a.csv", whole)
		b.wantReady(b.scan(w), "NIGHT.zip/b.csv")
		b.claimPacked(w, "02J", "NIGHT.zip/b.csv", whole)
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	}},
	{"a file that is not in its archive any more cannot be claimed", func(b *bench) {
		w := b.watch()
		b.write("NIGHT.zip", b.zipped(member{"b.csv", whole}))
		for _, name := range []string{"NIGHT.zip/a.csv", "GONE.zip/a.csv"} {
			b.wantErr(w.Claim(b.Context(), name, ".rentalsync/01J/a.csv"), pipeline.ErrFileGone)
		}
		b.write("NIGHT.zip", "PK\x03\x04")
		b.wantErr(w.Claim(b.Context(), "NIGHT.zip/b.csv", ".rentalsync/01J/b.csv"), pipeline.ErrFileGone)
	}},
	{"a medium that cannot be read at random is unpacked all the same", func(b *bench) {
		w := b.watchOn(sequential{b.rig.FS}, b.options())
		b.write("NIGHT.zip", b.night())
		b.wantReady(b.scanSettled(w), "NIGHT.zip/EQUIP.csv", "NIGHT.zip/sub/ITEMS.csv")
		b.claimPacked(w, "01J", "NIGHT.zip/EQUIP.csv", "equip\n"+whole)
	}},
	{"a medium that fails while an archive is read is no verdict on it", func(b *bench) {
		torn := &torn{FS: b.rig.FS, broken: true}
		w := b.watchOn(torn, b.options())
		b.write("NIGHT.zip", b.night())
		b.write("a.csv.gz", b.gzipped(whole))
		look := b.scanSettled(w)
		for _, name := range []string{"NIGHT.zip", "a.csv.gz"} {
			if p := b.wantPendingAmong(look, name); p.Kind != pipeline.OutOfReach || !strings.Contains(p.Why, "the line is down") {
				b.Fatalf("pending is %+v", p)
			}
		}
		torn.broken = false
		b.wantReady(b.scan(w), "NIGHT.zip/EQUIP.csv", "NIGHT.zip/sub/ITEMS.csv", "a.csv.gz")
	}},
}
