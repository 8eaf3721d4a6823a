package report_test

import (
	"slices"
	"strings"
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
)

func TestAPreparationIsABookWithFormsToDecideOn(t *testing.T) {
	t.Parallel()
	matching := rental.MatchAssets(
		[]rental.ERPAsset{{Key: "A", Reference: "A", Identifier: "wjx-00213"}, {Key: "B", Reference: "B", Identifier: "WJXO0214"}, {Key: "C", Reference: "C"}},
		[]rental.IRISAsset{{ID: "1", Serial: "WJX00213"}, {ID: "2", Serial: "WJX00214", Name: "Kran"}, {ID: "3", Serial: "9", Kind: "ATTACHMENT"}})
	book := report.OfPreparation(&pipeline.Preparation{
		Flow: "hamburg", Assets: matching,
		Depots: []pipeline.PreparedDepot{{Key: "MUC", How: pipeline.FoundByID, Site: "s"}, {Key: "STR", How: pipeline.FoundByName, Site: "t", SiteName: "Stuttgart"}},
		Customers: []pipeline.PreparedCustomer{
			{Key: "1", Name: "Elbe GmbH", How: pipeline.FoundByReference, Also: []string{"2"}},
			{Key: "3", Name: "Nord", How: pipeline.FoundMissing},
		},
	}, nil)

	rows := map[string][]string{}
	var sheets []string
	for _, s := range book.Sheets {
		sheets = append(sheets, s.Name)
		for cells, err := range s.Rows {
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, c := range cells {
				texts = append(texts, c.Text)
			}
			rows[s.Name] = append(rows[s.Name], strings.Join(texts, "|"))
		}
	}
	want := []string{"Summary", "Matched", "Missing", "Decide assets", "Surplus", "Depots", "Decide depots", "Customers", "Decide customers", "Custom fields"}
	if !slices.Equal(sheets, want) {
		t.Errorf("got sheets %q, want %q", sheets, want)
	}
	for sheet, begins := range map[string]string{
		"Matched": "A|wjx-00213||spelling|SERIAL_NUMBER WJX00213|1|", "Missing": "C||", "Decide assets": "asset|B||2 · WJX00214, Kran|",
		"Surplus": "attachment|3|9", "Decide depots": "depot|STR||t · Stuttgart|",
		"Decide customers": "customer|1||2|",
	} {
		if len(rows[sheet]) != 1 || !strings.HasPrefix(rows[sheet][0], begins) {
			t.Errorf("%s: got %q, want one row that begins with %q", sheet, rows[sheet], begins)
		}
	}
}
