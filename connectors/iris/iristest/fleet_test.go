package iristest_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

const fleetBase = "/public/api/aemp/v2/15143/-3/Fleet/"

type fleetPage struct {
	Links     []link      `xml:"Links"`
	Equipment []equipment `xml:"Equipment"`
}

type link struct {
	Rel  string `xml:"rel"`
	Href string `xml:"href"`
}

type equipment struct {
	EquipmentHeader struct {
		OEMName, Model, EquipmentID, SerialNumber, PIN string
	}
	Location *struct {
		Datetime            string `xml:"datetime,attr"`
		Latitude, Longitude float64
	}
	CumulativeOperatingHours *struct {
		Datetime string `xml:"datetime,attr"`
		Hour     float64
	}
	CumulativeIdleHours *struct{ Hour float64 }
	FuelUsed            *struct{ FuelConsumed float64 }
	FuelRemaining       *struct{ Percent float64 }
	Distance            *struct{ Odometer float64 }
	EngineStatus        *struct{ Running bool }
	Metadata            *struct{ ExternalReferenceNumber, MachineID string }
}

func xmlPage(t *testing.T, an answer) fleetPage {
	t.Helper()
	an.want(t, http.StatusOK)
	var got fleetPage
	if err := xml.Unmarshal([]byte(an.body), &got); err != nil {
		t.Fatalf("decode %.300s: %v", an.body, err)
	}
	return got
}

func jsonPage(t *testing.T, an answer) fleetPage {
	t.Helper()
	return decoded[fleetPage](t, an.want(t, http.StatusOK).body)
}

func TestTheFleetComesInPagesOfAHundredWithLinks(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 250, Serials: []string{"WJX 00213/7"}})
	base := "http://example.com" + fleetBase
	var serials []string
	for page, want := range [][]link{
		{{"self", base + "1"}, {"next", base + "2"}, {"last", base + "3"}},
		{{"self", base + "2"}, {"next", base + "3"}, {"prev", base + "1"}, {"last", base + "3"}},
		{{"self", base + "3"}, {"prev", base + "2"}, {"last", base + "3"}},
	} {
		got := xmlPage(t, ca.get(fleetBase+string(rune('1'+page))+"?addMetadata=true"))
		wantEqual(t, got.Links, want)
		for _, eq := range got.Equipment {
			serials = append(serials, eq.EquipmentHeader.SerialNumber)
		}
	}
	wantEqual(t, serials, ca.Serials())
	wantEqual(t, len(serials), 251)

	for _, beyond := range []string{"0", "4", "-1", "x", "99999999999999999999"} {
		ca.get(fleetBase+beyond).wantCode(t, http.StatusNotFound, "page_not_found")
	}
}

func TestAnEmptyFleetHasOneEmptyPage(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	wantEqual(t, len(xmlPage(t, ca.get(fleet1)).Equipment), 0)
	got := ca.get(fleet1, "Accept", "application/json").body
	wantEqual(t, got, `{"links":[{"rel":"self","href":"http://example.com`+fleet1+`"},{"rel":"last","href":"http://example.com`+fleet1+`"}],"equipment":[]}`)
}

func TestXMLAndJSONSayTheSame(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 100, Seed: 3})
	asXML := ca.get(fleet1+"?addMetadata=true&addExtendedData=true", "Accept", "application/xml")
	wantEqual(t, asXML.header.Get("Content-Type"), "application/xml;charset=UTF-8")
	asJSON := ca.get(fleet1+"?addMetadata=true&addExtendedData=true", "Accept", "application/json")
	wantEqual(t, asJSON.header.Get("Content-Type"), "application/json")

	one, two := xmlPage(t, asXML), jsonPage(t, asJSON)
	for i := range one.Equipment {
		one.Equipment[i].Metadata.MachineID = two.Equipment[i].Metadata.MachineID // MachineId in XML
	}
	wantEqual(t, one, two)

	for _, part := range []string{
		`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, `<Fleet xmlns="http://standards.iso.org/iso/15143/-3" version="0">`,
		`<CumulativeOperatingHours datetime="2026-11-21T1`, `<OdometerUnits>kilometre</OdometerUnits>`, `<EngineNumber>N/A</EngineNumber>`,
		`<FuelUnits>litre</FuelUnits>`, `.003Z">`, `<TelematicSerialNumber>3000000</TelematicSerialNumber>`, `<UnitId>950000</UnitId>`, `<BatteryPotential datetime=`,
	} {
		if !strings.Contains(asXML.body, part) {
			t.Errorf("want %s in the XML", part)
		}
	}
	for _, part := range []string{`"EquipmentHeader":{`, `"metadata":{"telematicSerialNumber":"3000000","assetId":"`, `"cumulativeMovingHours":{"datetime":"`, `"Running":true`} {
		if !strings.Contains(asJSON.body, part) {
			t.Errorf("want %s in the JSON", part)
		}
	}
	ca.get(fleet1, "Accept", "text/csv").wantCode(t, http.StatusNotAcceptable, "not_acceptable")
}

func TestMetadataComesOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Serials: []string{"WJX00213"}})
	if got := xmlPage(t, ca.get(fleet1)); got.Equipment[0].Metadata != nil {
		t.Errorf("got %+v, want no metadata", got.Equipment[0].Metadata)
	}
	ca.synchronize(whole).want(t, http.StatusOK)
	got := xmlPage(t, ca.get(fleet1+"?addMetadata=true"))
	wantEqual(t, got.Equipment[0].Metadata.ExternalReferenceNumber, "A-100482")
}

func TestOneMachineIsFoundByAnyOfItsNumbers(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 60, Serials: []string{"A/B 7%"}})
	for _, eq := range xmlPage(t, ca.get(fleet1)).Equipment {
		for _, id := range []string{eq.EquipmentHeader.SerialNumber, eq.EquipmentHeader.PIN} {
			if id == "" {
				continue
			}
			path := fleetBase + "Equipment/ID/" + url.PathEscape(id)
			got := xmlPage(t, ca.get(path))
			wantEqual(t, got.Equipment, []equipment{eq})
			wantEqual(t, got.Links, []link{{"self", "http://example.com" + path}})
		}
	}
	ca.get(fleetBase+"Equipment/ID/nobody").wantCode(t, http.StatusNotFound, "equipment_not_found")
	ca.get(fleetBase+"Equipment/MakeModelSerial/a/b/c").wantCode(t, http.StatusNotFound, "not_found")
}

func TestTheSameSeedIsTheSameFleet(t *testing.T) {
	t.Parallel()
	page := func(seed uint64, n int) fleetPage {
		ca := newCaller(t, iristest.Options{Fleet: n, Seed: seed, Serials: []string{"WJX00213"}})
		return xmlPage(t, ca.get(fleet1+"?addMetadata=true"))
	}
	wantEqual(t, page(1, 50), page(1, 50))
	wantEqual(t, page(1, 50).Equipment[:40], page(1, 40).Equipment[:40])
	if one, two := page(1, 5), page(2, 5); one.Equipment[0].EquipmentHeader == two.Equipment[0].EquipmentHeader {
		t.Errorf("got %+v for two seeds", one.Equipment[0])
	}
}

func TestSerialNumbersAreUniqueAndSomeAreAwkward(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 20_000, Serials: []string{"X", "X"}})
	serials := ca.Serials()
	wantEqual(t, len(serials), 20_001)
	if !slices.ContainsFunc(serials, func(s string) bool { return strings.Contains(s, " ") }) ||
		!slices.ContainsFunc(serials, func(s string) bool { return strings.Contains(s, "/") }) {
		t.Error("want serial numbers with blanks and with slashes")
	}
	slices.Sort(serials)
	wantEqual(t, len(slices.Compact(serials)), 20_001)
	wantEqual(t, len(decoded[[]string](t, ca.get("/simulator/serials").body)), 20_001)
}

func TestMachinesWorkWhenTheClockAdvances(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 100, Seed: 7})
	before := xmlPage(t, ca.get(fleet1)).Equipment
	ca.do("POST", "/simulator/clock", `{"advance":"24h"}`).want(t, http.StatusOK)
	ca.token = ca.Token()
	after := xmlPage(t, ca.get(fleet1)).Equipment

	worked, absent := 0, 0
	for i := range before {
		if before[i].CumulativeOperatingHours == nil {
			absent++
			continue
		}
		hours := after[i].CumulativeOperatingHours.Hour - before[i].CumulativeOperatingHours.Hour
		if hours < 0 || hours > 10 {
			t.Errorf("machine %d worked %g hours in a day", i, hours)
		}
		if hours > 0 {
			worked++
		}
		if idle := after[i].CumulativeIdleHours; idle != nil && idle.Hour > after[i].CumulativeOperatingHours.Hour {
			t.Errorf("machine %d idles more than it runs", i)
		}
		if left := after[i].FuelRemaining; left != nil && (left.Percent < 5 || left.Percent > 100) {
			t.Errorf("machine %d has %g percent of fuel", i, left.Percent)
		}
	}
	if worked < 80 || absent == 0 || absent > 20 {
		t.Errorf("%d of 100 machines worked and %d have no hours, want most and some", worked, absent)
	}
}

func TestReportsAreNeverFromTheFuture(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 100})
	for _, eq := range xmlPage(t, ca.get(fleet1)).Equipment {
		if eq.Location == nil {
			continue
		}
		at, err := time.Parse(time.RFC3339, eq.Location.Datetime)
		if err != nil || at.After(noon) {
			t.Errorf("got %q, %v, want a time until noon", eq.Location.Datetime, err)
		}
	}
}

func TestTheClockOnlyGoesAhead(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{})
	wantEqual(t, ca.do("POST", "/simulator/clock", `{"advance":"15m"}`).body, `{"now":"2026-11-21T12:15:00Z"}`)
	for _, body := range []string{`{"advance":"-1s"}`, `{"advance":"soon"}`, `{}`, `{"advanced":"1s"}`, ``} {
		ca.do("POST", "/simulator/clock", body).want(t, http.StatusBadRequest)
	}
	wantEqual(t, ca.get("/simulator/clock").body, `{"now":"2026-11-21T12:15:00Z"}`)
}
