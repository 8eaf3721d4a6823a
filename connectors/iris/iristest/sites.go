package iristest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// site is a place that IRIS knows; rentals name those of type DEPOT.
type site struct {
	id        string
	name      string
	kind      string
	address   siteAddress
	polygon   [][]float64 // longitude, latitude
	status    string      // "" is ACTIVE
	forbidden bool        // listed, and yet not to be looked at
}

type siteAddress struct {
	StreetAddress string `json:"streetAddress,omitempty"`
	ZipCode       string `json:"zipCode,omitempty"`
	City          string `json:"city,omitempty"`
	Country       string `json:"country,omitempty"`
}

func (sa *siteAddress) patch(changes map[string]any) {
	set(&sa.StreetAddress, field[string](changes, "streetAddress"), NullsClear)
	set(&sa.ZipCode, field[string](changes, "zipCode"), NullsClear)
	set(&sa.City, field[string](changes, "city"), NullsClear)
	set(&sa.Country, field[string](changes, "country"), NullsClear)
}

// city is where machines work and where there is a depot.
type city struct {
	name    string
	country string
	zip     string
	street  string
	lat     float64
	lon     float64
	alt     float64
}

// The cities are real, the depots are not.
var cities = []city{
	{"Hamburg", "DE", "20539", "Ausschläger Elbdeich 7", 53.5400, 10.0400, 4},
	{"Oslo", "NO", "0581", "Økernveien 118", 59.9300, 10.8000, 96},
	{"Aarhus", "DK", "8000", "Sydhavnsgade 21", 56.1500, 10.2200, 3},
	{"Rotterdam", "NL", "3089", "Waalhaven Z.z. 40", 51.8850, 4.4480, 1},
	{"Lyon", "FR", "69007", "Rue de Gerland 140", 45.7300, 4.8300, 168},
	{"Kraków", "PL", "30-716", "Albatrosów 9", 50.0500, 19.9900, 201},
	{"Birmingham", "GB", "B7 5DP", "Heartlands Parkway 3", 52.4950, -1.8700, 118},
	{"Milano", "IT", "20138", "Via Mecenate 76", 45.4550, 9.2400, 112},
	{"Austin", "US", "78744", "Burleson Rd 5300", 30.2050, -97.7350, 158},
	{"Denver", "US", "80216", "Brighton Blvd 4100", 39.7750, -104.9700, 1590},
	{"Columbus", "US", "43207", "Frank Rd 880", 39.9200, -83.0000, 220},
	{"Tacoma", "US", "98421", "Lincoln Ave 1701", 47.2600, -122.4100, 5},
}

// settle builds a depot in every city, and two sites of other kinds.
func (wo *world) settle() {
	for _, ci := range cities {
		wo.addSite(wo.siteIn(ci, "Depot "+ci.name, "DEPOT"))
	}
	wo.addSite(wo.siteIn(cities[0], "Baustelle Veddeler Bogen", "CONSTRUCTION_SITE"))
	closed := wo.siteIn(cities[1], "Yard of another account", "AREA")
	closed.forbidden = true
	wo.addSite(closed)
}

func (wo *world) siteIn(ci city, name, kind string) *site {
	const half = 0.004 // degrees
	return &site{
		id:      wo.uuid("site", name),
		name:    name,
		kind:    kind,
		address: siteAddress{StreetAddress: ci.street, ZipCode: ci.zip, City: ci.name, Country: ci.country},
		polygon: [][]float64{
			{ci.lon - half, ci.lat - half}, {ci.lon + half, ci.lat - half},
			{ci.lon + half, ci.lat + half}, {ci.lon - half, ci.lat + half},
			{ci.lon - half, ci.lat - half},
		},
	}
}

func (wo *world) addSite(st *site) {
	wo.sites = append(wo.sites, st)
	wo.siteID[st.id] = st
}

// siteView is a site as GET answers it.
type siteView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Status string `json:"status"`
	siteAddress
	Polygon polygonView `json:"polygon"`
}

type polygonView struct {
	Geometry geometryView `json:"geometry"`
}

type geometryView struct {
	Type        string        `json:"type"`
	Coordinates [][][]float64 `json:"coordinates"`
}

func (st *site) view() siteView {
	geometry := geometryView{Type: "Polygon", Coordinates: [][][]float64{st.polygon}}
	return siteView{
		ID: st.id, Name: st.name, Type: st.kind, Status: cmp.Or(st.status, "ACTIVE"),
		siteAddress: st.address, Polygon: polygonView{Geometry: geometry},
	}
}

var siteOrders = map[string]func(a, b *site) int{
	"name": func(a, b *site) int { return strings.Compare(a.name, b.name) },
	"type": func(a, b *site) int { return strings.Compare(a.kind, b.kind) },
}

func (si *Simulator) getSites(w http.ResponseWriter, r *http.Request) {
	servePage(si, w, r, func(wo *world) listing[*site] {
		return listing[*site]{items: wo.sites, orders: siteOrders, view: func(st *site) any { return st.view() }}
	})
}

func (si *Simulator) getSite(w http.ResponseWriter, r *http.Request) {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	if st := si.world.site(w, r.PathValue("id")); st != nil {
		writeJSON(w, http.StatusOK, st.view())
	}
}

// site needs the lock. When the account may not have the site it has answered, and returns nil.
func (wo *world) site(w http.ResponseWriter, id string) *site {
	st := wo.siteID[id]
	switch {
	case st == nil:
		notFound(w, "site_not_found", "no site has the id "+id)
		return nil
	case st.forbidden:
		writeError(w, http.StatusForbidden, "forbidden", "the account may not see this site")
		return nil
	default:
		return st
	}
}

// patchSite changes what the changes name; the area and the type stay.
func (si *Simulator) patchSite(w http.ResponseWriter, r *http.Request) {
	changes, ok := si.decodePatch(w, r, "SitePatch")
	if !ok {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	st := wo.site(w, r.PathValue("id"))
	if st == nil {
		return
	}
	set(&st.name, field[string](changes, "name"), NullsIgnore)
	set(&st.status, field[string](changes, "status"), NullsClear)
	st.address.patch(field[map[string]any](changes, "address").value)
	writeJSON(w, http.StatusOK, st.view())
}

// deleteSite removes a site; rentals that name it go on doing so.
func (si *Simulator) deleteSite(w http.ResponseWriter, r *http.Request) {
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	st := wo.site(w, r.PathValue("id"))
	if st == nil {
		return
	}
	wo.sites = slices.DeleteFunc(slices.Clone(wo.sites), func(one *site) bool { return one == st })
	delete(wo.siteID, st.id)
	delete(wo.values, st.id)
	w.WriteHeader(http.StatusNoContent)
}

// createSite takes the kinds that can be made; the classic ones can only be read.
func (si *Simulator) createSite(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Name    string      `json:"name"`
		Type    string      `json:"type"`
		Address siteAddress `json:"address"`
		Polygon [][]float64 `json:"polygon"`
	}
	if !si.decodeInto(w, r, "CreateSite", &sent) {
		return
	}
	if strings.HasPrefix(sent.Type, "CLASSIC_") {
		writeViolations(w, rejected("type", sent.Type, "cannot be created"))
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	st := &site{
		id:   wo.uuid("created site", strconv.Itoa(len(wo.sites))),
		name: sent.Name, kind: sent.Type, address: sent.Address, polygon: sent.Polygon,
	}
	wo.addSite(st)
	writeJSON(w, http.StatusCreated, st.view())
}

// Depots returns the ids of the sites of type DEPOT by their names.
func (si *Simulator) Depots() map[string]string {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	depots := make(map[string]string)
	for _, st := range si.world.sites {
		if st.kind == "DEPOT" {
			depots[st.name] = st.id
		}
	}
	return depots
}
