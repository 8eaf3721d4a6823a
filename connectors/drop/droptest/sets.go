package droptest

import (
	"crypto/md5"
	"crypto/sha1"
	"errors"
	"fmt"
	"strings"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// listed are the options for sets that a control file lists.
func (b *bench) listed() drop.Options {
	o := b.options()
	o.Control = &drop.Control{Match: "CTL_{date:YYYYMMDD}.txt", Header: 1, Name: "FILE", Size: "BYTES", Rows: "ROWS", Digest: "HASH"}
	return o
}

const (
	ctl     = "CTL_20261121.txt"
	ctlHead = "FILE;ROWS;BYTES;HASH\r\n"
	equip   = "1\n2\n" + whole
	items   = "1\n" + whole
)

// setTests drop files with another one that lists them.
var setTests = []test{
	{"a set is ready when everything is there as it is listed", func(b *bench) {
		w := b.watchWith(b.listed())
		b.write("EQUIP.csv", equip)
		b.write("ITEMS.csv", items)
		look := b.scanSettled(w)
		b.wantReady(look)
		if p := b.wantPendingAmong(look, "EQUIP.csv"); p.Kind != pipeline.NotWhole || p.Late || !strings.Contains(p.Why, "no control file names it") {
			b.Fatalf("pending is %+v", p)
		}
		b.write(ctl, ctlHead+fmt.Sprintf("EQUIP.csv;2;%d;%x\r\nITEMS.csv;1;%d;%s\r\n", len(equip), md5.Sum([]byte(equip)), len(items), strings.ToUpper(digest(items))))
		b.wantReady(b.scanSettled(w), "EQUIP.csv", "ITEMS.csv")
	}},
	{"a file that differs from what is listed says how, and becomes late", func(b *bench) {
		for line, why := range map[string]string{
			"EQUIP.csv;2;104857;" + digest(equip): "the control file CTL_20261121.txt says 104857 bytes, the file has 8",
			"EQUIP.csv;2;8;" + digest(items):      "says digest " + digest(items) + ", the file has " + digest(equip),
			"EQUIP.csv;9;8;" + digest(equip):      "says 9 rows, the file has 2",
		} {
			w := b.watchWith(b.listed())
			b.write("EQUIP.csv", equip)
			b.write(ctl, ctlHead+line)
			if p := b.wantPending(b.scanSettled(w), "EQUIP.csv", pipeline.NotWhole, why); p.Late {
				b.Fatalf("pending is %+v", p)
			}
			b.clock.advance(late)
			p := b.wantPending(b.scan(w), "EQUIP.csv", pipeline.NotWhole, why)
			if !p.Late || p.Digest != digest(equip) {
				b.Fatalf("pending is %+v", p)
			}
			place := w.ClaimPlace(delivery("01J", "EQUIP.csv"))
			b.must(w.Claim(b.Context(), "EQUIP.csv", place))
			_, err := b.watchWith(b.listed()).Open(b.Context(), place)
			if err == nil || !strings.Contains(err.Error(), why) {
				b.Fatalf("reading it says %v", err)
			}
			b.must(w.Move(b.Context(), place, "quarantine/EQUIP.csv", why))
			b.wantNone(drop.Inbox, ".rentalsync")
			b.must(b.rig.FS.Remove(b.Context(), drop.Path{Area: drop.Quarantine, Name: "EQUIP.csv"}))
		}
	}},
	{"a file that differs from what is listed does so for the process that claims it again, too", func(b *bench) {
		b.write("EQUIP.csv", equip)
		b.write(ctl, ctlHead+"EQUIP.csv;9;8;"+digest(equip))
		w := b.watchWith(b.dying(b.listed(), "claim:before"))
		b.scanSettled(w)
		b.clock.advance(late)
		b.scan(w)
		place := w.ClaimPlace(delivery("01J", "EQUIP.csv"))
		if !b.dies(func() error { return w.Claim(b.Context(), "EQUIP.csv", place) }) {
			b.Fatal("it did not die")
		}

		w = b.watchWith(b.listed())
		b.must(w.Claim(b.Context(), "EQUIP.csv", place))
		var short *pipeline.Incomplete
		if _, err := w.Open(b.Context(), place); !errors.As(err, &short) || !strings.Contains(err.Error(), "says 9 rows") {
			b.Fatalf("reading it says %v", err)
		}
	}},
	{"a listed file that never comes is named, and the others wait", func(b *bench) {
		w := b.watchWith(b.listed())
		b.write("ITEMS.csv", items)
		b.write(ctl, ctlHead+"EQUIP.csv;2;8;"+digest(equip)+"\nITEMS.csv;1;6;"+digest(items))
		look := b.scanSettled(w)
		b.wantReady(look)
		if p := b.wantPendingAmong(look, ctl); p.Kind != pipeline.NotWhole || p.Why != "EQUIP.csv, which CTL_20261121.txt names, is missing" {
			b.Fatalf("pending is %+v", p)
		}
		if p := b.wantPendingAmong(look, "ITEMS.csv"); p.Kind != pipeline.Alone || p.Late {
			b.Fatalf("pending is %+v", p)
		}
		b.write("EQUIP.csv", equip)
		b.wantReady(b.scanSettled(w), "EQUIP.csv", "ITEMS.csv")
	}},
	{"files that never come are named, and not all of too many", func(b *bench) {
		for lines, want := range map[string]string{
			"A;1;1;-\nB;1;1;-\n": "A and B, which CTL_20261121.txt names, are missing",
			"A;1;1;-\nB;1;1;-\nC;1;1;-\nD;1;1;-\nE;1;1;-\nF;1;1;-\nG;1;1;-\n": "A and B and C and D and E and 2 more, which CTL_20261121.txt names, are missing",
		} {
			b.write(ctl, ctlHead+strings.ReplaceAll(lines, "-", digest("")))
			b.wantPending(b.scanSettled(b.watchWith(b.listed())), ctl, pipeline.NotWhole, want)
		}
	}},
	{"a control file that is not understood says which line", func(b *bench) {
		w := b.watchWith(b.listed())
		for text, why := range map[string]string{
			ctlHead + "EQUIP.csv;2;8\n":                           `line 2: nothing stands in the column "HASH"`,
			ctlHead + "EQUIP.csv;two;8;" + digest(equip):          `line 2: "two" in the column "ROWS" is no whole number`,
			ctlHead + "EQUIP.csv;2;8;abc":                         `line 2: "abc" in the column "HASH" is no md5`,
			"NAME;ROWS\nEQUIP.csv;2":                              `no header names the column "FILE"`,
			ctlHead:                                               "it names no file",
			ctlHead + strings.Repeat("A;1;1;"+digest("")+"\n", 2): `line 3 names "A" again`,
		} {
			b.write(ctl, text)
			b.wantPending(b.scanSettled(w), ctl, pipeline.NotWhole, why)
			b.clock.advance(settle)
		}
	}},
	{"a list that is too long to be read names no file, and not the first of them", func(b *bench) {
		w := b.watchWith(b.listed())
		b.write("EQUIP.csv", equip)
		b.write(ctl, ctlHead+"EQUIP.csv;2;8;"+digest(equip)+"\n"+strings.Repeat("\n", 1<<20))
		look := b.scanSettled(w)
		b.wantReady(look)
		if p := b.wantPendingAmong(look, ctl); p.Kind != pipeline.NotWhole || !strings.Contains(p.Why, "longer than any") {
			b.Fatalf("pending is %+v", p)
		}
	}},
	{"a control file settles as other files do", func(b *bench) {
		w := b.watchWith(b.listed())
		b.write("EQUIP.csv", equip)
		b.scanSettled(w)
		b.write(ctl, ctlHead+"EQUIP.csv;2;8;"+digest(equip))
		look := b.scan(w)
		b.wantReady(look)
		if p := b.wantPendingAmong(look, ctl); p.Kind != pipeline.Changing {
			b.Fatalf("pending is %+v", p)
		}
		b.clock.advance(settle)
		b.wantReady(b.scan(w), "EQUIP.csv")
	}},
	{"lines of sha256sum and its like are understood", func(b *bench) {
		o := b.options()
		o.Control = &drop.Control{Match: "*.sums"}
		w := b.watchWith(o)
		b.write("a.csv", equip)
		b.write("b.csv.gz", b.gzipped(items))
		b.write("NIGHT.zip", b.zipped(member{"c.csv", whole}))
		b.write("x.sums", fmt.Sprintf("%x  a.csv\n%x *./b.csv.gz\n%s  NIGHT.zip\n",
			sha1.Sum([]byte(equip)), md5.Sum([]byte(b.gzipped(items))), digest(b.zipped(member{"c.csv", whole}))))
		b.wantReady(b.scanSettled(w), "NIGHT.zip/c.csv", "a.csv", "b.csv.gz")
		for i, name := range []string{"NIGHT.zip/c.csv", "a.csv", "b.csv.gz"} {
			b.must(w.Claim(b.Context(), name, w.ClaimPlace(delivery(fmt.Sprint(i), name))))
		}
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
		b.wantListed(drop.Path{Area: drop.Archive, Name: "control/2026/11"}, "x.sums")
	}},
	{"what is in a compressed file may be listed", func(b *bench) {
		w := b.watchWith(b.listed())
		b.write("EQUIP.csv.gz", b.gzipped(equip))
		b.write(ctl, ctlHead+fmt.Sprintf("EQUIP.csv;2;8;%x", md5.Sum([]byte(equip))))
		b.wantReady(b.scanSettled(w), "EQUIP.csv.gz")
	}},
	{"a control file follows the last of its files to the archive", func(b *bench) {
		w := b.watchWith(b.listed())
		b.set()
		b.wantReady(b.scanSettled(w), "EQUIP.csv", "ITEMS.csv")
		b.must(w.Claim(b.Context(), "EQUIP.csv", ".rentalsync/01J/EQUIP.csv"))
		b.wantReady(b.scan(w), "ITEMS.csv")
		b.wantReady(b.scanSettled(b.watchWith(b.listed())), "ITEMS.csv") // in another process, too
		b.must(w.Claim(b.Context(), "ITEMS.csv", ".rentalsync/02J/ITEMS.csv"))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
		b.wantListed(drop.Path{Area: drop.Archive, Name: "control/2026/11"}, ctl)
		b.must(w.Move(b.Context(), ".rentalsync/01J/EQUIP.csv", "archive/EQUIP.csv", ""))
		b.must(w.Move(b.Context(), ".rentalsync/02J/ITEMS.csv", "archive/ITEMS.csv", ""))
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a file that is given back has its control file again", func(b *bench) {
		w := b.watchWith(b.listed())
		b.set()
		b.scanSettled(w)
		b.must(w.Claim(b.Context(), "EQUIP.csv", ".rentalsync/01J/EQUIP.csv"))
		b.must(w.Unclaim(b.Context(), ".rentalsync/01J/EQUIP.csv", "EQUIP.csv"))
		b.wantReady(b.scanSettled(w), "EQUIP.csv", "ITEMS.csv")
		b.must(w.Claim(b.Context(), "EQUIP.csv", ".rentalsync/01J/EQUIP.csv"))
		b.must(w.Claim(b.Context(), "ITEMS.csv", ".rentalsync/02J/ITEMS.csv"))
		b.must(w.Unclaim(b.Context(), ".rentalsync/02J/ITEMS.csv", "ITEMS.csv"))
		b.wantReady(b.scanSettled(w), "ITEMS.csv")
		b.must(w.Claim(b.Context(), "ITEMS.csv", ".rentalsync/03J/ITEMS.csv"))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	}},
	{"a listed file that went away before it was claimed is missed", func(b *bench) {
		o := b.listed()
		o.Reached = func(point string) {
			if point == "control:noted" {
				o.Reached = nil
				_ = b.rig.Uploader.Remove("EQUIP.csv")
			}
		}
		w := b.watchWith(o)
		b.set()
		b.scanSettled(w)
		b.wantErr(w.Claim(b.Context(), "EQUIP.csv", ".rentalsync/01J/EQUIP.csv"), pipeline.ErrFileGone)
		if p := b.wantPendingAmong(b.scan(w), ctl); p.Why != "EQUIP.csv, which CTL_20261121.txt names, is missing" {
			b.Fatalf("pending is %+v", p)
		}
	}},
	{"the next control file of a name begins anew", func(b *bench) {
		w := b.watchWith(b.listed())
		for range 2 {
			b.set()
			b.wantReady(b.scanSettled(w), "EQUIP.csv", "ITEMS.csv")
			for i, name := range []string{"EQUIP.csv", "ITEMS.csv"} {
				place := w.ClaimPlace(delivery(fmt.Sprint(i), name))
				b.must(w.Claim(b.Context(), name, place))
				to, err := w.ArchivePlace(b.Context(), delivery(fmt.Sprint(i), name))
				b.must(err)
				b.must(w.Move(b.Context(), place, to, ""))
			}
			b.clock.advance(settle)
		}
		b.wantListed(drop.Path{Area: drop.Archive, Name: "control/2026/11"}, "CTL_20261121 (2).txt", ctl)
	}},
}

// set drops two files and the one that lists them.
func (b *bench) set() {
	b.Helper()
	b.write("EQUIP.csv", equip)
	b.write("ITEMS.csv", items)
	b.write(ctl, ctlHead+"EQUIP.csv;2;8;"+digest(equip)+"\nITEMS.csv;1;6;"+digest(items))
}
