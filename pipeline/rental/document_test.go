package rental_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline/rental"
)

// night is a small rental business: one machine on rent to one customer.
type night struct{ rental.Parts }

func newNight() *night {
	n := &night{rental.Parts{
		Key:       "004711",
		Contracts: map[string]rental.ContractRecord{},
		Customers: map[string]*rental.Record{},
		Depots:    map[string]*rental.Record{},
	}}
	asset := record(rental.Asset, "004711",
		rental.IdentifierType, "SERIAL_NUMBER", rental.Identifier, "WJX 00213", rental.RentalStatus, "ON_RENT")
	n.Asset = &asset
	n.item("MV-1/10", rental.ContractRef, "MV-1", rental.AssetRef, "004711", rental.OnRentDate, "2026-11-01T06:00:00Z")
	n.Contracts["MV-1"] = rental.ContractRecord{Record: record(rental.Contract, "MV-1", rental.CustomerRef, "0001"), Open: 1}
	customer := record(rental.Customer, "0001", rental.Name, "Müller & Söhne GmbH")
	n.Customers["0001"] = &customer
	return n
}

func (n *night) item(key string, fields ...any) *rental.ItemRecord {
	n.Items = append(n.Items, rental.ItemRecord{Record: record(rental.Item, key, fields...)})
	return &n.Items[len(n.Items)-1]
}

// record makes a record of alternating fields and texts.
func record(kind rental.Kind, key string, fields ...any) rental.Record {
	e := rental.Entity{Ref: rental.Ref{Kind: kind, Key: key}}
	for i := 0; i < len(fields); i += 2 {
		e.Fields = append(e.Fields, rental.FieldValue{Field: fields[i].(rental.Field), Value: rental.Of(fields[i+1].(string))})
	}
	return rental.Merge(nil, &e, "d1")
}

func assemble(t *testing.T, n *night) rental.Document {
	t.Helper()
	d, err := rental.Assembly{}.Document(&n.Parts)
	if err != nil {
		t.Fatalf("assemble: %v", err)
	}
	return d
}

func TestADocumentHoldsTheAssetItsItemsTheirContractsAndCustomers(t *testing.T) {
	t.Parallel()
	d := assemble(t, newNight())

	if len(d.Items) != 1 || d.Items[0].Customer == nil {
		t.Fatalf("got %+v, want one item with its customer", d)
	}
	got := []string{d.Asset.Reference, d.Items[0].Reference, d.Items[0].Contract.Reference, d.Items[0].Customer.Reference}
	if diff := cmp.Diff([]string{"004711", "MV-1/10", "MV-1", "0001"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReferencesFollowTheFlow(t *testing.T) {
	t.Parallel()
	d, err := rental.Assembly{References: "HH-{key}"}.Document(&newNight().Parts)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Items[0].Contract.Reference, "HH-MV-1"; got != want {
		t.Errorf("got reference %q, want %q", got, want)
	}
}

func TestAnAssetFoundByReferenceIsNamedAsTheFlowSendsReferences(t *testing.T) {
	t.Parallel()
	n := newNight()
	asset := record(rental.Asset, "004711", rental.IdentifierType, "EXTERNAL_REFERENCE", rental.Identifier, "004711")
	n.Asset = &asset

	d, err := rental.Assembly{References: "HH-{key}"}.Document(&n.Parts)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := d.Asset.Get(rental.Identifier); v.Text != "HH-004711" {
		t.Errorf("got identifier %q, want HH-004711", v.Text)
	}
}

func TestAnAssetWithoutIdentifierWaits(t *testing.T) {
	t.Parallel()
	n := newNight()
	asset := record(rental.Asset, "004711", rental.RentalStatus, "AVAILABLE")
	n.Asset = &asset

	_, err := rental.Assembly{}.Document(&n.Parts)
	var waiting *rental.Waiting
	if !errors.As(err, &waiting) || waiting.Why != "no identifier" {
		t.Errorf("got %v, want to wait for an identifier", err)
	}
}

func TestAnItemWithoutItsAssetWaits(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.Asset = nil

	var waiting *rental.Waiting
	if _, err := (rental.Assembly{}).Document(&n.Parts); !errors.As(err, &waiting) {
		t.Errorf("got %v, want to wait for the asset", err)
	}
}

func TestTwoAssetsWithOneIdentifierAreNotSent(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.Twins = []rental.Twin{{Key: "004712"}}

	var contradiction *rental.Contradiction
	if _, err := (rental.Assembly{}).Document(&n.Parts); !errors.As(err, &contradiction) {
		t.Errorf("got %v, want a contradiction", err)
	}
}

func TestAReferenceThatIsTooLongIsNotSent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 101)

	n := newNight()
	n.Key = long
	var contradiction *rental.Contradiction
	if _, err := (rental.Assembly{}).Document(&n.Parts); !errors.As(err, &contradiction) {
		t.Errorf("got %v, want the asset not to be sent", err)
	}

	n = newNight()
	n.item(long, rental.ContractRef, "MV-1", rental.AssetRef, "004711")
	if d := assemble(t, n); d.Has(long) || len(d.Left) != 1 {
		t.Errorf("got left out %v, want the item", d.Left)
	}
}

func TestAMissingPartLeavesTheItemOutAndSendsTheAsset(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(*night){
		"the contract is missing": func(n *night) { delete(n.Contracts, "MV-1") },
		"the customer is missing": func(n *night) { delete(n.Customers, "0001") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNight()
			take(n)
			d := assemble(t, n)
			if len(d.Items) != 0 || len(d.Left) != 1 || d.Left[0].Key != "MV-1/10" {
				t.Errorf("got items %v and left out %v, want the item left out", d.Items, d.Left)
			}
		})
	}
}

func TestAnUnknownDepotIsLeftOutAndListed(t *testing.T) {
	t.Parallel()
	n := newNight()
	asset := record(rental.Asset, "004711", rental.Identifier, "X", rental.OwningDepot, "MUC")
	n.Asset = &asset

	d := assemble(t, n)
	if _, said := d.Asset.Get(rental.OwningDepot); said {
		t.Error("the document names a depot that has no site")
	}
	if len(d.Left) != 1 || d.Left[0].Ref != (rental.Ref{Kind: rental.Depot, Key: "MUC"}) {
		t.Errorf("got left out %v, want the depot MUC", d.Left)
	}
}

func TestADepotIsSentAsItsSite(t *testing.T) {
	t.Parallel()
	const registered, configured = "6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11", "11111111-5d0e-4c7e-9c39-0b3c7d3f4a11"
	sites := map[string]string{"MUC": configured}

	n := newNight()
	asset := record(rental.Asset, "004711", rental.Identifier, "X", rental.OwningDepot, "MUC")
	n.Asset = &asset
	d, err := rental.Assembly{Sites: sites}.Document(&n.Parts)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := d.Asset.Get(rental.OwningDepot); v.Text != configured {
		t.Errorf("got site %q, want the configured one", v.Text)
	}

	depot := record(rental.Depot, "MUC", rental.SiteID, registered)
	n.Depots["MUC"] = &depot
	if d, err = (rental.Assembly{Sites: sites}).Document(&n.Parts); err != nil {
		t.Fatal(err)
	}
	if v, _ := d.Asset.Get(rental.OwningDepot); v.Text != registered {
		t.Errorf("got site %q, want the one the ERP's depot file gives", v.Text)
	}
}

func TestAnEndedItemLeavesByAcceptanceAndThatAloneChangesNoDigest(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.item("MV-1/20", rental.ContractRef, "MV-1", rental.AssetRef, "004711", rental.OffRentDate, "2026-11-20T16:00:00Z")

	before := assemble(t, n)
	if !before.Has("MV-1/20") || !before.Closing() {
		t.Fatal("the ended item must be sent until IRIS has taken it")
	}

	n.Items[1].Accepted = n.Items[1].Digest()
	after := assemble(t, n)
	if after.Has("MV-1/20") || after.Closing() {
		t.Error("the ended item must leave once IRIS has taken it")
	}
	if before.Digest() != after.Digest() {
		t.Error("leaving changed the digest")
	}
	if before.FullDigest() == after.FullDigest() {
		t.Error("the whole document must tell the two apart")
	}
}

func TestAnEndedItemThatChangesIsSentAgain(t *testing.T) {
	t.Parallel()
	n := newNight()
	item := n.item("MV-1/20", rental.ContractRef, "MV-1", rental.AssetRef, "004711", rental.OffRentDate, "2026-11-20T16:00:00Z")
	item.Accepted = item.Digest()
	item.Record = record(rental.Item, "MV-1/20", rental.ContractRef, "MV-1", rental.AssetRef, "004711", rental.OffRentDate, "2026-11-19T16:00:00Z")

	if d := assemble(t, n); !d.Has("MV-1/20") {
		t.Error("a corrected off-rent date must be sent")
	}
}

func TestWhatEndedBeforeTheFirstNightIsNotSent(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.item("OLD/1", rental.ContractRef, "MV-1", rental.OffRentDate, "2019-01-01T00:00:00Z").History = true

	if d := assemble(t, n); d.Has("OLD/1") {
		t.Error("history was sent")
	}
}

func TestAPlannedEndEndsNothingAndIsNotSent(t *testing.T) {
	t.Parallel()
	n := newNight()
	plain := assemble(t, n)
	n.Items[0].Record = record(rental.Item, "MV-1/10", rental.ContractRef, "MV-1", rental.AssetRef, "004711",
		rental.OnRentDate, "2026-11-01T06:00:00Z", rental.DueDate, "2026-11-05T22:59:59Z")

	if n.Items[0].Ended() {
		t.Error("a plan ended a rental")
	}
	if planned := assemble(t, n); planned.FullDigest() != plain.FullDigest() {
		t.Error("a plan changed the document")
	}
}

func TestAFieldIsClearedOnlyWhereAValueWas(t *testing.T) {
	t.Parallel()
	n := newNight()
	item := rental.Merge(&n.Items[0].Record, &rental.Entity{Ref: n.Items[0].Ref, Fields: []rental.FieldValue{
		{Field: rental.OffRentDate}, {Field: rental.OnRentDate},
	}}, "d2")
	n.Items[0].Record = item

	d := assemble(t, n)
	if _, said := d.Items[0].Get(rental.OffRentDate); said {
		t.Error("a field that never had a value must be left out")
	}
	if v, said := d.Items[0].Get(rental.OnRentDate); !said || !v.IsEmpty() {
		t.Error("a field that lost its value must be in the document, as empty")
	}
}

func TestAContractWithoutStatusGetsOneFromItsItems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                         string
		open, ahead, ended, vanished int
		given, want                  string
	}{
		{"all items lie ahead", 0, 2, 0, 0, "", "RESERVED"},
		{"one item is open", 1, 1, 1, 1, "", "OPEN"},
		{"one ended and one lies ahead", 0, 1, 1, 0, "", "OPEN"},
		{"all items ended", 0, 0, 3, 0, "", "COMPLETED"},
		{"all that was reserved vanished", 0, 0, 0, 2, "", "CANCELLED"},
		{"some of it vanished and some lies ahead", 0, 1, 0, 1, "", "RESERVED"},
		{"some of it vanished and some is over", 0, 0, 1, 1, "", "COMPLETED"},
		{"the ERP says it", 1, 0, 0, 0, "CANCELLED", "CANCELLED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			contract := rental.ContractRecord{
				Record: record(rental.Contract, "MV-1", rental.ContractStatus, c.given),
				Open:   c.open, Ahead: c.ahead, Ended: c.ended, Vanished: c.vanished,
			}
			if got, _ := contract.Status(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestItemsAreSentUnderTheKeyOfTheirGeneration(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.Items = nil
	n.item("MV-1/10", rental.ContractRef, "MV-1", rental.Generation, "3")
	n.item("MV-1/10~1", rental.ContractRef, "MV-1", rental.OffRentDate, "2026-11-05T22:59:59Z")
	n.item("MV-1/10~2", rental.ContractRef, "MV-1", rental.Generation, "2", rental.OffRentDate, "2026-11-09T22:59:59Z")

	d, err := rental.Assembly{References: "HH-{key}"}.Document(&n.Parts)
	if err != nil {
		t.Fatal(err)
	}
	var keys, references []string
	for i := range d.Items {
		keys, references = append(keys, d.Items[i].Key), append(references, d.Items[i].Reference)
	}
	if diff := cmp.Diff([]string{"HH-MV-1/10", "HH-MV-1/10~2", "HH-MV-1/10~3"}, references); diff != "" {
		t.Errorf("references, what ends first (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"MV-1/10~1", "MV-1/10~2", "MV-1/10"}, keys); diff != "" {
		t.Errorf("keys in the register (-want +got):\n%s", diff)
	}
	for _, key := range keys {
		if !d.Has(key) {
			t.Errorf("the document does not know that it carries %s", key)
		}
	}
}

func TestARentalThatWasAcceptedIsKnownAgainWhenItsKeyIsUsedForAnother(t *testing.T) {
	t.Parallel()
	last := rental.ItemRecord{Record: record(rental.Item, "MV-1/10", rental.ContractRef, "MV-1", rental.OffRentDate, "2026-11-05T22:59:59Z")}
	former := last
	former.Key = "MV-1/10~1"
	if last.Digest() != former.Digest() {
		t.Error("the former rental is another one to IRIS only because the register keeps it elsewhere")
	}
	next := rental.ItemRecord{Record: last.With(rental.Generation, rental.OfNumber("2"), rental.Source{})}
	if next.Digest() == last.Digest() {
		t.Error("the next rental is the same one to IRIS")
	}

	n := newNight()
	n.Items = append(n.Items, former)
	n.Items[1].Accepted = last.Digest()
	if d := assemble(t, n); d.Has("MV-1/10~1") || d.Closing() {
		t.Error("an ended rental that IRIS has taken is sent again under its new key")
	}
}

func TestWhatIsNotSentOfAnEndedItemDoesNotSendItAgain(t *testing.T) {
	t.Parallel()
	n := newNight()
	item := n.item("MV-1/20", rental.ContractRef, "MV-1", rental.OffRentDate, "2026-11-20T16:00:00Z")
	item.Accepted = item.Digest()
	item.Record = item.With(rental.DueDate, rental.Of("2026-12-01T22:59:59Z"), rental.Source{})
	end, _ := item.Get(rental.OffRentDate)
	item.Record = item.With(rental.OffRentDate, end, rental.Source{Rule: "inferred: not named on 2026-11-21"})

	if d := assemble(t, n); d.Has("MV-1/20") {
		t.Error("an item is sent again although IRIS is told nothing new")
	}
}

func TestAPlannedEndIsShownAsTheEndWhereTheMappingSaysSo(t *testing.T) {
	t.Parallel()
	due := rental.Value{Type: rental.Instant, Text: "2026-11-25T22:59:59Z"}
	moved := rental.Value{Type: rental.Instant, Text: "2026-11-28T22:59:59Z"}
	at := rental.Source{Column: "RUECK_SOLL"}

	n := newNight()
	plain := assemble(t, n)
	n.Items[0].Record = n.Items[0].With(rental.DueDate, due, at)
	n.Items[0].Record = n.Items[0].With(rental.OffRent, rental.Of("planned"), rental.Source{})
	n.Items[0].Record = n.Items[0].With(rental.Zone, rental.Of("Europe/Berlin"), rental.Source{})
	shown := assemble(t, n)

	want := plain.Items[0].Part
	want.Fields = append([]rental.FieldValue{}, want.Fields...)
	end := rental.FieldValue{Field: rental.OffRentDate, Value: due, Column: "RUECK_SOLL"}
	place := slices.IndexFunc(want.Fields, func(f rental.FieldValue) bool { return f.Field > rental.OffRentDate })
	if place < 0 {
		place = len(want.Fields)
	}
	want.Fields = slices.Insert(want.Fields, place, end)
	if diff := cmp.Diff(want, shown.Items[0].Part); diff != "" {
		t.Errorf("the item (-want +got):\n%s", diff)
	}
	if shown.Closing() || shown.Items[0].Ended {
		t.Error("a plan ended a rental")
	}

	n.Items[0].Record = n.Items[0].With(rental.PlannedEnd, moved, rental.Source{})
	later := assemble(t, n)
	if got, _ := later.Items[0].Get(rental.OffRentDate); got != moved {
		t.Errorf("shown to end on %s, want where the plan has moved to", got.Text)
	}
	if later.Closing() {
		t.Error("a plan that moved on ended a rental")
	}
}

func TestAReservationThatVanishedIsSentUntilItIsAcceptedAndThenLeaves(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.Items = nil
	ahead := rental.Value{Type: rental.Instant, Text: "2026-12-01T06:00:00Z"}
	item := n.item("MV-1/30", rental.ContractRef, "MV-1")
	item.Record = item.With(rental.OnRentDate, ahead, rental.Source{})
	item.Record = rental.EndUnnamed(&item.Record, "2026-11-21", "d2", nil, noEnd)
	n.Contracts["MV-1"] = rental.ContractRecord{Record: record(rental.Contract, "MV-1", rental.CustomerRef, "0001"), Vanished: 1}

	d := assemble(t, n)
	if !d.Has("MV-1/30") || !d.Closing() {
		t.Fatal("IRIS is not told that the reservation is over")
	}
	if status, _ := d.Items[0].Contract.Get(rental.ContractStatus); status.Text != "CANCELLED" {
		t.Errorf("the contract is %s, want CANCELLED", status.Text)
	}
	n.Items[0].Accepted = n.Items[0].Digest()
	if d := assemble(t, n); d.Has("MV-1/30") {
		t.Error("it stays although IRIS has taken it")
	}
}

// noEnd is an end that no rule needs.
func noEnd(string, string) rental.Value { return rental.Nothing() }

func TestAReferenceLeadsBackToItsKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, references, reference, key string
	}{
		{"without a template it is the key", "", "004711", "004711"},
		{"the key alone", "{key}", "004711", "004711"},
		{"before the key", "RM-{key}", "RM-004711", "004711"},
		{"after the key", "{key}/RM", "004711/RM", "004711"},
		{"around the key", "RM-{key}-A", "RM-004711-A", "004711"},
		{"a key that looks like the template", "RM-{key}", "RM-RM-1", "RM-1"},
		{"a key with braces", "RM-{key}", "RM-{key}", "{key}"},
		{"of another flow", "RM-{key}", "LE-004711", ""},
		{"in another case", "RM-{key}", "rm-004711", ""},
		{"nothing of a key", "RM-{key}", "RM-", ""},
		{"before and after overlap", "ABA{key}BAB", "ABAB", ""},
		{"none", "RM-{key}", "", ""},
		{"none without a template", "", "", ""},
		{"a template without a key", "RM", "RM", ""},
		{"a template with two keys", "{key}/{key}", "1/1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := rental.Assembly{References: tt.references}
			got, ok := a.Key(tt.reference)
			if got != tt.key || ok != (tt.key != "") {
				t.Errorf("key of %q is %q, %v; want %q", tt.reference, got, ok, tt.key)
			}
			if ok && a.Reference(got) != tt.reference {
				t.Errorf("the reference of %q is %q, want %q", got, a.Reference(got), tt.reference)
			}
		})
	}
}
