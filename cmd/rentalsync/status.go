package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

func newStatusCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell what was worked, what is due, and where the state lies",
		Long: `status reads the journal, also beside a live rentalsync run: the last runs of each
flow, what is still under way, and what waits to be sent again.`,
		Example: "  rentalsync status\n  rentalsync status --json | jq '.flows[].due'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			told, err := readStatus(cmd.Context(), c)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(told)
			}
			a.tellStatus(told)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer with one JSON object")
	return cmd
}

// status is what the journal knows of every flow.
type status struct {
	Journal string       `json:"journal"`
	Flows   []flowStatus `json:"flows"`
}

type flowStatus struct {
	Flow       string              `json:"flow"`
	Due        int                 `json:"due"`                 // documents that earlier runs left and that are due again
	Later      int                 `json:"later"`               // documents that are deferred until later
	Held       int                 `json:"held"`                // documents that wait for a person
	NextDue    *time.Time          `json:"nextDue,omitzero"`    // when the next of those deferred until later is due
	Pace       *pipeline.Pacing    `json:"pace,omitempty"`      // how fast documents go, where IRIS allows less than is configured
	Unfinished []string            `json:"unfinished"`          // files whose work was interrupted
	Waiting    []waits             `json:"waiting"`             // what a person has to decide
	Queued     []string            `json:"queued"`              // files in the drop that wait behind a held run
	Unmatched  *unmatchedCount     `json:"unmatched,omitempty"` // what IRIS does not know
	Runs       []pipeline.RunFacts `json:"runs"`
}

// recentRuns is how many runs of a flow are shown.
const recentRuns = 5

// readStatus asks the journal. A journal that nobody has made yet knows nothing.
func readStatus(ctx context.Context, c *config) (told status, err error) {
	told = status{Journal: c.journalFile(), Flows: []flowStatus{}}
	j, err := journal.OpenReadOnly(ctx, journal.Options{Path: c.journalFile()})
	if errors.Is(err, fs.ErrNotExist) {
		for i := range c.Flows {
			told.Flows = append(told.Flows, newFlowStatus(c.Flows[i].Flow))
		}
		return told, nil
	}
	if err != nil {
		return told, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()

	for i := range c.Flows {
		f, err := readFlowStatus(ctx, j, &c.Flows[i])
		if err != nil {
			return told, err
		}
		told.Flows = append(told.Flows, f)
	}
	return told, nil
}

func newFlowStatus(flow string) flowStatus {
	return flowStatus{Flow: flow, Unfinished: []string{}, Waiting: []waits{}, Queued: []string{}, Runs: []pipeline.RunFacts{}}
}

func readFlowStatus(ctx context.Context, j *journal.Journal, flow *flowConfig) (flowStatus, error) {
	f := newFlowStatus(flow.Flow)

	left, err := j.Leftover(ctx, flow.Flow)
	if err != nil {
		return f, err
	}
	f.Due, f.Later, f.Held = left.Due, left.Later, left.Held
	if !left.Next.IsZero() {
		f.NextDue = &left.Next
	}

	pacing, err := flow.IRIS.rentalPacing(j)(ctx)
	if err != nil {
		return f, err
	}
	if pacing.Learnt() || !pacing.Rests.IsZero() {
		f.Pace = &pacing
	}

	waiting, err := waitingIn(ctx, j, flow.Flow)
	if err != nil {
		return f, err
	}
	f.Waiting = append(f.Waiting, waiting...)
	held := ""
	if len(waiting) > 0 && waiting[0].What == waitingRun {
		held = waiting[0].Run
		f.Queued = append(f.Queued, filesIn(flow.Drop.Local)...)
	}

	if f.Unmatched, err = countUnmatched(ctx, j, flow); err != nil {
		return f, err
	}

	deliveries, err := j.UnfinishedDeliveries(ctx, flow.Flow)
	if err != nil {
		return f, err
	}
	for _, d := range deliveries {
		if d.Run != held {
			f.Unfinished = append(f.Unfinished, d.Name)
		}
	}

	runs, err := j.RecentRuns(ctx, flow.Flow, recentRuns)
	if err != nil {
		return f, err
	}
	for _, run := range runs {
		facts, err := j.Facts(ctx, run.ID)
		if err != nil {
			return f, err
		}
		f.Runs = append(f.Runs, facts)
	}
	return f, nil
}

// filesIn lists what lies in a drop, as far as it can be seen from here.
func filesIn(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

func (a *app) tellStatus(told status) {
	fmt.Fprintf(a.stdout, "journal %s\n", told.Journal)
	for _, f := range told.Flows {
		fmt.Fprintf(a.stdout, "\n%s\n", f.Flow)
		if len(f.Runs) == 0 {
			fmt.Fprintln(a.stdout, "  nothing was worked yet")
		}
		for _, facts := range f.Runs {
			fmt.Fprintf(a.stdout, "  %s  %-10s %s, %s, %s\n",
				facts.Run.BusinessDate, facts.Run.State, counted{len(facts.Deliveries), "file"}, counted{facts.Rows.Read, "row"}, sumUp(facts.Documents))
		}
		for _, name := range f.Unfinished {
			fmt.Fprintf(a.stdout, "  under way: %s\n", name)
		}
		if f.Due > 0 {
			fmt.Fprintf(a.stdout, "  due again: %s\n", counted{f.Due, "document"})
		}
		if f.NextDue != nil {
			fmt.Fprintf(a.stdout, "  deferred:  %s, the next until %s\n", counted{f.Later, "document"}, f.NextDue.Local().Format(time.DateTime))
		}
		if f.Unmatched != nil {
			fmt.Fprintf(a.stdout, "  unmatched: %s\n", f.Unmatched)
		}
		if f.Pace != nil {
			fmt.Fprintf(a.stdout, "  pace:      %s\n", paceInWords(f.Pace))
		}
		a.tellStatusWaiting(&f)
	}
}

// paceInWords says what IRIS allows at the moment.
func paceInWords(p *pipeline.Pacing) string {
	said := fmt.Sprintf("%.3g documents a second, because IRIS allows no more at the moment; it comes back up by itself", p.Rate)
	if !p.Rests.IsZero() {
		said = "IRIS wants to be left alone until " + p.Rests.Local().Format(time.DateTime)
	}
	return said
}

// tellStatusWaiting says what waits for a person, and what waits behind that.
func (a *app) tellStatusWaiting(f *flowStatus) {
	for i := range f.Waiting {
		w := &f.Waiting[i]
		switch w.What {
		case waitingRun:
			fmt.Fprintf(a.stdout, "  held:      %s since %s: %s\n", w.hold.Run.About(), w.Since.Local().Format(time.DateTime), w.Why)
		case waitingAccount:
			fmt.Fprintf(a.stdout, "  held:      %s: %s; look at rentalsync plan\n", counted{w.Documents, "document"}, w.Why)
		default:
			fmt.Fprintf(a.stdout, "  held:      the document of asset %s: %s\n", w.Asset, w.Why)
		}
		if w.Decided != "" {
			fmt.Fprintf(a.stdout, "             %s already; %s\n", pipeline.Decision(w.Decided).Done(), whoCarriesOut)
			continue
		}
		fmt.Fprintf(a.stdout, "             %s\n", strings.Join(commandsFor(w), ", or "))
	}
	for _, name := range f.Queued {
		fmt.Fprintf(a.stdout, "  waits:     %s, behind the held night\n", name)
	}
}

// commandsFor are the commands that decide about something.
func commandsFor(w *waits) []string {
	if w.Discard == "" {
		return []string{w.Approve}
	}
	return []string{w.Approve, w.Discard}
}
