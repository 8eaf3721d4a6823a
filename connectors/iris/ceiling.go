package iris

// The ceilings of the export in requests a second, which IRIS keeps for all that
// call it for a customer.
const (
	FleetCeiling     = 50
	EquipmentCeiling = 500
)

// Capped are the rates that IRIS allows: where it has a ceiling, no limit of
// one's own is the ceiling too.
func (r Rates) Capped() Rates {
	r.Fleet = capped(r.Fleet, FleetCeiling)
	r.Equipment = capped(r.Equipment, EquipmentCeiling)
	return r
}

func capped(rate, ceiling float64) float64 {
	if rate <= 0 {
		return ceiling
	}
	return min(rate, ceiling)
}
