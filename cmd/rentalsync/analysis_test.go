package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

// analysts is a flow whose fleet is looked at every morning for some days, after a
// night's file of it was taken.
type analysts struct {
	*fleets
	now     time.Time
	serials []string
}

// The first morning. The file is older than it, and its machines have worked since.
var firstMorning = time.Date(2026, 6, 2, 4, 30, 0, 0, time.UTC)

func newAnalysts(t *testing.T, fleet int) *analysts {
	t.Helper()
	w := &analysts{now: firstMorning}
	w.fleets = newFleets(t, "demo", iristest.Options{Fleet: fleet, Seed: 1, Now: func() time.Time { return w.now }})
	answer := httptest.NewRecorder()
	w.simulator.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/simulator/serials", nil))
	if err := json.Unmarshal(answer.Body.Bytes(), &w.serials); err != nil {
		t.Fatal(err)
	}
	return w
}

// deliver drops the night of 1 June and works it. The ERP wrote it at a time that
// says how much of what telematics tell it can be held to.
func (w *analysts) deliver(t *testing.T, written time.Time, lines ...string) {
	t.Helper()
	const header = "Gerätenr;Seriennr;Status;Niederlassung;Kundennr;Kunde;Mietvertrag;Pos;Mietbeginn;Mietende;Rückgabe;Tagesmiete;BStd"
	text := header + "\r\n" + strings.Join(lines, "\r\n") + fmt.Sprintf("\r\n*** ENDE %d ***\r\n", len(lines))
	text = strings.NewReplacer("ä", "\xe4", "ü", "\xfc").Replace(text)
	path := filepath.Join(w.dir, "koeln/inbox/GERAETE_20260601.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, written, written); err != nil {
		t.Fatal(err)
	}
	var out, talk bytes.Buffer
	if code := run([]string{"once", "-c", w.config()}, nil, &out, &talk, w.env); code != 0 && code != exitAttention {
		t.Fatalf("once: exit %d\n%s%s", code, out.String(), talk.String())
	}
}

// mornings takes a snapshot on each of some mornings, and tells what was written on
// the last.
func (w *analysts) mornings(t *testing.T, n int) []string {
	t.Helper()
	var files []string
	for range n {
		taken, err := w.take(t, "koeln", w.now)
		if err != nil {
			t.Fatal(err)
		}
		files = taken.Files
		w.now = w.now.AddDate(0, 0, 1)
	}
	return files
}

// sheet reads a sheet of the newest workbook as other programs see it.
func (w *analysts) sheet(t *testing.T, name string) []map[string]string {
	t.Helper()
	path := filepath.Join(w.dir, "koeln/outbox/latest/koeln_fleet.xlsx")
	var out, talk bytes.Buffer
	if code := run([]string{"rows", "--format", "xlsx", "--sheet", name, path}, nil, &out, &talk, w.env); code != 0 {
		t.Fatalf("rows of sheet %q: exit %d\n%s%s", name, code, out.String(), talk.String())
	}
	var rows []map[string]string
	for in := json.NewDecoder(&out); in.More(); {
		var row struct{ Cells map[string]string }
		if err := in.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row.Cells)
	}
	return rows
}

// findings are those of a sheet, "finding: ERP number".
func findings(rows []map[string]string) string {
	var all []string
	for _, row := range rows {
		all = append(all, row["Finding"]+": "+row["ERP number"])
	}
	return strings.Join(all, "\n")
}

func TestTheAnalystsWorkbookTellsWhatRegisterAndTelematicsTell(t *testing.T) {
	t.Parallel()
	w := newAnalysts(t, 12)
	line := func(i int, key, rest string) string { return key + ";" + w.serials[i] + ";" + rest }
	w.deliver(t, firstMorning.AddDate(0, 0, 4),
		line(0, "000001", "V;KLN;1;Muster Bau;MV-1;10;01.05.2026;31.12.9999;;10,00;"),
		line(7, "000002", "F;KLN;;;;;00.00.0000;00.00.0000;;10,00;"),
		line(2, "000003", "V;KLN;;;;;00.00.0000;00.00.0000;;10,00;"),
		line(3, "000004", "F;KLN;1;Muster Bau;MV-4;10;01.05.2026;31.12.9999;;10,00;"),
		line(4, "000005", "V;KLN;1;Muster Bau;MV-5;10;01.05.2026;20.05.2026;;10,00;"),
		line(5, "000006", "F;KLN;1;Muster Bau;MV-6;10;01.05.2026;31.12.9999;20.04.2026;10,00;"),
		line(6, "000007", "V;KLN;1;Muster Bau;MV-7;10;01.05.2026;31.12.9999;;10,00;99.999,0"),
		"000008;NIEMAND-1;V;KLN;1;Muster Bau;MV-8;10;01.05.2026;31.12.9999;;10,00;",
	)
	files := w.mornings(t, 6)

	fleet := w.sheet(t, "Fleet")
	if len(fleet) != 12 || fleet[0]["ERP number"] != "000001" || fleet[0]["Customer"] != "Muster Bau" || fleet[0]["Status"] != "ON_RENT" || fleet[0]["Map"] != "map" {
		t.Errorf("the fleet is %d machines, the first %v", len(fleet), fleet[0])
	}
	for sheet, want := range map[string]string{
		"Exceptions":   "Ran while not on rent: 000002\nRan while not on rent: 000006\nOff rent, not returned: 000006\nMeters apart: 000007\n" + strings.Repeat("Not in the ERP: \n", 5) + "No telematics: 000008",
		"Rental rules": "ON_RENT without a rental: 000003\nOpen rental on AVAILABLE: 000004\nEnds before it begins: 000006\nOverdue: 000005",
	} {
		if got := findings(w.sheet(t, sheet)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", sheet, got, want)
		}
	}
	for _, row := range w.sheet(t, "Reconciliation") {
		if known := row["ERP number"] != "000008" && row["Rental"] != "MV-6/10"; known && row["Difference"] != "none" || !known && row["Not compared"] != "unmatched" && row["Not compared"] != "ended before it was sent" {
			t.Errorf("reconciled: %v", row)
		}
	}
	history, err := os.ReadFile(filepath.Join(w.dir, "koeln/outbox/history/koeln_hours.csv"))
	if lines := strings.Count(string(history), "\r\n"); err != nil || lines != 1+6*12 {
		t.Errorf("the history has %d lines, %v", lines, err)
	}
	days := w.sheet(t, "Hours by day")
	if last := days[len(days)-1]; last["Day"] != "2026-06-07" || last["Machines at work"] != "10" {
		t.Errorf("the last of %d days is %v", len(days), last)
	}
	for _, want := range []string{"outbox/latest/koeln_fleet.csv", "outbox/latest/koeln_fleet.xlsx", "outbox/history/koeln_hours.csv"} {
		if !strings.Contains(strings.Join(files, "\n"), want) {
			t.Errorf("%s is not among what was written:\n%s", want, strings.Join(files, "\n"))
		}
	}
	if keep := os.Getenv("ANALYSIS_KEEP"); keep != "" {
		_ = os.CopyFS(keep, os.DirFS(filepath.Join(w.dir, "koeln/outbox")))
	}
}
