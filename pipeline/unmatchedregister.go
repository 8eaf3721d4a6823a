package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline/rental"
)

// UnmatchedRegister tells what an account does not know of a flow, what each of it
// may be, and what else people have to decide so that documents are whole.
type UnmatchedRegister struct {
	Flow     string
	Account  string
	Journal  UnmatchedJournal
	Assembly rental.Assembly
	Now      func() time.Time
}

// UnmatchedList is the register as it is at one moment.
type UnmatchedList struct {
	Flow     string
	Account  string
	At       time.Time
	ListedAt time.Time // when the account's assets were listed last; zero is never

	Entries []UnmatchedEntry // what hurts most first
	Ended   []UnmatchedAsset // that were settled not long ago, the last first
	Depots  []DepotChoice
	Surplus []rental.IRISAsset // of the account, that no asset of the ERP is known to be; no more than a person looks through
	Spare   int                // how many of them there are
}

// UnmatchedEntry is an asset that the account does not know, with what the register
// knows of it.
type UnmatchedEntry struct {
	UnmatchedAsset
	Why  string
	Days int // since when, in whole days

	Name         string
	Make         string
	Model        string
	RentalStatus string
	OnRent       bool   // an open item stands on it
	Contract     string // of that item
	Customer     string // of that contract
	CustomerName string

	Delivery string // the last file that said anything new of it
	Line     int
	Date     string
	Gone     string // since when no file names it; "" while one does

	Candidates []rental.Candidate
	Doubt      string // why none of them is it beyond doubt

	erp rental.ERPAsset
}

// DepotChoice is a depot of the ERP that is no site in IRIS yet.
type DepotChoice struct {
	Key   string
	Name  string
	City  string
	Owns  int           // assets whose documents go without it
	Sites []AccountSite // that may be it
}

// settledShown is for how long what was settled is told.
const settledShown = 30 * 24 * time.Hour

// Read asks the journal.
func (r *UnmatchedRegister) Read(ctx context.Context) (UnmatchedList, error) {
	u := UnmatchedList{Flow: r.Flow, Account: r.Account, At: r.Now()}
	steps := []struct {
		finds string
		do    func(context.Context, *UnmatchedList) error
	}{
		{"what is not known", r.entries},
		{"what was settled", r.ended},
		{"candidates", r.candidates},
		{"depots without a site", r.depots},
	}
	for _, step := range steps {
		if err := step.do(ctx, &u); err != nil {
			return u, fmt.Errorf("find %s of flow %s: %w", step.finds, r.Flow, err)
		}
	}
	slices.SortStableFunc(u.Entries, worstFirst)
	return u, nil
}

// worstFirst puts what stands at a customer's first, then what has been waiting
// longest.
func worstFirst(a, b UnmatchedEntry) int {
	if a.OnRent != b.OnRent {
		if a.OnRent {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Days, a.Days), cmp.Compare(a.Asset, b.Asset))
}

// knownAtOnce is of how many assets the parts are loaded together.
const knownAtOnce = 250

func (r *UnmatchedRegister) entries(ctx context.Context, u *UnmatchedList) error {
	for one, err := range r.Journal.UnmatchedAssets(ctx, r.Flow, r.Account) {
		if err != nil {
			return err
		}
		u.Entries = append(u.Entries, UnmatchedEntry{UnmatchedAsset: one, Why: one.Why(), Days: wholeDays(one.Since, u.At)})
	}
	for part := range slices.Chunk(u.Entries, knownAtOnce) {
		if err := r.describe(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func wholeDays(from, to time.Time) int { return max(0, int(to.Sub(from)/(24*time.Hour))) }

// Why says in words what the account said.
func (u *UnmatchedAsset) Why() string {
	switch u.Status {
	case http.StatusForbidden:
		return "IRIS does not let us change it: another account owns it, or the subscription or the scope does not reach it"
	case http.StatusNotFound:
		return "IRIS knows no such asset, and refused what was sent because validateAssets is on"
	default:
		return "IRIS knows no such asset, and keeps what was sent until one appears"
	}
}

// describe adds what the register knows.
func (r *UnmatchedRegister) describe(ctx context.Context, list []UnmatchedEntry) error {
	due := make([]Due, len(list))
	for i := range list {
		due[i] = Due{Flow: r.Flow, Asset: list[i].Asset}
	}
	known, err := r.Journal.Known(ctx, due, r.Account, "")
	if err != nil {
		return err
	}
	deliveries := make([]string, 0, len(list))
	for i := range list {
		list[i].describe(&known[i].Parts)
		list[i].erp.Reference = r.Assembly.Reference(list[i].Asset)
		deliveries = append(deliveries, list[i].Delivery)
	}
	named, err := r.Journal.DeliveriesByID(ctx, deliveries)
	for i := range list {
		d := named[list[i].Delivery]
		list[i].Delivery, list[i].Date = d.Name, d.BusinessDate
	}
	return err
}

func (e *UnmatchedEntry) describe(p *rental.Parts) {
	e.erp, e.Gone = rental.ERPAsset{Key: e.Asset}, p.Gone
	if p.Asset == nil {
		return
	}
	a := p.Asset
	e.Name, e.Make, e.Model, e.RentalStatus = a.Text(rental.Name), a.Text(rental.Make), a.Text(rental.Model), a.Text(rental.RentalStatus)
	e.erp.AssetID, e.erp.Identifier = a.Text(rental.AssetID), a.Text(rental.Identifier)
	e.erp.Name, e.erp.Make, e.erp.Model = e.Name, e.Make, e.Model
	for i := range a.Fields {
		if from := a.Fields[i].Source; from.Delivery > e.Delivery {
			e.Delivery, e.Line = from.Delivery, from.Line
		}
	}
	e.rented(p)
}

// rented finds at whose place the asset stands.
func (e *UnmatchedEntry) rented(p *rental.Parts) {
	for i := range p.Items {
		item := &p.Items[i]
		if item.Ended() {
			continue
		}
		e.OnRent, e.Contract = true, item.Text(rental.ContractRef)
		if contract, known := p.Contracts[e.Contract]; known {
			e.Customer = contract.Text(rental.CustomerRef)
		}
		if customer := p.Customers[e.Customer]; customer != nil {
			e.CustomerName = customer.Text(rental.Name)
		}
	}
}

func (r *UnmatchedRegister) ended(ctx context.Context, u *UnmatchedList) error {
	for one, err := range r.Journal.EndedUnmatched(ctx, r.Flow, r.Account, u.At.Add(-settledShown)) {
		if err != nil {
			return err
		}
		u.Ended = append(u.Ended, one)
	}
	return nil
}

// depots are those that are no site, neither by a file nor by the config.
func (r *UnmatchedRegister) depots(ctx context.Context, u *UnmatchedList) error {
	for d, err := range r.Journal.DepotUses(ctx, r.Flow) {
		if err != nil {
			return err
		}
		if r.Assembly.Sites[d.Key] == "" && d.Text(rental.SiteID) == "" {
			u.Depots = append(u.Depots, DepotChoice{Key: d.Key, Name: d.Text(rental.Name), City: d.Text(rental.City), Owns: d.Owns})
		}
	}
	if len(u.Depots) == 0 {
		return nil
	}
	for site, err := range ReadListing[AccountSite](r.Journal.Listing(ctx, r.Account, ListedSites)) {
		if err != nil {
			return err
		}
		for i := range u.Depots {
			u.Depots[i].meet(site)
		}
	}
	return nil
}

// meet takes a site that is named as the depot, or as its key.
func (d *DepotChoice) meet(site AccountSite) {
	name := rental.PlainName(site.Name)
	if name != "" && (name == rental.PlainName(d.Name) || name == rental.PlainName(d.Key) || d.Name == "" && d.City != "" && strings.EqualFold(d.City, site.City)) {
		d.Sites = append(d.Sites, site)
	}
}

// Tenant is the customer at whose place the asset stands; "" where it does not.
func (e *UnmatchedEntry) Tenant() string {
	switch {
	case e.CustomerName == "":
		return e.Customer
	case e.Customer == "":
		return e.CustomerName
	default:
		return e.CustomerName + " (" + e.Customer + ")"
	}
}
