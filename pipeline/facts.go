package pipeline

import "encoding/json"

// MarshalJSON writes what became of a run as the commands promise it.
func (f RunFacts) MarshalJSON() ([]byte, error) {
	type delivery struct {
		Name   string        `json:"name"`
		State  DeliveryState `json:"state"`
		Reason string        `json:"reason,omitempty"`
	}
	out := struct {
		Run          string         `json:"run"`
		Flow         string         `json:"flow"`
		State        RunState       `json:"state"`
		Reason       string         `json:"reason,omitempty"`
		Reverts      bool           `json:"reverts,omitempty"`
		BusinessDate string         `json:"businessDate"`
		Lacks        []string       `json:"lacks,omitempty"`
		Delivery     string         `json:"delivery"`
		Deliveries   []delivery     `json:"deliveries"`
		Rows         RowTotals      `json:"rows"`
		Skips        map[string]int `json:"skips,omitempty"`
		Parked       int            `json:"parked"`
		Warnings     int            `json:"warnings"`
		Absent       int            `json:"absent"`
		Documents    DocumentTotals `json:"documents"`
		CarriedIn    int            `json:"carriedIn"`
		CustomFields CustomTotals   `json:"customFields,omitempty"`
		Clears       int            `json:"clears"`
		Reports      []string       `json:"reports"`
		Mending      []string       `json:"rejects,omitempty"`
		Unmatched    string         `json:"unmatched,omitempty"`
		LeftOut      int            `json:"linesLeftOut,omitempty"`
	}{
		Run: f.Run.ID, Flow: f.Run.Flow, State: f.Run.State, Reason: f.Run.Reason, Reverts: f.Run.Reverts, BusinessDate: f.Run.BusinessDate,
		Lacks: f.Run.Lacks, Deliveries: []delivery{}, Rows: f.Rows, Skips: f.Skips, Parked: f.Parked, Warnings: f.Warnings, Absent: f.Absent,
		Documents: f.Documents, CarriedIn: f.CarriedIn, CustomFields: f.CustomFields, Clears: f.Clears, Reports: append([]string{}, f.Reports...), Mending: f.Mending, Unmatched: f.Unmatched, LeftOut: f.LeftOut,
	}
	for _, d := range f.Deliveries {
		out.Deliveries = append(out.Deliveries, delivery{d.Name, d.State, d.Reason})
	}
	if len(f.Deliveries) > 0 {
		out.Delivery = f.Deliveries[0].Name
	}
	return json.Marshal(out)
}

// NeedsAttention reports whether something new went wrong in the run that a
// person should look at. New unmatched assets alone do not count.
func (f RunFacts) NeedsAttention() bool {
	for o, n := range f.Documents {
		if n > 0 && o.NeedsAttention() {
			return true
		}
	}
	for _, d := range f.Deliveries {
		if d.State == DeliveryQuarantined || d.Again && d.State == DeliverySuperseded {
			return true
		}
	}
	return f.CustomFields.NeedsAttention() || f.Rows.Rejected > 0 || f.Parked > 0 || f.LeftOut > 0 || f.Run.State == RunDone && len(f.Run.Lacks) > 0 || f.Run.State == RunFailed || f.Run.State == RunHeld
}
