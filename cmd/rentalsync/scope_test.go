package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

// What a branch's file says of absence, from the file to what IRIS holds.
func TestABranchesFileSaysNothingOfOtherBranches(t *testing.T) {
	t.Parallel()

	const southNight1, northNight1 = "CONTRACT,NO,BRANCH,OUT\nC1,S-01,south,2026-11-01\n", "CONTRACT,NO,BRANCH,OUT\nC2,S-02,north,2026-11-01\n"
	for _, tt := range []struct {
		name, scope          string // scope stands for the branch in the mapping
		south                string // the south's file on the second night
		wantSouth, wantNorth string
	}{
		{"a constant: a file without rows ends all of its branch", "@", "CONTRACT,NO,BRANCH,OUT\n", "2026-11-22", ""},
		{"a column: a file without rows says nothing", "=BRANCH", "CONTRACT,NO,BRANCH,OUT\n", "", ""},
		{"a column: a row ends what its branch does not name", "=BRANCH", "CONTRACT,NO,BRANCH,OUT\nC9,S-03,south,2026-11-22\n", "2026-11-22", ""},
		{"a rejected row speaks for its branch, too", "=BRANCH", "CONTRACT,NO,BRANCH,OUT\nC9,S-03,south,2026-11-99\n", "2026-11-22", ""},
		{"a key that cannot be read casts doubt on its branch", "=BRANCH", "CONTRACT,NO,BRANCH,OUT\n,S-03,south,2026-11-22\n", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBranchFlow(t, tt.scope)
			b.night(t, "20261121", southNight1, northNight1)
			b.night(t, "20261122", tt.south, northNight1)
			if got := b.ends(t, "S-01"); got != tt.wantSouth {
				t.Errorf("the south's rental ends %q, want %q", got, tt.wantSouth)
			}
			if got := b.ends(t, "S-02"); got != tt.wantNorth {
				t.Errorf("the north's rental ends %q, want %q", got, tt.wantNorth)
			}
		})
	}
}

// branchFlow is a flow in which each of two branches writes a file of its own.
type branchFlow struct {
	dir       string
	simulator *iristest.Simulator
}

func newBranchFlow(t *testing.T, scope string) *branchFlow {
	t.Helper()
	simulator, err := iristest.New(iristest.Options{Serials: []string{"S-01", "S-02", "S-03"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	b := &branchFlow{dir: t.TempDir(), simulator: simulator}
	b.write(t, "rentalsync.yaml", strings.ReplaceAll(modelConfig, "http://127.0.0.1:8080", server.URL))
	b.write(t, "mappings/machines.yaml", `
mapping: machines
file: {match: "MACHINES_{date:YYYYMMDD}.csv"}
asset: {key: NO, identify: [{SERIAL_NUMBER: NO}], rentalStatus: ON_RENT}
`)
	for _, branch := range []string{"south", "north"} {
		b.write(t, "mappings/"+branch+".yaml", strings.NewReplacer("=BRANCH", "branch", "@", branch, "FILE", branch).Replace(`
mapping: FILE
file: {match: "FILE_{date:YYYYMMDD}.csv", contains: {item: open}, scope: "`+scope+`", dates: YYYY-MM-DD, timezone: UTC}
columns: {branch: BRANCH}
contract: {key: CONTRACT, hiringDepot: branch}
item: {key: CONTRACT, contract: CONTRACT, asset: NO, onRentDate: OUT}
`))
	}
	b.write(t, "inbox/MACHINES_20261121.csv", "NO\nS-01\nS-02\nS-03\n")
	return b
}

func (b *branchFlow) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (b *branchFlow) night(t *testing.T, date, south, north string) {
	t.Helper()
	b.write(t, "inbox/south_"+date+".csv", south)
	b.write(t, "inbox/north_"+date+".csv", north)
	b.once(t)
}

func (b *branchFlow) once(t *testing.T) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
	if code := run([]string{"once", "--json", "-c", filepath.Join(b.dir, "rentalsync.yaml")}, nil, &stdout, &stderr, env); code != 0 && code != exitAttention {
		t.Fatalf("the night ended with %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// ends is the day on which a machine's rental ended, as IRIS has it.
func (b *branchFlow) ends(t *testing.T, serial string) string {
	t.Helper()
	_, after, ended := strings.Cut(string(b.simulator.Held(serial)), `"offRentDate":"`)
	if !ended {
		return ""
	}
	return after[:len("2026-11-22")]
}

func TestAFileIsOldOnlyWhereItsOwnBranchHasSpokenSince(t *testing.T) {
	t.Parallel()
	b := newBranchFlow(t, "south")
	for _, one := range []string{"south", "north"} {
		if err := os.Remove(filepath.Join(b.dir, "mappings", one+".yaml")); err != nil {
			t.Fatal(err)
		}
	}
	b.write(t, "mappings/branches.yaml", `
mapping: branches
file: {match: "LINES_*_{date:YYYYMMDD}.csv", contains: {item: open}, scope: branch, dates: YYYY-MM-DD, timezone: UTC}
columns: {branch: BRANCH}
contract: {key: CONTRACT}
item: {key: CONTRACT, contract: CONTRACT, asset: NO, onRentDate: OUT}
`)
	drop := func(name, rows string) { b.write(t, "inbox/LINES_"+name+".csv", "CONTRACT,NO,BRANCH,OUT\n"+rows) }
	archived := func(name string) bool {
		found, _ := filepath.Glob(filepath.Join(b.dir, "archive", name))
		return len(found) == 1
	}
	const c1, c2, c3 = "C1,S-01,south,2026-11-01\n", "C2,S-02,north,2026-11-01\n", "C3,S-03,north,2026-11-01\n"

	drop("S_20261120", c1)
	drop("N_20261120", c2)
	b.once(t)
	drop("N_20261122", c2)
	b.once(t)
	drop("S_20261121", "C4,S-03,south,2026-11-21\n")
	drop("N_20261121", c3)
	b.once(t)

	if got, want := b.ends(t, "S-01"), "2026-11-21"; got != want {
		t.Errorf("the rental that the south's late file does not name ends %q, want %q", got, want)
	}
	if got := b.ends(t, "S-02"); got != "" {
		t.Errorf("the rental that the north's late file does not name ends %q, but a newer one names it", got)
	}
	if !archived("2026/11/LINES_S_20261121.csv") || !archived("superseded/2026/11/LINES_N_20261121.csv") {
		t.Error("the late files do not lie where they belong: the south's done, the north's superseded")
	}

	drop("S_20261121", "C4,S-03,south,2026-11-21\n")
	b.once(t)
	if !archived("duplicate/2026/11/LINES_S_20261121.csv") {
		t.Error("the same file of a branch again is no duplicate beside another branch's")
	}
}
