package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/pipeline"
)

func newSnapshotCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "snapshot [FLOW]",
		Short: "Write where the fleet is and how long it has run",
		Long: `snapshot reads the telematics of the whole fleet from IRIS and writes them as CSV,
one row a machine, as the analysts' workbook (XLSX), and by the layouts of the
config, also beside a live rentalsync run. The newest CSV and workbook also lie
in latest/ under a name that stays, and history/FLOW_hours.csv grows by every
snapshot, but not on an SFTP server, where files cannot grow. IRIS may be asked for the same page once in 15 minutes; within that time
the stored snapshot is written again, and flows of one account share it.

Exit codes: 0 written, also from the stored one; 1 some flow could not be; 3
written, without machines that could not be understood, or without lines that do
not fit their layout.`,
		Example: "  rentalsync snapshot\n  rentalsync snapshot hamburg --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := a.snapshots(cmd.Context(), args)
			return a.tellSnapshots(all, verdict(cmd.Context(), err), asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// snapshots takes one of each flow's fleet. A flow that fails does not keep the
// others from theirs.
func (a *app) snapshots(ctx context.Context, args []string) (all []pipeline.Taken, err error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	h, err := a.openFleets(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()

	flows, err := h.named(args)
	if err != nil {
		return nil, err
	}
	for _, f := range flows {
		taken, failed := f.snapshotter.Take(ctx)
		if failed == nil {
			all = append(all, taken)
			continue
		}
		err = errors.Join(err, fmt.Errorf("flow %s: %w", f.config.Flow, failed))
		if ctx.Err() != nil {
			break
		}
	}
	return all, err
}

// tellSnapshots tells what was written, also when something failed, and what
// exit code that amounts to. Machines that were left out are news only once.
func (a *app) tellSnapshots(all []pipeline.Taken, err error, asJSON bool) error {
	for i := range all {
		if err == nil && (all[i].Faulty > 0 && !all[i].Stored || all[i].LeftOut > 0) {
			err = attention()
		}
	}
	if asJSON {
		return errors.Join(err, writeJSON(a.stdout, snapshotAnswer(all, exitCode(err))))
	}
	for i := range all {
		tellSnapshot(a.stdout, &all[i])
	}
	return err
}

func snapshotAnswer(all []pipeline.Taken, exit int) any {
	type told struct {
		Flow     string    `json:"flow"`
		TakenAt  time.Time `json:"takenAt"`
		AgainAt  time.Time `json:"againAt"` // when IRIS may be asked again
		Machines int       `json:"machines"`
		Faulty   int       `json:"faulty"`
		LeftOut  int       `json:"linesLeftOut,omitempty"`
		Stored   bool      `json:"stored"`
		Files    []string  `json:"files"`
	}
	answer := struct {
		Snapshots []told `json:"snapshots"`
		Exit      int    `json:"exit"`
	}{[]told{}, exit}
	for _, t := range all {
		answer.Snapshots = append(answer.Snapshots, told{
			t.Flow, toSecond(t.TakenAt), fromSecond(t.Again), t.Machines, t.Faulty, t.LeftOut, t.Stored, t.Files,
		})
	}
	return answer
}

// tellSnapshot says in a few lines what was written.
func tellSnapshot(w io.Writer, t *pipeline.Taken) {
	from := "read from IRIS"
	if t.Stored {
		from = "as stored: IRIS may be asked again at " + fromSecond(t.Again).Format(time.RFC3339)
	}
	fmt.Fprintf(w, "%s: %s at %s, %s\n", t.Flow, counted{t.Machines, "machine"}, toSecond(t.TakenAt).Format(time.RFC3339), from)
	if t.Faulty > 0 {
		fmt.Fprintf(w, "  without %d that could not be understood\n", t.Faulty)
	}
	if t.LeftOut > 0 {
		fmt.Fprintf(w, "  %s left out that do not fit their layout; the log names the first\n", counted{t.LeftOut, "line"})
	}
	for _, path := range t.Files {
		fmt.Fprintf(w, "  %s\n", path)
	}
}

func toSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// fromSecond is the first full second that is not before t.
func fromSecond(t time.Time) time.Time { return toSecond(t.Add(time.Second - 1)) }
