package pipeline

import "time"

// Finding is something that a person should look at. A large fleet has many: what
// else there is to tell of one stands with the asset and the machine.
type Finding struct {
	Kind    FindingKind
	Asset   *FleetAsset   // nil where the register does not know the machine
	Machine *MachineFacts // nil where telematics do not know the asset
	What    string
	Since   time.Time
}

// Key is the ERP's number.
func (f *Finding) Key() string {
	if f.Asset != nil {
		return f.Asset.Key
	}
	return f.Machine.Key
}

// Serial is the machine's serial number, or the one that the ERP says.
func (f *Finding) Serial() string {
	if f.Machine != nil && f.Machine.Serial != "" {
		return f.Machine.Serial
	}
	if f.Asset != nil && f.Asset.IdentifierType == "SERIAL_NUMBER" {
		return f.Asset.Identifier
	}
	return ""
}

// Model is the machine's model, or the one that the ERP says.
func (f *Finding) Model() string {
	if f.Machine != nil && f.Machine.Model != "" || f.Asset == nil {
		return f.Machine.Model
	}
	return f.Asset.Model
}

// Point is where the machine was last.
func (f *Finding) Point() Point {
	if f.Machine == nil {
		return Point{}
	}
	return f.Machine.Point
}

// Rental is the one that the asset is on at a time, or was on last; nil is none.
func (f *Finding) Rental(at time.Time) *FleetItem {
	if f.Asset == nil {
		return nil
	}
	if item := f.Asset.Rented(at); item != nil {
		return item
	}
	return f.Asset.Last()
}
