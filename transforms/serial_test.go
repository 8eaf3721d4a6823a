package transforms_test

import (
	"strings"
	"testing"

	"rentalsync/transforms"
)

func TestDaysOfAWorkbookAreRead(t *testing.T) {
	t.Parallel()

	tests := []struct {
		cell      string
		since1904 bool
		want      string
	}{
		{"46347", false, "2026-11-21"},
		{"46347.3125", false, "2026-11-21T07:30:00"},
		{"46347.99999999", false, "2026-11-22T00:00:00"},
		{"1", false, "1900-01-01"},
		{"59", false, "1900-02-28"},
		{"61", false, "1900-03-01"},
		{"2958465", false, "9999-12-31"},
		{"44885", true, "2026-11-21"},
		{"0", true, "1904-01-01"},
	}
	for _, tt := range tests {
		got, err := transforms.ExcelDate(tt.cell, tt.since1904)
		if err != nil || got.String() != tt.want {
			t.Errorf("%s since 1904 %t: got %s, %v, want %s", tt.cell, tt.since1904, got, err, tt.want)
		}
	}
}

func TestNumbersThatAreNoDayOfAWorkbookSayWhy(t *testing.T) {
	t.Parallel()

	for cell, want := range map[string]string{
		"0": "which has 1 to 2958465", "-1": "which has 1 to", "20261121": "say under dates how its digits are written", "60": "1900-02-29",
		"2958465.999999999": "beyond the year 9999", "x": "no number of a day", "NaN": "no number of a day", "Inf": "no day",
	} {
		if got, err := transforms.ExcelDate(cell, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %s, %v, want %q", cell, got, err, want)
		}
	}
}

func TestDatesOfAWorkbookHaveADay(t *testing.T) {
	t.Parallel()

	for cell, want := range map[string]string{"2026-11-21": "2026-11-21", "2026-11-21T07:30:00": "2026-11-21T07:30:00"} {
		if got, err := transforms.ISOTime(cell); err != nil || got.String() != want {
			t.Errorf("%s: got %s, %v", cell, got, err)
		}
	}
	if _, err := transforms.ISOTime("07:30:00"); err == nil || !strings.Contains(err.Error(), "a time without a date") {
		t.Errorf("got %v", err)
	}
}

func TestDatesAreWrittenInTheDeclaredForm(t *testing.T) {
	t.Parallel()

	tests := []struct {
		form, date, want string
		says             bool
	}{
		{"DD.MM.YYYY", "2026-11-21T07:30:00", "21.11.2026", true},
		{"D.M.YY", "2026-01-02", "2.1.26", true},
		{"M/D/YYYY hh:mm:ss AM", "2026-11-21T19:30:00", "11/21/2026 07:30:00 PM", true},
		{"M/D/YYYY hh:mm AM", "2026-11-21", "11/21/2026 12:00 AM", true},
		{"CYYDDD", "2026-11-21", "126325", true},
		{"YYYYMMDD HH:mm", "2026-11-21T07:30:00", "20261121 07:30", true},
		{"DD.MM.YY", "9999-12-31", "31.12.99", false},
	}
	for _, tt := range tests {
		form, err := transforms.ParseDateForm(tt.form)
		if err != nil {
			t.Fatal(err)
		}
		date, err := transforms.ISOTime(tt.date)
		if err != nil {
			t.Fatal(err)
		}
		if got, says := form.Write(date); got != tt.want || says != tt.says {
			t.Errorf("%s as %s: got %q, %t", tt.date, tt.form, got, says)
		}
	}
}

func TestAFormOfDigitsAloneSaysHowMany(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]int{"YYYYMMDD": 8, "CYYDDD": 6, "YYDDD": 5, "DD.MM.YYYY": 0, "YYYYMMDDHHmm": 12} {
		form, err := transforms.ParseDateForm(text)
		if err != nil || form.Digits() != want {
			t.Errorf("%s: got %d, %v, want %d", text, form.Digits(), err, want)
		}
	}
}
