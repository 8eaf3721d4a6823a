package droptest

import (
	"slices"
	"strings"

	"rentalsync/connectors/drop"
)

// nameTests drop files whose names are strange, or mean harm.
var nameTests = []test{
	{"a strange name is kept to the end", func(b *bench) {
		names := []string{
			"Geräte Übergabe 21.11.csv", "cafe\u0301.csv", "機材_20261121.csv", "-rf *.csv", "it's; \"x\" & $(y).csv",
			"no ending", "a.tar.gz", "100%.csv", "%2e%2e%2f.csv", "..a.b..csv", "COMPANY.csv", "x?<>|:.csv",
		}
		w := b.watch()
		for _, name := range b.writable(names) {
			if strings.HasPrefix(name, ".") {
				continue
			}
			d := delivery("01J", name)
			place := b.claimed(w, d, name)
			to, err := w.ArchivePlace(b.Context(), d)
			b.must(err)
			b.must(w.Move(b.Context(), place, to, ""))
			b.wantFile(drop.Archive, "2026/11/"+name, name)
		}
		b.wantNone(drop.Inbox, ".rentalsync")
	}},
	{"a name that some medium cannot hold is never taken", func(b *bench) {
		names := b.writable([]string{
			"a\nb.csv", "a\x1b[2Jb.csv", `a\..\b.csv`, "nul.csv", "COM1.txt", "Lpt9", "con", "\xff\xfe.csv", strings.Repeat("long", 60),
		})
		w := b.watch()
		look := b.scanSettled(w)
		b.wantReady(look)
		if len(look.Pending) != len(names) {
			b.Fatalf("pending are %+v, want %q", look.Pending, names)
		}
		for _, p := range look.Pending {
			if !strings.Contains(p.Why, "let the ERP name the file differently") {
				b.Errorf("%q is left alone without a cure: %s", p.Name, p.Why)
			}
			if err := w.Claim(b.Context(), p.Name, ".rentalsync/01J/a.csv"); err == nil {
				b.Errorf("%q was claimed", p.Name)
			}
		}
	}},
	{"no place leads out of the drop", func(b *bench) {
		w := b.watch()
		b.write("a.csv", whole)
		for _, place := range []string{"", ".", "a.csv", "../a.csv", "/etc/passwd", ".rentalsync/../a.csv", "archive/../../a.csv", "archive", "elsewhere/a.csv"} {
			if err := w.Claim(b.Context(), "a.csv", place); err == nil {
				b.Errorf("a.csv was claimed to %q", place)
			}
			if err := w.Move(b.Context(), place, "archive/a.csv", ""); err == nil {
				b.Errorf("%q was moved", place)
			}
			if _, err := w.Open(b.Context(), place); err == nil {
				b.Errorf("%q was opened", place)
			}
		}
		b.wantFile(drop.Inbox, "a.csv", whole)
	}},
	{"a delivery's texts stay inside their folder", func(b *bench) {
		w := b.watch()
		d := delivery("../../id", "../../etc/passwd\x00")
		d.BusinessDate = "../../.."
		places := []string{w.ClaimPlace(d)}
		to, err := w.ArchivePlace(b.Context(), d)
		b.must(err)
		aside, err := w.QuarantinePlace(b.Context(), d)
		b.must(err)
		for _, place := range append(places, to, aside) {
			if strings.Contains(place, "..") || strings.ContainsAny(place, "\x00\\") || strings.Count(place, "/") > 3 {
				b.Errorf("the place is %q", place)
			}
		}
	}},
}

// writable writes a file of each name and tells which ones the medium holds.
func (b *bench) writable(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		return b.rig.Uploader.Write(name, whole, b.clock.Now()) != nil
	})
}
