package mappings

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func TestAMappingTellsWhichCustomFieldsItGives(t *testing.T) {
	t.Parallel()
	m := parseFile(t, "a.yaml", `mapping: a
file: {match: 'A.csv'}
columns: {number: Nr., project: [Projekt, Kostenstelle]}
asset: {key: number, identify: [{SERIAL_NUMBER: S}]}
contract: {key: V}
depot: {key: Filiale}
extra:
  contract.projectCode: project
  asset.colour: Farbe
  site.region: =upper(number)
`)
	want := []pipeline.CustomField{
		{Kind: rental.Depot, Key: "region", Mapping: "a"},
		{Kind: rental.Contract, Key: "projectCode", Mapping: "a", Column: "Projekt"},
		{Kind: rental.Asset, Key: "colour", Mapping: "a", Column: "Farbe"},
	}
	if diff := cmp.Diff(want, m.CustomFields()); diff != "" {
		t.Error(diff)
	}
	if faults := Lint([]*Mapping{m}); len(faults) > 0 {
		t.Errorf("custom fields are nothing to warn of: %s", faults.Error())
	}
}
