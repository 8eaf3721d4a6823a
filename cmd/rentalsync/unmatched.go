package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/report"
)

func newUnmatchedCmd(a *app) *cobra.Command {
	var o unmatchedOptions
	cmd := &cobra.Command{
		Use:   "unmatched [FLOW]",
		Short: "Tell which assets IRIS does not know, since when, and what each may be",
		Long: `unmatched lists the assets for which the last answer of IRIS was that it knows no
such asset (202, 404), or that it is not ours to change (403): what stands at a
customer's first, then what has been waiting longest. Beside each stands what it may
be, by the assets of IRIS as they were listed last; --refresh lists them anew.

The workbook in the outbox, FLOW_unmatched.xlsx, is for deciding: fill in the yellow
cells and drop it into the inbox. With --out it is written anew; a name that ends in
.csv gets the list alone, to be read.

An asset leaves the list by itself: once IRIS lists it, it is sent with the next run;
else it is offered again after reoffer (default 7d).

Without --refresh it only reads the journal, also beside a live rentalsync run.

Exit codes: 0 told; 1 the assets of IRIS could not be listed; 2 there is no such flow.`,
		Example: "  rentalsync unmatched\n  rentalsync unmatched hamburg --refresh\n  rentalsync unmatched --json | jq '.unmatched[].assets[] | select(.onRent)'\n  rentalsync unmatched hamburg --out decide.xlsx",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.besideWork(cmd.Context(), func(b *beside) error { return a.unmatched(cmd.Context(), b, args, o) })
		},
	}
	cmd.Flags().StringVar(&o.out, "out", "", "write the workbook, or the list, into `FILE`")
	cmd.Flags().BoolVar(&o.refresh, "refresh", false, "list the assets and sites of IRIS anew")
	jsonFlag(cmd, &o.asJSON)
	return cmd
}

type unmatchedOptions struct {
	out     string
	refresh bool
	asJSON  bool
}

// unmatched answers by what the journal knows now.
func (a *app) unmatched(ctx context.Context, b *beside, args []string, o unmatchedOptions) error {
	named := ""
	if len(args) > 0 {
		named = args[0]
	}
	flows, err := b.flowsNamed(named)
	if err != nil {
		return err
	}
	if o.out != "" && len(flows) > 1 {
		return usageFault("say which: rentalsync unmatched "+flows[0]+" --out "+o.out, "--out wants one flow, and there are %d", len(flows))
	}

	var all []pipeline.UnmatchedList
	for _, flow := range flows {
		c := b.flow(flow)
		if o.refresh {
			if err := a.listAnew(ctx, b.journal, c); err != nil {
				return &exitError{code: exitFailed, err: err, hint: "without --refresh the list is told by what was listed last"}
			}
		}
		register, err := unmatchedRegister(b.journal, c)
		if err != nil {
			return err
		}
		list, err := register.Read(ctx)
		if err != nil {
			return err
		}
		all = append(all, list)
	}
	if o.out != "" {
		if err := writeUnmatched(o.out, &all[0], b.flow(flows[0]).Snapshot.zone); err != nil {
			return err
		}
	}
	if o.asJSON {
		return tellUnmatchedJSON(a.stdout, all)
	}
	for i := range all {
		tellUnmatched(a.stdout, &all[i])
	}
	return nil
}

// unmatchedRegister is what a flow's account does not know.
func unmatchedRegister(j *journal.Journal, c *flowConfig) (*pipeline.UnmatchedRegister, error) {
	account, err := c.IRIS.fullAccount()
	if err != nil {
		return nil, fmt.Errorf("flow %s: %w", c.Flow, err)
	}
	return &pipeline.UnmatchedRegister{Flow: c.Flow, Account: account, Journal: j, Assembly: c.assembly(), Now: time.Now}, nil
}

// fullAccount names the account as answers are kept for it. No secret is needed.
func (i *irisConfig) fullAccount() (string, error) {
	id, err1 := i.Token.ClientID.Value()
	user, err2 := i.Token.Username.Value()
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	return iris.Config{URL: i.URL, Token: iris.TokenConfig{ClientID: id, Username: user}}.Account()
}

// listAnew asks the account what it holds.
func (a *app) listAnew(ctx context.Context, j *journal.Journal, c *flowConfig) error {
	h := &house{journal: j}
	client, _, err := a.connect(h, c)
	if err != nil {
		return err
	}
	lister := pipeline.Lister{Directory: iris.NewDirectory(client), Journal: j, Now: time.Now}
	for _, kind := range []pipeline.ListingKind{pipeline.ListedAssets, pipeline.ListedSites} {
		n, failed := lister.List(ctx, kind)
		if failed != nil && kind == pipeline.ListedAssets {
			return errors.Join(failed, h.Close())
		}
		if failed != nil { // depots then have no candidates, and that is all
			a.log.Warn("sites not listed", "flow", c.Flow, "error", failed.Error())
			continue
		}
		a.log.Info("listed anew", "flow", c.Flow, "kind", string(kind), "count", n)
	}
	return h.Close()
}

// unmatchedBook is the workbook that is kept in the outbox; nil where the flow
// wants no workbooks.
func unmatchedBook(j *journal.Journal, c *flowConfig) (*pipeline.UnmatchedBook, error) {
	if !slices.Contains(c.Reports.Formats, "xlsx") {
		return nil, nil
	}
	register, err := unmatchedRegister(j, c)
	if err != nil {
		return nil, err
	}
	return &pipeline.UnmatchedBook{Register: register, Write: func(w io.Writer, u *pipeline.UnmatchedList) error {
		return tabular.WriteXLSX(w, report.OfUnmatched(u, c.Snapshot.zone))
	}}, nil
}

// writeUnmatched writes the workbook, or the list alone.
func writeUnmatched(out string, u *pipeline.UnmatchedList, zone *time.Location) (err error) {
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if strings.EqualFold(filepath.Ext(out), ".csv") {
		return tabular.WriteCSV(file, report.FlatUnmatched(u), tabular.WriteDialect{})
	}
	return tabular.WriteXLSX(file, report.OfUnmatched(u, zone))
}

func tellUnmatched(to io.Writer, u *pipeline.UnmatchedList) {
	for i := range u.Entries {
		fmt.Fprintf(to, "%s  %s\n", u.Flow, entryLine(&u.Entries[i]))
	}
	for _, d := range u.Depots {
		if d.Owns > 0 {
			fmt.Fprintf(to, "%s  depot %s is no site in IRIS: the documents of %s go without it\n", u.Flow, d.Key, counted{d.Owns, "asset"})
		}
	}
	if len(u.Entries) == 0 {
		fmt.Fprintf(to, "%s: no asset is unknown to IRIS; %d settled in the last 30 days\n", u.Flow, len(u.Ended))
		return
	}
	onRent := 0
	for i := range u.Entries {
		if u.Entries[i].OnRent {
			onRent++
		}
	}
	fmt.Fprintf(to, "%s: %s not known to IRIS, %d of them on rent; %d settled in the last 30 days; %s\n",
		u.Flow, counted{len(u.Entries), "asset"}, onRent, len(u.Ended), listedWhen(u))
}

// listedWhen says how old the listing is that candidates are from.
func listedWhen(u *pipeline.UnmatchedList) string {
	if u.ListedAt.IsZero() {
		return fmt.Sprintf("no candidates, because the assets of IRIS were never listed: say rentalsync unmatched %s --refresh", u.Flow)
	}
	return fmt.Sprintf("candidates by what IRIS listed on %s", u.ListedAt.Local().Format(time.DateTime))
}

// entryLine is one asset on one line.
func entryLine(e *pipeline.UnmatchedEntry) string {
	parts := []string{e.Asset, strings.TrimSpace(e.Identifier)}
	if what := strings.TrimSpace(strings.Join([]string{e.Make, e.Model}, " ")); what != "" {
		parts = append(parts, what)
	}
	if e.OnRent {
		parts = append(parts, strings.TrimSpace("on rent "+e.Tenant()))
	} else if e.RentalStatus != "" {
		parts = append(parts, e.RentalStatus)
	}
	parts = append(parts, counted{e.Days, "day"}.String(), fmt.Sprintf("%d %s", e.Status, e.Code))
	line := strings.TrimSpace(strings.Join(parts, "  "))
	for i, c := range e.Candidates {
		word := ", or "
		if i == 0 {
			word = "; may be "
		}
		line += word + c.IRIS.ID + " (" + c.By.About() + ")"
	}
	return line
}

// crosswalkCheck looks at what people say of who is who.
func crosswalkCheck(j *journal.Journal, c *flowConfig) (*pipeline.CrosswalkCheck, error) {
	account, err := c.IRIS.fullAccount()
	if err != nil {
		return nil, fmt.Errorf("flow %s: %w", c.Flow, err)
	}
	return &pipeline.CrosswalkCheck{Account: account, Journal: j}, nil
}
