package rental

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/transforms"
)

// Who is who. An asset has one key in the ERP, and IRIS finds it by something
// else: the id that a crosswalk gives, a serial number, a reference. That other
// thing belongs to one asset alone, and stays with it until a person agrees that
// it changes.

// Ways in which IRIS finds an asset that mean more here than a word.
const (
	byID           = "ASSET_ID"
	bySerialNumber = "SERIAL_NUMBER"
	byReference    = "EXTERNAL_REFERENCE" // the ERP's text, in the form in which this flow sends references
)

// FoundBy is what IRIS finds an asset by: the id that a crosswalk gives beats
// whatever else is known. Both are "" where there is nothing.
func (r *Record) FoundBy() (identifierType, identifier string) {
	if id := r.Text(AssetID); id != "" {
		return byID, id
	}
	if r.Text(Identifier) == "" {
		return "", ""
	}
	return r.Text(IdentifierType), r.Text(Identifier)
}

// Identity is what must be one asset's alone: normalised forms only compare. It
// is "" where nothing is known that IRIS could find the asset by.
func (r *Record) Identity() string {
	identifierType, identifier := r.FoundBy()
	if identifier == "" {
		return ""
	}
	return normal(identifierType, identifier)
}

func normal(identifierType, identifier string) string {
	return identifierType + " " + transforms.NormalizeSerial(identifier)
}

// Identity is how the document tells IRIS to find the asset: identifier type, a
// blank, identifier.
func (d *Document) Identity() string {
	identifierType, _ := d.Asset.Get(IdentifierType)
	return identifierType.Text + " " + d.Identifier()
}

// Reidentified tells in words that a document names its asset by another
// identifier than the one under which it was accepted last; "" where it does not,
// and where a crosswalk says so, or IRIS itself spells it so.
func (d *Document) Reidentified(p *Parts, accepted string) string {
	identifierType, identifier, _ := strings.Cut(accepted, " ")
	nextType, next, _ := strings.Cut(d.Identity(), " ")
	if accepted == "" || p.Asset.Text(AssetID) != "" || p.spelled() != nil || normal(identifierType, identifier) == normal(nextType, next) {
		return ""
	}
	return fmt.Sprintf("identifier changed from %s to %s; approve it with rentalsync approve %s, or correct the ERP",
		accepted, d.Identity(), d.Key)
}

// twins is the verdict on an asset whose identifier others have as well. One that
// no file names any more gives way to the one that has taken its place.
func (p *Parts) twins() error {
	_, identifier := p.Asset.FoundBy()
	live, gone := p.otherKeys()
	switch {
	case len(live) == 0 && p.Gone == "":
		return nil
	case len(live) > 0 && p.Gone != "":
		return &Contradiction{Why: fmt.Sprintf("identifier %q belongs to asset %s now: no file names asset %s since %s",
			identifier, strings.Join(live, ", "), p.Key, p.Gone)}
	case len(live)+len(gone) > 0:
		return &Contradiction{Why: fmt.Sprintf("identifier %q also belongs to asset %s", identifier, strings.Join(append(live, gone...), ", "))}
	default:
		return nil
	}
}

func (p *Parts) otherKeys() (live, gone []string) {
	for _, t := range p.Twins {
		if t.Gone {
			gone = append(gone, t.Key)
		} else {
			live = append(live, t.Key)
		}
	}
	return live, gone
}

// customer is who a contract's customer is: a crosswalk may say that it is the
// same as another, and that as a third. The key is the one IRIS knows it by, the
// record the last one on the way that the register knows; nil where it knows not
// even the first. Customers that are the same in a circle are themselves.
func (p *Parts) customer(key string) (who string, record *Record, circle string) {
	who, record = key, p.Customers[key]
	way := []string{key}
	for at := record; at != nil; at = p.Customers[who] {
		record = at
		next := at.Text(SameAs)
		if next == "" || next == who {
			break
		}
		if slices.Contains(way, next) {
			return key, p.Customers[key], strings.Join(append(way, next), ", ")
		}
		who, way = next, append(way, next)
	}
	return who, record, ""
}
