package journal

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoStatementReadsAllOfABigTable asks the database how it would run what is
// run every night or for every document: it has to go by an index in each of the
// tables that grow with the fleet.
func TestNoStatementReadsAllOfABigTable(t *testing.T) {
	t.Parallel()
	j, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "journal.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })

	in := placeholders(6, 250)
	err = j.write(t.Context(), func(ctx context.Context, s session) error {
		for _, text := range touchTables {
			if _, err := s.exec(ctx, text); err != nil {
				return err
			}
		}
		for name, text := range map[string]string{
			"find names": findNames + in, "add said": sqlite.rows(addSaid, 1, 7), "staged records": stagedRecords + in,
			"last asset": touchLastAsset, "twins": touchTwins, "left contracts": stirLast, "contracts": stirNext,
			"assets": touchItself, "item's asset": touchAsset, "by contract": touchByContract, "by customer": touchByCustomer,
			"gone": touchGone, "back": touchBack, "mark gone": markGone, "mark back": markBack, "move accepted": moveAccepted, "forget accepted": forgetAccepted,
			"found as": fmt.Sprintf(foundAs, in), "unmatched": countUnmatched, "offer unmatched": offerUnmatched, "remind": remindUnmatched,
			"approve": approveDocument, "cutover": isCutover, "mark offered": markOffered, "just offered": justOffered,
			"owned": touchOwned, "hired": touchHired, "hired by contract": touchHiredByContract, "stirred": touchStirred, "begun": stirBegun,
			"open items": fmt.Sprintf(openItemsOf, in), "overdue": overdueItems, "crowded": crowdedAssets, "nights missed": nightsMissed, "miss": missSaid,
			"flip": flip, "history": markHistory, "changed": countChanged, "overtake": overtake,
			"lease": lease, "leased to": leasedTo, "dispatch of": dispatchOf, "hold": settleOutcomes,
			"parts": partsByNumber + in, "twins of": fmt.Sprintf(twinsOf, in), "items of": fmt.Sprintf(itemsOf, in),
			"tally": fmt.Sprintf(tallyOf, in), "answers": answersOf + in,
			"unfinished deliveries": unfinishedDeliveries, "came": came, "newest number": newestNumbered, "following": following, "same delivery": sameDelivery, "count rows": countRows, "count documents": countDocuments,
			"since": since, "open rows": openRows, "rejected rows": rejectedRows + inOrder, "rejected row": rejectedRows + thisOne, "parked codes": allParked,
			"deliveries named": deliveriesNamed, "deliveries at": deliveriesAt, "replaying": isReplaying, "in hand": isInHand,
			"further counts": countFurther, "outcomes": allOutcomes, "rejects": allRejects, "depots": someDepots,
			"due custom values": dueCustom, "changed custom values": changedCustom, "offered custom values": offeredCustom, "held custom values": heldCustom + in,
			"pending before": pendingBefore, "refused": anyRefused, "deferred": anyDeferred, "refused again": againCustom,
			"count custom values": countCustom, "custom values": allCustom, "custom values of": customOf,
			"next listing": nextListing, "now listed": nowListed, "count listed": countListed, "clear listing": clearListing, "unlist": unlist,
			"all listed": allListed, "listed by": oneListedBy, "listed with id": oneListed,
			"listed references": fmt.Sprintf(listedIDs, "reference", in), "listed serials": fmt.Sprintf(listedIDs, "serial", in),
			"still unmatched": stillUnmatched, "unmatched ends": unmatchedEnds, "now lists unmatched": nowListsUnmatched,
			"all unmatched": allUnmatched, "one unmatched": oneUnmatched, "count unmatched now": countUnmatchedNow, "ended unmatched": endedUnmatched,
			"offer listed": offerListed, "remind listed": remindListed, "offered listed": offeredListed,
			"spellings of": fmt.Sprintf(spellingsOf, in), "all spellings": allSpellings, "settle custom": customLater, "note drift": noteDrift,
			"layout number": layoutNumber, "layout before": layoutBefore, "count due": countDue,
			"fleet items": fleetItems, "depot uses": depotUses, "register": registerOf,
			"sweep records": `DELETE FROM record WHERE id` + fmt.Sprintf(sweepThese, "prior") + sweepUnused, "sweep": sweepStaged, "sweep settled": sweepSettled,
		} {
			plan, err := planOf(ctx, s, text)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for _, line := range plan {
				if scansBigTable(line) {
					t.Errorf("%s: %s", name, strings.Join(plan, "\n\t"))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func planOf(ctx context.Context, s session, text string) (plan []string, err error) {
	with := make([]any, 255) // as many as the longest IN list asks for
	for i := range with {
		with[i] = i
	}
	err = s.each(ctx, "EXPLAIN QUERY PLAN "+text, with, func(scan func(...any) error) error {
		var id, parent, unused int
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		plan = append(plan, detail)
		return err
	})
	return plan, err
}

// scansBigTable reports whether a line of a plan reads a table from end to end;
// scanning what a transaction gathered, or a subquery's result, is fine.
func scansBigTable(line string) bool {
	rest, scans := strings.CutPrefix(line, "SCAN ")
	if !scans {
		return false
	}
	table, _, _ := strings.Cut(rest, " ")
	switch table {
	case "t", "touched", "who", "newly", "n", "p", "x", "rows_parked", "CONSTANT":
		return false
	}
	return true
}
