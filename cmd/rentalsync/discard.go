package main

import (
	"github.com/spf13/cobra"

	"rentalsync/pipeline"
)

func newDiscardCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "discard [RUN|FLOW]…",
		Short: "Drop a night that is held",
		Long: `discard drops a held run: the register stays as it was, and its files go to the
archive under discarded/. The same file may come again. It only writes down the
decision, also beside a live rentalsync run, which carries it out; without one the
next rentalsync once does.

Without a name it lists what waits.

Exit codes: 0 written down, or listed; 2 it is not clear what is meant, or that
does not wait.`,
		Example: "  rentalsync discard\n  rentalsync discard 01KAQ7V3N5Z8X0M2R4T6W8Y0BD",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), pipeline.Discard, args, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}
