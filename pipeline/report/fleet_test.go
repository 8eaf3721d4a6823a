package report

import (
	"testing"

	"rentalsync/pipeline"
)

func TestAMachineStandsUnderTheERPsOwnNumber(t *testing.T) {
	t.Parallel()
	machines := func(yield func(pipeline.Machine, error) bool) {
		_ = yield(pipeline.Machine{AssetKey: "004711", ExternalReference: "RM-004711", SerialNumber: "S-1"}, nil) &&
			yield(pipeline.Machine{ExternalReference: "LE-9", SerialNumber: "S-2"}, nil)
	}

	sheet := OfFleet(machines, nil).Sheets[0]
	if got := sheet.Columns[0].Title; got != "ERP number" {
		t.Fatalf("the first column is %q", got)
	}
	var numbers []string
	for row, err := range sheet.Rows {
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, row[0].Text)
	}
	if len(numbers) != 2 || numbers[0] != "004711" || numbers[1] != "" {
		t.Errorf("ERP numbers are %q; want 004711 and none", numbers)
	}
}
