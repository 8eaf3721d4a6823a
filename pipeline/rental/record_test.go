package rental_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/pipeline/rental"
)

func entity(line int, fields ...any) *rental.Entity {
	e := &rental.Entity{Ref: rental.Ref{Kind: rental.Asset, Key: "004711"}, Origin: rental.Origin{File: "a.csv", Line: line}}
	for i := 0; i < len(fields); i += 2 {
		e.Fields = append(e.Fields, rental.FieldValue{Field: fields[i].(rental.Field), Value: rental.Of(fields[i+1].(string)), Column: "c"})
	}
	e.Sort()
	return e
}

func TestAFieldTheRowIsSilentAboutKeepsItsLastGoodValueAndSource(t *testing.T) {
	t.Parallel()
	first := rental.Merge(nil, entity(2, rental.RentalStatus, "ON_RENT", rental.Name, "Lift"), "d1")
	second := rental.Merge(&first, entity(9, rental.Name, "Big lift"), "d2")

	if got := second.Text(rental.RentalStatus); got != "ON_RENT" {
		t.Errorf("got status %q, want the last good one", got)
	}
	want := rental.RecordField{Field: rental.Name, Value: rental.Of("Big lift"), Source: rental.Source{Delivery: "d2", Line: 9, Column: "c"}}
	if diff := cmp.Diff(want, second.Fields[0]); diff != "" {
		t.Error(diff)
	}
	if first.Text(rental.Name) != "Lift" {
		t.Error("merging changed the last record")
	}
}

func TestAnEmptyCellIsAStatementAndAMissingColumnIsNone(t *testing.T) {
	t.Parallel()
	first := rental.Merge(nil, entity(2, rental.Name, "Lift", rental.Model, "X"), "d1")
	second := rental.Merge(&first, entity(2, rental.Name, ""), "d2")

	if v, said := second.Get(rental.Name); !said || !v.IsEmpty() {
		t.Errorf("got name %q, want it said to be nothing", v.Text)
	}
	if got := second.Text(rental.Model); got != "X" {
		t.Errorf("got model %q, want X", got)
	}
}

func TestALateDeliverySetsOnlyWhatNoLaterOneHasSet(t *testing.T) {
	t.Parallel()
	first := rental.Merge(nil, entity(2, rental.RentalStatus, "ON_RENT"), "monday")
	third := rental.Merge(&first, entity(2, rental.RentalStatus, "RETURNED"), "wednesday")
	second := rental.MergeLate(&third, entity(2, rental.RentalStatus, "IN_REPAIR", rental.Name, "Lift"), "tuesday", map[string]bool{"wednesday": true})

	if got := second.Text(rental.RentalStatus); got != "RETURNED" {
		t.Errorf("got status %q, want that of the later delivery", got)
	}
	if got := second.Text(rental.Name); got != "Lift" {
		t.Errorf("got name %q, want what only the late delivery says", got)
	}
}

func TestOnlyAFieldThatHadAValueHasToBeCleared(t *testing.T) {
	t.Parallel()
	never := rental.Merge(nil, entity(2, rental.Name, ""), "d1")
	had := rental.Merge(nil, entity(2, rental.Name, "Lift"), "d1")
	lost := rental.Merge(&had, entity(2, rental.Name, ""), "d2")
	still := rental.Merge(&lost, entity(2, rental.Name, ""), "d3")
	again := rental.Merge(&still, entity(2, rental.Name, "Lift"), "d4")

	for name, c := range map[string]struct {
		record rental.Record
		want   rental.Type
	}{
		"it never had a value": {never, rental.Empty},
		"it had one":           {lost, rental.Cleared},
		"it stays cleared":     {still, rental.Cleared},
		"it has a value again": {again, rental.Text},
	} {
		if v, _ := c.record.Get(rental.Name); v.Type != c.want {
			t.Errorf("%s: got type %d, want %d", name, v.Type, c.want)
		}
	}
	if differ := rental.Differences(&still, entity(9, rental.Name, "")); len(differ) > 0 {
		t.Errorf("nothing contradicts nothing, got %v", differ)
	}
}

func TestEqualValuesKeepTheSourceThatSaidThemFirst(t *testing.T) {
	t.Parallel()
	first := rental.Merge(nil, entity(2, rental.Name, "Lift"), "d1")
	second := rental.Merge(&first, entity(7, rental.Name, "Lift"), "d2")

	if got := second.Fields[0].Source.Delivery; got != "d1" {
		t.Errorf("got source %q, want d1", got)
	}
	if _, changed := rental.Compare(&first, &second); changed {
		t.Error("saying the same again changed the record")
	}
}

func TestWhatACustomerNoticesFirstGoesFirst(t *testing.T) {
	t.Parallel()
	open := record(rental.Item, "1", rental.OnRentDate, "2026-11-01T00:00:00Z")
	ended := record(rental.Item, "1", rental.OnRentDate, "2026-11-01T00:00:00Z", rental.OffRentDate, "2026-11-02T00:00:00Z")
	free := record(rental.Asset, "1", rental.RentalStatus, "AVAILABLE")
	out := record(rental.Asset, "1", rental.RentalStatus, "ON_RENT")
	named := record(rental.Asset, "1", rental.RentalStatus, "ON_RENT", rental.Name, "Lift")

	for name, c := range map[string]struct {
		last, next *rental.Record
		want       rental.Class
	}{
		"a rental ends":            {&open, &ended, rental.Closings},
		"a rental begins":          {nil, &open, rental.Status},
		"a new item ended already": {nil, &ended, rental.Closings},
		"a status changes":         {&free, &out, rental.Status},
		"a name changes":           {&out, &named, rental.Rest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, changed := rental.Compare(c.last, c.next); got != c.want || !changed {
				t.Errorf("got class %d, changed %t; want class %d", got, changed, c.want)
			}
		})
	}
}

func TestARecordReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := anyRecord(t)
		got, err := rental.DecodeRecord(want.Ref, want.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestADamagedRecordIsAnErrorAndNeverAPanic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := anyRecord(t)
		b := whole.Encode()
		cut := b[:rapid.IntRange(0, len(b)-1).Draw(t, "cut")]
		if got, err := rental.DecodeRecord(whole.Ref, cut); err == nil {
			t.Fatalf("read %d of %d bytes as %+v", len(cut), len(b), got)
		}
	})
}

func TestTextIsWrittenAsJSONReadsIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~\x00-\x1f\\"äß€\x{2028}]*`)).Draw(t, "text")
		var got string
		if err := json.Unmarshal(rental.AppendText(nil, want), &got); err != nil || got != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
	})
}

func anyRecord(t *rapid.T) rental.Record {
	r := rental.Record{Ref: rental.Ref{Kind: rental.Asset, Key: "K"}, Fields: []rental.RecordField{}}
	for i := range rapid.IntRange(0, 9).Draw(t, "fields") {
		r.Fields = append(r.Fields, rental.RecordField{
			Field: rental.Field(fmt.Sprintf("f%d", i)),
			Value: rental.Value{Type: rental.Type(rapid.IntRange(0, 4).Draw(t, "type")), Text: rapid.String().Draw(t, "text")},
			Source: rental.Source{
				Delivery: rapid.String().Draw(t, "delivery"), Line: rapid.IntRange(0, 1<<30).Draw(t, "line"), Column: rapid.String().Draw(t, "column"),
			},
		})
	}
	return r
}

func TestFieldsAreWrittenAsTheMappingNestsThem(t *testing.T) {
	t.Parallel()
	fields := []rental.FieldValue{
		{Field: rental.OffRentDate, Value: rental.Nothing()},
		{Field: rental.RateCurrency, Value: rental.Of("EUR")},
		{Field: rental.RateUnitPrice, Value: rental.OfNumber("1250.5")},
		{Field: rental.CustomerType, Value: rental.Of(`a "b"`)},
	}
	got := rental.AppendFields(nil, fields)
	want := `{"offRentDate":null,"rate":{"currency":"EUR","unitPrice":1250.5},"type":"a \"b\""}`
	if string(got) != want || !json.Valid(got) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
