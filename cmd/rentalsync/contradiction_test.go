package main

import "testing"

// Two rows of one night say different things of a machine and nobody said how to
// settle it: the second is rejected. Its rental is out all the same.
func TestARowThatContradictsAnotherStillProvesWhatItNames(t *testing.T) {
	t.Parallel()
	b := newBranchFlow(t, "@")
	b.write(t, "mappings/fleet.yaml", `
mapping: fleet
file: {match: "FLEET_{date:YYYYMMDD}.csv", contains: full, dates: YYYY-MM-DD, timezone: UTC}
asset: {key: NO, identify: [{SERIAL_NUMBER: NO}], rentalStatus: {from: STATUS}}
contract: {key: CONTRACT}
item: {key: CONTRACT, contract: CONTRACT, asset: NO, onRentDate: OUT}
`)
	const header, first = "NO,STATUS,CONTRACT,OUT\n", "S-01,ON_RENT,C1,2026-11-01\n"
	b.write(t, "inbox/FLEET_20261121.csv", header+first+"S-01,ON_RENT,C2,2026-11-02\n")
	b.once(t)
	b.write(t, "inbox/FLEET_20261122.csv", header+first+"S-01,IN_REPAIR,C2,2026-11-02\n")
	b.once(t)

	if got := b.ends(t, "S-01"); got != "" {
		t.Errorf("a rental of S-01 ended on %s, because a rejected row said so", got)
	}
}
