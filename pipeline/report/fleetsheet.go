package report

import (
	"fmt"
	"iter"
	"strconv"
	"time"

	"rentalsync/pipeline"
)

// fleet is one line a machine: what telematics tell, and what the ERP says of it.
func (v *view) fleet(machines iter.Seq2[pipeline.Machine, error]) Sheet {
	base := OfFleet(machines, v.zone).Sheets[0]
	columns := append([]Column{}, base.Columns[:6]...)
	columns = append(columns,
		Column{Title: "Status", Width: 16}, Column{Title: "Contract", Width: 16}, Column{Title: "Customer", Width: 28}, v.day("On rent since"),
		Column{Title: "Home depot", Width: 20}, Column{Title: "Where", Width: 24}, Column{Title: "Map", Width: 8},
		v.at("Last contact"), Column{Title: "Days without contact", Type: Integer, Width: 21},
	)
	columns = append(columns, base.Columns[6:]...)
	return Sheet{Name: fleetSheet, Table: "Fleet", Columns: columns, Rows: v.fleetRows(machines)}
}

// fleetRows reads the snapshot again, beside the facts that were gathered of it in
// the same order.
func (v *view) fleetRows(machines iter.Seq2[pipeline.Machine, error]) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		i := 0
		for m, err := range machines {
			if err == nil && i >= len(v.Machines) {
				err = fmt.Errorf("the snapshot has grown while it was written")
			}
			if err != nil {
				yield(nil, err)
				return
			}
			facts := &v.Machines[i]
			i++
			m.AssetKey = facts.Key
			if !yield(v.fleetRow(m, facts), nil) {
				return
			}
		}
	}
}

func (v *view) fleetRow(m pipeline.Machine, facts *pipeline.MachineFacts) []Cell {
	base := machineRow(m)
	row := append(make([]Cell, 0, len(base)+9), base[:6]...)
	row = append(row, v.rental(facts)...)
	row = append(row, T(where(facts)), mapOf(facts.Point), v.contact(facts.Contact), v.silence(facts.Contact))
	return append(row, base[6:]...)
}

// rental is what the ERP says: status, contract, customer, since when, home depot.
func (v *view) rental(facts *pipeline.MachineFacts) []Cell {
	asset := facts.Asset
	if asset == nil {
		return []Cell{{}, {}, {}, {}, {}}
	}
	contract, customer, since := Cell{}, Cell{}, Cell{}
	if item := asset.Rented(v.Snapshot.TakenAt); item != nil {
		contract, customer, since = T(item.Contract), T(customerOf(item)), At(item.On)
	}
	return []Cell{T(asset.Status), contract, customer, since, T(v.Sites.DepotName(asset.OwningDepot))}
}

func customerOf(item *pipeline.FleetItem) string {
	if item.CustomerName != "" {
		return item.CustomerName
	}
	return item.Customer
}

func where(facts *pipeline.MachineFacts) string {
	if facts.Site == nil {
		return ""
	}
	return facts.Site.Name
}

// contact is when something was heard last, coloured when that is too long ago.
func (v *view) contact(at time.Time) Cell {
	if v.Snapshot.TakenAt.Sub(at) >= v.Tolerances.StaleAfter {
		return At(at).In(Notable)
	}
	return At(at)
}

// silence is for how many whole days nothing was heard.
func (v *view) silence(at time.Time) Cell {
	if at.IsZero() {
		return Cell{}
	}
	return N(max(0, int(v.Snapshot.TakenAt.Sub(at)/(24*time.Hour))))
}

// mapOf leads to a place on a map.
func mapOf(p pipeline.Point) Cell {
	if !p.Known() {
		return Cell{}
	}
	at := func(degrees float64) string { return strconv.FormatFloat(degrees, 'f', 5, 64) }
	latitude, longitude := at(p.Latitude), at(p.Longitude)
	return T("map").To("https://www.openstreetmap.org/?mlat=" + latitude + "&mlon=" + longitude + "#map=16/" + latitude + "/" + longitude)
}
