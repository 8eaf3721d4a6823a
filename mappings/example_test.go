package mappings_test

import (
	"fmt"

	"rentalsync/mappings"
	"rentalsync/pipeline"
)

func ExampleParse() {
	m, faults := mappings.Parse("hamburg.yaml", []byte(`
mapping: hamburg
file: {match: "GERAETE_{date:YYYYMMDD}.csv", delimiter: ";"}
columns:
  number: {header: Gerätenr, do: [{pad: 6}]}
  status: Status
codes:
  status: {V: ON_RENT, F: AVAILABLE}
asset:
  key: number
  rentalStatus: {from: status, codes: status}
`), mappings.Options{})
	if err := faults.Err(); err != nil {
		fmt.Println(err)
		return
	}

	header := &pipeline.Header{Names: []string{"Gerätenr", "Status"}, Line: 1}
	mapper, err := m.Bind(header)
	if err != nil {
		fmt.Println(err)
		return
	}
	var out pipeline.Mapped
	mapper.Map(&pipeline.Row{Header: header, Cells: []string{"4711", "V"}}, &out)
	status, _ := out.Entities[0].Get("rentalStatus")
	fmt.Println(out.Entities[0].Ref, status.Text)
	// Output: asset 004711 ON_RENT
}

func ExampleParse_faults() {
	_, faults := mappings.Parse("hamburg.yaml", []byte(`mapping: hamburg
file: {match: "GERAETE_{date:YYYYMMDD}.csv"}
colums: {number: Gerätenr}
asset:
  key: number
  rentalStatus: ONRENT
`), mappings.Options{})
	fmt.Println(faults.Err())
	// Output:
	// hamburg.yaml:3:1: unknown key "colums"; did you mean "columns"?
	// hamburg.yaml:6:17: "ONRENT" is no column and no value of asset.rentalStatus; did you mean "ON_RENT"?
}
