package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/report"
)

func newRejectsCmd(a *app) *cobra.Command {
	var o rejectsOptions
	cmd := &cobra.Command{
		Use:   "rejects [RUN|DELIVERY]",
		Short: "Tell which rows were rejected and not mended since, and where to mend them",
		Long: `rejects lists the rows that were rejected and that nobody has mended since, by what
is wrong with them: of a run, of a delivery, or of each flow's last run with any. The
workbook beside its report holds them for mending: correct the coloured cells, save,
and drop the workbook or its CSV twin into the inbox again. With --out it is written
anew; a name that ends in .csv gets the twin.

It only reads, also beside a live rentalsync run.

Exit codes: 0 told; 2 nobody knows such a run or delivery.`,
		Example: "  rentalsync rejects\n  rentalsync rejects GERAETE_20261121.csv --json\n  rentalsync rejects 01KAQ7V3N5Z8X0M2R4T6W8Y0BD --out mend.xlsx",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.besideWork(cmd.Context(), func(b *beside) error { return a.rejects(cmd.Context(), b, args, o) })
		},
	}
	cmd.Flags().StringVar(&o.flow, "flow", "", "the `NAME` of the flow, where several know what is named")
	cmd.Flags().StringVar(&o.out, "out", "", "write the workbook, or its twin, into `FILE`")
	jsonFlag(cmd, &o.asJSON)
	return cmd
}

// rejectsOptions are what the command line says beside a run or a delivery.
type rejectsOptions struct {
	flow, out string
	asJSON    bool
}

// openRejects are the rejected rows of a run that nobody has mended.
type openRejects struct {
	Flow   string      `json:"flow"`
	Run    string      `json:"run"`
	Date   string      `json:"businessDate"`
	Open   int         `json:"open"`
	Mended int         `json:"mended"`
	Faults []openFault `json:"faults"`
	Files  []string    `json:"files,omitempty"`

	facts pipeline.RunFacts
}

// openFault is one thing that is wrong with some rows.
type openFault struct {
	Delivery string `json:"delivery"`
	Column   string `json:"column,omitempty"`
	What     string `json:"what"`
	Hint     string `json:"hint,omitempty"`
	Rows     int    `json:"rows"`
	Line     int    `json:"firstLine"`
}

// rejects answers by what the journal knows now.
func (a *app) rejects(ctx context.Context, b *beside, args []string, o rejectsOptions) error {
	flows, err := b.flowsNamed(o.flow)
	if err != nil {
		return err
	}
	runs, err := b.rejectingRuns(ctx, flows, args)
	if err != nil {
		return err
	}
	all := []openRejects{}
	for _, run := range runs {
		one, err := b.openRejects(ctx, run)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	if o.out != "" {
		if err := a.writeRejects(ctx, b, all, o.out); err != nil {
			return err
		}
	}
	if o.asJSON {
		return writeJSON(a.stdout, map[string]any{"rejects": all, "exit": 0})
	}
	tellRejects(a.stdout, all)
	return nil
}

// rejectingRuns are the runs that are asked about: one that is named, the one of a
// delivery that is named, or of each flow the last one with rejected rows.
func (b *beside) rejectingRuns(ctx context.Context, flows, args []string) ([]string, error) {
	var runs []string
	for _, flow := range flows {
		run, err := b.rejectingRun(ctx, flow, args)
		if err != nil {
			return nil, err
		}
		if run != "" {
			runs = append(runs, run)
		}
	}
	switch {
	case len(args) == 0:
		return runs, nil
	case len(runs) == 0:
		return nil, b.unknownRetry(ctx, flows, args[0])
	case len(runs) > 1:
		return nil, usageFault("say which one with --flow", "several flows know %q", args[0])
	}
	return runs, nil
}

func (b *beside) rejectingRun(ctx context.Context, flow string, args []string) (string, error) {
	if len(args) > 0 {
		list, err := b.journal.DeliveriesNamed(ctx, flow, args[0])
		if d := newestWorth(list); err != nil || d != nil {
			return runOf(d), err
		}
		facts, err := b.journal.Facts(ctx, strings.ToUpper(args[0]))
		if err == nil && facts.Run.Flow == flow {
			return facts.Run.ID, nil
		}
		return "", nil
	}
	const many = 200
	recent, err := b.journal.RecentRuns(ctx, flow, many)
	if err != nil {
		return "", err
	}
	for _, run := range recent {
		facts, err := b.journal.Facts(ctx, run.ID)
		if err != nil || facts.Rows.Rejected > 0 {
			return run.ID, err
		}
	}
	return "", nil
}

func runOf(d *pipeline.Delivery) string {
	if d == nil {
		return ""
	}
	return d.Run
}

// openRejects counts what is still to be mended of a run, by fault.
func (b *beside) openRejects(ctx context.Context, run string) (openRejects, error) {
	facts, err := b.journal.Facts(ctx, run)
	if err != nil {
		return openRejects{}, err
	}
	all := openRejects{Flow: facts.Run.Flow, Run: run, Date: facts.Run.BusinessDate, Faults: []openFault{}, facts: facts}
	for _, d := range facts.Deliveries {
		for r, err := range b.journal.RejectedRows(ctx, d.ID) {
			if err != nil {
				return all, err
			}
			if r.Settled != "" {
				all.Mended++
				continue
			}
			all.Open++
			for _, f := range r.Faults {
				all.count(openFault{Delivery: d.Name, Column: f.Column, What: f.What, Hint: f.Hint, Rows: 1, Line: r.Origin.Line})
			}
		}
	}
	slices.SortStableFunc(all.Faults, func(x, y openFault) int { return y.Rows - x.Rows })
	all.Files, err = b.rejectFiles(&facts)
	return all, err
}

// count adds a fault to those that are alike.
func (o *openRejects) count(f openFault) {
	at := slices.IndexFunc(o.Faults, func(known openFault) bool {
		return known.Delivery == f.Delivery && known.Column == f.Column && known.What == f.What
	})
	if at < 0 {
		o.Faults = append(o.Faults, f)
		return
	}
	o.Faults[at].Rows++
}

// rejectFiles are the files beside a run's report in which its rows can be mended,
// as far as they lie in a folder.
func (b *beside) rejectFiles(facts *pipeline.RunFacts) ([]string, error) {
	folder := b.flow(facts.Run.Flow).Reports.To.Local
	if folder == "" {
		return nil, nil
	}
	pattern := filepath.Join(folder, fmt.Sprintf("%s_%s_%s.*", facts.Run.Flow, facts.Run.BusinessDate, facts.Run.ID))
	found, err := filepath.Glob(pattern)
	return slices.DeleteFunc(found, func(path string) bool { return !pipeline.IsCorrection(filepath.Base(path)) }), err
}

// writeRejects writes the rejected rows of the one run that is meant.
func (a *app) writeRejects(ctx context.Context, b *beside, all []openRejects, out string) (err error) {
	if len(all) != 1 {
		return usageFault("name a run or a delivery", "--out wants the rejected rows of one run, and there are %d", len(all))
	}
	compiled, err := a.compile(b.flow(all[0].Flow))
	if err != nil {
		return err
	}
	list, err := report.Mendings(ctx, b.journal, all[0].facts, compiled)
	if err != nil {
		return err
	}
	twin := strings.EqualFold(filepath.Ext(out), ".csv")
	switch {
	case len(list) == 0:
		return usageFault("see rentalsync rejects", "run %s has no rejected rows that are still to be mended", all[0].Run)
	case twin && len(list) > 1:
		return usageFault("let its name end in .xlsx", "the rejected rows of run %s have %d different headers, and one CSV file has one", all[0].Run, len(list))
	}

	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if twin {
		return tabular.WriteRejectsCSV(file, list[0])
	}
	return tabular.WriteRejectsXLSX(file, list)
}

func tellRejects(to io.Writer, all []openRejects) {
	if len(all) == 0 {
		fmt.Fprintln(to, "no row was rejected")
	}
	for i := range all {
		o := &all[i]
		fmt.Fprintf(to, "%s %s: %s rejected and not mended, %d mended or overtaken since (run %s)\n", o.Flow, o.Date, rowsAre(o.Open), o.Mended, o.Run)
		for _, f := range o.Faults {
			fault := pipeline.Fault{What: f.What, Hint: f.Hint}
			if f.Column != "" {
				fault.What = f.Column + ": " + f.What
			}
			fmt.Fprintf(to, "  %5d  %s, first in %s line %d\n", f.Rows, fault, f.Delivery, f.Line)
		}
		for _, path := range o.Files {
			fmt.Fprintf(to, "  to mend  %s\n", path)
		}
	}
}

// mendingForms are the files beside a report in which rejected rows can be mended,
// in the formats that the flow wants: one workbook, and a CSV twin for each shape.
func mendingForms(j *journal.Journal, formats []string, compiled []pipeline.Mapping) func(context.Context, pipeline.RunFacts) ([]pipeline.Form[pipeline.RunFacts], error) {
	type form = pipeline.Form[pipeline.RunFacts]
	return func(ctx context.Context, facts pipeline.RunFacts) ([]form, error) {
		list, err := report.Mendings(ctx, j, facts, compiled)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		var forms []form
		if slices.Contains(formats, "xlsx") {
			forms = append(forms, form{Ending: "rejects.xlsx", Write: func(_ context.Context, w io.Writer, _ pipeline.RunFacts) error {
				return tabular.WriteRejectsXLSX(w, list)
			}})
		}
		if !slices.Contains(formats, "csv") {
			return forms, nil
		}
		taken := map[string]int{}
		for i := range list {
			ending := "rejects.csv"
			if len(list) > 1 {
				ending = list[i].Mapping + "." + ending
			}
			if taken[list[i].Mapping]++; taken[list[i].Mapping] > 1 {
				ending = fmt.Sprintf("%s-%d.rejects.csv", list[i].Mapping, taken[list[i].Mapping])
			}
			forms = append(forms, form{Ending: ending, Write: func(_ context.Context, w io.Writer, _ pipeline.RunFacts) error {
				return tabular.WriteRejectsCSV(w, list[i])
			}})
		}
		return forms, nil
	}
}
