package rental_test

import (
	"testing"

	"rentalsync/pipeline/rental"
)

// shown is a rental whose planned end, on the 15th, is shown as its end.
func shown() *rental.Record {
	return hired(cells{rental.AssetRef: "4711", rental.OnRentDate: "2026-11-01", rental.DueDate: "2026-11-15", rental.OffRent: "planned"})
}

func TestAPlanEndsNoRental(t *testing.T) {
	t.Parallel()
	item := shown()
	if item.Ended() {
		t.Error("the rental is over because a plan said so")
	}
	moved, _ := rental.MoveOn(item, "ON_RENT", "2026-11-20", "second")
	if moved.Ended() {
		t.Error("the rental is over because its plan moved on")
	}
}

func TestAPlannedEndIsShownOnlyWhereTheMappingSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		item *rental.Record
		want string
	}{
		"the mapping shows plans": {shown(), "2026-11-15"},
		"it does not":             {hired(cells{rental.DueDate: "2026-11-15", rental.OffRent: "actual"}), ""},
		"it says nothing of it":   {hired(cells{rental.DueDate: "2026-11-15"}), ""},
		"there is no plan":        {hired(cells{rental.DueDate: "", rental.OffRent: "planned"}), ""},
		"the rental is over":      {hired(cells{rental.DueDate: "2026-11-15", rental.OffRent: "planned", rental.OffRentDate: "2026-11-14"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			end, has := c.item.Planned()
			if has != (c.want != "") || end.Day() != c.want {
				t.Errorf("shown %t on %q, want %q", has, end.Day(), c.want)
			}
		})
	}
}

func TestAPlannedEndMovesOnWhileTheAssetIsOnRent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status, date, want string // want is "" where nothing moves
	}{
		"overdue and on rent":           {"ON_RENT", "2026-11-20", "2026-11-21"},
		"due today and on rent":         {"ON_RENT", "2026-11-15", "2026-11-16"},
		"not due yet":                   {"ON_RENT", "2026-11-14", ""},
		"overdue and back":              {"RETURNED", "2026-11-20", ""},
		"overdue and nobody knows more": {"", "2026-11-20", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			moved, late := rental.MoveOn(shown(), c.status, c.date, "second")
			if late != (c.want != "") {
				t.Fatalf("moved %t, want %q", late, c.want)
			}
			if !late {
				return
			}
			end, _ := moved.Planned()
			if want := c.want + "T07:00:00Z"; end.Text != want {
				t.Errorf("planned to end at %s, want %s", end.Text, want)
			}
			wantRule(t, &moved, rental.PlannedEnd, "still ON_RENT on "+c.date)
		})
	}
}

func TestAPlanThatMovedOnMovesOnAgainTheNextNight(t *testing.T) {
	t.Parallel()
	first, _ := rental.MoveOn(shown(), "ON_RENT", "2026-11-20", "second")
	again, late := rental.MoveOn(&first, "ON_RENT", "2026-11-20", "second")
	if late {
		t.Errorf("it moved twice in one night: %+v", again.Fields)
	}
	second, late := rental.MoveOn(&first, "ON_RENT", "2026-11-21", "third")
	if end, _ := second.Planned(); !late || end.Day() != "2026-11-22" {
		t.Errorf("planned to end on %s", end.Day())
	}
}

func TestANewPlanBeatsTheOneThatMovedOn(t *testing.T) {
	t.Parallel()
	moved, _ := rental.MoveOn(shown(), "ON_RENT", "2026-11-20", "second")
	extended := rental.Merge(&moved, row(cells{rental.DueDate: "2026-12-24"}), "third")

	if end, _ := extended.Planned(); end.Day() != "2026-12-24" {
		t.Errorf("planned to end on %s, want the new due date", end.Day())
	}
}
