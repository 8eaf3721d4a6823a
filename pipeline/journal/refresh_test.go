package journal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

func TestRecordsOfAnOlderVersionAreFoundByWhatTheySay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", fleet()...)
	w.night("2026-11-21", item("OVER", said{rental.AssetRef: "A1", rental.ContractRef: "C1", rental.OnRentDate: "2026-11-01T07:00:00+01:00", rental.OffRentDate: "2026-11-20T17:00:00+01:00"}),
		item("PLANNED", said{rental.AssetRef: "A2", rental.ContractRef: "C1", rental.OffRent: "planned", rental.DueDate: "2026-11-30T17:00:00+01:00"}))
	j := w.store.(*journal.Journal)

	before, err := j.Searched(t.Context())
	w.must(err)
	w.must(j.Blank(t.Context()))
	w.must(j.Refresh(t.Context()))
	after, err := j.Searched(t.Context())
	w.must(err)

	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("searched by (-written +refreshed):\n%s", diff)
	}
	for _, want := range []string{"OVER 1 2026-11-20", "PLANNED 0  2026-11-30"} {
		if !strings.Contains(strings.Join(after, "\n"), want) {
			t.Errorf("no record is searched by %q: %q", want, after)
		}
	}
}
