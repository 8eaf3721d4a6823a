package journal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

var _ pipeline.GateJournal = (*journal.Journal)(nil)

// everyExtent asks for all that can be counted.
func everyExtent() pipeline.Asked {
	return pipeline.Asked{
		AssetsGone: true, OnRent: true, OffRents: true, DepotsGone: true, NewCustomers: true, NearCustomers: true,
		Placeholders: []string{"CASH"},
	}
}

func (w *world) extent(r pipeline.Run, ask pipeline.Asked) pipeline.Extent {
	w.t.Helper()
	x, err := w.store.(pipeline.GateJournal).Extent(w.t.Context(), r, ask)
	w.must(err)
	return x
}

// unnamed stages that the files of the night do not name things, as the intake
// does: items end on that day.
func (w *world) unnamed(r pipeline.Run, kind rental.Kind, keys ...string) {
	w.t.Helper()
	var hashes []uint64
	for _, key := range keys {
		hashes = append(hashes, hashOf(rental.Ref{Kind: kind, Key: key}))
	}
	absent := all(w.t, w.Unnamed(w.t.Context(), flow, r.ID, "m", kind, hashes, true))
	w.must(w.Miss(w.t.Context(), flow, r.ID, "m", absent))
	for i := range absent {
		if kind != rental.Item {
			continue
		}
		ended := rental.EndUnnamed(&absent[i].Record, r.BusinessDate, deliveryOf(r), nil, midnight)
		w.stageRecord(r, ended, "")
	}
}

// stageRecord stages what a rule and no row says.
func (w *world) stageRecord(r pipeline.Run, record rental.Record, former string) {
	w.t.Helper()
	w.must(w.Stage(w.t.Context(), &pipeline.Batch{Flow: flow, Run: r.ID, Entities: []pipeline.Staged{
		{Record: record, Changed: true, Former: former},
	}}))
}

func midnight(date, _ string) rental.Value {
	return rental.Value{Type: rental.Instant, Text: date + "T23:59:59Z"}
}

func TestATruncatedFileOfEverythingShowsInEveryCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	var fleet []rental.Entity
	for i := range 20 {
		fleet = append(fleet,
			asset(fmt.Sprintf("A%02d", i), said{rental.RentalStatus: "ON_RENT", rental.OwningDepot: fmt.Sprintf("D%d", i/10)}),
			item(fmt.Sprintf("K%02d", i), said{rental.AssetRef: fmt.Sprintf("A%02d", i), rental.OnRentDate: "2026-11-01T06:00:00Z"}))
	}
	r, _ := w.night("2026-11-20", fleet...)
	w.done(r)

	r = w.open("2026-11-21")
	var assets, items []string
	for i := 8; i < 20; i++ {
		assets, items = append(assets, fmt.Sprintf("A%02d", i)), append(items, fmt.Sprintf("K%02d", i))
	}
	w.unnamed(r, rental.Asset, assets...)
	w.unnamed(r, rental.Item, items...)

	want := pipeline.Extent{
		AssetsGone: pipeline.Part{Count: 12, Of: 20, Examples: assets[:10]},
		OnRent:     pipeline.OnRent{Before: 20, After: 20, Fleet: 20},
		OffRents:   pipeline.Part{Count: 12, Of: 20, Examples: items[:10]},
		Inferred:   12,
		DepotsGone: pipeline.Part{Count: 1, Of: 2, Examples: []string{"D1"}},
		Missed:     []string{"m"},
	}
	if diff := cmp.Diff(want, w.extent(r, everyExtent())); diff != "" {
		t.Errorf("the extent is another (-want +got):\n%s", diff)
	}

	gates := pipeline.Gates{Journal: w.store.(pipeline.GateJournal)}
	w.must(parse(&gates.Limits.AssetsGone, "5%"))
	w.must(parse(&gates.Limits.OffRents, "100%"))
	for range 2 { // it may be asked again
		breaches, err := gates.Judge(t.Context(), r)
		if err != nil || len(breaches) != 1 || breaches[0].What != "12 of 20 assets are no longer named (60 %); the limit is 5 %" {
			t.Errorf("got %+v, %v", breaches, err)
		}
	}
}

func parse(into *pipeline.Limit, text string) (err error) {
	*into, err = pipeline.ParseLimit(text)
	return err
}

func TestWhatIsGoneAlreadyIsNotGoneAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	fleet := []rental.Entity{
		asset("A1", said{rental.OwningDepot: "D1"}),
		asset("A2", said{rental.OwningDepot: "D2"}),
	}
	r, _ := w.night("2026-11-20", fleet...)
	w.done(r)

	for night, want := range []struct{ gone, of, depots, owners int }{{1, 2, 1, 2}, {0, 1, 0, 1}} {
		r = w.open(fmt.Sprintf("2026-11-%d", 21+night))
		w.unnamed(r, rental.Asset, "A1")
		x := w.extent(r, everyExtent())
		if x.AssetsGone.Count != want.gone || x.AssetsGone.Of != want.of || x.DepotsGone.Count != want.depots || x.DepotsGone.Of != want.owners {
			t.Errorf("night %d: got assets %+v, depots %+v; want %+v", night, x.AssetsGone, x.DepotsGone, want)
		}
		w.close(r)
		w.done(r)
	}
}

func TestASwapEndsOneRental(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	line := item("K1", said{rental.AssetRef: "A1", rental.OnRentDate: "2026-11-01T06:00:00Z"})
	r, _ := w.night("2026-11-20", line)
	w.done(r)

	r = w.open("2026-11-21")
	w.swap(r, "K1", said{rental.AssetRef: "A2", rental.OnRentDate: "2026-11-21T06:00:00Z"})
	w.swap(r, "K1", said{rental.AssetRef: "A3", rental.OnRentDate: "2026-11-21T07:00:00Z", rental.OffRentDate: "2026-11-21T08:00:00Z"})

	want := pipeline.Part{Count: 1, Of: 1, Examples: []string{"K1"}}
	if x := w.extent(r, everyExtent()); !cmp.Equal(x.OffRents, want) || x.Inferred != 0 {
		t.Errorf("got %+v, %d inferred; want %+v", x.OffRents, x.Inferred, want)
	}
}

// swap lets another rental begin under an item's key, as the intake does.
func (w *world) swap(r pipeline.Run, key string, s said) {
	w.t.Helper()
	e := item(key, s)
	now, _, err := w.Records(w.t.Context(), flow, r.ID, []rental.Ref{e.Ref})
	w.must(err)
	last := now[e.Ref]
	former, next := last.Succeed(&e, deliveryOf(r), r.BusinessDate, midnight)
	w.stageRecord(r, former, key)
	w.stageRecord(r, rental.Merge(&next, &e, deliveryOf(r)), "")
}

func TestCustomersThatSomebodyShouldLookAtAreToldByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20",
		customer("C1", said{rental.Name: "Nordbau GmbH"}), customer("C2", said{rental.Name: "Südbau"}), customer("C3", said{rental.Name: "Cash sales"}))
	w.done(r)

	r = w.open("2026-11-21")
	w.stage(r,
		customer("C1", said{rental.Name: "Westbau GmbH"}), // renamed: nobody is called Nordbau any more
		customer("C7", said{rental.Name: "NORDBAU"}),
		customer("C8", said{rental.Name: "Suedbau AG"}),
		customer("C9", said{rental.Name: "cash"}),
		customer("C0", said{rental.Name: "Südbau", rental.SameAs: "C2"})) // a crosswalk says who it is

	want := pipeline.Extent{
		NewCustomers:  pipeline.Part{Count: 3, Of: 3, Examples: []string{"C7 NORDBAU", "C8 Suedbau AG", "C9 cash"}},
		NearCustomers: pipeline.Part{Count: 1, Of: 3, Examples: []string{"C8 Suedbau AG is like C0 Südbau"}},
		Placeholders:  pipeline.Part{Count: 1, Of: 3, Examples: []string{"C9 cash (CASH)"}},
	}
	got := w.extent(r, pipeline.Asked{NewCustomers: true, NearCustomers: true, Placeholders: []string{"CASH"}})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the extent is another (-want +got):\n%s", diff)
	}
}

func TestOnlyWhatIsAskedForIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r := w.open("2026-11-20")
	w.stage(r, asset("A1", said{rental.RentalStatus: "ON_RENT"}), customer("C1", said{rental.Name: "Cash"}))
	if got := w.extent(r, pipeline.Asked{}); !cmp.Equal(got, pipeline.Extent{}) {
		t.Errorf("got %+v", got)
	}
}

// TestAnExtentIsWhatCountingOneByOneFinds works random nights and counts each as
// a person would who compares two lists.
func TestAnExtentIsWhatCountingOneByOneFinds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short asks for quick tests, and this one works some hundred nights")
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, time.Minute)
		defer func() { w.must(w.Close()) }()
		b := business{world: w, rt: rt, assets: map[string]*machine{}, customers: map[string]string{}}

		day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 4).Draw(rt, "nights") {
			b.night(day.Format(time.DateOnly))
			day = day.AddDate(0, 0, rapid.IntRange(0, 1).Draw(rt, "days"))
		}
	})
}

// business is what a rental company has, as its own people would list it.
type business struct {
	*world
	rt        *rapid.T
	assets    map[string]*machine
	lines     []*line
	customers map[string]string // name by key

	run  pipeline.Run
	want pipeline.Extent
}

type machine struct {
	depot, status string
	gone          bool
}

// line is the rental that an item's key stands for.
type line struct {
	key  string
	open bool
	runs int
}

func (b *business) night(date string) {
	b.run = b.open(date)
	b.want = pipeline.Extent{}
	b.workAssets()
	b.workLines()
	b.workCustomers()

	got := b.extent(b.run, everyExtent())
	got.AssetsGone.Examples, got.OffRents.Examples, got.DepotsGone.Examples, got.OnRent.Examples = nil, nil, nil, nil
	got.NewCustomers.Examples, got.NearCustomers.Examples, got.Placeholders.Examples, got.Missed = nil, nil, nil, nil
	if diff := cmp.Diff(b.want, got); diff != "" {
		b.rt.Fatalf("%s: the extent is another (-want +got):\n%s", b.run.ID, diff)
	}
	b.close(b.run)
	b.done(b.run)
}

func (b *business) owners() (depots map[string]bool) {
	depots = map[string]bool{}
	for _, a := range b.assets {
		if !a.gone && a.depot != "" {
			depots[a.depot] = true
		}
	}
	return depots
}

func (b *business) onRent() (n int) {
	for _, a := range b.assets {
		if a.status == "ON_RENT" {
			n++
		}
	}
	return n
}

func (b *business) workAssets() {
	before := b.owners()
	b.want.DepotsGone.Of = len(before)
	b.want.OnRent = pipeline.OnRent{Before: b.onRent(), Fleet: len(b.assets)}
	for _, a := range b.assets {
		if !a.gone {
			b.want.AssetsGone.Of++
		}
	}

	for i := range 6 {
		key := fmt.Sprintf("A%d", i)
		switch have := b.assets[key]; rapid.SampledFrom([]string{"as before", "named", "missed"}).Draw(b.rt, key) {
		case "named":
			b.assets[key] = &machine{
				depot:  rapid.SampledFrom([]string{"D1", "D2", "D3", ""}).Draw(b.rt, "depot"),
				status: rapid.SampledFrom([]string{"ON_RENT", "RETURNED"}).Draw(b.rt, "status"),
			}
			b.stage(b.run, asset(key, said{rental.OwningDepot: b.assets[key].depot, rental.RentalStatus: b.assets[key].status}))
		case "missed":
			if have != nil {
				b.loseAsset(key, have)
			}
		}
	}
	b.want.OnRent.After = b.onRent()
	after := b.owners()
	for depot := range before {
		if !after[depot] {
			b.want.DepotsGone.Count++
		}
	}
}

// loseAsset lets nobody name an asset; now and then that is a status too.
func (b *business) loseAsset(key string, a *machine) {
	b.unnamed(b.run, rental.Asset, key)
	if !a.gone {
		b.want.AssetsGone.Count++
	}
	a.gone = true
	if rapid.Bool().Draw(b.rt, "gets a status") {
		a.status = "OTHER"
		ref := rental.Ref{Kind: rental.Asset, Key: key}
		_, prior, err := b.Records(b.t.Context(), flow, b.run.ID, []rental.Ref{ref})
		b.must(err)
		record := prior[ref]
		b.stageRecord(b.run, rental.GoneStatus(&record, a.status, b.run.BusinessDate, deliveryOf(b.run)), "")
	}
}

func (b *business) workLines() {
	for _, l := range b.lines {
		if l.open {
			b.want.OffRents.Of++
		}
	}
	for i := range 5 {
		key := fmt.Sprintf("K%d", i)
		at := slices.IndexFunc(b.lines, func(l *line) bool { return l.key == key })
		if at < 0 {
			if rapid.Bool().Draw(b.rt, key+" begins") {
				ends := rapid.SampledFrom([]string{"", "2026-11-12T06:00:00Z"}).Draw(b.rt, "ends")
				b.stage(b.run, item(key, said{rental.AssetRef: "A1", rental.OnRentDate: "2026-11-10T06:00:00Z", rental.OffRentDate: ends}))
				b.lines = append(b.lines, &line{key: key, open: ends == ""})
			}
			continue
		}
		b.workLine(b.lines[at])
	}
}

func (b *business) workLine(l *line) {
	was := l.open
	switch rapid.SampledFrom([]string{"as before", "ends", "missed", "swapped", "swapped twice", "swapped and ends"}).Draw(b.rt, l.key) {
	case "ends":
		b.stage(b.run, item(l.key, said{rental.OffRentDate: "2026-11-20T06:00:00Z"}))
		l.open = false
	case "missed":
		b.unnamed(b.run, rental.Item, l.key)
		if l.open {
			b.want.Inferred++
		}
		l.open = false
	case "swapped":
		b.swapLine(l, "")
		b.countEnd(was)
		return
	case "swapped twice":
		b.swapLine(l, "")
		b.swapLine(l, "")
		b.countEnd(was)
		return
	case "swapped and ends":
		b.swapLine(l, "2026-11-30T06:00:00Z")
		b.countEnd(was)
		return
	}
	b.countEnd(was && !l.open)
}

func (b *business) countEnd(ended bool) {
	if ended {
		b.want.OffRents.Count++
	}
}

func (b *business) swapLine(l *line, ends string) {
	l.runs++
	b.swap(b.run, l.key, said{rental.AssetRef: fmt.Sprintf("A%d", l.runs%6), rental.OnRentDate: fmt.Sprintf("2026-12-%02dT06:00:00Z", l.runs%28+1), rental.OffRentDate: ends})
	l.open = ends == ""
}

// alike are names that people take for one.
func alike(name string) string {
	if strings.EqualFold(name, "Nordbau") || name == "Nordbau AG" || name == "Nordbua" {
		return "nordbau"
	}
	return name
}

func (b *business) workCustomers() {
	b.want.NewCustomers.Of = len(b.customers)
	fresh := map[string]bool{}
	for i := range 5 {
		key := fmt.Sprintf("C%d", i)
		if !rapid.Bool().Draw(b.rt, key+" is named") {
			continue
		}
		_, known := b.customers[key]
		name := rapid.SampledFrom([]string{"Nordbau", "NORDBAU", "Nordbau AG", "Nordbua", "Südbau", "Westbau", "Cash", "Cash sales", "Cashmere"}).Draw(b.rt, "name")
		b.stage(b.run, customer(key, said{rental.Name: name}))
		b.customers[key] = name
		if !known {
			fresh[key] = true
		}
	}

	for key := range fresh {
		if name := b.customers[key]; name == "Cash" || name == "Cash sales" {
			b.want.Placeholders.Count++
		}
		for other, name := range b.customers {
			if other != key && alike(name) == alike(b.customers[key]) {
				b.want.NearCustomers.Count++
				break
			}
		}
	}
	b.want.NewCustomers.Count, b.want.NearCustomers.Of, b.want.Placeholders.Of = len(fresh), len(fresh), len(fresh)
}
