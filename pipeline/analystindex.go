package pipeline

import (
	"context"
	"strings"
	"unicode"

	"rentalsync/pipeline/rental"
)

// assetIndex finds the asset that a machine stands for.
type assetIndex struct {
	keys    map[string]*FleetAsset
	serials map[string]*FleetAsset // nil where two have one
	ids     map[string]*FleetAsset // by the id that IRIS has for them
}

// index makes assets findable by their keys, and by what they are identified
// with.
func (a *Analyst) index(out *Analysis) *assetIndex {
	known := &assetIndex{
		keys: make(map[string]*FleetAsset, len(out.Assets)), serials: map[string]*FleetAsset{}, ids: map[string]*FleetAsset{},
	}
	for i := range out.Assets {
		asset := &out.Assets[i]
		known.keys[asset.Key] = asset
		switch asset.IdentifierType {
		case "ASSET_ID":
			known.ids[asset.Identifier] = asset
		case "SERIAL_NUMBER":
			serial := plainSerial(asset.Identifier)
			if _, twice := known.serials[serial]; twice {
				asset = nil
			}
			known.serials[serial] = asset
		}
	}
	return known
}

// asset is the one that a machine stands for: by the reference that IRIS was told,
// else by its id, else by its serial number. It is nil where there is none.
func (x *assetIndex) asset(m *Machine) *FleetAsset {
	if asset := x.keys[m.AssetKey]; asset != nil {
		return asset
	}
	if asset := x.ids[m.AssetID]; asset != nil {
		return asset
	}
	for _, number := range []string{m.SerialNumber, m.PIN} {
		if asset := x.serials[plainSerial(number)]; asset != nil && number != "" {
			return asset
		}
	}
	return nil
}

// plainSerial is a serial number without what people write differently.
func plainSerial(number string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, number)
}

// places learns where sites and depots are: by the areas that IRIS has, and else by
// where the ERP says its depots lie.
func (a *Analyst) places(ctx context.Context, out *Analysis) error {
	out.Sites = NewPlaces()
	depots, err := a.Fleet.FleetDepots(ctx, a.Flow)
	if err != nil {
		return err
	}
	bySite, byName := map[string]string{}, map[string]string{}
	for key, site := range a.Assembly.Sites {
		bySite[site] = key
	}
	for i := range depots {
		d := &depots[i]
		out.Sites.NameDepot(d.Key, d.Text(rental.Name))
		bySite[d.Text(rental.SiteID)] = d.Key
		byName[rental.PlainName(d.Text(rental.Name))] = d.Key
	}
	delete(bySite, "")
	delete(byName, "")

	placed := map[string]bool{}
	for site, err := range ReadListing[AccountSite](a.Listings.Listing(ctx, a.Account, ListedSites)) {
		if err != nil {
			return err
		}
		depot := bySite[site.ID]
		if depot == "" && site.Type == "DEPOT" {
			depot = byName[rental.PlainName(site.Name)]
		}
		if out.Sites.AddArea(site.Name, depot, site.Type == "DEPOT", site.Area) {
			placed[depot] = true
		}
	}
	for i := range depots {
		if at, known := pointOfDepot(&depots[i]); known && !placed[depots[i].Key] {
			out.Sites.AddDepot(out.Sites.DepotName(depots[i].Key), depots[i].Key, at, a.Tolerances.Near)
		}
	}
	if !out.Sites.HasDepots() {
		out.Notes = append(out.Notes, "No depot's place is known, so nobody was looked for at the wrong one: IRIS showed no site with an area, and the register has no depot with latitude and longitude.")
	}
	return nil
}

func pointOfDepot(r *rental.Record) (Point, bool) {
	latitude, ok1 := degrees(r.Text(rental.Latitude))
	longitude, ok2 := degrees(r.Text(rental.Longitude))
	return Point{Latitude: latitude, Longitude: longitude}, ok1 && ok2
}
