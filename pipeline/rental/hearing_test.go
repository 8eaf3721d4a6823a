package rental_test

import (
	"testing"

	"rentalsync/pipeline/rental"
)

func TestAWordThatWasSaidBeforeBeginsNoOtherRental(t *testing.T) {
	t.Parallel()
	have := rental.Record{Ref: rental.Ref{Kind: rental.Item, Key: "I"}}
	have = have.With(rental.AssetRef, rental.Of("A"), rental.Source{Delivery: "1"})
	e := rental.Entity{Ref: have.Ref, Fields: []rental.FieldValue{{Field: rental.AssetRef, Value: rental.Of("B")}}}
	end := func(day, _ string) rental.Value { return rental.Value{Type: rental.Instant, Text: day + "T23:59:59Z"} }

	for again, want := range map[bool]string{false: "I~1", true: ""} {
		h := rental.Hearing{Delivery: "2", Date: "2026-11-21", Again: again, End: end}
		former, from := h.Part(&have, &e)
		got := ""
		if former != nil {
			got = former.Key
		}
		if got != want {
			t.Errorf("heard again %t: the former rental is %q, want %q", again, got, want)
		}
		if next := h.Hear(from, &e); next.Text(rental.AssetRef) != "B" {
			t.Errorf("heard again %t: the item stands on %q", again, next.Text(rental.AssetRef))
		}
	}
}
