package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

// erp is a small rental company with an IRIS of its own, which is asked why
// things are as they are.
type erp struct {
	dir       string
	simulator *iristest.Simulator
}

// newERP opens a company whose flow has some settings of its own.
func newERP(t *testing.T, settings string) *erp {
	t.Helper()
	simulator, err := iristest.New(iristest.Options{Serials: []string{"S-1", "S-2", "S-3"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	e := &erp{dir: t.TempDir(), simulator: simulator}
	config := strings.ReplaceAll(erpConfig, "http://127.0.0.1:8080", server.URL) + settings
	e.write(t, "rentalsync.yaml", config)
	for name, mapping := range map[string]string{
		"machines": erpMachines, "lines": erpLines, "contracts": erpContracts, "customers": erpCustomers,
	} {
		e.write(t, "mappings/"+name+".yaml", mapping)
	}
	return e
}

const erpConfig = `
flows:
  - flow: muenster
    drop: {local: inbox}
    ready: {settle: 0s}
    mappings: ["mappings/*.yaml"]
    references: "MS-{key}"
    iris:
      url: http://127.0.0.1:8080
      token: {url: http://127.0.0.1:8080/token/v2, clientId: demo, clientSecret: "${env:IRIS_CLIENT_SECRET}"}
      rate: none
    reports: {formats: [json]}
`

const erpMachines = `
mapping: machines
file: {match: "MACHINES_{date:YYYYMMDD}.csv", contains: {asset: all}, scope: BRANCH}
codes:
  state: {V: ON_RENT, F: AVAILABLE, R: IN_REPAIR}
asset:
  key: NO
  identify: [{SERIAL_NUMBER: SERIAL}, {EXTERNAL_REFERENCE: OLDNO}]
  rentalStatus: {from: STATE, codes: state}
  owningDepot: BRANCH
`

const erpLines = `
mapping: lines
file: {match: "LINES_{date:YYYYMMDD}.csv", contains: {item: open}, dates: YYYY-MM-DD, timezone: Europe/Berlin}
item: {key: LINE, contract: "=part(LINE, '/', 1)", asset: NO, onRentDate: OUT, dueDate: DUE, offRentDate: IN}
`

const erpContracts = `
mapping: contracts
file: {match: "CONTRACTS_{date:YYYYMMDD}.csv"}
contract: {key: NO, customer: CUSTOMER}
`

const erpCustomers = `
mapping: customers
file: {match: "CUSTOMERS_{date:YYYYMMDD}.csv"}
customer: {key: NO, name: NAME, sameAs: SAME}
`

func (e *erp) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(e.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// night drops files of one day of November 2026 and works them. Each file is a
// name and its lines.
func (e *erp) night(t *testing.T, day string, files ...string) {
	t.Helper()
	for _, file := range files {
		name, lines, _ := strings.Cut(strings.TrimSpace(file), "\n")
		e.write(t, "inbox/"+name+"_202611"+day+".csv", lines+"\n")
	}
	var stdout, stderr bytes.Buffer
	if code := e.run(&stdout, &stderr, "once"); code != 0 && code != exitAttention {
		t.Fatalf("the night of %s ended with %d: %s%s", day, code, stdout.String(), stderr.String())
	}
}

func (e *erp) run(stdout, stderr *bytes.Buffer, args ...string) int {
	env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
	return run(append(args, "-c", filepath.Join(e.dir, "rentalsync.yaml")), nil, stdout, stderr, env)
}

func (e *erp) explain(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := e.run(&stdout, &stderr, append([]string{"explain"}, args...)...); code != 0 {
		t.Fatalf("explain %v ended with %d: %s", args, code, stderr.String())
	}
	return stdout.String()
}

// tells holds an explanation to what it has to say.
func tells(t *testing.T, got string, want ...string) {
	t.Helper()
	if strings.Contains(got, "0001-01-01") || strings.Contains(got, "%!") {
		t.Errorf("the explanation tells what is nothing:\n%s", got)
	}
	for _, text := range want {
		if !strings.Contains(got, text) {
			t.Errorf("the explanation does not say %q:\n%s", text, got)
		}
	}
}

const (
	machines  = "MACHINES\nNO,SERIAL,OLDNO,STATE,BRANCH\n"
	lines     = "LINES\nLINE,NO,OUT,DUE,IN\n"
	contracts = "CONTRACTS\nNO,CUSTOMER\n"
	customers = "CUSTOMERS\nNO,NAME,SAME\n"
)

// firstErpNight is a company on which the other nights build.
func firstErpNight(t *testing.T, settings string) *erp {
	t.Helper()
	e := newERP(t, settings)
	e.night(t, "21",
		machines+"1,S-1,,V,MUC\n2,S-2,,F,MUC\n3,,O-3,F,XX\n4,,,F,MUC",
		lines+"MV-1/10,1,2026-11-01,2026-11-20,\nMV-2/10,2,2026-12-01,,\nMV-9/10,2,2026-01-01,,2026-02-01",
		contracts+"MV-1,K-1\nMV-2,K-2\nMV-9,K-1", customers+"K-1,Bau Nord GmbH,\nK-2,Sand AG,K-1")
	return e
}

func TestExplainTellsWhereEveryFieldComesFrom(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "    depots: {MUC: site-1}\n")

	tells(t, e.explain(t, "1"),
		`asset 1, flow muenster, business date 2026-11-21`,
		`IRIS knows it as "MS-1"`,
		`IRIS finds it by SERIAL_NUMBER "S-1", as the ERP spells it`,
		`rentalStatus    ON_RENT        MACHINES_20261121.csv line 2, STATE "V", by code table state`,
		`owningDepot     MUC            MACHINES_20261121.csv line 2, BRANCH "MUC", sent as site-1`,
		`IRIS holds exactly this: it equals what was accepted on 2026-`,
		`matched 200 (account `,
		`MACHINES_20261121.csv  2026-11-21  mapping machines (version `,
		`now archive/2026/11/MACHINES_20261121.csv`)
	tells(t, e.explain(t, "item", "MV-1/10"),
		`contract     MV-1                       LINES_20261121.csv line 2, LINE "MV-1/10", by the formula =part(LINE, '/', 1)`,
		`onRentDate   2026-11-01T00:00:00+01:00  LINES_20261121.csv line 2, OUT "2026-11-01"`,
		`dueDate      2026-11-20T23:59:59+01:00  LINES_20261121.csv line 2, DUE "2026-11-20", not sent`,
		`it is in the document, and IRIS has accepted it as it is`)
}

func TestExplainTellsWhatAssetsAreFoundBy(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	tells(t, e.explain(t, "3"), `IRIS finds it by its external reference "MS-O-3", as identify says: no identifier before that has a value`)
	tells(t, e.explain(t, "4"), `it waits: no identifier`, `document: waiting`)

	e.night(t, "22", "CROSSWALK\nEntity;ERP key;IRIS\nasset;1;6f1c2f0e-0000-4000-8000-000000000001\ndepot;XX;7f1c2f0e-0000-4000-8000-000000000001\ncustomer;K-1;K-9")
	tells(t, e.explain(t, "1"), `IRIS finds it by its asset id 6f1c2f0e-0000-4000-8000-000000000001, from the crosswalk, which beats every other identifier (the ERP says "S-1")`,
		`CROSSWALK_20261122.csv line 2, IRIS "6f1c2f0e-0000-4000-8000-000000000001"`)
	tells(t, e.explain(t, "depot", "XX"), `its site in IRIS is 7f1c2f0e-0000-4000-8000-000000000001, from the register: see siteId`)
	tells(t, e.explain(t, "customer", "K-1"), `IRIS knows it as "MS-K-9"`, `customer K-1 was merged into customer K-9, which no delivery has told of`)
}

func TestExplainTellsOfTwinsAndOfChangedIdentifiers(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", machines+"1,S-1,,V,MUC\n2,S-9,,F,MUC\n4,s 1,,F,MUC")

	tells(t, e.explain(t, "4"), `asset 1 has the same identifier (a twin)`, `document: rejected`, `also belongs to asset 1`)
	tells(t, e.explain(t, "1"), `also belongs to asset 4`)
	tells(t, e.explain(t, "2"), `a changed identifier on a known key is held: identifier changed from SERIAL_NUMBER S-2 to SERIAL_NUMBER S-9`,
		`document: held`, `it is held by itself in run `, `rentalsync approve 2 lets it go`)
}

func TestExplainTellsOfRentalsThatAreNoLongerNamed(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", lines+"MV-7/10,1,2026-12-01,,")

	tells(t, e.explain(t, "item", "MV-1/10"),
		`it ended on 2026-11-22 by absence, inferred: not named on 2026-11-22; a real date of the ERP replaces this one`,
		`mapping lines has not named it since 2026-11-22 (1 night)`,
		`offRentDate  2026-11-22T23:59:59+01:00  LINES_20261122.csv, inferred: not named on 2026-11-22`,
		`it is no longer in the document: IRIS has accepted its end on 2026-`)
	tells(t, e.explain(t, "item", "MV-2/10"),
		`it is a reservation that vanished before it began: inferred: not named on 2026-11-22, before it began`,
		`MV-2  CANCELLED, derived: the ERP gives no status, and all items (1) were reservations that vanished before they began`)
	tells(t, e.explain(t, "contract", "MV-1"), `MV-1  COMPLETED, derived: the ERP gives no status, and all items (1) have ended`)

	e.night(t, "23", lines+"MV-7/10,1,2026-12-01,,\nMV-1/10,1,2026-11-01,2026-11-20,2026-11-19")
	tells(t, e.explain(t, "item", "MV-1/10"), `it ended on 2026-11-19, as the ERP says; that real date replaces what absence since 2026-11-22 had said`)
}

func TestExplainTellsOfARentalThatIsNamedAgain(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", lines+"MV-2/10,2,2026-12-01,,")
	e.night(t, "23", lines+"MV-2/10,2,2026-12-01,,\nMV-1/10,1,2026-11-01,2026-11-20,")

	tells(t, e.explain(t, "item", "MV-1/10"), `it is open since 2026-11-01`,
		`absence since 2026-11-22 had ended it; it is named again, so that end did not happen and it is open again`)
}

func TestExplainTellsOfSwapsAndOfKeysThatAreUsedAgain(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", lines+"MV-1/10,2,2026-11-21,,\nMV-2/10,2,2026-12-01,,")

	tells(t, e.explain(t, "item", "MV-1/10"), `IRIS knows it as "MS-MV-1/10~2"`,
		`the key was used again (swap or re-rent): this is rental number 2 under it`,
		`generation   2`, `other rentals under this key`,
		`MV-1/10~1, ended: asset 1, contract MV-1, customer K-1; IRIS knows it as "MS-MV-1/10"`,
		`because its key was used for another asset, a swap: inferred: on 2026-11-22 the line stands on asset 2 instead`)
	for _, key := range []string{"MV-1/10~2", "MS-MV-1/10~2"} {
		tells(t, e.explain(t, "item", key), `item MV-1/10, flow muenster`)
	}
	tells(t, e.explain(t, "item", "MV-1/10~1"), `it is the former rental number 1 under the key MV-1/10`)

	e.night(t, "23", lines+"MV-1/10,2,2026-11-21,,2026-11-22\nMV-2/10,2,2026-12-01,,")
	e.night(t, "24", lines+"MV-1/10,2,2026-11-24,,\nMV-2/10,2,2026-12-01,,")
	tells(t, e.explain(t, "item", "MV-1/10"), `this is rental number 3 under it`, `MV-1/10~2, ended`, `it ended on 2026-11-22, as the ERP says`)
}

func TestExplainTellsOfOverdueAndPlannedRentals(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	tells(t, e.explain(t, "item", "MV-1/10"), `it is overdue: it was due on 2026-11-20; a plan never ends a rental`)
	tells(t, e.explain(t, "item", "MV-2/10"), `it is planned: it lies ahead of 2026-11-21 and begins on 2026-12-01`)
	tells(t, e.explain(t, "contract", "MV-2"), `RESERVED, derived: the ERP gives no status, and all items (1) lie ahead of 2026-11-21`)

	e = newERP(t, "")
	e.write(t, "mappings/lines.yaml", strings.Replace(erpLines, "offRentDate: IN", "offRentDate: IN, offRent: planned", 1))
	e.night(t, "21", machines+"1,S-1,,V,MUC", lines+"MV-1/10,1,2026-11-01,2026-11-20,", contracts+"MV-1,")
	tells(t, e.explain(t, "item", "MV-1/10"),
		`its mapping says offRent: planned, so 2026-11-22 is shown as its end; the plan moved on, inferred: planned to end on 2026-11-20 and still ON_RENT on 2026-11-21`)
}

func TestExplainTellsHowManyNightsAbsenceTakes(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "    absent: {asset: OTHER, nights: 2}\n")
	e.night(t, "22", machines+"1,S-1,,V,MUC\n4,,,F,MUC", lines+"MV-2/10,2,2026-12-01,,")
	tells(t, e.explain(t, "item", "MV-1/10"), `it is open since 2026-11-01`, `mapping lines has not named it since 2026-11-22 (1 night); an item ends after 2 nights`)
	tells(t, e.explain(t, "2"), `mapping machines has not named it since 2026-11-22 (1 night); after 2 nights its rental status becomes OTHER`)

	e.night(t, "23", machines+"1,S-1,,V,MUC\n4,,,F,MUC", lines+"MV-2/10,2,2026-12-01,,")
	tells(t, e.explain(t, "1"), `it ended on 2026-11-22 by absence`)
	tells(t, e.explain(t, "2"), `its rental status is OTHER by absence, inferred: not named on 2026-11-22`)
}

func TestExplainTellsThatTheNextRentalEndedTheLast(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", lines+"MV-2/10,2,2026-12-01,,\nMV-7/10,1,2026-11-18,,")
	tells(t, e.explain(t, "1"), `it ended on 2026-11-18 by absence, inferred: not named on 2026-11-22, and item MV-7/10 began then`)
}

func TestExplainTellsWhatIsHeld(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "    gates: {first: hold}\n")
	tells(t, e.explain(t, "1"), `document: held`, `it is held with the whole fleet in run `, `rentalsync approve muenster lets it go`)

	e = firstErpNight(t, "    gates: {offRents: 0}\n")
	e.night(t, "22", lines+"MV-2/10,2,2026-12-01,,")
	tells(t, e.explain(t, "item", "MV-1/10"), `it is open since 2026-11-01`, `of 2026-11-22 is held and would change offRentDate from "" to "2026-11-22T23:59:59+01:00"`)
	if told := e.explain(t, "item", "MV-1/10"); strings.Contains(told, "since 2026-11-22") {
		t.Errorf("the held night counts already:\n%s", told)
	}
}

func TestExplainTellsWhyAbsenceWasNotJudged(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", lines+"MV-2/10,2,2026-12-01,,\n,1,2026-11-01,,")

	tells(t, e.explain(t, "item", "MV-1/10"), `it is open since 2026-11-01`,
		`warning, LINES_20261122.csv: which items are no longer named was not judged: a row has no key that could be read`)
}

func TestExplainTellsOfATransferBetweenScopes(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", machines+"1,S-1,,V,HAM\n4,,,F,MUC\n3,,O-3,F,XX")

	tells(t, e.explain(t, "1"), `mapping machines names it in scope "HAM" since 2026-11-22, before that in "MUC": a transfer, not an absence`)
	tells(t, e.explain(t, "2"), `mapping machines has not named it since 2026-11-22 (1 night); absent assets are only reported`, `no file names it any more since 2026-11-22`)
	tells(t, e.explain(t, "3"), `mapping machines names it in scope "XX", with the same words since 2026-11-21; no later file that speaks for this scope has missed it`)
}

func TestExplainTellsOfParkedCodesAndRejectedRows(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	e.night(t, "22", machines+"1,S-1,,Q,MUC\n2,S-2,,F,MUC\n4,,,F,MUC", lines+"MV-1/10,1,1.11.26,,\nMV-2/10,2,2026-12-01,,")

	tells(t, e.explain(t, "1"), `rentalStatus    ON_RENT        MACHINES_20261121.csv line 2, STATE "V"`,
		`2026-11-22  parked, MACHINES_20261122.csv line 2: STATE had the code "Q" that no table knows; rentalStatus keeps its last good value`,
		`this line would know it: "Q": …  # under codes: state:`)
	tells(t, e.explain(t, "item", "MV-1/10"), `2026-11-22  rejected, LINES_20261122.csv line 2: OUT "1.11.26": `, `it is open since 2026-11-01`)

	tells(t, e.explain(t, "1"), `2026-11-22  rejected, LINES_20261122.csv line 2`)

	e.night(t, "23", machines+"1,S-1,,V,MUC\n2,S-2,,F,MUC\n4,,,F,MUC")
	if got := e.explain(t, "1"); strings.Contains(got, "parked") {
		t.Errorf("a code that is known again is still told as parked:\n%s", got)
	}
}

func TestExplainTellsOfDepotsThatAreNotInIRIS(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "    depots: {MUC: site-1}\n")
	tells(t, e.explain(t, "3"), `it goes without depot XX: has no site in IRIS`)
	tells(t, e.explain(t, "depot", "XX"), `it has no site in IRIS: it is left out of documents and listed, and never stops a rental`, `it owns 1 asset: 3`)
	tells(t, e.explain(t, "depot", "MUC"), `its site in IRIS is site-1, from the config: depots`, `it owns 3 assets: 1, 2, 4`)
}

func TestExplainTellsOfMergedCustomers(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	tells(t, e.explain(t, "customer", "K-1"), `merged into it: K-2`, `it has 3 contracts with 2 items that have not ended`,
		`a change of it reaches assets through such items only: 1, 2`)
	tells(t, e.explain(t, "customer", "K-2"), `IRIS knows it as "MS-K-1"`,
		`customer K-2 was merged into customer K-1, "Bau Nord GmbH": contracts of both are sent with that one`)
	tells(t, e.explain(t, "contract", "MV-2"), `its customer is K-2, "Sand AG", who is the same as customer K-1`)
}

func TestExplainTellsOfHistoryAndOfWhatWaits(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	tells(t, e.explain(t, "item", "MV-9/10"), `it is not in the document: it is history that had ended before the first night of this flow`)

	e.night(t, "22", lines+"MV-1/10,1,2026-11-01,2026-11-20,\nMV-2/10,2,2026-12-01,,\nMV-3/10,1,2026-11-15,,\nMV-4/10,77,2026-11-22,,")
	tells(t, e.explain(t, "item", "MV-3/10"), `it is not in the document: it waits for contract "MV-3"`)
	tells(t, e.explain(t, "item", "MV-4/10"), `nothing of it is sent, because its asset is not: no delivery has named the asset 77`)
	tells(t, e.explain(t, "77"), `no delivery has named this asset; others only refer to it`, `document: waiting`)
	tells(t, e.explain(t, "1"), `it stands on several items at the same time, MV-1/10, MV-3/10: all are sent`)
}

func TestExplainTellsWhenIRISIsAskedAgain(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	tells(t, e.explain(t, "3"), `IRIS did not match it (202); it is offered again with the first run after `, `(reoffer 7d), even if nothing changes`,
		`unmatched 202: IRIS knows no such asset yet`)
}

func TestExplainTellsWhatChangedInFilesAndMappingsSince(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	if err := os.Remove(filepath.Join(e.dir, "archive/2026/11/LINES_20261121.csv")); err != nil {
		t.Fatal(err)
	}
	tells(t, e.explain(t, "item", "MV-1/10"), `onRentDate   2026-11-01T00:00:00+01:00  LINES_20261121.csv line 2, OUT`, `its cells are not told: the file is no longer there`)

	e.write(t, "mappings/machines.yaml", strings.Replace(erpMachines, "R: IN_REPAIR", "R: OTHER", 1))
	tells(t, e.explain(t, "1"), `rentalStatus    ON_RENT        MACHINES_20261121.csv line 2, STATE`, `its cells are not told: the mapping has changed since`)
}

func TestExplainShowsTheRequestAsItWouldGo(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	tells(t, e.explain(t, "1", "--request"), `"externalReference": "MS-MV-1/10"`)

	var told struct {
		Explained []struct {
			Entity, Key string
			Fields      []struct {
				Field, Value, Delivery string
				Line                   int
				Cells                  []struct{ Column, Text string }
			}
			Document struct{ Request json.RawMessage }
		}
	}
	if err := json.Unmarshal([]byte(e.explain(t, "1", "--json")), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.Explained) != 1 || told.Explained[0].Entity != "asset" || !json.Valid(told.Explained[0].Document.Request) {
		t.Fatalf("got %+v", told)
	}
	status := told.Explained[0].Fields[2]
	if status.Field != "rentalStatus" || status.Value != "ON_RENT" || status.Line != 2 || status.Cells[0].Text != "V" {
		t.Errorf("got %+v", status)
	}
}

func TestExplainFindsWhatWasProbablyMeant(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a key with zeros in front":     {[]string{"001"}, 1, `did you mean 1?`},
		"a slip":                        {[]string{"contract", "MV-8"}, 1, `did you mean MV-1?`},
		"nothing near":                  {[]string{"customer", "zzzzzz"}, 1, "keys are written as the ERP writes them"},
		"a kind that is none":           {[]string{"contrakt", "MV-1"}, 2, `did you mean "contract"?`},
		"no key":                        {nil, 2, "KEY is missing"},
		"a flow that is none":           {[]string{"1", "--flow", "munster"}, 2, `did you mean "muenster"?`},
		"a key with blanks, not quoted": {[]string{"item", "MV", "1"}, 2, "quote a key with blanks"},
	} {
		var stdout, stderr bytes.Buffer
		if code := e.run(&stdout, &stderr, append([]string{"explain"}, c.args...)...); code != c.code || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%s: ended with %d and %q, want %d and %q", name, code, stderr.String(), c.code, c.says)
		}
	}
	tells(t, e.explain(t, "MV-1"), "contract MV-1, flow muenster")
	tells(t, e.explain(t, "K-1"), "customer K-1, flow muenster")
}

func TestExplainWorksBesideALiveRun(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	live, err := journal.Open(t.Context(), journal.Options{Path: filepath.Join(e.dir, "state", "rentalsync.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = live.Close() }()
	tells(t, e.explain(t, "1"), "IRIS holds exactly this")
}

func TestExplainKnowsWhatIRISHoldsAfterRandomNights(t *testing.T) {
	t.Parallel()
	m := newModel(t, 7)
	e := &erp{dir: m.dir, simulator: m.simulator}
	for night := range 4 {
		m.happen(night)
		m.work(t, night)
		for machine := range m.status {
			e.agrees(t, machine)
		}
		for line := range m.lines {
			e.explain(t, "item", line)
			e.explain(t, "contract", line)
		}
	}
}

// agrees holds what is explained of a machine against what IRIS has taken.
func (e *erp) agrees(t *testing.T, machine string) {
	t.Helper()
	var told struct{ Explained []pipeline.Explanation }
	if err := json.Unmarshal([]byte(e.explain(t, machine, "--json")), &told); err != nil {
		t.Fatal(err)
	}
	x := told.Explained[0]
	var request struct {
		ContractItems []struct{ ExternalReference string }
	}
	if err := json.Unmarshal(x.Document.Request, &request); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, i := range request.ContractItems {
		want = append(want, i.ExternalReference)
	}
	for _, r := range x.Rentals {
		if r.InDocument {
			got = append(got, r.Reference)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if x.Document.State != "accepted" || !slices.Equal(got, want) {
		t.Errorf("machine %s is told as %s with items %v, and the request has %v", machine, x.Document.State, got, want)
	}
}

func TestExplainTellsWhatIRISDidNotTake(t *testing.T) {
	t.Parallel()
	e := newERP(t, "")
	if err := e.simulator.AddFaults(
		iristest.Fault{On: "POST /api/rental/v1/synchronization", Identifier: "S-1", Status: 400},
		iristest.Fault{On: "POST /api/rental/v1/synchronization", Identifier: "S-2", Status: 429, RetryAfter: "7200"},
	); err != nil {
		t.Fatal(err)
	}
	e.night(t, "21", machines+"1,S-1,,V,MUC\n2,S-2,,F,MUC")

	tells(t, e.explain(t, "1"), `document: rejected`, `IRIS refused exactly this on 2026-`,
		`it is not sent again until something in it, the wire or the mapping changes, or on retry`, `rejected 400`)
	tells(t, e.explain(t, "2"), `document: deferred`, `it is deferred in run `, `not before 2026-`, `rate limit of rental requests is used up`)
}

func TestExplainTellsOfTheAccountThatAnsweredBefore(t *testing.T) {
	t.Parallel()
	e := firstErpNight(t, "")
	elsewhere := newERP(t, "")
	config, err := os.ReadFile(filepath.Join(elsewhere.dir, "rentalsync.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	e.write(t, "rentalsync.yaml", string(config))

	tells(t, e.explain(t, "1"), `document: never sent`, `this account never accepted a document of it in this form`,
		`has to be sent everything anew`, `IRIS has not accepted it as it is now`)
	e.night(t, "22", customers+"K-1,Bau Nord GmbH,")
	tells(t, e.explain(t, "1"), `document: accepted`)
}
