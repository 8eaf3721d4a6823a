package main

import (
	"context"
	"io"
	"runtime/debug"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// analyst joins what the register, telematics and IRIS tell of a flow's fleet.
func (a *app) analyst(h *house, c *flowConfig, client *iris.Client) *pipeline.Analyst {
	findings := &c.Snapshot.Findings
	analyst := &pipeline.Analyst{
		Flow: c.Flow, Account: client.Account(),
		Snapshots: h.journal, Fleet: h.journal, Listings: h.journal, Drifts: h.journal,
		ListEvery: findings.ListEvery, Contracts: findings.Contracts,
		Assembly: c.assembly(), Tolerances: findings.tolerances(), Zone: c.Snapshot.zone, Now: time.Now, Log: a.log,
	}
	if findings.ListEvery > 0 {
		analyst.Lister = &pipeline.Lister{Directory: iris.NewDirectory(client), Journal: h.journal, Now: time.Now}
	}
	return analyst
}

// history keeps the hours of every snapshot, for whoever reads them all at once. On
// a server files cannot grow: there is none.
func (a *app) history(h *house, c *flowConfig, outbox pipeline.Outbox) *pipeline.History {
	grows, can := outbox.(pipeline.GrowingOutbox)
	if !can {
		return nil
	}
	return &pipeline.History{
		Name: "history/" + c.Flow + "_hours.csv", Outbox: grows, Journal: h.journal, Log: a.log,
		Write: func(_ context.Context, w io.Writer, fleet pipeline.SnapshotFleet, first bool) error {
			analysis, err := gathered(fleet)
			if err != nil {
				return err
			}
			return tabular.AppendCSV(w, report.History(analysis), tabular.WriteDialect{}, first)
		},
	}
}

// writeAnalysis writes the analysts' workbook.
func writeAnalysis(w io.Writer, fleet pipeline.SnapshotFleet) error {
	analysis, err := gathered(fleet)
	if err != nil {
		return err
	}
	// What was gathered of a large fleet takes most memory of all: nothing should stand
	// beside it that is not needed any more.
	debug.FreeOSMemory()
	defer debug.FreeOSMemory()
	return tabular.WriteXLSX(w, report.OfAnalysis(analysis, fleet.Machines))
}

// gatheringGC is how much garbage is allowed while facts are gathered, in percent of
// what is in use.
const gatheringGC = 40

// gathered are the facts of a whole fleet: much that stays, made from much that does
// not.
func gathered(fleet pipeline.SnapshotFleet) (*pipeline.Analysis, error) {
	debug.FreeOSMemory() // of what was read, and of earlier forms
	defer debug.SetGCPercent(debug.SetGCPercent(gatheringGC))
	return fleet.Analysis()
}
