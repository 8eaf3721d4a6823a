package transforms_test

import (
	"strings"
	"testing"

	"rentalsync/transforms"
)

func TestPlainNumbersHaveAPointAndPerhapsAnExponent(t *testing.T) {
	t.Parallel()

	for cell, want := range map[string]string{
		"1250.5": "1250.5", "-0.50": "-0.5", "1e-7": "0.0000001", "1.2345678901234567E+16": "12345678901234567",
		"1.5E3": "1500", "12.5e-1": "1.25", "-2E0": "-2", "0E+79": "0", "5e": "", "e5": "", "1e5e5": "", "1e999": "", "1,5": "", "": "",
	} {
		got, err := transforms.PlainNumber(cell)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", cell, got, err, want)
		}
	}
}

func TestNumbersAreWrittenInTheDeclaredForm(t *testing.T) {
	t.Parallel()

	if got := (transforms.NumberFormat{Decimal: ",", Thousands: "."}).Write("-1250.5"); got != "-1250,5" {
		t.Errorf("got %q", got)
	}
	if got := (transforms.NumberFormat{}).Write("1250.5"); got != "1250.5" {
		t.Errorf("got %q", got)
	}
}

func TestMoneyIsReadWhereItsSignIsDeclared(t *testing.T) {
	t.Parallel()

	us := transforms.NumberFormat{Thousands: ",", Currency: []string{"$", "USD"}}
	de := transforms.NumberFormat{Decimal: ",", Thousands: ".", Currency: []string{"€", "EUR"}}
	tests := []struct {
		cell   string
		format transforms.NumberFormat
		want   string
	}{
		{"$1,250.00", us, "1250"},
		{"-$1,250.00", us, "-1250"},
		{"$-1,250.00", us, "-1250"},
		{"$1,250.00-", us, "-1250"},
		{"USD 1,250.50", us, "1250.5"},
		{"1,250.50", us, "1250.5"},
		{"1.250,00 EUR", de, "1250"},
		{"€ 1.250,00", de, "1250"},
		{"1.250,00\u00a0€", de, "1250"},
		{"\u22121.250,00", de, "-1250"},
	}
	for _, tt := range tests {
		if got, err := tt.format.Parse(tt.cell); err != nil || got != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.cell, got, err, tt.want)
		}
	}
	for _, cell := range []string{"£5", "$$5", "-$-5", "$", "5 $ 5", "USD"} {
		if got, err := us.Parse(cell); err == nil {
			t.Errorf("%q was read as %q", cell, got)
		}
	}
}

func TestMoneyAndSharesSayHowToDeclareThem(t *testing.T) {
	t.Parallel()

	for cell, want := range map[string]string{
		"$5": `declare the sign under currency, as currency: ["$"]`, "5 €": `currency: ["€"]`, "19%": "number: {percent: true}", "5 EUR": `currency: ["EUR"]`, "5 pcs": "removeText",
	} {
		if _, err := (transforms.NumberFormat{}).Parse(cell); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", cell, err, want)
		}
	}
	for _, sign := range []string{"", " ", "1", "$ ", "-", "."} {
		if err := (transforms.NumberFormat{Currency: []string{sign}}).Check(); err == nil {
			t.Errorf("%q is taken for a currency", sign)
		}
	}
}

func TestAPercentSignMakesAHundredth(t *testing.T) {
	t.Parallel()

	format := transforms.NumberFormat{Decimal: ",", Percent: true}
	for cell, want := range map[string]string{"19 %": "0.19", "-2,5%": "-0.025", "0,19": "0.19", "100%": "1"} {
		if got, err := format.Parse(cell); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", cell, got, err, want)
		}
	}
}

func TestSpreadsheetsRescaleWhatLooksLikeANumber(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]bool{
		"1.2E+16": true, "4,711E+03": true, "1E+05": true, "-1.5e+20": true, "1.23456789E+15": true,
		"12E5": false, "5E-12": false, "310E45": false, "E+16": false, "1.E+": false, "12.5E+10": false, "1.2E+1": false, "MV-1E+10": false, "": false,
	} {
		if got := transforms.Rescaled(text); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}
