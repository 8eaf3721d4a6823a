// Package droptest is what every medium must keep so that files can be dropped
// on it: the suite runs a Watcher on a real or simulated medium, with an
// uploader at the other end that behaves as ERPs and their clients do.
package droptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// Rig is a fresh medium with empty folders, and the other end of its inbox.
type Rig struct {
	FS       drop.FS
	Uploader Uploader
}

// Run runs the suite, or the named parts of it. It opens a rig for every test.
func Run(t *testing.T, open func(t *testing.T) Rig, parts ...string) {
	for _, part := range []struct {
		name  string
		tests []test
	}{
		{"medium", mediumTests},
		{"readiness", readinessTests},
		{"names", nameTests},
		{"moves", moveTests},
		{"uploads", uploadTests},
		{"writers", writerTests},
		{"packing", packingTests},
		{"sets", setTests},
		{"acknowledgements", acknowledgeTests},
		{"keeping", keepTests},
		{"crashes", crashTests()},
		{"rare crashes", rareCrashTests()},
		{"histories", historyTests()},
	} {
		if len(parts) > 0 && !slices.Contains(parts, part.name) {
			continue
		}
		t.Run(part.name, func(t *testing.T) {
			for _, tt := range part.tests {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					tt.run(&bench{T: t, rig: open(t), clock: &clock{now: midnight}, read: map[string]int{}})
				})
			}
		})
	}
}

// test is one behaviour; its name is the sentence that states it.
type test struct {
	name string
	run  func(*bench)
}

var midnight = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

const (
	settle = 10 * time.Second
	late   = 30 * time.Minute

	// whole ends what the inspection of these tests takes for a whole file.
	whole = "END\n"

	// bad begins what it cannot make anything of.
	bad = "BAD"

	// unknown begins the names that no mapping knows.
	unknown = "unknown"
)

// bench is a rig with a watcher's clock and an inspection.
type bench struct {
	*testing.T
	rig   Rig
	clock *clock

	during func(name string) // what the uploader does while a file is read

	mu   sync.Mutex
	read map[string]int // how often a file was read
}

// clock is the watcher's clock.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// options are what most tests watch with.
func (b *bench) options() drop.Options {
	return drop.Options{
		Settle: settle, Now: b.clock.Now, Inspect: b.inspect,
		Archive: "archive/{date:YYYY/MM}", Quarantine: "quarantine",
	}
}

// inspect takes a file for whole that ends with whole.
func (b *bench) inspect(_ context.Context, name string, src io.Reader) (pipeline.Inspected, error) {
	if strings.HasPrefix(path.Base(name), unknown) {
		return pipeline.Inspected{}, pipeline.ErrNoMapping
	}
	b.mu.Lock()
	b.read[name]++
	b.mu.Unlock()

	start := make([]byte, len(bad))
	n, err := io.ReadFull(src, start)
	if string(start[:n]) == bad {
		return pipeline.Inspected{}, &pipeline.Unreadable{Why: "it is bad"}
	}
	if b.during != nil {
		b.during(name)
	}
	rest, err := io.ReadAll(io.MultiReader(strings.NewReader(string(start[:n])), tail(src, err)))
	if err != nil {
		return pipeline.Inspected{}, err
	}
	if !strings.HasSuffix(string(rest), whole) {
		return pipeline.Inspected{}, &pipeline.Incomplete{Why: "the trailer is missing"}
	}
	return pipeline.Inspected{Rows: strings.Count(string(rest), "\n") - 1}, nil
}

// tail is what is left to read after a first read.
func tail(src io.Reader, err error) io.Reader {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return strings.NewReader("")
	}
	return src
}

// watch watches as most tests do.
func (b *bench) watch() *drop.Watcher { return b.watchWith(b.options()) }

func (b *bench) watchWith(o drop.Options) *drop.Watcher { return b.watchOn(b.rig.FS, o) }

func (b *bench) watchOn(medium drop.FS, o drop.Options) *drop.Watcher {
	b.Helper()
	w, err := drop.New(medium, o)
	b.must(err)
	return w
}

// must ends the test if something failed that is not its subject.
func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// write lets the uploader write a file, now by the watcher's clock.
func (b *bench) write(name, content string) {
	b.Helper()
	b.must(b.rig.Uploader.Write(name, content, b.clock.Now()))
}

func (b *bench) append(name, content string) {
	b.Helper()
	b.must(b.rig.Uploader.Append(name, content, b.clock.Now()))
}

// scan looks once.
func (b *bench) scan(w *drop.Watcher) pipeline.Look {
	b.Helper()
	look, err := w.Scan(b.Context())
	b.must(err)
	return look
}

// scanSettled looks twice, with the time that it takes to settle in between.
func (b *bench) scanSettled(w *drop.Watcher) pipeline.Look {
	b.Helper()
	b.scan(w)
	b.clock.advance(settle)
	return b.scan(w)
}

// delivery is what a runner would make of a file.
func delivery(id, name string) *pipeline.Delivery {
	return &pipeline.Delivery{ID: id, Name: name, BusinessDate: "2026-11-20", ClaimedAt: midnight}
}

// claimed drops a file and claims it.
func (b *bench) claimed(w *drop.Watcher, d *pipeline.Delivery, content string) (place string) {
	b.Helper()
	b.write(d.Name, content)
	place = w.ClaimPlace(d)
	b.must(w.Claim(b.Context(), d.Name, place))
	return place
}

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
