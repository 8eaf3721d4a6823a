package tabular

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
)

func TestAFormOffersTheCandidatesOfItsRow(t *testing.T) {
	t.Parallel()

	rows := func(yield func(report.Decision, error) bool) {
		_ = yield(report.Decision{
			Kind: rental.Asset, Key: "004711", Told: []report.Cell{report.T("Lift")},
			Candidates: []report.Candidate{{ID: "i-1", Why: "the serial number is the same"}, {ID: "i-2"}},
		}, nil) && yield(report.Decision{Kind: rental.Asset, Key: "004712", Told: []report.Cell{report.T("=1+1")}}, nil)
	}
	var b bytes.Buffer
	book := report.Book{Sheets: []report.Sheet{report.Decide(rental.Asset, []report.Column{{Title: "Name"}}, rows)}}
	if err := WriteXLSX(&b, book); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	const sheet = "Decide assets"
	for at, want := range map[string]string{
		"A1": "Entity", "B1": "ERP key", "C1": "IRIS", "H1": "Note", "A2": "asset", "B2": "004711", "C2": "",
		"D2": "i-1 · the serial number is the same", "E2": "i-2", "G2": "Lift", "B3": "004712", "D3": "", "G3": "=1+1",
	} {
		if got, err := file.GetCellValue(sheet, at); got != want || err != nil {
			t.Errorf("%s is %q (%v), want %q", at, got, err, want)
		}
	}
	rules, err := file.GetDataValidations(sheet)
	if err != nil || len(rules) != 1 || rules[0].Sqref != "C2:C3" || rules[0].Formula1 != "$D2:$F2" {
		t.Errorf("rules %+v (%v): the cell is to offer the candidates of its own row", rules, err)
	}
	style, err := file.GetCellStyle(sheet, "C2")
	if plain, _ := file.GetCellStyle(sheet, "D2"); err != nil || style == plain {
		t.Error("the cell to fill in looks like any other")
	}
}
