package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DriftJournal keeps since when IRIS holds something else than it was sent.
type DriftJournal interface {
	// NoteDrift takes the place of the drifts of a flow that were noted last, and
	// fills in since when each of these is there.
	NoteDrift(ctx context.Context, flow string, at time.Time, list []Drift) error
}

// Drift is one thing in which IRIS holds something else than it was sent.
type Drift struct {
	Subject string // the asset's key or the rental's
	What    string
	Since   time.Time
}

// Reconciled is an asset or one of its rentals: what the ERP says, and what IRIS
// holds.
type Reconciled struct {
	Asset  *FleetAsset // nil where the ERP has none
	Item   *FleetItem  // nil for the asset itself
	IRIS   string      // the id of what IRIS holds; "" where it holds nothing
	On     time.Time   // as IRIS has it
	Off    time.Time
	Status string // of the contract, as IRIS has it
	Who    string // its customer's reference
	Drift  string // in what they differ; "" in nothing
	Since  time.Time
	Wait   string // why it was not compared
}

// accountHolds is what the listings tell of one flow.
type accountHolds struct {
	assets    map[string]string // ids by reference
	items     map[string]heldItem
	assetsAt  time.Time
	itemsAt   time.Time
	contracts map[string]AccountContract // by id
}

type heldItem struct {
	AccountItem
	contract AccountContract
	met      bool
}

// reconcile compares the register with what IRIS holds.
func (a *Analyst) reconcile(ctx context.Context, out *Analysis) error {
	held, err := a.holds(ctx)
	if err != nil {
		return err
	}
	out.Listed = latest(held.assetsAt, held.itemsAt)
	if out.Listed.IsZero() {
		return nil
	}

	for i := range out.Assets {
		asset := &out.Assets[i]
		if asset.Gone != "" && len(asset.Items) == 0 {
			continue
		}
		itself := a.reconcileAsset(held, asset)
		rentals := asset.Items
		if held.itemsAt.IsZero() {
			rentals = nil
		}
		if itself.Drift != "" || len(rentals) == 0 { // else its rentals tell as much
			out.Held = append(out.Held, itself)
		}
		for n := range rentals {
			out.Held = append(out.Held, a.reconcileItem(held, asset, &rentals[n]))
		}
	}
	out.Held = append(out.Held, a.leftOpen(held)...)
	return a.since(ctx, out)
}

// holds loads the listings.
func (a *Analyst) holds(ctx context.Context) (*accountHolds, error) {
	h := &accountHolds{assets: map[string]string{}, items: map[string]heldItem{}, contracts: map[string]AccountContract{}}
	var err error
	if h.assetsAt, err = a.Listings.ListedAt(ctx, a.Account, ListedAssets); err != nil {
		return nil, err
	}
	if h.itemsAt, err = a.Listings.ListedAt(ctx, a.Account, ListedItems); err != nil {
		return nil, err
	}
	for entry, err := range a.Listings.Listing(ctx, a.Account, ListedAssets) {
		if err != nil {
			return nil, err
		}
		if entry.Reference != "" {
			h.assets[entry.Reference] = entry.ID
		}
	}
	for contract, err := range ReadListing[AccountContract](a.Listings.Listing(ctx, a.Account, ListedContracts)) {
		if err != nil {
			return nil, err
		}
		h.contracts[contract.ID] = contract
	}
	for item, err := range ReadListing[AccountItem](a.Listings.Listing(ctx, a.Account, ListedItems)) {
		if err != nil {
			return nil, err
		}
		h.items[item.ExternalReference] = heldItem{AccountItem: item, contract: h.contracts[item.ContractID]}
	}
	return h, nil
}

// waits says why something is not compared: IRIS was never told of it, is still to
// be told, or told what it holds before it was.
func (s *SentState) waits(listed time.Time) string {
	switch {
	case s.At.IsZero():
		return "not sent yet"
	case s.Due:
		return "something is still to be sent"
	case s.Outcome != Matched && s.Outcome != Unchanged:
		return s.Outcome.String()
	case !s.At.Before(listed):
		return "sent after IRIS was asked"
	}
	return ""
}

func (a *Analyst) reconcileAsset(held *accountHolds, asset *FleetAsset) Reconciled {
	r := Reconciled{Asset: asset, IRIS: held.assets[a.Assembly.Reference(asset.Key)]}
	if held.assetsAt.IsZero() {
		r.Wait = "IRIS did not list its assets"
		return r
	}
	if r.Wait = asset.Sent.waits(held.assetsAt); r.Wait == "" && r.IRIS == "" {
		r.Drift = "IRIS has no asset with this reference"
	}
	return r
}

func (a *Analyst) reconcileItem(held *accountHolds, asset *FleetAsset, item *FleetItem) Reconciled {
	reference := a.Assembly.Reference(item.Key)
	has, known := held.items[reference]
	if known {
		has.met = true
		held.items[reference] = has
	}
	r := Reconciled{Asset: asset, Item: item, IRIS: has.ID, On: has.OnRentDate, Off: has.OffRentDate, Status: has.contract.ContractStatus, Who: has.contract.Customer}
	if r.Wait = asset.Sent.waits(held.itemsAt); r.Wait != "" {
		return r
	}
	switch {
	case !known && item.Open():
		r.Drift = "IRIS does not have this rental"
	case !known:
		r.Wait = "ended before it was sent"
	default:
		r.Drift = a.drift(held, asset, item, &has)
	}
	return r
}

// drift says in what a rental differs from what IRIS holds; "" in nothing.
func (a *Analyst) drift(held *accountHolds, asset *FleetAsset, item *FleetItem, has *heldItem) string {
	other := held.assets[a.Assembly.Reference(asset.Key)]
	switch {
	case has.AssetID != "" && other != "" && has.AssetID != other:
		return "IRIS has it on another asset"
	case !item.On.Equal(has.OnRentDate):
		return "another on-rent date"
	case !item.Shown.Equal(has.OffRentDate):
		return "another off-rent date"
	case has.contract.ContractStatus != "" && item.ContractStatus != "" && has.contract.ContractStatus != item.ContractStatus:
		return "another contract status"
	case has.contract.Customer != "" && item.Customer != "" && has.contract.Customer != a.Assembly.Reference(item.Customer):
		return "another customer"
	}
	return ""
}

// leftOpen are rentals that IRIS holds as open and that the flow does not have.
func (a *Analyst) leftOpen(held *accountHolds) []Reconciled {
	var list []Reconciled
	for reference, item := range held.items {
		key, own := a.Assembly.Key(reference)
		if item.met || !own || !item.OffRentDate.IsZero() {
			continue
		}
		list = append(list, Reconciled{
			Item: &FleetItem{Key: key}, IRIS: item.ID, On: item.OnRentDate, Status: item.contract.ContractStatus, Who: item.contract.Customer,
			Drift: "open in IRIS, and the ERP has no such rental",
		})
	}
	slices.SortFunc(list, func(x, y Reconciled) int { return strings.Compare(x.Item.Key, y.Item.Key) })
	return list
}

// since finds out since when things differ.
func (a *Analyst) since(ctx context.Context, out *Analysis) error {
	var list []Drift
	var of []int
	for i := range out.Held {
		if r := &out.Held[i]; r.Drift != "" {
			list, of = append(list, Drift{Subject: r.subject(), What: r.Drift}), append(of, i)
		}
	}
	if err := a.Drifts.NoteDrift(ctx, a.Flow, out.Listed, list); err != nil {
		return err
	}
	for i, n := range of {
		out.Held[n].Since = list[i].Since
	}
	return nil
}

// subject names what differs.
func (r *Reconciled) subject() string {
	if r.Item != nil {
		return fmt.Sprintf("item %s", r.Item.Key)
	}
	return fmt.Sprintf("asset %s", r.Asset.Key)
}
