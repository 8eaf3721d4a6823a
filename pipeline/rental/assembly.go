package rental

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Assembly makes documents of parts, by the flow's settings.
type Assembly struct {
	References string            // what IRIS sees as external reference, with {key}; default "{key}"
	Sites      map[string]string // configured site ids by depot key; the register's own come first
}

// Document assembles what IRIS should hold of an asset now. The error is a
// Waiting or Contradiction when the asset cannot be sent.
func (a Assembly) Document(p *Parts) (Document, error) {
	if p.Asset == nil {
		return Document{}, &Waiting{Why: "no delivery has named the asset " + p.Key}
	}
	if p.Asset.Text(Identifier) == "" {
		return Document{}, &Waiting{Why: "no identifier"}
	}
	if len(p.Twins) > 0 {
		return Document{}, &Contradiction{Why: fmt.Sprintf("identifier %q also belongs to asset %s", p.Asset.Text(Identifier), strings.Join(p.Twins, ", "))}
	}

	if a.tooLong(p.Key) {
		return Document{}, &Contradiction{Why: tooLongWhy}
	}

	d := Document{Key: p.Key}
	d.Asset = a.part(p, &p.Asset.Ref, p.Asset.Fields, &d.Left)
	if p.Asset.Text(IdentifierType) == byReference {
		d.Asset.set(FieldValue{Field: Identifier, Value: Of(a.Reference(p.Asset.Text(Identifier)))})
	}
	for i := range p.Items {
		if item, ok := a.item(p, &p.Items[i], &d.Left); ok {
			d.Items = append(d.Items, item)
		}
	}

	slices.SortFunc(d.Items, func(x, y ItemPart) int { return strings.Compare(x.Key, y.Key) })
	return d, nil
}

// Waiting is the verdict on an asset whose document cannot be made yet.
type Waiting struct{ Why string }

// Error says what is missing.
func (w *Waiting) Error() string { return w.Why }

// Contradiction is the verdict on an asset that cannot be sent until somebody
// settles something in the ERP.
type Contradiction struct{ Why string }

// Error says what is contradictory.
func (c *Contradiction) Error() string { return c.Why }

// byReference says that IRIS finds the asset by its external reference, which is
// the ERP's text in the form that this flow sends references in.
const byReference = "EXTERNAL_REFERENCE"

// item adds one contract item where it belongs in the document: open and future
// items always, ended ones until IRIS has taken them as they are.
func (a Assembly) item(p *Parts, item *ItemRecord, left *[]LeftOut) (ItemPart, bool) {
	if item.Ended() && (item.History || item.Accepted == item.Digest()) {
		return ItemPart{}, false
	}

	contract, known := p.Contracts[item.Text(ContractRef)]
	if !known {
		*left = append(*left, LeftOut{item.Ref, fmt.Sprintf("waits for contract %q", item.Text(ContractRef))})
		return ItemPart{}, false
	}

	if a.tooLong(item.Key) || a.tooLong(contract.Key) || a.tooLong(contract.Text(CustomerRef)) {
		*left = append(*left, LeftOut{item.Ref, "or its contract or customer cannot be named: " + tooLongWhy})
		return ItemPart{}, false
	}

	part := ItemPart{Ended: item.Ended()}
	if key := contract.Text(CustomerRef); key != "" {
		customer := p.Customers[key]
		if customer == nil {
			*left = append(*left, LeftOut{item.Ref, fmt.Sprintf("waits for customer %q", key)})
			return ItemPart{}, false
		}
		sent := a.part(p, &customer.Ref, customer.Fields, left)
		part.Customer = &sent
	}

	part.Part = a.part(p, &item.Ref, item.Fields, left)
	part.Contract = a.part(p, &contract.Ref, contract.Fields, left)
	if status, derived := contract.Status(); derived {
		part.Contract.set(FieldValue{Field: ContractStatus, Value: Of(status)})
	}
	return part, true
}

// part keeps what is sent of a record. A field that is empty and always was is
// left out; one that has to be cleared is in the part, as empty. A depot becomes
// its site's id; one that has none is left out and listed.
func (a Assembly) part(p *Parts, ref *Ref, fields []RecordField, left *[]LeftOut) Part {
	sent := Part{Key: ref.Key, Reference: a.Reference(ref.Key), Fields: make([]FieldValue, 0, len(fields))}

	for i := range fields {
		spec, known := SpecOf(ref.Kind, fields[i].Field)
		value := fields[i].Value
		if !known || !spec.Sent || isLink(spec) || value.Type == Empty {
			continue
		}
		if spec.Refers == Depot && !value.IsEmpty() {
			site, found := a.site(p, value.Text)
			if !found {
				*left = append(*left, LeftOut{Ref{Depot, value.Text}, "has no site in IRIS"})
				continue
			}
			value = Of(site)
		}
		if value.Type == Cleared {
			value = Nothing()
		}
		sent.Fields = append(sent.Fields, FieldValue{Field: fields[i].Field, Value: value, Column: fields[i].Source.Column})
	}
	return sent
}

// isLink reports whether a field only ties entities together: in a document
// they are nested instead.
func isLink(s Spec) bool { return s.Refers != 0 && s.Refers != Depot }

func (a Assembly) site(p *Parts, key string) (string, bool) {
	if depot := p.Depots[key]; depot != nil && depot.Text(SiteID) != "" {
		return depot.Text(SiteID), true
	}
	site, found := a.Sites[key]
	return site, found
}

// longestReference is what IRIS allows of an external reference, in characters.
const longestReference = 100

const tooLongWhy = "an external reference has more than 100 characters, which IRIS refuses; shorten references or the key"

func (a Assembly) tooLong(key string) bool {
	return utf8.RuneCountInString(a.Reference(key)) > longestReference
}

// Reference is the external reference of a key.
func (a Assembly) Reference(key string) string {
	if a.References == "" {
		return key
	}
	return strings.ReplaceAll(a.References, "{key}", key)
}

// Key is the key that has a reference; false where no key of the flow can have
// it.
func (a Assembly) Key(reference string) (key string, ok bool) {
	before, after, _ := strings.Cut(a.Reference("{key}"), "{key}")
	key, ok = strings.CutPrefix(reference, before)
	if ok {
		key, ok = strings.CutSuffix(key, after)
	}
	if !ok || key == "" || a.Reference(key) != reference {
		return "", false
	}
	return key, true
}
