package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

func newPlanCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Tell what tonight's files would send, without sending",
		Long: `plan works the files that are in the drops on a copy of the journal: no file
moves, nothing is sent, and nothing is remembered. It may be used beside a live
rentalsync run. A night that is held, or would be, is shown as if it was approved.

Exit codes: 0 planned; 3 something in it needs a look, or would be held.`,
		Example: "  rentalsync plan\n  rentalsync plan --json | jq '.documents[].request'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			return a.plan(cmd.Context(), c, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer with one JSON object, with every request as it would go")
	return cmd
}

// planTries is how often a plan is begun anew because a live process has taken a
// file that it had in hand.
const planTries = 10

// plan tells what would be sent, of the drops and the journal as they are at one
// moment.
func (a *app) plan(ctx context.Context, c *config, asJSON bool) error {
	for tries := 1; ; tries++ {
		err := a.planNow(ctx, c, asJSON)
		taken := errors.Is(err, pipeline.ErrFileGone) || errors.Is(err, fs.ErrNotExist)
		if !taken || tries == planTries || ctx.Err() != nil {
			return err
		}
	}
}

// planNow runs the real phases on a copy of the journal, with a drop that moves
// nothing and a sink that only writes down.
func (a *app) planNow(ctx context.Context, c *config, asJSON bool) (err error) {
	scratch, err := os.MkdirTemp("", "rentalsync-plan-")
	if err != nil {
		return fmt.Errorf("make a folder for the copy of the journal: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()

	copied := *c
	copied.Journal = filepath.Join(scratch, "journal.db")
	if err := copyJournal(ctx, c.journalFile(), copied.Journal); err != nil {
		return err
	}
	h, err := a.openStill(ctx, &copied)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()

	var sinks []*plannedSink
	held := &heldInPlan{}
	for _, f := range h.flows {
		welcome, err := f.runner.Dispatcher.Welcome(ctx, f.config.Flow)
		if err != nil {
			return err
		}
		pacing, err := f.runner.Dispatcher.Pacing(ctx)
		if err != nil {
			return err
		}
		sink := f.onlyPlan(held)
		sink.pacing = pacing
		sink.custom = f.planCustom(h.journal)
		sink.waits = !welcome
		sinks = append(sinks, sink)
	}
	all, err := h.once(ctx)
	if err == nil && all.Left.Runs > 0 {
		all, err = h.approveInPlan(ctx, all, held)
	}
	if err != nil {
		return err
	}
	return a.tellPlan(all, sinks, held, asJSON)
}

// approveInPlan lets the nights that are held pass, as if a person approved them
// now, and whatever waits behind them.
func (h *house) approveInPlan(ctx context.Context, all pipeline.Result, held *heldInPlan) (pipeline.Result, error) {
	for i := range all.Holds {
		hold := &all.Holds[i]
		held.keep(hold.Run, hold.Breaches, true)
		if err := h.journal.Decide(ctx, hold.Run, pipeline.Approve, time.Now()); err != nil {
			return all, err
		}
	}
	after, err := h.once(ctx)
	after.Runs = append(all.Runs, after.Runs...)
	return after, err
}

// heldInPlan gathers the runs that are held, or would be.
type heldInPlan struct {
	mu   sync.Mutex
	runs []heldRun
}

type heldRun struct {
	Run      string            `json:"run"`
	Flow     string            `json:"flow"`
	Already  bool              `json:"already"` // it waits for a decision; else it would
	Breaches []pipeline.Breach `json:"breaches"`
}

func (h *heldInPlan) keep(run pipeline.Run, breaches []pipeline.Breach, already bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs = append(h.runs, heldRun{run.ID, run.Flow, already, breaches})
}

// of is why a run is held, or would be; "" where it passes.
func (h *heldInPlan) of(run string) string {
	for _, r := range h.runs {
		if r.Run != run {
			continue
		}
		whats := make([]string, len(r.Breaches))
		for i, b := range r.Breaches {
			whats[i] = b.What
		}
		if r.Already {
			return "is held: " + strings.Join(whats, "; ") + "; this is what approve would do"
		}
		return "would be held: " + strings.Join(whats, "; ") + "; this is what approve would do then"
	}
	return ""
}

// plannedGate lets every run pass and remembers why it would not.
type plannedGate struct {
	pipeline.Gate
	held *heldInPlan
}

// Judge asks the real gate and lets the run pass.
func (g *plannedGate) Judge(ctx context.Context, run pipeline.Run) ([]pipeline.Breach, error) {
	breaches, err := g.Gate.Judge(ctx, run)
	if len(breaches) > 0 {
		g.held.keep(run, breaches, false)
	}
	return nil, err
}

// noOutbox takes files to nowhere.
type noOutbox struct{}

// Put writes nothing.
func (noOutbox) Put(context.Context, string, func(io.Writer) error) (string, error) { return "", nil }

// copyJournal copies the journal beside whoever works it. Where there is none
// yet, the plan starts from nothing.
func copyJournal(ctx context.Context, from, to string) error {
	j, err := journal.OpenReadOnly(ctx, journal.Options{Path: from})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(j.Copy(ctx, to), j.Close())
}

// onlyPlan takes everything from a flow that has an effect, beside its files.
func (f *flow) onlyPlan(held *heldInPlan) *plannedSink {
	sink := &plannedSink{Sink: f.runner.Dispatcher.Sink, flow: f.config.Flow}
	f.runner.Dispatcher.Sink = sink
	f.runner.Dispatcher.Hold, f.runner.Dispatcher.Pacing = false, nil // nobody has to be waited for
	f.runner.Publisher.Forms, f.runner.Publisher.Outbox = nil, noOutbox{}
	f.runner.Closer.Notifiers = nil
	if f.runner.Closer.Gate != nil {
		f.runner.Closer.Gate = &plannedGate{f.runner.Closer.Gate, held}
	}
	return sink
}

// plannedSink writes down what would be sent, and takes it as accepted.
type plannedSink struct {
	pipeline.Sink
	flow   string
	pacing pipeline.Pacing
	waits  bool // the account takes nothing before a person approves it
	custom *plannedCustom

	mu      sync.Mutex
	planned []plannedDocument
}

type plannedDocument struct {
	Flow      string          `json:"flow"`
	Asset     string          `json:"asset"`
	Reference string          `json:"externalReference"`
	Clears    int             `json:"clears"`
	SpelledBy rental.Speller  `json:"identifierFrom"` // crosswalk, iris or erp
	Request   json.RawMessage `json:"request"`

	identity string
}

// Send keeps the request as it would go.
func (s *plannedSink) Send(_ context.Context, d *rental.Document) (pipeline.Answer, error) {
	body, clears, err := s.Encode(d)
	if err != nil {
		return pipeline.Answer{Outcome: pipeline.Rejected, Message: err.Error()}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = append(s.planned, plannedDocument{s.flow, d.Key, d.Asset.Reference, clears, d.SpelledBy, body, d.Identity()})
	return pipeline.Answer{Outcome: pipeline.Matched, Status: 200, Clears: clears}, nil
}

func (a *app) tellPlan(all pipeline.Result, sinks []*plannedSink, held *heldInPlan, asJSON bool) error {
	documents, values, waiting := []plannedDocument{}, []plannedValue{}, []string{}
	for _, s := range sinks {
		documents, values = append(documents, s.planned...), append(values, s.custom.planned...)
		if s.waits && len(s.planned) > 0 {
			waiting = append(waiting, s.flow)
		}
	}
	a.tellLeft(pipeline.Result{Pending: all.Pending}) // a plan leaves nothing to be sent
	ending := error(nil)
	if all.NeedsAttention() || len(held.runs) > 0 || len(waiting) > 0 {
		ending = attention()
	}
	if asJSON {
		answer := map[string]any{
			"runs": append([]pipeline.RunFacts{}, all.Runs...), "documents": documents, "held": append([]heldRun{}, held.runs...), "accounts": waiting, "exit": exitCode(ending),
		}
		if len(values) > 0 {
			answer["customValues"] = values
		}
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		return errors.Join(ending, enc.Encode(answer))
	}

	for _, facts := range all.Runs {
		fmt.Fprintf(a.stdout, "%s %s\n", facts.Run.Flow, facts.Run.BusinessDate)
		if why := held.of(facts.Run.ID); why != "" {
			fmt.Fprintf(a.stdout, "  %s\n", why)
		}
		for _, d := range facts.Deliveries {
			fmt.Fprintf(a.stdout, "  %-10s %s\n", plannedState(d.State), d.Name)
		}
		tellRows(a.stdout, facts)
		fmt.Fprintf(a.stdout, "  %-10s %s\n", "documents", strings.Replace(sumUp(facts.Documents), " "+pipeline.Matched.String(), " to be sent", 1))
	}
	for _, s := range sinks {
		fmt.Fprintf(a.stdout, "%s would send %s\n", s.flow, s.pacing.Plan(len(s.planned), time.Now()))
		if s.waits && len(s.planned) > 0 {
			fmt.Fprintf(a.stdout, "  held until rentalsync approve %s: account %s has never been sent anything in this form\n", s.flow, s.Account())
		}
		for _, d := range s.planned {
			fmt.Fprintf(a.stdout, "  %s%s\n", d.Asset, d.spelled())
		}
		s.tellCustom(a.stdout)
	}
	return ending
}

// spelled says by what IRIS is to find the asset, where that is not the ERP's own
// text.
func (d *plannedDocument) spelled() string {
	switch d.SpelledBy {
	case rental.SpelledByCrosswalk:
		return "  " + d.identity + ", from the crosswalk"
	case rental.SpelledByIRIS:
		return "  " + d.identity + ", as IRIS spells it"
	default:
		return ""
	}
}

// plannedState says what would become of a delivery.
func plannedState(s pipeline.DeliveryState) string {
	switch s {
	case pipeline.DeliveryQuarantined, pipeline.DeliveryDuplicate, pipeline.DeliverySuperseded, pipeline.DeliveryDiscarded:
		return s.String()
	default:
		return "taken"
	}
}
