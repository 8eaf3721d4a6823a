package droptest

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// historyTests let ERPs drop and overwrite files of the same few names while
// deliveries come and go and the process dies, and look for every file in the
// end.
func historyTests() []test {
	var tests []test
	for seed := range uint64(5) {
		tests = append(tests, test{fmt.Sprintf("no file is lost or doubled in history %d", seed), func(b *bench) {
			h := &history{bench: b, dice: rand.New(rand.NewPCG(seed, 0))}
			h.w = h.watcher()
			for range 100 {
				h.step()
			}
			h.end()
		}})
	}
	return tests
}

// history is what happened to a drop, as its journal would know it.
type history struct {
	*bench
	dice   *rand.Rand
	w      *drop.Watcher
	deadly string // the point to die at next

	dropped     int
	overwritten []string // what the ERP itself destroyed
	inHand      []hand
}

// hand is a claimed delivery.
type hand struct {
	d     *pipeline.Delivery
	place string
}

func (h *history) watcher() *drop.Watcher {
	o := h.options()
	o.Settle, o.Inspect = 0, nil
	o.Reached = func(point string) {
		if point == h.deadly {
			panic(death(point))
		}
	}
	return h.watchWith(o)
}

func (h *history) step() {
	switch h.dice.IntN(3) {
	case 0:
		h.upload()
	case 1:
		h.claim()
	case 2:
		h.finish()
	}
}

// upload writes a file that no other one is like.
func (h *history) upload() {
	name := fmt.Sprintf("%c.csv", 'a'+h.dice.IntN(3))
	if old, err := h.content(drop.Path{Area: drop.Inbox, Name: name}); err == nil {
		h.overwritten = append(h.overwritten, old)
	}
	h.dropped++
	h.write(name, fmt.Sprintf("file %d", h.dropped))
}

func (h *history) claim() {
	look := h.scan(h.w)
	if len(look.Ready) == 0 {
		return
	}
	d := delivery(fmt.Sprintf("%05d", h.dice.IntN(1e5)), look.Ready[h.dice.IntN(len(look.Ready))].Name)
	place := h.w.ClaimPlace(d)
	h.survive(func() error { return h.w.Claim(h.Context(), d.Name, place) })
	h.inHand = append(h.inHand, hand{d, place})
}

// finish ends one of the deliveries in hand, one way or another.
func (h *history) finish() {
	if len(h.inHand) == 0 {
		return
	}
	i := h.dice.IntN(len(h.inHand))
	it := h.inHand[i]
	h.inHand = slices.Delete(h.inHand, i, i+1)

	find := h.w.ArchivePlace
	switch h.dice.IntN(4) {
	case 0:
		h.survive(func() error { return h.w.Unclaim(h.Context(), it.place, it.d.Name) })
		return
	case 1:
		find = h.w.QuarantinePlace
	}
	to, err := find(h.Context(), it.d)
	h.must(err)
	h.survive(func() error { return h.w.Move(h.Context(), it.place, to, "") })
}

// survive makes a move, dies now and then on the way, and makes it again while
// the ERP goes on.
func (h *history) survive(move func() error) {
	points := drop.Points()
	h.deadly = points[h.dice.IntN(len(points))]
	died := h.dies(move)
	h.deadly = ""
	if !died {
		return
	}
	if h.dice.IntN(2) == 0 {
		h.upload()
	}
	h.w = h.watcher()
	h.must(move())
}

// end finishes everything and counts.
func (h *history) end() {
	for len(h.inHand) > 0 {
		h.finish()
	}
	h.wantNone(drop.Inbox, ".rentalsync")

	found := slices.Clone(h.overwritten)
	for _, folder := range []drop.Path{{Area: drop.Inbox, Name: "."}, {Area: drop.Archive, Name: "2026/11"}, {Area: drop.Quarantine, Name: "."}} {
		entries, err := h.rig.FS.List(h.Context(), folder)
		h.must(err)
		for _, e := range entries {
			text, err := h.content(drop.Path{Area: folder.Area, Name: path.Join(folder.Name, e.Name)})
			h.must(err)
			found = append(found, text)
		}
	}
	var want []string
	for i := range h.dropped {
		want = append(want, fmt.Sprintf("file %d", i+1))
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		h.Fatalf("found are %q, want %q", found, want)
	}
}
