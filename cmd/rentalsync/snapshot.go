package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"rentalsync/pipeline"
)

func newSnapshotCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "snapshot [FLOW]",
		Short: "Write where the fleet is and how long it has run",
		Long: `snapshot reads the telematics of the whole fleet from IRIS and writes them as CSV
and XLSX, one row a machine. IRIS may be asked for the same page once in 15
minutes; within that time the stored snapshot is written again.`,
		Example: "  rentalsync snapshot\n  rentalsync snapshot hamburg --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.inHouse(cmd.Context(), func(h *house) error {
				flows, err := h.named(args)
				if err != nil {
					return err
				}
				var all []pipeline.Taken
				for _, f := range flows {
					taken, err := f.snapshotter.Take(cmd.Context())
					if err != nil {
						return fmt.Errorf("flow %s: %w", f.config.Flow, err)
					}
					all = append(all, taken)
				}
				return a.tellSnapshots(all, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer with one JSON object")
	return cmd
}

func (a *app) tellSnapshots(all []pipeline.Taken, asJSON bool) error {
	type told struct {
		Flow     string   `json:"flow"`
		TakenAt  string   `json:"takenAt"`
		Machines int      `json:"machines"`
		Faulty   int      `json:"faulty"`
		Stored   bool     `json:"stored"`
		Files    []string `json:"files"`
	}
	answers := []told{}
	faulty := false
	for _, t := range all {
		answers = append(answers, told{t.Flow, t.TakenAt.UTC().Format("2006-01-02T15:04:05Z"), t.Machines, t.Faulty, t.Stored, t.Files})
		faulty = faulty || t.Faulty > 0
	}

	if asJSON {
		if err := json.NewEncoder(a.stdout).Encode(map[string]any{"snapshots": answers}); err != nil {
			return err
		}
	} else {
		for _, t := range answers {
			from := "read from IRIS"
			if t.Stored {
				from = "stored; IRIS may not be asked again yet"
			}
			fmt.Fprintf(a.stdout, "%s: %d machines at %s, %s\n", t.Flow, t.Machines, t.TakenAt, from)
			for _, path := range t.Files {
				fmt.Fprintf(a.stdout, "  %s\n", path)
			}
		}
	}
	if faulty {
		return attention()
	}
	return nil
}
