package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
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

// trapMapping is a mapping whose file: block says some things otherwise; a key
// without a value is left out.
func trapMapping(t *testing.T, name string, says []string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "checklist", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, line := range says {
		key, value, _ := strings.Cut(line, ":")
		text = regexp.MustCompile(`(?m)^  `+key+`:.*\n`).ReplaceAllString(text, "")
		if value != "" {
			text = strings.Replace(text, "\nfile:\n", "\nfile:\n  "+line+"\n", 1)
		}
	}
	return text
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

// aside lists what lies in folders of the house, by its paths.
func (h trapHouse) aside(t *testing.T, folders ...string) (paths []string) {
	t.Helper()
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(h.dir), folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return paths
}
