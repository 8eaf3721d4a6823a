package pipeline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// RunLayouts are files that tell an ERP, in its own dialect, what became of a run.
type RunLayouts struct {
	Forms   []LayoutForm[RunFacts]
	Journal LayoutJournal
	Zone    *time.Location // of the times in files; nil is UTC
	Now     func() time.Time
	Log     *slog.Logger
}

// write writes every file once what became of the run is settled: what an ERP was
// told is not taken back.
func (r *RunLayouts) write(ctx context.Context, outbox Outbox, facts *RunFacts) error {
	if facts.Run.Undecided() {
		return nil
	}
	for i := range r.Forms {
		path, err := r.writeOne(ctx, &r.Forms[i], outbox, facts)
		if err != nil {
			return err
		}
		facts.Reports = append(facts.Reports, path)
	}
	return nil
}

func (r *RunLayouts) writeOne(ctx context.Context, form *LayoutForm[RunFacts], outbox Outbox, facts *RunFacts) (string, error) {
	l := form.Layout
	w := layouter{flow: facts.Run.Flow, zone: r.Zone, outbox: outbox, journal: r.Journal, now: r.Now, log: r.Log}
	day, err := time.ParseInLocation(time.DateOnly, facts.Run.BusinessDate, w.zoneOf(l))
	if err != nil {
		return "", fmt.Errorf("write layout %s: the run has no business date: %w", l.Name, err)
	}
	file, err := w.facts(ctx, l, facts.Run.ID, day)
	if err != nil {
		return "", fmt.Errorf("name the file of layout %s: %w", l.Name, err)
	}
	path, made, err := w.put(ctx, l, file, func(to io.Writer) (LaidOut, error) { return form.Write(ctx, to, file, *facts) })
	facts.LeftOut += made.Faulty
	return path, err
}
