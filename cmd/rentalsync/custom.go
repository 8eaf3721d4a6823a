package main

import (
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
