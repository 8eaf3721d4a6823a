package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

func newRevertCmd(a *app) *cobra.Command {
	var set string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "revert --set DATE [FLOW]",
		Short: "Take nights back: send what was true before a date again",
		Long: `revert lets the register be again what it was before the night of a date, and sends
the documents that differ, through the same gates as any night. All later nights
are taken back with it; their files, or corrected ones, may come again. Rentals
that those nights began are ended as ones that never began; machines, customers,
contracts and depots that they brought stay, because IRIS cannot forget them, and
the report lists them.

It only writes down what is wanted, also beside a live rentalsync run, which does
it; without one the next rentalsync once does.

Exit codes: 0 written down; 2 it is not clear what is meant, or cannot be done.`,
		Example: "  rentalsync revert --set 2026-11-21\n  rentalsync revert --set 2026-11-21 hamburg",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := time.Parse(time.DateOnly, set); err != nil {
				return usageFault("rentalsync revert --set 2026-11-21", "--set wants the date of a night, not %q", set)
			}
			return a.besideWork(cmd.Context(), func(b *beside) error { return a.revert(cmd, b, set, args, asJSON) })
		},
	}
	cmd.Flags().StringVar(&set, "set", "", "the business `DATE` of the first night that is taken back")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// revert opens the run that takes nights back.
func (a *app) revert(cmd *cobra.Command, b *beside, date string, args []string, asJSON bool) error {
	f, err := b.onlyFlow(args)
	if err != nil {
		return err
	}
	now := time.Now()
	run := pipeline.Run{
		ID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Flow: f.Flow, BusinessDate: date,
		State: pipeline.RunStaging, OpenedAt: now, Reverts: true,
	}
	if err := b.journal.Revert(cmd.Context(), run); err != nil {
		return b.refused(err)
	}

	if asJSON {
		return writeJSON(a.stdout, map[string]any{"run": run.ID, "flow": f.Flow, "businessDate": date, "next": whoCarriesOut, "exit": 0})
	}
	fmt.Fprintf(a.stdout, "%s: the nights from %s on are to be taken back (run %s)\n%s\n", f.Flow, date, run.ID, whoCarriesOut)
	return nil
}

// refused is the fault of wanting a revert that cannot be done.
func (b *beside) refused(err error) error {
	switch {
	case errors.Is(err, pipeline.ErrHeldBefore):
		return usageFault(b.hint(), "%w", err)
	case errors.Is(err, journal.ErrNoNight), errors.Is(err, journal.ErrForgotten), errors.Is(err, journal.ErrReverting):
		return usageFault("see rentalsync status", "%w", err)
	default:
		return err
	}
}

// onlyFlow is the flow that a command line names, or the only one there is.
func (b *beside) onlyFlow(args []string) (*flowConfig, error) {
	var names []string
	for i := range b.config.Flows {
		names = append(names, b.config.Flows[i].Flow)
	}
	switch {
	case len(args) == 0 && len(names) > 1:
		return nil, usageFault(suggest("", names), "there are several flows; name one")
	case len(args) == 0:
		return &b.config.Flows[0], nil
	}
	if f := b.flow(args[0]); f != nil {
		return f, nil
	}
	return nil, usageFault(suggest(args[0], names), "%s has no flow %q", b.config.file, args[0])
}
