package main

import (
	"context"
	"io"
	"runtime/debug"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
)

func (a *app) publisher(h *house, c *flowConfig) (*pipeline.Publisher, error) {
	outbox, err := a.outbox(h, &c.Reports.To)
	if err != nil {
		return nil, err
	}
	p := &pipeline.Publisher{Journal: h.journal, Deliveries: h.journal, Outbox: outbox, Now: time.Now}
	for _, format := range c.Reports.Formats {
		p.Forms = append(p.Forms, pipeline.Form[pipeline.RunFacts]{Ending: format, Write: reportForm(format, h.journal, c.Snapshot.zone)})
	}
	p.Layouts, err = a.runLayouts(h, c)
	return p, err
}

func reportForm(format string, j pipeline.ReportJournal, zone *time.Location) func(context.Context, io.Writer, pipeline.RunFacts) error {
	switch format {
	case "xlsx":
		return func(ctx context.Context, w io.Writer, facts pipeline.RunFacts) error {
			book, err := report.OfRun(ctx, j, facts, zone)
			if err != nil {
				return err
			}
			// A large workbook is what takes most memory of all: nothing that an
			// earlier phase or form left behind should stand beside it.
			debug.FreeOSMemory()
			defer debug.FreeOSMemory()
			return tabular.WriteXLSX(w, book)
		}
	case "csv":
		return func(ctx context.Context, w io.Writer, facts pipeline.RunFacts) error {
			return tabular.WriteCSV(w, report.Flat(ctx, j, facts), tabular.WriteDialect{})
		}
	default:
		return func(ctx context.Context, w io.Writer, facts pipeline.RunFacts) error {
			return report.WriteJSON(ctx, w, j, facts)
		}
	}
}

func (a *app) snapshotterOf(h *house, c *flowConfig, client *iris.Client) (*pipeline.Snapshotter, error) {
	outbox, err := a.outbox(h, &c.Snapshot.To)
	if err != nil {
		return nil, err
	}
	layouts, err := snapshotLayouts(c)
	if err != nil {
		return nil, err
	}
	type form = pipeline.Form[pipeline.SnapshotFleet]
	return &pipeline.Snapshotter{
		Flow: c.Flow, Account: client.Account(), Fleet: iris.NewFleet(client, iris.FleetOptions{Extended: c.IRIS.ExtendedData}), Journal: h.journal,
		Assembly: c.assembly(), Outbox: outbox,
		Forms: []form{
			{Ending: "csv", Write: func(_ context.Context, w io.Writer, all pipeline.SnapshotFleet) error {
				return tabular.WriteSnapshotCSV(w, all.Machines)
			}},
			{Ending: "xlsx", Write: func(_ context.Context, w io.Writer, all pipeline.SnapshotFleet) error {
				return writeAnalysis(w, all)
			}},
		},
		Analyst: a.analyst(h, c, client), Hours: a.history(h, c, outbox),
		Layouts: layouts, Layouting: h.journal, Register: h.journal, Zone: c.Snapshot.zone, History: h.history,
		Every: c.IRIS.FleetEvery, Now: time.Now, Log: a.log,
	}, nil
}

// assembly names things to IRIS as the flow does.
func (c *flowConfig) assembly() rental.Assembly {
	return rental.Assembly{References: c.References, Sites: c.Depots}
}
