package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"rentalsync/pipeline/rental"
)

// FoundHow says how something of the ERP was found in the account.
type FoundHow string

// The ways to be found, and not to be.
const (
	FoundByID        FoundHow = "id"        // that the config or the register names
	FoundByReference FoundHow = "reference" // that it bears
	FoundByName      FoundHow = "name"
	FoundDoubtful    FoundHow = "doubtful" // a person has to look
	FoundMissing     FoundHow = "missing"
	FoundCreated     FoundHow = "created" // just now
)

// DepotAreas say where depots are that have to be made.
type DepotAreas struct {
	Radius float64               // in metres around what the register has as the depot's place; 0 makes none of that
	Areas  map[string][][]Lonlat // by key or name of the depot
}

// PreparedDepot is a depot of the ERP, and the site that it is.
type PreparedDepot struct {
	Key      string   `json:"key"`
	Name     string   `json:"name,omitempty"`
	How      FoundHow `json:"how"`
	Site     string   `json:"site,omitempty"` // its id
	SiteName string   `json:"siteName,omitempty"`
	Why      string   `json:"why,omitempty"`
	Line     string   `json:"line,omitempty"` // for the config
}

// depots finds the sites of the ERP's depots, and makes those that are missing
// where it is told to and knows where they are.
func (p *Preparer) depots(ctx context.Context, out *Preparation) error {
	records, err := p.depotRecords(ctx)
	if err != nil {
		return err
	}
	if err := p.list(ctx, ListedSites); err != nil {
		return err
	}
	sites, err := allListed[AccountSite](ctx, p, ListedSites)
	if err != nil {
		return err
	}

	out.Sites = len(sites)
	known := newSiteBook(sites)
	for _, key := range slices.Sorted(maps.Keys(records)) {
		r := records[key]
		d := known.find(&r, p.Assembly.Sites[key])
		if d.How == FoundMissing {
			if err := p.createDepot(ctx, out, &r, &d); err != nil {
				out.Depots = append(out.Depots, d)
				return err
			}
		}
		out.Depots = append(out.Depots, d)
	}
	return nil
}

// depotRecords are the depots that the register, what refers to them, or the
// config names.
func (p *Preparer) depotRecords(ctx context.Context) (map[string]rental.Record, error) {
	records := map[string]rental.Record{}
	name := func(key string) {
		records[key] = rental.Record{Ref: rental.Ref{Kind: rental.Depot, Key: key}}
	}
	for key := range p.Assembly.Sites {
		name(key)
	}
	for ref, err := range p.Journal.Keys(ctx, p.Flow) {
		if err != nil {
			return nil, err
		}
		if ref.Kind == rental.Depot {
			name(ref.Key)
		}
	}
	for r, err := range p.Journal.Register(ctx, p.Flow, rental.Depot) {
		if err != nil {
			return nil, err
		}
		records[r.Key] = r
	}
	return records, nil
}

// siteBook finds sites.
type siteBook struct {
	byID   map[string]*AccountSite
	byName map[string][]*AccountSite
}

func newSiteBook(sites []AccountSite) *siteBook {
	b := &siteBook{map[string]*AccountSite{}, map[string][]*AccountSite{}}
	for i := range sites {
		s := &sites[i]
		b.byID[s.ID] = s
		if name := rental.PlainName(s.Name); name != "" {
			b.byName[name] = append(b.byName[name], s)
		}
	}
	return b
}

// find looks a depot up: by the id that is sent for it, else by its name.
func (b *siteBook) find(r *rental.Record, configured string) PreparedDepot {
	d := PreparedDepot{Key: r.Key, Name: r.Text(rental.Name)}
	own := r.Text(rental.SiteID)
	id := own
	if id == "" {
		id = configured
	}
	if id != "" {
		b.byItsID(&d, id)
		if own != "" && configured != "" && own != configured && d.How == FoundByID {
			d.How, d.Why = FoundDoubtful, fmt.Sprintf("depots: names the site %s, but the register has %s, which is what is sent", configured, own)
		}
		return d
	}
	for _, name := range []string{d.Name, r.Key} {
		if sites := b.byName[rental.PlainName(name)]; len(sites) > 0 && rental.PlainName(name) != "" {
			b.byItsName(&d, sites)
			return d
		}
	}
	d.How, d.Line = FoundMissing, depotLine(r.Key, "ID-OF-THE-SITE")
	return d
}

func (b *siteBook) byItsID(d *PreparedDepot, id string) {
	d.Site = id
	site := b.byID[id]
	switch {
	case site == nil:
		d.How, d.Why = FoundDoubtful, fmt.Sprintf("no site of the account has the id %s", id)
	case site.Type != depotSite:
		d.How, d.SiteName, d.Why = FoundDoubtful, site.Name, fmt.Sprintf("the site is of type %s, and not %s", site.Type, depotSite)
	default:
		d.How, d.SiteName = FoundByID, site.Name
	}
}

// depotSite is the type of sites that are depots.
const depotSite = "DEPOT"

// byItsName takes the only depot of a name. What is only named alike is not sent:
// a person puts its id into the config.
func (b *siteBook) byItsName(d *PreparedDepot, sites []*AccountSite) {
	depots := slices.DeleteFunc(slices.Clone(sites), func(s *AccountSite) bool { return s.Type != depotSite })
	switch len(depots) {
	case 1:
		d.How, d.Site, d.SiteName = FoundByName, depots[0].ID, depots[0].Name
		d.Line = depotLine(d.Key, d.Site)
		d.Why = "found by its name alone: until the line is in the config, documents go without this depot"
	case 0:
		d.How, d.Why = FoundDoubtful, fmt.Sprintf("the site %s has its name, but is of type %s", sites[0].ID, sites[0].Type)
	default:
		ids := make([]string, len(depots))
		for i, s := range depots {
			ids[i] = s.ID
		}
		d.How, d.Why = FoundDoubtful, fmt.Sprintf("%d depots have its name: %s", len(depots), strings.Join(ids, ", "))
	}
}

// depotLine is what knows a depot in the config.
func depotLine(key, id string) string { return "depots: {" + yamlKey(key) + ": " + id + "}" }

// yamlKey quotes a key that YAML would take for something else.
func yamlKey(key string) string {
	_, err := strconv.ParseFloat(key, 64)
	plain := key != "" && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == "" && err != nil
	if plain && key[0] != '-' && !slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(key)) {
		return key
	}
	return strconv.Quote(key)
}

// createDepot makes a depot that is missing, where that is wanted and its area is
// known. The config has to name it afterwards, as any other.
func (p *Preparer) createDepot(ctx context.Context, out *Preparation, r *rental.Record, d *PreparedDepot) error {
	area := p.Depots.of(r)
	switch {
	case area == nil && out.Applied:
		d.Why = "there is no such site, and none is made: neither a file of areas nor a place with prepare.depotRadius says where it is"
		return nil
	case area == nil:
		d.Why = "there is no such site; make it in IRIS, or tell where it is: see prepare in the config"
		return nil
	case !out.Applied:
		d.Why = "there is no such site; --apply makes it"
		return nil
	}

	name := d.Name
	if name == "" {
		name = d.Key
	}
	made, err := p.Directory.CreateDepot(ctx, AccountSite{
		Name: name, Type: depotSite, Area: area,
		StreetAddress: r.Text(rental.Address), ZipCode: r.Text(rental.Zip), City: r.Text(rental.City), Country: r.Text(rental.Country),
	})
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		d.Why = "IRIS does not make it: " + err.Error()
		return nil
	case err != nil:
		return fmt.Errorf("create depot %s: %w", d.Key, err)
	}
	d.How, d.Site, d.SiteName, d.Line = FoundCreated, made.ID, made.Name, depotLine(d.Key, made.ID)
	d.Why = "until the line is in the config, documents go without this depot"
	return nil
}

// of is where a depot is; nil where nobody has said.
func (a *DepotAreas) of(r *rental.Record) [][]Lonlat {
	for _, name := range []string{r.Key, r.Text(rental.Name)} {
		if area := a.Areas[name]; area != nil && name != "" {
			return area
		}
	}
	latitude, err1 := strconv.ParseFloat(r.Text(rental.Latitude), 64)
	longitude, err2 := strconv.ParseFloat(r.Text(rental.Longitude), 64)
	if a.Radius <= 0 || err1 != nil || err2 != nil || latitude == 0 && longitude == 0 {
		return nil
	}
	return [][]Lonlat{around(latitude, longitude, a.Radius)}
}

// corners is how many corners an area around a place has.
const corners = 16

// metresPerDegree is how far a degree of latitude goes.
const metresPerDegree = 111_320

// around is the ring of so many metres around a place, the first corner again at
// its end.
func around(latitude, longitude, metres float64) []Lonlat {
	ring := make([]Lonlat, corners+1)
	up := metres / metresPerDegree
	across := up / math.Max(math.Cos(latitude*math.Pi/180), 0.01)
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		ring[i] = Lonlat{toMetre(longitude + across*cos), toMetre(latitude + up*sin)}
	}
	ring[corners] = ring[0]
	return ring
}

// toMetre leaves of a degree what is worth telling of a place.
func toMetre(degrees float64) float64 { return math.Round(degrees*1e6) / 1e6 }
