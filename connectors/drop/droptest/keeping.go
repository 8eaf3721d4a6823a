package droptest

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

const day = 24 * time.Hour

// aged is a medium whose clock is the watcher's.
type aged struct {
	drop.FS
	b *bench
}

func (m aged) Now() time.Time { return m.b.clock.Now() }

// Folders is the medium's: without it nothing is ever cleared away.
func (m aged) Folders(ctx context.Context, folder drop.Path) ([]string, error) {
	lister, can := m.FS.(drop.FolderLister)
	if !can {
		return nil, fmt.Errorf("%T lists no folders: it has to be a drop.FolderLister", m.FS)
	}
	return lister.Folders(ctx, folder)
}

func (b *bench) keeper() *drop.Watcher {
	o := b.options()
	o.Quarantine = "quarantine/{date:YYYY-MM-DD}"
	o.Keep = drop.Keep{Archive: 30 * day, Quarantine: 10 * day}
	return b.watchOn(aged{b.rig.FS, b}, o)
}

// tend lets time go by and clears up.
func (b *bench) tend(w *drop.Watcher, after time.Duration) {
	b.Helper()
	b.clock.advance(after)
	b.must(w.Tend(b.Context()))
}

// keepTests look at what is cleared away, and when.
var keepTests = []test{
	{"what is kept for ever is left alone", func(b *bench) {
		b.put(drop.Path{Area: drop.Archive, Name: "2020/01/a.csv"}, "a")
		w := b.watchOn(aged{b.rig.FS, b}, b.options())
		b.tend(w, 0)
		b.tend(w, 10000*day)
		b.wantFile(drop.Archive, "2020/01/a.csv", "a")
		b.wantNone(drop.Archive, ".rentalsync.seen")
	}},
	{"a file stays as long as was promised from when it came, whatever its own time and its folder say", func(b *bench) {
		w := b.keeper()
		b.tend(w, 0)
		b.put(drop.Path{Area: drop.Archive, Name: "2001/01/a.csv"}, "a")
		b.tend(w, day)
		for _, step := range []time.Duration{0, 29 * day, day} {
			b.tend(w, step)
			b.wantFile(drop.Archive, "2001/01/a.csv", "a")
		}
		b.tend(w, time.Hour)
		b.wantNone(drop.Archive, "2001")
	}},
	{"all folders that files end in are cleared, and nothing else", func(b *bench) {
		w := b.keeper()
		gone := []string{"2026/11/a.csv", "duplicate/2026/11/a.csv", "superseded/2026/11/a.csv", "discarded/2026/11/a.csv", "control/2026/11/CTL.txt"}
		kept := []string{"README.txt", "2026/README.txt", "2026/11/more/a.csv", "minutes/11/a.csv", "other/2026/11/a.csv"}
		for _, name := range append(gone, kept...) {
			b.put(drop.Path{Area: drop.Archive, Name: name}, name)
		}
		b.write("a.csv", whole)
		b.put(drop.Path{Area: drop.Inbox, Name: ".rentalsync/01J/b.csv"}, "b")
		b.tend(w, 0)
		b.tend(w, 31*day)
		for _, name := range gone {
			b.wantNone(drop.Archive, name)
		}
		for _, name := range kept {
			b.wantFile(drop.Archive, name, name)
		}
		b.wantNone(drop.Archive, "duplicate")
		b.wantFile(drop.Inbox, "a.csv", whole)
		b.wantFile(drop.Inbox, ".rentalsync/01J/b.csv", "b")
	}},
	{"a reason goes with its file", func(b *bench) {
		w := b.keeper()
		b.put(drop.Path{Area: drop.Quarantine, Name: "2026-11-20/a.csv.reason.txt"}, "why")
		b.tend(w, 0)
		b.put(drop.Path{Area: drop.Quarantine, Name: "2026-11-20/a.csv"}, "a")
		b.tend(w, 9*day)
		b.tend(w, 5*day)
		b.wantFile(drop.Quarantine, "2026-11-20/a.csv.reason.txt", "why")
		b.tend(w, 6*day)
		b.wantNone(drop.Quarantine, "2026-11-20")
	}},
	{"a file that took another one's name is as old as itself", func(b *bench) {
		w := b.keeper()
		b.put(drop.Path{Area: drop.Archive, Name: "2026/11/a.csv"}, "a")
		b.tend(w, 0)
		b.put(drop.Path{Area: drop.Archive, Name: "2026/11/a.csv"}, "other")
		b.tend(w, 25*day)
		b.tend(w, 25*day)
		b.wantFile(drop.Archive, "2026/11/a.csv", "other")
		b.tend(w, 6*day)
		b.wantNone(drop.Archive, "2026")
	}},
	{"another process knows what the first one has seen", func(b *bench) {
		b.put(drop.Path{Area: drop.Archive, Name: "2026/11/a.csv"}, "a")
		b.tend(b.keeper(), 0)
		b.tend(b.keeper(), 31*day)
		b.wantNone(drop.Archive, "2026")
	}},
	{"clearing up is done once an hour", func(b *bench) {
		w := b.keeper()
		b.put(drop.Path{Area: drop.Archive, Name: "2026/11/a.csv"}, "a")
		b.tend(w, 0)
		b.must(b.rig.FS.Remove(b.Context(), drop.Path{Area: drop.Archive, Name: ".rentalsync.seen"}))
		b.tend(w, time.Hour-1)
		b.wantNone(drop.Archive, ".rentalsync.seen")
		b.tend(w, 1)
		if _, err := b.rig.FS.Stat(b.Context(), drop.Path{Area: drop.Archive, Name: ".rentalsync.seen"}); err != nil {
			b.Fatal(err)
		}
	}},
	{"an archive without dates is cleared as well", func(b *bench) {
		o := b.options()
		o.Archive, o.Keep = "archive", drop.Keep{Archive: day}
		w := b.watchOn(aged{b.rig.FS, b}, o)
		b.put(drop.Path{Area: drop.Archive, Name: "a.csv"}, "a")
		b.put(drop.Path{Area: drop.Archive, Name: "people/a.csv"}, "a")
		b.tend(w, 0)
		b.tend(w, 2*day)
		b.wantNone(drop.Archive, "a.csv")
		b.wantFile(drop.Archive, "people/a.csv", "a")
	}},
	{"a marker whose file never came is cleared away in the end", func(b *bench) {
		o := b.options()
		o.Marker = "*.done"
		w := b.watchOn(aged{b.rig.FS, b}, o)
		for _, name := range []string{"gone.done", "a.done", "b.csv.done"} {
			b.write(name, "")
		}
		b.write("a.csv", whole)
		b.write("b.csv.part", "row")
		b.tend(w, day-1)
		b.tend(w, time.Hour)
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.csv", "a.done", "b.csv.done", "b.csv.part", "gone.done")
		b.tend(w, time.Hour)
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.csv", "a.done", "b.csv.done", "b.csv.part")
	}},
}

// acked is a delivery that was worked.
func acked(name string) *pipeline.Delivery {
	d := delivery("01J", name)
	d.State, d.Rows = pipeline.DeliveryAcked, pipeline.RowTotals{Read: 3, Mapped: 2, Rejected: 1}
	return d
}

// acknowledgeTests look at what the ERP is shown.
var acknowledgeTests = []test{
	{"nothing is shown where nobody asked for it", func(b *bench) {
		b.must(b.watch().Acknowledge(b.Context(), acked("a.csv")))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	}},
	{"what was worked is shown beside the file's place, once, and never taken for a file", func(b *bench) {
		o := b.options()
		o.Acknowledge = drop.Acknowledge{Done: "{name}.ack", Failed: "{stem}.err"}
		w := b.watchWith(o)
		for range 2 {
			b.must(w.Acknowledge(b.Context(), acked("a.csv")))
		}
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.csv.ack")
		b.wantFile(drop.Inbox, "a.csv.ack", "delivery: a.csv\nstate: acked\nbusinessDate: 2026-11-20\nrun: \nread: 3\nmapped: 2\nskipped: 0\nrejected: 1\n")
		b.wantNothing(b.scanSettled(w))
	}},
	{"what failed is shown with its reason, and replaces what was shown before", func(b *bench) {
		o := b.options()
		o.Acknowledge = drop.Acknowledge{Done: "acks/{name}.ack", Failed: "acks/{name}.err"}
		w := b.watchWith(o)
		d := acked("NIGHT.zip/a.csv")
		b.must(w.Acknowledge(b.Context(), d))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "acks"}, "a.csv.ack")
		d.State, d.Reason = pipeline.DeliveryQuarantined, "two\nlines"
		b.must(w.Acknowledge(b.Context(), d))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "acks"}, "a.csv.err")
		text, err := b.content(drop.Path{Area: drop.Inbox, Name: "acks/a.csv.err"})
		b.must(err)
		if !strings.HasPrefix(text, "delivery: NIGHT.zip/a.csv\nstate: quarantined\n") || !strings.HasSuffix(text, "\nreason: two lines\n") {
			b.Fatalf("it says %q", text)
		}
		d.State, d.Reason = pipeline.DeliveryDuplicate, "seen before"
		b.must(w.Acknowledge(b.Context(), d))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "acks"}, "a.csv.ack")
	}},
	{"what was given back is not acknowledged", func(b *bench) {
		o := b.options()
		o.Acknowledge = drop.Acknowledge{Done: "{name}.ack", Failed: "{name}.ack"}
		w := b.watchWith(o)
		d := acked("a.csv")
		d.State = pipeline.DeliveryReleased
		b.must(w.Acknowledge(b.Context(), d))
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	}},
	{"an inbox that may not be written to is named with the cure", func(b *bench) {
		o := b.options()
		o.Acknowledge.Done = "{name}.ack"
		err := b.watchOn(unwritable{b.rig.FS}, o).Acknowledge(b.Context(), acked("a.csv"))
		b.wantErr(err, fs.ErrPermission)
		if !strings.Contains(err.Error(), "let the user") {
			b.Fatalf("error is %v", err)
		}
	}},
}
