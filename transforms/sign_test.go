package transforms_test

import (
	"strings"
	"testing"

	"rentalsync/transforms"
)

func TestFiguresOfMainframesAreRead(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		cell   string
		figure transforms.Figure
		want   string
	}{
		{"the last two places are the fraction", "0000128500", transforms.Figure{Places: 2}, "1285"},
		{"fewer digits than places are a fraction", "5", transforms.Figure{Places: 2}, "0.05"},
		{"no places leave a whole number", "0000042", transforms.Figure{}, "42"},
		{"a zero with a minus is zero", "000000000}", transforms.Figure{Places: 2, Sign: transforms.Overpunch}, "0"},
		{"a zero with a plus is zero", "000000000{", transforms.Figure{Places: 2, Sign: transforms.Overpunch}, "0"},
		{"A to I are one to nine", "12345I", transforms.Figure{Sign: transforms.Overpunch}, "123459"},
		{"J to R are minus one to minus nine", "12345K", transforms.Figure{Sign: transforms.Overpunch}, "-123452"},
		{"p to y are minus zero to minus nine", "12345r", transforms.Figure{Places: 2, Sign: transforms.Overpunch}, "-1234.52"},
		{"a plain digit is positive", "123450", transforms.Figure{Sign: transforms.Overpunch}, "123450"},
		{"one digit can carry a sign", "R", transforms.Figure{Sign: transforms.Overpunch}, "-9"},
		{"the sign stands behind", "00125-", transforms.Figure{Sign: transforms.TrailingSign}, "-125"},
		{"a blank stands where a plus could", "00125 ", transforms.Figure{Sign: transforms.TrailingSign}, "125"},
		{"the sign stands before", "-00125", transforms.Figure{Places: 1, Sign: transforms.LeadingSign}, "-12.5"},
		{"blanks fill a number up", "   125", transforms.Figure{Sign: transforms.LeadingSign}, "125"},
		{"a sign stands apart from its digits", "-  125", transforms.Figure{Sign: transforms.LeadingSign}, "-125"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.figure.Parse(tt.cell)
			if err != nil || got != tt.want {
				t.Errorf("%q: got %q, %v, want %q", tt.cell, got, err, tt.want)
			}
		})
	}
}

func TestFiguresThatAreNoneSayWhy(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		cell   string
		figure transforms.Figure
		want   string
	}{
		{"a blank cell", "   ", transforms.Figure{}, "a blank cell is no number"},
		{"a decimal mark", "12.50", transforms.Figure{Places: 2}, "the number has its decimal mark, remove implied and sign"},
		{"a sign in the last digit that is not declared", "1234K", transforms.Figure{Places: 2}, "write sign: overpunch"},
		{"a sign behind that should be in the last digit", "1234-", transforms.Figure{Sign: transforms.Overpunch}, "write sign: trailing"},
		{"a sign before that should stand behind", "-1234", transforms.Figure{Sign: transforms.TrailingSign}, "check sign: overpunch, trailing or leading"},
		{"a sign in the middle", "12K45", transforms.Figure{Sign: transforms.Overpunch}, `"K" is no digit`},
		{"a blank in the middle", "12 45", transforms.Figure{Sign: transforms.Overpunch}, `" " is no digit`},
		{"letters", "GENIE", transforms.Figure{Sign: transforms.Overpunch}, `"G" is no digit`},
		{"a letter that carries no sign", "1234Z", transforms.Figure{Sign: transforms.Overpunch}, "check the column's positions"},
		{"a sign alone", "-", transforms.Figure{}, "has no digits"},
		{"places that no record has", "1", transforms.Figure{Places: 41}, "use 0 to 40"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.figure.Parse(tt.cell)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q: got %q, %v, want %q", tt.cell, got, err, tt.want)
			}
		})
	}
}

func TestEverySignHasItsWord(t *testing.T) {
	t.Parallel()

	for _, word := range transforms.SignNames() {
		if sign, known := transforms.ParseSign(word); !known || sign.String() != word {
			t.Errorf("%s is %v, %t", word, sign, known)
		}
	}
	if _, known := transforms.ParseSign(""); known {
		t.Error("no word is a sign")
	}
}
