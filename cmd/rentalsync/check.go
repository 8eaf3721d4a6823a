package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rentalsync/connectors/iris"
	"rentalsync/mappings"
	"rentalsync/transforms"
)

func newCheckCmd(a *app) *cobra.Command {
	var asJSON, connect bool
	cmd := &cobra.Command{
		Use:   "check [FILE…]",
		Short: "Finds every fault in the config, its mappings and its layouts",
		Long: `check reads the config with every mapping and layout it names, or only the files
that are named, and tells every fault at once as FILE:LINE:COLUMN, what, and the cure. It
asks nothing of the network unless --connect is given.

With --connect, and when the files have no fault, it tries what the config
reaches for, flow by flow: every folder by making, renaming and removing a hidden
file; the SFTP server with its host key, to be pasted into known_hosts when it is
not known; a token; one request into each part of IRIS; the clocks; and those who
are notified, who are told nothing. It changes nothing, and asks for no page of
the fleet, because that is allowed only every 15 minutes.

Exit codes: 0 no fault, though there may be warnings; 1 with --connect, something
failed; 2 faults.`,
		Example: "  rentalsync check\n  rentalsync check mappings/equipment.yaml\n  rentalsync check --connect\n  rentalsync check --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			ch := &checker{app: a, values: map[string][]string{}, seen: map[string]bool{}, tested: map[string]bool{}}
			if len(args) == 0 {
				ch.config(a.configFile)
			}
			for _, file := range args {
				ch.file(file)
			}
			ch.mappings(ch.named, ch.values, ch.lintNamed)
			if connect && len(ch.faults.Broken()) == 0 {
				ch.connect(cmd.Context())
			}
			return ch.answer(asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().BoolVar(&connect, "connect", false, "also try what the config reaches for")
	return cmd
}

// connect tries what the config reaches for. A config with faults is not tried.
func (ch *checker) connect(ctx context.Context) {
	c, faults := loadConfig(ch.app.configFile, ch.app.env)
	if broken := faults.Broken(); c == nil || len(broken) > 0 {
		ch.faults = append(ch.faults, broken...)
		return
	}
	ch.connected = ch.app.tryConnections(ctx, c)
}

// checker gathers what is wrong with files, and counts what it has looked at.
type checker struct {
	app    *app
	faults mappings.Faults

	named  []string            // mapping files on the command line
	values map[string][]string // additions to IRIS's values that they may use

	configs, wires int
	seen           map[string]bool // mapping files
	tested         map[string]bool // files of tests beside them
	laid           []string        // layout files

	connected []connected // what the config reaches for, where that was asked for
}

// file checks one file of the command line, by what it says it is.
func (ch *checker) file(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		ch.faults = append(ch.faults, unreadableFile(path, err))
		return
	}

	switch kind := kindOf(path, data); kind {
	case "config":
		ch.config(path)
	case "layout":
		ch.layouts([]string{path})
	case "test":
		ch.named = append(ch.named, strings.TrimSuffix(path, testEnding)+".yaml") // its tests run with it
	case "wire":
		_, err := iris.LoadWire(path, data)
		ch.faults = append(ch.faults, wireFaults(path, err)...)
		ch.wires++
	case "shared":
		ch.faults = append(ch.faults, mappings.Fault{File: path, Line: 1, Column: 1, Warning: true,
			What: "this is only a part that mappings include", Cure: "check a mapping that includes it"})
	default:
		ch.named = append(ch.named, path)
		for field, more := range ch.app.valuesOf(path) {
			ch.values[field] = append(ch.values[field], more...)
		}
	}
}

// kindOf tells what a file is by the first key that gives it away. What gives
// nothing away is taken for a mapping, which then says what it lacks.
func kindOf(path string, data []byte) string {
	if mappings.IsTest(path) {
		return "test"
	}
	doc, _ := mappings.Read(path, data)
	if doc.Root == nil {
		return "mapping"
	}

	shared := true
	kinds := map[string]string{"mapping": "mapping", "layout": "layout", "flows": "config", "journal": "config", "profile": "wire"}
	for i := 0; i < len(doc.Root.Content); i += 2 {
		key := doc.Root.Content[i].Value
		if near, found := transforms.Nearest(key, sortedKeys(kinds)); found {
			return kinds[near]
		}
		shared = shared && slices.Contains([]string{"columns", "codes", "skip"}, key)
	}
	if shared {
		return "shared"
	}
	return "mapping"
}

// config checks a config with every mapping it names.
func (ch *checker) config(path string) {
	c, faults := loadConfig(path, ch.app.env)
	ch.faults = append(ch.faults, faults...)
	ch.configs++
	if c == nil {
		return
	}
	for i := range c.Flows {
		f := &c.Flows[i]
		ch.mappings(f.mappingFiles, f.IRIS.Values, mappings.Lint)
		ch.layouts(f.Snapshot.layoutFiles)
		ch.layouts(f.Reports.layoutFiles)
		if f.IRIS.Wire != "" {
			ch.wires++
		}
	}
}

// lintFunc finds what mappings mean together.
type lintFunc func([]*mappings.Mapping) mappings.Faults

// lintNamed looks at mappings of the command line side by side, and as those of
// one flow where the config says that they are.
func (ch *checker) lintNamed(named []*mappings.Mapping) mappings.Faults {
	faults := mappings.LintApart(named)
	c, _ := loadConfig(ch.app.configFile, ch.app.env)
	if c == nil {
		return faults
	}

	for i := range c.Flows {
		var flow []*mappings.Mapping
		for _, m := range named {
			if slices.ContainsFunc(c.Flows[i].mappingFiles, func(file string) bool { return samePath(file, m.File()) }) {
				flow = append(flow, m)
			}
		}
		faults = append(faults, mappings.Lint(flow)...)
	}
	return faults
}

// mappings checks mapping files, each for itself and all together.
func (ch *checker) mappings(files []string, values map[string][]string, lint lintFunc) {
	loaded, faults := mappings.Load(files, mappings.Options{Values: values})
	ch.faults = append(ch.faults, faults...)
	ch.faults = append(ch.faults, lint(loaded)...)

	for _, m := range loaded {
		ch.seen[m.File()] = true
		ch.tests(m)
	}
	for _, f := range faults.Broken() {
		if slices.Contains(files, f.File) {
			ch.seen[f.File] = true
		}
	}
}

// tests runs the tests that stand beside a mapping.
func (ch *checker) tests(m *mappings.Mapping) {
	path := strings.TrimSuffix(m.File(), ".yaml") + testEnding
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		ch.faults = append(ch.faults, unreadableFile(path, err))
		return
	}
	ch.faults = append(ch.faults, mappings.RunTests(m, path, data)...)
	ch.tested[path] = true
}

// checked is the answer to machines.
type checked struct {
	OK       bool         `json:"ok"`
	Faults   []checkFault `json:"faults"`
	Configs  int          `json:"configs"`
	Mappings int          `json:"mappings"`
	Layouts  int          `json:"layouts"`
	Wires    int          `json:"wires"`
	Tests    int          `json:"tests"`
	Exit     int          `json:"exit"`

	Connections []connected `json:"connections,omitempty"`
}

type checkFault struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	What    string `json:"what"`
	Cure    string `json:"cure,omitempty"`
	Warning bool   `json:"warning,omitempty"`
}

func (ch *checker) answer(asJSON bool) error {
	ch.faults.Sort()
	ch.faults = slices.Compact(ch.faults) // two flows may share a mapping
	verdict := error(nil)
	switch {
	case len(ch.faults.Broken()) > 0:
		verdict = &exitError{code: exitFault}
	case anyFailed(ch.connected):
		verdict = &exitError{code: exitFailed}
	}

	if asJSON {
		told := checked{OK: verdict == nil, Faults: []checkFault{}, Configs: ch.configs, Mappings: len(ch.seen), Layouts: len(ch.laid), Wires: ch.wires, Tests: len(ch.tested), Exit: exitCode(verdict), Connections: ch.connected}
		for _, f := range ch.faults {
			told.Faults = append(told.Faults, checkFault(f))
		}
		if err := writeJSON(ch.app.stdout, told); err != nil {
			return err
		}
		return verdict
	}

	for _, f := range ch.faults {
		fmt.Fprintln(ch.app.stdout, f)
	}
	tellConnected(ch.app.stdout, ch.connected)
	looked := []counted{{ch.configs, "config"}, {len(ch.seen), "mapping"}, {len(ch.laid), "layout"}, {ch.wires, "wire file"}, {len(ch.tested), "test file"}}
	broken, warnings := counted{len(ch.faults.Broken()), "fault"}, counted{len(ch.faults.Warnings()), "warning"}
	if len(ch.faults.Broken()) == 0 && verdict != nil {
		fmt.Fprintf(ch.app.stderr, "rentalsync: no fault in %s, but not everything can be reached\n", counts(looked...))
		return verdict
	}
	if verdict != nil {
		fmt.Fprintf(ch.app.stderr, "rentalsync: %s in %s\n", counts(broken, warnings), counts(looked...))
		return verdict
	}
	fmt.Fprintf(ch.app.stdout, "ok: %s\n", counts(append(looked, warnings)...))
	return nil
}
