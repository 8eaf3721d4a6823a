package samples

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"
)

// Table is one file of an export made of tables.
type Table struct {
	Name  string
	Write func(io.Writer) error
}

// Lakeshore lists the night's five tables of Lakeshore Equipment Rental.
func Lakeshore(n Night) []Table {
	table := func(name string, header []string, rows func(yield func([]string) bool)) Table {
		return Table{Name: name + "_" + n.Stamp() + ".csv", Write: func(w io.Writer) error { return writeTable(w, header, rows) }}
	}
	return []Table{
		table("DEPOTS", []string{"DEPOT_ID", "NAME", "SITE_ID", "ADDRESS", "CITY", "ZIP", "COUNTRY"}, n.depots),
		table("CUSTOMERS", []string{"CUST_NO", "NAME", "TYPE", "ADDRESS", "CITY", "ZIP", "COUNTRY", "EMAIL", "PHONE"}, n.customers),
		table("CONTRACTS", []string{"CONTRACT_NO", "CUST_NO", "START_DATE", "END_DATE", "STATUS"}, n.contracts),
		table("LINES", []string{"CONTRACT_NO", "LINE_NO", "EQUIP_NO", "DATE_OUT", "DATE_DUE", "DATE_IN", "DAY_RATE", "CURRENCY", "PO_NO"}, n.lines),
		table("EQUIPMENT", []string{"EQUIP_NO", "SERIAL_NO", "MAKE", "MODEL", "STATUS", "HOME_DEPOT", "CUR_DEPOT", "METER"}, n.equipment),
	}
}

func writeTable(w io.Writer, header []string, rows func(yield func([]string) bool)) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(header); err != nil {
		return err
	}
	for row := range rows {
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

var lakeshoreDepots = []string{"CHI", "MKE", "GRR", "DTT"}

func (n Night) depots(yield func([]string) bool) {
	names := []string{"Chicago South", "Milwaukee", "Grand Rapids", "Detroit"}
	for i, id := range lakeshoreDepots {
		site := fmt.Sprintf("6f0c7b7e-5d0e-4c7e-9c39-%012d", i+1)
		if !yield([]string{id, names[i], site, fmt.Sprintf("%d Harbor Rd", 100+i), names[i], fmt.Sprintf("6%04d", i), "US"}) {
			return
		}
	}
}

func (n Night) customers(yield func([]string) bool) {
	for i := range max(n.Machines/8, 3) {
		name := fmt.Sprintf("%s %d", []string{"Prairie Builders, Inc.", "O'Hare Concrete", "Lakefront \"Pier\" Works", "Kalamazoo Roofing"}[i%4], i)
		if n.Second && i == renamed {
			name += " LLC"
		}
		row := []string{fmt.Sprintf("C%05d", i), name, "CONTRACTOR", fmt.Sprintf("%d Main St", i+1), "Chicago", "60601", "US",
			fmt.Sprintf("office@customer%d.example", i), fmt.Sprintf("+1 312 555 %04d", i%10000)}
		if !yield(row) {
			return
		}
	}
}

// contracts yields each contract once, with the customer of its first line.
func (n Night) contracts(yield func([]string) bool) {
	last := 0
	for m := range n.machines {
		if m.contract == 0 || m.contract == last {
			continue
		}
		last = m.contract
		row := []string{contractNumber(m), fmt.Sprintf("C%05d", m.customer), american(m.begin), american(m.due), ""}
		if !yield(row) {
			return
		}
	}
}

func (n Night) lines(yield func([]string) bool) {
	for m := range n.machines {
		if m.contract == 0 {
			continue
		}
		row := []string{contractNumber(m), fmt.Sprint(1 + m.number%2), equipmentNumber(m),
			american(m.begin), american(m.due), american(m.returned),
			fmt.Sprintf("%d.%02d", m.rate/100, m.rate%100), "USD", fmt.Sprintf("PO-%d", m.contract)}
		if !yield(row) {
			return
		}
	}
}

func (n Night) equipment(yield func([]string) bool) {
	for m := range n.machines {
		row := []string{equipmentNumber(m), m.serial, m.maker, m.model, string("AODIR"[m.status]),
			lakeshoreDepots[m.depot], lakeshoreDepots[(m.depot+int(m.status)/3)%4], fmt.Sprintf("%.1f", m.meter)}
		if !yield(row) {
			return
		}
	}
}

func equipmentNumber(m machine) string { return fmt.Sprintf("E-%05d", m.number) }
func contractNumber(m machine) string  { return fmt.Sprintf("K%06d", m.contract) }

func american(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("01/02/2006")
}
