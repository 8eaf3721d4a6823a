package pipeline

import (
	"context"
	"fmt"
	"io"
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

	if facts.Run.State == RunClosed {
		facts.Run.State = RunDone
		if facts.Documents[Held] > 0 {
			facts.Run.State = RunHeld
			facts.Run.Reason = "nothing was ever sent to this account in this form; look at rentalsync plan, then set gates: {first: send} for the flow"
		}
		facts.Run.DoneAt = p.Now()
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

func (p *Publisher) write(ctx context.Context, facts *RunFacts) error {
	for _, form := range p.Forms {
		name := fmt.Sprintf("%s_%s_%s.%s", facts.Run.Flow, facts.Run.BusinessDate, facts.Run.ID, form.Ending)
		path, err := p.Outbox.Put(ctx, name, func(w io.Writer) error { return form.Write(ctx, w, *facts) })
		if err != nil {
			return fmt.Errorf("write report %s: %w", name, err)
		}
		facts.Reports = append(facts.Reports, path)
	}
	return nil
}
