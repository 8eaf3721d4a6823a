package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// probe tries on one asset what is not public about requests; without apply it
// only tells what it would send.
func (a *app) probe(ctx context.Context, flows []preparing, asset string, apply, asJSON bool) error {
	if len(flows) != 1 {
		return usageFault("say which one: rentalsync prepare "+flows[0].config.Flow+" --probe "+asset, "several flows might know asset %s", asset)
	}
	f := &flows[0]
	known, err := f.journal.Namesakes(ctx, f.config.Flow, asset)
	if err != nil {
		return err
	}
	if !namesAsset(known) {
		return usageFault("assets are named as the ERP writes them", "flow %s knows no asset %q", f.config.Flow, asset)
	}

	p := &iris.Prober{Client: f.client, Wire: f.wire, DocumentFunc: func(ctx context.Context) (rental.Document, error) { return f.document(ctx, asset) }}
	if !apply {
		trials, err := p.Plan(ctx)
		return a.tellTrials(f, asset, trials, notProbed(err), false, asJSON)
	}
	if !asJSON {
		fmt.Fprintf(a.stderr, "rentalsync: trying on asset %s of account %s; the right document is sent again at the end\n", asset, f.client.Account())
	}
	trials, err := p.Probe(ctx)
	if errors.Is(err, iris.ErrNotProbed) {
		return a.tellTrials(f, asset, trials, notProbed(err), true, asJSON)
	}
	return a.tellTrials(f, asset, trials, errors.Join(verdict(ctx, err), f.sendAgain(context.WithoutCancel(ctx), asset)), true, asJSON)
}

func namesAsset(known []pipeline.Namesake) bool {
	for _, n := range known {
		if n.Kind == rental.Asset && n.Named {
			return true
		}
	}
	return false
}

// notProbed is the verdict on an asset that nothing can be tried on: another one
// has to be named.
func notProbed(err error) error {
	if errors.Is(err, iris.ErrNotProbed) {
		return &exitError{code: exitFault, err: err, hint: "name another asset, one that IRIS finds and that is on a contract with an end"}
	}
	return err
}

// document is what IRIS should hold of an asset, as it is now.
func (f *preparing) document(ctx context.Context, asset string) (rental.Document, error) {
	known, err := f.journal.Known(ctx, []pipeline.Due{{Flow: f.config.Flow, Asset: asset}}, f.client.Account(), f.wire.Digest())
	if err != nil {
		return rental.Document{}, err
	}
	return f.preparer.Assembly.Document(&known[0].Parts)
}

// sendAgain makes the asset due once more where its documents are sent at all: what
// a trial changed beside what can be read back is right again after the next run.
func (f *preparing) sendAgain(ctx context.Context, asset string) error {
	answered, err := f.journal.Answered(ctx, f.config.Flow, f.client.Account(), f.wire.Digest())
	if err != nil || !answered {
		return err
	}
	now := time.Now()
	return f.journal.Retry(ctx, pipeline.Run{
		ID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Flow: f.config.Flow,
		BusinessDate: now.Format(time.DateOnly), State: pipeline.RunClosed, OpenedAt: now,
	}, []string{asset})
}

// tellTrials prints a table: what was asked, what was sent, what IRIS answered and
// held then, and what follows for wire.yaml.
func (a *app) tellTrials(f *preparing, asset string, trials []iris.Trial, err error, sent, asJSON bool) error {
	if asJSON {
		return errors.Join(err, writeJSON(a.stdout, map[string]any{
			"flow": f.config.Flow, "account": f.client.Account(), "asset": asset, "sent": sent,
			"trials": append([]iris.Trial{}, trials...), "exit": exitCode(err),
		}))
	}
	if len(trials) == 0 {
		return err
	}

	if sent {
		fmt.Fprintf(a.stdout, "what IRIS made of asset %s\n", asset)
	} else {
		fmt.Fprintf(a.stdout, "would try on asset %s of account %s, and send its right document after each; with --apply it does\n", asset, f.client.Account())
	}
	for i := range trials {
		t := &trials[i]
		fmt.Fprintf(a.stdout, "  %s\n", t.Question)
		for _, line := range []struct{ what, text string }{{"sent", t.Sent}, {"answered", t.Answer}, {"held", t.Held}, {"set", t.Set}} {
			if line.text != "" {
				fmt.Fprintf(a.stdout, "    %-9s %s\n", line.what, line.text)
			}
		}
	}
	return err
}
