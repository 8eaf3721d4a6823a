package mappings

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func TestColumnsOfferTheirCodesAndDepots(t *testing.T) {
	t.Parallel()
	m := parseFile(t, "fleet.yaml", `
mapping: fleet
file: {match: "FLEET_{date:YYYYMMDD}.csv"}
columns: {status: [Status, Zustand]}
codes:
  status: {V: ON_RENT, F: AVAILABLE}
asset:
  key: Nr
  identify: [{SERIAL_NUMBER: Serie}]
  rentalStatus: {from: status, codes: status}
  name: Name
  owningDepot: Depot
  currentDepot: {from: Stand, do: [upper]}
`)
	depots := []string{"HH", "MUC"}
	got := m.Choices(&pipeline.Header{Names: []string{"Nr", "Serie", "Zustand", "Name", "Depot", "Stand"}, Line: 1}, depots)
	if diff := cmp.Diff(map[int][]string{2: {"F", "V"}, 4: depots}, got); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	if got := m.Choices(&pipeline.Header{Names: []string{"Number"}, Line: 1}, depots); len(got) != 0 {
		t.Errorf("a header that the mapping cannot read offers %v", got)
	}
}
