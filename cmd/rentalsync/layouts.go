package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"rentalsync/connectors/tabular"
	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// layouts loads layout files; a fault in one of them is the config's.
func layouts(files []string) ([]*mappings.Layout, error) {
	all, faults := mappings.LoadLayouts(files)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

// snapshotLayouts are the files that an ERP wants of each snapshot.
func snapshotLayouts(c *flowConfig) ([]pipeline.SnapshotLayout, error) {
	all, err := layouts(c.Snapshot.layoutFiles)
	if err != nil {
		return nil, err
	}
	forms := make([]pipeline.SnapshotLayout, len(all))
	for i, of := range all {
		l := &of.Layout
		forms[i].Layout, forms[i].Trace, forms[i].Register = l, report.Trace(l), report.ShowsRegister(l)
		forms[i].Write = func(_ context.Context, w io.Writer, facts pipeline.LayoutFacts, machines iter.Seq2[pipeline.FleetLine, error]) (pipeline.LaidOut, error) {
			return tabular.WriteLayout(w, l, facts, report.FleetLines(l, machines))
		}
	}
	return forms, nil
}

// runLayouts are the files that an ERP wants of each run.
func (a *app) runLayouts(h *house, c *flowConfig) (pipeline.RunLayouts, error) {
	made := pipeline.RunLayouts{Journal: h.journal, Zone: c.Snapshot.zone, Now: time.Now, Log: a.log}
	all, err := layouts(c.Reports.layoutFiles)
	if err != nil {
		return made, err
	}
	unmatched, err := unmatchedRegister(h.journal, c)
	if err != nil {
		return made, err
	}
	from := report.RunSources{Journal: h.journal, Assembly: c.assembly(), Unmatched: unmatched.Read}
	for _, of := range all {
		l := &of.Layout
		made.Forms = append(made.Forms, pipeline.LayoutForm[pipeline.RunFacts]{Layout: l,
			Write: func(ctx context.Context, w io.Writer, facts pipeline.LayoutFacts, run pipeline.RunFacts) (pipeline.LaidOut, error) {
				return tabular.WriteLayout(w, l, facts, report.RunLines(ctx, l, from, &run, facts.Zone))
			},
		})
	}
	return made, nil
}

// layouts finds layouts that are not there, that tell of something else, or that
// would write over each other. What is wrong inside of one is told of its file.
func (ch *configChecker) layouts(f *flowConfig, at string) {
	var all []*mappings.Layout
	for _, list := range []struct {
		at    string
		said  []string
		files []string
		ofRun bool
		cure  string
	}{
		{at + ".snapshot.layouts", f.Snapshot.Layouts, f.Snapshot.layoutFiles, false, "name it under reports.layouts"},
		{at + ".reports.layouts", f.Reports.Layouts, f.Reports.layoutFiles, true, "name it under snapshot.layouts"},
	} {
		for i, pattern := range list.said {
			ch.found(fmt.Sprintf("%s[%d]", list.at, i), pattern, "layout")
		}
		loaded, _ := mappings.LoadLayouts(list.files)
		for _, l := range loaded {
			if l.Of.OfRun() != list.ofRun {
				ch.fault(list.at, fmt.Sprintf("%s is a layout of %s", l.Path(), l.Of), list.cure)
			}
		}
		all = append(all, loaded...)
	}
	ch.faults = append(ch.faults, mappings.LintLayouts(all)...)
}

// found is a fault where a pattern finds no file.
func (ch *configChecker) found(at, pattern, what string) {
	found, err := filepath.Glob(filepath.Join(filepath.Dir(ch.c.file), pattern))
	if filepath.IsAbs(pattern) {
		found, err = filepath.Glob(pattern)
	}
	switch {
	case pattern == "":
		ch.fault(at, "the pattern names no file", fmt.Sprintf("write %q", map[string]string{"mapping": "mappings/*.yaml", "layout": "mappings/layouts/*.yaml"}[what]))
	case err != nil:
		ch.fault(at, fmt.Sprintf("%q is no pattern for file names", pattern), "* stands for any part of a name, ? for one character")
	case len(found) == 0:
		ch.fault(at, fmt.Sprintf("%q finds no %s", pattern, what), "the path is relative to the config")
	}
}

// layouts checks layout files, each for itself.
func (ch *checker) layouts(files []string) {
	for _, file := range files {
		if slices.Contains(ch.laid, file) {
			continue
		}
		_, faults := mappings.LoadLayouts([]string{file})
		ch.faults = append(ch.faults, faults...)
		ch.laid = append(ch.laid, file)
	}
}
