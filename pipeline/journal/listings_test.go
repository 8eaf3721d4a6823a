package journal_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func listOf(n int, end error) iter.Seq2[pipeline.Listed, error] {
	return func(yield func(pipeline.Listed, error) bool) {
		for i := range n {
			if !yield(pipeline.Listed{ID: fmt.Sprintf("id-%04d", i), Reference: fmt.Sprintf("R%d", i), Body: []byte(`{}`)}, nil) {
				return
			}
		}
		if end != nil {
			yield(pipeline.Listed{}, end)
		}
	}
}

func TestAListingThatBreaksOffLeavesTheLastOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	count := func() (n int) {
		for _, err := range w.Listing(t.Context(), account, pipeline.ListedAssets) {
			w.must(err)
			n++
		}
		return n
	}

	n, err := w.SaveListing(t.Context(), account, pipeline.ListedAssets, morning, listOf(2500, nil))
	w.must(err)
	if n != 2500 || count() != 2500 {
		t.Fatalf("got %d and %d listed, want 2500", n, count())
	}

	broke := errors.New("the line broke")
	if _, err := w.SaveListing(t.Context(), account, pipeline.ListedAssets, morning.Add(time.Hour), listOf(1200, broke)); !errors.Is(err, broke) {
		t.Fatalf("got error %v, want the list's own", err)
	}
	w.reopen()
	if count() != 2500 {
		t.Errorf("got %d after a list that broke off, want the 2500 of the last one", count())
	}
	at, err := w.ListedAt(t.Context(), account, pipeline.ListedAssets)
	w.must(err)
	if !at.Equal(morning) {
		t.Errorf("listed at %s, want %s", at, morning)
	}

	_, err = w.SaveListing(t.Context(), account, pipeline.ListedAssets, morning.Add(2*time.Hour), listOf(3, nil))
	w.must(err)
	if count() != 3 {
		t.Errorf("got %d, want the 3 of the new list", count())
	}
}

func TestOfTwoListingsThatGrowAtOnceTheOneThatWasBegunLastStaysWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	ids := func() (n int, last string) {
		for entry, err := range w.Listing(t.Context(), account, pipeline.ListedAssets) {
			w.must(err)
			n, last = n+1, entry.ID
		}
		return n, last
	}
	second := func(n int) {
		got, err := w.SaveListing(t.Context(), account, pipeline.ListedAssets, morning.Add(time.Hour), listOf(n, nil))
		w.must(err)
		if have, _ := ids(); got != n || have != n {
			t.Errorf("got %d and %d listed, want %d", got, have, n)
		}
	}
	first := func(yield func(pipeline.Listed, error) bool) {
		for i := range 2300 {
			if i == 1100 {
				second(1500)
			}
			if !yield(pipeline.Listed{ID: fmt.Sprintf("older-%04d", i), Body: []byte(`{}`)}, nil) {
				return
			}
		}
	}

	n, err := w.SaveListing(t.Context(), account, pipeline.ListedAssets, morning, first)
	w.must(err)
	if have, last := ids(); n != 1500 || have != 1500 || last != "id-1499" {
		t.Errorf("got %d and %d up to %s, want the 1500 of the list that was begun last", n, have, last)
	}
	at, err := w.ListedAt(t.Context(), account, pipeline.ListedAssets)
	w.must(err)
	if !at.Equal(morning.Add(time.Hour)) {
		t.Errorf("listed at %s", at)
	}

	second(3)
	if n, err := w.Unlisted(t.Context()); n != 0 || err != nil {
		t.Errorf("%d of older lists are still there: %v", n, err)
	}
}

// TestManyWhoLookThingsUpWhileTheyReadAListDoNotWaitForEachOther has all of them
// in the middle of their lists before the first one looks anything up.
func TestManyWhoLookThingsUpWhileTheyReadAListDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	_, err := w.SaveListing(t.Context(), account, pipeline.ListedCustomers, morning, listOf(5, nil))
	w.must(err)

	const many = 12
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var reading, done sync.WaitGroup
	reading.Add(many)
	for range many {
		done.Go(func() {
			for _, err := range w.Listing(ctx, account, pipeline.ListedCustomers) {
				reading.Done()
				if err == nil {
					reading.Wait()
					_, err = w.ListedBy(ctx, account, pipeline.ListedCustomers, "R3")
				}
				if err != nil {
					t.Error(err)
				}
				return
			}
		})
	}
	done.Wait()
}

func TestAListingIsLookedUpByReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	_, err := w.SaveListing(t.Context(), account, pipeline.ListedCustomers, morning, listOf(5, nil))
	w.must(err)

	got, err := w.ListedBy(t.Context(), account, pipeline.ListedCustomers, "R3")
	w.must(err)
	want := &pipeline.Listed{ID: "id-0003", Reference: "R3", Body: []byte(`{}`)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, find := range map[string]func() (*pipeline.Listed, error){
		"another reference": func() (*pipeline.Listed, error) {
			return w.ListedBy(t.Context(), account, pipeline.ListedCustomers, "R9")
		},
		"another kind": func() (*pipeline.Listed, error) {
			return w.ListedBy(t.Context(), account, pipeline.ListedAssets, "R3")
		},
		"another account": func() (*pipeline.Listed, error) {
			return w.ListedBy(t.Context(), "other", pipeline.ListedCustomers, "R3")
		},
	} {
		got, err := find()
		w.must(err)
		if got != nil {
			t.Errorf("%s: found %s", name, got.ID)
		}
	}
}
