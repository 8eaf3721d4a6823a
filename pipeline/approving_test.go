package pipeline_test

import (
	"errors"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// runner is what works the yard when no file comes.
func (y *yard) runner() *pipeline.Runner {
	return &pipeline.Runner{
		Flow: "yard", Dispatcher: y.worker, Deliveries: y.journal, Dispatches: y.journal, Now: y.worker.Now, Log: y.worker.Log,
		Publisher: &pipeline.Publisher{Journal: y.journal, Deliveries: y.journal, Now: y.worker.Now},
	}
}

// look works what is left when no file has come, and tells what became of it;
// nil when there was nothing to do.
func (y *yard) look() totals {
	y.t.Helper()
	runs, err := y.runner().Leftover(y.t.Context())
	y.must(err)
	if len(runs) == 0 {
		return nil
	}
	sum := totals{}
	for _, facts := range runs {
		for o, n := range facts.Documents {
			if n > 0 {
				sum[o] += n
			}
		}
	}
	return sum
}

// serials closes a run in which assets that are on rent have serial numbers.
func (y *yard) serials(numbers map[string]string) pipeline.Run {
	y.t.Helper()
	assets := map[string]map[rental.Field]string{}
	for key, number := range numbers {
		assets[key] = map[rental.Field]string{rental.Identifier: number}
	}
	return y.tell(assets)
}

func (y *yard) approve(want int, assets ...string) {
	y.t.Helper()
	n, err := y.journal.ApproveDocuments(y.t.Context(), "yard", assets)
	y.must(err)
	y.expect("documents that were approved", want, n)
}

func (y *yard) heldDocuments() []pipeline.HeldDocument {
	y.t.Helper()
	var list []pipeline.HeldDocument
	for h, err := range y.journal.HeldDocuments(y.t.Context(), "yard") {
		y.must(err)
		list = append(list, h)
	}
	return list
}

func unmatched(string) (pipeline.Answer, error) {
	return pipeline.Answer{Outcome: pipeline.Unmatched, Status: 404}, nil
}

func stopped(string) (pipeline.Answer, error) {
	return pipeline.Answer{}, &pipeline.Stopped{Account: "one", Cause: errors.New("invalid_client")}
}

func TestAChangedIdentifierIsHeldUntilAPersonApprovesIt(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "X 1", "2": "X 2"}))
	y.sink.sent()

	y.expect("the night it changes", totals{pipeline.Held: 1, pipeline.Matched: 1}, y.work(y.serials(map[string]string{"1": "Y 9", "2": "x-2"})))
	y.expect("only another spelling goes", []string{"2"}, y.sink.sent())
	y.expect("why", []pipeline.HeldDocument{{
		Asset: "1", Run: "run2",
		Why: "identifier changed from SERIAL_NUMBER X 1 to SERIAL_NUMBER Y 9; approve it with rentalsync approve 1, or correct the ERP",
	}}, y.heldDocuments())
	y.expect("without a decision", totals(nil), y.look())
	y.expect("with the next night", totals{pipeline.Held: 1}, y.work(y.serials(nil)))

	y.approve(1, "1")
	y.expect("once it is approved", totals{pipeline.Matched: 1}, y.look())
	y.expect("what was sent then", []string{"1"}, y.sink.sent())
	y.expect("what is held now", []pipeline.HeldDocument(nil), y.heldDocuments())
	y.expect("another change of it", totals{pipeline.Matched: 1},
		y.work(y.tell(map[string]map[rental.Field]string{"1": {rental.RentalStatus: "RETURNED"}})))
}

func TestAnIdentifierThatIsCorrectedInTheERPGoesAsUsual(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "X 1"}))
	y.expect("by mistake", totals{pipeline.Held: 1}, y.work(y.serials(map[string]string{"1": "Y 9"})))
	y.expect("corrected", totals{pipeline.Unchanged: 1}, y.work(y.serials(map[string]string{"1": "X 1"})))
	y.expect("what is held", []pipeline.HeldDocument(nil), y.heldDocuments())
}

func TestAnApprovalCoversNoOtherIdentifier(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "X 1"}))
	y.work(y.serials(map[string]string{"1": "Y 9"}))
	y.approve(1, "1")
	y.expect("a third one", totals{pipeline.Held: 1}, y.work(y.serials(map[string]string{"1": "Z 5"})))
}

func TestAnApprovalLastsUntilTheDocumentHasArrived(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "X 1"}))
	y.work(y.serials(map[string]string{"1": "Y 9"}))
	y.approve(1, "1")
	y.sink.answer = stopped
	y.expect("the account takes nothing", totals{pipeline.Deferred: 1}, y.look())
	y.sink.answer = matched
	y.expect("with the next night", totals{pipeline.Matched: 1}, y.work(y.serials(nil)))
}

func TestAnIdThatACrosswalkGivesIsNoChangeThatIsHeld(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "X 1"}))
	y.expect("the crosswalk", totals{pipeline.Matched: 1}, y.work(y.tell(map[string]map[rental.Field]string{"1": {rental.AssetID: "6f0c"}})))
	y.expect("without it", totals{pipeline.Held: 1}, y.work(y.tell(map[string]map[rental.Field]string{"1": {rental.AssetID: ""}})))
}

func TestAFleetIsHeldWithEachNightUntilItsAccountIsApproved(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.worker.Hold = true
	y.expect("the first night", totals{pipeline.Held: 2}, y.work(y.serials(map[string]string{"1": "A", "2": "B"})))
	y.expect("looked at without a file", totals(nil), y.look())
	y.expect("the second", totals{pipeline.Held: 3}, y.work(y.serials(map[string]string{"3": "C"})))
	y.expect("the third", totals{pipeline.Held: 3}, y.work(y.serials(nil)))

	n, err := y.journal.ApproveAccount(t.Context(), "yard", "another", "plain")
	y.must(err)
	y.expect("released for another account", 3, n)
	y.expect("which this one is not", totals{pipeline.Held: 3}, y.look())
	n, err = y.journal.ApproveAccount(t.Context(), "yard", "one", "plain")
	y.must(err)
	y.expect("released", 3, n)
	y.expect("once it is approved", totals{pipeline.Matched: 3}, y.look())
	y.expect("what was sent", []string{"1", "2", "3"}, y.sink.sent())
	y.expect("afterwards", totals(nil), y.look())
}

func TestWhatIsHeldForWhatItSaysStaysHeldWhenAnAccountIsApproved(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "X 1"}))
	y.work(y.serials(map[string]string{"1": "Y 9"}))
	n, err := y.journal.ApproveAccount(t.Context(), "yard", "one", "plain")
	y.must(err)
	y.expect("released", 0, n)
	y.expect("without a decision on it", totals(nil), y.look())
}

func TestWhatTheAccountDidNotKnowIsSentAgainOnceAPeriod(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	const week = 7 * 24 * time.Hour
	y.now = y.now.Add(-5 * week) // leases go by the journal's clock
	y.sink.answer = unmatched
	y.expect("unknown at first", totals{pipeline.Unmatched: 1}, y.work(y.serials(map[string]string{"1": "A"})))
	y.now = y.now.Add(week + time.Hour)
	y.expect("without a clock", totals(nil), y.look())

	y.worker.Reoffer = week
	y.sink.sent()
	y.expect("a week later, although nothing changed and no file came", totals{pipeline.Unmatched: 1}, y.look())
	y.expect("what was sent", []string{"1"}, y.sink.sent())
	y.expect("right after", totals(nil), y.look())
	y.now = y.now.Add(week - time.Hour)
	y.expect("before the week is over", totals(nil), y.look())

	y.now = y.now.Add(2 * time.Hour)
	y.sink.answer = matched
	y.expect("with a night that says nothing of it", totals{pipeline.Matched: 2}, y.work(y.serials(map[string]string{"2": "B"})))
	y.now = y.now.Add(2 * week)
	y.expect("once the account knows it", totals(nil), y.look())
}

func TestWhatIsOfferedAgainAndCannotBeSentIsNotOfferedAllTheTime(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.worker.Reoffer = time.Hour
	y.sink.answer = unmatched
	y.work(y.serials(map[string]string{"1": "A"}))
	y.work(y.serials(map[string]string{"2": "a"})) // a twin: neither is sent
	y.now = y.now.Add(2 * time.Hour)
	y.expect("an hour later", totals{pipeline.Rejected: 1}, y.look())
	y.expect("right after", totals(nil), y.look())
}

func TestWhatIsOfferedAgainIsNotLostWhenTheAccountTakesNothing(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.worker.Reoffer = time.Hour
	y.now = y.now.Add(-3 * time.Hour) // leases go by the journal's clock
	y.sink.answer = unmatched
	y.work(y.serials(map[string]string{"1": "A"}))
	y.now = y.now.Add(2 * time.Hour)
	y.sink.answer = stopped
	y.expect("the account takes nothing", totals{pipeline.Deferred: 1}, y.look())
	y.sink.answer = matched
	y.expect("with the next night", totals{pipeline.Matched: 1}, y.work(y.serials(nil)))
}

func TestTheFleetGoesToAnotherAccountWithoutAnyFile(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "A", "2": "B"}))
	y.expect("to the one that has it", totals(nil), y.look())
	y.sink.sent()

	y.sink.account = "two"
	y.sink.answer = func(string) (pipeline.Answer, error) {
		return pipeline.Answer{Outcome: pipeline.Rejected, Status: 400}, nil
	}
	y.expect("another account", totals{pipeline.Rejected: 2}, y.look())
	y.expect("what was sent", []string{"1", "2"}, y.sink.sent())
	y.expect("not on and on, although it accepted nothing", totals(nil), y.look())

	y.sink.account, y.sink.answer = "one", matched
	y.expect("back again, where nothing changed", totals{pipeline.Unchanged: 2}, y.look())
	y.expect("once", totals(nil), y.look())
}

func TestACutoverIsHeldUntilTheOtherAccountIsApproved(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.work(y.serials(map[string]string{"1": "A", "2": "B"}))
	y.sink.sent()

	y.sink.account, y.worker.Hold = "two", true
	y.expect("another account", totals{pipeline.Held: 2}, y.look())
	y.expect("not on and on", totals(nil), y.look())
	y.expect("what was sent", []string(nil), y.sink.sent())
	_, err := y.journal.ApproveAccount(t.Context(), "yard", "two", "plain")
	y.must(err)
	y.expect("once it is approved", totals{pipeline.Matched: 2}, y.look())
}
