package journal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// due lists what a run has to do with, and puts it back.
func (w *world) due(r pipeline.Run) []string {
	w.t.Helper()
	due := w.lease(r, "look")
	w.must(w.EndLeases(w.t.Context()))
	return assetsOf(due)
}

// parts are what the documents of a run are made of, by asset.
func (w *world) parts(r pipeline.Run) map[string]rental.Parts {
	w.t.Helper()
	parts := map[string]rental.Parts{}
	for _, k := range w.known(w.lease(r, "look")...) {
		parts[k.Asset] = k.Parts
	}
	w.must(w.EndLeases(w.t.Context()))
	return parts
}

func (w *world) expect(what string, want, got any) {
	w.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// merged is a yard whose customer C1 is the same as C3 by way of C2.
func merged() []rental.Entity {
	return append(yard(),
		customer("C1", said{rental.Name: "Bau AG", rental.SameAs: "C2"}),
		customer("C2", said{rental.Name: "Tief GmbH", rental.SameAs: "C3"}))
}

func TestACustomerThatOthersAreTheSameAsTouchesAssetsThroughTheirOpenItems(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		name string
		says rental.Entity
		want []string
	}{
		{"who it is the same as changes", customer("C1", said{rental.SameAs: "C9"}), []string{"A1", "A2"}},
		{"one on the way changes, and has contracts of its own", customer("C2", said{rental.Name: "Tiefbau GmbH"}), []string{"A1", "A2", "A4", "A5"}},
		{"the last on the way arrives", customer("C3", said{rental.Name: "Konzern SE"}), []string{"A1", "A2", "A4", "A5"}},
		{"a stranger changes", customer("C9", said{rental.Name: "Fremd KG"}), []string{}},
	} {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			first, _ := w.night("2026-11-20", merged()...)
			w.work(first, pipeline.Matched)
			r, _ := w.night("2026-11-20", rule.says)
			w.expect("touched", rule.want, w.due(r))
		})
	}
}

func TestCustomersThatAreTheSameInACircleTouchAssetsOnceAndEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", append(merged(), customer("C3", said{rental.SameAs: "C1"}))...)
	w.work(first, pipeline.Matched)
	r, _ := w.night("2026-11-20", customer("C3", said{rental.Name: "Konzern SE"}))
	w.expect("touched", []string{"A1", "A2", "A4", "A5"}, w.due(r))
	if p := w.parts(r)["A1"]; len(p.Customers) != 3 {
		t.Errorf("the document is made of customers %v, want all of the circle", p.Customers)
	}
}

func TestADocumentIsMadeOfAllCustomersThatAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", append(merged(), customer("C3", said{rental.Name: "Konzern SE"}))...)
	p := w.parts(r)["A1"]
	d, err := rental.Assembly{}.Document(&p)
	w.must(err)
	name, _ := d.Items[0].Customer.Get(rental.Name)
	w.expect("the customer", []string{"C3", "Konzern SE"}, []string{d.Items[0].Customer.Reference, name.Text})
}

func TestAnAssetThatNoFileNamesGivesWayToItsTwinUntilItIsNamedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-10", yard()...)
	w.work(first, pipeline.Matched)
	missing := func(date string) pipeline.Run {
		r := w.open(date)
		w.miss(r, "m", rental.Asset, hashOf(rental.Ref{Kind: rental.Asset, Key: "T1"}), hashOf(rental.Ref{Kind: rental.Asset, Key: "A9"}))
		w.close(r)
		return r
	}

	r := missing("2026-11-11")
	w.expect("the night it is gone touches it and its twin", []string{"T1", "T2"}, w.due(r))
	p := w.parts(r)
	w.expect("the twin of the live one", []rental.Twin{{Key: "T1", Gone: true}}, p["T2"].Twins)
	w.expect("the gone one", "2026-11-11", p["T1"].Gone)
	w.expect("the live one", "", p["T2"].Gone)
	w.work(r, pipeline.Matched)

	r = missing("2026-11-12")
	w.expect("another night without it touches nothing", []string{}, w.due(r))
	w.done(r)

	r, _ = w.night("2026-11-13", asset("T1", said{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "same", rental.RentalStatus: "ON_RENT"}))
	w.expect("named again it touches both", []string{"T1", "T2"}, w.due(r))
	w.expect("its twin is a live one again", []rental.Twin{{Key: "T1"}}, w.parts(r)["T2"].Twins)
	w.work(r, pipeline.Matched)

	w.work(missing("2026-11-14"), pipeline.Matched)
	r = w.open("2026-11-15")
	absent := all(t, w.Unnamed(t.Context(), flow, r.ID, "m", rental.Asset, []uint64{hashOf(rental.Ref{Kind: rental.Asset, Key: "T1"})}, true))
	absent[0].Found = true
	w.must(w.Miss(t.Context(), flow, r.ID, "m", absent))
	w.close(r)
	w.expect("a row that shows but its key is enough", []rental.Twin{{Key: "T1"}}, w.parts(r)["T2"].Twins)
}

func TestTwoAssetsThatACrosswalkGivesOneIdAreTwins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-10", yard()...)
	w.work(first, pipeline.Matched)

	r, _ := w.night("2026-11-11", asset("A1", said{rental.AssetID: "6F0C-1"}))
	w.expect("the first touches itself", []string{"A1"}, w.due(r))
	w.work(r, pipeline.Matched)
	r, _ = w.night("2026-11-12", asset("A2", said{rental.AssetID: "6f0c-1"}))
	w.expect("the second touches both", []string{"A1", "A2"}, w.due(r))
	w.expect("twins", []rental.Twin{{Key: "A2"}}, w.parts(r)["A1"].Twins)
	w.work(r, pipeline.Matched)

	r, _ = w.night("2026-11-13", asset("T1", said{rental.AssetID: "other"}))
	w.expect("an id of its own parts twins", []string{"T1", "T2"}, w.due(r))
	if p := w.parts(r)["T2"]; p.Twins != nil {
		t.Errorf("twins %v, want none", p.Twins)
	}
}

// succeed stages that an item's key stands for another rental.
func (w *world) succeed(r pipeline.Run, key string, says said) {
	w.t.Helper()
	e := item(key, says)
	now, prior, err := w.Records(w.t.Context(), flow, r.ID, []rental.Ref{e.Ref})
	w.must(err)
	have, before := now[e.Ref], prior[e.Ref]
	former, next := have.Succeed(&e, deliveryOf(r), r.BusinessDate, func(day, _ string) rental.Value {
		return rental.Value{Type: rental.Instant, Text: day + "T22:59:59Z"}
	})
	next = rental.Merge(&next, &e, deliveryOf(r))
	b := &pipeline.Batch{Flow: flow, Run: r.ID, Delivery: deliveryOf(r), Mapping: "m"}
	for _, st := range []pipeline.Staged{{Record: former, Former: key}, {Record: next, Said: saidOf(&e)}} {
		st.Class, _ = rental.Compare(&before, &st.Record)
		st.Changed = true
		b.Entities = append(b.Entities, st)
	}
	w.must(w.Stage(w.t.Context(), b))
}

// accept lets the account take all that is due in a run, with its items, and ends it.
func (w *world) accept(r pipeline.Run) {
	w.t.Helper()
	due := w.lease(r, "w")
	var list []pipeline.Settlement
	for _, k := range w.known(due...) {
		s := pipeline.Settlement{Due: k.Due, Outcome: pipeline.Matched, Sent: true, Accepted: digestOf("x"), Whole: digestOf("y"), Items: map[string]rental.Digest{}}
		s.Answer = pipeline.Answer{Outcome: pipeline.Matched, Status: 200}
		for i := range k.Parts.Items {
			s.Items[k.Parts.Items[i].Key] = k.Parts.Items[i].Digest()
		}
		list = append(list, s)
	}
	w.must(w.Settle(w.t.Context(), "w", account, profile, list))
	w.done(r)
}

// accepted tells, by key, which items of an asset the account holds as they are.
func accepted(p rental.Parts) map[string]bool {
	holds := map[string]bool{}
	for i := range p.Items {
		holds[p.Items[i].Key] = !p.Items[i].Accepted.IsZero() && p.Items[i].Accepted == p.Items[i].Digest()
	}
	return holds
}

func TestWhatWasAcceptedOfARentalStaysWithItWhenItsKeyIsUsedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-10", yard()...)
	w.accept(first)
	ended, _ := w.night("2026-11-11", item("I4", said{rental.OffRentDate: "2026-11-11T22:59:59Z"}))
	w.accept(ended)

	r := w.open("2026-11-20")
	w.succeed(r, "I4", said{rental.OnRentDate: "2026-11-20T06:00:00Z"})
	w.close(r)
	w.expect("what the account holds as it is", map[string]bool{"I4~1": true, "I4": false}, accepted(w.parts(r)["A4"]))
	for _, i := range w.parts(r)["A4"].Items {
		if i.Key == "I4" && !i.Accepted.IsZero() {
			t.Error("the next rental begins as one that the account has taken")
		}
	}
	w.accept(r)

	r = w.open("2026-11-21") // and once more, to another asset
	w.succeed(r, "I4", said{rental.AssetRef: "A9"})
	w.close(r)
	w.expect("touched", []string{"A4", "A9"}, w.due(r))
	w.expect("on the asset it left", map[string]bool{"I4~1": true, "I4~2": false}, accepted(w.parts(r)["A4"]))
	w.accept(r)
	w.expect("the account was told", map[string]bool{"I4~1": true, "I4~2": true}, accepted(w.look("2026-11-22", "A4")))
}

// look touches an asset and shows its parts.
func (w *world) look(date, key string) rental.Parts {
	w.t.Helper()
	r := w.open(date)
	if _, err := w.Offer(w.t.Context(), r, []string{key}); err != nil {
		w.t.Fatal(err)
	}
	return w.parts(r)[key]
}

func TestAKeyThatIsUsedTwiceMoreInOneNightLeavesWhatWasAcceptedWithTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-10", yard()...)
	w.accept(first)

	r := w.open("2026-11-20")
	w.succeed(r, "I4", said{rental.AssetRef: "A9"})
	w.succeed(r, "I4", said{rental.AssetRef: "A8"})
	w.close(r)
	for key, want := range map[string]map[string]bool{"A4": {"I4~1": true}, "A9": {"I4~2": false}, "A8": {"I4": false, "I8": true}} {
		got := map[string]bool{}
		for _, i := range w.parts(r)[key].Items {
			got[i.Key] = !i.Accepted.IsZero()
		}
		w.expect("on "+key+" the account has heard of", want, got)
	}
}

func TestAContractCountsWhatVanishedByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", yard()...)
	w.work(first, pipeline.Matched)

	r := w.open("2026-11-21")
	ref := rental.Ref{Kind: rental.Item, Key: "I8"}
	now, _, err := w.Records(t.Context(), flow, r.ID, []rental.Ref{ref})
	w.must(err)
	have := now[ref]
	gone := rental.EndUnnamed(&have, "2026-11-21", "d", nil, overAt)
	w.must(w.Stage(t.Context(), &pipeline.Batch{Flow: flow, Run: r.ID, Entities: []pipeline.Staged{{Record: gone, Changed: true, Class: rental.Closings}}}))
	w.close(r)

	w.expect("touched, with the contract's others", []string{"A7", "A8"}, w.due(r))
	k := w.parts(r)["A8"].Contracts["K4"]
	w.expect("open, ahead, over and vanished", [4]int{0, 1, 0, 1}, [4]int{k.Open, k.Ahead, k.Ended, k.Vanished})
}

func overAt(day, _ string) rental.Value {
	return rental.Value{Type: rental.Instant, Text: day + "T22:59:59Z"}
}

func TestAPersonApprovesAnAccountBesideTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", fleet()...)
	due := w.lease(r, "w")
	w.must(w.Settle(t.Context(), "w", account, profile, []pipeline.Settlement{{Due: due[0], Outcome: pipeline.Held, Why: "identifier changed"}}))
	w.reopen() // nobody works on the others
	if _, err := w.SettleAll(t.Context(), r.ID, pipeline.Held, "never sent anything"); err != nil {
		t.Fatal(err)
	}
	w.done(r)
	w.expect("held", []pipeline.HeldDocument{
		{Asset: "A1", Why: "identifier changed", Run: r.ID},
		{Asset: "A2", Why: "never sent anything", Run: r.ID, Account: true},
		{Asset: "A3", Why: "never sent anything", Run: r.ID, Account: true},
	}, all(t, w.HeldDocuments(t.Context(), flow)))

	beside, err := journal.OpenBeside(t.Context(), journal.Options{Path: w.store.(*journal.Journal).Path()})
	w.must(err)
	defer func() { w.must(beside.Close()) }()
	n, err := beside.ApproveAccount(t.Context(), flow, account, profile)
	w.must(err)
	w.expect("what waited for that", 2, n)
	for of, want := range map[[2]string]bool{{account, profile}: true, {account, "other"}: false, {"other", profile}: false} {
		yes, err := w.Approved(t.Context(), flow, of[0], of[1])
		w.must(err)
		w.expect("approved", want, yes)
	}
	left, err := w.Leftover(t.Context(), flow)
	w.must(err)
	w.expect("left", pipeline.Left{Due: 2, Held: 1}, left)

	n, err = beside.ApproveDocuments(t.Context(), flow, []string{"A1", "A2", "nobody"})
	w.must(err)
	w.expect("documents that waited for what they say", 1, n)
	left, err = w.Leftover(t.Context(), flow)
	w.must(err)
	w.expect("left then", pipeline.Left{Due: 3}, left)
}

func TestAnApprovalDoesNotCoverWhatALaterNightSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", fleet()...)
	due := w.lease(r, "w")
	w.settle("w", pipeline.Held, due...)
	w.done(r)
	n, err := w.ApproveDocuments(t.Context(), flow, assetsOf(due))
	w.must(err)
	w.expect("approved", 3, n)

	r, _ = w.night("2026-11-21", asset("A1", said{rental.Identifier: "another"}))
	approved := map[string]bool{}
	for _, d := range w.lease(r, "w") {
		approved[d.Asset] = d.Approved
	}
	w.expect("approved still", map[string]bool{"A1": false, "A2": true, "A3": true}, approved)
}

func TestAnIdentifierIsRememberedPerAccountHoweverDocumentsWereSpelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", fleet()...)
	due := w.lease(r, "w")
	w.settle("w", pipeline.Matched, due[0])
	w.settle("w", pipeline.Rejected, due[1])

	found := func(account, profile string, d pipeline.Due) string {
		list, err := w.Known(t.Context(), []pipeline.Due{d}, account, profile)
		w.must(err)
		return list[0].FoundBy
	}
	w.expect("an asset that was accepted", "SERIAL_NUMBER SN-"+due[0].Asset, found(account, profile, due[0]))
	w.expect("in another profile", "SERIAL_NUMBER SN-"+due[0].Asset, found(account, "other", due[0]))
	w.expect("in another account", "", found("other", profile, due[0]))
	w.expect("one that was refused", "", found(account, profile, due[1]))
}

func TestWhatIsOfferedAgainIsOfferedOnceAPeriod(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", fleet()...)
	w.work(first, pipeline.Unmatched) // at second 1
	count := func(second int64) int {
		n, err := w.Unmatched(t.Context(), flow, account, profile, time.Unix(second, 0))
		w.must(err)
		return n
	}
	offer := func(r pipeline.Run, second int64) int {
		n, err := w.OfferUnmatched(t.Context(), r, account, profile, time.Unix(second, 0), time.Unix(second, 0).Add(time.Minute))
		w.must(err)
		return n
	}
	w.expect("not long enough", 0, count(1))
	w.expect("long enough", 3, count(2))

	r, _ := w.night("2026-11-21", asset("A1", said{rental.RentalStatus: "IN_REPAIR"}))
	w.expect("offered beside what is due anyway", 2, offer(r, 2))
	w.expect("offered again before anything was sent", 0, offer(r, 2))
	w.expect("looked at meanwhile", 0, count(2))
	w.reopen()
	for _, d := range w.lease(r, "w") {
		if !d.Offered {
			t.Errorf("asset %s would not be sent unchanged", d.Asset)
		}
	}
	w.must(w.EndLeases(t.Context()))
	w.work(r, pipeline.Waiting) // none could be sent
	w.expect("whatever became of it", 0, count(2))
	w.expect("a period later", 3, count(120))

	r = w.open("2026-11-22")
	w.expect("offered", 3, offer(r, 120))
	w.work(r, pipeline.Matched)
	w.expect("once the account knows them", 0, count(1000))
}

func TestAFleetIsOfferedOnceToEachAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	cutover := func(account, profile string) bool {
		yes, err := w.Cutover(t.Context(), flow, account, profile)
		w.must(err)
		return yes
	}
	if cutover(account, profile) {
		t.Error("a flow without a night has a fleet to offer")
	}
	r, _ := w.night("2026-11-20", fleet()...)
	w.expect("before anybody was served", true, cutover(account, profile))
	n, err := w.OfferFleet(t.Context(), r, account, profile)
	w.must(err)
	w.expect("beside what is due anyway", 0, n)
	w.work(r, pipeline.Rejected)
	w.expect("served, though it refused all", false, cutover(account, profile))
	w.expect("another account", true, cutover("other", profile))
	w.expect("another profile", true, cutover(account, "other"))

	r = w.open("2026-11-21")
	n, err = w.OfferFleet(t.Context(), r, "other", profile)
	w.must(err)
	w.expect("to another account goes all", 3, n)
	w.expect("the other is served now", false, cutover("other", profile))
	w.expect("and back is another cutover", true, cutover(account, profile))
}

func TestAJournalThatNeverToldWhomItServesServesWhoeverHasAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	r, _ := w.night("2026-11-20", fleet()...)
	w.work(r, pipeline.Matched)
	yes, err := w.Cutover(t.Context(), flow, account, profile)
	w.must(err)
	w.expect("cutover", false, yes)
}

func TestTheRentalThatASwapEndsGoesBeforeTheOneThatItBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", yard()...)
	w.accept(first)

	r := w.open("2026-11-20")
	w.stage(r, customer("C1", said{rental.Name: "Hochbau AG"}), asset("A2", said{rental.RentalStatus: "IN_REPAIR"}))
	w.succeed(r, "I5", said{rental.AssetRef: "A4"})
	w.close(r)
	var order []string
	for _, d := range w.lease(r, "w") {
		order = append(order, d.Asset)
	}
	w.expect("closings, then statuses and openings, then the rest", []string{"A5", "A2", "A4", "A1"}, order)
}

func TestTimeAloneChangesNoDigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	first, _ := w.night("2026-11-20", yard()...)
	w.accept(first)
	reached, _ := w.night("2026-12-31") // no reservation lies ahead of it
	w.accept(reached)
	r := w.open("2026-12-31")
	w.succeed(r, "I4", said{rental.AssetRef: "A9"})
	w.close(r)
	w.accept(r)

	digest := func(date, key string) rental.Digest {
		p := w.look(date, key)
		d, err := rental.Assembly{}.Document(&p)
		w.must(err)
		if d.Closing() {
			t.Errorf("%s: what the account has taken of asset %s is sent again", date, key)
		}
		return d.FullDigest()
	}
	for _, key := range []string{"A4", "A5", "A9"} {
		before := digest("2026-12-31", key)
		later, closed := w.night("2027-05-01")
		w.expect("due half a year later", 0, closed.Due)
		w.done(later)
		if digest("2027-05-01", key) != before {
			t.Errorf("the document of asset %s is another one half a year later", key)
		}
	}
}
