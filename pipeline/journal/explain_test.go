package journal_test

import (
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// explained is the journal as explain asks it.
func (w *world) explained() pipeline.ExplainJournal {
	w.t.Helper()
	j, can := w.store.(pipeline.ExplainJournal)
	if !can {
		w.t.Fatal("the journal cannot be asked to explain")
	}
	return j
}

func (w *world) past(ref rental.Ref) pipeline.Past {
	w.t.Helper()
	past, err := w.explained().Past(w.t.Context(), flow, ref)
	w.must(err)
	return past
}

func TestThePastTellsHowLongAMappingHasMissedSomething(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	one := asset("1", said{rental.Identifier: "S-1"})
	first, _ := w.night("2026-11-21", one)
	w.work(first, pipeline.Matched)
	for _, date := range []string{"2026-11-22", "2026-11-23"} {
		r := w.open(date)
		w.stage(r, asset("2", said{rental.Identifier: "S-2", rental.Name: date}))
		w.miss(r, "m", rental.Asset, hashOf(one.Ref))
		w.close(r)
		w.work(r, pipeline.Matched)
	}

	past := w.past(one.Ref)
	if past.Date != "2026-11-23" || past.Gone != "2026-11-22" || len(past.Sayings) != 1 {
		t.Fatalf("got %+v", past)
	}
	if s := past.Sayings[0]; s.Missed != "2026-11-22" || s.Nights != 2 || s.Newest != "2026-11-21" && s.Newest != "2026-11-23" {
		t.Errorf("got %+v, want it missed on two nights", s)
	}
	if len(past.Answers) != 1 || past.Answers[0].Outcome != "matched" || len(past.Outcomes) == 0 {
		t.Errorf("got answers %+v and outcomes %+v", past.Answers, past.Outcomes)
	}
}

func TestThePastTellsWhatAnOpenRunWouldChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	first, _ := w.night("2026-11-21", asset("1", said{rental.Identifier: "S-1"}))
	w.work(first, pipeline.Matched)
	w.stage(w.open("2026-11-22"), asset("1", said{rental.Identifier: "S-9"}))

	past := w.past(rental.Ref{Kind: rental.Asset, Key: "1"})
	if len(past.Pending) != 1 || past.Pending[0].Date != "2026-11-22" || past.Pending[0].Record.Text(rental.Identifier) != "S-9" {
		t.Errorf("got %+v", past.Pending)
	}
	if s := past.Sayings[0]; s.Since != "" || s.Missed != "" {
		t.Errorf("got %+v, want nothing of the run that has not closed", s)
	}
}

func TestWhoRefersToSomethingIsListedAndCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.night("2026-11-21",
		contract("C", said{rental.CustomerRef: "K"}), customer("K2", said{rental.SameAs: "K"}),
		item("C/1", said{rental.ContractRef: "C", rental.AssetRef: "1"}), item("C/2", said{rental.ContractRef: "C", rental.AssetRef: "1"}))

	for name, c := range map[string]struct {
		to   rental.Ref
		from rental.Kind
		all  int
	}{
		"items of a contract":     {rental.Ref{Kind: rental.Contract, Key: "C"}, rental.Item, 2},
		"items of an asset":       {rental.Ref{Kind: rental.Asset, Key: "1"}, rental.Item, 2},
		"contracts of a customer": {rental.Ref{Kind: rental.Customer, Key: "K"}, rental.Contract, 1},
		"merged customers":        {rental.Ref{Kind: rental.Customer, Key: "K"}, rental.Customer, 1},
		"somebody unknown":        {rental.Ref{Kind: rental.Contract, Key: "D"}, rental.Item, 0},
	} {
		list, all, err := w.explained().Referring(t.Context(), flow, c.to, c.from, 1)
		if err != nil || all != c.all || len(list) != min(all, 1) {
			t.Errorf("%s: got %d of %d, %v; want one of %d", name, len(list), all, err, c.all)
		}
	}

	known, err := w.explained().Namesakes(t.Context(), flow, "K")
	if err != nil || len(known) != 1 || known[0].Kind != rental.Customer || known[0].Named {
		t.Errorf("got %+v, %v; want a customer whom others only refer to", known, err)
	}
	if keys := all(t, w.explained().Keys(t.Context(), flow)); len(keys) != 6 {
		t.Errorf("got keys %v", keys)
	}
}

func TestRemarksAreToldOfWhomTheySpeak(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	r := w.open("2026-11-21")
	b := w.batch(r, asset("47", said{rental.Identifier: "S-1"}), asset("4711", said{rental.Identifier: "S-2"}))
	b.Warnings = []pipeline.Warning{{Delivery: deliveryOf(r), Fault: pipeline.Fault{What: "asset 4711 stands on 2 open items at the same time"}}}
	b.Rejects = []pipeline.Reject{{Delivery: deliveryOf(r), Cells: []string{"4711", "x"}, Faults: []pipeline.Fault{{What: "no date"}}}}
	b.Parked = []pipeline.ParkedCode{{Delivery: deliveryOf(r), Parked: pipeline.Parked{Ref: rental.Ref{Kind: rental.Asset, Key: "47"}, Field: rental.RentalStatus, Column: "S", Code: "Q"}}}
	w.must(w.Stage(t.Context(), b))
	w.close(r)

	for key, want := range map[string][]string{"4711": {"warning", "rejected"}, "47": {"parked"}} {
		list, err := w.explained().Remarks(t.Context(), flow, rental.Ref{Kind: rental.Asset, Key: key})
		w.must(err)
		var got []string
		for _, m := range list {
			got = append(got, m.What)
		}
		if len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("asset %s: got %v, want %v", key, got, want)
		}
	}
}
