package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func BenchmarkRows(b *testing.B) {
	const count = 20_000
	file := filepath.Join(b.TempDir(), "GERAETE_20261121.csv")
	if err := os.WriteFile(file, manyRows(count), 0o600); err != nil {
		b.Fatal(err)
	}

	for name, args := range map[string][]string{
		"raw":    {"--delimiter", ";", "--end", "*** ENDE {count} ***"},
		"mapped": {"-m", "../../mappings/continental.yaml"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if code := run(append([]string{"rows", file}, args...), nil, io.Discard, io.Discard, environment); code != 0 {
					b.Fatalf("exit %d", code)
				}
			}
			b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// manyRows is a night of a continental ERP, every machine on rent.
func manyRows(count int) []byte {
	var text strings.Builder
	text.WriteString("Gerätenr;Bezeichnung;Seriennr;Status;Niederlassung;Kundennr;Kunde;Mietvertrag;Pos;Mietbeginn;Mietende;Rückgabe;Tagesmiete;BStd\r\n")
	for i := range count {
		fmt.Fprintf(&text, "%d;Radlader %d;WJX%06d;V;MUC;K%d;\"Maier; Sohn GmbH\";MV-%d;10;21.11.2026;31.12.9999;;%d,50;1.%03d,5\r\n", i, i%9, i, i%3000, i, i%300, i%900)
	}
	fmt.Fprintf(&text, "*** ENDE %d ***\r\n", count)
	return []byte(strings.NewReplacer("ä", "\xe4", "ü", "\xfc").Replace(text.String()))
}
