package journal_test

import (
	"fmt"
	"testing"
	"time"

	"rentalsync/pipeline/rental"
)

// TestABatchOfAnySizeIsStagedWhole stages what fills no statement, some, and more
// than one, twice over, with an entity that the batch itself names twice.
func TestABatchOfAnySizeIsStagedWhole(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 24, 25, 26, 77} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			r := w.open("2026-11-21")
			for _, status := range []string{"ON_RENT", "RETURNED"} {
				var list []rental.Entity
				for i := range size {
					list = append(list, asset(fmt.Sprint(i), said{rental.RentalStatus: status}))
				}
				w.stage(r, append(list, asset("0", said{rental.RentalStatus: "IN_REPAIR"}))...)
			}
			if closed := w.close(r); closed.Due != size || closed.Changed[rental.Asset] != size {
				t.Errorf("closed %+v, want %d assets", closed, size)
			}

			for _, k := range w.known(w.lease(r, "w")...) {
				want := map[bool]string{true: "IN_REPAIR", false: "RETURNED"}[k.Asset == "0"]
				if got := k.Parts.Asset.Text(rental.RentalStatus); got != want {
					t.Errorf("asset %s is %s, want %s", k.Asset, got, want)
				}
			}
			w.clean()
		})
	}
}
