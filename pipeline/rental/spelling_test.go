package rental_test

import (
	"testing"

	"rentalsync/pipeline/rental"
)

// spelledAsset are the parts of an asset of which prepare has found out how IRIS
// spells it.
func spelledAsset(fields map[rental.Field]string, by rental.Spelling) *rental.Parts {
	e := rental.Entity{Ref: rental.Ref{Kind: rental.Asset, Key: "A1"}}
	for f, text := range fields {
		e.Fields = append(e.Fields, rental.FieldValue{Field: f, Value: rental.Of(text)})
	}
	r := rental.Merge(nil, &e, "d")
	return &rental.Parts{Key: "A1", Asset: &r, Spelling: &by}
}

func TestWhatIRISFindsAnAssetBy(t *testing.T) {
	t.Parallel()
	serial := map[rental.Field]string{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "wjx-00213"}
	iris := rental.Spelling{Key: "A1", Said: "SERIAL_NUMBER WJX00213", IdentifierType: "SERIAL_NUMBER", Identifier: "WJX00213"}
	tests := []struct {
		name   string
		fields map[rental.Field]string
		by     rental.Spelling
		want   string
		who    rental.Speller
	}{
		{"the spelling that IRIS itself has goes before the ERP's text", serial, iris, "SERIAL_NUMBER WJX00213", rental.SpelledByIRIS},
		{"a crosswalk goes before both", map[rental.Field]string{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "wjx-00213", rental.AssetID: "id-7"}, iris, "ASSET_ID id-7", rental.SpelledByCrosswalk},
		{"once the ERP says another number its text counts again", map[rental.Field]string{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "wjx-00999"}, iris, "SERIAL_NUMBER wjx-00999", rental.SpelledByERP},
		{"a machine without a serial number in IRIS goes by its id", serial, rental.Spelling{Said: "SERIAL_NUMBER WJX00213", IdentifierType: "ASSET_ID", Identifier: "id-7"}, "ASSET_ID id-7", rental.SpelledByIRIS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parts := spelledAsset(tt.fields, tt.by)
			d, err := rental.Assembly{}.Document(parts)
			if err != nil {
				t.Fatal(err)
			}
			if d.Identity() != tt.want || d.SpelledBy != tt.who {
				t.Errorf("got %s by %s, want %s by %s", d.Identity(), d.SpelledBy, tt.want, tt.who)
			}
		})
	}
}

func TestAnotherSpellingByIRISIsNoOtherMachine(t *testing.T) {
	t.Parallel()
	parts := spelledAsset(map[rental.Field]string{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: "HH-00213"},
		rental.Spelling{Said: "SERIAL_NUMBER HH00213", IdentifierType: "SERIAL_NUMBER", Identifier: "00213"})
	before, err := rental.Assembly{}.Document(&rental.Parts{Key: "A1", Asset: parts.Asset})
	if err != nil {
		t.Fatal(err)
	}
	after, err := rental.Assembly{}.Document(parts)
	if err != nil {
		t.Fatal(err)
	}
	if why := after.Reidentified(parts, before.Identity()); why != "" {
		t.Errorf("it is held: %s", why)
	}
	if before.Digest() == after.Digest() {
		t.Error("the document is not sent again, although it says something else")
	}
}

func TestMatchesSayWhatIsToBeSent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		erp  string
		iris rental.IRISAsset
		by   rental.MatchRule
		want string // "" is the ERP's text
	}{
		{"another spelling is IRIS's", "wjx-00213", rental.IRISAsset{ID: "7", Serial: "WJX00213"}, rental.BySpelling, "SERIAL_NUMBER WJX00213"},
		{"the same spelling needs nothing", "WJX00213", rental.IRISAsset{ID: "7", Serial: "WJX00213"}, rental.BySerial, ""},
		{"a PIN is told as the serial number", "JCB00K12345678", rental.IRISAsset{ID: "7", Serial: "12345678", PIN: "JCB00K12345678"}, rental.BySerial, "SERIAL_NUMBER 12345678"},
		{"without a serial number it is the id", "WJX00213", rental.IRISAsset{ID: "7"}, rental.ByReference, "ASSET_ID 7"},
		{"what a crosswalk says needs nothing", "WJX00213", rental.IRISAsset{ID: "7", Serial: "X"}, rental.ByCrosswalk, ""},
		{"what has no serial number in the ERP needs nothing", "", rental.IRISAsset{ID: "7", Serial: "X"}, rental.ByReference, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := rental.Match{ERP: &rental.ERPAsset{Key: "A", Identifier: tt.erp}, IRIS: &tt.iris, By: tt.by}
			got := ""
			if s, needed := m.Spelling(); needed {
				got = s.IdentifierType + " " + s.Identifier
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
