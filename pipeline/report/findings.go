package report

import (
	"cmp"
	"iter"
	"slices"

	"rentalsync/pipeline"
)

// exceptions are the findings that come of the register and telematics together.
func (v *view) exceptions() Sheet {
	return Sheet{
		Name: exceptionsSheet, Table: "Exceptions", Columns: v.findingColumns(),
		Rows: v.findings(func(kind pipeline.FindingKind) bool { return !kind.OfRegister() && kind != pipeline.Stale }),
	}
}

// rentalRules are the findings that come of the register alone.
func (v *view) rentalRules() Sheet {
	return Sheet{Name: rulesSheet, Table: "RentalRules", Columns: v.findingColumns(), Rows: v.findings(pipeline.FindingKind.OfRegister)}
}

func (v *view) findingColumns() []Column {
	return []Column{
		{Title: "Finding", Width: 26}, {Title: "ERP number", Width: 16}, {Title: "Serial number", Width: 20}, {Title: "Model", Width: 16},
		{Title: "Status", Width: 16}, {Title: "What", Width: 76}, v.day("Since"), {Title: "Contract", Width: 16}, {Title: "Customer", Width: 28},
		{Title: "Depot", Width: 18}, {Title: "Map", Width: 8},
	}
}

// findings are those of some kinds, kind by kind, the newest of each first.
func (v *view) findings(want func(pipeline.FindingKind) bool) iter.Seq2[[]Cell, error] {
	var list []*pipeline.Finding
	for i := range v.Findings {
		if want(v.Findings[i].Kind) {
			list = append(list, &v.Findings[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *pipeline.Finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), b.Since.Compare(a.Since), cmp.Compare(a.Key(), b.Key()))
	})
	return Of(list, v.findingRow)
}

func (v *view) findingRow(f *pipeline.Finding) []Cell {
	status, depot, contract, customer := "", "", "", ""
	if f.Asset != nil {
		status, depot = f.Asset.Status, f.Asset.Depot()
	}
	if item := f.Rental(v.Snapshot.TakenAt); item != nil {
		contract, customer = item.Contract, customerOf(item)
	}
	return []Cell{
		T(f.Kind.String()).In(toneOf(f.Kind)), T(f.Key()), T(f.Serial()), T(f.Model()), T(status), T(f.What), At(f.Since),
		T(contract), T(customer), T(v.Sites.DepotName(depot)), mapOf(f.Point()),
	}
}
