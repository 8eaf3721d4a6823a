package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/report"
)

func newPrepareCmd(a *app) *cobra.Command {
	var apply, asJSON bool
	var probe string
	cmd := &cobra.Command{
		Use:   "prepare [FLOW]",
		Short: "Compare the ERP with an IRIS account before the first night, and bring them together",
		Long: `prepare does what IRIS asks for before rentals are sent. It compares the machines,
depots, customers and custom fields of the register with those of the account, and
writes a workbook of what fits, what is missing and what somebody has to decide. A
sheet to decide on, filled in and dropped into the inbox, is a crosswalk.

The register holds what was worked: with gates.first: hold the first night can be
worked before anything is sent. Without --apply nothing is changed in IRIS; with it

  assets      matched ones are given the external reference that they lack; one
              that is there is never replaced. Where IRIS spells a serial number
              otherwise than the ERP, its own spelling is sent from then on
  depots      missing ones are made, where prepare.areas or prepare.depotRadius
              says where they are
  customers   are made or brought up to date where prepare.customers says so

It may be stopped and begun again at any time, also beside a live rentalsync run.
An area of the account that is refused does not stop the others.

--probe ASSET tries on one asset what is not public about the way requests are
spelled: it tells what it would send, and with --apply sends it, reads back what
IRIS made of it, and sends the right document again at the end. Take an asset whose
rental nobody looks at just then.

Exit codes: 0 compared, and applied where that was wanted; 1 some flow could not be;
3 done, but an area was refused, something is doubtful, or IRIS did not take all.`,
		Example: "  rentalsync prepare hamburg\n  rentalsync prepare hamburg --apply\n  rentalsync prepare hamburg --probe 004711 --apply",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.inPreparation(cmd.Context(), args, func(all []preparing) error {
				if probe != "" {
					return a.probe(cmd.Context(), all, probe, apply, asJSON)
				}
				return a.prepare(cmd.Context(), all, apply, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&apply, "apply", false, "change in IRIS what may be changed")
	cmd.Flags().StringVar(&probe, "probe", "", "try on the `ASSET`, by the ERP's number, what is not public about requests")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// preparing is a flow with all that it takes to prepare its account.
type preparing struct {
	config   *flowConfig
	preparer *pipeline.Preparer
	client   *iris.Client
	wire     *iris.Wire
	journal  *journal.Journal
}

// inPreparation does something with the flow that is named, or all, beside whoever
// works the journal.
func (a *app) inPreparation(ctx context.Context, args []string, do func([]preparing) error) (err error) {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	options := journal.Options{Path: c.journalFile(), Log: a.log}
	j, err := journal.OpenBeside(ctx, options)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, journal.ErrOlder) {
		j, err = journal.Open(ctx, options)
	}
	if err != nil {
		return err
	}
	h := &house{file: c.file, journal: j, closers: []io.Closer{j}}
	defer func() { err = errors.Join(err, h.Close()) }()

	for i := range c.Flows {
		h.flows = append(h.flows, &flow{config: &c.Flows[i]})
	}
	named, err := h.named(args)
	if err != nil {
		return err
	}
	var all []preparing
	for _, f := range named {
		one, err := a.preparingOf(h, f.config)
		if err != nil {
			return fmt.Errorf("flow %s: %w", f.config.Flow, err)
		}
		all = append(all, one)
	}
	return do(all)
}

// preparingOf wires what prepares one flow's account.
func (a *app) preparingOf(h *house, c *flowConfig) (preparing, error) {
	compiled, err := a.compile(c)
	if err != nil {
		return preparing{}, err
	}
	client, wire, err := a.connect(h, c)
	if err != nil {
		return preparing{}, err
	}
	outbox, err := a.outbox(h, &c.Reports.To)
	if err != nil {
		return preparing{}, err
	}
	return preparing{config: c, client: client, wire: wire, journal: h.journal, preparer: &pipeline.Preparer{
		Flow: c.Flow, Directory: iris.NewDirectory(client), Journal: h.journal, Assembly: c.assembly(), Profile: wire.Digest(), Mappings: compiled,
		Depots:    pipeline.DepotAreas{Radius: float64(c.Prepare.DepotRadius), Areas: c.Prepare.areas},
		Customers: pipeline.CustomerPolicy(c.Prepare.Customers), Outbox: outbox,
		Forms: []pipeline.Form[*pipeline.Preparation]{{Ending: "xlsx", Write: func(_ context.Context, w io.Writer, p *pipeline.Preparation) error {
			return tabular.WriteXLSX(w, report.OfPreparation(p, c.Snapshot.zone))
		}}},
		Now: time.Now, Log: a.log,
	}}, nil
}

// prepare compares each flow with its account. One that fails does not keep the
// others from it.
func (a *app) prepare(ctx context.Context, flows []preparing, apply, asJSON bool) error {
	var all []*pipeline.Preparation
	var failed error
	for _, f := range flows {
		done, err := f.preparer.Prepare(ctx, apply)
		all = append(all, done)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("flow %s: %w", f.config.Flow, err))
		}
		if !asJSON {
			tellPreparation(a.stdout, done, pipeline.CustomerPolicy(f.config.Prepare.Customers))
		}
		if ctx.Err() != nil {
			break
		}
	}

	err := verdict(ctx, failed)
	for _, p := range all {
		if err == nil && needsLook(p) {
			err = attention()
		}
	}
	if asJSON {
		return errors.Join(err, writeJSON(a.stdout, preparedAnswer(all, exitCode(err))))
	}
	return err
}

// needsLook reports whether a person has to look at what came of it.
func needsLook(p *pipeline.Preparation) bool {
	return len(p.Refused) > 0 || len(p.Assets.Doubtful) > 0 || len(p.NotSet) > 0 || p.FieldsWrong() > 0 ||
		p.DepotsFound(pipeline.FoundDoubtful) > 0 || p.DepotsFound(pipeline.FoundMissing) > 0
}

// preparedAnswer is what machines are told: counts of what the workbook lists, and
// the depots and custom fields, of which there are few.
func preparedAnswer(all []*pipeline.Preparation, exit int) any {
	type assets struct {
		Matched  int `json:"matched"`
		Missing  int `json:"missing"`
		Doubtful int `json:"doubtful"`
		Surplus  int `json:"surplus"`
	}
	type told struct {
		*pipeline.Preparation
		Assets    assets                    `json:"assets"`
		Customers map[pipeline.FoundHow]int `json:"customers"`
	}
	answer := struct {
		Preparations []told `json:"preparations"`
		Exit         int    `json:"exit"`
	}{[]told{}, exit}
	for _, p := range all {
		customers := map[pipeline.FoundHow]int{}
		for i := range p.Customers {
			customers[p.Customers[i].How]++
		}
		m := p.Assets
		answer.Preparations = append(answer.Preparations, told{p, assets{len(m.Matched), len(m.Missing), len(m.Doubtful), len(m.Surplus)}, customers})
	}
	return answer
}
