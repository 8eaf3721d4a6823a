package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

func newRetryCmd(a *app) *cobra.Command {
	var flow string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "retry DELIVERY|ASSET…",
		Short: "Work rejected and parked rows again, a file in the quarantine, or an asset",
		Long: `retry has something worked once more, whose cause has been mended:

  a delivery in the quarantine   its file goes back into the inbox
  a delivery that was worked     its rows that were rejected, or mapped without a
                                 field because no table knew a code, are worked
                                 again out of the archived file, by the mapping of
                                 today; nothing newer is undone by them
  an asset                       its document is sent once more, although nothing
                                 changed, or IRIS refused it for good

A delivery is named by its file's name, or by its number where several had the same;
of several the newest is meant. Where an asset's key looks like a file's name, write
asset before it.

It only writes down what is wanted, also beside a live rentalsync run, which does
it; without one the next rentalsync once does.

Exit codes: 0 written down; 2 it is not clear what is meant, or there is nothing to
be worked again.`,
		Example: "  rentalsync retry GERAETE_20261121.csv\n  rentalsync retry 004711 004712\n  rentalsync retry asset 004711 --flow hamburg",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.besideWork(cmd.Context(), func(b *beside) error { return a.retry(cmd.Context(), b, flow, args, asJSON) })
		},
	}
	cmd.Flags().StringVar(&flow, "flow", "", "the `NAME` of the flow, where several know what is named")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// retried is one thing that is to be worked again.
type retried struct {
	Flow     string `json:"flow"`
	What     string `json:"what"` // file, rows or asset
	Delivery string `json:"delivery,omitempty"`
	Name     string `json:"name,omitempty"`
	Date     string `json:"businessDate,omitempty"`
	Rows     int    `json:"rows,omitempty"`
	Asset    string `json:"asset,omitempty"`
	Run      string `json:"run,omitempty"`

	delivery pipeline.Delivery
}

// What can be worked again.
const (
	retryFile  = "file"
	retryRows  = "rows"
	retryAsset = "asset"
)

// retry writes down what is to be worked again, once all of the names are clear.
func (a *app) retry(ctx context.Context, b *beside, flow string, args []string, asJSON bool) error {
	flows, err := b.flowsNamed(flow)
	if err != nil {
		return err
	}
	var meant []retried
	for i := 0; i < len(args); i++ {
		var one retried
		if args[i] == rental.Asset.String() && i+1 < len(args) {
			i++
			one, err = b.assetMeant(ctx, flows, args[i])
		} else {
			one, err = b.retryMeant(ctx, flows, args[i])
		}
		if err != nil {
			return err
		}
		if !slices.Contains(meant, one) {
			meant = append(meant, one)
		}
	}
	if err := b.retryAll(ctx, meant); err != nil {
		return b.notRetried(err)
	}
	return a.tellRetried(meant, asJSON)
}

// flowsNamed are the flows that a name may be looked for in.
func (b *beside) flowsNamed(name string) ([]string, error) {
	var names []string
	for i := range b.config.Flows {
		names = append(names, b.config.Flows[i].Flow)
	}
	switch {
	case name == "":
		return names, nil
	case slices.Contains(names, name):
		return []string{name}, nil
	default:
		return nil, usageFault(suggest(name, names), "%s has no flow %q", b.config.file, name)
	}
}

// retryMeant is what somebody means by a name: a delivery, else an asset.
func (b *beside) retryMeant(ctx context.Context, flows []string, name string) (retried, error) {
	var found []pipeline.Delivery
	for _, flow := range flows {
		list, err := b.journal.DeliveriesNamed(ctx, flow, name)
		if err != nil {
			return retried{}, err
		}
		if d := newestWorth(list); d != nil {
			found = append(found, *d)
		}
	}
	switch {
	case len(found) > 1:
		return retried{}, usageFault("say which one: --flow "+found[0].Flow, "several flows know %q", name)
	case len(found) == 1:
		return b.deliveryMeant(ctx, found[0])
	default:
		return b.assetMeant(ctx, flows, name)
	}
}

// newestWorth is the newest of several deliveries that is worth working again, else
// the newest; nil where there is none. What only replays another is left out.
func newestWorth(list []pipeline.Delivery) *pipeline.Delivery {
	var newest *pipeline.Delivery
	for i := range list {
		switch list[i].State {
		case pipeline.DeliveryQuarantined, pipeline.DeliveryClosed, pipeline.DeliveryArchived, pipeline.DeliveryAcked:
			if list[i].Replays == "" {
				return &list[i]
			}
		}
		if newest == nil && list[i].Replays == "" {
			newest = &list[i]
		}
	}
	if newest == nil && len(list) > 0 {
		newest = &list[0]
	}
	return newest
}

// deliveryMeant is what can be done about a delivery. Where that is nothing, the
// fault says what to do instead.
func (b *beside) deliveryMeant(ctx context.Context, d pipeline.Delivery) (retried, error) {
	if d.Replays != "" {
		known, err := b.journal.DeliveriesByID(ctx, []string{d.Replays})
		if of, have := known[d.Replays]; err != nil || have {
			return retried{Flow: of.Flow}, errors.Join(err, b.notWorth(&d, "name the delivery that it replays: rentalsync retry "+of.ID))
		}
	}
	one := retried{Flow: d.Flow, Delivery: d.ID, Name: d.Name, Date: d.BusinessDate, delivery: d}
	again := fmt.Sprintf("rentalsync once --again %s works all of it again", quoted(d.Name))
	switch d.State {
	case pipeline.DeliveryQuarantined:
		if one.What = retryFile; !d.FileDone || d.Place == "" {
			return one, b.notWorth(&d, "wait until it has come there")
		}
		return one, nil
	case pipeline.DeliveryClaimed, pipeline.DeliveryStaged:
		return one, b.notWorth(&d, "wait until its run is through; see rentalsync status")
	case pipeline.DeliveryClosed, pipeline.DeliveryArchived, pipeline.DeliveryAcked:
	case pipeline.DeliverySuperseded:
		return one, b.notWorth(&d, d.Reason+"; rentalsync revert takes nights back, then "+again)
	case pipeline.DeliveryReleased:
		return one, b.notWorth(&d, "it lies in the inbox, or somebody took it away")
	default:
		return one, b.notWorth(&d, again)
	}

	rows, err := b.journal.OpenRows(ctx, d.ID)
	one.What, one.Rows = retryRows, len(rows)
	switch {
	case err != nil:
		return one, err
	case d.Mapping == pipeline.Corrections:
		return one, b.notWorth(&d, "correct its rows in the workbook that rentalsync rejects "+d.ID+" names, and drop that again")
	case len(rows) == 0:
		return one, b.notWorth(&d, "none of its rows is rejected or parked; "+again)
	case !d.FileDone:
		return one, b.notWorth(&d, "wait until its file lies in the archive")
	}
	return one, nil
}

// notWorth is the fault of wanting a delivery again of which nothing is to be worked.
func (b *beside) notWorth(d *pipeline.Delivery, instead string) error {
	return usageFault(instead, "there is nothing to retry of %s of %s: it is %s", d.Name, d.BusinessDate, d.State)
}

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if strings.ContainsAny(name, " '\"()&;$*?") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// assetMeant is the asset with a key.
func (b *beside) assetMeant(ctx context.Context, flows []string, key string) (retried, error) {
	var knowing []string
	for _, flow := range flows {
		known, err := b.journal.Namesakes(ctx, flow, key)
		if err != nil {
			return retried{}, err
		}
		if slices.ContainsFunc(known, func(n pipeline.Namesake) bool { return n.Kind == rental.Asset && n.Named }) {
			knowing = append(knowing, flow)
		}
	}
	switch len(knowing) {
	case 0:
		return retried{}, b.unknownRetry(ctx, flows, key)
	case 1:
		return retried{Flow: knowing[0], What: retryAsset, Asset: key}, nil
	default:
		return retried{}, usageFault("say which one: --flow "+knowing[0], "several flows know asset %s", key)
	}
}

// unknownRetry is the fault of naming what nobody knows, with what is near.
func (b *beside) unknownRetry(ctx context.Context, flows []string, name string) error {
	var near []string
	for _, flow := range flows {
		names, err := b.journal.DeliveryNames(ctx, flow)
		if err != nil {
			return err
		}
		if slip, found := transforms.Nearest(name, names); found {
			near = append(near, slip)
		}
		var keys []string
		for ref, err := range b.journal.Keys(ctx, flow) {
			if err != nil {
				return err
			}
			if ref.Kind == rental.Asset {
				keys = append(keys, ref.Key)
			}
		}
		near = append(near, nearKeys(name, keys)...)
	}
	hint := "deliveries are named by their files, or by the numbers in reports; assets as the ERP writes them"
	if slices.Sort(near); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s?", strings.Join(slices.Compact(near), ", "))
	}
	return usageFault(hint, "no delivery and no asset is named %q", name)
}

// retryAll writes all of it down.
func (b *beside) retryAll(ctx context.Context, all []retried) error {
	now := time.Now()
	assets, runs := map[string][]string{}, map[string]pipeline.Run{}
	for i := range all {
		switch one := &all[i]; one.What {
		case retryFile:
			if err := b.journal.PutBack(ctx, one.delivery, "a person had it put back into the inbox"); err != nil {
				return err
			}
		case retryRows:
			run, d := pipeline.WorkAgain(one.delivery, now)
			d.Replays = one.Delivery
			if err := b.journal.WorkAgain(ctx, run, d); err != nil {
				return err
			}
			one.Run = run.ID
		default:
			if len(assets[one.Flow]) == 0 {
				runs[one.Flow] = pipeline.Run{
					ID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Flow: one.Flow,
					BusinessDate: now.Format(time.DateOnly), State: pipeline.RunClosed, OpenedAt: now,
				}
			}
			assets[one.Flow] = append(assets[one.Flow], one.Asset)
			one.Run = runs[one.Flow].ID
		}
	}
	for flow, keys := range assets {
		if err := b.journal.Retry(ctx, runs[flow], keys); err != nil {
			return err
		}
	}
	return nil
}

// notRetried is the fault of wanting what cannot be done just now.
func (b *beside) notRetried(err error) error {
	switch {
	case errors.Is(err, pipeline.ErrHeldBefore):
		return usageFault(b.hint(), "%w", err)
	case errors.Is(err, journal.ErrReplaying), errors.Is(err, journal.ErrNotAside):
		return usageFault("see rentalsync status", "%w", err)
	default:
		return err
	}
}

func (a *app) tellRetried(all []retried, asJSON bool) error {
	if asJSON {
		return writeJSON(a.stdout, map[string]any{"retried": all, "next": whoCarriesOut, "exit": 0})
	}
	for i := range all {
		switch one := &all[i]; one.What {
		case retryFile:
			fmt.Fprintf(a.stdout, "%s: %s of %s goes back into the inbox\n", one.Flow, one.Name, one.Date)
		case retryRows:
			fmt.Fprintf(a.stdout, "%s: %s of %s of %s: to be worked again (run %s)\n", one.Flow, rowsAre(one.Rows), one.Name, one.Date, one.Run)
		default:
			fmt.Fprintf(a.stdout, "%s: the document of asset %s is sent once more (run %s)\n", one.Flow, one.Asset, one.Run)
		}
	}
	fmt.Fprintln(a.stdout, whoCarriesOut)
	return nil
}

func rowsAre(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
