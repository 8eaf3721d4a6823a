package journal

import (
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// columns are what the register can be searched by, and the record itself.
func (st *stager) columns(number int64, self name, r *rental.Record) []any {
	return args(number, self.id, int(r.Kind), r.Kind == rental.Item && r.Ended(),
		r.Kind == rental.Contract && r.Text(rental.ContractStatus) != "",
		onRent(r), identity(r),
		st.edge(r, rental.Item, rental.AssetRef, rental.Asset),
		st.edge(r, rental.Item, rental.ContractRef, rental.Contract),
		st.edge(r, rental.Contract, rental.CustomerRef, rental.Customer),
		st.depot(r),
		r.Encode())
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

// onRent is the day on which an item's rental begins.
func onRent(r *rental.Record) string {
	if r.Kind != rental.Item {
		return ""
	}
	begins, _ := r.Get(rental.OnRentDate)
	return begins.Day()
}

// identity is what must be one asset's alone.
func identity(r *rental.Record) any {
	if r.Kind != rental.Asset || r.Text(rental.Identifier) == "" {
		return nil
	}
	return r.Text(rental.IdentifierType) + " " + transforms.NormalizeSerial(r.Text(rental.Identifier))
}
