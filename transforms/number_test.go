package transforms_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rentalsync/transforms"
)

var (
	german  = transforms.NumberFormat{Decimal: ",", Thousands: "."}
	english = transforms.NumberFormat{Decimal: ".", Thousands: ","}
	french  = transforms.NumberFormat{Decimal: ",", Thousands: " "}
	swiss   = transforms.NumberFormat{Decimal: ".", Thousands: "'"}
	plain   = transforms.NumberFormat{}
)

func TestNumberGivesCanonicalText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		format transforms.NumberFormat
		cell   string
		want   string
	}{
		{"a price as Germans write it", german, "1.250,00", "1250"},
		{"a meter as Germans write it", german, "12.345,6", "12345.6"},
		{"grouping is not needed", german, "12345,6", "12345.6"},
		{"two groups", german, "1.234.567", "1234567"},
		{"a price as the English write it", english, "1,234.50", "1234.5"},
		{"a space groups", french, "1 234,5", "1234.5"},
		{"a no-break space groups where a space does", french, "1\u00a0234,5", "1234.5"},
		{"a narrow no-break space groups where a space does", french, "1\u202f234\u202f567", "1234567"},
		{"an apostrophe groups", swiss, "1'234.50", "1234.5"},
		{"a typographic apostrophe groups where an apostrophe does", swiss, "1’234.50", "1234.5"},
		{"a point is the decimal by default", plain, "1.250", "1.25"},
		{"blanks around it do not count", plain, " \u00a042 ", "42"},
		{"leading zeros go", plain, "0000128", "128"},
		{"zeros behind the fraction go", plain, "10.500", "10.5"},
		{"zeros of the whole stay", plain, "100", "100"},
		{"nothing but zeros is zero", german, "000,000", "0"},
		{"a fraction without a whole", german, ",5", "0.5"},
		{"a minus before it", german, "-0,50", "-0.5"},
		{"a minus behind it, as mainframes write", german, "1.125-", "-1125"},
		{"a plus before it, as mainframes write", plain, "+0125", "125"},
		{"zero has no sign", german, "-0,00", "0"},
		{"more digits than a float can hold", plain, "12345678901234567890.123456789012345", "12345678901234567890.123456789012345"},
		{"forty digits and any number of zeros before them", plain, strings.Repeat("0", 60) + strings.Repeat("9", 40), strings.Repeat("9", 40)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.format.Parse(tt.cell)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNumberRefusesWhatIsNotInItsForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		format transforms.NumberFormat
		cell   string
		want   string
	}{
		{"an English price in a German file", german, "1,234.50",
			`number "1,234.50": does not fit its declared form (decimal ",", thousands "."): "." is no digit of it, its marks stand the other way round; check decimal and thousands`},
		{"a German price in an English file", english, "1.250,00",
			`number "1.250,00": does not fit its declared form (decimal ".", thousands ","): "," is no digit of it, its marks stand the other way round; check decimal and thousands`},
		{"a decimal point in a German file", german, "1.25",
			`number "1.25": has a group of 2 digits beside its thousands mark ".", it takes groups of 3; is "." the decimal here?`},
		{"a group of four", german, "1.2345", `number "1.2345": has a group of 4 digits`},
		{"a first group of four", german, "1234.567", `number "1234.567": has a group of 4 digits`},
		{"a first group of none", german, ".123", `number ".123": has a group of 0 digits`},
		{"two marks together", german, "1..234", `number "1..234": has a group of 0 digits`},
		{"grouping that was not declared", plain, "1,250",
			`number "1,250": does not fit its declared form (decimal ".", no thousands): "," is no digit of it; declare it under decimal or thousands if the file uses it`},
		{"a currency sign", german, "€ 5", `number "€ 5": does not fit its declared form (decimal ",", thousands "."): "€" is no digit of it; if it is money, declare the sign under currency, as currency: ["€"]`},
		{"a percent sign", german, "5%", `number "5%": does not fit its declared form (decimal ",", thousands "."): "%" is no digit`},
		{"a word", german, "SUMME", `number "SUMME": does not fit its declared form (decimal ",", thousands "."): "S" is no digit`},
		{"an exponent", plain, "1.2E5", `number "1.2E5": does not fit its declared form (decimal ".", no thousands): "E" is no digit of it; an exponent means that a spreadsheet rounded the value`},
		{"a blank within", plain, "12 5", `number "12 5": does not fit its declared form (decimal ".", no thousands): a blank (U+0020) between the digits; declare it`},
		{"a no-break space within", plain, "12\u00a0345", "number \"12\u00a0345\": does not fit its declared form (decimal \".\", no thousands): a blank (U+00A0) between"},
		{"two decimals", plain, "1.2.3", `number "1.2.3": does not fit its declared form (decimal ".", no thousands): "." is no digit of it; one decimal mark is enough`},
		{"two signs", plain, "-5-", `number "-5-": does not fit its declared form (decimal ".", no thousands): "-" is no digit of it; one sign`},
		{"a sign alone", plain, "-", `number "-": has no digits`},
		{"a decimal without a fraction", german, "5,", `number "5,": ends after its decimal ",", the fraction is missing`},
		{"a decimal alone", german, ",", `number ",": ends after its decimal ",", the fraction is missing`},
		{"a blank cell", german, " \u00a0", `a blank cell is no number; list it under none if it means "nothing"`},
		{"digits of another script", plain, "٤٢", `number "٤٢": does not fit`},
		{"forty-one digits", plain, strings.Repeat("9", 41), `number "99999999999999999999999999999999999999999": has 41 digits, 40 are the most; is it two columns?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.format.Parse(tt.cell)
			if err == nil {
				t.Fatalf("%q was read as %s", tt.cell, got)
			}
			if !strings.HasPrefix(err.Error(), tt.want) && !strings.Contains(quoteless(err.Error()), quoteless(tt.want)) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

// quoteless undoes what %q does to a no-break space.
func quoteless(s string) string {
	return strings.ReplaceAll(s, `\u00a0`, "\u00a0")
}

func TestNumberFormatMustMakeSense(t *testing.T) {
	t.Parallel()
	for _, ok := range []transforms.NumberFormat{german, english, french, swiss, plain} {
		if err := ok.Check(); err != nil {
			t.Errorf("%v: %v", ok, err)
		}
	}
	for _, bad := range []transforms.NumberFormat{
		{Decimal: ",", Thousands: ","}, {Thousands: "."}, {Decimal: ",,"}, {Decimal: ",", Thousands: ".."}, {Decimal: "0"}, {Decimal: ",", Thousands: "-"},
	} {
		if err := bad.Check(); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestImpliedPutsThePointIntoDigits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		digits string
		places int
		want   string
	}{
		{"a price of a fixed-width file", "0000128500", 2, "1285"},
		{"a price with cents", "0000128599", 2, "1285.99"},
		{"a sign behind it", "00125-", 1, "-12.5"},
		{"a sign before it", "-00125", 1, "-12.5"},
		{"fewer digits than places", "5", 3, "0.005"},
		{"no places", "0042", 0, "42"},
		{"zero has no sign", "000-", 2, "0"},
		{"blanks around it", " 0125 ", 2, "1.25"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := transforms.Implied(tt.digits, tt.places)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestImpliedRefusesAllButDigits(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{
		"00012850}": `number "00012850}": "}" is no digit, a number with implied decimals has digits and a sign only`,
		"12.5":      `number "12.5": "." is no digit`,
		"  ":        `a blank cell is no number; list it under none if it means "nothing"`,
		"-":         `number "-": has no digits`,
	} {
		if got, err := transforms.Implied(digits, 2); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %q and error %v, want %s", digits, got, err, want)
		}
	}
	if _, err := transforms.Implied("1", -1); err == nil {
		t.Error("-1 places are taken")
	}
}

func TestNumberWrittenInAFormIsReadBackFromIt(t *testing.T) {
	t.Parallel()
	formats := []transforms.NumberFormat{german, english, french, swiss, plain}
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringMatching(`0|-?[1-9][0-9]{0,18}(\.[0-9]{0,17}[1-9])?|-?0\.[0-9]{0,17}[1-9]`).Draw(t, "number")
		format := rapid.SampledFrom(formats).Draw(t, "format")
		cell := written(want, format, rapid.Bool().Draw(t, "grouped"), rapid.Bool().Draw(t, "sign behind"))

		got, err := format.Parse(cell)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Fatalf("%q was read as %q, want %q", cell, got, want)
		}
	})
}

// written writes a canonical number as a file of the format would.
func written(number string, format transforms.NumberFormat, grouped, signBehind bool) string {
	digits, negative := strings.CutPrefix(number, "-")
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	cell := whole
	if grouped && format.Thousands != "" {
		for i := len(whole) - 3; i > 0; i -= 3 {
			cell = cell[:i] + format.Thousands + cell[i:]
		}
	}
	if hasFraction {
		decimal := format.Decimal
		if decimal == "" {
			decimal = "."
		}
		cell += decimal + fraction
	}
	switch {
	case negative && signBehind:
		return cell + "-"
	case negative:
		return "-" + cell
	}
	return cell
}

func TestPlainNumbersDoNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _, _ = german.Parse("004711") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
