package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Form is one shape in which something is written: a workbook, a table, JSON.
type Form[Of any] struct {
	Ending string // of the file's name: "xlsx"
	Write  func(ctx context.Context, w io.Writer, what Of) error
}

// Publisher ends a run: it writes the report, in every form that is wanted, from
// what the journal knows. A report's name is fixed by its run, so that writing it
// twice is the same file.
type Publisher struct {
	Journal    ReportJournal
	Deliveries DeliveryJournal
	Outbox     Outbox
	Forms      []Form[RunFacts]
	Mending    func(ctx context.Context, facts RunFacts) ([]Form[RunFacts], error) // files in which rejected rows can be mended; default: none
	Unmatched  *UnmatchedBook                                                      // what the account does not know, for people to decide; default: none
	Layouts    RunLayouts                                                          // more files, as the ERP wants them; default: none
	Now        func() time.Time
}

// Publish writes the report and marks the run as done. Its answer is what became
// of the run.
func (p *Publisher) Publish(ctx context.Context, run Run) (RunFacts, error) {
	facts, err := p.Journal.Facts(ctx, run.ID)
	if err != nil {
		return facts, fmt.Errorf("sum up run %s: %w", run.ID, err)
	}
	if err := facts.Rows.Check(); err != nil {
		return facts, fmt.Errorf("run %s: %w", run.ID, err)
	}

	switch {
	case run.State == RunDiscarded:
		facts.Run = run
	case facts.Run.State == RunClosed:
		p.end(&facts)
	}
	if facts.Run.State.Reported() {
		if err := p.write(ctx, &facts); err != nil {
			return facts, err
		}
	}
	if err := p.Deliveries.SaveRun(ctx, facts.Run); err != nil {
		return facts, fmt.Errorf("end run %s: %w", run.ID, err)
	}
	return facts, nil
}

// end says how a run that was closed has ended. It is held where the account was
// never sent anything: the register holds the night, and all of its documents
// wait for a person. Single documents that wait do not hold a run.
func (p *Publisher) end(facts *RunFacts) {
	facts.Run.State, facts.Run.DoneAt = RunDone, p.Now()
	if facts.HeldBack > 0 {
		facts.Run.State = RunHeld
		facts.Run.Reason = fmt.Sprintf("the register holds the night, but nothing was ever sent to this account in this form; look at rentalsync plan, then say rentalsync approve %s", facts.Run.Flow)
	}
}

// reportName is what the names of a run's reports begin with.
func reportName(r Run) string { return fmt.Sprintf("%s_%s_%s", r.Flow, r.BusinessDate, r.ID) }

// PublishHold writes the page about a held run, for people and for machines, and
// tells where it lies. After the decision it is written again and says so.
func (p *Publisher) PublishHold(ctx context.Context, h Hold) (paths []string, err error) {
	facts, err := p.Journal.Facts(ctx, h.Run.ID)
	if err != nil {
		return nil, fmt.Errorf("sum up run %s: %w", h.Run.ID, err)
	}
	if h.Decision == Replaced {
		facts.Deliveries, facts.Rows = nil, RowTotals{} // what was read of them is forgotten by now
	}
	page := HoldPage(h.Run, facts.Deliveries, facts.Rows, h.Breaches)
	forMachines, err := HoldJSON(h.Run, facts.Deliveries, facts.Rows, h.Breaches)
	if err == nil && h.Decision != Undecided {
		page = fmt.Sprintf("This was decided on %s: %s.\nWhat follows is the page as it was before.\n\n%s", h.DecidedAt.UTC().Format(time.DateTime+" UTC"), decidedHow(&h, facts.Run), page)
		forMachines, err = withDecision(forMachines, h)
	}
	if err != nil {
		return nil, fmt.Errorf("spell the page of held run %s: %w", h.Run.ID, err)
	}

	for _, form := range []struct{ ending, text string }{{"txt", page}, {"json", string(forMachines) + "\n"}} {
		name := reportName(h.Run) + ".held." + form.ending
		path, err := p.Outbox.Put(ctx, name, func(w io.Writer) error {
			_, err := io.WriteString(w, form.text)
			return err
		})
		if err != nil {
			return paths, fmt.Errorf("write %s: %w", name, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// decidedHow is how a hold ended, as people read it afterwards.
func decidedHow(h *Hold, run Run) string {
	if h.Decision == Replaced && run.State == RunSuperseded && strings.HasSuffix(run.Reason, joinedNight) {
		return "replaced by the same night with the file that it lacked"
	}
	return h.Decision.Done()
}

// withDecision says on a page for machines what was decided since.
func withDecision(page []byte, h Hold) ([]byte, error) {
	var all map[string]any
	if err := json.Unmarshal(page, &all); err != nil {
		return nil, err
	}
	all["state"], all["decision"], all["decidedAt"] = "decided", h.Decision, h.DecidedAt.UTC()
	return json.MarshalIndent(all, "", "  ")
}

func (p *Publisher) write(ctx context.Context, facts *RunFacts) error {
	for _, form := range p.Forms {
		name := reportName(facts.Run) + "." + form.Ending
		path, err := p.Outbox.Put(ctx, name, func(w io.Writer) error { return form.Write(ctx, w, *facts) })
		if err != nil {
			return fmt.Errorf("write report %s: %w", name, err)
		}
		facts.Reports = append(facts.Reports, path)
	}
	if err := p.writeMending(ctx, facts); err != nil {
		return err
	}
	if err := p.writeUnmatched(ctx, facts); err != nil {
		return err
	}
	return p.Layouts.write(ctx, p.Outbox, facts)
}

// writeUnmatched writes what the account does not know once the run was sent.
func (p *Publisher) writeUnmatched(ctx context.Context, facts *RunFacts) (err error) {
	if p.Unmatched == nil || facts.Run.State != RunDone {
		return nil
	}
	facts.Unmatched, err = p.Unmatched.write(ctx, p.Outbox, facts.Run)
	return err
}
