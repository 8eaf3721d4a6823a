package droptest

import (
	"fmt"
	"strings"

	"rentalsync/connectors/drop"
)

// rareCrashTests die where only archives and listed sets come by, claim again what
// the dead process had claimed, and then whatever is ready.
func rareCrashTests() []test {
	var tests []test
	for _, point := range drop.RarePoints() {
		switch {
		case strings.HasPrefix(point, "pack"):
			tests = append(tests, test{"an archive is unpacked and archived after a crash at " + point, func(b *bench) {
				b.write("NIGHT.zip", b.zipped(member{"a.csv", equip}, member{"b.csv", items}))
				b.dieClaiming(point, b.options(), "NIGHT.zip/a.csv", "NIGHT.zip/b.csv")
				b.wantListed(drop.Path{Area: drop.Archive, Name: "2026/11"}, "NIGHT.zip")
			}})
		case strings.HasPrefix(point, "control"):
			tests = append(tests, test{"a listed set and its list are ours after a crash at " + point, func(b *bench) {
				b.set()
				b.dieClaiming(point, b.listed(), "EQUIP.csv", "ITEMS.csv")
				b.wantListed(drop.Path{Area: drop.Archive, Name: "control/2026/11"}, ctl)
			}})
		}
	}
	return append(tests, claimCrashTests()...)
}

// claimCrashTests die in the claims of what lies in an archive.
func claimCrashTests() []test {
	var tests []test
	for _, point := range []string{"claim:before", "claim:after"} {
		tests = append(tests, test{"an archive is unpacked after a crash at " + point, func(b *bench) {
			b.write("NIGHT.zip", b.zipped(member{"a.csv", equip}, member{"b.csv", items}))
			b.dieClaiming(point, b.options(), "NIGHT.zip/a.csv", "NIGHT.zip/b.csv")
			b.wantListed(drop.Path{Area: drop.Archive, Name: "2026/11"}, "NIGHT.zip")
		}})
	}
	for _, point := range []string{"claim:before", "claim:after"} {
		tests = append(tests, test{"a listed set is ours after a crash at " + point, func(b *bench) {
			b.set()
			b.dieClaiming(point, b.listed(), "EQUIP.csv", "ITEMS.csv")
			b.wantListed(drop.Path{Area: drop.Archive, Name: "control/2026/11"}, ctl)
		}})
	}
	for _, point := range []string{"unclaim:before", "unclaim:after"} {
		tests = append(tests, test{"a file is in its archive after a crash at " + point, func(b *bench) {
			b.write("NIGHT.zip", b.zipped(member{"a.csv", equip}, member{"b.csv", items}))
			const place = ".rentalsync/01J/a.csv"
			o := b.options()
			w := b.watchWith(b.dying(o, point))
			b.scanSettled(w)
			b.must(w.Claim(b.Context(), "NIGHT.zip/a.csv", place))
			if !b.dies(func() error { return w.Unclaim(b.Context(), place, "NIGHT.zip/a.csv") }) {
				b.Fatalf("the way never came to %s", point)
			}
			w = b.watchWith(o)
			b.must(w.Unclaim(b.Context(), place, "NIGHT.zip/a.csv"))
			b.wantNone(drop.Inbox, ".rentalsync")
			b.wantReady(b.scanSettled(w), "NIGHT.zip/a.csv", "NIGHT.zip/b.csv")
		}})
	}
	return tests
}

// dying are options of a watcher that dies at a point.
func (b *bench) dying(o drop.Options, point string) drop.Options {
	o.Reached = func(at string) {
		if at == point {
			panic(death(at))
		}
	}
	return o
}

// dieClaiming claims files and dies at a point, wherever it is; claims again as a
// restart does; and then claims whatever is ready, until nothing is. In the end
// every file was claimed once or, from an archive, twice, and nothing is left.
func (b *bench) dieClaiming(point string, o drop.Options, names ...string) {
	b.Helper()
	w := b.watchWith(b.dying(o, point))
	b.wantReady(b.scanSettled(w), names...)
	died, claimed := false, map[string]int{}
	claim := func(n int, name string) {
		place := w.ClaimPlace(delivery(fmt.Sprint(n), name))
		if b.dies(func() error { return w.Claim(b.Context(), name, place) }) {
			died = true
			w = b.watchWith(o)
			b.must(w.Claim(b.Context(), name, place))
		}
		claimed[name]++
		b.must(w.Move(b.Context(), place, fmt.Sprintf("archive/done/%d", n), ""))
	}
	for i, name := range names {
		if i > 0 && died {
			break // the restart looks for itself
		}
		claim(i, name)
	}
	if !died {
		b.Fatalf("the way never came to %s", point)
	}
	for n, f := range b.scanSettled(w).Ready {
		claim(10+n, f.Name)
	}

	b.wantNothing(b.scanSettled(w))
	b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
	b.wantNone(drop.Inbox, ".rentalsync")
	for _, name := range names {
		if claimed[name] == 0 || claimed[name] > 2 {
			b.Fatalf("%s was claimed %d times", name, claimed[name])
		}
	}
}
