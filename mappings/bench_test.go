package mappings

import (
	"fmt"
	"testing"

	"rentalsync/pipeline"
)

const benchMapping = `
mapping: bench
file: {match: "*.csv", decimal: ",", thousands: ".", dates: DD.MM.YYYY, timezone: Europe/Berlin, none: ["", "31.12.9999"]}
columns:
  number: {header: nr, do: [trim, {pad: 6}]}
  contract: contract
  line: line
codes: {status: {V: ON_RENT, F: AVAILABLE}}
skip: {totals: number startsWith "SUMME"}
asset:
  key: number
  identify: [{SERIAL_NUMBER: serial}, {EXTERNAL_REFERENCE: number}]
  rentalStatus: {from: status, codes: status}
  owningDepot: branch
  currentDepot: here
  name: name
  make: make
  model: model
  meterHours: hours
item:
  when: contract != ""
  key: =contract + "/" + line
  contract: contract
  asset: number
  onRentDate: {from: begin, time: "07:00"}
  dueDate: due
  offRentDate: returned
  rate: {type: DAILY, currency: EUR, unitPrice: rate}
  orderNumber: order
  deliveryAddress: delivery
`

// BenchmarkMap maps rows of 20 columns into an item and an asset.
func BenchmarkMap(b *testing.B) {
	m := compile(b, benchMapping)
	h := &pipeline.Header{Line: 1, Names: []string{
		"nr", "serial", "status", "branch", "here", "name", "make", "model", "hours", "contract",
		"line", "begin", "due", "returned", "rate", "order", "delivery", "x", "y", "z",
	}}
	mapper, err := m.Bind(h)
	if err != nil {
		b.Fatal(err)
	}

	rows := make([]pipeline.Row, 1024)
	for i := range rows {
		rows[i] = pipeline.Row{Header: h, Cells: []string{
			fmt.Sprintf("%06d", i), fmt.Sprintf("WJX%05d", i), "V", "MUC", "MUC", "Teleskopbühne", "Genie", "GS-1932",
			fmt.Sprintf("%d,5", i), fmt.Sprintf("MV-%d", i/3), "10", fmt.Sprintf("%02d.11.2026", i%28+1), "31.12.9999", "",
			fmt.Sprintf("%d,00", 50+i%60), "PO", "Hauptstr. 1", "", "", "",
		}}
	}

	var out pipeline.Mapped
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		mapper.Map(&rows[i%len(rows)], &out)
		if len(out.Entities) != 2 {
			b.Fatalf("%+v", out)
		}
	}
}
