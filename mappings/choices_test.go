package mappings

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func TestColumnsWithACodeTableOfferTheirCodes(t *testing.T) {
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
`)
	got := m.Choices(&pipeline.Header{Names: []string{"Nr", "Serie", "Zustand", "Name"}, Line: 1})
	if diff := cmp.Diff(map[int][]string{2: {"F", "V"}}, got); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	if got := m.Choices(&pipeline.Header{Names: []string{"Number"}, Line: 1}); len(got) != 0 {
		t.Errorf("a header that the mapping cannot read offers %v", got)
	}
}
