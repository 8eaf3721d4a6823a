package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// writes counts how often sightings were written.
type writes struct {
	pipeline.DeliveryJournal
	n int
}

func (w *writes) Sight(ctx context.Context, flow string, news []pipeline.Sighting, gone []string) error {
	w.n++
	return w.DeliveryJournal.Sight(ctx, flow, news, gone)
}

func TestAProcessThatIsStartedEveryFewMinutesIsAsPatientAsOneThatRuns(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.intake.Incomplete = 30 * time.Minute
	d.put("assets_20261121.csv", assetRows+halfway)
	for minute := 0; minute < 30; minute += 5 {
		d.expect(fmt.Sprintf("after %d minutes", minute), d.once(), []string{"assets_20261121.csv its end is missing"})
		d.later(5 * time.Minute)
	}
	d.expect("after half an hour", d.once(), []string{"2026-11-21 failed, assets_20261121.csv quarantined"})
	d.expect("why", d.shelf.ended["quarantine/assets_20261121.csv"], "incomplete: its end is missing")
}

func TestAFileThatGrowsIsGivenItsTimeAnew(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("assets_20261121.csv", assetRows+halfway)
	d.once()
	d.later(29 * time.Minute)
	d.put("assets_20261121.csv", assetRows+"3,ON_RENT\n"+halfway)
	d.once()
	d.later(29 * time.Minute)
	d.expect("an hour after it began", d.once(), []string{"assets_20261121.csv its end is missing"})
}

func TestAFileThatWasAwayIsANewOne(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	lies := dropped{assetRows + halfway, d.now}
	d.shelf.inbox["assets_20261121.csv"] = lies
	d.once()
	delete(d.shelf.inbox, "assets_20261121.csv")
	d.expect("while it is away", d.once(), []string{})
	d.later(time.Hour)
	d.shelf.inbox["assets_20261121.csv"] = lies
	d.expect("when it is back", d.once(), []string{"assets_20261121.csv its end is missing"})
}

func TestAClockThatWasSetBackMakesNoFileWaitForever(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("assets_20261121.csv", assetRows+halfway)
	d.once()
	d.later(-48 * time.Hour)
	d.once()
	d.later(31 * time.Minute)
	d.expect("half an hour later", d.once(), []string{"2026-11-21 failed, assets_20261121.csv quarantined"})
}

func TestNothingIsWrittenWhileNothingChanges(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	counted := &writes{DeliveryJournal: d.journal}
	d.intake.Deliveries = counted
	d.put("assets_20261121.csv", assetRows+halfway)
	d.put("NOTES.txt", "nobody knows it")
	for range 3 {
		_, err := d.intake.Look(t.Context())
		d.must(err)
	}
	d.expect("writes of three looks", counted.n, 1)
}

func TestABusinessDateThatLiesFarAheadDoesNotMakeRealNightsOld(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("assets_20621121.csv", assetRows)
	d.put("assets_20261122.csv", assetRows)
	d.expect("both nights", d.once(), []string{
		"2026-11-22 done, assets_20261122.csv acked",
		"2062-11-21 failed, assets_20621121.csv quarantined",
	})
	if why := d.shelf.ended["quarantine/assets_20621121.csv"]; !strings.HasPrefix(why, "business date 2062-11-21 lies more than 400 days ahead; look at the year") {
		t.Errorf("it is quarantined because %q", why)
	}
	d.put("assets_20261123.csv", assetRows)
	d.expect("the night after", d.once(), []string{"2026-11-23 done, assets_20261123.csv acked"})
}

func TestTheContentSaysTheBusinessDate(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("dated.csv", "NO,STATUS,DATE\n1,ON_RENT,2026-11-19\n2,ON_RENT,2026-11-19\n")
	d.expect("a file without a date in its name", d.once(), []string{"2026-11-19 done, dated.csv acked"})

	d.put("dated_20261121.csv", "NO,STATUS,DATE\n1,ON_RENT,2026-11-20\n")
	d.expect("a name that says another date", d.once(), []string{"2026-11-21 failed, dated_20261121.csv quarantined"})
	d.expect("why", d.shelf.ended["quarantine/dated_20261121.csv"],
		"the file's content says business date 2026-11-20, and its name says 2026-11-21; one of them is wrong: have the ERP export the night again")

	d.put("dated.csv", "NO,STATUS,DATE\n1,ON_RENT,2026-11-21\n2,ON_RENT,2026-11-22\n")
	d.expect("rows that say two dates", d.once(), []string{"2026-11-21 failed, dated.csv quarantined"})
	d.expect("why not", d.shelf.ended["quarantine/dated.csv"],
		"the file's content says business date 2026-11-22, and what stands before says 2026-11-21; one of them is wrong: have the ERP export the night again")
}

func TestWhatNoMappingKnowsInAnArchiveIsSetAsideWithItsNight(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("NIGHT.zip/assets_20261120.csv", assetRows)
	d.put("NIGHT.zip/README.txt", "hello")
	d.put("README.txt", "hello")
	d.expect("the night", d.once(), []string{
		"2026-11-20 done, NIGHT.zip/assets_20261120.csv acked, NIGHT.zip/README.txt quarantined",
		"README.txt no mapping matches the file name",
	})
	d.expect("why", d.shelf.ended["quarantine/NIGHT.zip/README.txt"],
		"no mapping knows its name; have a mapping match it, or have the ERP leave it out")
	d.expect("absence is judged all the same", d.warnings(), []string{})

	d.put("OTHER.zip/README.txt", "hello")
	d.expect("an archive of which nothing is known", d.once(), []string{
		"2026-11-21 failed, OTHER.zip/README.txt quarantined",
		"README.txt no mapping matches the file name",
	})
}

func TestAnArchiveThatIsRefusedGoesToQuarantineWithItsReason(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("items_20261120.csv", itemRows)
	d.once()
	d.put("NIGHT.zip", "a bomb")
	d.put("items_20261121.csv", "NO,ASSET,CONTRACT,OUT\nL1,1,K1,2026-11-01\n")
	d.expect("the night", d.once(), []string{"2026-11-21 done, items_20261121.csv acked, NIGHT.zip quarantined"})
	d.expect("why", d.shelf.ended["quarantine/NIGHT.zip"], "the archive unpacks to 900 GiB; have the ERP pack less")
	d.expect("a rental that it may name", d.holds(rental.Item, "L2", rental.OffRentDate), "")
}

func TestAFileWithoutRowsIsHeardAndToldOf(t *testing.T) {
	t.Parallel()
	const header = "NO,ASSET,CONTRACT,OUT\n"
	d := newDepot(t)
	d.put("items_20261119.csv", header)
	d.expect("before anything was ever open", d.once(), []string{"2026-11-19 done, items_20261119.csv acked"})
	d.expect("which is an everyday thing", d.warnings(), []string{})
	d.put("items_20261120.csv", itemRows)
	d.put("assets_20261120.csv", assetRows)
	d.once()

	d.put("items_20261121.csv", header)
	d.put("assets_20261121.csv", "NO,STATUS\n")
	d.expect("a night of empty files", d.once(), []string{"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv acked"})
	d.expect("what is said of it", d.warnings(), []string{
		"the file names no asset at all, although the files of mapping assets name every one",
		"the file names no item at all, although the files of mapping items name every open one",
	})
	d.expect("a rental", d.holds(rental.Item, "L1", rental.OffRentDate), "2026-11-21T12:00:00Z")
}

func TestALimitHoldsANightOfEmptyFiles(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.gates.Limits.OffRents = limit(t, "50%")
	d.put("items_20261120.csv", itemRows)
	d.once()
	d.put("items_20261121.csv", "NO,ASSET,CONTRACT,OUT\n")
	d.expect("a night of an empty file", d.once(), []string{"2026-11-21 held, items_20261121.csv staged"})
	d.expect("a rental", d.holds(rental.Item, "L1", rental.OffRentDate), "")
}

func TestRejectedRowsAloneEndNothing(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.put("items_20261120.csv", "NO,ASSET,CONTRACT,OUT,FAULT\nL1,1,K1,2026-11-01,\nL2,2,K2,2026-11-02,\n")
	d.once()
	d.put("items_20261121.csv", "NO,ASSET,CONTRACT,OUT,FAULT\nL1,1,K1,2026-11-01,bad\nL2,2,K2,2026-11-02,bad\n")
	d.expect("a night of bad rows", d.once(), []string{"2026-11-21 done, items_20261121.csv acked"})
	d.expect("what is said of it", d.warnings(), []string{})
	d.expect("a rental", d.holds(rental.Item, "L1", rental.OffRentDate), "")
}

func TestAnEmptyDropIsNothingToTell(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	result, err := d.runner().Once(t.Context())
	d.must(err)
	d.expect("what was done", tellAll(result), []string{})
	if result.NeedsAttention() {
		t.Error("an empty drop needs attention, want that it does not")
	}
	d.expect("how often it was tidied up", d.shelf.tended, 1)
}

func TestGapsBetweenNumberedFilesAreNamed(t *testing.T) {
	t.Parallel()
	const row = "NO,STATUS\n1,%s\n"
	d := newDepot(t)
	for _, c := range []struct {
		name string
		want []string
	}{
		{"moves_20261121_15.csv", []string{}},
		{"moves_20261121_16.csv", []string{}},
		{"moves_20261121_18.csv", []string{"number 18 came after 16: 17 is missing"}},
		{"moves_20261121_17.csv", []string{"number 17 came late, after 18: it applied only to fields not set since"}},
		{"moves_20261121_19.csv", []string{}},
		{"moves_20261122_1.csv", []string{}},
		{"moves_20261122_5.csv", []string{"number 5 came after 1: 2 to 4 are missing"}},
		{"moves_20261123_6.csv", []string{}},
		{"moves_20261124_3.csv", []string{"number 3 of 2026-11-24 came after 6 of 2026-11-23: 1 to 2 are missing"}},
		{"moves_20261120_9.csv", []string{"number 9 of 2026-11-20 came late, after 3 of 2026-11-24: it applied only to fields not set since"}},
	} {
		d.put(c.name, fmt.Sprintf(row, c.name))
		d.once()
		d.expect(c.name, d.warnings(), c.want)
	}
	d.expect("what the register holds", d.holds(rental.Asset, "1", rental.RentalStatus), "moves_20261124_3.csv")
}

func TestNumberedFilesOfOneLookAreAppliedInTheirOrder(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	for _, number := range []string{"10", "9", "12"} {
		d.put("moves_20261121_"+number+".csv", "NO,STATUS\n1,"+number+"\n")
	}
	d.once()
	d.expect("what is said of it", d.warnings(), []string{"number 12 came after 10: 11 is missing"})
	d.expect("what the register holds", d.holds(rental.Asset, "1", rental.RentalStatus), "12")
}

func TestADropThatIsAwayEndsOnceAndIsWaitedForByRun(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.shelf.away = fmt.Errorf("%w: erp.example does not answer", pipeline.ErrUnreachable)
	if _, err := d.runner().Once(t.Context()); !errors.Is(err, pipeline.ErrUnreachable) {
		t.Fatalf("once ended with %v, want %v", err, pipeline.ErrUnreachable)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d.shelf.looks = make(chan struct{})
	told, ended := make(chan string, 9), make(chan error, 1)
	go func() {
		ended <- d.runner().Run(ctx, nil, func(f pipeline.RunFacts) { told <- f.Run.BusinessDate + " " + f.Run.State.String() })
	}()
	<-d.shelf.looks
	d.shelf.wake <- struct{}{}
	<-d.shelf.looks

	d.put("assets_20261121.csv", assetRows)
	d.shelf.mu.Lock()
	d.shelf.away = nil
	d.shelf.mu.Unlock()
	d.shelf.wake <- struct{}{}
	<-d.shelf.looks
	d.expect("once it is back", <-told, "2026-11-21 done")

	cancel()
	d.must(<-ended)
	d.expect("what was logged", d.logs.all, []string{
		"the drop cannot be worked; it is tried again with every scan",
		"the drop can be looked at again",
	})
}

func TestANightThatADropBreaksOffInIsGoneOnWith(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d.put("assets_20261121.csv", assetRows)
	r := d.runner()
	r.Reached = func(point string) {
		if point == "run:staged" { // before its file comes to its last place
			d.shelf.mu.Lock()
			defer d.shelf.mu.Unlock()
			d.shelf.away = pipeline.ErrUnreachable
		}
	}
	told, ended := make(chan string, 9), make(chan error, 1)
	d.shelf.looks = make(chan struct{})
	go func() {
		ended <- r.Run(ctx, nil, func(f pipeline.RunFacts) { told <- f.Run.BusinessDate + " " + f.Run.State.String() })
	}()
	<-d.shelf.looks
	d.shelf.wake <- struct{}{} // taken once the first turn is over
	d.shelf.mu.Lock()
	d.shelf.away = nil
	d.shelf.mu.Unlock()
	select {
	case <-d.shelf.looks:
	case d.shelf.wake <- struct{}{}: // it was still away
		<-d.shelf.looks
	}
	d.expect("once it is back", <-told, "2026-11-21 done")
	cancel()
	d.must(<-ended)
}

func TestALateFileChangesNothingThatALaterOneSaidToo(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	for _, f := range []struct{ name, content string }{
		{"moves_20261121_1.csv", "NO,STATUS,NAME\n1,ON_RENT,Lift\n2,ON_RENT,Crane\n3,ON_RENT,Saw\n"},
		{"moves_20261121_3.csv", "NO,STATUS,NAME\n1,ON_RENT,Lift\n2,ON_RENT,\n"}, // again the same of 1, and of 2 its status
		{"moves_20261121_2.csv", "NO,STATUS,NAME\n1,RETURNED,Hoist\n2,RETURNED,Boom\n3,RETURNED,Blade\n"},
	} {
		d.put(f.name, f.content)
		d.once()
	}
	got := map[string]string{}
	for _, key := range []string{"1", "2", "3"} {
		got[key] = d.holds(rental.Asset, key, rental.RentalStatus) + " " + d.holds(rental.Asset, key, rental.Name)
	}
	d.expect("what the register holds", got, map[string]string{"1": "ON_RENT Lift", "2": "ON_RENT Boom", "3": "RETURNED Blade"})

	d.put("moves_20261121_4.csv", "NO,STATUS,NAME\n1,RETURNED,Hoist\n")
	d.once()
	d.expect("said once more in time", d.holds(rental.Asset, "1", rental.RentalStatus)+" "+d.holds(rental.Asset, "1", rental.Name), "RETURNED Hoist")
}

func TestALaterFileThatIsGoneKeepsNothingFromBeingWorked(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	for _, name := range []string{"moves_20261121_1.csv", "moves_20261121_3.csv"} {
		d.put(name, "NO,STATUS\n1,ON_RENT\n")
		d.once()
	}
	clear(d.shelf.kept)
	d.put("moves_20261121_2.csv", "NO,STATUS\n1,RETURNED\n")
	d.expect("the late file", d.once(), []string{"2026-11-21 done, moves_20261121_2.csv acked"})
}
