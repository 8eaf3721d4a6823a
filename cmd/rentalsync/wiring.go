package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/iris"
	"rentalsync/connectors/local"
	"rentalsync/connectors/tabular"
	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
)

// house is a config brought to life: the journal and every flow's phases.
type house struct {
	journal *journal.Journal
	flows   []*flow
	closers []io.Closer
}

// flow is one ERP account with everything that works for it.
type flow struct {
	config      *flowConfig
	runner      *pipeline.Runner
	snapshotter *pipeline.Snapshotter
	client      *iris.Client
	medium      drop.FS
}

// open opens the journal for work and wires every flow to it.
func (a *app) openHouse(ctx context.Context, c *config) (*house, error) {
	j, err := journal.Open(ctx, journal.Options{Path: c.journalFile(), Log: a.log})
	if err != nil {
		return nil, err
	}
	h := &house{journal: j, closers: []io.Closer{closeFunc(j.Shutdown)}}
	for i := range c.Flows {
		f, err := a.wire(h, &c.Flows[i])
		if err != nil {
			return nil, errors.Join(fmt.Errorf("flow %s: %w", c.Flows[i].Flow, err), h.Close())
		}
		h.flows = append(h.flows, f)
	}
	return h, nil
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

// wire makes one flow's phases and ties them together.
func (a *app) wire(h *house, c *flowConfig) (*flow, error) {
	compiled, err := a.compile(c)
	if err != nil {
		return nil, err
	}
	client, wire, err := a.connect(h, c)
	if err != nil {
		return nil, err
	}
	folders, err := c.folders()
	if err != nil {
		return nil, err
	}
	medium, err := local.Open(folders, a.log)
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, medium)

	f := &flow{config: c, client: client, medium: medium}
	intake := &pipeline.Intake{
		Flow: c.Flow, Reader: tabular.New(), Mappings: compiled,
		Deliveries: h.journal, Stage: h.journal, Now: time.Now, Log: a.log,
	}
	watcher, err := drop.New(medium, c.dropOptions(a, intake.Inspect))
	if err != nil {
		return nil, err
	}
	intake.Drop = watcher

	f.runner = &pipeline.Runner{
		Flow: c.Flow, Intake: intake,
		Closer:     &pipeline.Closer{Drop: watcher, Deliveries: h.journal, Stage: h.journal, Now: time.Now, Log: a.log},
		Dispatcher: a.dispatcher(h, c, iris.NewLoader(client, wire)),
		Deliveries: h.journal, Dispatches: h.journal,
		Scan: c.Drop.Scan, Settle: c.Ready.Settle, Patience: c.Ready.Patience, Now: time.Now, Log: a.log,
		Reached: crashPoint(a.env),
	}
	if f.runner.Publisher, err = a.publisher(h, c); err != nil {
		return nil, err
	}
	f.snapshotter, err = a.snapshotterOf(h, c, client)
	return f, err
}

// compile loads the flow's mappings; a fault in one of them is the config's.
func (a *app) compile(c *flowConfig) ([]pipeline.Mapping, error) {
	loaded, faults := mappings.Load(c.mappingFiles, mappings.Options{Values: c.IRIS.Values})
	if err := faults.Err(); err != nil {
		return nil, err
	}
	compiled := make([]pipeline.Mapping, len(loaded))
	for i, m := range loaded {
		compiled[i] = m
	}
	return compiled, nil
}

// connect makes the client of the flow's IRIS account. Its pace is kept by the
// journal, for everything that shares the account.
func (a *app) connect(h *house, c *flowConfig) (*iris.Client, *iris.Wire, error) {
	token, err := c.IRIS.Token.resolve()
	if err != nil {
		return nil, nil, err
	}
	rates := c.IRIS.Rate.perSecond()
	client, err := iris.New(iris.Config{
		URL: c.IRIS.URL, Token: token, Rates: rates, Parallel: c.IRIS.Parallel,
		Pace: h.journal.Pace(c.IRIS.account(), map[string]float64{
			iris.LaneRental: rates.Rental, iris.LaneFleet: rates.Fleet, iris.LaneEquipment: rates.Equipment, iris.LaneOther: rates.Other,
		}),
		ValidateAssets: c.IRIS.ValidateAssets, Log: a.log,
	})
	if err != nil {
		return nil, nil, err
	}
	h.closers = append(h.closers, closerFunc(client.Close))

	wire := iris.DefaultWire()
	if c.IRIS.Wire != "" {
		data, err := os.ReadFile(c.IRIS.Wire)
		if err != nil {
			return nil, nil, fmt.Errorf("read wire profile: %w", err)
		}
		if wire, err = iris.LoadWire(c.IRIS.Wire, data); err != nil {
			return nil, nil, err
		}
	}
	return client, wire, nil
}

type closerFunc func()

// Close calls the function.
func (f closerFunc) Close() error {
	f()
	return nil
}

func (t *tokenConfig) resolve() (iris.TokenConfig, error) {
	id, err1 := t.ClientID.Value()
	secret, err2 := t.ClientSecret.Value()
	user, err3 := t.Username.Value()
	password, err4 := t.Password.Value()
	return iris.TokenConfig{
		URL: t.URL, ClientID: id, ClientSecret: secret, Username: user, Password: password, Scopes: t.Scopes,
	}, errors.Join(err1, err2, err3, err4)
}

func (r *ratesConfig) perSecond() iris.Rates {
	return iris.Rates{
		Rental: r.Rental.PerSecond(), Fleet: r.Fleet.PerSecond(), Equipment: r.Equipment.PerSecond(), Other: r.Other.PerSecond(),
	}
}

// folders are the drop's folders. Of a path with a date, what stands before it.
func (c *flowConfig) folders() (local.Dirs, error) {
	archive, err1 := drop.ParseTemplate(filepath.ToSlash(c.Archive))
	quarantine, err2 := drop.ParseTemplate(filepath.ToSlash(c.Quarantine))
	return local.Dirs{
		Inbox: c.Drop.Local, Archive: archive.Root(), Quarantine: quarantine.Root(),
	}, errors.Join(err1, err2)
}

func (c *flowConfig) dropOptions(a *app, inspect pipeline.InspectFunc) drop.Options {
	return drop.Options{
		Settle: c.Ready.Settle, MinAge: c.Ready.MinAge, Incomplete: c.Ready.Incomplete,
		Archive: filepath.ToSlash(c.Archive), Quarantine: filepath.ToSlash(c.Quarantine),
		Inspect: inspect, Log: a.log, Reached: crashPoint(a.env),
	}
}

func (a *app) dispatcher(h *house, c *flowConfig, sink pipeline.Sink) *pipeline.Dispatcher {
	host, _ := os.Hostname() // only part of a name
	return &pipeline.Dispatcher{
		Journal: h.journal, Sink: sink,
		Assembly: rental.Assembly{References: c.References, Sites: c.Depots},
		Parallel: c.IRIS.Parallel, Rate: c.IRIS.Rate.Rental.PerSecond(), Hold: c.Gates.First == "hold",
		Owner: fmt.Sprintf("%s/%d/%s", host, os.Getpid(), ulid.Make()),
		Now:   time.Now, Log: a.log, Reached: crashPoint(a.env),
	}
}

func (a *app) publisher(h *house, c *flowConfig) (*pipeline.Publisher, error) {
	outbox, err := local.OpenOutbox(c.Reports.To.Local, "")
	if err != nil {
		return nil, err
	}
	p := &pipeline.Publisher{Journal: h.journal, Deliveries: h.journal, Outbox: outbox, Now: time.Now}
	for _, format := range c.Reports.Formats {
		p.Forms = append(p.Forms, pipeline.Form[pipeline.RunFacts]{Ending: format, Write: reportForm(format, h.journal, c.Snapshot.zone)})
	}
	return p, nil
}

func reportForm(format string, j pipeline.ReportJournal, zone *time.Location) func(context.Context, io.Writer, pipeline.RunFacts) error {
	switch format {
	case "xlsx":
		return func(ctx context.Context, w io.Writer, facts pipeline.RunFacts) error {
			book, err := report.OfRun(ctx, j, facts, zone)
			if err != nil {
				return err
			}
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
	outbox, err := local.OpenOutbox(c.Snapshot.To.Local, "")
	if err != nil {
		return nil, err
	}
	type form = pipeline.Form[iter.Seq2[pipeline.Machine, error]]
	return &pipeline.Snapshotter{
		Flow: c.Flow, Fleet: iris.NewFleet(client, iris.FleetOptions{Gate: a.pageGate(h, c)}), Journal: h.journal, Outbox: outbox,
		Forms: []form{
			{Ending: "csv", Write: func(_ context.Context, w io.Writer, all iter.Seq2[pipeline.Machine, error]) error {
				return tabular.WriteSnapshotCSV(w, all)
			}},
			{Ending: "xlsx", Write: func(_ context.Context, w io.Writer, all iter.Seq2[pipeline.Machine, error]) error {
				return tabular.WriteXLSX(w, report.OfFleet(all, c.Snapshot.zone))
			}},
		},
		Every: c.IRIS.FleetEvery, Now: time.Now, Log: a.log,
	}, nil
}

// pageGate keeps the rule that a page of the fleet may be asked for once in so
// long, across restarts.
func (a *app) pageGate(h *house, c *flowConfig) func(ctx context.Context, url string) error {
	return func(ctx context.Context, url string) error {
		wait, err := h.journal.Visit(ctx, c.IRIS.account(), url, c.IRIS.FleetEvery)
		if err != nil {
			return err
		}
		if wait > 0 {
			return fmt.Errorf("IRIS allows this page of the fleet to be read again in %s", wait.Round(time.Second))
		}
		return nil
	}
}

// crashCode is how a process ends that died at a crash point.
const crashCode = 137

// crashPoint ends the process where RENTALSYNC_CRASH_AT says, as if the machine
// had lost power there: tests of what a restart makes of it use it.
func crashPoint(env lookupFunc) func(string) {
	at, set := env("RENTALSYNC_CRASH_AT")
	if !set {
		return nil
	}
	return func(point string) {
		if point == at {
			os.Exit(crashCode)
		}
	}
}

type closeFunc func() error

// Close calls the function.
func (f closeFunc) Close() error { return f() }
