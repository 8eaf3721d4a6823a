package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/iris"
	"rentalsync/connectors/notify"
	"rentalsync/connectors/tabular"
	"rentalsync/mappings"
	"rentalsync/pipeline"
)

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
	medium, err := a.medium(h, c)
	if err != nil {
		return nil, err
	}
	if h.still {
		still := drop.Still(medium)
		h.closers = append(h.closers, still)
		medium = still
	}

	f := &flow{config: c, client: client}
	intake := &pipeline.Intake{
		Flow: c.Flow, Reader: tabular.New(), Mappings: compiled,
		Absent: pipeline.AbsentPolicy{Asset: c.Absent.Asset, Item: c.Absent.Item, Nights: c.Absent.Nights},
		Set:    c.Ready.Set.set(), Incomplete: c.Ready.Incomplete,
		Deliveries: h.journal, Stage: h.journal, Holds: h.journal, Replays: h.journal, Now: time.Now, Log: a.log,
	}
	if intake.Crosswalk, err = crosswalkCheck(h.journal, c); err != nil {
		return nil, err
	}
	notifiers, err := c.Notify.notifiers()
	if err != nil {
		return nil, err
	}
	options := c.dropOptions(a)
	options.Inspect, options.Since = intake.Inspect, intake.Since
	watcher, err := drop.New(medium, options)
	if err != nil {
		return nil, err
	}
	intake.Drop = watcher

	f.runner = &pipeline.Runner{
		Flow: c.Flow, Intake: intake,
		Closer: &pipeline.Closer{
			Drop: watcher, Deliveries: h.journal, Stage: h.journal, Holds: h.journal,
			Gate:      &pipeline.Gates{Limits: c.Gates.limits(), Set: intake.Set, Journal: h.journal},
			Notifiers: notifiers, History: c.History.Value, Now: time.Now, Log: a.log,
		},
		Reverter:   &pipeline.Reverter{Journal: h.journal, Stage: h.journal, Log: a.log},
		Dispatcher: a.dispatcher(h, c, iris.NewLoader(client, wire)),
		Deliveries: h.journal, Dispatches: h.journal, Holds: h.journal,
		Scan: c.Drop.Scan, Settle: c.Ready.Settle, Patience: c.Ready.Patience, Now: time.Now, Log: a.log,
		Reached: crashPoint(a.env),
	}
	if f.runner.Publisher, err = a.publisher(h, c); err != nil {
		return nil, err
	}
	f.runner.Values = a.customValues(h, c, client, wire.Digest())
	f.runner.Publisher.Mending = mendingForms(h.journal, c.Reports.Formats, compiled)
	if f.runner.Publisher.Unmatched, err = unmatchedBook(h.journal, c); err != nil {
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
	crosswalks, faults := mappings.Crosswalk(loaded)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	var compiled []pipeline.Mapping
	for _, m := range append(loaded, crosswalks...) {
		compiled = append(compiled, m)
	}
	return compiled, nil
}

// notifiers bring notices to whom the flow names.
func (c *notifyConfig) notifiers() ([]pipeline.Notifier, error) {
	var all []pipeline.Notifier
	if c.Webhook.URL.given() {
		address, err1 := c.Webhook.URL.Value()
		token, err2 := c.Webhook.Token.Value()
		hook, err3 := notify.NewWebhook(notify.WebhookOptions{URL: address, Token: token})
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		all = append(all, hook)
	}
	if c.Mail.Server != "" {
		user, err1 := c.Mail.User.Value()
		password, err2 := c.Mail.Password.Value()
		mail, err3 := notify.NewMail(notify.MailOptions{
			Server: c.Mail.Server, TLS: c.Mail.TLS, User: user, Password: password, From: c.Mail.From, To: c.Mail.To,
		})
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		all = append(all, mail)
	}
	return all, nil
}

// connect makes the client of the flow's IRIS account. Its pace is kept by the
// journal, for everything that shares the account.
func (a *app) connect(h *house, c *flowConfig) (*iris.Client, *iris.Wire, error) {
	token, err := c.IRIS.Token.resolve()
	if err != nil {
		return nil, nil, err
	}
	made := iris.Config{
		URL: c.IRIS.URL, Token: token, Rates: c.IRIS.Rate.perSecond(), Parallel: c.IRIS.Parallel,
		Pace: c.IRIS.pace(h.journal), ValidateAssets: c.IRIS.ValidateAssets, Log: a.log,
	}
	account, err := made.Account()
	if err != nil {
		return nil, nil, err
	}
	made.Token.Keep = h.journal.Tokens(account)
	client, err := iris.New(made)
	if err != nil {
		return nil, nil, err
	}
	h.closers = append(h.closers, closerFunc(client.Close))

	wire, err := c.IRIS.profile()
	return client, wire, err
}

// profile is the wire profile that documents are spelled by.
func (i *irisConfig) profile() (*iris.Wire, error) {
	if i.Wire == "" {
		return iris.DefaultWire(), nil
	}
	data, err := os.ReadFile(i.Wire)
	if err != nil {
		return nil, fmt.Errorf("read wire profile: %w", err)
	}
	return iris.LoadWire(i.Wire, data)
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

// perSecond are the rates that are kept: those of the config, but for what IRIS
// does not allow.
func (r *ratesConfig) perSecond() iris.Rates {
	said := iris.Rates{
		Rental: r.Rental.PerSecond(), Fleet: r.Fleet.PerSecond(), Equipment: r.Equipment.PerSecond(), Other: r.Other.PerSecond(),
	}
	return said.Capped()
}

func (c *flowConfig) dropOptions(a *app) drop.Options {
	return drop.Options{
		Settle: c.Ready.Settle, Looks: c.Ready.Looks, MinAge: c.Ready.MinAge, Incomplete: c.Ready.Incomplete,
		Marker: c.Ready.Marker, Control: c.Ready.Control.control(),
		Archive: filepath.ToSlash(c.Archive), Quarantine: filepath.ToSlash(c.Quarantine),
		Keep:        drop.Keep{Archive: c.Keep.Archive, Quarantine: c.Keep.Quarantine},
		Acknowledge: drop.Acknowledge{Done: c.Acknowledge.Done, Failed: c.Acknowledge.Failed},
		Log:         a.log, Reached: crashPoint(a.env),
	}
}

func (a *app) dispatcher(h *house, c *flowConfig, sink pipeline.Sink) *pipeline.Dispatcher {
	host, _ := os.Hostname() // only part of a name
	return &pipeline.Dispatcher{
		Journal: h.journal, Sink: sink,
		Assembly: c.assembly(),
		Parallel: c.IRIS.Parallel, Rate: c.IRIS.Rate.Rental.PerSecond(), Pacing: c.IRIS.rentalPacing(h.journal), Hold: c.Gates.First == "hold", Reoffer: c.Reoffer,
		Owner: fmt.Sprintf("%s/%d/%s", host, os.Getpid(), ulid.Make()),
		Now:   time.Now, Log: a.log, Reached: crashPoint(a.env),
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
