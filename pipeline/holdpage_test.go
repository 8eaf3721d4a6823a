package pipeline_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func heldNight() (pipeline.Run, []pipeline.Delivery, pipeline.RowTotals, []pipeline.Breach) {
	run := pipeline.Run{ID: "01KAQ", Flow: "hamburg", BusinessDate: "2026-11-22", State: pipeline.RunHeld}
	deliveries := []pipeline.Delivery{
		{Name: "GERAETE_20261122.csv", State: pipeline.DeliveryStaged, Rows: pipeline.RowTotals{Read: 488, Mapped: 486, Skipped: 1, Rejected: 1}},
		{Name: "KUNDEN_20261122.csv", State: pipeline.DeliveryQuarantined, Reason: "column KdNr is missing"},
	}
	breaches := []pipeline.Breach{{
		Gate: "assetsGone", What: "412 of 900 assets are no longer named (45.8 %); the limit is 5 %",
		Hint:     "the file is truncated, a filter was set in the export, or the file of a branch is missing",
		Examples: []string{"4711", "4712"},
	}}
	return run, deliveries, deliveries[0].Rows, breaches
}

func TestThePageOfAHoldTellsAWokenPersonWhatToDo(t *testing.T) {
	t.Parallel()
	want := `rentalsync holds the night of 2026-11-22 of flow hamburg

Neither the register nor IRIS was changed by it, and nothing will be until
somebody decides.

What it would change
  assetsGone: 412 of 900 assets are no longer named (45.8 %); the limit is
  5 %.
      The file is truncated, a filter was set in the export, or the file of a
      branch is missing.
      For example 4711, 4712.

What was read
  GERAETE_20261122.csv: 488 rows
  KUNDEN_20261122.csv: not read, column KdNr is missing
  Together 488 rows: 486 mapped, 1 skipped, 1 rejected.

What to do
  rentalsync approve 01KAQ
      The night is right: it becomes true, and what it changes is sent.
  rentalsync discard 01KAQ
      The night is wrong: it is forgotten. Let the ERP write its files again.

If nobody decides
  A newer complete night replaces this one. Files that hold only changes wait
  behind it until then, and so do the portals of the customers.
`
	run, deliveries, rows, breaches := heldNight()
	if diff := cmp.Diff(want, pipeline.HoldPage(run, deliveries, rows, breaches)); diff != "" {
		t.Errorf("the page is another (-want +got):\n%s", diff)
	}
}

func TestAPageNeverBreaksANumberFromItsUnit(t *testing.T) {
	t.Parallel()
	run, _, rows, breaches := heldNight()
	for range 80 {
		breaches[0].What = "x" + breaches[0].What
		page := pipeline.HoldPage(run, nil, rows, breaches)
		for line := range strings.Lines(page) {
			if strings.HasPrefix(strings.TrimSpace(line), "%") {
				t.Fatalf("a line begins with the unit:\n%s", page)
			}
		}
	}
}

func TestANightThatIsHeldForAnotherReasonTellsIt(t *testing.T) {
	t.Parallel()
	run, deliveries, rows, _ := heldNight()
	run.Reason = "hamburg-items never came"
	if page := pipeline.HoldPage(run, deliveries, rows, nil); !strings.Contains(page, run.Reason) {
		t.Errorf("the page does not tell why:\n%s", page)
	}
}

func TestThePageOfNightsThatAreTakenBackSaysSo(t *testing.T) {
	t.Parallel()
	run, _, _, breaches := heldNight()
	run.Reverts = true
	page := pipeline.HoldPage(run, nil, pipeline.RowTotals{}, breaches)
	for _, want := range []string{
		"rentalsync holds the taking back of the nights from 2026-11-22 on of flow hamburg",
		"somebody asked to take back the nights from 2026-11-22 on", "The nights are taken back, and", "The nights stay as they are",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "replaces") {
		t.Errorf("newer nights wait behind it, and none takes its place:\n%s", page)
	}
}

func TestThePageForProgramsSpellsNamesAsPeopleDo(t *testing.T) {
	t.Parallel()
	run, deliveries, rows, breaches := heldNight()
	breaches[0].Examples = []string{"C7 Hoch & Tief"}
	text, err := pipeline.HoldJSON(run, deliveries, rows, breaches)
	if err != nil || !strings.Contains(string(text), "C7 Hoch & Tief") {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestThePageOfAHoldIsThereForProgramsToo(t *testing.T) {
	t.Parallel()
	text, err := pipeline.HoldJSON(heldNight())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}

	want := map[string]any{
		"flow": "hamburg", "run": "01KAQ", "businessDate": "2026-11-22", "state": "held",
		"subject": "rentalsync holds the night of 2026-11-22 of flow hamburg",
		"breaches": []any{map[string]any{
			"gate": "assetsGone", "what": "412 of 900 assets are no longer named (45.8 %); the limit is 5 %",
			"hint":     "the file is truncated, a filter was set in the export, or the file of a branch is missing",
			"examples": []any{"4711", "4712"},
		}},
		"deliveries": []any{
			map[string]any{"name": "GERAETE_20261122.csv", "read": 488.0, "state": "staged"},
			map[string]any{"name": "KUNDEN_20261122.csv", "read": 0.0, "state": "quarantined", "reason": "column KdNr is missing"},
		},
		"rows":    map[string]any{"read": 488.0, "mapped": 486.0, "skipped": 1.0, "rejected": 1.0},
		"approve": "rentalsync approve 01KAQ", "discard": "rentalsync discard 01KAQ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the JSON is another (-want +got):\n%s", diff)
	}
}

func TestANoticeCarriesThePage(t *testing.T) {
	t.Parallel()
	run, deliveries, rows, breaches := heldNight()
	notice := pipeline.HoldNotice(run, deliveries, rows, breaches)
	if notice.Text != pipeline.HoldPage(run, deliveries, rows, breaches) || notice.Run != run.ID || len(notice.Breaches) != 1 ||
		notice.Subject != "rentalsync holds the night of 2026-11-22 of flow hamburg" {
		t.Errorf("got %+v", notice)
	}
}

func TestAPageOfForgottenFilesDoesNotSayThatTheyWereEmpty(t *testing.T) {
	t.Parallel()
	run, _, _, breaches := heldNight()
	breaches[0].Examples = []string{"700 O'Hare Concrete, Inc."}
	page := pipeline.HoldPage(run, nil, pipeline.RowTotals{}, breaches)
	if strings.Contains(page, "0 rows") || !strings.Contains(page, "Concrete, Inc.\n") {
		t.Errorf("the page is\n%s", page)
	}
}
