package mappings

import (
	"os"
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"github.com/google/go-cmp/cmp"
)

// compile gives the mapping of a YAML text that must have no fault.
func compile(t testing.TB, text string) *Mapping {
	t.Helper()
	m, faults := Parse("test.yaml", []byte(text), Options{})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

// continental is the starting mapping of flat files.
func continental(t testing.TB) *Mapping {
	t.Helper()
	text, err := os.ReadFile("continental.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, string(text))
}

// mapRow maps one row that has the given cells by header.
func mapRow(t testing.TB, m *Mapping, header, cells []string) pipeline.Mapped {
	t.Helper()
	h := &pipeline.Header{Names: header, Line: 1}
	mapper, err := m.Bind(h)
	if err != nil {
		t.Fatal(err)
	}
	var out pipeline.Mapped
	mapper.Map(&pipeline.Row{Origin: origin, Header: h, Cells: cells}, &out)
	return out
}

var origin = rental.Origin{File: "x.csv", Line: 2}

var continentalHeader = []string{
	"Gerätenr", "Bezeichnung", "Seriennr", "Kundennr", "Kunde", "Mietvertrag", "Pos", "Mietbeginn", "Mietende",
	"Rückgabe", "Status", "Niederlassung", "Tagesmiete", "BStd",
}

func TestContinentalRowOnRentGivesFourEntities(t *testing.T) {
	t.Parallel()

	got := mapRow(t, continental(t), continentalHeader, []string{
		"4711", "Teleskopbühne", "wjx 00213", "0001234", "Müller & Söhne GmbH", "MV-2026-0815", "10", "21.11.2026",
		"31.12.9999", "", "V", "MUC", "1.250,00", "12.345,6",
	})

	text := func(f rental.Field, value, column string) rental.FieldValue {
		return rental.FieldValue{Field: f, Value: rental.Of(value), Column: column}
	}
	nothing := func(f rental.Field, column string) rental.FieldValue {
		return rental.FieldValue{Field: f, Column: column}
	}
	want := pipeline.Mapped{Entities: []rental.Entity{
		{
			Ref: rental.Ref{Kind: rental.Customer, Key: "0001234"}, Origin: origin,
			Fields: []rental.FieldValue{
				text(rental.Name, "Müller & Söhne GmbH", "Kunde"),
				text(rental.CustomerType, "CONTRACTOR", "constant"),
			},
		},
		{
			Ref: rental.Ref{Kind: rental.Contract, Key: "MV-2026-0815"}, Origin: origin,
			Fields: []rental.FieldValue{text(rental.CustomerRef, "0001234", "Kundennr")},
		},
		{
			Ref: rental.Ref{Kind: rental.Item, Key: "MV-2026-0815/10"}, Origin: origin,
			Fields: []rental.FieldValue{
				text(rental.AssetRef, "004711", "Gerätenr"),
				text(rental.ContractRef, "MV-2026-0815", "Mietvertrag"),
				nothing(rental.DueDate, "Mietende"),
				nothing(rental.OffRentDate, "Rückgabe"),
				{Field: rental.OnRentDate, Value: rental.Value{Type: rental.Instant, Text: "2026-11-21T07:00:00+01:00"}, Column: "Mietbeginn"},
				text(rental.RateCurrency, "EUR", "constant"),
				text(rental.RateType, "DAILY", "constant"),
				{Field: rental.RateUnitPrice, Value: rental.OfNumber("1250"), Column: "Tagesmiete"},
			},
		},
		{
			Ref: rental.Ref{Kind: rental.Asset, Key: "004711"}, Origin: origin,
			Fields: []rental.FieldValue{
				text(rental.Identifier, "wjx 00213", "Seriennr"),
				text(rental.IdentifierType, "SERIAL_NUMBER", "Seriennr"),
				{Field: rental.MeterHours, Value: rental.OfNumber("12345.6"), Column: "BStd"},
				text(rental.Name, "Teleskopbühne", "Bezeichnung"),
				text(rental.OwningDepot, "MUC", "Niederlassung"),
				text(rental.RentalStatus, "ON_RENT", "Status"),
			},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
