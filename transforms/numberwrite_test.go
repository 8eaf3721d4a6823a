package transforms

import (
	"math"
	"testing"
)

func TestNumbersAreWrittenAsThePatternShows(t *testing.T) {
	t.Parallel()

	tests := []struct {
		pattern string
		n       float64
		want    string
	}{
		{"0,0", 1234.25, "1234,3"},
		{"0,0", -1234.25, "-1234,3"},
		{"0.00", 1.005, "1.01"},
		{"0.00", 0.004, "0.00"},
		{"0.00", -0.004, "0.00"},
		{"0", 2.5, "3"},
		{"0", 999.5, "1000"},
		{"0", 0, "0"},
		{"0.00000", 48.137154, "48.13715"},
		{"00000", 42, "00042"},
		{"00000,0", 42, "00042,0"},
		{"00000", 1234567, "1234567"},
		{"#.##0,00", 1234567.891, "1.234.567,89"},
		{"#,##0", 999, "999"},
		{"# ##0,0", -1234, "-1 234,0"},
		{"0.0", 1e21, "1000000000000000000000.0"},
	}
	for _, tt := range tests {
		p, err := ParseNumberPattern(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := Round(tt.n, p.Places())
		if got := p.Write(r); got != tt.want || !ok {
			t.Errorf("%v as %s is %q, want %q", tt.n, tt.pattern, got, tt.want)
		}
	}
}

func TestPatternsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()

	for _, bad := range []string{"", "#", "0,", ",0", "0,0,0", "#.##0.00", "1,0", "0%", "00 000"} {
		if _, err := ParseNumberPattern(bad); err == nil {
			t.Errorf("%q is taken for a pattern", bad)
		}
	}
}

func TestWhatIsNoNumberIsNotRounded(t *testing.T) {
	t.Parallel()

	for _, n := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, ok := Round(n, 2); ok {
			t.Errorf("%v is rounded", n)
		}
	}
}

func TestFiguresAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()

	tests := []struct {
		figure Figure
		n      float64
		width  int
		want   string // "" does not fit
	}{
		{Figure{Places: 2}, 1285, 10, "0000128500"},
		{Figure{Places: 2}, -1285, 10, "-000128500"},
		{Figure{Places: 1, Sign: TrailingSign}, -12.34, 6, "00123-"},
		{Figure{Places: 1, Sign: TrailingSign}, 12.34, 6, "00123+"},
		{Figure{Places: 1, Sign: LeadingSign}, 12.34, 6, "+00123"},
		{Figure{Places: 2, Sign: Overpunch}, 123.4, 8, "0001234{"},
		{Figure{Places: 2, Sign: Overpunch}, -123.42, 8, "0001234K"},
		{Figure{Places: 0}, 12345, 4, ""},
		{Figure{Places: 0}, -1234, 4, ""},
		{Figure{Places: 0, Sign: Overpunch}, 0, 3, "00{"},
	}
	for _, tt := range tests {
		r, _ := Round(tt.n, tt.figure.Places)
		got, fits := tt.figure.Write(r, tt.width)
		if got != tt.want || fits != (tt.want != "") {
			t.Errorf("%v in %d characters is %q, want %q", tt.n, tt.width, got, tt.want)
		}
		if !fits {
			continue
		}
		back, err := tt.figure.Parse(got)
		if err != nil {
			t.Errorf("%q is not read again: %v", got, err)
		}
		if again := SimplePattern(tt.figure.Places, ".").Write(r); mustParse(t, again) != back {
			t.Errorf("%q is read as %s, want %s", got, back, again)
		}
	}
}

func mustParse(t *testing.T, text string) string {
	t.Helper()
	canonical, err := NumberFormat{Decimal: "."}.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return canonical
}

func TestSumsAreBroughtToOtherPlaces(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		units        string
		from, to     int
		want         string
		wantNegative bool
	}{
		{"1235", 2, 3, "12350", false},
		{"1235", 2, 1, "124", false},
		{"-1235", 2, 0, "12", true},
		{"-4", 2, 0, "0", false},
		{"9999", 2, 1, "1000", false},
	} {
		got := OfUnits(tt.units, tt.from).To(tt.to)
		if got.Digits != tt.want || got.Negative != tt.wantNegative {
			t.Errorf("%s with %d places to %d is %+v, want %s", tt.units, tt.from, tt.to, got, tt.want)
		}
	}
}

func TestFormsOfDatesAreSpelledForWorkbooks(t *testing.T) {
	t.Parallel()

	for form, want := range map[string]string{
		"DD.MM.YYYY": `dd\.mm\.yyyy`, "M/D/YY hh:mm AM": `m\/d\/yy\ hh\:mm\ AM/PM`, "YYYYMMDDHHmmss": "yyyymmddhhmmss", "CYYDDD": "",
	} {
		parsed, err := ParseDateForm(form)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := parsed.Excel(); got != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", form, got, want)
		}
	}
}
