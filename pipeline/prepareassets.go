package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"rentalsync/pipeline/rental"
)

// ReferenceCounts tell of the external references of matched assets.
type ReferenceCounts struct {
	Borne   int `json:"borne"`   // they were there already
	Lacking int `json:"lacking"` // they are not there
	Set     int `json:"set"`     // they were set just now
	Refused int `json:"refused"` // IRIS did not take them
}

// RefusedReference is an asset to which IRIS gives no external reference.
type RefusedReference struct {
	Asset     string `json:"asset"`
	ID        string `json:"id"`
	Reference string `json:"reference"`
	Status    int    `json:"status"`
	Why       string `json:"why"`
}

// assets finds out which asset of the ERP is which of the account.
func (p *Preparer) assets(ctx context.Context, out *Preparation) error {
	if err := p.list(ctx, ListedAssets); err != nil {
		return err
	}
	erp, err := p.erpAssets(ctx)
	if err != nil {
		return err
	}
	iris, err := p.irisAssets(ctx)
	if err != nil {
		return err
	}

	out.Assets = rental.MatchAssets(erp, iris)
	for _, m := range out.Assets.Matched {
		if m.IRIS.Reference == "" {
			out.References.Lacking++
		} else {
			out.References.Borne++
		}
	}
	if err := p.spell(ctx, out); err != nil {
		return err
	}
	return p.refer(ctx, out)
}

// erpAssets are the register's, by what they can be recognised by.
func (p *Preparer) erpAssets(ctx context.Context) ([]rental.ERPAsset, error) {
	var all []rental.ERPAsset
	for r, err := range p.Journal.Register(ctx, p.Flow, rental.Asset) {
		if err != nil {
			return nil, err
		}
		if len(r.Fields) == 1 && r.Text(rental.AssetID) != "" {
			continue // nothing but a crosswalk has named it
		}
		a := rental.ERPAsset{
			Key: r.Key, Reference: p.Assembly.Reference(r.Key), AssetID: r.Text(rental.AssetID), Said: r.Identity(),
			Name: r.Text(rental.Name), Make: r.Text(rental.Make), Model: r.Text(rental.Model),
		}
		if r.Text(rental.IdentifierType) == "SERIAL_NUMBER" {
			a.Identifier = r.Text(rental.Identifier)
		}
		all = append(all, a)
	}
	return all, nil
}

// irisAssets are the account's as they were listed just now, with the PINs that
// the newest snapshot tells.
func (p *Preparer) irisAssets(ctx context.Context) ([]rental.IRISAsset, error) {
	pins, err := p.pins(ctx)
	if err != nil {
		return nil, err
	}
	var all []rental.IRISAsset
	for a, err := range ReadListing[AccountAsset](p.Journal.Listing(ctx, p.Directory.Account(), ListedAssets)) {
		if err != nil {
			return nil, err
		}
		if a.PIN == "" {
			a.PIN = pins[a.ID]
		}
		all = append(all, irisAsset(&a))
	}
	return all, nil
}

// gateway is the kind of what reports for a machine and is none itself.
const gateway = "GATEWAY"

func irisAsset(a *AccountAsset) rental.IRISAsset {
	out := rental.IRISAsset{
		ID: a.ID, Reference: a.ExternalReference, Serial: a.SerialNumber, PIN: a.PIN, Name: a.Name,
		Kind: a.AssetType, Brand: a.Brand, Model: a.Model, Devices: a.Devices, Foreign: !a.Editable,
	}
	if a.AssetType == gateway {
		out.Devices, out.Serial = append(slices.Clone(a.Devices), a.SerialNumber), ""
	}
	return out
}

// pins are the PINs that machines told last, by asset.
func (p *Preparer) pins(ctx context.Context) (map[string]string, error) {
	pins := map[string]string{}
	s, err := p.Journal.NewestSnapshot(ctx, p.Directory.Account())
	if err != nil || s == nil {
		return pins, err
	}
	for m, err := range p.Journal.Machines(ctx, s.ID) {
		if err != nil {
			return nil, err
		}
		if m.AssetID != "" && m.PIN != "" {
			pins[m.AssetID] = m.PIN
		}
	}
	return pins, nil
}

// spell keeps how the account spells what it finds matched assets by, and has the
// documents sent again that say it otherwise now.
func (p *Preparer) spell(ctx context.Context, out *Preparation) error {
	before := map[string]rental.Spelling{}
	for s, err := range p.Journal.Spellings(ctx, p.Flow, out.Account) {
		if err != nil {
			return err
		}
		before[s.Key] = s
	}
	var news []rental.Spelling
	for i := range out.Assets.Matched {
		s, needed := out.Assets.Matched[i].Spelling()
		if !needed {
			continue
		}
		out.Spelled++
		if before[s.Key] != s {
			news = append(news, s)
		}
		delete(before, s.Key)
	}
	if !out.Applied {
		return nil
	}

	gone := slices.Sorted(maps.Keys(before))
	if err := p.Journal.SaveSpellings(ctx, p.Flow, out.Account, news, gone); err != nil {
		return err
	}
	for _, s := range news {
		gone = append(gone, s.Key)
	}
	return p.sendAgain(ctx, out, gone)
}

// sendAgain makes documents due that were sent before. An account that never took
// any gets them all in its own time.
func (p *Preparer) sendAgain(ctx context.Context, out *Preparation, assets []string) error {
	answered, err := p.Journal.Answered(ctx, p.Flow, out.Account, p.Profile)
	if err != nil || !answered || len(assets) == 0 {
		return err
	}
	now := p.Now()
	run := Run{
		ID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Flow: p.Flow,
		BusinessDate: now.Format(time.DateOnly), State: RunClosed, OpenedAt: now,
	}
	if err := p.Journal.Retry(ctx, run, assets); err != nil {
		return err
	}
	out.Resent = len(assets)
	return nil
}

// refer sets the external references that matched assets lack. One that is there
// stays, whatever it is: an asset that bears another one is doubtful.
func (p *Preparer) refer(ctx context.Context, out *Preparation) error {
	if !out.Applied {
		return nil
	}
	lacking := slices.DeleteFunc(slices.Clone(out.Assets.Matched), func(m rental.Match) bool { return m.IRIS.Reference != "" })
	p.Log.Info("setting external references", "flow", p.Flow, "assets", len(lacking))
	for _, m := range lacking {
		err := p.Directory.SetReference(ctx, m.IRIS.ID, m.ERP.Reference)
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			out.References.Refused++
			out.NotSet = append(out.NotSet, RefusedReference{m.ERP.Key, m.IRIS.ID, m.ERP.Reference, refusal.Status, err.Error()})
		case err != nil:
			return fmt.Errorf("set the external reference of asset %s, after %d: %w", m.ERP.Key, out.References.Set, err)
		default:
			m.IRIS.Reference = m.ERP.Reference
			out.References.Set++
			out.References.Lacking--
			p.Log.Debug("external reference set", "flow", p.Flow, "asset", m.ERP.Key, "reference", m.ERP.Reference)
		}
	}
	return nil
}

// SurplusKind says what an asset is that the ERP does not know.
func SurplusKind(a *rental.IRISAsset) string {
	switch {
	case a.Kind == gateway:
		return "telematics device without a machine"
	case a.Foreign:
		return "another account's, shared with this one"
	case a.Kind != "" && a.Kind != "MACHINE" && a.Kind != "VEHICLE":
		return strings.ToLower(a.Kind)
	case len(a.Devices) > 0:
		return "machine with telematics only"
	default:
		return "machine without telematics"
	}
}
