package main

import "testing"

const branchHeader = "CONTRACT,NO,BRANCH,OUT\n"

// A rental moves from the south to the north. From then on the south's files say
// nothing of it, also on a night on which the north's is late.
func TestARentalThatHasMovedIsTheOtherBranchesToName(t *testing.T) {
	t.Parallel()
	b := newBranchFlow(t, "@")
	b.night(t, "20261121", branchHeader+"C1,S-01,south,2026-11-01\n", branchHeader+"C2,S-02,north,2026-11-01\n")
	b.night(t, "20261122", branchHeader, branchHeader+"C2,S-02,north,2026-11-01\nC1,S-01,north,2026-11-01\n")

	b.write(t, "inbox/south_20261123.csv", branchHeader)
	b.once(t)
	if got := b.ends(t, "S-01"); got != "" {
		t.Errorf("the south's file ended the north's rental on %s", got)
	}
	b.write(t, "inbox/north_20261123.csv", branchHeader+"C2,S-02,north,2026-11-01\n")
	b.once(t)
	if got, want := b.ends(t, "S-01"), "2026-11-23"; got != want {
		t.Errorf("the north no longer names it, and it ends %q, want %q", got, want)
	}
}

// The branches' files come in runs of their own: the rental is away until the
// north's first file that names it, and not once a night.
func TestARentalThatHasMovedDoesNotEndAgainEveryNight(t *testing.T) {
	t.Parallel()
	b := newBranchFlow(t, "@")
	b.night(t, "20261121", branchHeader+"C1,S-01,south,2026-11-01\n", branchHeader+"C2,S-02,north,2026-11-01\n")
	for _, date := range []string{"20261122", "20261123", "20261124"} {
		b.write(t, "inbox/south_"+date+".csv", branchHeader)
		b.once(t)
		b.write(t, "inbox/north_"+date+".csv", branchHeader+"C2,S-02,north,2026-11-01\nC1,S-01,north,2026-11-01\n")
		b.once(t)
	}
	if sent := b.simulator.History("S-01"); len(sent) != 3 {
		t.Errorf("S-01 was sent %d times, want out, ended and out again: %s", len(sent), sent)
	}
}
