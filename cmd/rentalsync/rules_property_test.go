package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lived are the nights of a company, in the order in which they were dropped.
func lived(seed uint64, feeds []*feed, nights int) [][]*ruleFile {
	c := newCompany(seed, feeds)
	var all [][]*ruleFile
	for night := range nights {
		c.live(night)
		if files := c.drop(night); len(files) > 0 {
			all = append(all, files)
		}
	}
	return all
}

// state is all that IRIS holds.
func (h *ruleHouse) state(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for i := range machineCount {
		fmt.Fprintf(&all, "%s\n", h.tidy(t, h.simulator.Held(fmt.Sprintf("SN-%03d", i))))
	}
	return all.String()
}

// tidy sorts the items of a document, which IRIS holds in the order in which
// they came.
func (h *ruleHouse) tidy(t *testing.T, raw []byte) string {
	t.Helper()
	if raw == nil {
		return "nothing"
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if items, ok := doc["contractItems"].([]any); ok {
		slices.SortFunc(items, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (h *ruleHouse) requests() int64 { return h.simulator.State().Counts.Requests }

// work drops files and works them.
func (h *ruleHouse) work(t *testing.T, files []*ruleFile) {
	t.Helper()
	h.dropAll(t, files)
	h.once(t)
}

// TestTheOrderOfUnrelatedDeliveriesDoesNotMatter works the same nights with the
// files under other names, so that they are read in another order, and the rows
// in another order.
func TestTheOrderOfUnrelatedDeliveriesDoesNotMatter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		style := styles[seed%3] // files of changes follow one another
		t.Run(fmt.Sprintf("%s %d", style, seed), func(t *testing.T) {
			t.Parallel()
			feeds := newFeeds(seed, style)
			nights := lived(seed, feeds, 3)
			one, other := newHouse(t, seed, feeds), newHouse(t, seed, feeds)
			random := rand.New(rand.NewPCG(seed, 1))

			for _, files := range nights {
				one.work(t, files)
				var shuffled []*ruleFile
				for i, at := range random.Perm(len(files)) {
					f := *files[at]
					f.tag = fmt.Sprintf("%d%s", i, f.tag)
					f.rows = slices.Clone(f.rows)
					random.Shuffle(len(f.rows), func(i, j int) { f.rows[i], f.rows[j] = f.rows[j], f.rows[i] })
					shuffled = append(shuffled, &f)
				}
				other.work(t, shuffled)
				if diff := cmp.Diff(one.state(t), other.state(t)); diff != "" {
					t.Fatalf("after %s (-one +other order):\n%s\n%s", files[0].date, diff, one.told.String())
				}
			}
		})
	}
}

// TestTheSameNightAgainSendsNothing drops every file of a night once more, as the
// same content, and so corrected that it says the same.
func TestTheSameNightAgainSendsNothing(t *testing.T) {
	t.Parallel()
	for seed, style := range styles {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			feeds := newFeeds(uint64(seed), style)
			h := newHouse(t, uint64(seed), feeds)
			for _, files := range lived(uint64(seed), feeds, 2) {
				h.work(t, files)
				before, sent := h.state(t), h.requests()

				h.work(t, files)
				for _, f := range files {
					if !f.broken && len(f.rows) > 0 {
						f.rows = append(f.rows, f.rows[0]) // other bytes, the same words
						f.sequence++
					}
				}
				h.work(t, files)
				h.holds(t, before, sent)
			}
		})
	}
}

// holds wants IRIS to hold what it held, and not to have been asked.
func (h *ruleHouse) holds(t *testing.T, before string, sent int64) {
	t.Helper()
	if diff := cmp.Diff(before, h.state(t)); diff != "" {
		t.Fatalf("IRIS holds something else (-before +after):\n%s\n%s", diff, h.told.String())
	}
	if now := h.requests() - sent; now > 0 {
		t.Fatalf("%d requests were made after\n%s", now, h.told.String())
	}
}

// TestTimeAloneSendsNothing lets the same content come on later dates. Nothing is
// missing in it, and no plan is shown as an end, which are what a date changes.
func TestTimeAloneSendsNothing(t *testing.T) {
	t.Parallel()
	for seed, style := range styles {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			feeds := newFeeds(uint64(seed), style)
			for _, f := range feeds {
				f.planned = false
			}
			h := newHouse(t, uint64(seed), feeds)
			nights := lived(uint64(seed), feeds, 4)
			for _, files := range nights {
				h.work(t, files)
			}

			last := nights[len(nights)-1]
			for later := 1; later < 4; later++ {
				for _, f := range last {
					f.broken, f.torn, f.date = false, false, day(len(nights)+later)
					f.sequence += 10
				}
				before, sent := h.state(t), h.requests()
				h.work(t, last)
				if later > 2 { // by then, all that was missed has been missed for long enough
					h.holds(t, before, sent)
				}
			}
		})
	}
}

// TestNoRentalEndsThatNobodyEnded takes companies in which nothing ever ends, and
// lets rows be rejected, files be missing or broken, and plans pass.
func TestNoRentalEndsThatNobodyEnded(t *testing.T) {
	t.Parallel()
	for seed, style := range styles {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			feeds := newFeeds(uint64(seed), style)
			h, c := newHouse(t, 0, feeds), newCompany(uint64(seed), feeds)
			for i, no := range []string{"001", "003", "005", "007"} {
				c.rent(no, day(0), i+1) // nothing is over yet
			}
			for night := range 8 {
				h.work(t, c.spoilRows(c.drop(night), night))
			}

			for _, line := range c.lines {
				held, _ := h.held(t, "SN-"+line.machine)
				if len(held.ContractItems) != 1 || held.ContractItems[0].OffRentDate != "" && held.ContractItems[0].OffRentDate[:10] <= day(7) {
					t.Errorf("%s holds %+v\n%s", line.machine, held, h.told.String())
				}
			}
		})
	}
}

// spoilRows makes nights with faults of which the first is whole.
func (c *company) spoilRows(files []*ruleFile, night int) []*ruleFile {
	for _, f := range files {
		f.broken, f.torn = night > 0 && c.chance(20), night > 0 && c.chance(20)
		for i := range f.rows {
			f.rows[i].bad = night > 0 && c.chance(30)
		}
	}
	return files
}

// TestNightsKilledAtRandomMomentsEndLikeUndisturbedOnes lets real processes die
// in the middle of nights; the next night's begins where they stopped.
func TestNightsKilledAtRandomMomentsEndLikeUndisturbedOnes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		style := styles[seed%uint64(len(styles))]
		t.Run(fmt.Sprintf("%s %d", style, seed), func(t *testing.T) {
			t.Parallel()
			feeds := newFeeds(seed, style)
			calm, rough := newHouse(t, seed, feeds), newHouse(t, seed, feeds)
			random := rand.New(rand.NewPCG(seed, 3))
			for _, files := range lived(seed, feeds, 3) {
				calm.work(t, files)
				rough.dropAll(t, files)
				for range 5 {
					rough.kill(t, time.Duration(random.IntN(150))*time.Millisecond)
				}
				rough.once(t)
				if diff := cmp.Diff(calm.state(t), rough.state(t)); diff != "" {
					t.Fatalf("after %s (-undisturbed +killed):\n%s", files[0].date, diff)
				}
			}
		})
	}
}

// kill runs the program as a process of its own and kills it after some time,
// unless it was faster.
func (h *ruleHouse) kill(t *testing.T, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	cmd := exec.CommandContext(ctx, "rentalsync", "once", "--json", "-c", filepath.Join(h.dir, "rentalsync.yaml"))
	cmd.Env = append(os.Environ(), "IRIS_CLIENT_SECRET=demo")
	_ = cmd.Run() // however it ends is fine
}
