package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
)

const fleetsConfig = `
journal: sqlite:state/rentalsync.db
flows:
  - flow: koeln
    drop: {local: koeln/inbox}
    ready: {settle: 0s}
    mappings: ["mappings/*.yaml"]
    archive: koeln/archive
    quarantine: koeln/quarantine
    references: "K-{key}"
    iris:
      url: IRIS
      token: {url: IRIS/token/v2, clientId: demo, clientSecret: "${env:IRIS_CLIENT_SECRET}"}
      rate: none
    reports: {to: {local: koeln/outbox}}
  - flow: bonn
    drop: {local: bonn/inbox}
    ready: {settle: 0s}
    mappings: ["mappings/*.yaml"]
    archive: bonn/archive
    quarantine: bonn/quarantine
    references: "B-{key}"
    iris:
      url: IRIS
      token: {url: IRIS/token/v2, clientId: CLIENT, clientSecret: "${env:IRIS_CLIENT_SECRET}"}
      rate: none
    reports: {to: {local: bonn/outbox}}
`

// fleets is two flows with an IRIS that writes down which pages it was asked for.
type fleets struct {
	dir, secret string
	simulator   *iristest.Simulator

	mu    sync.Mutex
	asked []string // the numbers of the pages
}

// newFleets makes flows that share an account, unless the second one's client is
// another than demo.
func newFleets(t *testing.T, client string, o iristest.Options) *fleets {
	t.Helper()
	simulator, err := iristest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &fleets{dir: t.TempDir(), secret: "demo", simulator: simulator}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/Fleet/") {
			w.mu.Lock()
			w.asked = append(w.asked, path.Base(r.URL.Path))
			w.mu.Unlock()
		}
		simulator.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)

	if err := os.CopyFS(filepath.Join(w.dir, "mappings"), os.DirFS("../../samples/flat-file/mappings")); err != nil {
		t.Fatal(err)
	}
	for _, flow := range []string{"koeln", "bonn"} {
		if err := os.MkdirAll(filepath.Join(w.dir, flow, "inbox"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config := strings.NewReplacer("IRIS_CLIENT_SECRET", "IRIS_CLIENT_SECRET", "IRIS", server.URL, "CLIENT", client).Replace(fleetsConfig)
	if err := os.WriteFile(w.config(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *fleets) config() string { return filepath.Join(w.dir, "rentalsync.yaml") }

func (w *fleets) env(name string) (string, bool) { return w.secret, name == "IRIS_CLIENT_SECRET" }

// pages are those that IRIS was asked for since the last time.
func (w *fleets) pages() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.asked) // several are on their way at once
	asked := strings.Join(w.asked, " ")
	w.asked = nil
	return asked
}

// snapshot is what the command answers.
func (w *fleets) snapshot(args ...string) (code int, stdout, stderr string) {
	var out, talk bytes.Buffer
	code = run(append([]string{"snapshot", "-c", w.config()}, args...), nil, &out, &talk, w.env)
	return code, strings.ReplaceAll(out.String(), w.dir, "DIR"), talk.String()
}

// take takes a flow's snapshot at some time.
func (w *fleets) take(t *testing.T, flow string, at time.Time) (pipeline.Taken, error) {
	t.Helper()
	a := &app{stdout: io.Discard, stderr: io.Discard, env: w.env, configFile: w.config(), log: slog.New(slog.DiscardHandler)}
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	h, err := a.openFleets(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	flows, err := h.named([]string{flow})
	if err != nil {
		t.Fatal(err)
	}
	flows[0].snapshotter.Now = func() time.Time { return at }
	return flows[0].snapshotter.Take(t.Context())
}

// told is the answer in JSON.
type told struct {
	Snapshots []struct {
		Flow     string
		Machines int
		Stored   bool
		Files    []string
	}
	Exit int
}

func tellOf(t *testing.T, stdout string) (a told) {
	t.Helper()
	in := json.NewDecoder(strings.NewReader(stdout))
	if err := in.Decode(&a); err != nil || a.Snapshots == nil {
		t.Fatalf("the answer is no object with snapshots: %v\n%s", err, stdout)
	}
	if _, err := in.Token(); err != io.EOF {
		t.Fatalf("the answer is more than one object:\n%s", stdout)
	}
	return a
}

const (
	fleetPage1 = "GET /public/api/aemp/v2/15143/-3/Fleet/1"
	fleetPage2 = "GET /public/api/aemp/v2/15143/-3/Fleet/2"
)

func TestFlowsOfOneAccountShareItsSnapshot(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 150})

	code, stdout, stderr := w.snapshot("koeln")
	if code != 0 || w.pages() != "1 2" {
		t.Fatalf("the first flow: exit %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = w.snapshot("bonn")
	if code != 0 || w.pages() != "" {
		t.Fatalf("the second flow: exit %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"bonn: 150 machines at ", ", as stored: IRIS may be asked again at ", "DIR/bonn/outbox/bonn_fleet_", ".csv\n", ".xlsx\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the second flow does not say %q:\n%s", want, stdout)
		}
	}

	code, stdout, stderr = w.snapshot("--json")
	a := tellOf(t, stdout)
	if code != 0 || a.Exit != 0 || len(a.Snapshots) != 2 || !a.Snapshots[0].Stored || !a.Snapshots[1].Stored {
		t.Errorf("both: exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestAFlowOfAnotherAccountHasAFleetOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "nobody", iristest.Options{Fleet: 3})

	code, stdout, stderr := w.snapshot()
	if code != exitFailed || !strings.HasPrefix(stdout, "koeln: 3 machines at ") || !strings.Contains(stdout, "DIR/koeln/outbox/koeln_fleet_") {
		t.Errorf("exit %d, and the flow that works is not told:\n%s", code, stdout)
	}
	for _, want := range []string{"rentalsync: flow bonn: read fleet page 1: ", "invalid_client", "check token.clientId"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("the error does not say %q:\n%s", want, stderr)
		}
	}
	if strings.Contains(stderr, "koeln") {
		t.Errorf("the error names the flow that works:\n%s", stderr)
	}

	code, stdout, _ = w.snapshot("--json")
	if a := tellOf(t, stdout); code != exitFailed || a.Exit != exitFailed || len(a.Snapshots) != 1 || a.Snapshots[0].Flow != "koeln" || len(a.Snapshots[0].Files) != 5 {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
	code, stdout, _ = w.snapshot("nowhere", "--json")
	if a := tellOf(t, stdout); code != exitFault || a.Exit != exitFault || len(a.Snapshots) != 0 {
		t.Errorf("a flow that is not there: exit %d:\n%s", code, stdout)
	}
}

func TestAnAttemptThatIRISDidNotAnswerCostsNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, secret string
		faults       []iristest.Fault
		says         string
	}{
		{"a wrong secret", "wrong", nil, "check token.clientId and token.clientSecret"},
		{"a token server that fails", "demo", []iristest.Fault{{On: "POST /token/v2", Status: 503}}, "503 Service Unavailable"},
		{"a line that is cut", "demo", []iristest.Fault{{On: fleetPage1, Cut: true}}, "EOF"},
		{"a fault of IRIS", "demo", []iristest.Fault{{On: fleetPage1, Status: 502}}, "502 Bad Gateway"},
		{"a token that is not taken", "demo", []iristest.Fault{{On: fleetPage1, ExpireToken: true}}, "IRIS does not take a fresh token"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newFleets(t, "demo", iristest.Options{Fleet: 3, Faults: tt.faults})
			w.secret = tt.secret
			code, stdout, stderr := w.snapshot("koeln")
			if code != exitFailed || stdout != "" || !strings.Contains(stderr, "rentalsync: flow koeln: read fleet page 1: ") || !strings.Contains(stderr, tt.says) {
				t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
			}
			w.secret = "demo"
			w.simulator.ClearFaults()
			if code, stdout, stderr = w.snapshot("koeln"); code != 0 || !strings.Contains(stdout, "3 machines") || !strings.Contains(stdout, "read from IRIS") {
				t.Errorf("the next try: exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}

func TestAnAnsweredPageIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault iristest.Fault
		says  string
	}{
		{"429", iristest.Fault{On: fleetPage1, Status: 429, RetryAfter: "600", Times: 1}, "rate limit of fleet requests is used up; IRIS answers the same page once in 15m; try again in 15m"},
		{"429 for longer", iristest.Fault{On: fleetPage1, Status: 429, RetryAfter: "3600", Times: 1}, "rate limit of fleet requests is used up; IRIS answers the same page once in 15m; try again in 1h"},
		{"403", iristest.Fault{On: fleetPage1, Status: 403, Times: 1}, "403 Forbidden"},
		{"nothing that can be understood", iristest.Fault{On: fleetPage1, Body: "object", Times: 1}, "IRIS answers the same page once in 15m; try again in 15m"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newFleets(t, "demo", iristest.Options{Fleet: 3, Faults: []iristest.Fault{tt.fault}})
			begun := time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC)
			if _, err := w.take(t, "koeln", begun); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want %s", err, tt.says)
			}
			if asked := w.pages(); asked != "1" {
				t.Errorf("asked for %q", asked)
			}

			_, err := w.take(t, "bonn", begun.Add(14*time.Minute+500*time.Millisecond))
			if want := "read fleet page 1: IRIS answers the same page once in 15m; try again in 1m"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			if asked := w.pages(); asked != "" {
				t.Errorf("asked for %q before its time", asked)
			}
			if taken, err := w.take(t, "koeln", begun.Add(15*time.Minute)); err != nil || taken.Machines != 3 {
				t.Errorf("got %d machines, %v", taken.Machines, err)
			}
		})
	}
}

func TestASnapshotThatBrokeOffIsGoneOnWith(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 250, Faults: []iristest.Fault{{On: fleetPage2, Status: 503, Times: 4}}})
	begun := time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC)
	read := func(flow string, after time.Duration, stored bool, asked string) {
		t.Helper()
		taken, err := w.take(t, flow, begun.Add(after))
		if err != nil || taken.Machines != 250 || taken.Stored != stored {
			t.Fatalf("after %s: got %+v, %v", after, taken, err)
		}
		if got := w.pages(); got != asked {
			t.Errorf("after %s: asked for %q, want %q", after, got, asked)
		}
	}

	_, err := w.take(t, "koeln", begun)
	if err == nil || !strings.Contains(err.Error(), "read fleet page 2: ") || !strings.Contains(err.Error(), "; 150 machines are kept: a try within 15m goes on with the others") {
		t.Errorf("got %v", err)
	}
	w.pages()

	read("bonn", 10*time.Minute, false, "2")
	read("koeln", 20*time.Minute, true, "")
	read("koeln", 25*time.Minute, false, "1 2 3")
}

func TestASnapshotThatBrokeOffIsBegunAnewWhenItIsOld(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 150, Faults: []iristest.Fault{{On: fleetPage2, Status: 503, Times: 4}}})
	begun := time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC)
	if _, err := w.take(t, "koeln", begun); err == nil {
		t.Fatal("it did not break off")
	}
	w.pages()
	taken, err := w.take(t, "koeln", begun.Add(15*time.Minute))
	if err != nil || taken.Machines != 150 || !taken.TakenAt.Equal(begun.Add(15*time.Minute)) || w.pages() != "1 2" {
		t.Errorf("got %+v, %v", taken, err)
	}
}

func TestTheFilesKnowTheERPsOwnKeys(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Serials: []string{"S-1", "S-2", "S-3"}})
	w.refer(t, 0, "K-004711")
	w.refer(t, 1, "B-9")

	code, stdout, stderr := w.snapshot("--json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for i, want := range [][]string{{"004711", "", ""}, {"", "9", ""}} {
		told := tellOf(t, stdout).Snapshots[i]
		file := strings.Replace(told.Files[0], "DIR", w.dir, 1)
		if diff := cmp.Diff(want, column(t, file, "AssetKey")); diff != "" {
			t.Errorf("keys of %s (-want +got):\n%s", told.Flow, diff)
		}
		if diff := cmp.Diff([]string{"K-004711", "B-9", ""}, column(t, file, "ExternalReference")); diff != "" {
			t.Errorf("references of %s (-want +got):\n%s", told.Flow, diff)
		}
	}
}

// refer gives a machine of the simulator an external reference.
func (w *fleets) refer(t *testing.T, machine int, reference string) {
	t.Helper()
	ask := func(method, path, body string) []byte {
		req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+w.simulator.Token())
		req.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		w.simulator.ServeHTTP(answer, req)
		if answer.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
		}
		return answer.Body.Bytes()
	}
	var assets struct{ Content []struct{ ID string } }
	if err := json.Unmarshal(ask("GET", "/api/asset/v1/assets", ""), &assets); err != nil {
		t.Fatal(err)
	}
	ask("PATCH", "/api/asset/v1/assets/"+assets.Content[machine].ID, fmt.Sprintf(`{"externalReference":%q}`, reference))
}

// column reads one column of a CSV file; the first one of all has to be the key.
func column(t *testing.T, file, name string) (cells []string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for row, err := range tabular.New().Rows(t.Context(), f, file, pipeline.Dialect{}) {
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(row.Header.Names, name)
		if at < 0 || row.Header.Names[0] != "AssetKey" {
			t.Fatalf("%s has the columns %q", file, row.Header.Names)
		}
		cells = append(cells, row.Cells[at])
	}
	return cells
}

func TestASnapshotIsTakenBesideALiveRun(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 3})
	watcher := exec.CommandContext(t.Context(), "rentalsync", "run", "-c", w.config())
	watcher.Env = append(os.Environ(), "IRIS_CLIENT_SECRET=demo")
	talk, err := watcher.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watcher.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(talk)
	for said := ""; !strings.Contains(said, "msg=watching"); said = lines.Text() {
		if !lines.Scan() {
			t.Fatalf("run ended: %v", watcher.Wait())
		}
	}

	for _, want := range []string{"read from IRIS", "as stored"} {
		cmd := exec.CommandContext(t.Context(), "rentalsync", "snapshot", "koeln", "-c", w.config())
		cmd.Env = watcher.Env
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("snapshot: %v, want %q\n%s", err, want, out)
		}
	}

	if err := watcher.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // until it has said all
	}
	if err := watcher.Wait(); watcher.ProcessState.ExitCode() != exitInterrupted && err != nil {
		t.Errorf("run: %v", err)
	}
}

func TestASnapshotKeepsNobodyFromWork(t *testing.T) {
	t.Parallel()
	w := newFleets(t, "demo", iristest.Options{Fleet: 3})
	if code, _, stderr := w.snapshot(); code != 0 { // makes the journal
		t.Fatal(stderr)
	}

	a := &app{stdout: io.Discard, stderr: io.Discard, env: w.env, configFile: w.config(), log: slog.New(slog.DiscardHandler)}
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	h, err := a.openFleets(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var out, talk bytes.Buffer
	if code := run([]string{"once", "-c", w.config()}, nil, &out, &talk, w.env); code != 0 {
		t.Errorf("once ended with %d beside a snapshot:\n%s", code, talk.String())
	}
}
