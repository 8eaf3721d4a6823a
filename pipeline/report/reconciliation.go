package report

import (
	"rentalsync/pipeline"
)

// reconciliation is what the ERP says, what was sent, and what IRIS holds.
func (v *view) reconciliation() Sheet {
	return Sheet{
		Name: reconciliationSheet, Table: "Reconciliation",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Rental", Width: 18}, {Title: "Difference", Width: 34}, v.day("Since"), {Title: "Not compared", Width: 28},
			{Title: "ERP status", Width: 16}, {Title: "ERP contract", Width: 16}, {Title: "ERP contract status", Width: 20}, {Title: "ERP customer", Width: 16}, v.at("ERP on rent"), v.at("ERP off rent"),
			{Title: "Sent", Width: 12}, v.at("Sent at"),
			{Title: "IRIS id", Width: 38}, {Title: "IRIS contract status", Width: 21}, {Title: "IRIS customer", Width: 16}, v.at("IRIS on rent"), v.at("IRIS off rent"),
		},
		Rows: picked(v.Held, v.reconciledRow),
	}
}

func (v *view) reconciledRow(r *pipeline.Reconciled) []Cell {
	key, status, sent, sentAt := Cell{}, Cell{}, Cell{}, Cell{}
	if r.Asset != nil {
		key, status = T(r.Asset.Key), T(r.Asset.Status)
		if !r.Asset.Sent.At.IsZero() {
			sent, sentAt = T(r.Asset.Sent.Outcome.String()), At(r.Asset.Sent.At)
		}
	}
	item := pipeline.FleetItem{}
	if r.Item != nil {
		item = *r.Item
	}
	difference := T(r.Drift).In(Bad)
	if r.Drift == "" && r.Wait == "" {
		difference = T("none").In(Good)
	} else if r.Drift == "" {
		difference = Cell{}
	}
	return []Cell{
		key, T(item.Key), difference, At(r.Since), T(r.Wait),
		status, T(item.Contract), T(item.ContractStatus), T(item.Customer), At(item.On), At(item.Shown),
		sent, sentAt, T(r.IRIS), T(r.Status), T(r.Who), At(r.On), At(r.Off),
	}
}
