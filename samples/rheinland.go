package samples

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// RheinlandName is the name of the night's file.
func RheinlandName(n Night) string { return "GERAETE_" + n.Stamp() + ".csv" }

// Rheinland writes the night's flat file of Rheinland Mietpark AG.
func Rheinland(w io.Writer, n Night) error {
	text := charmap.Windows1252.NewEncoder().Writer(w)
	out := bufio.NewWriterSize(text, 1<<16)
	line := func(cells ...string) { fmt.Fprint(out, strings.Join(cells, ";"), "\r\n") }

	line("Gerätenr", "Bezeichnung", "Seriennr", "Status", "Niederlassung", "Kundennr", "Kunde",
		"Mietvertrag", "Pos", "Mietbeginn", "Mietende", "Rückgabe", "Tagesmiete", "BStd")

	rows, cents := 0, 0
	for m := range n.machines {
		cells := rheinlandRow(m, n)
		if !n.Clean {
			spoil(cells, rows)
		}
		line(cells...)
		rows++
		cents += m.rate
	}

	line("SUMME", "", "", "", "", "", "", "", "", "", "", "", euros(cents), "")
	line(fmt.Sprintf("*** ENDE %d ***", rows+1))
	return out.Flush()
}

func rheinlandRow(m machine, n Night) []string {
	cells := []string{
		fmt.Sprintf("%06d", m.number), m.what + " " + m.model, m.serial, string("FVRTG"[m.status]),
		[]string{"KLN", "DUS", "MUC", "BER"}[m.depot], "", "", "", "", "00.00.0000", "00.00.0000", "", euros(m.rate), tenths(m.meter),
	}
	if m.contract == 0 {
		return cells
	}

	cells[5] = fmt.Sprintf("%07d", 1000+m.customer)
	cells[6] = rheinlandCustomer(m.customer, n.Second)
	cells[7] = fmt.Sprintf("MV-2026-%04d", m.contract)
	cells[8] = fmt.Sprint(10 * (1 + m.number%2))
	cells[9] = german(m.begin)
	cells[10] = "31.12.9999"
	if !m.due.IsZero() {
		cells[10] = german(m.due)
	}
	if !m.returned.IsZero() {
		cells[11] = german(m.returned)
	}
	return cells
}

func rheinlandCustomer(i int, second bool) string {
	names := []string{"Müller & Söhne GmbH", "Bäckerei Großmann KG", "Straßenbau Jäger GmbH", "Zimmerei Köster", "Hochbau Lüdenscheid AG"}
	name := fmt.Sprintf("%s %d", names[i%len(names)], i)
	if second && i == renamed {
		name += " i. G."
	}
	return name
}

// spoil makes some rows wrong, each in its own way.
func spoil(cells []string, row int) {
	switch row {
	case 16:
		cells[9] = "31.02.2026"
		cells[7], cells[8] = "MV-2026-9001", "10" // a date that does not exist, on a line that needs it
		cells[5], cells[6] = "0009001", "Schäfer Tiefbau"
	case 40, 41:
		cells[3] = "Q" // a status that nobody explained
	case 77:
		cells[2] = "" // no serial number
	case 120:
		cells[12] = "1,250.00" // somebody typed the rate the English way
		cells[7], cells[8], cells[9] = "MV-2026-9002", "10", "01.10.2026"
		cells[5], cells[6] = "0009002", "Dachdeckerei Töpfer"
	}
}

func german(t time.Time) string { return t.Format("02.01.2006") }

func euros(cents int) string {
	whole := fmt.Sprint(cents / 100)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "." + whole[at:]
	}
	return fmt.Sprintf("%s,%02d", whole, cents%100)
}

func tenths(hours float64) string {
	all := int(hours*10 + 0.5)
	return strings.TrimSuffix(euros(all*10), "0")
}
