package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

const (
	assetRows = "NO,STATUS\n1,ON_RENT\n2,ON_RENT\n"
	itemRows  = "NO,ASSET,CONTRACT,OUT\nL1,1,K1,2026-11-01\nL2,2,K2,2026-11-02\n"
)

// newSet is a depot whose nights are assets and items, which wait for two hours.
func newSet(t *testing.T, hold bool) *depot {
	t.Helper()
	d := newDepot(t)
	d.intake.Set = pipeline.Set{Needs: []string{"assets", "items"}, Within: 2 * time.Hour, Hold: hold}
	return d
}

func TestTheFilesOfANightWaitForEachOther(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.put("assets_20261121.csv", assetRows)
	d.expect("the first file", d.once(), []string{"assets_20261121.csv waits for items of 2026-11-21 until 03:00"})

	d.later(90 * time.Minute)
	result, err := d.runner().Once(t.Context())
	d.must(err)
	if !result.NeedsAttention() {
		t.Error("a night that waits is nobody's concern; want that once ends with 3")
	}

	d.put("items_20261121.csv", itemRows)
	d.expect("with the second", d.once(), []string{"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv acked"})
}

func TestWhatCameWithASetWaitsWithIt(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.put("assets_20261121.csv", assetRows)
	d.put("moves_20261121_1.csv", "NO,STATUS\n2,IN_REPAIR\n")
	d.put("moves_20261120_1.csv", "NO,STATUS\n2,RETURNED\n")
	d.expect("a night that waits", d.once(), []string{
		"2026-11-20 done, moves_20261120_1.csv acked",
		"assets_20261121.csv waits for items of 2026-11-21 until 03:00",
		"moves_20261121_1.csv waits for items of 2026-11-21 until 03:00",
	})
	d.put("items_20261121.csv", itemRows)
	d.expect("a night that is whole", d.once(), []string{
		"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv acked, moves_20261121_1.csv acked",
	})
	d.expect("what applied last", d.holds(rental.Asset, "2", rental.RentalStatus), "IN_REPAIR")
	d.put("moves_20261121_2.csv", "NO,STATUS\n2,RETURNED\n")
	d.expect("without a set", d.once(), []string{"2026-11-21 done, moves_20261121_2.csv acked"})
}

func TestANightThatIsNotWholeInTimeIsWorkedAndSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.put("assets_20261121.csv", assetRows)
	d.put("items_20261121.csv", itemRows)
	d.once()

	d.now = d.now.AddDate(0, 0, 1)
	d.put("assets_20261122.csv", assetRows)
	d.once()
	d.later(2 * time.Hour)
	d.expect("at the deadline", d.once(), []string{"2026-11-22 done, assets_20261122.csv acked, lacks items"})
	d.expect("the report", d.warnings(), []string{"the night is not whole: no file of items that could be read has come for 2026-11-22"})

	d.later(time.Hour)
	d.put("items_20261122.csv", "NO,ASSET,CONTRACT,OUT\nL1,1,K1,2026-11-01\n")
	d.expect("the file that comes late", d.once(), []string{"2026-11-22 done, items_20261122.csv acked"})
	d.expect("a rental that it names", d.holds(rental.Item, "L1", rental.OffRentDate), "")
	d.expect("a rental that it does not name", d.holds(rental.Item, "L2", rental.OffRentDate), "2026-11-22T12:00:00Z")
}

func TestWhatAMissingFileMayNameDoesNotEnd(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.intake.Set.Needs = []string{"items", "west"}
	d.put("items_20261121.csv", itemRows)
	d.put("west_20261121.csv", "NO,ASSET,CONTRACT,OUT\nL3,3,K3,2026-11-03\n")
	d.expect("a whole night", d.once(), []string{"2026-11-21 done, items_20261121.csv acked, west_20261121.csv acked"})

	d.now = d.now.AddDate(0, 0, 1)
	d.put("items_20261122.csv", "NO,ASSET,CONTRACT,OUT\nL1,1,K1,2026-11-01\n")
	d.once()
	d.later(2 * time.Hour)
	d.expect("a night that lacks a branch", d.once(), []string{"2026-11-22 done, items_20261122.csv acked, lacks west"})
	d.expect("a rental that may have moved there", d.holds(rental.Item, "L2", rental.OffRentDate), "")

	d.put("west_20261122.csv", "NO,ASSET,CONTRACT,OUT\nL2,2,K2,2026-11-02\nL3,3,K3,2026-11-03\n")
	d.expect("the branch comes", d.once(), []string{"2026-11-22 done, west_20261122.csv acked"})
	d.expect("the rental that has moved", d.holds(rental.Item, "L2", rental.OffRentDate), "")

	d.now = d.now.AddDate(0, 0, 1)
	d.put("items_20261123.csv", "NO,ASSET,CONTRACT,OUT\nL1,1,K1,2026-11-01\n")
	d.put("west_20261123.csv", "NO,ASSET,CONTRACT,OUT\nL3,3,K3,2026-11-03\n")
	d.once()
	d.expect("a rental that nobody names in a whole night", d.holds(rental.Item, "L2", rental.OffRentDate), "2026-11-23T12:00:00Z")
}

func TestAHeldNightGoesItsWayWhenTheMissingFileComes(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	d.put("assets_20261121.csv", assetRows)
	d.put("moves_20261121_1.csv", "NO,STATUS\n2,IN_REPAIR\n")
	d.once()
	d.later(2 * time.Hour)
	d.expect("at the deadline", d.once(), []string{"2026-11-21 held, assets_20261121.csv staged, moves_20261121_1.csv staged, lacks items"})
	held := d.lastRun()
	if want := "no file of items that could be read has come for 2026-11-21, 2 hours after the first file of the night"; held.Reason != want {
		t.Errorf("it is held because %q, want %q", held.Reason, want)
	}
	if page := d.pages.all["yard_2026-11-21_"+held.ID+".held.txt"]; !strings.Contains(page, "joins this night") {
		t.Errorf("the page does not say what the missing file would do:\n%s", page)
	}

	d.put("assets_20261121.csv", assetRows)
	d.expect("the same file again", d.once(), []string{"2026-11-21 duplicate, assets_20261121.csv duplicate"})
	d.put("moves_20261122_1.csv", "NO,STATUS\n1,IN_REPAIR\n")
	d.put("items_20261121.csv", itemRows)
	d.expect("the missing file", d.once(), []string{
		"2026-11-21 superseded, lacks items",
		"2026-11-21 done, assets_20261121.csv acked, moves_20261121_1.csv acked, items_20261121.csv acked",
		"2026-11-22 done, moves_20261122_1.csv acked",
	})
	if page := d.pages.all["yard_2026-11-21_"+held.ID+".held.txt"]; !strings.Contains(page, "replaced by the same night with the file that it lacked") {
		t.Errorf("the page does not say how it ended:\n%s", page)
	}
	d.expect("nothing is in hand", len(d.shelf.claimed), 0)
	d.expect("what the register holds", d.holds(rental.Item, "L1", rental.AssetRef)+" "+d.holds(rental.Asset, "2", rental.RentalStatus), "1 IN_REPAIR")
}

func TestAPersonMayHaveANightWorkedThatIsNotWhole(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	d.intake.Set.Needs = append(d.intake.Set.Needs, "west")
	d.put("assets_20261121.csv", assetRows)
	d.once()
	d.later(2 * time.Hour)
	d.expect("at the deadline", d.once(), []string{"2026-11-21 held, assets_20261121.csv staged, lacks items west"})

	d.put("items_20261121.csv", itemRows)
	d.expect("one of two comes", d.once(), []string{
		"2026-11-21 superseded, lacks items west",
		"2026-11-21 held, assets_20261121.csv staged, items_20261121.csv staged, lacks west",
	})
	d.must(d.journal.Decide(t.Context(), d.lastRun(), pipeline.Approve, d.now))
	d.expect("it is approved", d.once(), []string{"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv acked, lacks west"})

	d.put("west_20261121.csv", "NO,ASSET,CONTRACT,OUT\nL3,3,K3,2026-11-03\n")
	d.expect("the other comes after all", d.once(), []string{"2026-11-21 done, west_20261121.csv acked"})
}

func TestANewerWholeNightReplacesOneThatIsHeldForAMissingFile(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	d.put("assets_20261121.csv", assetRows)
	d.once()
	d.later(2 * time.Hour)
	d.once()
	d.put("assets_20261122.csv", assetRows)
	d.expect("half of the next night", d.once(), []string{"assets_20261122.csv waits for items of 2026-11-22 until 05:00"})
	d.put("items_20261122.csv", itemRows)
	d.expect("the next night", d.once(), []string{
		"2026-11-21 superseded, assets_20261121.csv superseded, lacks items",
		"2026-11-22 done, assets_20261122.csv acked, items_20261122.csv acked",
	})
}

func TestAFileThatCannotBeReadIsMissingFromItsSet(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	d.put("assets_20261121.csv", assetRows)
	d.put("items_20261121.csv", "LINE\nL1\n")
	d.expect("both have come", d.once(), []string{"2026-11-21 held, assets_20261121.csv staged, items_20261121.csv quarantined, lacks items"})
	if _, lies := d.shelf.kept["quarantine/items_20261121.csv"]; !lies {
		t.Error("the bad file does not lie in the quarantine, where the page of the held night sends people")
	}
	d.put("items_20261121.csv", itemRows)
	d.expect("a better one comes", d.once(), []string{
		"2026-11-21 superseded, lacks items",
		"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv quarantined, items_20261121.csv acked",
	})
}

func TestAFileThatStaysIncompleteIsNoMemberOfItsSet(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.put("assets_20261121.csv", assetRows)
	d.put("items_20261121.csv", itemRows+halfway)
	d.expect("at first", d.once(), []string{"items_20261121.csv its end is missing", "assets_20261121.csv waits for items of 2026-11-21 until 03:00"})
	d.later(45 * time.Minute)
	d.expect("when it is late", d.once(), []string{
		"2026-11-21 failed, items_20261121.csv quarantined",
		"assets_20261121.csv waits for items of 2026-11-21 until 03:00",
	})
	d.put("items_20261121.csv", itemRows)
	d.expect("when it has come whole", d.once(), []string{"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv acked"})
}

func TestTheSameContentOnANewDateCompletesItsSet(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	for _, day := range []string{"20261121", "20261122"} {
		d.put("assets_"+day+".csv", assetRows)
		d.put("items_"+day+".csv", itemRows)
		got := d.once()
		if len(got) != 1 || strings.Contains(got[0], "lacks") || strings.Contains(got[0], "duplicate") {
			t.Errorf("the night of %s: %v", day, got)
		}
	}
	d.put("items_20261122.csv", itemRows)
	d.expect("the same file once more", d.once(), []string{"2026-11-22 duplicate, items_20261122.csv duplicate"})
	d.put("assets_20261122.csv", assetRows+"3,AVAILABLE\n")
	d.expect("a better file for a night that was whole", d.once(), []string{"2026-11-22 done, assets_20261122.csv acked"})
}

func TestFilesThatSayNoDateAreOfTheNightThatBeganBeforeMidnight(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.now = time.Date(2026, 11, 21, 23, 40, 0, 0, time.UTC)
	d.put("assets.csv", assetRows)
	d.expect("before midnight", d.once(), []string{"assets.csv waits for items of 2026-11-21 until 2026-11-22 01:40"})
	d.later(40 * time.Minute)
	d.expect("after midnight", d.once(), []string{"assets.csv waits for items of 2026-11-21 until 01:40"})
	d.put("items.csv", itemRows)
	d.expect("when it is whole", d.once(), []string{"2026-11-21 done, assets.csv acked, items.csv acked"})
}

func TestADeathWhileANightIsClaimedLeavesOneRun(t *testing.T) {
	t.Parallel()
	d := newSet(t, false)
	d.put("assets_20261121.csv", assetRows)
	d.put("items_20261121.csv", itemRows)
	d.shelf.stuck = "items_20261121.csv"
	if _, err := d.runner().Once(context.WithoutCancel(t.Context())); err == nil {
		t.Fatal("a claim that failed went unnoticed")
	}
	d.shelf.stuck = ""
	d.expect("the next process", d.once(), []string{"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv acked"})
}

func TestABetterCopyOfAFileThatCouldNotBeReadSaysAllThatItWouldHave(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	d.put("assets_20261120.csv", assetRows)
	d.put("items_20261120.csv", itemRows)
	d.once()

	d.put("assets_20261121.csv", assetRows)
	d.once()
	d.later(2 * time.Hour)
	d.once()
	d.put("items_20261121.csv", "no header of ours\n")
	d.once()
	d.put("items_20261121.csv", "NO,ASSET,CONTRACT,OUT\nL1,1,K1,2026-11-01\n")
	d.expect("the better copy", d.once(), []string{
		"2026-11-21 superseded, lacks items",
		"2026-11-21 done, assets_20261121.csv acked, items_20261121.csv quarantined, items_20261121.csv acked",
	})
	d.expect("a rental that it does not name", d.holds(rental.Item, "L2", rental.OffRentDate), "2026-11-21T12:00:00Z")
}

func TestAFileThatAPersonHasWorkedAgainWaitsForNoOther(t *testing.T) {
	t.Parallel()
	d := newSet(t, true)
	d.put("assets_20261121.csv", assetRows)
	d.put("items_20261121.csv", itemRows)
	d.once()
	revert := pipeline.Run{ID: "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", Flow: "yard", BusinessDate: "2026-11-21", State: pipeline.RunStaging, OpenedAt: d.now, Reverts: true}
	d.must(d.journal.Revert(t.Context(), revert))
	r := d.runner()
	r.Reverter = &pipeline.Reverter{Journal: d.journal, Stage: d.journal, Log: d.intake.Log}
	_, err := r.Once(t.Context())
	d.must(err)

	for _, name := range []string{"items_20261121.csv", "assets_20261121.csv"} {
		of, err := d.runner().InArchive(t.Context(), d.journal, name)
		d.must(err)
		d.must(d.runner().WorkWhole(t.Context(), d.journal, of))
		d.expect(name, d.once(), []string{"2026-11-21 done, " + name + " acked"})
	}
}
