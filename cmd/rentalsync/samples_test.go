package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
)

var update = flag.Bool("update", false, "write what came as what must come")

// TestSamples works every night of every sample and compares what came of it: the
// answers, the reports, and what IRIS holds at the end. The package samples says
// how a sample is laid out.
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
			for _, a := range s.accounts {
				s.compare(t, a.golden, a.held(t))
			}
		})
	}
}

// sample is one case in a folder of its own, with IRIS accounts of its own.
type sample struct {
	from, dir string
	accounts  []account
}

// account is one IRIS account: the address that the sample's configs give it, and
// the one it has while the test runs.
type account struct {
	written, real string
	golden        string
	simulator     *iristest.Simulator
}

func newSample(t *testing.T, from string) *sample {
	t.Helper()
	s := &sample{from: from, dir: t.TempDir()}
	s.open(t, "127.0.0.1:8080", "iris.json")
	if s.mentions(t, "127.0.0.1:8081") {
		s.open(t, "127.0.0.1:8081", "iris-8081.json")
	}
	if err := os.CopyFS(filepath.Join(s.dir, "mappings"), os.DirFS(filepath.Join(from, "mappings"))); err != nil {
		t.Fatal(err)
	}
	s.configure(t, from)
	return s
}

// open starts an account that knows the sample's serial numbers.
func (s *sample) open(t *testing.T, written, golden string) {
	t.Helper()
	serials, err := os.ReadFile(filepath.Join(s.from, "serials.txt"))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := os.ReadFile(filepath.Join(s.from, "definitions.yaml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	definitions, err := iristest.ParseDefinitions(fields)
	if err != nil {
		t.Fatal(err)
	}
	simulator, err := iristest.New(iristest.Options{Serials: strings.Fields(string(serials)), Definitions: definitions})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	s.accounts = append(s.accounts, account{written, strings.TrimPrefix(server.URL, "http://"), golden, simulator})
}

// mentions reports whether any config of the sample names an address.
func (s *sample) mentions(t *testing.T, address string) bool {
	t.Helper()
	configs, err := filepath.Glob(filepath.Join(s.from, "in", "*", "rentalsync.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(append(configs, filepath.Join(s.from, "rentalsync.yaml")), func(path string) bool {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(text, []byte(address))
	})
}

// configure takes the config of a folder; from is the sample, or a night of it.
func (s *sample) configure(t *testing.T, from string) {
	t.Helper()
	config, err := os.ReadFile(filepath.Join(from, "rentalsync.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range s.accounts {
		config = bytes.ReplaceAll(config, []byte(a.written), []byte(a.real))
	}
	if err := os.WriteFile(filepath.Join(s.dir, "rentalsync.yaml"), config, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *sample) nights() []string {
	entries, _ := os.ReadDir(filepath.Join(s.from, "in"))
	var nights []string
	for _, e := range entries {
		nights = append(nights, e.Name())
	}
	return nights
}

// work drops one night and runs the program on it: its commands, or once.
func (s *sample) work(t *testing.T, night string) {
	t.Helper()
	commands := s.drop(t, night)
	if commands == nil {
		stdout, stderr, code := s.run("once", "--json")
		if code != 0 && code != exitAttention {
			t.Fatalf("once ended with %d: %s", code, stderr)
		}
		s.compare(t, night+"/once.json", s.tidy(t, stdout))
		s.compare(t, night+"/report.csv", s.report(t, stdout))
	} else {
		before := s.outbox(t)
		s.compare(t, night+"/talk.txt", s.talk(t, commands))
		written := s.outbox(t)
		s.compareAny(t, night+"/report.csv", s.news(before, written, ".csv"))
		s.compareAny(t, night+"/held.txt", s.news(before, written, ".txt"))
	}
	s.compareAny(t, night+"/inbox.txt", s.inbox(t))
}

// drop lays a night's files into the inbox, but for those that are for the
// harness: another config, and the command lines, which it returns.
func (s *sample) drop(t *testing.T, night string) (commands []string) {
	t.Helper()
	from, inbox := filepath.Join(s.from, "in", night), filepath.Join(s.dir, "inbox")
	if err := os.CopyFS(inbox, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if os.Remove(filepath.Join(inbox, "rentalsync.yaml")) == nil {
		s.configure(t, from)
	}
	text, err := os.ReadFile(filepath.Join(inbox, "commands.txt"))
	if err != nil {
		return nil
	}
	if err := os.Remove(filepath.Join(inbox, "commands.txt")); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			commands = append(commands, line)
		}
	}
	return commands
}

// run calls the program as somebody beside the config would.
func (s *sample) run(args ...string) (stdout, stderr []byte, code int) {
	var out, talk bytes.Buffer
	code = run(append(args, "-c", filepath.Join(s.dir, "rentalsync.yaml")), nil, &out, &talk, s.env)
	return out.Bytes(), talk.Bytes(), code
}

// talk runs command lines and writes down what a terminal would show of each,
// with its exit code.
func (s *sample) talk(t *testing.T, commands []string) []byte {
	t.Helper()
	var all bytes.Buffer
	for i, line := range commands {
		args := strings.Fields(line)
		if at := slices.Index(args, "RUN"); at >= 0 {
			args[at] = s.heldRun(t)
		}
		stdout, stderr, code := s.run(args...)
		if i > 0 {
			all.WriteString("\n")
		}
		fmt.Fprintf(&all, "$ rentalsync %s\n", line)
		if slices.Contains(args, "--json") {
			stdout = s.tidy(t, stdout)
		}
		all.Write(s.plain(stdout))
		for said := range strings.Lines(string(s.plain(stderr))) {
			if !strings.HasPrefix(said, "time=") { // the log tells when and how fast
				all.WriteString("stderr: " + said)
			}
		}
		fmt.Fprintf(&all, "exit %d\n", code)
	}
	return s.untilToday(all.Bytes())
}

// untilToday writes TODAY for the date of runs that came about without a file. A
// sample whose own files are of today has none.
func (s *sample) untilToday(text []byte) []byte {
	today := time.Now().Format(time.DateOnly)
	for _, spelled := range []string{today, strings.ReplaceAll(today, "-", "")} {
		if files, _ := filepath.Glob(filepath.Join(s.from, "in", "*", "*"+spelled+"*")); len(files) > 0 {
			return text
		}
	}
	return bytes.ReplaceAll(text, []byte(today), []byte("TODAY"))
}

// heldRun is the run that waits for somebody's decision.
func (s *sample) heldRun(t *testing.T) string {
	t.Helper()
	stdout, _, _ := s.run("approve", "--json")
	var told struct{ Waiting []struct{ What, Run string } }
	if err := json.Unmarshal(stdout, &told); err != nil {
		t.Fatal(err)
	}
	for _, w := range told.Waiting {
		if w.What == waitingRun {
			return w.Run
		}
	}
	t.Fatalf("no run is held: %s", stdout)
	return ""
}

func (s *sample) env(name string) (string, bool) {
	if name == "IRIS_CLIENT_SECRET" {
		return "demo", true
	}
	return "", false
}

// What differs from run to run: ids, and moments as programs and as people read
// them.
var (
	ids     = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`)
	moments = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b`)
	clocks  = regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( UTC)?`)
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

// plain is a text for people without what differs from run to run. Moments that
// data tell of are as the files say.
func (s *sample) plain(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte(s.dir+string(filepath.Separator)), nil)
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for _, a := range s.accounts {
		text = bytes.ReplaceAll(text, []byte(a.real), []byte(a.written))
	}
	return clocks.ReplaceAll(ids.ReplaceAll(text, []byte("RUN")), []byte("MOMENT"))
}

// report is the CSV reports of an answer's runs, without what differs from run to
// run.
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
	return moments.ReplaceAll(s.plain(all), []byte("MOMENT"))
}

// outbox is what was written for people so far, by name.
func (s *sample) outbox(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.dir, "outbox", "*"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[path] = string(data)
	}
	return all
}

// news is what the files of one form say that were written between two looks, in
// the order of their runs.
func (s *sample) news(before, after map[string]string, form string) []byte {
	var written []string
	for path, text := range after {
		if filepath.Ext(path) == form && before[path] != text {
			written = append(written, path)
		}
	}
	run := func(path string) string { return ids.FindString(filepath.Base(path)) + path }
	slices.SortFunc(written, func(a, b string) int { return strings.Compare(run(a), run(b)) })
	var all []byte
	for _, path := range written {
		all = append(all, after[path]...)
	}
	return s.untilToday(moments.ReplaceAll(s.plain(all), []byte("MOMENT")))
}

// inbox lists the files that were left alone.
func (s *sample) inbox(t *testing.T) []byte {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(s.dir, "inbox", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var list []byte
	for _, path := range left {
		if name := filepath.Base(path); !strings.HasPrefix(name, ".") { // claims lie hidden
			list = append(list, name+"\n"...)
		}
	}
	return list
}

// held is what the account accepted last, by identifier.
func (a *account) held(t *testing.T) []byte {
	t.Helper()
	data, err := json.MarshalIndent(a.simulator.State().Documents, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}

// compareAny compares what there need not be: nothing has no golden file.
func (s *sample) compareAny(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join(s.from, "want", filepath.FromSlash(name))
	if len(got) > 0 {
		s.compare(t, name, got)
		return
	}
	if *update {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(path); err == nil {
		t.Errorf("%s has come to nothing, want:\n%s", name, want)
	}
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
