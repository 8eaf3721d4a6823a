package journal_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// TestNoDocumentChangesWithoutBeingDue works random nights and compares the
// document of every asset before and after each: whatever the rules of touching
// say, a document that is another now has to be due. On the way it settles
// documents at random, and the totals of every run have to add up to what
// closing it said.
func TestNoDocumentChangesWithoutBeingDue(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short asks for quick tests, and this one works some hundred nights")
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, time.Minute)
		defer func() { w.must(w.Close()) }()
		m := model{world: w, rt: rt, closed: map[string]pipeline.Closed{}}

		day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		m.work(day.Format(time.DateOnly), everything(rt))
		for range rapid.IntRange(1, 5).Draw(rt, "nights") {
			day = day.AddDate(0, 0, rapid.IntRange(0, 2).Draw(rt, "days"))
			m.work(day.Format(time.DateOnly), rapid.SliceOfN(rapid.Custom(drawChange), 0, 3).Draw(rt, "says"))
		}
		for _, r := range m.working {
			m.finish(r)
		}
		m.checkTotals()
		m.clean()
	})
}

// model is a world whose nights are drawn.
type model struct {
	*world
	rt      *rapid.T
	working []pipeline.Run
	closed  map[string]pipeline.Closed // by run
}

// work is one night: the ERP says something, the run closes, and is worked to its
// end or left for the next ones to overtake.
func (m *model) work(date string, says []rental.Entity) {
	before := m.documents()
	r := m.open(date)
	for i := range says {
		m.stage(r, says[i])
	}
	m.closed[r.ID] = m.close(r)

	due := map[string]bool{}
	list, err := m.Lease(m.t.Context(), r.ID, "looker", 100)
	m.must(err)
	for _, d := range list {
		due[d.Asset] = true
	}
	m.settleAll("looker", list)
	for asset, is := range m.documents() {
		if is != before[asset] && !due[asset] {
			m.rt.Fatalf("%s: the document of %s became\n%s\nafter\n%s\nand is not due", r.ID, asset, is, before[asset])
		}
	}
	if rapid.Bool().Draw(m.rt, "finish") {
		m.finish(r)
		return
	}
	m.working = append(m.working, r)
}

// documents spells the document of every asset, or why there is none.
func (m *model) documents() map[string]string {
	due := make([]pipeline.Due, modelSize(rental.Asset))
	for i := range due {
		due[i] = pipeline.Due{Flow: flow, Asset: fmt.Sprintf("A%d", i)}
	}
	spelled := map[string]string{}
	for _, k := range m.known(due...) {
		doc, err := rental.Assembly{}.Document(&k.Parts)
		if err != nil {
			spelled[k.Asset] = err.Error()
			continue
		}
		spelled[k.Asset] = fmt.Sprint(values(doc.Asset.Fields))
		for _, i := range doc.Items {
			if !i.Ended { // ended ones leave by acceptance
				spelled[k.Asset] += fmt.Sprintf("\n%s %v %v", i.Key, values(i.Fields), values(i.Contract.Fields))
				if i.Customer != nil {
					spelled[k.Asset] += fmt.Sprint(values(i.Customer.Fields))
				}
			}
		}
	}
	return spelled
}

func values(fields []rental.FieldValue) (list []string) {
	for _, f := range fields {
		list = append(list, string(f.Field)+"="+f.Value.Text)
	}
	return list
}

// finish works a run until nothing of it is due.
func (m *model) finish(r pipeline.Run) {
	for {
		due := m.lease(r, "w")
		if len(due) == 0 {
			break
		}
		m.settleAll("w", due)
	}
	m.done(r)
}

func (m *model) settleAll(owner string, due []pipeline.Due) {
	for _, d := range due {
		m.sending(owner, d)
		outcome := rapid.SampledFrom(pipeline.Outcomes()[:7]).Draw(m.rt, "outcome")
		if outcome != pipeline.Deferred {
			m.settle(owner, outcome, d)
			continue
		}
		later := time.Now().Add(time.Duration(rapid.IntRange(-1, 1).Draw(m.rt, "later")) * time.Hour)
		m.must(m.Settle(m.t.Context(), owner, account, profile, []pipeline.Settlement{{Due: d, Outcome: outcome, Next: later}}))
	}
}

// checkTotals asks every run whether its documents add up.
func (m *model) checkTotals() {
	for n := range m.nights {
		r := pipeline.Run{ID: fmt.Sprintf("run-%03d", n+1)}
		f, said := m.facts(r), m.closed[r.ID]
		if f.Documents.Assembled() != said.Due || f.CarriedIn != said.CarriedIn {
			m.rt.Fatalf("%s: %d documents, %d carried in; closing said %+v", r.ID, f.Documents.Assembled(), f.CarriedIn, said)
		}
		if err := f.Rows.Check(); err != nil {
			m.rt.Fatal(err)
		}
	}
}

// modelSize is how many of each kind the model's business has.
func modelSize(kind rental.Kind) int {
	return map[rental.Kind]int{rental.Depot: 4, rental.Customer: 2, rental.Contract: 3, rental.Item: 6, rental.Asset: 5}[kind]
}

// everything is what the ERP has, drawn whole.
func everything(rt *rapid.T) (list []rental.Entity) {
	for _, kind := range rental.Kinds() {
		for i := range modelSize(kind) {
			list = append(list, drawOne(rt, kind, i, true))
		}
	}
	return list
}

// drawChange draws what a row might say anew of one entity.
func drawChange(rt *rapid.T) rental.Entity {
	kind := rapid.SampledFrom(rental.Kinds()).Draw(rt, "kind")
	return drawOne(rt, kind, rapid.IntRange(0, modelSize(kind)-1).Draw(rt, "number"), false)
}

// drawOne draws one entity, with all of its fields or some. A value that is
// listed twice is drawn twice as often.
func drawOne(rt *rapid.T, kind rental.Kind, number int, whole bool) rental.Entity {
	s := said{}
	field := func(f rental.Field, of ...string) {
		if whole || rapid.IntRange(0, 2).Draw(rt, "says "+string(f)) == 0 {
			s[f] = rapid.SampledFrom(of).Draw(rt, string(f))
		}
	}

	switch kind {
	case rental.Asset:
		field(rental.Identifier, fmt.Sprint(number), fmt.Sprint(number), fmt.Sprint(number), "0-1")
		field(rental.RentalStatus, "ON_RENT", "RETURNED")
		field(rental.OwningDepot, "D0", "D1", "")
	case rental.Item:
		field(rental.AssetRef, "A0", "A1", "A2", "A3", "A4", "")
		field(rental.ContractRef, "K0", "K1", "K2")
		field(rental.OnRentDate, "2026-11-10T06:00:00Z", "2026-12-24T06:00:00Z")
		field(rental.OffRentDate, "", "", "", "2026-11-12T06:00:00Z")
		field(rental.HiringDepot, "D1", "D2", "")
	case rental.Contract:
		field(rental.CustomerRef, "C0", "C1", "")
		field(rental.ContractStatus, "", "", "OPEN")
		field(rental.HiringDepot, "D2", "D3", "")
	case rental.Customer:
		field(rental.Name, "Bau", "Tief", "Hoch")
	case rental.Depot:
		field(rental.SiteID, "", "site-1", "site-2")
	}
	return entity(kind, fmt.Sprintf("%c%d", " DCKIA"[kind], number), s)
}
