package rental_test

import (
	"errors"
	"testing"

	"rentalsync/pipeline/rental"
)

func (n *night) asset(fields ...any) {
	asset := record(rental.Asset, "004711", fields...)
	n.Asset = &asset
}

func (n *night) customer(key string, fields ...any) {
	customer := record(rental.Customer, key, fields...)
	n.Customers[key] = &customer
}

func TestTheIdOfACrosswalkBeatsEveryOtherIdentifier(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string][]any{
		"a serial number": {rental.IdentifierType, "SERIAL_NUMBER", rental.Identifier, "WJX 00213"},
		"a reference":     {rental.IdentifierType, "EXTERNAL_REFERENCE", rental.Identifier, "4711"},
		"no identifier":   {rental.RentalStatus, "ON_RENT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNight()
			n.asset(append(fields, rental.AssetID, "6f0c7b7e-5d0e")...)

			d, err := rental.Assembly{References: "HH-{key}"}.Document(&n.Parts)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := d.Identity(), "ASSET_ID 6f0c7b7e-5d0e"; got != want {
				t.Errorf("IRIS finds the asset by %q, want %q", got, want)
			}
			if got, want := n.Asset.Identity(), "ASSET_ID 6F0C7B7E5D0E"; got != want {
				t.Errorf("what must be one asset's alone is %q, want %q", got, want)
			}
			if _, said := d.Asset.Get(rental.AssetID); said {
				t.Error("the id is sent a second time, as a field")
			}
		})
	}
}

func TestAnAssetThatNothingButACrosswalkNamesWaits(t *testing.T) {
	t.Parallel()
	n := newNight()
	n.asset(rental.AssetID, "6f0c7b7e-5d0e")

	_, err := rental.Assembly{}.Document(&n.Parts)
	if waiting := new(rental.Waiting); !errors.As(err, &waiting) {
		t.Errorf("the document: %v, want one that waits", err)
	}
}

func TestAnAssetThatIsGoneGivesWayToItsSuccessor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		gone  string
		twins []rental.Twin
		want  string
	}{
		{"two live ones are both not sent", "", []rental.Twin{{Key: "8"}}, `identifier "WJX 00213" also belongs to asset 8`},
		{"the live one is sent", "", []rental.Twin{{Key: "8", Gone: true}}, ""},
		{"the gone one is not", "2026-11-20", []rental.Twin{{Key: "8"}}, `identifier "WJX 00213" belongs to asset 8 now: no file names asset 004711 since 2026-11-20`},
		{"of two that are gone neither is", "2026-11-20", []rental.Twin{{Key: "8", Gone: true}}, `identifier "WJX 00213" also belongs to asset 8`},
		{"a live one and a gone one: the live one contradicts", "", []rental.Twin{{Key: "8"}, {Key: "9", Gone: true}}, `identifier "WJX 00213" also belongs to asset 8, 9`},
		{"one that is gone and has no twin is sent", "2026-11-20", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := newNight()
			n.Gone, n.Twins = c.gone, c.twins

			_, err := rental.Assembly{}.Document(&n.Parts)
			if c.want == "" {
				if err != nil {
					t.Errorf("not sent: %v", err)
				}
				return
			}
			var contradiction *rental.Contradiction
			if !errors.As(err, &contradiction) || contradiction.Why != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAChangedIdentifierIsToldUnlessItIsTheSameOrACrosswalkSaysSo(t *testing.T) {
	t.Parallel()
	const serial = "SERIAL_NUMBER"
	for _, c := range []struct {
		name     string
		accepted string
		asset    []any
		want     string
	}{
		{"never accepted before", "", []any{rental.IdentifierType, serial, rental.Identifier, "2"}, ""},
		{"the same", "SERIAL_NUMBER WJX 00213", []any{rental.IdentifierType, serial, rental.Identifier, "WJX 00213"}, ""},
		{"spelled otherwise", "SERIAL_NUMBER WJX 00213", []any{rental.IdentifierType, serial, rental.Identifier, "wjx-00213"}, ""},
		{
			"another one", "SERIAL_NUMBER X 1", []any{rental.IdentifierType, serial, rental.Identifier, "Y 2"},
			"identifier changed from SERIAL_NUMBER X 1 to SERIAL_NUMBER Y 2; approve it with rentalsync approve 004711, or correct the ERP",
		},
		{
			"the same text of another type", "SERIAL_NUMBER 7", []any{rental.IdentifierType, "EXTERNAL_REFERENCE", rental.Identifier, "7"},
			"identifier changed from SERIAL_NUMBER 7 to EXTERNAL_REFERENCE 7; approve it with rentalsync approve 004711, or correct the ERP",
		},
		{"a crosswalk says so", "SERIAL_NUMBER 7", []any{rental.IdentifierType, serial, rental.Identifier, "7", rental.AssetID, "6f0c"}, ""},
		{
			"the crosswalk says nothing any more", "ASSET_ID 6f0c", []any{rental.IdentifierType, serial, rental.Identifier, "7"},
			"identifier changed from ASSET_ID 6f0c to SERIAL_NUMBER 7; approve it with rentalsync approve 004711, or correct the ERP",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := newNight()
			n.asset(c.asset...)
			d := assemble(t, n)
			if got := d.Reidentified(&n.Parts, c.accepted); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestACustomerThatIsTheSameAsAnotherIsSentAsThatOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		same             map[string]string // customers of the register, and what they are the same as
		reference, named string
		left             string
	}{
		{"one is the same as another", map[string]string{"0001": "2", "2": ""}, "HH-2", "name of 2", ""},
		{"the other is not in the register", map[string]string{"0001": "2"}, "HH-2", "name of 0001", ""},
		{"that one is the same as a third", map[string]string{"0001": "2", "2": "3", "3": ""}, "HH-3", "name of 3", ""},
		{"the third is not in the register", map[string]string{"0001": "2", "2": "3"}, "HH-3", "name of 2", ""},
		{"one that is the same as itself", map[string]string{"0001": "0001"}, "HH-0001", "name of 0001", ""},
		{
			"two are the same as each other", map[string]string{"0001": "2", "2": "0001"}, "HH-0001", "name of 0001",
			"is the same customer in a circle (0001, 2, 0001), and is sent as itself; correct the crosswalk",
		},
		{
			"a circle further on", map[string]string{"0001": "2", "2": "3", "3": "2"}, "HH-0001", "name of 0001",
			"is the same customer in a circle (0001, 2, 3, 2), and is sent as itself; correct the crosswalk",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := newNight()
			for key, same := range c.same {
				n.customer(key, rental.Name, "name of "+key, rental.SameAs, same)
			}
			d, err := rental.Assembly{References: "HH-{key}"}.Document(&n.Parts)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Items) != 1 {
				t.Fatalf("items %v, left out %v", d.Items, d.Left)
			}
			customer := d.Items[0].Customer
			if name, _ := customer.Get(rental.Name); customer.Reference != c.reference || name.Text != c.named {
				t.Errorf("sent as %s with %q, want %s with %q", customer.Reference, name.Text, c.reference, c.named)
			}
			if _, said := customer.Get(rental.SameAs); said {
				t.Error("what the customer is the same as is sent")
			}
			if got := leftOut(d.Left); got != c.left {
				t.Errorf("listed %q, want %q", got, c.left)
			}
		})
	}
}

func leftOut(left []rental.LeftOut) string {
	text := ""
	for _, l := range left {
		text += l.Why
	}
	return text
}
