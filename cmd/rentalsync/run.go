package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"rentalsync/pipeline"
)

func newRunCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Watch the drops and work what arrives, until stopped",
		Long: `run watches every drop of the config and works what arrives. What IRIS asked to
wait with is sent when its time has come. Snapshots are taken where snapshot.at
says when; what was due while nothing ran is taken at the start.

The first signal lets what is in hand come to its end; a second one ends at once.
Whatever is left is found again at the next start.`,
		Example: "  rentalsync run -c /etc/rentalsync/rentalsync.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.inHouse(cmd.Context(), func(h *house) error { return a.watch(cmd.Context(), h) })
		},
	}
}

// watch runs every flow until ctx ends or one of them fails.
func (a *app) watch(ctx context.Context, h *house) error {
	woken := map[string]chan struct{}{}
	for _, f := range h.flows {
		woken[f.config.Flow] = make(chan struct{}, 1)
	}
	stop, err := h.journal.Work(ctx, func(ctx context.Context, flow string) (time.Time, error) {
		if wake, known := woken[flow]; known {
			select {
			case wake <- struct{}{}:
			default: // woken already
			}
		}
		left, err := h.journal.Leftover(ctx, flow)
		return left.Next, err
	})
	if err != nil {
		return fmt.Errorf("start the job engine: %w", err)
	}

	var telling sync.Mutex
	flows, ctx := errgroup.WithContext(ctx)
	snapshots, err := a.keepSchedules(ctx, h, func(taken *pipeline.Taken) {
		telling.Lock()
		defer telling.Unlock()
		tellSnapshot(a.stdout, taken)
	})
	if err != nil {
		return errors.Join(err, stop(context.WithoutCancel(ctx)))
	}
	for _, f := range h.flows {
		flows.Go(func() error {
			a.log.Info("watching", "flow", f.config.Flow, "drop", f.config.Drop.place())
			err := f.runner.Run(ctx, woken[f.config.Flow], func(facts pipeline.RunFacts) {
				telling.Lock()
				defer telling.Unlock()
				tellRun(a.stdout, facts)
			})
			if err != nil {
				return fmt.Errorf("flow %s: %w", f.config.Flow, err)
			}
			return nil
		})
	}
	err = flows.Wait()
	snapshots()
	return errors.Join(err, stop(context.WithoutCancel(ctx)))
}
