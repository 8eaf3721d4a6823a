package main

import "testing"

func TestALateChangeDoesNotUndoWhatALaterFileSaidAgain(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	again := map[string]string{"FLEET_20261122.csv": wholeNight["FLEET_20261120.csv"]}
	y.drop(t, again)
	y.once(t, 0)

	y.drop(t, movesNight) // of the 21st: asset 3 is in repair, and it has a name
	y.once(t, 0)
	if got := y.irisHolds(t)["S-3"]; got != "AVAILABLE" {
		t.Errorf("IRIS holds %q, although the file of the 22nd says AVAILABLE", got)
	}

	y.drop(t, map[string]string{"MOVES_20261123_1.csv": "NO,NAME,STATUS\n3,Lift,IN_REPAIR\n"})
	y.once(t, 0)
	if got := y.irisHolds(t)["S-3"]; got != "IN_REPAIR" {
		t.Errorf("IRIS holds %q of what changed in time", got)
	}
}
