package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Decision is how a run that was held ends.
type Decision string

const (
	Undecided Decision = ""
	Approve   Decision = "approve" // it closes as it was staged
	Discard   Decision = "discard" // it is dropped; the register stays as it was
	Replaced  Decision = "replace" // a newer night, or the same one once it is whole, says it all better
)

// Done is the decision as people read it afterwards.
func (d Decision) Done() string {
	switch d {
	case Approve:
		return "approved"
	case Discard:
		return "discarded"
	case Replaced:
		return "replaced by a newer night"
	default:
		return "waits for a decision"
	}
}

// Hold is a run that waits for a person before it closes, and why.
type Hold struct {
	Run       Run
	Breaches  []Breach
	HeldAt    time.Time
	Told      []string  // the notifiers that have brought it to people
	ToldAt    time.Time // when all of them had; zero is not yet
	Decision  Decision
	DecidedAt time.Time
}

// Errors of decisions that come too late, or about the wrong run.
var (
	ErrNotHeld = errors.New("the run does not wait for a decision")
	ErrDecided = errors.New("the run was decided before")

	// ErrHeldBefore says that nothing can be taken back while a run is held.
	ErrHeldBefore = errors.New("a run is held; approve or discard it first")
)

// Why sums up the limits that the run goes over.
func (h *Hold) Why() string {
	whats := make([]string, len(h.Breaches))
	for i, b := range h.Breaches {
		whats[i] = b.What
	}
	return strings.Join(whats, "; ")
}

// Waits tells what waits behind the run, and until when.
func (h *Hold) Waits() string {
	return fmt.Sprintf("it waits behind the held run of %s; say rentalsync approve %s or rentalsync discard %[2]s", h.Run.BusinessDate, h.Run.ID)
}

// judge asks the gate about a staged run. What it finds is journalled with the
// run, which is then held: its files stay where they are, and nothing becomes
// true.
func (c *Closer) judge(ctx context.Context, run Run) (Run, error) {
	if c.Gate == nil {
		return run, nil
	}
	breaches, err := c.Gate.Judge(ctx, run)
	if err != nil {
		return run, fmt.Errorf("judge what run %s would change: %w", run.ID, err)
	}
	if len(breaches) == 0 {
		return run, nil
	}

	hold := Hold{Run: run, Breaches: breaches, HeldAt: c.Now()}
	hold.Run.State, hold.Run.Reason = RunHeld, hold.Why()
	if err := c.Holds.Hold(ctx, hold); err != nil {
		return run, fmt.Errorf("hold run %s: %w", run.ID, err)
	}
	c.Log.Warn("run held", "flow", run.Flow, "run", run.ID, "businessDate", run.BusinessDate, "why", hold.Why())
	return hold.Run, nil
}

// approved closes a held run as it was staged, without asking the gate again.
func (c *Closer) approved(ctx context.Context, h *Hold) (Run, error) {
	run := h.Run
	run.State, run.Reason = RunClosed, "approved by a person: "+h.Why()
	return c.close(ctx, run)
}

// discarded brings the files of a held run away. The run itself ends when its
// report is written.
func (c *Closer) discarded(ctx context.Context, h *Hold) (Run, error) {
	run := h.Run
	run.State, run.Reason, run.DoneAt = RunDiscarded, "discarded by a person: "+h.Why(), c.Now()
	deliveries, err := c.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return run, fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}

	for _, d := range deliveries {
		if d.State != DeliveryStaged {
			continue
		}
		d.State, d.Reason = DeliveryDiscarded, "a person discarded run "+run.ID
		if err := c.Deliveries.SaveDelivery(ctx, d); err != nil {
			return run, fmt.Errorf("discard %s: %w", d.Name, err)
		}
	}
	return run, c.Settle(ctx, run.Flow)
}

// held is the flow's run that waits; nil where none does.
func (r *Runner) held(ctx context.Context) (*Hold, error) {
	hold, err := r.Holds.Held(ctx, r.Flow)
	if err != nil {
		return nil, fmt.Errorf("look for a held run: %w", err)
	}
	return hold, nil
}

// decided carries out what a person decided, in whichever process. The decision
// is journalled, so that each step may be done again after a crash.
func (r *Runner) decided(ctx context.Context) ([]RunFacts, error) {
	hold, err := r.held(ctx)
	if err != nil || hold == nil || hold.Decision == Undecided {
		return nil, err
	}
	r.Log.Info("run decided", "flow", r.Flow, "run", hold.Run.ID, "decision", string(hold.Decision))
	reached(r.Reached, "hold:decided")
	if _, err := r.Publisher.PublishHold(ctx, *hold); err != nil {
		return nil, err
	}

	carryOut := r.Closer.approved
	if hold.Decision == Discard {
		carryOut = r.Closer.discarded
	}
	run, err := carryOut(ctx, hold)
	if err != nil {
		return nil, err
	}
	reached(r.Reached, "hold:carried-out")
	facts, err := r.complete(ctx, run)
	if err != nil {
		return nil, err
	}
	return []RunFacts{facts}, nil
}

// tellTime bounds how long one notifier may take: nobody's mail server keeps
// the work from going on.
const tellTime = 20 * time.Second

// remind tells of a held run whom nobody was told of yet. What cannot be told is
// tried again with the next look.
func (r *Runner) remind(ctx context.Context) error {
	hold, err := r.held(ctx)
	if err != nil || hold == nil || hold.Decision != Undecided || !hold.ToldAt.IsZero() {
		return err
	}
	facts, err := r.Publisher.Journal.Facts(ctx, hold.Run.ID)
	if err != nil {
		return fmt.Errorf("sum up run %s: %w", hold.Run.ID, err)
	}
	return r.tell(ctx, hold, HoldNotice(hold.Run, facts.Deliveries, facts.Rows, hold.Breaches))
}

// tell lets every notifier bring a notice that has not brought it before.
func (r *Runner) tell(ctx context.Context, hold *Hold, notice Notice) error {
	told := map[string]bool{}
	for _, name := range hold.Told {
		told[name] = true
	}
	all := true
	for _, n := range r.Closer.Notifiers {
		if told[n.Name()] {
			continue
		}
		if err := notify(ctx, n, notice); err != nil {
			all = false
			r.Log.Error("nobody was told of the held run; it is tried again", "flow", r.Flow, "run", hold.Run.ID, "notifier", n.Name(), "error", err)
			continue
		}
		hold.Told = append(hold.Told, n.Name())
	}
	if all {
		hold.ToldAt = r.Now()
	}
	if err := r.Holds.Told(ctx, *hold); err != nil {
		return fmt.Errorf("record who was told of run %s: %w", hold.Run.ID, err)
	}
	return nil
}

func notify(ctx context.Context, n Notifier, notice Notice) error {
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	return n.Notify(ctx, notice)
}
