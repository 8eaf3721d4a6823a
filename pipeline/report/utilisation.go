package report

import (
	"cmp"
	"slices"

	"rentalsync/pipeline"
)

// utilisation is what each machine did over the days that are looked back on.
func (v *view) utilisation() Sheet {
	return Sheet{
		Name: utilisationSheet, Table: "Utilisation",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Serial number", Width: 20}, {Title: "Model", Width: 16}, {Title: "Depot", Width: 18}, {Title: "Status", Width: 16},
			v.day("First reading"), v.day("Last reading"),
			{Title: "Days looked at", Type: Integer, Width: 15}, {Title: "Days on rent", Type: Integer, Width: 14}, {Title: "Days worked", Type: Integer, Width: 13},
			{Title: "Hours", Type: Decimal, Decimals: 1, Width: 10}, {Title: "Hours a day", Type: Decimal, Decimals: 1, Width: 13},
			{Title: "Idle hours", Type: Decimal, Decimals: 1, Width: 12}, {Title: "Idle share", Type: Percent, Width: 12},
			{Title: "Fuel used", Type: Decimal, Decimals: 1, Width: 12}, {Title: "Fuel an hour", Type: Decimal, Decimals: 1, Width: 14}, {Title: "Fuel unit", Width: 11},
		},
		Rows: picked(v.Machines, v.utilisationRow),
	}
}

// utilisationRow is nil for a machine whose hours are not known.
func (v *view) utilisationRow(m *pipeline.MachineFacts) []Cell {
	u := &m.Usage
	if !u.To.Known() {
		return nil
	}
	status, depot := "", ""
	if m.Asset != nil {
		status, depot = m.Asset.Status, v.Sites.DepotName(m.Asset.OwningDepot)
	}
	span := u.To.At.Sub(u.From.At).Hours() / 24
	worked := N(u.Worked)
	if u.OnRent > 0 && u.Worked == 0 && span >= 1 {
		worked = worked.In(Notable)
	}
	return []Cell{
		T(m.Key), T(m.Serial), T(m.Model), T(depot), T(status), At(u.From.At), At(u.To.At),
		N(u.Days), filledIf(m.Asset != nil, N(u.OnRent)), worked,
		R(u.Hours), filledIf(span >= 1, R(u.Hours/max(span, 1))),
		filledIf(m.Idle.Known(), R(u.Idle)), filledIf(m.Idle.Known(), Share(u.Idle, u.Hours)),
		filledIf(m.Fuel.Known(), R(u.Fuel)), filledIf(m.Fuel.Known() && u.Hours >= 1, R(u.Fuel/max(u.Hours, 1))), T(m.Unit),
	}
}

// byDay is what the fleet did day by day, to look at.
func (v *view) byDay() Sheet {
	return Sheet{
		Name: byDaySheet, Table: "HoursByDay",
		Columns: []Column{
			v.day("Day"), {Title: "Operating hours", Type: Decimal, Decimals: 1, Width: 17}, {Title: "Idle hours", Type: Decimal, Decimals: 1, Width: 12},
			{Title: "Machines at work", Type: Integer, Width: 18}, {Title: "Hours a machine", Type: Decimal, Decimals: 1, Width: 17},
		},
		Rows: picked(v.Days, func(d *pipeline.FleetDay) []Cell {
			return []Cell{At(d.Day), R(d.Hours), R(d.Idle), N(d.Machines), filledIf(d.Machines > 0, R(d.Hours/float64(max(d.Machines, 1))))}
		}),
		Charts: []Chart{{Title: "Operating hours of the fleet by day", Kind: Columns, By: 0, Values: []int{1, 2}}},
	}
}

// modelUse sums up the machines of one model.
type modelUse struct {
	model                        string
	machines, days, rent, worked int
	hours, idle                  float64
	metered                      float64 // hours of those that tell when they idle
}

// mostBars is how many models are drawn.
const mostBars = 15

// byModel is what the models did, those that worked most first.
func (v *view) byModel() Sheet {
	return Sheet{
		Name: byModelSheet, Table: "HoursByModel",
		Columns: []Column{
			{Title: "Model", Width: 24}, {Title: "Machines", Type: Integer, Width: 11}, {Title: "Operating hours", Type: Decimal, Decimals: 1, Width: 17},
			{Title: "Idle share", Type: Percent, Width: 12}, {Title: "Time on rent", Type: Percent, Width: 14}, {Title: "Time at work", Type: Percent, Width: 14},
		},
		Rows: Of(v.models(), func(m *modelUse) []Cell {
			return []Cell{
				T(m.model), N(m.machines), R(m.hours), Share(m.idle, m.metered),
				Share(float64(m.rent), float64(m.days)), Share(float64(m.worked), float64(m.days)),
			}
		}),
		Charts: []Chart{
			{Title: "Share of days on rent and at work, by model", Kind: Bars, By: 0, Values: []int{4, 5}, First: mostBars},
			{Title: "Operating hours by model", Kind: Bars, By: 0, Values: []int{2}, First: mostBars, Below: 21},
		},
	}
}

func (v *view) models() []*modelUse {
	known := map[string]*modelUse{}
	var list []*modelUse
	for i := range v.Machines {
		m := &v.Machines[i]
		model := cmp.Or(m.Model, "(unknown)")
		use := known[model]
		if use == nil {
			use = &modelUse{model: model}
			known[model], list = use, append(list, use)
		}
		use.machines++
		use.days += m.Usage.Days
		use.rent += m.Usage.OnRent
		use.worked += min(m.Usage.Worked, m.Usage.Days)
		use.hours += m.Usage.Hours
		if m.Idle.Known() {
			use.idle += m.Usage.Idle
			use.metered += m.Usage.Hours
		}
	}
	slices.SortFunc(list, func(a, b *modelUse) int {
		return cmp.Or(cmp.Compare(b.hours, a.hours), cmp.Compare(b.machines, a.machines), cmp.Compare(a.model, b.model))
	})
	return list
}
