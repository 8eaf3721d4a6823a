package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/report"
)

// oddYard is a yard whose account spells one serial number otherwise, has another
// owner for one, and no asset for the last.
func oddYard(t *testing.T, settings string) *yard {
	t.Helper()
	simulator, err := iristest.New(iristest.Options{Serials: []string{"S-1", "WJX-00213"}, NotOwned: []string{"S-3"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	y := &yard{dir: t.TempDir(), simulator: simulator}
	config := strings.ReplaceAll(yardConfig, "formats: [json]", "formats: [xlsx]")
	config = strings.ReplaceAll(config, "      rate: none\n", "      rate: none\n"+settings)
	y.write(t, "", map[string]string{"rentalsync.yaml": strings.ReplaceAll(config, "URL", server.URL)})
	y.write(t, "mappings", map[string]string{"fleet.yaml": yardFleet})
	y.drop(t, map[string]string{"FLEET_20261120.csv": yardHeader +
		"0001,S-1,ON_RENT,L1,2026-11-01,Elbe Bau\n0002,wjx 00213,ON_RENT,L2,2026-11-02,Elbe-Bau GmbH\n0003,S-3,AVAILABLE,,,\n0004,S-4,AVAILABLE,,,\n"})
	return y
}

// unmatched is what the program tells.
func (y *yard) unmatched(t *testing.T, args ...string) unmatchedJSON {
	t.Helper()
	out, _ := y.says(t, 0, append([]string{"unmatched", "--json"}, args...)...)
	var told struct{ Unmatched []unmatchedJSON }
	if err := json.Unmarshal([]byte(out), &told); err != nil || len(told.Unmatched) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return told.Unmatched[0]
}

// keys lists the assets that are not known, as they are told.
func (u *unmatchedJSON) keys() (keys []string) {
	for _, a := range u.Assets {
		keys = append(keys, a.Asset)
	}
	return keys
}

// decide drops the workbook with cells filled in, by the sheet's kind, the row and
// the column.
func (y *yard) decide(t *testing.T, name string, fill func(entity string, n int, row []report.Cell)) {
	t.Helper()
	j, err := journal.OpenReadOnly(t.Context(), journal.Options{Path: filepath.Join(y.dir, "state", "rentalsync.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	c, faults := loadConfig(filepath.Join(y.dir, "rentalsync.yaml"), func(string) (string, bool) { return "demo", true })
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	register, err := unmatchedRegister(j, &c.Flows[0])
	if err != nil {
		t.Fatal(err)
	}
	list, err := register.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	book := report.OfUnmatched(&list, time.UTC)
	for i := range book.Sheets {
		rows, entity := book.Sheets[i].Rows, strings.TrimSuffix(strings.TrimPrefix(book.Sheets[i].Name, report.DecideSheet), "s")
		book.Sheets[i].Rows = func(yield func([]report.Cell, error) bool) {
			n := 0
			for row, err := range rows {
				row = slices.Clone(row)
				fill(entity, n, row)
				n++
				if !yield(row, err) {
					return
				}
			}
		}
	}
	file, err := os.Create(filepath.Join(y.dir, "inbox", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := tabular.WriteXLSX(file, book); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIRISDoesNotKnowIsDecidedInItsWorkbook(t *testing.T) {
	t.Parallel()
	y := oddYard(t, "")
	first := y.once(t, 0).Runs[0]
	if first.Documents["unmatched"] != 3 {
		t.Fatalf("documents %v", first.Documents)
	}
	if _, err := os.Stat(filepath.Join(y.dir, "outbox", "yard_unmatched.xlsx")); err != nil {
		t.Error(err)
	}

	told := y.unmatched(t)
	if told.ListedAt != nil || len(told.Assets) != 3 || len(told.Assets[0].Candidates) > 0 {
		t.Errorf("before anything was listed: %+v", told)
	}
	told = y.unmatched(t, "--refresh")
	worst := told.Assets[0]
	if worst.Asset != "0002" || !worst.OnRent || worst.CustomerName != "Elbe-Bau GmbH" || worst.Delivery != "FLEET_20261120.csv" || worst.Line != 3 {
		t.Errorf("what stands at a customer's is to be first, with its place: %+v", worst)
	}
	if len(worst.Candidates) != 1 || worst.Candidates[0].Serial != "WJX-00213" {
		t.Fatalf("candidates %+v", worst.Candidates)
	}
	if out, _ := y.says(t, 0, "explain", "0002"); !strings.Contains(out, "it stands in the register of unmatched assets since") || !strings.Contains(out, "it may be asset "+worst.Candidates[0].ID) {
		t.Errorf("explain tells nothing of it:\n%s", out)
	}
	if out, _ := y.says(t, 0, "status"); !strings.Contains(out, "unmatched: 3 assets not known to IRIS, the oldest for 0 days") {
		t.Errorf("status tells nothing of it:\n%s", out)
	}

	// Chosen from the list, under a key from which a spreadsheet took the zeros.
	choose := func(entity string, n int, row []report.Cell) {
		if entity == "asset" && n == 0 {
			row[1], row[2] = report.T("2"), row[3]
		}
		if entity == "asset" && n == 1 {
			row[2] = report.T("1f0c7a52-0000-4000-8000-000000000001")
		}
	}
	y.decide(t, "yard_unmatched (1).xlsx", choose)
	second := y.once(t, exitAttention).Runs[0]
	if second.Documents["matched"] != 1 || second.Rows.Mapped != 1 || second.Rows.Rejected != 1 || second.Warnings != 1 {
		t.Errorf("a decision, and an id that IRIS does not have: %+v %v, %d warnings", second.Rows, second.Documents, second.Warnings)
	}
	told = y.unmatched(t)
	if !slices.Equal(told.keys(), []string{"0003", "0004"}) || len(told.Settled) != 1 || told.Settled[0].Asset != "0002" || told.Settled[0].How != "matched" {
		t.Errorf("afterwards %v, settled %+v", told.keys(), told.Settled)
	}

	// A dash takes it back; what is left blank changes nothing.
	y.decide(t, "CROSSWALK.xlsx", func(string, int, []report.Cell) {})
	if third := y.once(t, 0).Runs[0]; third.Rows.Mapped != 0 || third.Documents["assembled"] != 0 {
		t.Errorf("blank cells have changed something: %+v %v", third.Rows, third.Documents)
	}
	y.decide(t, "CROSSWALK back.xlsx", func(entity string, n int, row []report.Cell) {
		if entity == "asset" && n == 0 {
			row[1], row[2] = report.T("0002"), report.T("-")
		}
	})
	y.once(t, exitAttention) // another identifier than the accepted one is for a person to approve
	y.says(t, 0, "approve", "0002")
	y.once(t, 0)
	if told = y.unmatched(t); !slices.Equal(told.keys(), []string{"0002", "0003", "0004"}) {
		t.Errorf("after it was taken back %v", told.keys())
	}
}

func TestWhatIRISListsByNowIsSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	y := oddYard(t, "")
	y.once(t, 0)
	y.simulator.AddSerials("S-4")
	if again := y.once(t, 0); len(again.Runs) != 0 {
		t.Fatalf("nobody has listed anything, and something was sent: %+v", again.Runs)
	}
	y.unmatched(t, "--refresh")
	again := y.once(t, 0)
	if len(again.Runs) != 1 || again.Runs[0].Documents["matched"] != 1 {
		t.Fatalf("what is listed is not sent: %+v", again.Runs)
	}
	if told := y.unmatched(t); slices.Contains(told.keys(), "0004") || len(told.Settled) != 1 {
		t.Errorf("afterwards %v, settled %+v", told.keys(), told.Settled)
	}
	if third := y.once(t, 0); len(third.Runs) != 0 {
		t.Errorf("it was offered more than once for one listing: %+v", third.Runs)
	}
}

func TestWhatIsRefusedAsUnknownStandsInTheSameRegister(t *testing.T) {
	t.Parallel()
	y := oddYard(t, "      validateAssets: true\n")
	if first := y.once(t, 0).Runs[0]; first.Documents["unmatched"] != 3 || first.Documents["matched"] != 1 {
		t.Fatalf("documents %v", first.Documents)
	}
	got := map[string]int{}
	for _, a := range y.unmatched(t).Assets {
		got[a.Asset] = a.Status
		if a.Reference != a.Asset || !strings.HasPrefix(a.Identifier, "SERIAL_NUMBER ") || a.Why == "" {
			t.Errorf("%+v does not tell what was sent, and why that is not known", a)
		}
	}
	for key, want := range map[string]int{"0002": 404, "0003": 403, "0004": 404} {
		if got[key] != want {
			t.Errorf("asset %s is told with %d, want %d", key, got[key], want)
		}
	}

	y.simulator.AddSerials("S-4")
	y.unmatched(t, "--refresh")
	y.once(t, 0)
	if told := y.unmatched(t); slices.Contains(told.keys(), "0004") {
		t.Errorf("404 is not offered again once IRIS lists it: %v", told.keys())
	}
}

func TestAMergedCustomerSurvivesUnderOneReference(t *testing.T) {
	t.Parallel()
	y := oddYard(t, "")
	y.once(t, 0)
	y.unmatched(t, "--refresh")
	y.decide(t, "yard_unmatched.xlsx", func(entity string, n int, row []report.Cell) {
		if entity == "customer" && n == 0 {
			row[1], row[2] = report.T("Elbe-Bau GmbH"), report.T("Elbe Bau")
		}
		if entity == "customer" && n == 1 { // renumbered in the ERP: IRIS knows it by its old key
			row[1], row[2] = report.T("Elbe 2"), report.T("Elbe Bau")
		}
	})
	y.once(t, 0)
	y.drop(t, map[string]string{"FLEET_20261121.csv": yardHeader +
		"0001,S-1,ON_RENT,L1,2026-11-01,Elbe 2\n0002,wjx 00213,ON_RENT,L2,2026-11-02,Elbe-Bau GmbH\n0003,S-3,AVAILABLE,,,\n0004,S-4,AVAILABLE,,,\n"})
	y.once(t, 0)

	for _, serial := range []string{"S-1", "wjx 00213"} {
		history := y.simulator.History(serial)
		if body := string(history[len(history)-1]); !strings.Contains(body, `"customer":{"externalReference":"Elbe Bau"`) {
			t.Errorf("what was sent last of %s is of another customer: %s", serial, body)
		}
		for _, body := range history {
			if strings.Contains(string(body), `"externalReference":"Elbe 2"`) {
				t.Errorf("the renumbered customer was made a second time: %s", body)
			}
		}
	}
}
