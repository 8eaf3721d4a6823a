package journal_test

import (
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

// unknown is what an account does not know, by asset.
func (w *world) unknown(account string) map[string]pipeline.UnmatchedAsset {
	w.t.Helper()
	all := map[string]pipeline.UnmatchedAsset{}
	for u, err := range w.store.(*journal.Journal).UnmatchedAssets(w.t.Context(), flow, account) {
		w.must(err)
		all[u.Asset] = u
	}
	return all
}

func TestTheRegisterKeepsSinceWhenAnAssetIsNotKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	j := w.store.(*journal.Journal)
	first, _ := w.night("2026-11-20", fleet()...)
	w.work(first, pipeline.Unmatched)
	before := w.unknown(account)
	w.expect("not known", 3, len(before))
	w.expect("to another account", 0, len(w.unknown("other")))

	r := w.open("2026-11-21")
	n, err := w.OfferUnmatched(t.Context(), r, account, profile, time.Unix(9, 0), time.Unix(9, 0))
	w.must(err)
	w.expect("offered again", 3, n)
	w.work(r, pipeline.Unmatched)
	after := w.unknown(account)
	for key, u := range after {
		if !u.Since.Equal(before[key].Since) || !u.Ended.IsZero() {
			t.Errorf("asset %s is not known since %s, and not since %s, when it was first asked for", key, u.Since, before[key].Since)
		}
	}

	r = w.open("2026-11-22")
	_, err = w.OfferUnmatched(t.Context(), r, account, profile, time.Unix(99, 0), time.Unix(99, 0))
	w.must(err)
	w.work(r, pipeline.Matched)
	count, oldest, err := j.UnmatchedCount(t.Context(), flow, account)
	w.must(err)
	if count != 0 || !oldest.IsZero() {
		t.Errorf("%d not known since %s after all were matched", count, oldest)
	}
	ended := 0
	for u, err := range j.EndedUnmatched(t.Context(), flow, account, time.Time{}) {
		w.must(err)
		if ended++; u.How != "matched" || u.Ended.IsZero() {
			t.Errorf("asset %s ended as %q at %s", u.Asset, u.How, u.Ended)
		}
	}
	w.expect("told of as settled", 3, ended)
}

func TestWhatIsSettledForLongIsForgottenAndWhatIsNotKnownNever(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	settled := func() (n int) {
		for _, err := range w.store.(*journal.Journal).EndedUnmatched(t.Context(), flow, account, time.Time{}) {
			w.must(err)
			n++
		}
		return n
	}
	first, _ := w.night("2026-11-20", fleet()...)
	w.work(first, pipeline.Unmatched)
	w.reopen()
	w.expect("not known", 3, len(w.unknown(account)))

	r := w.open("2026-11-21")
	_, err := w.OfferUnmatched(t.Context(), r, account, profile, time.Unix(9, 0), time.Unix(9, 0))
	w.must(err)
	w.work(r, pipeline.Matched) // in 1970, by the clock of the tests
	w.expect("settled", 3, settled())
	w.reopen()
	w.expect("settled long ago", 0, settled())
}

func TestWhatAnAccountListsByNowIsOfferedOnceForEachListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	j := w.store.(*journal.Journal)
	first, _ := w.night("2026-11-20", fleet()...)
	w.work(first, pipeline.Unmatched)

	list := func(entries ...pipeline.Listed) {
		_, err := j.SaveListing(t.Context(), account, pipeline.ListedAssets, time.Unix(50, 0), func(yield func(pipeline.Listed, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		})
		w.must(err)
	}
	count := func() int {
		n, err := w.Unmatched(t.Context(), flow, account, profile, time.Time{})
		w.must(err)
		return n
	}
	w.expect("before anything was listed", 0, count())
	list(pipeline.Listed{ID: "i-1", Serial: "sn-a1", Body: []byte("{}")}, pipeline.Listed{ID: "i-2", Reference: "other", Body: []byte("{}")})
	w.expect("what is spelled otherwise is another", 0, count())

	list(pipeline.Listed{ID: "i-1", Serial: "SN-A1", Body: []byte("{}")})
	w.expect("listed with the serial number as it was sent", 1, count())
	r := w.open("2026-11-21")
	n, err := w.OfferUnmatched(t.Context(), r, account, profile, time.Time{}, time.Unix(60, 0))
	w.must(err)
	w.expect("offered", 1, n)
	w.work(r, pipeline.Unmatched)
	w.expect("once was enough", 0, count())
	list(pipeline.Listed{ID: "i-1", Serial: "SN-A1", Body: []byte("{}")})
	w.expect("listed anew", 1, count())
}
