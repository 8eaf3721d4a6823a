package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
)

var update = flag.Bool("update", false, "write what came as what must come")

// TestSamples works every night of every sample and compares what came of it:
// the answer of once, the report, and what IRIS holds at the end.
func TestSamples(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("../../samples/*/rentalsync.yaml")
	if err != nil || len(cases) == 0 {
		t.Fatalf("found no samples: %v", err)
	}
	for _, config := range cases {
		dir := filepath.Dir(config)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			s := newSample(t, dir)
			for _, night := range s.nights() {
				t.Run("night "+night, func(t *testing.T) { s.work(t, night) })
			}
			s.compare(t, "iris.json", s.held(t))
		})
	}
}

// sample is one case in a folder of its own, with an IRIS of its own.
type sample struct {
	from, dir string
	simulator *iristest.Simulator
}

func newSample(t *testing.T, from string) *sample {
	t.Helper()
	serials, err := os.ReadFile(filepath.Join(from, "serials.txt"))
	if err != nil {
		t.Fatal(err)
	}
	simulator, err := iristest.New(iristest.Options{Serials: strings.Fields(string(serials))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	s := &sample{from: from, dir: t.TempDir(), simulator: simulator}
	if err := os.CopyFS(filepath.Join(s.dir, "mappings"), os.DirFS(filepath.Join(from, "mappings"))); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(from, "rentalsync.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.ReplaceAll(config, []byte("http://127.0.0.1:8080"), []byte(server.URL))
	if err := os.WriteFile(filepath.Join(s.dir, "rentalsync.yaml"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sample) nights() []string {
	entries, _ := os.ReadDir(filepath.Join(s.from, "in"))
	var nights []string
	for _, e := range entries {
		nights = append(nights, e.Name())
	}
	return nights
}

// work drops one night and runs the program on it.
func (s *sample) work(t *testing.T, night string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(s.dir, "inbox"), os.DirFS(filepath.Join(s.from, "in", night))); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"once", "--json", "-c", filepath.Join(s.dir, "rentalsync.yaml")}, nil, &stdout, &stderr, s.env)
	if code != 0 && code != exitAttention {
		t.Fatalf("once ended with %d: %s", code, stderr.String())
	}

	s.compare(t, night+"/once.json", s.tidy(t, stdout.Bytes()))
	s.compare(t, night+"/report.csv", s.report(t, stdout.Bytes()))
	left, _ := filepath.Glob(filepath.Join(s.dir, "inbox", "*"))
	if len(left) > 0 {
		t.Errorf("files were left in the inbox: %v", left)
	}
}

func (s *sample) env(name string) (string, bool) {
	if name == "IRIS_CLIENT_SECRET" {
		return "demo", true
	}
	return "", false
}

// ids are the names that differ from run to run.
var (
	ids     = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`)
	moments = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b`)
)

func (s *sample) tidy(t *testing.T, answer []byte) []byte {
	t.Helper()
	answer = bytes.ReplaceAll(answer, []byte(s.dir+string(filepath.Separator)), nil)
	var out bytes.Buffer
	if err := json.Indent(&out, ids.ReplaceAll(answer, []byte("RUN")), "", "  "); err != nil {
		t.Fatalf("the answer is no JSON: %v", err)
	}
	return out.Bytes()
}

// report is the first run's CSV report, without what differs from run to run.
func (s *sample) report(t *testing.T, answer []byte) []byte {
	t.Helper()
	var told struct{ Runs []struct{ Reports []string } }
	if err := json.Unmarshal(answer, &told); err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, r := range told.Runs {
		for _, path := range r.Reports {
			if filepath.Ext(path) != ".csv" {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
	}
	all = bytes.ReplaceAll(all, []byte("\r\n"), []byte("\n"))
	return moments.ReplaceAll(ids.ReplaceAll(all, []byte("RUN")), []byte("MOMENT"))
}

// held is what the simulator accepted last, by identifier.
func (s *sample) held(t *testing.T) []byte {
	t.Helper()
	data, err := json.MarshalIndent(s.simulator.State().Documents, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}

func (s *sample) compare(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join(s.from, "want", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; refresh with go test ./cmd/rentalsync -run TestSamples -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
