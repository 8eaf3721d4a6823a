package iristest

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The export's place and the size of its pages.
const (
	fleetPath     = "/public/api/aemp/v2/15143/-3/Fleet/"
	fleetPageSize = 100
)

// fleetBody is a page of the export, and the answer for one machine. One type is both wires: elements in
// XML keep ISO's names, JSON has lower case at the top and for the additions.
type fleetBody struct {
	XMLName   xml.Name        `xml:"http://standards.iso.org/iso/15143/-3 Fleet" json:"-"`
	Version   string          `xml:"version,attr" json:"-"`
	Links     []fleetLink     `xml:"Links" json:"links"`
	Equipment []equipmentBody `xml:"Equipment" json:"equipment"`
}

type fleetLink struct {
	Rel  string `xml:"rel" json:"rel"`
	Href string `xml:"href" json:"href"`
}

// equipmentBody is one machine; only the header is always there.
type equipmentBody struct {
	EquipmentHeader          headerBody
	Location                 *locationBody  `json:",omitempty"`
	CumulativeOperatingHours *hoursBody     `json:",omitempty"`
	CumulativeIdleHours      *hoursBody     `json:",omitempty"`
	DEFRemaining             *percentBody   `json:",omitempty"`
	Distance                 *distanceBody  `json:",omitempty"`
	EngineStatus             *engineBody    `json:",omitempty"`
	FuelUsed                 *fuelBody      `json:",omitempty"`
	FuelRemaining            *percentBody   `json:",omitempty"`
	CumulativeMovingHours    *movingBody    `json:"cumulativeMovingHours,omitempty"`
	BatteryPotential         *potentialBody `json:"batteryPotential,omitempty"`
	Metadata                 *metadataBody  `json:"metadata,omitempty"`
}

type headerBody struct {
	UnitInstallDateTime stamp `json:",omitzero"`
	OEMName             string
	Model               string
	EquipmentID         string
	SerialNumber        string
	PIN                 string `xml:",omitempty" json:",omitempty"`
}

type locationBody struct {
	Time          stamp   `xml:"datetime,attr" json:"datetime"`
	Latitude      fifth   // five places are about a metre
	Longitude     fifth   //
	Altitude      *second `json:",omitempty"`
	AltitudeUnits string  `xml:",omitempty" json:",omitempty"`
}

type hoursBody struct {
	Time stamp `xml:"datetime,attr" json:"datetime"`
	Hour second
}

type percentBody struct {
	Time    stamp `xml:"datetime,attr" json:"datetime"`
	Percent second
}

type distanceBody struct {
	Time          stamp `xml:"datetime,attr" json:"datetime"`
	OdometerUnits string
	Odometer      second
}

type engineBody struct {
	Time         stamp `xml:"datetime,attr" json:"datetime"`
	EngineNumber string
	Running      bool
}

type fuelBody struct {
	Time         stamp `xml:"datetime,attr" json:"datetime"`
	FuelUnits    string
	FuelConsumed second
}

type movingBody struct {
	Time  stamp  `xml:"datetime,attr" json:"datetime"`
	Hour  second `json:"hour"`
	Value second `json:"value"` // an old name of the same
}

type potentialBody struct {
	Time  stamp  `xml:"datetime,attr" json:"datetime"`
	Value second `xml:"BatteryPotential" json:"batteryPotential"`
}

type metadataBody struct {
	TelematicSerialNumber   string `json:"telematicSerialNumber"`
	AssetID                 string `xml:"-" json:"assetId"` // JSON has it under two names
	MachineID               string `xml:"MachineId" json:"machineId"`
	UnitID                  string `xml:"UnitId" json:"unitId"`
	ExternalReferenceNumber string `xml:",omitempty" json:"externalReferenceNumber,omitempty"`
}

// second and fifth are numbers with so many places, in XML always, in JSON at most.
type (
	second float64
	fifth  float64
)

// MarshalText writes two places.
func (nu second) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(nu), 'f', 2, 64), nil
}

// MarshalJSON writes a number, which MarshalText would make a string.
func (nu second) MarshalJSON() ([]byte, error) {
	return shortest(float64(nu), 2), nil
}

// MarshalText writes five places.
func (nu fifth) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(nu), 'f', 5, 64), nil
}

// MarshalJSON writes a number, which MarshalText would make a string.
func (nu fifth) MarshalJSON() ([]byte, error) {
	return shortest(float64(nu), 5), nil
}

func shortest(number float64, places int) []byte {
	text := strconv.FormatFloat(number, 'f', places, 64)
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// stamp is a time as the export writes it: milliseconds only where there are some.
type stamp time.Time

// IsZero lets omitzero leave it out.
func (st stamp) IsZero() bool { return time.Time(st).IsZero() }

// MarshalText writes UTC with Z.
func (st stamp) MarshalText() ([]byte, error) {
	return time.Time(st).UTC().AppendFormat(nil, "2006-01-02T15:04:05.999Z"), nil
}

// wishes are the parts of a machine that a client has to ask for.
type wishes struct {
	metadata, extended bool
}

func wishesOf(query url.Values) wishes {
	return wishes{metadata: query.Get("addMetadata") == "true", extended: query.Get("addExtendedData") == "true"}
}

// getFleet answers a page; the first one is 1, and there is nothing beyond the last.
func (si *Simulator) getFleet(w http.ResponseWriter, r *http.Request) {
	page, err := strconv.Atoi(r.PathValue("page"))
	body, last := si.fleetPage(page, wishesOf(r.URL.Query()))
	if err != nil || page < 1 || page > last {
		notFound(w, "page_not_found", "no page "+r.PathValue("page")+", the last one is "+strconv.Itoa(last))
		return
	}
	body.Links = fleetLinks(base(r), page, last)
	writeFleet(w, r, body)
}

func (si *Simulator) fleetPage(page int, wish wishes) (body fleetBody, last int) {
	wo, now := si.world, si.clock.now()
	wo.mu.RLock()
	defer wo.mu.RUnlock()

	last = max(1, (len(wo.fleet)+fleetPageSize-1)/fleetPageSize)
	if page < 1 || page > last {
		return body, last
	}
	from := (page - 1) * fleetPageSize
	for _, as := range wo.fleet[from:min(from+fleetPageSize, len(wo.fleet))] {
		body.Equipment = append(body.Equipment, as.equipment(now, wish))
	}
	return body, last
}

// fleetLinks carry no query: a client that wants its parameters on the next page has to say so again.
func fleetLinks(base string, page, last int) []fleetLink {
	link := func(rel string, page int) fleetLink {
		return fleetLink{Rel: rel, Href: base + fleetPath + strconv.Itoa(page)}
	}
	links := []fleetLink{link("self", page)}
	if page < last {
		links = append(links, link("next", page+1))
	}
	if page > 1 {
		links = append(links, link("prev", page-1))
	}
	return append(links, link("last", last))
}

// base is the simulator's own address as the client sees it.
func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// getEquipment answers one machine in the form of a page.
func (si *Simulator) getEquipment(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	equipment, found := si.equipment(id, wishesOf(r.URL.Query()))
	if !found {
		notFound(w, "equipment_not_found", "no machine has the id "+strconv.Quote(id))
		return
	}
	self := base(r) + fleetPath + "Equipment/ID/" + url.PathEscape(id)
	writeFleet(w, r, fleetBody{Links: []fleetLink{{Rel: "self", Href: self}}, Equipment: []equipmentBody{equipment}})
}

func (si *Simulator) equipment(id string, wish wishes) (body equipmentBody, found bool) {
	wo := si.world
	wo.mu.RLock()
	defer wo.mu.RUnlock()

	as := wo.assetByPIN[id]
	if as == nil {
		as = wo.assetBySN[id]
	}
	if as == nil || as.machine == nil {
		return body, false
	}
	return as.equipment(si.clock.now(), wish), true
}

// equipment needs the lock.
func (as *asset) equipment(now time.Time, wish wishes) equipmentBody {
	ma := as.machine
	re := ma.readingsAt(now)
	at := stamp(re.at)
	body := equipmentBody{EquipmentHeader: headerBody{
		UnitInstallDateTime: stamp(ma.installed),
		OEMName:             as.brand,
		Model:               as.model,
		EquipmentID:         as.name,
		SerialNumber:        as.serialNumber,
		PIN:                 ma.pin,
	}}
	if ma.has&hasLocation != 0 {
		body.Location = ma.location(re)
	}
	if ma.has&hasHours != 0 {
		body.CumulativeOperatingHours = &hoursBody{at, second(re.operating)}
	}
	if ma.has&hasIdle != 0 {
		body.CumulativeIdleHours = &hoursBody{at, second(re.idle)}
	}
	if ma.has&hasDEF != 0 {
		body.DEFRemaining = &percentBody{at, second(re.defRemaining)}
	}
	if ma.has&hasDistance != 0 {
		body.Distance = &distanceBody{at, "kilometre", second(re.odometer)}
	}
	if ma.has&hasEngine != 0 {
		body.EngineStatus = &engineBody{at, "N/A", re.running}
	}
	if ma.has&hasFuelUsed != 0 {
		body.FuelUsed = &fuelBody{stamp(re.at.Add(3 * time.Millisecond)), "litre", second(re.fuelUsed)}
	}
	if ma.has&hasFuelRemaining != 0 {
		body.FuelRemaining = &percentBody{at, second(re.fuelRemaining)}
	}
	as.addWishes(&body, re, wish)
	return body
}

func (ma *machine) location(re reading) *locationBody {
	body := &locationBody{Time: stamp(re.at), Latitude: fifth(re.lat), Longitude: fifth(re.lon)}
	if ma.has&hasAltitude != 0 {
		altitude := second(ma.place.alt)
		body.Altitude, body.AltitudeUnits = &altitude, "metre"
	}
	return body
}

func (as *asset) addWishes(body *equipmentBody, re reading, wish wishes) {
	if wish.extended {
		body.CumulativeMovingHours = &movingBody{stamp(re.at), second(re.moving), second(re.moving)}
		body.BatteryPotential = &potentialBody{stamp(re.at), 12.6}
	}
	if wish.metadata {
		body.Metadata = &metadataBody{
			TelematicSerialNumber:   as.machine.device,
			AssetID:                 as.id,
			MachineID:               as.id,
			UnitID:                  strconv.Itoa(as.machine.unit),
			ExternalReferenceNumber: as.externalReference,
		}
	}
}

// writeFleet answers in what the client accepts: XML unless it asks for JSON.
func writeFleet(w http.ResponseWriter, r *http.Request, body fleetBody) {
	body.Version = "0"
	switch accepted(r.Header.Get("Accept")) {
	case "json":
		if body.Equipment == nil {
			body.Equipment = []equipmentBody{}
		}
		writeJSON(w, http.StatusOK, body)
	case "xml":
		data, err := xml.MarshalIndent(body, "", "  ")
		if err != nil {
			writeError(w, http.StatusInternalServerError, "internal_server_error", "the answer cannot be encoded")
			return
		}
		w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
		_, _ = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"))
		_, _ = w.Write(data)
	default:
		writeError(w, http.StatusNotAcceptable, "not_acceptable", "only application/xml and application/json are served")
	}
}

// accepted takes the first media type that can be served, whatever its weight; one that is named goes
// before one that is a wildcard.
func accepted(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return "xml"
	}
	wild := ""
	for _, media := range strings.Split(accept, ",") {
		media, _, _ = strings.Cut(media, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "application/json":
			return "json"
		case "application/xml", "text/xml":
			return "xml"
		case "application/*", "*/*":
			wild = "xml"
		}
	}
	return wild
}
