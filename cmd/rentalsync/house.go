package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/sftp"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

// house is a config brought to life: the journal and every flow's phases.
type house struct {
	file    string
	journal *journal.Journal
	history time.Duration // how long snapshots are kept
	still   bool          // no file moves: it is only shown what would
	flows   []*flow
	servers map[string]*sftp.Client // SFTP accounts, by how they are logged in to
	closers []io.Closer
}

// flow is one ERP account with everything that works for it.
type flow struct {
	config      *flowConfig
	runner      *pipeline.Runner
	snapshotter *pipeline.Snapshotter
	client      *iris.Client
}

// openHouse opens the journal for work and wires every flow to it.
func (a *app) openHouse(ctx context.Context, c *config) (*house, error) {
	return a.build(ctx, c, false)
}

// openStill is openHouse of a house in which no file moves.
func (a *app) openStill(ctx context.Context, c *config) (*house, error) { return a.build(ctx, c, true) }

func (a *app) build(ctx context.Context, c *config, still bool) (*house, error) {
	j, err := journal.Open(ctx, journal.Options{Path: c.journalFile(), Log: a.log, History: c.history()})
	if err != nil {
		return nil, err
	}
	h := &house{file: c.file, journal: j, history: c.history(), still: still, closers: []io.Closer{j}}
	for i := range c.Flows {
		f, err := a.wire(h, &c.Flows[i])
		if err != nil {
			return nil, errors.Join(fmt.Errorf("flow %s: %w", c.Flows[i].Flow, err), h.Close())
		}
		h.flows = append(h.flows, f)
	}
	return h, nil
}

// openFleets opens the journal beside whoever works it, and wires of every flow
// what reads its fleet: nobody has to be stopped for a snapshot, and nobody is
// kept from beginning to work. A journal that is not there yet is made.
func (a *app) openFleets(ctx context.Context, c *config) (*house, error) {
	options := journal.Options{Path: c.journalFile(), Log: a.log}
	j, err := journal.OpenBeside(ctx, options)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, journal.ErrOlder) {
		j, err = journal.Open(ctx, options)
	}
	if err != nil {
		return nil, err
	}

	h := &house{file: c.file, journal: j, history: c.history(), closers: []io.Closer{j}}
	for i := range c.Flows {
		f := &flow{config: &c.Flows[i]}
		if f.client, _, err = a.connect(h, f.config); err == nil {
			f.snapshotter, err = a.snapshotterOf(h, f.config, f.client)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("flow %s: %w", f.config.Flow, err), h.Close())
		}
		h.flows = append(h.flows, f)
	}
	return h, nil
}

// inHouse does something with everything the config names, and gives it back.
func (a *app) inHouse(ctx context.Context, do func(*house) error) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	h, err := a.openHouse(ctx, c)
	if err != nil {
		return err
	}
	err = do(h)
	stats := h.journal.Stats()
	a.log.Debug("journal used", "writes", stats.Writes, "longestHold", stats.LongestHold)
	return errors.Join(err, h.Close())
}

// named is the flow that a command line names, or all of them.
func (h *house) named(args []string) ([]*flow, error) {
	if len(args) == 0 {
		return h.flows, nil
	}
	names := make([]string, len(h.flows))
	for i, f := range h.flows {
		if names[i] = f.config.Flow; names[i] == args[0] {
			return h.flows[i : i+1], nil
		}
	}
	return nil, usageFault(suggest(args[0], names), "%s has no flow %q", h.file, args[0])
}

// Close gives everything back, the journal last.
func (h *house) Close() error {
	var all error
	for i := len(h.closers) - 1; i >= 0; i-- {
		all = errors.Join(all, h.closers[i].Close())
	}
	h.closers = nil
	return all
}

// closerFunc closes by a function that cannot fail.
type closerFunc func()

// Close calls the function.
func (f closerFunc) Close() error {
	f()
	return nil
}
