package mappings_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/mappings"
	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

const told = `
mapping: told
file: {match: "told.csv"}
columns:
  serial: {header: Seriennr, do: upper}
  art: Art
  nr: Nr
codes: {state: {V: ON_RENT, F: AVAILABLE}}
asset:
  key: Nr
  identify: [{SERIAL_NUMBER: serial}, {EXTERNAL_REFERENCE: Alt}]
  rentalStatus: {from: Stand, codes: state, default: OTHER}
  name: '=art + " " + nr'
`

func TestAMappingTellsHowItReadsAField(t *testing.T) {
	t.Parallel()
	loaded, faults := mappings.Parse("told.yaml", []byte(told), mappings.Options{})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	header := &pipeline.Header{Names: []string{"Nr", "Seriennr", "Alt", "Stand", "Art"}, Line: 1}
	rented := &pipeline.Row{Header: header, Cells: []string{"7", "s1", "", "V", "Lift"}}
	blank := &pipeline.Row{Header: header, Cells: []string{"7", "", "A7", "", "Lift"}}

	for name, c := range map[string]struct {
		row   *pipeline.Row
		key   string
		field rental.Field
		want  pipeline.FieldReading
	}{
		"a column with a code table":      {rented, "7", rental.RentalStatus, reading("by code table state", "Stand", "V")},
		"a default":                       {blank, "7", rental.RentalStatus, reading(`by code table state, the default "OTHER", because the ERP says nothing`, "Stand", "")},
		"a formula":                       {rented, "7", rental.Name, reading(`by the formula =art + " " + nr`, "Art", "Lift", "Nr", "7")},
		"the first identifier":            {rented, "7", rental.Identifier, reading("cleaned by upper", "Seriennr", "s1")},
		"the next identifier":             {blank, "7", rental.Identifier, reading("", "Alt", "A7")},
		"a row that speaks of another":    {rented, "8", rental.RentalStatus, reading("by code table state")},
		"no row":                          {nil, "7", rental.RentalStatus, reading("by code table state")},
		"a field that nobody maps":        {rented, "7", rental.Model, reading("")},
		"which of the identifiers it was": {rented, "7", rental.IdentifierType, reading("the first of identify (SERIAL_NUMBER, EXTERNAL_REFERENCE) that has a value")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := loaded.TellField(c.row, rental.Ref{Kind: rental.Asset, Key: c.key}, c.field)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func reading(rule string, cells ...string) pipeline.FieldReading {
	r := pipeline.FieldReading{Rule: rule}
	for i := 0; i < len(cells); i += 2 {
		r.Cells = append(r.Cells, pipeline.ReadCell{Column: cells[i], Text: cells[i+1]})
	}
	return r
}
