package journal_test

import (
	"testing"
	"time"

	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

func TestSpellingsAreOfOneAccountAndReachTheDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	j := w.store.(*journal.Journal)
	r, _ := w.night("2026-11-20", yard()...)

	mine := rental.Spelling{Key: "A1", Said: "SERIAL_NUMBER 1", IdentifierType: "SERIAL_NUMBER", Identifier: "0001"}
	other := rental.Spelling{Key: "A1", Said: "SERIAL_NUMBER 1", IdentifierType: "ASSET_ID", Identifier: "id-9"}
	w.must(j.SaveSpellings(t.Context(), flow, account, []rental.Spelling{{Key: "A1"}, {Key: "A2"}}, nil))
	w.must(j.SaveSpellings(t.Context(), flow, account, []rental.Spelling{mine}, []string{"A2"}))
	w.must(j.SaveSpellings(t.Context(), flow, "another", []rental.Spelling{other}, nil))
	w.reopen()
	j = w.store.(*journal.Journal)

	w.expect("all", []rental.Spelling{mine}, all(t, j.Spellings(t.Context(), flow, account)))
	parts := w.parts(r)
	w.expect("spelling", &mine, parts["A1"].Spelling)
	w.expect("no spelling", (*rental.Spelling)(nil), parts["A2"].Spelling)
}

func TestTheRegisterYieldsWhatFilesStillName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	w.night("2026-11-20", asset("A2", said{rental.Name: "Bagger"}), asset("A1", said{rental.Name: "Kran", rental.OwningDepot: "MUC"}), customer("C1", said{rental.Name: "Bau AG"}))
	j := w.store.(*journal.Journal)

	var keys []string
	for _, r := range all(t, j.Register(t.Context(), flow, rental.Asset)) {
		keys = append(keys, r.Key+" "+r.Text(rental.Name))
	}
	w.expect("assets", []string{"A1 Kran", "A2 Bagger"}, keys)
}
