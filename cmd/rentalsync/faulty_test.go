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

	"rentalsync/connectors/iris/iristest"
)

// fivePercent is a script by which five of a hundred requests go wrong, each way
// in its share.
var fivePercent = []iristest.Fault{
	{On: "POST /api/rental/*", Percent: 0.2, Status: 429},
	{On: "POST /api/rental/*", Percent: 0.01, Status: 429, RetryAfter: "1"},
	{On: "POST /api/rental/*", Percent: 1, Status: 500},
	{On: "POST /api/rental/*", Percent: 1, Status: 503},
	{On: "POST /api/rental/*", Percent: 0.7, Cut: true},
	{On: "POST /api/rental/*", Percent: 0.7, CutAfter: true},
	{On: "POST /api/rental/*", Percent: 0.5, Status: 502, Body: "html"},
	{On: "POST /api/rental/*", Percent: 0.3, Body: "truncated"},
	{On: "POST /api/rental/*", Percent: 0.3, Body: "html"},
	{On: "POST /api/rental/*", Percent: 0.1, ExpireToken: true},
}

// faultyNights works two nights of a fleet under faults, and holds what IRIS has
// in the end against what the files say. A document that never came, or an older
// one that came over a newer, is told.
func faultyNights(tb testing.TB, machines int) iristest.Counts {
	tb.Helper()
	serials := make([]string, machines)
	for i := range serials {
		serials[i] = fmt.Sprintf("S-%06d", i)
	}
	simulator, err := iristest.New(iristest.Options{Serials: serials, Faults: fivePercent, Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	tb.Cleanup(server.Close)

	dir := tb.TempDir()
	writeAll(tb, dir, map[string]string{
		"rentalsync.yaml":     strings.NewReplacer("URL", server.URL, "rate: none", "rate: none\n      parallel: 8").Replace(yardConfig),
		"mappings/fleet.yaml": yardFleet,
	})
	want := map[string]string{}
	for night, date := range []string{"20261120", "20261121"} {
		rows := []string{strings.TrimSpace(yardHeader)}
		for i, serial := range serials {
			status := [...]string{"AVAILABLE", "IN_REPAIR", "RETURNED"}[(i+night*(i%2))%3]
			want[serial] = status
			rows = append(rows, fmt.Sprintf("%06d,%s,%s,,,", i, serial, status))
		}
		writeAll(tb, dir, map[string]string{"inbox/FLEET_" + date + ".csv": strings.Join(rows, "\n") + "\n"})

		var out, talk bytes.Buffer
		env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
		if code := run([]string{"once", "-c", filepath.Join(dir, "rentalsync.yaml")}, nil, &out, &talk, env); code != 0 {
			tb.Fatalf("the night of %s ends with %d: %s", date, code, &talk)
		}
	}

	state := simulator.State()
	for serial, status := range want {
		var held struct{ RentalStatus string }
		if err := json.Unmarshal(state.Documents[serial], &held); err != nil || held.RentalStatus != status {
			tb.Errorf("IRIS holds %s as %q, want %s: %v", serial, held.RentalStatus, status, err)
		}
	}
	return state.Counts
}

// writeAll writes files below a folder.
func writeAll(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

func TestFaultsLoseNoDocumentAndLetNoOlderOverANewer(t *testing.T) {
	t.Parallel()
	counts := faultyNights(t, 300)
	if sent := counts.Matched + counts.Unmatched + counts.Rejected; counts.Requests <= sent {
		t.Errorf("%d requests for %d answers: nothing went wrong", counts.Requests, sent)
	}
}

func BenchmarkFaultyNight(b *testing.B) {
	for b.Loop() {
		counts := faultyNights(b, 2000)
		b.ReportMetric(float64(counts.Throttled)*100/float64(counts.Requests), "%429")
		b.ReportMetric(float64(counts.Requests), "requests")
	}
}
