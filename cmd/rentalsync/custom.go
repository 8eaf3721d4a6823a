package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
)

// customValues makes the phase that sets custom fields once the documents are
// through that they belong to.
func (a *app) customValues(h *house, c *flowConfig, client *iris.Client, profile string) *pipeline.CustomValues {
	directory := iris.NewDirectory(client)
	return &pipeline.CustomValues{
		Journal: h.journal, Profile: profile, Assembly: c.assembly(), Parallel: c.IRIS.Parallel,
		Account: func() pipeline.CustomAccount {
			return &pipeline.ListedAccount{
				Lister:    pipeline.Lister{Directory: directory, Journal: h.journal, Now: time.Now},
				IDJournal: h.journal,
			}
		},
		Now: time.Now, Log: a.log, Reached: crashPoint(a.env),
	}
}

// tellCustom gives the control total of custom values, where there are any.
func tellCustom(w io.Writer, t pipeline.CustomTotals) {
	if t.Due() == 0 {
		return
	}
	var parts []string
	for _, o := range pipeline.CustomOutcomes() {
		if t[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", t[o], o))
		}
	}
	fmt.Fprintf(w, "  %-10s %d custom values due = %s\n", "fields", t.Due(), strings.Join(parts, " + "))
}
