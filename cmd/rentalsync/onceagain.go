package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"

	"rentalsync/pipeline"
)

// again has files worked although they were seen before: those that lie in a drop
// now, and those that lie in an archive, out of there.
func (h *house) again(ctx context.Context, files []string) error {
	for _, file := range files {
		if err := h.againOne(ctx, filepath.ToSlash(file)); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) againOne(ctx context.Context, file string) error {
	dropped := false
	for _, f := range h.flows {
		there, err := f.runner.InInbox(ctx, path.Base(file))
		if err != nil {
			return fmt.Errorf("flow %s: %w", f.config.Flow, err)
		}
		dropped = dropped || there
	}
	if dropped {
		return nil
	}

	var of []pipeline.Delivery
	var from []*flow
	aside := false
	for _, f := range h.flows {
		d, err := f.runner.InArchive(ctx, h.journal, file)
		switch {
		case errors.Is(err, pipeline.ErrInQuarantine):
			aside = true
		case errors.Is(err, pipeline.ErrNotThere):
		case err != nil:
			return fmt.Errorf("flow %s: %w", f.config.Flow, err)
		default:
			of, from = append(of, d), append(from, f)
		}
	}
	switch {
	case len(of) > 1:
		return usageFault("put a copy into the inbox of the flow that is meant, and say it again", "several flows have worked a file named %q", file)
	case len(of) == 1:
		return h.workWhole(ctx, from[0], of[0])
	case aside:
		return usageFault("rentalsync retry "+quoted(path.Base(file))+" puts it back into the inbox", "%q: %w", file, pipeline.ErrInQuarantine)
	default:
		return h.noSuchFile(ctx, file)
	}
}

// workWhole opens the run in which a file is worked out of the archive.
func (h *house) workWhole(ctx context.Context, f *flow, of pipeline.Delivery) error {
	err := f.runner.WorkWhole(ctx, h.journal, of)
	switch {
	case errors.Is(err, pipeline.ErrHeldBefore):
		return usageFault("see rentalsync approve", "%w", err)
	case errors.Is(err, pipeline.ErrNoMapping):
		return usageFault("have a mapping match its name", "%w", err)
	default:
		return err
	}
}

// noSuchFile is the fault of naming a file that never came, with the nearest one.
func (h *house) noSuchFile(ctx context.Context, file string) error {
	var names []string
	for _, f := range h.flows {
		known, err := h.journal.DeliveryNames(ctx, f.config.Flow)
		if err != nil {
			return err
		}
		names = append(names, known...)
	}
	hint := "put it into the inbox first"
	if near := nearKeys(path.Base(file), names); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s?", near[0])
	}
	return usageFault(hint, "%q: %w", file, pipeline.ErrNotThere)
}
