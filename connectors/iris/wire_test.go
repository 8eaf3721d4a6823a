package iris

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/pipeline/rental"
)

func said(fields ...any) []rental.FieldValue {
	var all []rental.FieldValue
	for i := 0; i < len(fields); i += 2 {
		all = append(all, rental.FieldValue{Field: fields[i].(rental.Field), Value: fields[i+1].(rental.Value)})
	}
	return all
}

func at(text string) rental.Value {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return rental.OfTime(t)
}

// rented is a machine on a contract, with everything that a document can say.
func rented() *rental.Document {
	return &rental.Document{
		Key: "100482",
		Asset: rental.Part{Key: "100482", Reference: "A-100482", Fields: said(
			rental.Identifier, rental.Of("WJX00213"),
			rental.IdentifierType, rental.Of("SERIAL_NUMBER"),
			rental.OwningDepot, rental.Of("6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"),
			rental.RentalStatus, rental.Of("ON_RENT"),
		)},
		Items: []rental.ItemPart{{
			Part: rental.Part{Key: "77120/3", Reference: "C-77120/3", Fields: said(
				rental.ContractedHours, rental.OfNumber("160"),
				rental.DeliveryAddress, rental.Of("Kirkeveien 4, 0368 Oslo, NO"),
				rental.DeliveryDate, at("2025-03-03T06:00:00Z"),
				rental.OffRentDate, at("2025-03-28T16:00:00Z"),
				rental.OnRentDate, at("2025-03-03T07:00:00Z"),
				rental.OrderNumber, rental.Of("PO-5512"),
				rental.PickupAddress, rental.Of(`Gate "B", 0368 Oslo`),
				rental.PickupDate, at("2025-03-29T08:00:00Z"),
				rental.RateCurrency, rental.Of("EUR"),
				rental.RateType, rental.Of("DAILY"),
				rental.RateUnitPrice, rental.OfNumber("142.5"),
			)},
			Ended: true,
			Contract: rental.Part{Key: "77120", Reference: "C-77120", Fields: said(
				rental.EndDate, at("2025-04-30T00:00:00Z"),
				rental.HiringDepot, rental.Of("6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"),
				rental.StartDate, at("2025-03-01T00:00:00Z"),
				rental.ContractStatus, rental.Of("OPEN"),
			)},
			Customer: &rental.Part{Key: "3391", Reference: "K-3391", Fields: said(
				rental.Name, rental.Of("Nordby Anlegg AS"),
				rental.CustomerType, rental.Of("CONTRACTOR"),
			)},
		}},
	}
}

// emptied is the same machine after the ERP has blanked what it can blank.
func emptied() *rental.Document {
	d := rented()
	item := &d.Items[0]
	item.Customer = nil
	for _, part := range []*rental.Part{&d.Asset, &item.Part, &item.Contract} {
		for i := range part.Fields {
			if f := part.Fields[i].Field; f != rental.Identifier && f != rental.IdentifierType {
				part.Fields[i].Value = rental.Nothing()
			}
		}
	}
	return d
}

func TestEncodeGolden(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		doc    *rental.Document
		clears int
	}{
		{"rented", rented(), 0},
		{"emptied", emptied(), 10},
		{"yard", &rental.Document{Key: "7", Asset: rental.Part{Key: "7", Reference: "A-7", Fields: said(
			rental.Identifier, rental.Of("SN 7/1"), rental.IdentifierType, rental.Of("SERIAL_NUMBER"),
			rental.RentalStatus, rental.Of("AVAILABLE"))}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, clears, err := DefaultWire().Encode(tt.doc)
			if err != nil {
				t.Fatal(err)
			}
			if clears != tt.clears {
				t.Errorf("clears %d fields, want %d", clears, tt.clears)
			}
			golden(t, "testdata/"+tt.name+".json", got)
		})
	}
}

// golden compares with a file; RENTALSYNC_UPDATE=1 writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = append(got, '\n')
	if os.Getenv("RENTALSYNC_UPDATE") != "" {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// edit is the default profile with one text replaced by another.
func edit(t *testing.T, from, to string) []byte {
	t.Helper()
	if strings.Count(string(wireYAML), from) != 1 {
		t.Fatalf("%q is not in wire.yaml exactly once", from)
	}
	return []byte(strings.Replace(string(wireYAML), from, to, 1))
}

func TestProfileSaysHowFieldsAreSpelled(t *testing.T) {
	t.Parallel()
	item := func(fields ...any) *rental.Document {
		d := rented()
		d.Asset.Fields = nil
		d.Items[0] = rental.ItemPart{Part: rental.Part{Reference: "I", Fields: said(fields...)}, Contract: rental.Part{Reference: "C"}}
		return d
	}
	asset := func(fields ...any) *rental.Document {
		return &rental.Document{Asset: rental.Part{Reference: "A", Fields: said(fields...)}}
	}
	for _, tt := range []struct {
		name     string
		from, to string
		doc      *rental.Document
		want     string
		clears   int
	}{
		{"a date has no time", "\ndates: date-time", "\ndates: date", item(rental.OnRentDate, at("2025-03-02T23:00:00Z")),
			`{"externalReference":"A-100482","contractItems":[{"externalReference":"I","onRentDate":"2025-03-02","contract":{"externalReference":"C"}}]}`, 0},
		{"a date is one of the profile's zone", "\ndates: date-time\ntimezone: UTC", "\ndates: date\ntimezone: Europe/Berlin", item(rental.OnRentDate, at("2025-03-02T23:00:00Z")),
			`{"externalReference":"A-100482","contractItems":[{"externalReference":"I","onRentDate":"2025-03-03","contract":{"externalReference":"C"}}]}`, 0},
		{"one field may be a date", "onRentDate: onRentDate", "onRentDate: {to: from, as: date}", item(rental.OnRentDate, at("2025-03-02T23:00:00Z"), rental.PickupDate, at("2025-03-02T23:00:00Z")),
			`{"externalReference":"A-100482","contractItems":[{"externalReference":"I","from":"2025-03-02","pickupDate":"2025-03-02T23:00:00Z","contract":{"externalReference":"C"}}]}`, 0},
		{"a depot is a plain text", "\ndepots: id", "\ndepots: plain", asset(rental.OwningDepot, rental.Of("6f")),
			`{"externalReference":"A","owningDepot":"6f"}`, 0},
		{"a depot is an external reference", "\ndepots: id", "\ndepots: externalReference", asset(rental.OwningDepot, rental.Of("6f")),
			`{"externalReference":"A","owningDepot":{"externalReference":"6f"}}`, 0},
		{"nothing is left out", "{to: owningDepot, empty: null}", "{to: owningDepot, empty: omit}", asset(rental.OwningDepot, rental.Nothing()),
			`{"externalReference":"A"}`, 0},
		{"nothing is null and counted", "x-none", "", asset(rental.OwningDepot, rental.Nothing()),
			`{"externalReference":"A","owningDepot":null}`, 1},
		{"nothing is null and known to clear", "{to: owningDepot, empty: null}", "{to: owningDepot, empty: null, confirmed: true}", asset(rental.OwningDepot, rental.Nothing()),
			`{"externalReference":"A","owningDepot":null}`, 0},
		{"nothing is a value", "{to: owningDepot, empty: null}", "{to: owningDepot, empty: {value: none}}", asset(rental.OwningDepot, rental.Nothing()),
			`{"externalReference":"A","owningDepot":"none"}`, 1},
		{"an item's own hiring depot goes before its contract's", "x-none", "", func() *rental.Document {
			d := item(rental.HiringDepot, rental.Of("own"))
			d.Items[0].Contract.Fields = said(rental.HiringDepot, rental.Of("contract's"))
			return d
		}(), `{"externalReference":"A-100482","contractItems":[{"externalReference":"I","contract":{"hiringDepot":{"id":"own"},"externalReference":"C"}}]}`, 0},
		{"a contract's hiring depot stands where the item's is empty", "x-none", "", func() *rental.Document {
			d := item(rental.HiringDepot, rental.Nothing())
			d.Items[0].Contract.Fields = said(rental.HiringDepot, rental.Of("contract's"))
			return d
		}(), `{"externalReference":"A-100482","contractItems":[{"externalReference":"I","contract":{"hiringDepot":{"id":"contract's"},"externalReference":"C"}}]}`, 0},
		{"texts are escaped", "x-none", "", asset(rental.Identifier, rental.Of("a\"\\\x01\tb<é\u2028\xff")),
			`{"identifier":"a\"\\\u0001\tb<é` + "\u2028" + `�","externalReference":"A"}`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			profile := wireYAML
			if tt.from != "x-none" {
				profile = edit(t, tt.from, tt.to)
			}
			w, err := LoadWire("wire.yaml", profile)
			if err != nil {
				t.Fatal(err)
			}
			got, clears, err := w.Encode(tt.doc)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want || clears != tt.clears {
				t.Errorf("got  %s, %d cleared\nwant %s, %d cleared", got, clears, tt.want, tt.clears)
			}
		})
	}
}

func TestHiringDepotOfTheItem(t *testing.T) {
	t.Parallel()
	profile := strings.ReplaceAll(string(wireYAML), "hiringDepot: {to: contract.hiringDepot, empty: null}", "hiringDepot: hiringDepot")
	w, err := LoadWire("wire.yaml", []byte(profile))
	if err != nil {
		t.Fatal(err)
	}
	d := rented()
	d.Items[0].Fields = nil
	got, _, err := w.Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"contractItems":[{"externalReference":"C-77120/3","hiringDepot":{"id":"6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"},"contract":{"externalReference":"C-77120","contractStatus":"OPEN"`; !strings.Contains(string(got), want) {
		t.Errorf("got %s, want in it %s", got, want)
	}
}

func TestFaultsOfAProfile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		data string
		want string
	}{
		{"nothing at all", "", `w.yaml:1:1: profile has no name`},
		{"no YAML", "profile: p\nasset: [}\n", `w.yaml:2:`},
		{"an unknown section", "profile: p\nassets: {}", `w.yaml:2:1: "assets" is not known here; known are profile, dates`},
		{"an unknown field", "profile: p\nasset:\n  serial: x", `w.yaml:3:3: "serial" is not known here; known are reference, identifierType`},
		{"a field of the register alone", "profile: p\nitem:\n  dueDate: x", `w.yaml:3:3: "dueDate" is not known here`},
		{"a field twice", "profile: p\nasset:\n  identifier: a\n  identifier: b", `w.yaml:4:3: "identifier" is already in line 3`},
		{"a place twice", "profile: p\nasset:\n  identifier: a\n  rentalStatus: a", `w.yaml:4:17: place "a" holds asset.identifier already`},
		{"a place within a value", "profile: p\nasset:\n  identifier: a\n  rentalStatus: a.b", `w.yaml:4:17: place "a.b" leads into one that holds something else`},
		{"a place that is an object", "profile: p\nasset:\n  identifier: a.b\n  rentalStatus: a", `w.yaml:4:17: place "a" is an object`},
		{"the place of the items", "profile: p\nitems: list\nasset:\n  identifier: list", `w.yaml:4:15: place "list" leads into`},
		{"a place that is no path", "profile: p\nasset:\n  identifier: a..b", `w.yaml:3:15: place "a..b" is no path`},
		{"no place", "profile: p\nasset:\n  rentalStatus: {empty: null}", `w.yaml:3:17: rentalStatus has no place`},
		{"an unknown form of dates", "profile: p\ndates: rfc822", `w.yaml:2:8: "rfc822" is not known here; known are date-time, date`},
		{"an unknown form of depots", "profile: p\ndepots: name", `w.yaml:2:9: "name" is not known here; known are id, externalReference, plain`},
		{"an unknown zone", "profile: p\ntimezone: Berlin", `w.yaml:2:11: timezone "Berlin" is not known`},
		{"a form for what is no date", "profile: p\nasset:\n  rentalStatus: {to: s, as: date}", `w.yaml:3:29: rentalStatus is no date`},
		{"an unknown rule for nothing", "profile: p\nasset:\n  rentalStatus: {to: s, empty: delete}", `w.yaml:3:32: empty is "delete"; say omit, null or {value: X}`},
		{"no rule for nothing", "profile: p\nasset:\n  rentalStatus: {to: s, empty: }", `empty is ""; say omit`},
		{"a rule for what is never empty", "profile: p\nasset:\n  identifier: {to: s, empty: null}", `w.yaml:3:30: identifier is never empty`},
		{"an alias", "profile: p\nasset: &a\n  identifier: s\nitem: *a", `w.yaml:4:1: anchors and aliases are not known here`},
		{"a missing identifier", "profile: p", `w.yaml:1:1: asset.identifier has no place; IRIS needs it`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := LoadWire("w.yaml", []byte(tt.data))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			var fault *WireFault
			if !errors.As(err, &fault) {
				t.Errorf("got a %T without a fault", err)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := LoadWire("w.yaml", []byte("dates: x\ndepots: y\nzone: z\n"))
	if got := strings.Count(fmt.Sprint(err), "\n") + 1; got != 9 {
		t.Errorf("got %d faults, want 9:\n%v", got, err)
	}
}

func TestDigestIsOfTheMeaning(t *testing.T) {
	t.Parallel()
	load := func(data []byte) *Wire {
		t.Helper()
		w, err := LoadWire("w.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	same := load(append([]byte("# another comment\n"), wireYAML...))
	if got, want := same.Digest(), DefaultWire().Digest(); got != want {
		t.Errorf("a comment made %s of %s", got, want)
	}
	for _, change := range [][2]string{
		{"onRentDate: onRentDate", "onRentDate: onRent"},
		{"{to: owningDepot, empty: null}", "{to: owningDepot}"},
		{"\ndates: date-time", "\ndates: date"},
		{"\ndepots: id", "\ndepots: plain"},
		{"\nprofile: iris-2025-06", "\nprofile: another"},
		{"\nitems: contractItems", "\nitems: items"},
	} {
		if got := load(edit(t, change[0], change[1])).Digest(); got == DefaultWire().Digest() {
			t.Errorf("%q for %q left the digest at %s", change[1], change[0], got)
		}
	}
}

func TestEncodeRefusesWhatIsNoNumberOrInstant(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field rental.Field
		value rental.Value
		want  string
	}{
		{rental.RateUnitPrice, rental.OfNumber("1,5"), `item.rate.unitPrice holds "1,5", which is no number`},
		{rental.RateUnitPrice, rental.OfNumber("01"), `which is no number`},
		{rental.RateUnitPrice, rental.OfNumber("1e3"), `which is no number`},
		{rental.OnRentDate, rental.Of("yesterday"), `item.onRentDate holds "yesterday", which is no point in time`},
	} {
		d := &rental.Document{Key: "k", Items: []rental.ItemPart{{Part: rental.Part{Fields: said(tt.field, tt.value)}}}}
		_, _, err := DefaultWire().Encode(d)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %q: got %v, want %s", tt.field, tt.value.Text, err, tt.want)
		}
	}
}

func TestIsNumberAgreesWithJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,3}(\.[0-9]{0,3})?`).Draw(t, "text")
		if got, want := isNumber(text), json.Valid([]byte(text)); got != want {
			t.Fatalf("isNumber(%q) is %v, JSON says %v", text, got, want)
		}
	})
}

func TestAppendStringReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		var got string
		if err := json.Unmarshal(appendString(nil, want), &got); err != nil || got != want {
			t.Fatalf("%q came back as %q, %v", want, got, err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	d, w := rented(), DefaultWire()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := w.Encode(d); err != nil {
			b.Fatal(err)
		}
	}
}
