package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
)

func newApproveCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "approve [RUN|ASSET|FLOW]…",
		Short: "Let happen what waits for a person",
		Long: `approve lets a held run become true as it was staged, lets the documents of a flow
go to an account that was never sent anything, or lets one asset's held document
go. It only writes down the decision, also beside a live rentalsync run, which
carries it out; without one the next rentalsync once does.

Without a name it lists what waits.

Exit codes: 0 written down, or listed; 2 it is not clear what is meant, or that
does not wait.`,
		Example: "  rentalsync approve\n  rentalsync approve 01KAQ7V3N5Z8X0M2R4T6W8Y0BD\n  rentalsync approve hamburg",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), pipeline.Approve, args, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// decide writes down what a person decided about each thing that he names, once
// all of the names are clear.
func (a *app) decide(ctx context.Context, d pipeline.Decision, names []string, asJSON bool) error {
	return a.besideWork(ctx, func(b *beside) error {
		if len(names) == 0 {
			return a.listWaiting(b, asJSON)
		}
		var meant []waits
		for _, name := range names {
			found, err := b.find(ctx, name)
			if err != nil {
				return err
			}
			meant = append(meant, found...)
		}
		for i := range meant {
			if err := meant[i].decidable(d); err != nil {
				return err
			}
		}
		for i := range meant {
			if err := b.carry(ctx, d, &meant[i]); err != nil {
				return err
			}
		}
		return a.tellDecided(meant, d, asJSON)
	})
}

// listWaiting answers what can be decided. Where several things wait, it is not
// clear what somebody wanted who named none.
func (a *app) listWaiting(b *beside, asJSON bool) error {
	var ending error
	if len(b.waiting) > 1 {
		ending = &exitError{code: exitFault}
	}
	if asJSON {
		return errors.Join(ending, writeJSON(a.stdout, map[string]any{"waiting": append([]waits{}, b.waiting...), "exit": exitCode(ending)}))
	}
	if len(b.waiting) == 0 {
		fmt.Fprintln(a.stdout, "nothing waits for a decision")
	}
	tellWaiting(a.stdout, b.waiting)
	return ending
}

// decidable is a fault where a decision comes too late, or does not fit.
func (w *waits) decidable(d pipeline.Decision) error {
	if w.What != waitingRun && d == pipeline.Discard {
		return usageFault("the register holds them; rentalsync revert --set DATE takes a night back", "documents cannot be discarded, only runs that were held before they closed")
	}
	if w.Decided != "" {
		return usageFault(whoCarriesOut, "run %s was %s already", w.Run, pipeline.Decision(w.Decided).Done())
	}
	return nil
}

// carry writes a decision down.
func (b *beside) carry(ctx context.Context, d pipeline.Decision, w *waits) (err error) {
	switch w.What {
	case waitingRun:
		err = b.journal.Decide(ctx, w.hold.Run, d, time.Now())
		if errors.Is(err, pipeline.ErrDecided) || errors.Is(err, pipeline.ErrNotHeld) { // since it was looked up
			return usageFault("see rentalsync status", "%w", err)
		}
	case waitingAccount:
		return b.carryAccount(ctx, w)
	default:
		_, err = b.journal.ApproveDocuments(ctx, w.Flow, []string{w.Asset})
	}
	return err
}

// carryAccount lets a flow's documents go to its account, in the form that they
// have now.
func (b *beside) carryAccount(ctx context.Context, w *waits) error {
	i := &b.flow(w.Flow).IRIS
	id, err1 := i.Token.ClientID.Value()
	user, err2 := i.Token.Username.Value()
	account, err3 := iris.Config{URL: i.URL, Token: iris.TokenConfig{ClientID: id, Username: user}}.Account()
	wire, err4 := i.profile()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	var err error
	w.Documents, err = b.journal.ApproveAccount(ctx, w.Flow, account, wire.Digest())
	return err
}

func (a *app) tellDecided(all []waits, d pipeline.Decision, asJSON bool) error {
	for i := range all {
		all[i].Decided = string(d)
	}
	if asJSON {
		return writeJSON(a.stdout, map[string]any{"decided": all, "next": whoCarriesOut, "exit": 0})
	}
	for i := range all {
		w := &all[i]
		switch {
		case w.What == waitingRun && d == pipeline.Discard && w.hold.Run.Reverts:
			fmt.Fprintf(a.stdout, "%s: %s is discarded: the register stays as it was\n", w.Flow, w.hold.Run.About())
		case w.What == waitingRun && d == pipeline.Discard:
			fmt.Fprintf(a.stdout, "%s: %s is discarded: the register stays as it was, and its files go to the archive under discarded/\n", w.Flow, w.hold.Run.About())
		case w.What == waitingRun:
			fmt.Fprintf(a.stdout, "%s: %s is approved: it becomes true, and what it changes is sent\n", w.Flow, w.hold.Run.About())
		case w.What == waitingAccount:
			fmt.Fprintf(a.stdout, "%s: the account is approved: %s sent\n", w.Flow, documents(w.Documents))
		default:
			fmt.Fprintf(a.stdout, "%s: the document of asset %s is approved\n", w.Flow, w.Asset)
		}
	}
	fmt.Fprintln(a.stdout, whoCarriesOut)
	return nil
}
