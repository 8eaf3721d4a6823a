package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline"
)

// trap is one thing that the exports of old systems do. It is dropped, worked by
// once, and what came of it is told in lines:
//
//	2026-11-21 done: FLEET_20261121.csv acked        the run, its files, and why, where there is a why
//	2 read = 1 mapped + 0 skipped + 1 rejected       its rows
//	line 3, Rate "x": what is wrong; the cure        its rejected rows, parked codes and exceptions
//	left alone: FLEET_20261121.csv: why              the files that stay in the inbox
//	exit 3
//	IRIS: S-1 ON_RENT, M1 at 95.5 for Elbe Bau       what IRIS holds at the end, a line a machine
//
// In want … stands for any text, and ⋮ for any lines.
type trap struct {
	it       string   // what the export does, as a sentence
	mappings []string // under testdata/checklist; default: fleet
	says     []string // lines of the mapping's file: block, instead of its own
	config   string   // lines of the flow; default: none
	text     string   // of the only file, FLEET_20261121.csv
	nights   []night  // instead of text
	want     string
}

// night is the files of one night by name.
type night map[string]string

const trapNight = "FLEET_20261121.csv"

// springTraps works every trap of a table.
func springTraps(t *testing.T, traps []trap) {
	t.Helper()
	t.Parallel()
	for _, tr := range traps {
		t.Run(tr.it, func(t *testing.T) {
			t.Parallel()
			if tr.nights == nil {
				tr.nights = []night{{trapNight: tr.text}}
			}
			h := newTrapHouse(t, tr)
			var told []string
			for _, n := range tr.nights {
				told = append(told, h.work(t, n)...)
			}
			told = append(told, h.holds(t)...)
			compareTold(t, tr.want, told)
		})
	}
}

// trapHouse is where one trap is worked.
type trapHouse struct {
	*yard
}

const trapConfig = `
flows:
  - flow: trap
    drop: {local: inbox}
    mappings: ["mappings/*.yaml"]
    iris:
      url: URL
      token: {url: URL/token/v2, clientId: demo, clientSecret: "${env:IRIS_CLIENT_SECRET}"}
      rate: none
    reports: {formats: [csv]}
    depots: {HAM: 6f0c7b7e-5d0e-4c7e-9c39-000000000001}
`

func newTrapHouse(t *testing.T, tr trap) trapHouse {
	t.Helper()
	simulator, err := iristest.New(iristest.Options{Serials: []string{"S-1", "S-2", "S-3", "S-4", "S-5"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	config := strings.ReplaceAll(trapConfig, "URL", server.URL)
	if !strings.Contains(tr.config, "ready:") {
		config += "    ready: {settle: 0s}\n"
	}
	for line := range strings.Lines(tr.config) {
		config += "    " + strings.TrimSpace(line) + "\n"
	}
	h := trapHouse{&yard{dir: t.TempDir(), simulator: simulator}}
	h.write(t, "", map[string]string{"rentalsync.yaml": config})
	if tr.mappings == nil {
		tr.mappings = []string{"fleet"}
	}
	for _, name := range tr.mappings {
		h.write(t, "mappings", map[string]string{name + ".yaml": trapMapping(t, name, tr.says)})
	}
	if err := os.MkdirAll(filepath.Join(h.dir, "inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	return h
}

// trapMapping is a mapping whose file: block says some things otherwise.
func trapMapping(t *testing.T, name string, says []string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "checklist", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, line := range says {
		key, _, _ := strings.Cut(line, ":")
		text = regexp.MustCompile(`(?m)^  `+key+`:.*\n`).ReplaceAllString(text, "")
		text = strings.Replace(text, "\nfile:\n", "\nfile:\n  "+line+"\n", 1)
	}
	return text
}

// trapAnswer is what the traps read of once --json.
type trapAnswer struct {
	Runs []struct {
		State, Reason, BusinessDate string
		Deliveries                  []struct{ Name, State, Reason string }
		Lacks                       []string
		Rows                        pipeline.RowTotals
		Reports                     []string
	}
	Pending []struct{ Name, Why string }
	Exit    int
}

// work drops a night, works it, and tells what came of it.
func (h trapHouse) work(t *testing.T, n night) []string {
	t.Helper()
	h.drop(t, n)
	var out, talk bytes.Buffer
	env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
	code := run([]string{"once", "--json", "-c", filepath.Join(h.dir, "rentalsync.yaml")}, nil, &out, &talk, env)

	var answer trapAnswer
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatalf("once ended with %d and no answer: %v\n%s", code, err, talk.String())
	}
	if code != answer.Exit || code == exitFailed {
		t.Fatalf("once ended with %d and answers\n%s%s", code, out.String(), talk.String())
	}
	return append(answer.tell(t), fmt.Sprintf("exit %d", code))
}

// tell writes an answer and its reports as traps have them.
func (a trapAnswer) tell(t *testing.T) (told []string) {
	t.Helper()
	for _, r := range a.Runs {
		for _, d := range r.Deliveries {
			line := fmt.Sprintf("%s %s: %s %s", r.BusinessDate, r.State, d.Name, d.State)
			if why := strings.TrimSpace(d.Reason); why != "" {
				line += ": " + why
			}
			told = append(told, line)
		}
		if r.State == "held" {
			told = append(told, "held: "+r.Reason)
		}
		for _, mapping := range r.Lacks {
			told = append(told, "missing: "+mapping)
		}
		if err := r.Rows.Check(); err != nil {
			t.Error(err)
		}
		if r.Rows.Read > 0 {
			told = append(told, fmt.Sprintf("%d read = %d mapped + %d skipped + %d rejected", r.Rows.Read, r.Rows.Mapped, r.Rows.Skipped, r.Rows.Rejected))
		}
		for _, path := range r.Reports {
			if filepath.Ext(path) == ".csv" {
				told = append(told, tellReport(t, path)...)
			}
		}
	}
	for _, p := range a.Pending {
		told = append(told, fmt.Sprintf("left alone: %s: %s", p.Name, p.Why))
	}
	return told
}

// tellReport tells what a report says of rows, codes and things that need a look.
func tellReport(t *testing.T, path string) (told []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		kind, key, outcome, line, column, value, why, hint := r[2], r[3], r[5], r[8], r[9], r[10], r[11], r[12]
		said := strings.TrimSuffix(why+"; "+hint, "; ")
		if column != "" {
			said = fmt.Sprintf("%s \"%s\": %s", column, value, said) // bytes as they are shown
		}
		switch kind {
		case "row":
			told = append(told, fmt.Sprintf("line %s, %s", line, said))
		case "code":
			told = append(told, "code "+said)
		case "exception":
			told = append(told, fmt.Sprintf("%s: %s", strings.TrimSpace(key+" "+outcome), said))
		}
	}
	return told
}

// holds tells what IRIS holds of each machine.
func (h trapHouse) holds(t *testing.T) []string {
	t.Helper()
	documents := h.simulator.State().Documents
	if len(documents) == 0 {
		return []string{"IRIS: nothing"}
	}
	var told []string
	for _, serial := range slices.Sorted(maps.Keys(documents)) {
		var held modelHeld
		if err := json.Unmarshal(documents[serial], &held); err != nil {
			t.Fatal(err)
		}
		line := strings.TrimSpace("IRIS: " + serial + " " + held.RentalStatus)
		for _, i := range held.ContractItems {
			line += ", " + i.ExternalReference
			if i.OffRentDate != "" {
				line += " until " + i.OffRentDate
			}
			if i.RentalRate.UnitPrice != 0 {
				line += fmt.Sprintf(" at %v", i.RentalRate.UnitPrice)
			}
			if i.Contract.Customer.Name != "" {
				line += " for " + i.Contract.Customer.Name
			}
		}
		told = append(told, line)
	}
	return told
}

// aside lists what lies in a folder of the house, by its paths.
func (h trapHouse) aside(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(h.dir), folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

// compareTold holds what was told to what is wanted, line by line.
func compareTold(t *testing.T, want string, told []string) {
	t.Helper()
	var wanted []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			wanted = append(wanted, line)
		}
	}
	if fitsLines(wanted, told) {
		return
	}
	for i := range min(len(wanted), len(told)) {
		if fitsEllipsis(wanted[i], told[i]) {
			wanted[i] = told[i] // so that the difference shows only what differs
		}
	}
	t.Errorf("it ended otherwise (-want +got):\n%s", cmp.Diff(wanted, told))
}

// anyLines is a line of want that stands for any lines, or none.
const anyLines = "⋮"

func fitsLines(wanted, told []string) bool {
	switch {
	case len(wanted) == 0:
		return len(told) == 0
	case wanted[0] == anyLines:
		return fitsLines(wanted[1:], told) || len(told) > 0 && fitsLines(wanted, told[1:])
	}
	return len(told) > 0 && fitsEllipsis(wanted[0], told[0]) && fitsLines(wanted[1:], told[1:])
}

// fitsEllipsis tells whether a text is as wanted, where … is any text.
func fitsEllipsis(want, text string) bool {
	parts := strings.Split(want, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)\A` + strings.Join(parts, ".*") + `\z`).MatchString(text)
}
