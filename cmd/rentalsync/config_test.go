package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/mappings"
)

// environment is what the test configs find.
func environment(name string) (string, bool) {
	value, found := map[string]string{"IRIS_ID": "id-1", "IRIS_SECRET": "s3cret", "BLANK": ""}[name]
	return value, found
}

func load(t *testing.T, name string) (*config, mappings.Faults) {
	t.Helper()
	return loadConfig(filepath.Join("testdata", "config", name), environment)
}

func TestConfigLeavesWhatItDoesNotNameToDefaults(t *testing.T) {
	t.Parallel()

	c, faults := load(t, "least.good.yaml")
	if len(faults) > 0 {
		t.Fatal(faults)
	}

	f, dir := c.Flows[0], filepath.Join("testdata", "config")
	for what, pair := range map[string][2]any{
		"journal":          {c.journalFile(), filepath.Join(dir, "state", "rentalsync.db")},
		"drop":             {[]any{f.Drop.Local, f.Drop.Scan}, []any{filepath.Join(dir, "inbox"), 10 * time.Second}},
		"ready":            {f.Ready, readyConfig{Settle: 10 * time.Second, Looks: 1, Patience: 30 * time.Second, Incomplete: 30 * time.Minute}},
		"archive":          {f.Archive, "testdata/config/archive/{date:YYYY/MM}"},
		"quarantine":       {f.Quarantine, filepath.Join(dir, "quarantine")},
		"references":       {f.References, "{key}"},
		"gates.first":      {f.Gates.First, "hold"},
		"absent.asset":     {f.Absent.Asset, "report"},
		"rate":             {f.IRIS.Rate, ratesConfig{5, 50, 500, 5}},
		"parallel":         {f.IRIS.Parallel, 2},
		"fleetEvery":       {f.IRIS.FleetEvery, 15 * time.Minute},
		"reports":          {f.Reports.To.Local, filepath.Join(dir, "outbox")},
		"formats":          {f.Reports.Formats, []string{"xlsx", "csv", "json"}},
		"snapshot":         {f.Snapshot.To.Local, filepath.Join(dir, "outbox")},
		"timezone":         {f.Snapshot.zone, time.UTC},
		"account":          {f.IRIS.account(), "iris.trackunit.com id-1"},
		"files of mapping": {f.mappingFiles, []string{filepath.Join(dir, "mappings", "equipment.yaml")}},
	} {
		if got, want := fmt.Sprint(pair[0]), fmt.Sprint(pair[1]); got != want {
			t.Errorf("%s = %s, want %s", what, got, want)
		}
	}
}

func TestConfigTakesZeroAtItsWord(t *testing.T) {
	t.Parallel()

	c, faults := parseConfig("x.yaml", []byte(`flows:
  - flow: hamburg
    drop: {local: .}
    mappings: ["*.go"]
    ready: {settle: 0s, incomplete: 0s}
    iris:
      url: http://127.0.0.1:8080
      token: {url: http://127.0.0.1:8080/token/v2, clientId: demo, clientSecret: "${env:IRIS_SECRET}"}
      parallel: 0
      fleetEvery: 0s
`), environment)

	f := c.Flows[0]
	if !reflect.DeepEqual(f.Ready, readyConfig{Looks: 1}) || f.IRIS.FleetEvery != 0 || f.Gates.First != "send" {
		t.Errorf("ready %v, fleetEvery %v, first %v", f.Ready, f.IRIS.FleetEvery, f.Gates.First)
	}
	if len(faults) != 1 || !strings.Contains(faults[0].What, "0 is no number of requests") {
		t.Error(faults)
	}
}

func TestConfigKnowsEveryKey(t *testing.T) {
	t.Parallel()

	c, faults := load(t, "all.good.yaml")
	if len(faults) > 0 {
		t.Fatal(faults)
	}

	f, dir := c.Flows[0], filepath.Join("testdata", "config")
	for what, pair := range map[string][2]any{
		"journal": {c.journalFile(), "/var/lib/rentalsync/journal.db"},
		"ready": {f.Ready, readyConfig{
			Settle: 20 * time.Second, Looks: 3, Patience: 5 * time.Minute, MinAge: time.Minute, Incomplete: 24 * time.Hour, Marker: "{name}.ok",
			Control: controlConfig{Match: "CONTROL_{date:YYYYMMDD}.csv", Delimiter: "tab", Columns: controlColumns{"FILE", "BYTES", "RECORDS", "SHA256"}},
			Set:     setConfig{Needs: []string{"equipment"}, Within: 90 * time.Minute, Incomplete: "process"},
		}},
		"acknowledge": {f.Acknowledge, acknowledgeConfig{"{name}.ack", "{stem}.err"}},
		"keep":        {f.Keep, keepConfig{400 * 24 * time.Hour, 90 * 24 * time.Hour, 90 * 24 * time.Hour}},
		"gates":       {f.Gates.First, "send"},
		"depots":      {f.Depots["MUC"], "6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"},
		"url":         {f.IRIS.URL, "https://iris.trackunit.com"},
		"rate":        {f.IRIS.Rate, ratesConfig{10, 5, 400, unlimited}},
		"extended":    {f.IRIS.ExtendedData, true},
		"no limit":    {f.IRIS.Rate.Other.PerSecond(), 0},
		"validate":    {f.IRIS.ValidateAssets, true},
		"wire":        {f.IRIS.Wire, "../../connectors/iris/wire.yaml"},
		"formats":     {f.Reports.Formats, []string{"csv"}},
		"outbox":      {f.Reports.To.Local, filepath.Join(dir, "out")},
		"snapshot":    {f.Snapshot.To.Local, filepath.Join(dir, "fleet")},
		"timezone":    {f.Snapshot.zone, "Europe/Berlin"},
		"at":          {f.Snapshot.At.Value, "30 4 * * *"},
		"layouts":     {[]int{len(f.Snapshot.layoutFiles), len(f.Reports.layoutFiles)}, []int{2, 1}},
		"each once":   {len(f.mappingFiles), 1},
		"values":      {f.IRIS.Values["rentalStatus"], []string{"NEW"}},
		"quarantine":  {f.Quarantine, filepath.Join(dir, "aside")},
	} {
		if got, want := fmt.Sprint(pair[0]), fmt.Sprint(pair[1]); got != want {
			t.Errorf("%s = %s, want %s", what, got, want)
		}
	}
	for name, s := range map[string]secret{"secret of the file": f.IRIS.Token.ClientSecret, "secret of the environment": f.IRIS.Token.Password} {
		if got, err := s.Value(); got != "s3cret" || err != nil {
			t.Errorf("%s = %q, %v", name, got, err)
		}
	}
}

// TestGoodConfigsHaveNoFault and the next are about pairs: what a bad one gets
// told stands in its own comments, a line for each fault.
func TestGoodConfigsHaveNoFault(t *testing.T) {
	t.Parallel()

	for _, path := range configs(t, "*.good.yaml") {
		if _, faults := loadConfig(path, environment); len(faults) > 0 {
			t.Error(faults)
		}
	}
}

func TestBadConfigsAreToldEveryFault(t *testing.T) {
	t.Parallel()

	for _, path := range configs(t, "*.bad.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			_, faults := loadConfig(path, environment)

			var got, want []string
			for _, f := range faults {
				f.File = filepath.Base(f.File)
				got = append(got, strings.ReplaceAll(f.String(), "testdata/config/", ""))
			}
			for line := range strings.Lines(string(readFile(t, path))) {
				if told, found := strings.CutPrefix(line, "#: "); found {
					want = append(want, filepath.Base(path)+":"+strings.TrimSpace(told))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func configs(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "config", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	return paths
}

func TestSecretsAreNeverSeen(t *testing.T) {
	t.Parallel()

	c, faults := parseConfig("x.yaml", []byte(`flows:
  - flow: hamburg
    drop: {local: .}
    mappings: ["*.go"]
    iris:
      url: https://iris.example
      token: {url: https://auth.example, clientId: id, clientSecret: hush, username: api, password: hush}
`), environment)
	if faults.Err() != nil {
		t.Fatal(faults)
	}

	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", c.Flows[0].IRIS.Token, "secret", c.Flows[0].IRIS.Token.ClientSecret)
	inJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for how, text := range map[string]string{
		"log": log.String(), "json": string(inJSON), "faults": faults.Error(),
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", *c), "%#v": fmt.Sprintf("%#v", *c), "alone": fmt.Sprint(c.Flows[0].IRIS.Token.Password),
	} {
		if strings.Contains(text, "hush") {
			t.Errorf("%s gives the secret away: %s", how, text)
		}
	}
}

func TestRatesAreKeptByTheSecond(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]float64{"5/s": 5, "300/m": 5, "18000/h": 5, "0.5/s": 0.5, "none": 0} {
		got, err := parseRate(text)
		if err != nil || got.PerSecond() != want {
			t.Errorf("parseRate(%q) = %v, %v, want %v", text, got.PerSecond(), err, want)
		}
	}
	for _, text := range []string{"", "5", "5/d", "-5/s", "0/s", "x/s", "NaN/s", "Inf/s", "5/s/s"} {
		if got, err := parseRate(text); err == nil {
			t.Errorf("parseRate(%q) = %v, want a fault", text, got)
		}
	}
}

func TestAWireFileIsToldItsOwnFaults(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	wire := filepath.Join(dir, "wire.yaml")
	if err := os.WriteFile(wire, []byte("profile: x\nasset: {nothing: x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, faults := parseConfig(filepath.Join(dir, "rentalsync.yaml"), []byte(`flows:
  - flow: hamburg
    drop: {local: .}
    mappings: ["*.yaml"]
    iris:
      url: https://iris.example
      token: {url: "https://auth.example", clientId: a, clientSecret: "${env:IRIS_SECRET}"}
      wire: wire.yaml
`), environment)

	if len(faults) < 2 {
		t.Fatalf("faults: %v", faults)
	}
	for _, f := range faults {
		if f.File != wire || f.Line == 0 {
			t.Errorf("%v, want a place in %s", f, wire)
		}
	}
}
