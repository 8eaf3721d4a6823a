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
	if len(p.Asset.Fields) == 1 && p.Asset.Text(AssetID) != "" {
		return Document{}, &Waiting{Why: "nothing but a crosswalk has named the asset " + p.Key}
	}
	if p.Asset.Identity() == "" {
		return Document{}, &Waiting{Why: "no identifier"}
	}
	if err := p.twins(); err != nil {
		return Document{}, err
	}
	if a.tooLong(p.Key) {
		return Document{}, &Contradiction{Why: tooLongWhy}
	}

	d := Document{Key: p.Key}
	d.Asset, d.SpelledBy = a.asset(p, &d.Left)
	for i := range p.Items {
		if item, ok := a.item(p, &p.Items[i], &d.Left); ok {
			d.Items = append(d.Items, item)
		}
	}

	slices.SortFunc(d.Items, inOrder)
	return d, nil
}

// inOrder puts what ends first: a rental that follows another one begins after
// it has ended.
func inOrder(x, y ItemPart) int {
	if x.Ended != y.Ended {
		if x.Ended {
			return -1
		}
		return 1
	}
	return strings.Compare(x.Reference, y.Reference)
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

// asset is the asset's own part, with what IRIS is to find it by: what a crosswalk
// says, else how IRIS itself spells it, else the ERP's text.
func (a Assembly) asset(p *Parts, left *[]LeftOut) (sent Part, by Speller) {
	sent = a.part(p, p.Key, p.Asset, left)
	findBy := func(identifierType, identifier, column string) {
		sent.set(FieldValue{Field: IdentifierType, Value: Of(identifierType), Column: column})
		sent.set(FieldValue{Field: Identifier, Value: Of(identifier), Column: column})
	}

	identifierType, identifier := p.Asset.FoundBy()
	switch spelled := p.spelled(); {
	case p.Asset.Text(AssetID) != "":
		findBy(identifierType, identifier, p.Asset.column(AssetID))
		return sent, SpelledByCrosswalk
	case spelled != nil:
		findBy(spelled.IdentifierType, spelled.Identifier, p.Asset.column(Identifier))
		return sent, SpelledByIRIS
	case identifierType == byReference:
		sent.set(FieldValue{Field: Identifier, Value: Of(a.Reference(identifier)), Column: p.Asset.column(Identifier)})
	}
	return sent, SpelledByERP
}

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

	part := ItemPart{Ended: item.Ended()}
	who, why := a.customer(p, &contract, left)
	if why == "" && (a.tooLong(item.SentKey()) || a.tooLong(contract.Key)) {
		why = "or its contract cannot be named: " + tooLongWhy
	}
	if why != "" {
		*left = append(*left, LeftOut{item.Ref, why})
		return ItemPart{}, false
	}

	part.Customer = who
	part.Part = a.part(p, item.SentKey(), &item.Record, left)
	if end, shown := item.Planned(); shown {
		part.set(FieldValue{Field: OffRentDate, Value: end, Column: item.column(DueDate)})
	}
	part.Contract = a.part(p, contract.Key, &contract.Record, left)
	if status, derived := contract.Status(); derived {
		part.Contract.set(FieldValue{Field: ContractStatus, Value: Of(status)})
	}
	return part, true
}

// customer is the contract's customer as IRIS knows it; nil where the contract
// names none. It tells why the item must wait for it.
func (a Assembly) customer(p *Parts, contract *ContractRecord, left *[]LeftOut) (who *Part, why string) {
	named := contract.Text(CustomerRef)
	if named == "" {
		return nil, ""
	}
	key, record, circle := p.customer(named)
	if record == nil {
		return nil, fmt.Sprintf("waits for customer %q", named)
	}
	if a.tooLong(key) {
		return nil, "its customer cannot be named: " + tooLongWhy
	}

	if circle != "" {
		*left = append(*left, LeftOut{Ref{Customer, named}, "is the same customer in a circle (" + circle + "), and is sent as itself; correct the crosswalk"})
	}
	sent := a.part(p, key, record, left)
	sent.Key = key
	return &sent, ""
}

// part keeps what is sent of a record, under the key that IRIS knows. A field that is empty and always was is
// left out; one that has to be cleared is in the part, as empty. A depot becomes
// its site's id; one that has none is left out and listed.
func (a Assembly) part(p *Parts, key string, r *Record, left *[]LeftOut) Part {
	sent := Part{Key: r.Key, Reference: a.Reference(key), Fields: make([]FieldValue, 0, len(r.Fields))}

	for i := range r.Fields {
		spec, known := SpecOf(r.Kind, r.Fields[i].Field)
		value := r.Fields[i].Value
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
		sent.Fields = append(sent.Fields, FieldValue{Field: r.Fields[i].Field, Value: value, Column: r.Fields[i].Source.Column})
	}
	return sent
}

// column is where a field's value is from.
func (r *Record) column(f Field) string {
	i, found := r.find(f)
	if !found {
		return ""
	}
	return r.Fields[i].Source.Column
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
