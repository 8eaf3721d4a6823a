package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/pipeline"
)

func newOnceCmd(a *app) *cobra.Command {
	var asJSON bool
	var again []string
	cmd := &cobra.Command{
		Use:   "once",
		Short: "Work every file that is in the drops now, then end",
		Long: `once takes every file that is in the drops when it starts, waits until each has
settled, and works it to its report. What an earlier process left unfinished, or
had to defer, is finished too.

With --again a file is worked although it was seen before: one that lies in a drop,
or one that was worked, out of the archive. One that is older than what was worked
since stays superseded; rentalsync revert takes nights back first.

Exit codes: 0 everything done; 3 done, but something needs a look: rejected rows,
parked codes, rejected, deferred or held documents, a file that is not whole, a
night that is held.`,
		Example: "  rentalsync once\n  rentalsync once --json | jq '.runs[].documents'\n  rentalsync once --again GERAETE_20261121.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var all pipeline.Result
			err := a.inHouse(cmd.Context(), func(h *house) (err error) {
				if err = h.again(cmd.Context(), again); err == nil {
					all, err = h.once(cmd.Context())
				}
				return err
			})
			return a.answer(cmd.Context(), all, err, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer with one JSON object")
	cmd.Flags().StringArrayVar(&again, "again", nil, "work `FILE` although it was seen before; may be said several times")
	return cmd
}

// once works what is in every drop. A flow that fails does not keep the others
// from being worked.
func (h *house) once(ctx context.Context) (all pipeline.Result, err error) {
	for _, f := range h.flows {
		result, flowErr := f.runner.Once(ctx)
		all.Runs = append(all.Runs, result.Runs...)
		all.Pending = append(all.Pending, result.Pending...)
		all.Left.Add(result.Left)
		all.Holds = append(all.Holds, result.Holds...)
		if flowErr != nil {
			err = errors.Join(err, fmt.Errorf("flow %s: %w", f.config.Flow, flowErr))
		}
	}
	return all, err
}

// answer tells what became of the runs, and what exit code that amounts to. JSON
// is one object in any case, also where nothing could be done.
func (a *app) answer(ctx context.Context, all pipeline.Result, err error, asJSON bool) error {
	a.answered = true
	a.tellLeft(all)
	ending := verdict(ctx, err)
	if ending == nil && all.NeedsAttention() {
		ending = attention()
	}

	if asJSON {
		return errors.Join(ending, writeAnswer(a.stdout, all, exitCode(ending)))
	}
	for _, facts := range all.Runs {
		tellRun(a.stdout, facts)
	}
	return ending
}

// tellLeft says on stderr what was not worked, and why.
func (a *app) tellLeft(all pipeline.Result) {
	for _, p := range all.Pending {
		fmt.Fprintf(a.stderr, "rentalsync: %s is left alone: %s\n", p.Name, p.Why)
	}
	if n := all.Left.Due + all.Left.Later; n > 0 {
		when := "with the next call"
		if all.Left.Due == 0 {
			when = "from " + all.Left.Next.Local().Format(time.DateTime) + " on"
		}
		fmt.Fprintf(a.stderr, "rentalsync: %s deferred; they are sent %s\n", documents(n), when)
	}
	if all.Left.Held > 0 {
		fmt.Fprintf(a.stderr, "rentalsync: %s held; look at rentalsync plan, then say rentalsync approve\n", documents(all.Left.Held))
	}
	for i := range all.Holds {
		a.tellHold(&all.Holds[i])
	}
}

// tellHold says on stderr that a run waits, why, and what decides it.
func (a *app) tellHold(h *pipeline.Hold) {
	fmt.Fprintf(a.stderr, "rentalsync: %s of %s is held since %s: %s\n",
		h.Run.About(), h.Run.Flow, h.HeldAt.Local().Format(time.DateTime), h.Why())
	fmt.Fprintf(a.stderr, "rentalsync: say rentalsync approve %s, or rentalsync discard %[1]s\n", h.Run.ID)
}

func documents(n int) string {
	if n == 1 {
		return "1 document is"
	}
	return fmt.Sprintf("%d documents are", n)
}

func writeAnswer(w io.Writer, all pipeline.Result, exit int) error {
	type pending struct {
		Name string `json:"name"`
		Why  string `json:"why"`
	}
	out := struct {
		Runs    []pipeline.RunFacts `json:"runs"`
		Pending []pending           `json:"pending,omitempty"`
		Left    *pipeline.Left      `json:"left,omitempty"`
		Exit    int                 `json:"exit"`
	}{Runs: append([]pipeline.RunFacts{}, all.Runs...), Exit: exit}
	if all.Left != (pipeline.Left{}) {
		out.Left = &all.Left
	}
	for _, p := range all.Pending {
		out.Pending = append(out.Pending, pending{p.Name, p.Why})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

// tellRun says in a few lines what became of a run.
func tellRun(w io.Writer, f pipeline.RunFacts) {
	fmt.Fprintf(w, "%s %s: %s\n", f.Run.Flow, f.Run.BusinessDate, f.Run.State)
	if f.Run.Reason != "" {
		fmt.Fprintf(w, "  %s\n", f.Run.Reason)
	}
	for _, d := range f.Deliveries {
		fmt.Fprintf(w, "  %-10s %s\n", d.State, d.Name)
	}
	for _, mapping := range f.Run.Lacks {
		fmt.Fprintf(w, "  %-10s a file of mapping %s\n", "missing", mapping)
	}
	tellRows(w, f)
	fmt.Fprintf(w, "  %-10s %s\n", "documents", sumUp(f.Documents))
	tellCustom(w, f.CustomFields)
	for _, path := range f.Reports {
		fmt.Fprintf(w, "  %-10s %s\n", "report", path)
	}
	for _, path := range f.Mending {
		fmt.Fprintf(w, "  %-10s %s\n", "to mend", path)
	}
	if f.Unmatched != "" {
		fmt.Fprintf(w, "  %-10s %s\n", "to decide", f.Unmatched)
	}
}

// tellRows gives the control total of rows, and what is to be known about them.
func tellRows(w io.Writer, f pipeline.RunFacts) {
	fmt.Fprintf(w, "  %-10s %d read = %d mapped + %d skipped + %d rejected\n", "rows", f.Rows.Read, f.Rows.Mapped, f.Rows.Skipped, f.Rows.Rejected)
	if f.Parked > 0 {
		fmt.Fprintf(w, "  %-10s %d of the mapped rows have a code that no table knows; the report prints the line to add\n", "parked", f.Parked)
	}
	if f.Warnings > 0 {
		fmt.Fprintf(w, "  %-10s %d; the report lists them\n", "warnings", f.Warnings)
	}
	if f.Absent > 0 {
		fmt.Fprintf(w, "  %-10s %d no longer named; the report lists them\n", "absent", f.Absent)
	}
}

// sumUp is the control total of documents in one line.
func sumUp(t pipeline.DocumentTotals) string {
	var parts []string
	for _, o := range pipeline.Outcomes() {
		if t[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", t[o], o))
		}
	}
	if len(parts) == 0 {
		return "none due"
	}
	return fmt.Sprintf("%d assembled = %s", t.Assembled(), strings.Join(parts, " + "))
}
