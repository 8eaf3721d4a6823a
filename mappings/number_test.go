package mappings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNumbersAreReadInTheirDeclaredForm(t *testing.T) {
	t.Parallel()

	const mapping = `mapping: x
file: {match: "x.csv", decimal: ",", thousands: ".", currency: [€, EUR]}
columns: {nr: Nr, hours: {header: H}, share: S, turned: {header: T, implied: 2, sign: trailing}, dollars: $}
asset: {key: nr, meterHours: hours}
extra:
  asset.share: {from: share, number: {percent: true}}
  asset.us: {from: dollars, number: {decimal: ".", thousands: ",", currency: $}}
  asset.turned: {from: turned, number: true}
`
	tests := []struct{ name, column, cell, want string }{
		{"money, by the signs of the file", "H", "1.250,00 EUR", "meterHours = 1250 (H)"},
		{"a minus behind, and a narrow blank around", "H", "\u202f12,5-", "meterHours = -12.5 (H)"},
		{"a point where a comma is declared", "H", "1,234.50", `fault H "1,234.50": does not fit its declared form (decimal ",", thousands "."): "." is no digit of it, its marks stand the other way round; check decimal and thousands`},
		{"a group that is none", "H", "12.34,00", `fault H "12.34,00": has a group of 2 digits beside its thousands mark ".", it takes groups of 3; is "." the decimal here?`},
		{"a currency that is not declared", "H", "$ 12,00", `fault H "$ 12,00": does not fit its declared form (decimal ",", thousands "."): "$" is no digit of it; if it is money, declare the sign under currency, as currency: ["$"]`},
		{"digits with a sign behind, whatever the file declares", "T", "00125-", "extra.turned = -1.25 (T)"},
		{"a share has the marks of the file", "S", "19,5 %", "extra.share = 0.195 (S)"},
		{"a form of its own", "$", "$1,250.50", "extra.us = 1250.5 ($)"},
		{"a form of its own and the signs of the file", "$", "€1,250.50", `fault $ "€1,250.50"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := said(mapRow(t, compile(t, mapping), []string{"Nr", tt.column}, []string{"1", tt.cell}))
			if !strings.Contains(got, tt.want) {
				t.Error(cmp.Diff(tt.want, got))
			}
		})
	}
}
