package main

import (
	"fmt"
	"io"

	"rentalsync/pipeline"
)

// tellPreparation says in numbers what was found, and what to do next.
func tellPreparation(w io.Writer, p *pipeline.Preparation, policy pipeline.CustomerPolicy) {
	fmt.Fprintf(w, "%s, account %s\n", p.Flow, p.Account)
	tellRentalAPI(w, p)
	tellRefused(w, p)
	tellAssets(w, p)
	tellDepots(w, p)
	tellCustomers(w, p, policy)
	tellCustomFields(w, p)
	for _, path := range p.Files {
		fmt.Fprintf(w, "  %s\n", path)
	}
	if !p.Applied {
		fmt.Fprintf(w, "  nothing was changed in IRIS; rentalsync prepare %s --apply does\n", p.Flow)
	}
}

// tellRentalAPI says what turning the Rental API on changes.
func tellRentalAPI(w io.Writer, p *pipeline.Preparation) {
	fmt.Fprintln(w, "  with the Rental API turned on, customers are no longer edited by hand in Manager:")
	if !p.CustomersListed {
		fmt.Fprintln(w, "    how many IRIS has now it does not tell")
		return
	}
	created := p.CustomersFound(pipeline.FoundCreated)
	added := p.CustomersFound(pipeline.FoundMissing) + p.CustomersFound(pipeline.FoundDoubtful) + p.CustomersFound(pipeline.FoundByName)
	fmt.Fprintf(w, "    IRIS has %s now; rentals of the register would add up to %d\n", counted{p.InIRIS + created, "customer"}, added)
}

// tellRefused says area by area what the account does not show, and what may be
// behind it.
func tellRefused(w io.Writer, p *pipeline.Preparation) {
	for _, r := range p.Refused {
		fmt.Fprintf(w, "  refused    %s: %s\n", r.Area, r.Why)
	}
}

func (a *assetLines) say(n int, what, next string) {
	if n > 0 {
		fmt.Fprintf(a.w, "    %7d %s%s\n", n, what, next)
	}
}

// assetLines writes counts that are not zero.
type assetLines struct{ w io.Writer }

func tellAssets(w io.Writer, p *pipeline.Preparation) {
	m := p.Assets
	if len(m.Matched)+len(m.Missing)+len(m.Doubtful)+len(m.Surplus) == 0 {
		return
	}
	fmt.Fprintln(w, "  assets")
	lines := assetLines{w}
	lines.say(len(m.Matched), "matched", "")
	if p.Applied {
		lines.say(p.References.Set, "external references set", "")
		lines.say(p.References.Lacking, "without external reference", ": begin again, it goes on where it stopped")
	} else {
		lines.say(p.References.Lacking, "without external reference", ": --apply sets it")
	}
	lines.say(p.References.Refused, "external references refused", ": see the sheet Reference refused")
	lines.say(p.Spelled, "that IRIS spells otherwise", map[bool]string{true: ": its spelling is sent from now on", false: ": --apply has its spelling sent"}[p.Applied])
	lines.say(p.Resent, "documents to be sent again", ": rentalsync run does, or the next once")
	lines.say(len(m.Missing), "missing in IRIS", ": onboard them, or correct their serial numbers")
	lines.say(len(m.Doubtful), "doubtful", ": decide in the sheet Decide assets, and drop the workbook into the inbox")
	lines.say(len(m.Surplus), "only in IRIS", "")
	for _, r := range p.NotSet[:min(len(p.NotSet), listShown)] {
		fmt.Fprintf(w, "      %s: %s\n", r.Asset, r.Why)
	}
	tellMore(w, len(p.NotSet))
}

func tellDepots(w io.Writer, p *pipeline.Preparation) {
	if len(p.Depots) == 0 {
		return
	}
	fmt.Fprintf(w, "  depots, of %s in IRIS\n", counted{p.Sites, "site"})
	var rows [][]string
	for _, d := range p.Depots {
		line := d.Line
		if line != "" {
			line = "add " + line
		}
		rows = append(rows, []string{d.Key, string(d.How), line, d.Why})
	}
	tellColumns(w, "    ", rows)
}

func tellCustomers(w io.Writer, p *pipeline.Preparation, policy pipeline.CustomerPolicy) {
	if len(p.Customers) == 0 {
		return
	}
	fmt.Fprintln(w, "  customers")
	lines := assetLines{w}
	updated, differ := 0, 0
	for i := range p.Customers {
		if p.Customers[i].Updated {
			updated++
		}
		if p.Customers[i].Differs() {
			differ++
		}
	}
	lines.say(p.CustomersFound(pipeline.FoundByReference), "known by their reference", "")
	lines.say(p.CustomersFound(pipeline.FoundByName), "known by their name alone", ": without a reference the next rental makes them a second time; prepare: {customers: update} sets it")
	lines.say(p.CustomersFound(pipeline.FoundCreated), "created", "")
	lines.say(updated, "brought up to date", "")
	if policy == pipeline.UpdateCustomers && !p.Applied {
		lines.say(differ, "otherwise in IRIS", ": --apply brings them up to date")
	} else {
		lines.say(differ, "otherwise in IRIS", ": prepare: {customers: update} brings them up to date")
	}
	lines.say(p.CustomersFound(pipeline.FoundMissing), "missing", ": "+makesCustomers(p, policy))
	lines.say(p.CustomersFound(pipeline.FoundDoubtful), "doubtful", ": see the sheet Customers")
}

// makesCustomers says what makes the customers that the account lacks.
func makesCustomers(p *pipeline.Preparation, policy pipeline.CustomerPolicy) string {
	if p.Applied || policy == pipeline.ReportCustomers || policy == "" {
		return "the first rental makes them"
	}
	return "--apply makes them, else the first rental"
}

func tellCustomFields(w io.Writer, p *pipeline.Preparation) {
	if len(p.Fields) == 0 {
		return
	}
	fmt.Fprintln(w, "  custom fields")
	for _, f := range p.Fields {
		switch {
		case f.Why != "":
			fmt.Fprintf(w, "    %s of %s: %s\n", f.Key, f.Kind, f.Why)
			if f.Cure != "" {
				fmt.Fprintf(w, "      %s\n", f.Cure)
			}
		case f.Unfit > 0:
			fmt.Fprintf(w, "    %s of %s: %d of %s do not fit, first %s\n", f.Key, f.Kind, f.Unfit, counted{f.Values, "value"}, f.Unlike)
		default:
			fmt.Fprintf(w, "    %s of %s: %s in IRIS, %s\n", f.Key, f.Kind, f.Type, counted{f.Values, "value"})
		}
	}
}
