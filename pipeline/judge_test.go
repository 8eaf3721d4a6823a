package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"rentalsync/pipeline"
)

// The tolerances that a flow has unless it says otherwise.
var usual = pipeline.Tolerances{
	StaleAfter: 7 * day, IdleAfter: 5 * day, ReturnAfter: 3 * day, Around: 12 * time.Hour, Meter: 25, Ran: 1, Near: 500,
}

const day = 24 * time.Hour

// at is an hour of a day in June, in UTC.
func at(d, hour int) time.Time { return time.Date(2026, 6, d, hour, 0, 0, 0, time.UTC) }

func meter(value float64, when time.Time) pipeline.Meter {
	return pipeline.Meter{Value: value, At: when}
}

// around is two places: a depot of the ERP, and a building site.
func around() *pipeline.Places {
	square := func(lon, lat float64) [][]pipeline.Lonlat {
		return [][]pipeline.Lonlat{{{lon, lat}, {lon + 0.01, lat}, {lon + 0.01, lat + 0.01}, {lon, lat + 0.01}, {lon, lat}}}
	}
	p := pipeline.NewPlaces()
	p.AddArea("Depot Nord", "N", true, square(10, 53))
	p.AddArea("Depot Süd", "S", true, square(11, 48))
	p.AddArea("Hafenbau", "", false, square(10.5, 53.5))
	p.AddDepot("Depot West", "W", pipeline.Point{Latitude: 51, Longitude: 7}, 500)
	return p
}

var (
	inNorth = pipeline.Point{Latitude: 53.005, Longitude: 10.005, At: at(20, 4)}
	inWest  = pipeline.Point{Latitude: 51.004, Longitude: 7, At: at(20, 4)}
	outside = pipeline.Point{Latitude: 53.3, Longitude: 10.3, At: at(20, 4)}
)

// ran is a machine that gained hours between two readings.
func ran(from, to pipeline.Meter) pipeline.MachineFacts {
	return pipeline.MachineFacts{Hours: to, Contact: to.At, Usage: pipeline.Usage{Ran: pipeline.Stretch{From: from, To: to}, To: to}}
}

// stood is a machine whose meter shows the same since a time.
func stood(since, last time.Time) pipeline.MachineFacts {
	return pipeline.MachineFacts{Hours: meter(100, last), Contact: last, Usage: pipeline.Usage{Same: since}}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	places := around()
	item := func(on, off time.Time) pipeline.FleetItem {
		return pipeline.FleetItem{Key: "MV-1/10", On: on, Off: off}
	}
	asset := func(status string, items ...pipeline.FleetItem) *pipeline.FleetAsset {
		return &pipeline.FleetAsset{Key: "4711", Status: status, StatusDay: "2026-06-10", OwningDepot: "N", Items: items}
	}
	worked := func(from, to time.Time) *pipeline.MachineFacts {
		m := ran(meter(100, from), meter(103, to))
		return &m
	}
	standing := func(since, last time.Time) *pipeline.MachineFacts {
		m := stood(since, last)
		return &m
	}
	placed := func(p pipeline.Point) *pipeline.MachineFacts {
		return &pipeline.MachineFacts{Point: p, Site: places.At(p), Contact: p.At}
	}
	metered := func(erp float64, day string) *pipeline.FleetAsset {
		a := asset("ON_RENT", item(at(1, 7), time.Time{}))
		a.Meter, a.MeterDay = erp, day
		return a
	}
	none := []pipeline.FindingKind(nil)
	is := func(kinds ...pipeline.FindingKind) []pipeline.FindingKind { return kinds }

	tests := []struct {
		name    string
		asset   *pipeline.FleetAsset
		machine *pipeline.MachineFacts
		said    time.Time // 23:00 on the day before, unless said otherwise
		want    []pipeline.FindingKind
	}{
		{"a machine that ran while it was available", asset("AVAILABLE"), worked(at(17, 4), at(18, 4)), time.Time{}, is(pipeline.RanUnrented)},
		{"half an hour in the yard is nothing", asset("AVAILABLE"), func() *pipeline.MachineFacts {
			m := ran(meter(100, at(17, 4)), meter(100.5, at(18, 4)))
			return &m
		}(), time.Time{}, none},
		{"a rental that began at seven, after the export of the night before, is no misuse", asset("AVAILABLE"), worked(at(19, 4), at(20, 4)), at(19, 23), none},
		{"a rental that begins at seven explains what ran at six", asset("AVAILABLE", item(at(18, 7), at(18, 17))), worked(at(17, 4), at(18, 6)), time.Time{}, none},
		{"a rental that ended days before explains nothing", asset("AVAILABLE", item(at(1, 7), at(14, 17))), worked(at(17, 4), at(18, 4)), time.Time{}, is(pipeline.RanUnrented)},
		{"hours from before the ERP set the status prove nothing", asset("AVAILABLE"), worked(at(9, 4), at(14, 4)), time.Time{}, none},
		{"a machine on rent may run", asset("ON_RENT", item(at(1, 7), time.Time{})), worked(at(17, 4), at(18, 4)), time.Time{}, none},

		{"a machine on rent whose meter has stood still for six days", asset("ON_RENT", item(at(1, 7), time.Time{})), standing(at(14, 3), at(20, 4)), time.Time{}, is(pipeline.StoodRented)},
		{"a meter that stood still before the rental proves nothing of it", asset("ON_RENT", item(at(18, 7), time.Time{})), standing(at(2, 3), at(20, 4)), time.Time{}, none},
		{"a reading older than the rental proves nothing", asset("ON_RENT", item(at(14, 7), time.Time{})), standing(at(2, 3), at(13, 23)), time.Time{}, none},
		{"a machine that is silent is not one that stands still", asset("ON_RENT", item(at(1, 7), time.Time{})), standing(at(5, 3), at(6, 4)), time.Time{}, is(pipeline.Stale)},

		{"a machine at another depot", func() *pipeline.FleetAsset { a := asset("AVAILABLE"); a.OwningDepot = "S"; return a }(), placed(inNorth), time.Time{}, is(pipeline.AtOtherDepot)},
		{"a machine at home", asset("AVAILABLE"), placed(inNorth), time.Time{}, none},
		{"a machine where the ERP says it stands now", func() *pipeline.FleetAsset {
			a := asset("AVAILABLE")
			a.CurrentDepot, a.OwningDepot = "N", "S"
			return a
		}(), placed(inNorth), time.Time{}, none},
		{"a machine under way", func() *pipeline.FleetAsset { a := asset("TRANSFER"); a.OwningDepot = "S"; return a }(), placed(inNorth), time.Time{}, none},
		{"a depot of which only the middle is known", asset("AVAILABLE"), placed(inWest), time.Time{}, is(pipeline.AtOtherDepot)},

		{"off rent for days and at no depot", asset("OFF_RENT", item(at(1, 7), at(15, 17))), placed(outside), time.Time{}, is(pipeline.NotReturned)},
		{"off rent since yesterday", asset("OFF_RENT", item(at(1, 7), at(19, 17))), placed(outside), time.Time{}, none},
		{"where it was before its rental ended proves nothing", asset("OFF_RENT", item(at(1, 7), at(15, 17))),
			placed(pipeline.Point{Latitude: 53.3, Longitude: 10.3, At: at(15, 12)}), time.Time{}, none},
		{"off rent and back", asset("OFF_RENT", item(at(1, 7), at(15, 17))), placed(inNorth), time.Time{}, none},

		{"the ERP's meter is ahead of the machine", metered(200, "2026-06-18"), &pipeline.MachineFacts{Hours: meter(150, at(20, 4)), Contact: at(20, 4)}, time.Time{}, is(pipeline.MetersApart)},
		{"the machine may have run since the ERP read its meter", metered(200, "2026-06-01"), &pipeline.MachineFacts{Hours: meter(290, at(20, 4)), Contact: at(20, 4)}, time.Time{}, none},
		{"both meters of one day, forty hours apart", metered(200, "2026-06-18"),
			&pipeline.MachineFacts{Hours: meter(245, at(20, 4)), Contact: at(20, 4), Usage: pipeline.Usage{AtWord: meter(240, at(18, 4))}}, time.Time{}, is(pipeline.MetersApart)},
		{"both meters of one day, about the same", metered(200, "2026-06-18"),
			&pipeline.MachineFacts{Hours: meter(245, at(20, 4)), Contact: at(20, 4), Usage: pipeline.Usage{AtWord: meter(210, at(18, 4))}}, time.Time{}, none},
		{"a meter that ran backwards", asset("ON_RENT", item(at(1, 7), time.Time{})), &pipeline.MachineFacts{
			Contact: at(20, 4), Usage: pipeline.Usage{Back: &pipeline.Backwards{From: meter(900, at(18, 4)), To: meter(3, at(19, 4))}},
		}, time.Time{}, is(pipeline.MeterBackwards)},

		{"a machine that the ERP does not know", nil, placed(inNorth), time.Time{}, is(pipeline.UnknownToERP)},
		{"a machine of another flow", nil, &pipeline.MachineFacts{Foreign: true, Contact: at(20, 4)}, time.Time{}, none},
		{"an asset without telematics", asset("AVAILABLE"), nil, time.Time{}, is(pipeline.NoTelematics)},
		{"a machine that was never heard of", asset("AVAILABLE"), &pipeline.MachineFacts{}, time.Time{}, is(pipeline.Stale)},

		{"two rentals at once", asset("ON_RENT", item(at(1, 7), time.Time{}), item(at(5, 7), time.Time{})), placed(outside), time.Time{}, is(pipeline.TwoItems)},
		{"a reservation for when the machine is back", asset("ON_RENT",
			pipeline.FleetItem{Key: "A", On: at(1, 7), Due: at(25, 17)}, pipeline.FleetItem{Key: "B", On: at(26, 7)}), placed(outside), time.Time{}, none},
		{"on rent, and nobody rents it", asset("ON_RENT"), placed(outside), time.Time{}, is(pipeline.RentedWithoutItem)},
		{"available, and somebody rents it", asset("AVAILABLE", item(at(1, 7), time.Time{})), placed(inNorth), time.Time{}, is(pipeline.ItemOnAvailable)},
		{"available, and reserved for tomorrow", asset("AVAILABLE", item(at(21, 7), time.Time{})), placed(inNorth), time.Time{}, none},
		{"a rental that ended before it began", asset("AVAILABLE", item(at(10, 7), at(9, 17))), placed(inNorth), time.Time{}, is(pipeline.OffBeforeOn)},
		{"a rental that is overdue", asset("ON_RENT", pipeline.FleetItem{Key: "A", On: at(1, 7), Due: at(10, 17)}), placed(outside), time.Time{}, is(pipeline.Overdue)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			said := tt.said
			if said.IsZero() {
				said = at(19, 23)
			}
			var got []pipeline.FindingKind
			for _, f := range usual.Judge(&pipeline.Case{Asset: tt.asset, Machine: tt.machine, At: at(20, 5), Said: said, Sites: places}) {
				got = append(got, f.Kind)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("found %v, want %v", got, tt.want)
			}
		})
	}
}
