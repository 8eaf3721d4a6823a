package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

// waits is one thing that a person can decide about: a run that is held, the
// documents of a flow that are held for a new account, or one document.
type waits struct {
	Flow      string            `json:"flow"`
	What      string            `json:"what"` // run, account or document
	Run       string            `json:"run,omitempty"`
	Date      string            `json:"businessDate,omitempty"`
	Asset     string            `json:"asset,omitempty"`
	Documents int               `json:"documents,omitempty"`
	Since     *time.Time        `json:"since,omitempty"`
	Why       string            `json:"why"`
	Breaches  []pipeline.Breach `json:"breaches,omitempty"`
	Decided   string            `json:"decided,omitempty"` // and not carried out yet
	Approve   string            `json:"approve"`
	Discard   string            `json:"discard,omitempty"`

	hold *pipeline.Hold
}

// What can wait.
const (
	waitingRun      = "run"
	waitingAccount  = "account"
	waitingDocument = "document"
)

// waitingIn lists what waits for a person in a flow.
func waitingIn(ctx context.Context, j *journal.Journal, flow string) ([]waits, error) {
	var all []waits
	hold, err := j.Held(ctx, flow)
	if err != nil {
		return nil, err
	}
	fleet := waits{Flow: flow, What: waitingAccount, Approve: "rentalsync approve " + flow}
	if hold != nil {
		all = append(all, waits{
			Flow: flow, What: waitingRun, Run: hold.Run.ID, Date: hold.Run.BusinessDate, Since: &hold.HeldAt, Why: hold.Why(), Breaches: hold.Breaches,
			Decided: string(hold.Decision), Approve: "rentalsync approve " + hold.Run.ID, Discard: "rentalsync discard " + hold.Run.ID, hold: hold,
		})
	}

	var single []waits
	for d, err := range j.HeldDocuments(ctx, flow) {
		if err != nil {
			return nil, err
		}
		if d.Account {
			fleet.Documents++
			fleet.Run, fleet.Why = d.Run, d.Why
			if hold != nil { // the flow's name would mean both
				fleet.Approve = "rentalsync approve " + d.Run
			}
			continue
		}
		single = append(single, waits{
			Flow: flow, What: waitingDocument, Run: d.Run, Asset: d.Asset, Documents: 1, Why: d.Why, Approve: "rentalsync approve " + d.Asset,
		})
	}
	if fleet.Documents > 0 {
		all = append(all, fleet)
	}
	return append(all, single...), nil
}

// String is what waits, in one line.
func (w *waits) String() string {
	switch w.What {
	case waitingRun:
		return fmt.Sprintf("%s: %s is held (run %s): %s", w.Flow, w.hold.Run.About(), w.Run, w.Why)
	case waitingAccount:
		return fmt.Sprintf("%s: %s held: %s", w.Flow, documents(w.Documents), w.Why)
	default:
		return fmt.Sprintf("%s: the document of asset %s is held: %s", w.Flow, w.Asset, w.Why)
	}
}

// tellWaiting lists what waits, each with the commands that decide.
func tellWaiting(to io.Writer, all []waits) {
	for i := range all {
		fmt.Fprintf(to, "%s\n", &all[i])
		if all[i].Decided != "" {
			fmt.Fprintf(to, "  %s already; %s\n", pipeline.Decision(all[i].Decided).Done(), whoCarriesOut)
			continue
		}
		fmt.Fprintf(to, "  %s\n", all[i].Approve)
		if all[i].Discard != "" {
			fmt.Fprintf(to, "  %s\n", all[i].Discard)
		}
	}
}

// whoCarriesOut tells what happens next.
const whoCarriesOut = "a running rentalsync carries it out within seconds, else the next rentalsync once does"

// beside is a config with its journal, opened beside whoever works it.
type beside struct {
	config  *config
	journal *journal.Journal
	waiting []waits // in all flows
}

// besideWork opens the journal beside the work and hands it on with what waits. A
// journal that nobody has made yet holds nothing that could be decided.
func (a *app) besideWork(ctx context.Context, do func(*beside) error) (err error) {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	b := &beside{config: c}
	b.journal, err = journal.OpenBeside(ctx, journal.Options{Path: c.journalFile(), Log: a.log})
	if errors.Is(err, fs.ErrNotExist) {
		return usageFault("nothing was worked yet", "there is no journal %s", c.journalFile())
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.journal.Close()) }()

	for i := range c.Flows {
		all, err := waitingIn(ctx, b.journal, c.Flows[i].Flow)
		if err != nil {
			return err
		}
		b.waiting = append(b.waiting, all...)
	}
	return do(b)
}

// flow is the config of a flow; nil where no flow has that name.
func (b *beside) flow(name string) *flowConfig {
	for i := range b.config.Flows {
		if b.config.Flows[i].Flow == name {
			return &b.config.Flows[i]
		}
	}
	return nil
}

// find is what somebody means by a name: the run or the documents that wait under
// it. A name that means nothing, or several things, is a fault.
func (b *beside) find(ctx context.Context, name string) ([]waits, error) {
	var byRun, byFlow, byAsset []waits
	for _, w := range b.waiting {
		switch {
		case strings.EqualFold(w.Run, name):
			byRun = append(byRun, w)
		case w.Flow == name && w.What != waitingDocument:
			byFlow = append(byFlow, w)
		case w.What == waitingDocument && w.Asset == name:
			byAsset = append(byAsset, w)
		}
	}

	switch {
	case len(byRun) > 0:
		return byRun, nil
	case len(byFlow) > 1:
		return nil, usageFault(commandsOf(byFlow), "several things wait in flow %s", name)
	case len(byFlow) == 1:
		return byFlow, nil
	case len(byAsset) > 1:
		return nil, usageFault("name the run that holds it instead", "asset %s is held in several flows", name)
	case len(byAsset) == 1:
		return byAsset, nil
	}
	return nil, b.unknown(ctx, name)
}

// commandsOf are the commands by which one of several things is meant. A run's
// number always is.
func commandsOf(all []waits) string {
	var commands []string
	for i := range all {
		commands = append(commands, "rentalsync approve "+all[i].Run+" ("+all[i].What+")")
	}
	return "say which: " + strings.Join(commands, ", or ")
}

// unknown is the fault of naming what does not wait, with what does.
func (b *beside) unknown(ctx context.Context, name string) error {
	for i := range b.config.Flows {
		flow := b.config.Flows[i].Flow
		if flow == name {
			return usageFault(b.hint(), "nothing in flow %s waits to be decided as a whole", name)
		}
	}
	facts, err := b.journal.Facts(ctx, strings.ToUpper(name))
	if err == nil {
		return usageFault(b.hint(), "run %s of %s does not wait for a decision: it is %s", facts.Run.ID, facts.Run.BusinessDate, facts.Run.State)
	}
	return usageFault(b.hint(), "no run, flow or held asset is named %q", name)
}

// hint tells what does wait.
func (b *beside) hint() string {
	if len(b.waiting) == 0 {
		return "nothing waits for a decision"
	}
	const few = 5
	var lines []string
	for i := range b.waiting {
		if i == few {
			lines = append(lines, fmt.Sprintf("and %d more; see rentalsync approve", len(b.waiting)-few))
			break
		}
		lines = append(lines, b.waiting[i].String())
	}
	return "what waits: " + strings.Join(lines, "\nrentalsync:   ")
}
