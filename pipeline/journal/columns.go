package journal

import (
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// columns are what the register can be searched by, and the record itself.
func (st *stager) columns(number int64, self name, r *rental.Record) []any {
	customer := st.edge(r, rental.Contract, rental.CustomerRef, rental.Customer)
	if r.Kind == rental.Customer {
		customer = st.edge(r, rental.Customer, rental.SameAs, rental.Customer)
	}
	return args(number, self.id, int(r.Kind), ended(r),
		flag(r.Kind == rental.Contract && r.Text(rental.ContractStatus) != ""),
		day(r, rental.OnRentDate), identity(r),
		st.edge(r, rental.Item, rental.AssetRef, rental.Asset),
		st.edge(r, rental.Item, rental.ContractRef, rental.Contract),
		customer,
		st.depot(r),
		day(r, rental.OffRentDate), planned(r), ahead(r, st.date), status(r),
		orNull(r.CustomDigest()), r.Encode())
}

// ended is what record.ended says of an item.
func ended(r *rental.Record) int {
	switch {
	case r.Kind != rental.Item || !r.Ended():
		return int(pipeline.ItemOpen)
	case r.Vanished():
		return int(pipeline.ItemVanished)
	default:
		return int(pipeline.ItemEnded)
	}
}

func (st *stager) edge(r *rental.Record, of rental.Kind, by rental.Field, to rental.Kind) any {
	key := r.Text(by)
	if r.Kind != of || key == "" {
		return nil
	}
	return st.known[rental.Ref{Kind: to, Key: key}].id
}

func (st *stager) depot(r *rental.Record) any {
	key := depotOf(r)
	if key == "" {
		return nil
	}
	return st.known[rental.Ref{Kind: rental.Depot, Key: key}].id
}

// appendRefs adds a record's own name and what it refers to.
func appendRefs(refs []rental.Ref, r *rental.Record) []rental.Ref {
	refs = append(refs, r.Ref)
	add := func(kind rental.Kind, key string) {
		if key != "" {
			refs = append(refs, rental.Ref{Kind: kind, Key: key})
		}
	}
	switch r.Kind {
	case rental.Item:
		add(rental.Asset, r.Text(rental.AssetRef))
		add(rental.Contract, r.Text(rental.ContractRef))
	case rental.Contract:
		add(rental.Customer, r.Text(rental.CustomerRef))
	case rental.Customer:
		add(rental.Customer, r.Text(rental.SameAs))
	}
	add(rental.Depot, depotOf(r))
	return refs
}

// depotOf is the depot that a document names: where an asset stands is not sent.
func depotOf(r *rental.Record) string {
	switch r.Kind {
	case rental.Asset:
		return r.Text(rental.OwningDepot)
	case rental.Item, rental.Contract:
		return r.Text(rental.HiringDepot)
	default:
		return ""
	}
}

// day is the day of an item's date, at the place it was said for.
func day(r *rental.Record, f rental.Field) string {
	if r.Kind != rental.Item {
		return ""
	}
	at, _ := r.Get(f)
	return at.Day()
}

// planned is the day on which an open item is shown to end by its plan.
func planned(r *rental.Record) any {
	end, shown := r.Planned()
	if !shown {
		return nil
	}
	return end.Day()
}

// ahead is the day on which an open rental begins that lies ahead of a business
// date.
func ahead(r *rental.Record, date string) any {
	begins := day(r, rental.OnRentDate)
	if begins <= date || r.Ended() {
		return nil
	}
	return begins
}

// status is the rental status of an asset.
func status(r *rental.Record) string {
	if r.Kind != rental.Asset {
		return ""
	}
	return r.Text(rental.RentalStatus)
}

// identity is what must be one asset's alone.
func identity(r *rental.Record) any {
	if r.Kind != rental.Asset {
		return nil
	}
	return orNull(r.Identity())
}
