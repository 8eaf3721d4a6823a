package droptest

import (
	"errors"
	"strings"

	"rentalsync/connectors/drop"
)

// crashTests die at every point of a file's way, ask for the same move again,
// and go on.
func crashTests() []test {
	var tests []test
	for _, point := range append(drop.Points(), "grown:kept", "acknowledge:written") {
		tests = append(tests, test{"a crash at " + point + " is mended by the same move", func(b *bench) {
			b.crash(point, func() {})
			b.wantEnd(point)
		}})
		if strings.HasPrefix(point, "unclaim") || strings.HasPrefix(point, "grown") || point == "claim:before" || point == "claim:marker" {
			continue
		}
		tests = append(tests, test{"a new file that comes during a crash at " + point + " stays", func(b *bench) {
			b.crash(point, func() { b.write("a.csv", "newer") })
			b.wantFile(drop.Inbox, "a.csv", "newer")
			b.must(b.rig.Uploader.Remove("a.csv"))
			b.wantEnd(point)
		}})
	}
	return tests
}

// step is one move, with all it needs to be asked for again.
type step func(w *drop.Watcher) error

// crash takes a file along the way that has the point, dies there, lets
// something happen while nobody watches, and starts anew.
func (b *bench) crash(point string, meanwhile func()) {
	b.Helper()
	b.write("a.csv", whole)
	b.write("a.csv.ok", "")

	died := false
	dying := b.options()
	dying.Marker = "{name}.ok"
	dying.Acknowledge = drop.Acknowledge{Done: "acks/{name}.ack"}
	living := dying
	dying.Reached = func(at string) {
		if at == point {
			panic(death(at))
		}
	}

	w := b.watchWith(dying)
	for _, move := range b.way(point) {
		if b.dies(func() error { return move(w) }) {
			died = true
			meanwhile()
			w = b.watchWith(living)
			b.must(move(w))
		}
	}
	if !died {
		b.Fatalf("the way never came to %s", point)
	}
}

// death is what a watcher dies of.
type death string

// dies tells whether a move died.
func (b *bench) dies(move func() error) (died bool) {
	defer func() {
		if what := recover(); what != nil {
			if _, died = what.(death); !died {
				panic(what)
			}
		}
	}()
	b.must(move())
	return false
}

// way is the way that has the point.
func (b *bench) way(point string) []step {
	const place = ".rentalsync/01J/a.csv"
	claim := func(w *drop.Watcher) error { return w.Claim(b.Context(), "a.csv", place) }
	switch {
	case strings.HasPrefix(point, "unclaim"):
		return []step{claim, func(w *drop.Watcher) error { return w.Unclaim(b.Context(), place, "a.csv") }}
	case strings.HasPrefix(point, "grown"):
		return []step{claim, func(w *drop.Watcher) error { return b.workGrown(w, place) }}
	case strings.HasPrefix(point, "acknowledge"):
		return []step{claim, func(w *drop.Watcher) error {
			return errors.Join(w.Move(b.Context(), place, "archive/2026/11/a.csv", ""), w.Acknowledge(b.Context(), acked("a.csv")))
		}}
	case strings.HasPrefix(point, "quarantine"):
		return []step{claim, func(w *drop.Watcher) error {
			return w.Move(b.Context(), place, "quarantine/a.csv", "it is bad")
		}}
	}
	return []step{claim, func(w *drop.Watcher) error {
		return w.Move(b.Context(), place, "archive/2026/11/a.csv", "")
	}}
}

// workGrown works a file whose writer goes on meanwhile, and brings it to its
// place.
func (b *bench) workGrown(w *drop.Watcher, place string) error {
	if _, err := w.Stat(b.Context(), place); err == nil {
		if text, err := b.content(drop.Path{Area: drop.Inbox, Name: place}); err == nil && text == whole {
			b.append(place, "more\n")
		}
	}
	return w.Move(b.Context(), place, "archive/2026/11/a.csv", "")
}

// wantEnd checks that everything is where the way ends, and nothing else.
func (b *bench) wantEnd(point string) {
	b.Helper()
	b.wantNone(drop.Inbox, ".rentalsync")
	switch {
	case strings.HasPrefix(point, "unclaim"):
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.csv", "a.csv.ok")
		b.wantFile(drop.Inbox, "a.csv", whole)
		return
	case strings.HasPrefix(point, "grown"):
		b.wantFile(drop.Archive, "2026/11/a.csv", whole)
		b.wantListed(drop.Path{Area: drop.Inbox, Name: "."}, "a.csv", "a.csv.ok")
		b.wantFile(drop.Inbox, "a.csv", whole+"more\n")
		return
	case strings.HasPrefix(point, "quarantine"):
		b.wantListed(drop.Path{Area: drop.Quarantine, Name: "."}, "a.csv", "a.csv.reason.txt")
		b.wantFile(drop.Quarantine, "a.csv", whole)
		b.wantFile(drop.Quarantine, "a.csv.reason.txt", "it is bad\n")
	default:
		b.wantListed(drop.Path{Area: drop.Archive, Name: "2026/11"}, "a.csv")
		b.wantFile(drop.Archive, "2026/11/a.csv", whole)
	}
	b.wantListed(drop.Path{Area: drop.Inbox, Name: "."})
}
