package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
)

// yard is a small rental company whose nights are held when many of its
// machines are gone.
type yard struct {
	dir       string
	simulator *iristest.Simulator
}

const yardConfig = `
flows:
  - flow: yard
    drop: {local: inbox, scan: 1s}
    ready: {settle: 0s}
    mappings: ["mappings/*.yaml"]
    gates: {assetsGone: 40%}
    iris:
      url: URL
      token: {url: URL/token/v2, clientId: demo, clientSecret: "${env:IRIS_CLIENT_SECRET}"}
      rate: none
    reports: {formats: [json]}
`

const yardFleet = `
mapping: fleet
file: {match: "FLEET_{date:YYYYMMDD}.csv", contains: full, dates: YYYY-MM-DD, timezone: UTC}
columns: {line: LINE, name: NAME}
asset: {key: NO, identify: [{SERIAL_NUMBER: SERIAL}], rentalStatus: {from: STATUS}}
item: {when: line != "", key: line, contract: line, asset: NO, onRentDate: {from: OUT, date: true}}
contract: {when: line != "", key: line, customer: name}
customer: {when: line != "", key: name, name: name}
`

const yardMoves = `
mapping: moves
file: {match: "MOVES_{date:YYYYMMDD}_{seq}.csv"}
asset: {key: NO, name: NAME, rentalStatus: {from: STATUS}}
`

const yardHeader = "NO,SERIAL,STATUS,LINE,OUT,NAME\n"

// The nights of the yard, by the names of their files.
var (
	wholeNight = map[string]string{"FLEET_20261120.csv": yardHeader +
		"1,S-1,ON_RENT,L1,2026-11-01,Elbe Bau\n2,S-2,ON_RENT,L2,2026-11-02,Elbe Bau\n3,S-3,AVAILABLE,,,\n4,S-4,AVAILABLE,,,\n"}
	shortNight = map[string]string{"FLEET_20261121.csv": yardHeader + "1,S-1,ON_RENT,L1,2026-11-01,Elbe Bau\n"}
	movesNight = map[string]string{"MOVES_20261121_1.csv": "NO,NAME,STATUS\n3,Lift,IN_REPAIR\n"}
	newerNight = map[string]string{"FLEET_20261122.csv": yardHeader +
		"1,S-1,ON_RENT,L1,2026-11-01,Elbe Bau\n2,S-2,AVAILABLE,,,\n3,S-3,ON_RENT,L3,2026-11-22,Alster Hoch\n4,S-4,AVAILABLE,,,\n"}
)

func newYard(t *testing.T) *yard {
	t.Helper()
	simulator, err := iristest.New(iristest.Options{Serials: []string{"S-1", "S-2", "S-3", "S-4", "S-5"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	y := &yard{dir: t.TempDir(), simulator: simulator}
	y.write(t, "", map[string]string{"rentalsync.yaml": strings.ReplaceAll(yardConfig, "URL", server.URL)})
	y.write(t, "mappings", map[string]string{"fleet.yaml": yardFleet, "moves.yaml": yardMoves})
	return y
}

func (y *yard) write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(y.dir, folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// drop lays files into the inbox.
func (y *yard) drop(t *testing.T, nights ...map[string]string) {
	t.Helper()
	for _, night := range nights {
		y.write(t, "inbox", night)
	}
}

// says runs the program and holds it to its exit code.
func (y *yard) says(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
	code := run(append(args, "-c", filepath.Join(y.dir, "rentalsync.yaml")), nil, &out, &talk, env)
	if code != want {
		t.Fatalf("%v ended with %d, want %d:\n%s%s", args, code, want, out.String(), talk.String())
	}
	return out.String(), talk.String()
}

// yardAnswer is what the tests read of once --json.
type yardAnswer struct {
	Runs []struct {
		Run, State, Reason, BusinessDate string
		Deliveries                       []struct{ Name, State string }
		Rows                             pipeline.RowTotals
		Documents                        map[string]int
		Warnings                         int
		Reports                          []string
	}
	Pending []struct{ Name, Why string }
	Left    pipeline.Left
}

// once works the drop and returns the answer.
func (y *yard) once(t *testing.T, want int) (answer yardAnswer) {
	t.Helper()
	out, _ := y.says(t, want, "once", "--json")
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// states lists what became of runs and their files.
func (a yardAnswer) states() []string {
	var all []string
	for _, r := range a.Runs {
		line := r.BusinessDate + " " + r.State
		for _, d := range r.Deliveries {
			line += ", " + d.Name + " " + d.State
		}
		all = append(all, line)
	}
	return all
}

// crash runs the program as a process of its own that dies at a point; it tells
// whether it came to it.
func (y *yard) crash(t *testing.T, point string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "rentalsync", "once", "-c", filepath.Join(y.dir, "rentalsync.yaml"))
	cmd.Env = append(os.Environ(), "IRIS_CLIENT_SECRET=demo", "RENTALSYNC_CRASH_AT="+point)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != crashCode && code != 0 && code != exitAttention {
		t.Fatalf("once ended with %d at %s: %s", code, point, out)
	}
	return cmd.ProcessState.ExitCode() == crashCode
}

// irisHolds is what IRIS holds of each machine: its status and its open rentals.
func (y *yard) irisHolds(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for serial, body := range y.simulator.State().Documents {
		var held modelHeld
		if err := json.Unmarshal(body, &held); err != nil {
			t.Fatal(err)
		}
		all[serial] = held.RentalStatus
		for _, i := range held.ContractItems {
			if i.OffRentDate == "" {
				all[serial] += " " + i.ExternalReference
			} else {
				all[serial] += fmt.Sprintf(" %s until %s", i.ExternalReference, i.OffRentDate)
			}
		}
	}
	return all
}

// files lists what lies in the folders of the yard, without the names of runs.
func (y *yard) files(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, folder := range []string{"inbox", "archive", "quarantine", "outbox"} {
		err := filepath.WalkDir(filepath.Join(y.dir, folder), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all = append(all, string(ids.ReplaceAll([]byte(filepath.ToSlash(strings.TrimPrefix(path, y.dir))), []byte("RUN"))))
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// holdNight works the whole night and then the one that is held.
func (y *yard) holdNight(t *testing.T) string {
	t.Helper()
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, shortNight)
	held := y.once(t, exitAttention)
	if len(held.Runs) != 1 || held.Runs[0].State != "held" {
		t.Fatalf("the night is not held: %+v", held)
	}
	return held.Runs[0].Run
}

func TestANightOverALimitChangesNothingUntilSomebodyDecides(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	before := y.irisHolds(t)

	y.drop(t, shortNight)
	held := y.once(t, exitAttention)
	if diff := cmp.Diff([]string{"2026-11-21 held, FLEET_20261121.csv staged"}, held.states()); diff != "" {
		t.Errorf("the run ended otherwise (-want +got):\n%s", diff)
	}
	if r := held.Runs[0]; !strings.Contains(r.Reason, "3 of") || r.Rows.Read != 1 || len(r.Reports) != 3 || r.Documents["assembled"] != 0 {
		t.Errorf("the answer does not tell the held run: %+v", r)
	}
	if diff := cmp.Diff(before, y.irisHolds(t)); diff != "" {
		t.Errorf("IRIS was told something (-want +got):\n%s", diff)
	}
	page, err := os.ReadFile(held.Runs[0].Reports[1])
	if err != nil || !strings.Contains(string(page), "rentalsync approve "+held.Runs[0].Run) {
		t.Errorf("the page does not tell what to do: %s %v", page, err)
	}

	again := y.once(t, exitAttention)
	if len(again.Runs) != 0 || again.Left.Runs != 1 {
		t.Errorf("a later call says %+v", again)
	}
	if _, talk := y.says(t, exitAttention, "once"); !strings.Contains(talk, "rentalsync approve "+held.Runs[0].Run) {
		t.Errorf("a later call does not say what decides: %s", talk)
	}
}

func TestAnApprovedNightBecomesTrueWithoutBeingAskedAgain(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.holdNight(t)

	y.says(t, 0, "approve", "yard")
	if _, talk := y.says(t, exitFault, "approve", "yard"); !strings.Contains(talk, "approved already") {
		t.Errorf("deciding twice says %q", talk)
	}
	done := y.once(t, 0)
	if diff := cmp.Diff([]string{"2026-11-21 done, FLEET_20261121.csv acked"}, done.states()); diff != "" {
		t.Errorf("the run ended otherwise (-want +got):\n%s", diff)
	}
	if _, talk := y.says(t, exitFault, "discard", done.Runs[0].Run); !strings.Contains(talk, "it is done") {
		t.Errorf("deciding about a finished run says %q", talk)
	}
}

func TestADiscardedNightLeavesTheRegisterAndMayComeAgain(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	run := y.holdNight(t)
	before := y.irisHolds(t)

	y.says(t, 0, "discard", run)
	done := y.once(t, 0)
	if diff := cmp.Diff([]string{"2026-11-21 discarded, FLEET_20261121.csv discarded"}, done.states()); diff != "" {
		t.Errorf("the run ended otherwise (-want +got):\n%s", diff)
	}
	if !slices.Contains(y.files(t), "/archive/discarded/2026/11/FLEET_20261121.csv") {
		t.Errorf("the file lies elsewhere: %v", y.files(t))
	}
	if diff := cmp.Diff(before, y.irisHolds(t)); diff != "" {
		t.Errorf("IRIS was told something (-want +got):\n%s", diff)
	}

	y.drop(t, shortNight)
	if again := y.once(t, exitAttention); len(again.Runs) != 1 || again.Runs[0].State != "held" {
		t.Errorf("the same file again: %v", again.states())
	}
}

func TestFilesOfChangesWaitBehindAHeldNight(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	run := y.holdNight(t)

	y.drop(t, movesNight)
	waiting := y.once(t, exitAttention)
	if len(waiting.Runs) != 0 || len(waiting.Pending) != 1 || !strings.Contains(waiting.Pending[0].Why, "behind the held run of 2026-11-21") {
		t.Errorf("the file does not wait: %+v", waiting)
	}
	if out, _ := y.says(t, 0, "status"); !strings.Contains(out, "MOVES_20261121_1.csv, behind the held night") {
		t.Errorf("status does not tell the queue: %s", out)
	}

	y.says(t, 0, "discard", run)
	done := y.once(t, 0)
	want := []string{"2026-11-21 discarded, FLEET_20261121.csv discarded", "2026-11-21 done, MOVES_20261121_1.csv acked"}
	if diff := cmp.Diff(want, done.states()); diff != "" {
		t.Errorf("the runs ended otherwise (-want +got):\n%s", diff)
	}
	if got := y.irisHolds(t)["S-3"]; got != "IN_REPAIR" {
		t.Errorf("IRIS holds %q of the machine that was moved", got)
	}
}

func TestTheSameFileAgainIsADuplicateOfTheHeldOne(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.holdNight(t)
	y.drop(t, shortNight)
	if again := y.once(t, exitAttention); len(again.Runs) != 1 || again.Runs[0].State != "duplicate" {
		t.Errorf("the same file again: %v", again.states())
	}
}

func TestTheSameFileAgainIsADuplicateAlsoBesideFilesThatWait(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	run := y.holdNight(t)
	y.drop(t, movesNight, shortNight)

	again := y.once(t, exitAttention)
	if diff := cmp.Diff([]string{"2026-11-21 duplicate, FLEET_20261121.csv duplicate"}, again.states()); diff != "" {
		t.Errorf("the runs ended otherwise (-want +got):\n%s", diff)
	}
	if len(again.Pending) != 1 || !strings.HasPrefix(again.Pending[0].Name, "MOVES") {
		t.Errorf("the file of changes does not wait: %+v", again.Pending)
	}
	y.says(t, 0, "approve", run)
}

func TestAFileThatSomebodyTookAwayFromAHeldNightIsAskedFor(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	run := y.holdNight(t)
	claimed, err := filepath.Glob(filepath.Join(y.dir, "inbox", ".rentalsync", "*", "FLEET_20261121.csv"))
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed: %v, %v", claimed, err)
	}
	content := readFile(t, claimed[0])
	if err := os.Remove(claimed[0]); err != nil {
		t.Fatal(err)
	}

	y.says(t, 0, "approve", run)
	if _, stderr := y.says(t, 1, "once"); !strings.Contains(stderr, "put a copy back there") {
		t.Errorf("no cure is told: %s", stderr)
	}
	if err := os.WriteFile(claimed[0], content, 0o600); err != nil {
		t.Fatal(err)
	}
	if done := y.once(t, 0); len(done.Runs) != 1 || done.Runs[0].State != "done" {
		t.Errorf("with the file back: %v", done.states())
	}
}

func TestANewerCompleteNightReplacesAHeldOneAndKeepsItsChanges(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, shortNight, movesNight)
	y.once(t, exitAttention)

	y.drop(t, newerNight)
	done := y.once(t, 0)
	want := []string{
		"2026-11-21 superseded, FLEET_20261121.csv superseded",
		"2026-11-22 done, MOVES_20261121_1.csv acked, FLEET_20261122.csv acked",
	}
	if diff := cmp.Diff(want, done.states()); diff != "" {
		t.Errorf("the runs ended otherwise (-want +got):\n%s", diff)
	}
	if got := y.irisHolds(t)["S-3"]; got != "ON_RENT L3" {
		t.Errorf("IRIS holds %q of the machine that was moved and then rented", got)
	}
	if !slices.Contains(y.files(t), "/archive/superseded/2026/11/FLEET_20261121.csv") {
		t.Errorf("the file lies elsewhere: %v", y.files(t))
	}
}

func TestAPlanTellsWhatWouldBeHeldAndWhatWouldGo(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	files := y.files(t)

	y.drop(t, newerNight)
	if out, _ := y.says(t, 0, "plan"); !strings.Contains(out, "would send 2 documents") {
		t.Errorf("a night that passes is planned as %s", out)
	}
	y.drop(t, map[string]string{"FLEET_20261122.csv": yardHeader + "1,S-1,IN_REPAIR,,,\n"})
	if out, _ := y.says(t, exitAttention, "plan"); !strings.Contains(out, "would be held: 3 of 4") || !strings.Contains(out, "would send 1 document") {
		t.Errorf("a night over a limit is planned as %s", out)
	}

	y.once(t, exitAttention)
	y.drop(t, movesNight)
	out, _ := y.says(t, exitAttention, "plan")
	if !strings.Contains(out, "is held: 3 of 4") || !strings.Contains(out, "MOVES_20261121_1.csv") {
		t.Errorf("a held night is planned as %s", out)
	}
	if got := y.files(t); len(got) != len(files)+5 { // of once: the claim, a report, two pages; and the file that waits
		t.Errorf("planning left files: %v", got)
	}
}

func TestARevertSendsWhatWasTrueBeforeAndLetsTheNightComeAgain(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	before := y.irisHolds(t)
	y.drop(t, newerNight)
	y.once(t, 0)
	after := y.irisHolds(t)

	if _, talk := y.says(t, exitFault, "revert", "--set", "2026-11-23"); !strings.Contains(talk, "no night from that date on") {
		t.Errorf("a date without nights says %q", talk)
	}
	y.says(t, 0, "revert", "--set", "2026-11-22")
	done := y.once(t, 0)
	if diff := cmp.Diff([]string{"2026-11-22 done"}, done.states()); diff != "" {
		t.Errorf("the revert ended otherwise (-want +got):\n%s", diff)
	}
	want := map[string]string{"S-1": before["S-1"], "S-2": before["S-2"], "S-3": "AVAILABLE L3 until 2026-11-22T00:00:00Z", "S-4": before["S-4"]}
	if diff := cmp.Diff(want, y.irisHolds(t)); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}
	if done.Runs[0].Warnings != 2 { // a contract and a customer stay
		t.Errorf("the run tells of %d things that stay", done.Runs[0].Warnings)
	}

	y.drop(t, newerNight)
	again := y.once(t, 0)
	if diff := cmp.Diff([]string{"2026-11-22 done, FLEET_20261122.csv acked"}, again.states()); diff != "" {
		t.Errorf("the same file again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(after, y.irisHolds(t)); diff != "" {
		t.Errorf("IRIS holds something else after the same night again (-want +got):\n%s", diff)
	}
}

func TestALiveProcessCarriesOutWhatIsDecidedBesideIt(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.holdNight(t)

	says, stdout := io.Pipe()
	a := &app{
		stdout: stdout, stderr: io.Discard, log: slog.New(slog.DiscardHandler), configFile: filepath.Join(y.dir, "rentalsync.yaml"),
		env: func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" },
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := a.inHouse(ctx, func(h *house) error { return a.watch(ctx, h) })
		ended <- errors.Join(err, stdout.Close())
	}()
	lines := bufio.NewScanner(says)
	hears := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("the process ended before it said %q: %v", want, <-ended)
	}

	y.drop(t, movesNight, map[string]string{"FLEET_20261123.csv": yardHeader + "4,S-4,AVAILABLE,,,\n"})
	hears("yard 2026-11-21: superseded")
	hears("yard 2026-11-23: held")
	y.says(t, 0, "approve", "yard")
	hears("yard 2026-11-23: done")
	hears("yard 2026-11-21: done")
	y.says(t, 0, "revert", "--set", "2026-11-23")
	hears("yard 2026-11-23: done")

	stop()
	go func() { _, _ = io.Copy(io.Discard, says) }()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// pager is a notifier that fails until it is mended.
type pager struct {
	name    string
	broken  bool
	notices []pipeline.Notice
}

func (p *pager) Name() string { return p.name }

func (p *pager) Notify(_ context.Context, n pipeline.Notice) error {
	if p.broken {
		return errors.New("no network")
	}
	p.notices = append(p.notices, n)
	return nil
}

func TestPeopleAreToldOnceAndAgainOnlyWhereItFailed(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, shortNight)

	mail, hook := &pager{name: "mail"}, &pager{name: "webhook", broken: true}
	a := &app{
		stdout: io.Discard, stderr: io.Discard, log: slog.New(slog.DiscardHandler), configFile: filepath.Join(y.dir, "rentalsync.yaml"),
		env: func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" },
	}
	once := func() {
		t.Helper()
		err := a.inHouse(t.Context(), func(h *house) error {
			h.flows[0].runner.Closer.Notifiers = []pipeline.Notifier{mail, hook}
			_, err := h.once(t.Context())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}

	once()
	hook.broken = false
	once()
	once()
	if len(mail.notices) != 1 || len(hook.notices) != 1 {
		t.Fatalf("mail came %d times, the webhook was called %d times", len(mail.notices), len(hook.notices))
	}
	if n := hook.notices[0]; !strings.Contains(n.Text, "rentalsync approve "+n.Run) || len(n.Breaches) != 1 {
		t.Errorf("the notice is %+v", n)
	}
}

func TestDocumentsForANewAccountGoWhenTheFlowIsApproved(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	config := filepath.Join(y.dir, "rentalsync.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	y.write(t, "", map[string]string{"rentalsync.yaml": strings.Replace(string(text), "assetsGone: 40%", "assetsGone: 40%, first: hold", 1)})

	y.drop(t, wholeNight)
	held := y.once(t, exitAttention)
	if held.Runs[0].State != "held" || held.Left.Held != 4 || held.Left.Runs != 0 {
		t.Errorf("the first night ended as %+v", held)
	}
	if _, talk := y.says(t, exitFault, "discard", "yard"); !strings.Contains(talk, "documents cannot be discarded") {
		t.Errorf("discarding them says %q", talk)
	}
	if _, talk := y.says(t, exitFault, "approve", "nobody"); !strings.Contains(talk, "what waits: yard: 4 documents are held") {
		t.Errorf("a name that nobody knows says %q", talk)
	}
	if out, _ := y.says(t, 0, "status"); !strings.Contains(out, "rentalsync approve yard") {
		t.Errorf("status says %s", out)
	}
	if out, _ := y.says(t, 0, "approve"); !strings.Contains(out, "rentalsync approve yard") {
		t.Errorf("approve says %s", out)
	}

	y.says(t, 0, "approve", "yard")
	if done := y.once(t, 0); len(done.Runs) != 1 || done.Runs[0].Documents["matched"] != 4 {
		t.Errorf("what was approved ended as %+v", done)
	}
}

func TestADocumentWithAnotherIdentifierGoesWhenTheAssetIsApproved(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, map[string]string{"FLEET_20261121.csv": strings.Replace(wholeNight["FLEET_20261120.csv"], "4,S-4", "4,S-5", 1)})
	held := y.once(t, exitAttention)
	if held.Runs[0].State != "done" || held.Left.Held != 1 {
		t.Errorf("the night ended as %+v", held)
	}

	y.says(t, 0, "approve", "4")
	y.once(t, 0)
	if got := y.irisHolds(t)["S-5"]; got != "AVAILABLE" {
		t.Errorf("IRIS holds %q", got)
	}
}

func TestARevertIsRefusedWhileANightIsHeld(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.holdNight(t)
	if _, talk := y.says(t, exitFault, "revert", "--set", "2026-11-20"); !strings.Contains(talk, "a run is held") {
		t.Errorf("it says %q", talk)
	}
}

// yardStory is what can happen around a held run. A process dies at each point of it,
// and what comes of it is compared with an undisturbed one.
type yardStory struct {
	name   string
	begin  func(t *testing.T, y *yard) // undisturbed
	last   func(t *testing.T, y *yard) // before the call that dies
	ends   int                         // how the next call ends
	passes []string                    // the points that the call passes
}

var stories = []yardStory{
	{
		"hold", func(t *testing.T, y *yard) { y.drop(t, wholeNight); y.once(t, 0) }, func(t *testing.T, y *yard) { y.drop(t, shortNight) }, exitAttention,
		[]string{"claim:before", "claim:after", "run:claimed", "run:staged", "run:held", "hold:told", "run:published"},
	},
	{
		"approve", func(t *testing.T, y *yard) { y.holdNight(t) }, func(t *testing.T, y *yard) { y.says(t, 0, "approve", "yard") }, 0,
		[]string{"hold:decided", "archive:before", "archive:after", "archive:tidied", "hold:carried-out", "run:closed", "run:dispatched", "run:published"},
	},
	{
		"discard", func(t *testing.T, y *yard) { y.holdNight(t) }, func(t *testing.T, y *yard) { y.says(t, 0, "discard", "yard") }, 0,
		[]string{"hold:decided", "archive:before", "archive:after", "archive:tidied", "hold:carried-out", "run:published"},
	},
	{
		"replace", func(t *testing.T, y *yard) {
			y.drop(t, wholeNight)
			y.once(t, 0)
			y.drop(t, shortNight, movesNight)
			y.once(t, exitAttention)
		}, func(t *testing.T, y *yard) { y.drop(t, newerNight) }, 0,
		[]string{
			"hold:replaced", "archive:before", "archive:after", "archive:tidied", "claim:before", "claim:after", "run:claimed", "run:staged",
			"run:closed", "dispatch:sending", "dispatch:answered", "run:dispatched", "run:published",
		},
	},
	{
		"revert", func(t *testing.T, y *yard) {
			y.drop(t, wholeNight)
			y.once(t, 0)
			y.drop(t, newerNight)
			y.once(t, 0)
		}, func(t *testing.T, y *yard) { y.says(t, 0, "revert", "--set", "2026-11-22") }, 0,
		[]string{"run:claimed", "run:staged", "run:closed", "dispatch:sending", "dispatch:answered", "run:dispatched", "run:published"},
	},
}

func TestTheStoriesOfHeldRunsPassEveryPointOfThem(t *testing.T) {
	t.Parallel()
	for _, point := range slices.Concat(pipeline.CrashPoints(), pipeline.HoldPoints()) {
		if !slices.ContainsFunc(stories, func(s yardStory) bool { return slices.Contains(s.passes, point) }) {
			t.Errorf("no story passes %s", point)
		}
	}
}

func TestThePageOfAReplacedNightSaysSoAlsoAfterACrash(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	held := y.holdNight(t)
	y.drop(t, newerNight)
	if !y.crash(t, "hold:replaced") {
		t.Fatal("the process does not pass the point")
	}
	y.once(t, 0)
	for _, ending := range []string{"txt", "json"} {
		page, err := os.ReadFile(filepath.Join(y.dir, "outbox", "yard_2026-11-21_"+held+".held."+ending))
		if err != nil || !strings.Contains(string(page), "decided") {
			t.Errorf("the page still asks for a decision: %v\n%s", err, page)
		}
	}
}

func TestACrashAroundAHeldRunLeavesTheRightEnd(t *testing.T) {
	t.Parallel()
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			t.Parallel()
			tell := func(point string) (map[string]string, []string) {
				y := newYard(t)
				story.begin(t, y)
				story.last(t, y)
				if point != "" && !y.crash(t, point) {
					t.Errorf("the process does not pass %s", point)
				}
				y.says(t, story.ends, "once")
				return y.irisHolds(t), y.files(t)
			}
			holds, files := tell("")
			for _, point := range story.passes {
				gotHolds, gotFiles := tell(point)
				if diff := cmp.Diff(holds, gotHolds); diff != "" {
					t.Errorf("after a crash at %s IRIS holds something else (-want +got):\n%s", point, diff)
				}
				if diff := cmp.Diff(files, gotFiles); diff != "" {
					t.Errorf("after a crash at %s files lie elsewhere (-want +got):\n%s", point, diff)
				}
			}
		})
	}
}
