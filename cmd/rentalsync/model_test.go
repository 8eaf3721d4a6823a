package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
)

// TestRandomNightsEndAsTheModelSays drives the whole program with nights that
// nobody planned, and compares what IRIS holds with a register kept in memory.
func TestRandomNightsEndAsTheModelSays(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := newModel(t, seed)
			for night := range 5 {
				m.happen(night)
				m.work(t, night)
				m.compare(t, night)
			}
		})
	}
}

// model is a rental business as simple as can be: what is true, and no history.
type model struct {
	random    *rand.Rand
	dir       string
	simulator *iristest.Simulator

	status    map[string]string // of machines
	customers map[string]string // names
	lines     map[string]*modelLine
}

// modelLine is a contract line; each contract has one.
type modelLine struct {
	Machine, Customer string
	Out, In           string // In is "" while it runs
	Rate              int
	old               bool // it had ended before the first night, and nothing changed since
}

func newModel(t *testing.T, seed uint64) *model {
	t.Helper()
	m := &model{
		random: rand.New(rand.NewPCG(seed, 42)), dir: t.TempDir(),
		status: map[string]string{}, customers: map[string]string{}, lines: map[string]*modelLine{},
	}
	var serials []string
	for i := range 12 {
		serials = append(serials, fmt.Sprintf("S-%02d", i))
	}
	simulator, err := iristest.New(iristest.Options{Serials: serials})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	m.simulator = simulator

	for name, content := range map[string]string{
		"rentalsync.yaml":         strings.ReplaceAll(modelConfig, "http://127.0.0.1:8080", server.URL),
		"mappings/machines.yaml":  modelMachines,
		"mappings/lines.yaml":     modelLines,
		"mappings/customers.yaml": modelCustomers,
	} {
		path := filepath.Join(m.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

const modelConfig = `
flows:
  - flow: model
    drop: {local: inbox}
    ready: {settle: 0s}
    mappings: ["mappings/*.yaml"]
    iris:
      url: http://127.0.0.1:8080
      token: {url: http://127.0.0.1:8080/token/v2, clientId: demo, clientSecret: "${env:IRIS_CLIENT_SECRET}"}
      rate: none
    reports: {formats: [json]}
`

const modelMachines = `
mapping: machines
file: {match: "MACHINES_{date:YYYYMMDD}.csv", contains: {asset: all}}
asset: {key: NO, identify: [{SERIAL_NUMBER: SERIAL}], rentalStatus: {from: STATUS}}
`

const modelLines = `
mapping: lines
file: {match: "LINES_{date:YYYYMMDD}.csv", dates: YYYY-MM-DD, timezone: UTC}
contract: {key: CONTRACT, customer: CUSTOMER}
item: {key: CONTRACT, contract: CONTRACT, asset: NO, onRentDate: OUT, offRentDate: IN, rate: {type: DAILY, currency: EUR, unitPrice: RATE}}
`

const modelCustomers = `
mapping: customers
file: {match: "CUSTOMERS_{date:YYYYMMDD}.csv"}
customer: {key: NO, name: NAME}
`

// happen is a day at the company.
func (m *model) happen(night int) {
	statuses := []string{"ON_RENT", "AVAILABLE", "IN_REPAIR"}
	for i := range 12 {
		if machine := fmt.Sprint(i); m.status[machine] == "" && m.random.IntN(2) == 0 || m.random.IntN(5) == 0 {
			m.status[machine] = statuses[m.random.IntN(3)]
		}
	}
	for i := range 4 {
		if no := fmt.Sprintf("K%d", i); m.customers[no] == "" || m.random.IntN(6) == 0 {
			m.customers[no] = fmt.Sprintf("Customer %d of night %d", i, night)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.lines)) {
		line := m.lines[key]
		switch m.random.IntN(5) {
		case 0:
			line.Rate += 10
			line.old = line.old && night == 0 // what changes is no history any more
		case 1:
			if line.In == "" {
				line.In = m.date(night)
			}
		}
	}
	for range m.random.IntN(4) {
		line := &modelLine{
			Machine: fmt.Sprint(m.random.IntN(12)), Customer: fmt.Sprintf("K%d", m.random.IntN(4)),
			Out: m.date(night - 3), Rate: 100,
		}
		if m.random.IntN(4) == 0 {
			line.In, line.old = m.date(night-1), night == 0
		}
		m.lines[fmt.Sprintf("C%02d", len(m.lines))] = line
	}
}

func (m *model) date(night int) string {
	return time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC).AddDate(0, 0, night).Format(time.DateOnly)
}

// work drops the night and runs the program. A night without lines or customers
// drops no such file.
func (m *model) work(t *testing.T, night int) {
	t.Helper()
	files := map[string]*strings.Builder{}
	row := func(file, header, format string, args ...any) {
		if files[file] == nil {
			files[file] = &strings.Builder{}
			fmt.Fprintln(files[file], header)
		}
		fmt.Fprintf(files[file], format+"\n", args...)
	}
	for _, no := range slices.Sorted(maps.Keys(m.status)) {
		row("MACHINES", "NO,SERIAL,STATUS", "%s,S-%02s,%s", no, no, m.status[no])
	}
	for _, key := range slices.Sorted(maps.Keys(m.lines)) {
		line := m.lines[key]
		row("LINES", "CONTRACT,NO,CUSTOMER,OUT,IN,RATE", "%s,%s,%s,%s,%s,%d", key, line.Machine, line.Customer, line.Out, line.In, line.Rate)
	}
	for _, no := range slices.Sorted(maps.Keys(m.customers)) {
		row("CUSTOMERS", "NO,NAME", "%s,%s", no, m.customers[no])
	}

	inbox := filepath.Join(m.dir, "inbox")
	if err := os.MkdirAll(inbox, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(inbox, name+"_"+strings.ReplaceAll(m.date(night), "-", "")+".csv")
		if err := os.WriteFile(path, []byte(content.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
	if code := run([]string{"once", "--json", "-c", filepath.Join(m.dir, "rentalsync.yaml")}, nil, &stdout, &stderr, env); code != 0 {
		t.Fatalf("night %d ended with %d: %s%s", night, code, stdout.String(), stderr.String())
	}
}

// modelHeld is the part of what IRIS holds that the model knows, too.
type modelHeld struct {
	RentalStatus  string
	ContractItems []struct {
		ExternalReference       string
		OnRentDate, OffRentDate string
		RentalRate              struct{ UnitPrice float64 }
		Contract                struct {
			Customer struct{ Name string }
		}
	}
}

// compare tells each machine as the model has it and as IRIS holds it.
func (m *model) compare(t *testing.T, night int) {
	t.Helper()
	want, got := map[string]string{}, map[string]string{}
	for no, status := range m.status {
		serial := fmt.Sprintf("S-%02s", no)
		want[serial] = status + m.linesOf(no)
		got[serial] = m.heldOf(t, serial)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("night %d (-model +IRIS):\n%s", night, diff)
	}
}

func (m *model) linesOf(machine string) string {
	var all []string
	for key, line := range m.lines {
		switch {
		case line.Machine != machine || line.old:
		case line.In != "":
			all = append(all, fmt.Sprintf("\n%s %s to %s at %d", key, line.Out, line.In, line.Rate))
		default:
			all = append(all, fmt.Sprintf("\n%s %s open at %d for %s", key, line.Out, line.Rate, m.customers[line.Customer]))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func (m *model) heldOf(t *testing.T, serial string) string {
	t.Helper()
	raw := m.simulator.Held(serial)
	if raw == nil {
		return "nothing"
	}
	var held modelHeld
	if err := json.Unmarshal(raw, &held); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, i := range held.ContractItems {
		out, rate := i.OnRentDate[:10], int(i.RentalRate.UnitPrice)
		if i.OffRentDate != "" {
			all = append(all, fmt.Sprintf("\n%s %s to %s at %d", i.ExternalReference, out, i.OffRentDate[:10], rate))
		} else {
			all = append(all, fmt.Sprintf("\n%s %s open at %d for %s", i.ExternalReference, out, rate, i.Contract.Customer.Name))
		}
	}
	slices.Sort(all)
	return held.RentalStatus + strings.Join(all, "")
}
