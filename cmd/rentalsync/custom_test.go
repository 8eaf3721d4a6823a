package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
)

// fieldYard is a yard whose ERP has more to say of machines, contracts, customers
// and depots than the synchronization takes.
type fieldYard struct {
	*yard
	directory *iris.Directory
	site      string
}

const fieldFleet = `
mapping: fleet
file: {match: "FLEET_{date:YYYYMMDD}.csv", contains: full, dates: YYYY-MM-DD, timezone: UTC}
columns: {line: LINE, name: NAME}
asset: {key: NO, identify: [{SERIAL_NUMBER: SERIAL}], rentalStatus: ="AVAILABLE"}
item: {when: line != "", key: line, contract: line, asset: NO, onRentDate: ="2026-11-01"}
contract: {when: line != "", key: line, customer: name}
customer: {when: line != "", key: name, name: name}
depot: {key: DEPOT, name: DEPOT}
extra:
  asset.colour: COLOUR
  asset.hours: {from: HOURS, number: true}
  contract.projectCode: PROJECT
  customer.costCentre: COST
  site.region: REGION
`

const fieldHeader = "NO,SERIAL,LINE,NAME,DEPOT,COLOUR,HOURS,PROJECT,COST,REGION\n"

// fieldNight is a file of a date.
func fieldNight(date string, rows ...string) map[string]string {
	return map[string]string{"FLEET_" + date + ".csv": fieldHeader + strings.Join(rows, "\n") + "\n"}
}

func fieldDefinitions() []iristest.Definition {
	return []iristest.Definition{
		{Key: "colour", Type: "DROPDOWN", EntityType: "ASSET", AllValues: []string{"Red", "Dark blue"}},
		{Key: "hours", Type: "NUMBER", EntityType: "ASSET"},
		{Key: "projectCode", Type: "STRING", EntityType: "RENTAL_CONTRACT"},
		{Key: "costCentre", Type: "STRING", EntityType: "CUSTOMER"},
		{Key: "region", Type: "STRING", EntityType: "SITE"},
	}
}

func newFieldYard(t *testing.T, definitions ...iristest.Definition) *fieldYard {
	t.Helper()
	simulator, err := iristest.New(iristest.Options{Serials: []string{"S-1", "S-2", "S-3"}, Definitions: definitions})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	client, err := iris.New(iris.Config{URL: server.URL, Token: iris.TokenConfig{URL: server.URL + "/token/v2", ClientID: "demo", ClientSecret: "demo"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)

	f := &fieldYard{yard: &yard{dir: t.TempDir(), simulator: simulator}, directory: iris.NewDirectory(client)}
	depot, err := f.directory.CreateDepot(t.Context(), pipeline.AccountSite{Name: "North", Area: [][]pipeline.Lonlat{{{9, 53}, {10, 53}, {10, 54}, {9, 53}}}})
	if err != nil {
		t.Fatal(err)
	}
	f.site = depot.ID
	config := strings.NewReplacer("URL", server.URL, "    gates: {assetsGone: 40%}\n", fmt.Sprintf("    depots: {N: %s}\n    references: \"Y-{key}\"\n", depot.ID)).Replace(yardConfig)
	f.write(t, "", map[string]string{"rentalsync.yaml": config})
	f.write(t, "mappings", map[string]string{"fleet.yaml": fieldFleet})
	return f
}

// works works the drop and tells what became of the custom values of each run.
func (f *fieldYard) works(t *testing.T, want int) (totals []map[string]int) {
	t.Helper()
	out, _ := f.says(t, want, "once", "--json")
	var answer struct {
		Runs []struct{ CustomFields map[string]int }
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	for _, run := range answer.Runs {
		sum := 0
		for name, n := range run.CustomFields {
			if name != "due" {
				sum += n
			}
		}
		if sum != run.CustomFields["due"] {
			t.Errorf("custom values do not add up: %v", run.CustomFields)
		}
		totals = append(totals, nonZero(run.CustomFields))
	}
	return totals
}

func nonZero(all map[string]int) map[string]int {
	some := map[string]int{}
	for name, n := range all {
		if n != 0 {
			some[name] = n
		}
	}
	return some
}

// values are the custom values that IRIS holds, by what they belong to.
func (f *fieldYard) values(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	add := func(name, id string) {
		held, err := f.directory.Values(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for key, v := range held {
			all[name+" "+key] = v.Text
		}
	}
	for _, a := range listed(t, f.directory.Assets(t.Context())) {
		add("asset "+a.SerialNumber, a.ID)
	}
	for _, c := range listed(t, f.directory.Contracts(t.Context())) {
		add("contract "+c.ExternalReference, c.ID)
	}
	for _, c := range listed(t, f.directory.Customers(t.Context())) {
		add("customer "+c.ExternalReference, c.ID)
	}
	add("site", f.site)
	return all
}

func listed[T any](t *testing.T, list iter.Seq2[T, error]) (all []T) {
	t.Helper()
	for one, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

const setValuesPath = "POST /api/custom-fields/v1/set-values/"

var fieldNightOne = fieldNight("20261120",
	"1,S-1,L1,Elbe,N,red,100.5,P-1,4711,coast", "2,S-2,L2,Elbe,N,Dark blue,7,P-2,4711,coast", "3,S-3,,,N,,,,,coast")

var fieldsAfterOne = map[string]string{
	"asset S-1 colour": "Red", "asset S-1 hours": "100.5", "asset S-2 colour": "Dark blue", "asset S-2 hours": "7",
	"contract Y-L1 projectCode": "P-1", "contract Y-L2 projectCode": "P-2", "customer Y-Elbe costCentre": "4711", "site region": "coast",
}

func TestCustomFieldsAreSetOnceTheirDocumentsAreThrough(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)

	f.drop(t, fieldNightOne)
	planned, _ := f.says(t, 0, "plan")
	if !strings.Contains(planned, "would set 8 custom values") {
		t.Errorf("the plan says\n%s", planned)
	}
	if diff := cmp.Diff([]map[string]int{{"due": 8, "set": 8}}, f.works(t, 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(fieldsAfterOne, f.values(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}

	f.drop(t, fieldNight("20261121",
		"1,S-1,L1,Elbe,N,red,100.5,P-1,4711,coast", "2,S-2,L2,Elbe,N,,8,P-2,4711,coast", "3,S-3,,,N,,,,,coast"))
	if diff := cmp.Diff([]map[string]int{{"due": 2, "set": 2}}, f.works(t, 0)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{}
	for name, value := range fieldsAfterOne {
		want[name] = value
	}
	delete(want, "asset S-2 colour")
	want["asset S-2 hours"] = "8"
	if diff := cmp.Diff(want, f.values(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}
	if got := f.works(t, 0); len(got) > 0 {
		t.Errorf("nothing was due, and a run told %v", got)
	}
}

func TestACustomValueThatItsFieldCannotHoldIsRefusedWithItsCureUntilTheFieldIsMended(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()[1:]...)
	f.drop(t, fieldNight("20261120", "1,S-1,L1,Elbe,N,red,1,P-1,4711,coast"))
	if diff := cmp.Diff([]map[string]int{{"due": 5, "set": 4, "refused": 1}}, f.works(t, exitAttention)); diff != "" {
		t.Error(diff)
	}
	told, _ := f.says(t, 0, "explain", "asset", "1")
	for _, want := range []string{`refused: IRIS has no custom field "colour"; make it there, with entity type ASSET`, "set in IRIS at 20"} {
		if !strings.Contains(told, want) {
			t.Errorf("explain does not say %q:\n%s", want, told)
		}
	}

	same := "1,S-1,L1,Elbe,N,red,1,P-1,4711,coast"
	f.drop(t, fieldNight("20261121", same))
	if diff := cmp.Diff([]map[string]int{{}}, f.works(t, 0)); diff != "" {
		t.Errorf("what is refused is told again although nothing changed: %s", diff)
	}
	if err := f.simulator.AddDefinitions(fieldDefinitions()[0]); err != nil {
		t.Fatal(err)
	}
	f.drop(t, fieldNight("20261122", same))
	if diff := cmp.Diff([]map[string]int{{"due": 5, "set": 1, "unchanged": 4}}[0]["set"], f.works(t, 0)[0]["set"]); diff != "" {
		t.Error(diff)
	}
	if got := f.values(t)["asset S-1 colour"]; got != "Red" {
		t.Errorf("IRIS holds %q", got)
	}
}

func TestCustomValuesOutliveWhateverGoesWrongOnTheWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault iristest.Fault
		first map[string]int
		code  int
	}{
		{"a server error is tried again later", iristest.Fault{On: setValuesPath, Status: 503}, map[string]int{"due": 8, "deferred": 8}, exitAttention},
		{"an answer that is lost is asked for again", iristest.Fault{On: setValuesPath, CutAfter: true}, map[string]int{"due": 8, "deferred": 8}, exitAttention},
		{"an account that takes nothing defers everything", iristest.Fault{On: setValuesPath, Status: 401}, map[string]int{"due": 8, "deferred": 8}, exitAttention},
		{"fields that cannot be listed defer everything", iristest.Fault{On: "GET /api/custom-fields/v1/definitions", Status: 500}, map[string]int{"due": 8, "deferred": 8}, exitAttention},
		{"contracts that cannot be listed are pending", iristest.Fault{On: "GET /api/rental/v1/contracts", Status: 404}, map[string]int{"due": 8, "set": 6, "pending": 2}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFieldYard(t, fieldDefinitions()...)
			if err := f.simulator.AddFaults(c.fault); err != nil {
				t.Fatal(err)
			}
			f.drop(t, fieldNightOne)
			if diff := cmp.Diff([]map[string]int{c.first}, f.works(t, c.code)); diff != "" {
				t.Error(diff)
			}

			f.simulator.ClearFaults()
			f.deferredIsDue(t)
			f.drop(t, fieldNight("20261121", "3,S-3,,,N,,1,,,coast"))
			f.works(t, 0)
			want := map[string]string{"asset S-3 hours": "1"}
			for name, value := range fieldsAfterOne {
				want[name] = value
			}
			if diff := cmp.Diff(want, f.values(t)); diff != "" {
				t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
			}
		})
	}
}

// deferredIsDue lets the time pass that deferred values wait for.
func (f *fieldYard) deferredIsDue(t *testing.T) {
	t.Helper()
	f.journal(t, func(db *sql.DB) {
		if _, err := db.ExecContext(t.Context(), "UPDATE custom_due SET due_ms = 0"); err != nil {
			t.Fatal(err)
		}
	})
}

// journal opens the journal beside the program.
func (f *fieldYard) journal(t *testing.T, use func(db *sql.DB)) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(f.dir, "state", "rentalsync.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	use(db)
}

func TestACrashAroundSettingCustomValuesLeavesTheRightEnd(t *testing.T) {
	t.Parallel()
	for _, point := range append(pipeline.CustomPoints(), "run:dispatched", "run:published") {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			f := newFieldYard(t, fieldDefinitions()...)
			f.drop(t, fieldNightOne)
			if !f.crash(t, point) {
				t.Fatal("the process does not pass the point")
			}
			f.works(t, 0)
			if diff := cmp.Diff(fieldsAfterOne, f.values(t)); diff != "" {
				t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCustomValuesWaitForTheirDocuments(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)

	// The account has never been sent anything, and waits for a person.
	f.config(t, "    reports:", "    gates: {first: hold}\n    reports:")
	f.drop(t, fieldNight("20261120", "1,S-1,L1,Elbe,N,red,1,P-1,4711,coast", "9,S-9,L9,Alster,N,red,9,P-9,4712,coast"))
	if diff := cmp.Diff([]map[string]int{{}}, f.works(t, exitAttention)); diff != "" {
		t.Errorf("values were due: %s", diff)
	}
	f.says(t, 0, "approve", "yard")

	// IRIS does not know asset 9: what belongs to its contract and customer goes.
	if diff := cmp.Diff([]map[string]int{{"due": 9, "set": 7, "pending": 2}}, f.works(t, 0)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"asset S-1 colour": "Red", "asset S-1 hours": "1", "site region": "coast",
		"contract Y-L1 projectCode": "P-1", "contract Y-L9 projectCode": "P-9", "customer Y-Elbe costCentre": "4711", "customer Y-Alster costCentre": "4712",
	}
	if diff := cmp.Diff(want, f.values(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}

	// A document that IRIS refuses for a while keeps its values back.
	if err := f.simulator.AddFaults(iristest.Fault{On: "POST /api/rental/v1/synchronization", Identifier: "S-1", Status: 503}); err != nil {
		t.Fatal(err)
	}
	f.simulator.AddSerials("S-9")
	f.drop(t, fieldNight("20261121", "1,S-1,L2,Elbe,N,red,2,P-1,4711,coast", "9,S-9,L9,Alster,N,red,9,P-9,4712,coast"))
	f.says(t, 0, "retry", "9")
	f.works(t, exitAttention)
	want["asset S-9 colour"], want["asset S-9 hours"] = "Red", "9"
	if diff := cmp.Diff(want, f.values(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}
}

func TestOneValueThatIRISRefusesKeepsNoOtherBackAndIsSentAgainWhenAsked(t *testing.T) {
	t.Parallel()
	definitions := fieldDefinitions()
	definitions[0] = iristest.Definition{Key: "colour", Type: "PHONE_NUMBER", EntityType: "ASSET"}
	f := newFieldYard(t, definitions...)
	f.drop(t, fieldNight("20261120", "1,S-1,L1,Elbe,N,123,1,P-1,4711,coast")) // too short for the simulator, and not for us
	if diff := cmp.Diff([]map[string]int{{"due": 5, "set": 4, "refused": 1}}, f.works(t, exitAttention)); diff != "" {
		t.Error(diff)
	}
	if got := f.values(t)["asset S-1 hours"]; got != "1" {
		t.Errorf("IRIS holds %q hours", got)
	}
	f.says(t, 0, "retry", "1")
	if diff := cmp.Diff([]map[string]int{{"due": 2, "unchanged": 1, "refused": 1}}, f.works(t, exitAttention)); diff != "" {
		t.Error(diff)
	}
}

func TestAValueWhoseAssetIRISDoesNotKnowAnyMoreWaitsUntilItIsFoundAgain(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)
	f.drop(t, fieldNightOne)
	f.works(t, 0)

	if err := f.simulator.AddFaults(iristest.Fault{On: setValuesPath, Times: 1, Status: http.StatusNotFound}); err != nil {
		t.Fatal(err)
	}
	two := []string{"1,S-1,L1,Elbe,N,red,101,P-1,4711,coast", "2,S-2,L2,Elbe,N,Dark blue,7,P-2,4711,coast", "3,S-3,,,N,,,,,coast"}
	for i, want := range []string{"pending", "set"} {
		f.drop(t, fieldNight(fmt.Sprint(20261121+i), two...))
		if diff := cmp.Diff([]map[string]int{{"due": 2, "unchanged": 1, want: 1}}, f.works(t, 0)); diff != "" {
			t.Error(diff)
		}
	}
	if got := f.values(t)["asset S-1 hours"]; got != "101" {
		t.Errorf("IRIS holds %q", got)
	}
}

func TestAnAccountThatMayNotSeeCustomFieldsIsNotAskedEveryMinute(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)
	if err := f.simulator.AddFaults(iristest.Fault{On: "GET /api/custom-fields/v1/definitions", Status: http.StatusForbidden}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	f.drop(t, fieldNightOne)
	if diff := cmp.Diff([]map[string]int{{"due": 8, "deferred": 8}}, f.works(t, exitAttention)); diff != "" {
		t.Error(diff)
	}
	f.journal(t, func(db *sql.DB) {
		var soonest int64
		if err := db.QueryRowContext(t.Context(), "SELECT MIN(due_ms) FROM custom_due").Scan(&soonest); err != nil {
			t.Fatal(err)
		}
		if wait := time.UnixMilli(soonest).Sub(began); wait < 12*time.Hour {
			t.Errorf("it is asked again after %s", wait)
		}
	})
}

func TestARevertTakesAwayCustomValuesThatTheNightBrought(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)
	f.drop(t, fieldNight("20261120", "1,S-1,L1,Elbe,N,,1,P-1,4711,coast"))
	f.works(t, 0)
	before := f.values(t)
	f.drop(t, fieldNight("20261121", "1,S-1,L1,Elbe,N,red,2,P-2,4711,coast"))
	f.works(t, 0)
	f.says(t, 0, "revert", "--set", "2026-11-21")
	if diff := cmp.Diff([]map[string]int{{"due": 3, "set": 3}}, f.works(t, 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, f.values(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}
}

func TestTheValuesOfAMergedCustomerAreThoseOfTheOneThatStays(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)
	f.drop(t, fieldNight("20261120", "1,S-1,L1,Elbe,N,,1,P-1,4711,coast", "2,S-2,L2,Elbe Bau,N,,1,P-2,4712,coast"))
	f.works(t, 0)
	f.write(t, "mappings", map[string]string{
		"same.yaml": "mapping: same\nfile: {match: \"SAME_{date:YYYYMMDD}.csv\"}\ncustomer: {key: OLD, sameAs: NEW}\n",
	})
	f.drop(t, map[string]string{"SAME_20261121.csv": "OLD,NEW\nElbe Bau,Elbe\n"},
		fieldNight("20261121", "1,S-1,L1,Elbe,N,,1,P-1,4713,coast", "2,S-2,L2,Elbe Bau,N,,1,P-2,4714,coast"))
	f.works(t, 0)
	got := f.values(t)
	if got["customer Y-Elbe costCentre"] != "4713" || got["customer Y-Elbe Bau costCentre"] != "4712" {
		t.Errorf("IRIS holds %v", got)
	}
}

func TestDeferredCustomValuesAreTriedAgainWithoutAnyFileOnceTheirTimeHasCome(t *testing.T) {
	t.Parallel()
	f := newFieldYard(t, fieldDefinitions()...)
	if err := f.simulator.AddFaults(iristest.Fault{On: setValuesPath, Status: 503}); err != nil {
		t.Fatal(err)
	}
	f.drop(t, fieldNightOne)
	f.works(t, exitAttention)
	f.simulator.ClearFaults()
	if got := f.works(t, 0); len(got) > 0 {
		t.Errorf("values were tried again before their time: %v", got)
	}
	f.deferredIsDue(t)
	if diff := cmp.Diff([]map[string]int{{"due": 8, "set": 8}}, f.works(t, 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(fieldsAfterOne, f.values(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}
}
