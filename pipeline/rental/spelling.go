package rental

// Spelling is by what an account finds an asset that the ERP spells otherwise. It
// holds while the ERP says what it said when the two were found to be one.
type Spelling struct {
	Key            string // of the asset
	Said           string // the identity that the ERP gave it
	IdentifierType string
	Identifier     string
}

// Spelling is what has to be sent instead of the ERP's text, so that the account
// finds the asset; false where the text will do.
func (m *Match) Spelling() (Spelling, bool) {
	s := Spelling{Key: m.ERP.Key, Said: m.ERP.Said, IdentifierType: bySerialNumber, Identifier: m.IRIS.Serial}
	if m.IRIS.Serial == "" {
		s.IdentifierType, s.Identifier = byID, m.IRIS.ID
	}
	asked := m.By == ByCrosswalk || m.ERP.Identifier == ""
	return s, !asked && m.ERP.Identifier != s.Identifier
}

// spelled is the account's own spelling of an asset's identifier; nil where the
// ERP's text is sent, and where a crosswalk knows better.
func (p *Parts) spelled() *Spelling {
	if p.Spelling == nil || p.Asset == nil || p.Asset.Text(AssetID) != "" || p.Spelling.Said != p.Asset.Identity() {
		return nil
	}
	return p.Spelling
}

// Speller is who gave what IRIS is to find an asset by.
type Speller string

// All that give identifiers, the first before the others.
const (
	SpelledByCrosswalk Speller = "crosswalk"
	SpelledByIRIS      Speller = "iris" // its own spelling, as prepare found it
	SpelledByERP       Speller = "erp"
)
