package main

import "testing"

func TestALateFileOfChangesSetsOnlyWhatNoLaterOneHasSet(t *testing.T) {
	t.Parallel()
	feeds := newFeeds(3, "what changed")
	h := newHouse(t, 3, feeds)
	tell := func(night int, rows ...ruleRow) {
		h.work(t, []*ruleFile{{feed: feeds[0], tag: "ALL", date: day(night), sequence: night, rows: rows}})
	}
	tell(0, ruleRow{machine: "001", status: "ON_RENT"}, ruleRow{machine: "002", status: "ON_RENT"})
	tell(2, ruleRow{machine: "001", status: "AVAILABLE"})
	tell(1, ruleRow{machine: "001", status: "IN_REPAIR"}, ruleRow{machine: "002", status: "IN_REPAIR"})

	for serial, want := range map[string]string{"SN-001": "AVAILABLE", "SN-002": "IN_REPAIR"} {
		if held, _ := h.held(t, serial); held.RentalStatus != want {
			t.Errorf("%s is %s, want %s", serial, held.RentalStatus, want)
		}
	}
}
