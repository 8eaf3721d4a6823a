package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/connectors/local"
	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/samples"
)

//go:embed demo.yaml
var demoConfig []byte

func newDemoCmd(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job: two companies, two nights, a simulated IRIS",
		Long: `demo starts a simulator of IRIS inside the program, lays down two nights of
exports of two invented rental companies, works them, reads the telematics of the
fleet, and leaves everything it wrote in a folder to look at.`,
		Example: "  rentalsync demo\n  rentalsync demo --dir /tmp/demo",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !a.verbose {
				a.log = slog.New(slog.DiscardHandler) // the table tells it all
			}
			return a.demo(cmd.Context(), dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "demo", "the folder to write to; one of an earlier demo is replaced")
	return cmd
}

// demoNights are the two nights of each company.
type demoNights struct{ rheinland, lakeshore [2]samples.Night }

func newDemoNights() demoNights {
	first := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	nights := func(machines int, seed uint64) [2]samples.Night {
		return [2]samples.Night{
			{Date: first, Machines: machines, Seed: seed},
			{Date: first.AddDate(0, 0, 1), Machines: machines, Seed: seed, Second: true},
		}
	}
	return demoNights{rheinland: nights(500, 1), lakeshore: nights(120, 7)}
}

func (a *app) demo(ctx context.Context, dir string) error {
	nights := newDemoNights()
	simulator, err := iristest.New(iristest.Options{
		Seed: 1, Serials: append(nights.rheinland[0].Serials(), nights.lakeshore[0].Serials()...),
	})
	if err != nil {
		return err
	}
	url, stop, err := serveDemo(ctx, simulator)
	if err != nil {
		return err
	}
	defer stop()
	if err := layDemo(dir, url); err != nil {
		return err
	}

	a.configFile = filepath.Join(dir, "rentalsync.yaml")
	var all []pipeline.RunFacts
	for i := range 2 {
		if err := layNight(ctx, dir, nights.rheinland[i], nights.lakeshore[i]); err != nil {
			return err
		}
		runs, err := a.demoNight(ctx)
		if err != nil {
			return err
		}
		all = append(all, runs...)
	}
	taken, err := a.demoSnapshot(ctx)
	if err != nil {
		return err
	}

	tellDemo(a.stdout, all, taken, dir)
	return checkDemo(all, taken, simulator)
}

// serveDemo serves the simulator on a port of its own.
func serveDemo(ctx context.Context, handler http.Handler) (url string, stop func(), err error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serve the simulator: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // it always ends with ErrServerClosed, by stop
	}()
	return "http://" + listener.Addr().String(), func() {
		_ = server.Close()
		<-served
	}, nil
}

// demoMark tells a folder of a demo from one that somebody needs.
const demoMark = ".rentalsync-demo"

// layDemo makes the folder: the config and the mappings that come with the
// program.
func layDemo(dir, url string) error {
	if err := clearDemo(dir); err != nil {
		return err
	}
	files := map[string][]byte{
		"iris-secret":     []byte("demo\n"),
		demoMark:          []byte("made by rentalsync demo; the next one replaces this folder\n"),
		"rentalsync.yaml": bytes.ReplaceAll(demoConfig, []byte("http://127.0.0.1:8080"), []byte(url)),
	}
	starting, err := fs.Glob(mappings.FS, "*.yaml")
	if err != nil {
		return err
	}
	for _, name := range starting {
		if files["mappings/"+name], err = mappings.FS.ReadFile(name); err != nil {
			return err
		}
	}

	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// clearDemo removes what an earlier demo left, and nothing else.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
		return fmt.Errorf("%s holds files that no demo made; name another folder with --dir", dir)
	}
	return os.RemoveAll(dir)
}

// layNight drops one night's exports into both inboxes.
func layNight(ctx context.Context, dir string, rheinland, lakeshore samples.Night) error {
	inbox, err := local.OpenOutbox(filepath.Join(dir, "rheinland", "inbox"), "")
	if err != nil {
		return err
	}
	if _, err := inbox.Put(ctx, samples.RheinlandName(rheinland), func(w io.Writer) error { return samples.Rheinland(w, rheinland) }); err != nil {
		return err
	}

	if inbox, err = local.OpenOutbox(filepath.Join(dir, "lakeshore", "inbox"), ""); err != nil {
		return err
	}
	for _, table := range samples.Lakeshore(lakeshore) {
		if _, err := inbox.Put(ctx, table.Name, table.Write); err != nil {
			return err
		}
	}
	return nil
}

// demoNight works what lies in the drops, as rentalsync once would.
func (a *app) demoNight(ctx context.Context) (runs []pipeline.RunFacts, err error) {
	err = a.inHouse(ctx, func(h *house) error {
		result, err := h.once(ctx)
		runs = result.Runs
		return err
	})
	return runs, err
}

func (a *app) demoSnapshot(ctx context.Context) (taken pipeline.Taken, err error) {
	err = a.inHouse(ctx, func(h *house) error {
		taken, err = h.flows[0].snapshotter.Take(ctx)
		return err
	})
	return taken, err
}

// tellDemo prints what happened, for someone who sees the program for the first
// time.
func tellDemo(w io.Writer, runs []pipeline.RunFacts, taken pipeline.Taken, dir string) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"company", "night", "files", "rows", "mapped", "skipped", "rejected", "parked", "gone", "due", "matched", "unmatched", "unchanged", "other"})
	for _, f := range runs {
		d := f.Documents
		other := d.Assembled() - d[pipeline.Matched] - d[pipeline.Unmatched] - d[pipeline.Unchanged]
		t.AppendRow(table.Row{
			f.Run.Flow, f.Run.BusinessDate, len(f.Deliveries), f.Rows.Read, f.Rows.Mapped, f.Rows.Skipped, f.Rows.Rejected,
			f.Parked, f.Absent, d.Assembled(), d[pipeline.Matched], d[pipeline.Unmatched], d[pipeline.Unchanged], other,
		})
	}
	t.Render()

	fmt.Fprintf(w, `
Each row became entities in the register; each asset that changed became one
request to the simulated IRIS. On the second night only what changed was sent.
parked: a code that no table knows. gone: machines that are no longer named.
due: documents that had to be sent. matched: IRIS knows the machine; unmatched: it
will, once the machine is there. The reports tell what to do about each.

The telematics of %d machines came back.

Look at what was written:
`, taken.Machines)
	for _, f := range runs {
		for _, path := range f.Reports {
			if filepath.Ext(path) == ".xlsx" {
				fmt.Fprintf(w, "  %s\n", path)
			}
		}
	}
	for _, path := range taken.Files {
		fmt.Fprintf(w, "  %s\n", path)
	}
	fmt.Fprintf(w, "  %s  the config\n  %s  the mappings\n", filepath.Join(dir, "rentalsync.yaml"), filepath.Join(dir, "mappings"))
}

// checkDemo compares what happened with what must happen.
func checkDemo(runs []pipeline.RunFacts, taken pipeline.Taken, simulator *iristest.Simulator) error {
	var faults []error
	expect := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}

	expect(len(runs) == 4, "expected 4 runs, got %d", len(runs))
	first := map[string]int{}
	sent := 0
	for _, f := range runs {
		due := f.Documents.Assembled()
		sent += f.Documents[pipeline.Matched] + f.Documents[pipeline.Unmatched]
		expect(f.Run.State == pipeline.RunDone, "expected %s %s to be done, it is %s", f.Run.Flow, f.Run.BusinessDate, f.Run.State)
		expect(due == f.Documents[pipeline.Matched]+f.Documents[pipeline.Unmatched]+f.Documents[pipeline.Unchanged]+f.Documents[pipeline.Waiting],
			"expected every document of %s %s to be answered: %s", f.Run.Flow, f.Run.BusinessDate, sumUp(f.Documents))
		if before, second := first[f.Run.Flow]; second {
			expect(due > 0 && due*5 < before, "expected few documents on the second night of %s, got %d after %d", f.Run.Flow, due, before)
		}
		first[f.Run.Flow] = due
	}

	counts := simulator.State().Counts
	expect(int(counts.Matched+counts.Unmatched) == sent, "expected the simulator to have taken %d documents, it took %d", sent, counts.Matched+counts.Unmatched)
	expect(taken.Machines > 0, "expected telematics of some machines")
	return errors.Join(faults...)
}
