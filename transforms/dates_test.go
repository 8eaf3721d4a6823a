package transforms_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/transforms"
)

func TestDateIsReadInItsForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		form string
		cell string
		want string
	}{
		{"a German date", "DD.MM.YYYY", "21.11.2026", "2026-11-21"},
		{"an American date with one digit where one will do", "M/D/YYYY", "3/4/2026", "2026-03-04"},
		{"an American date with two digits where one will do", "M/D/YYYY", "11/21/2026", "2026-11-21"},
		{"a date without separators", "YYYYMMDD", "20261121", "2026-11-21"},
		{"a date and time without separators", "YYYYMMDDHHmmss", "20261121073015", "2026-11-21T07:30:15"},
		{"blanks around it", "DD.MM.YYYY", " 21.11.2026\u00a0", "2026-11-21"},
		{"a clock of 24 hours", "DD.MM.YYYY HH:mm", "21.11.2026 23:05", "2026-11-21T23:05:00"},
		{"an hour of one digit before a separator", "DD.MM.YYYY HH:mm", "21.11.2026 7:30", "2026-11-21T07:30:00"},
		{"an hour alone", "DD.MM.YYYY HH", "21.11.2026 07", "2026-11-21T07:00:00"},
		{"an ISO time", "YYYY-MM-DDTHH:mm:ss", "2026-11-21T07:30:15", "2026-11-21T07:30:15"},
		{"half past seven in the morning", "M/D/YYYY hh:mm:ss AM", "11/21/2026 7:30:00 AM", "2026-11-21T07:30:00"},
		{"half past seven in the evening", "M/D/YYYY hh:mm:ss AM", "11/21/2026 7:30:00 pm", "2026-11-21T19:30:00"},
		{"twelve at night", "M/D/YYYY hh:mm AM", "11/21/2026 12:00 AM", "2026-11-21T00:00:00"},
		{"twelve at noon", "M/D/YYYY hh:mm AM", "11/21/2026 12:00 PM", "2026-11-21T12:00:00"},
		{"an hour right before PM", "M/D/YYYY hhAM", "11/21/2026 7PM", "2026-11-21T19:00:00"},
		{"the Julian date of JD Edwards", "CYYDDD", "126325", "2026-11-21"},
		{"the Julian date of JD Edwards in the century before", "CYYDDD", "099365", "1999-12-31"},
		{"the last day of a leap year", "YYYYDDD", "2024366", "2024-12-31"},
		{"a year of two digits in the window's first year", "DD.MM.YY", "01.01.70", "1970-01-01"},
		{"a year of two digits in the window's last year", "DD.MM.YY", "31.12.69", "2069-12-31"},
		{"a leap day", "DD.MM.YYYY", "29.02.2024", "2024-02-29"},
		{"a date for ever", "DD.MM.YYYY", "31.12.9999", "9999-12-31"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := newForm(t, tt.form).Parse(tt.cell)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDateRefusesWhatIsNotInItsForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		form string
		cell string
		want string
	}{
		{"a day that February does not have", "DD.MM.YYYY", "29.02.2023", `date "29.02.2023": February 2023 has 28 days`},
		{"a zero date", "DD.MM.YYYY", "00.00.0000", `date "00.00.0000": there is no year 0; list it under none if it means "nothing"`},
		{"a zero day", "YYYYMMDD", "20261100", `date "20261100": there is no day 0`},
		{"an American date in a German file", "DD/MM/YYYY", "11/21/2026", `date "11/21/2026": there is no month 21; are day and month the other way round?`},
		{"one digit where two are declared", "DD.MM.YYYY", "1.11.2026", `date "1.11.2026": does not fit DD.MM.YYYY: DD takes 2 digits, found "1.11.2026"`},
		{"two digits where four are declared", "DD.MM.YYYY", "21.11.26", `date "21.11.26": does not fit DD.MM.YYYY: YYYY takes 4 digits, found "26"`},
		{"another separator", "DD.MM.YYYY", "21/11/2026", `date "21/11/2026": does not fit DD.MM.YYYY: "." expected, found "/11/2026"`},
		{"a time behind it", "DD.MM.YYYY", "21.11.2026 07:30", `date "21.11.2026 07:30": does not fit DD.MM.YYYY: " 07:30" is left over at its end`},
		{"a digit too many", "YYYYMMDD", "202611211", `date "202611211": does not fit YYYYMMDD: "1" is left over at its end`},
		{"a date cut short", "DD.MM.YYYY", "21.11.", `date "21.11.": does not fit DD.MM.YYYY: YYYY takes 4 digits, found the end`},
		{"a word", "M/D/YYYY", "open", `date "open": does not fit M/D/YYYY: M takes 1 or 2 digits, found "open"`},
		{"a blank cell", "DD.MM.YYYY", " ", `a blank cell is no date; list it under none if it means "nothing"`},
		{"an hour of 24", "DD.MM.YYYY HH:mm", "21.11.2026 24:00", `date "21.11.2026 24:00": there is no hour 24, a day ends at 23:59:59`},
		{"a minute of 60", "DD.MM.YYYY HH:mm", "21.11.2026 07:60", `date "21.11.2026 07:60": there is no minute 60`},
		{"a second of 60", "DD.MM.YYYY HH:mm:ss", "21.11.2026 07:00:60", `date "21.11.2026 07:00:60": there is no second 60`},
		{"an hour of 13 before PM", "M/D/YYYY hh:mm AM", "11/21/2026 13:00 PM", `date "11/21/2026 13:00 PM": an hour before AM or PM is 1 to 12, not 13; write HH for a clock of 24`},
		{"no AM and no PM", "M/D/YYYY hh:mm AM", "11/21/2026 07:00", `date "11/21/2026 07:00": does not fit M/D/YYYY hh:mm AM: " " expected, found the end`},
		{"something else than AM", "M/D/YYYY hh:mm AM", "11/21/2026 07:00 XM", `date "11/21/2026 07:00 XM": does not fit M/D/YYYY hh:mm AM: AM or PM expected, found "XM"`},
		{"a day 366 of a year of 365", "CYYDDD", "123366", `date "123366": 2023 has 365 days`},
		{"a day 0", "CYYDDD", "126000", `date "126000": there is no day 0`},
		{"digits of another script", "YYYYMMDD", "٢٠٢٦١١٢١", `date "٢٠٢٦١١٢١": does not fit YYYYMMDD: YYYY takes 4 digits`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := newForm(t, tt.form).Parse(tt.cell)
			if err == nil {
				t.Fatalf("%q was read as %s", tt.cell, got)
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDateFormIsRefusedWithItsCure(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, form, want string }{
		{"the tokens of Java", "dd.MM.yyyy", `"dd" is no token, did you mean "DD"?`},
		{"the tokens of German Excel", "TT.MM.JJJJ", `"TT" is no token, did you mean "DD"?`},
		{"the year of Java", "DD.MM.yyyy", `"yyyy" is no token, did you mean "YYYY"?`},
		{"names of months", "DD-MON-YY", `"MON" is no token; names of months are not read, use replace to turn them into MM`},
		{"names of months in short", "DD MMM YYYY", `"MMM" is no token; names of months are not read`},
		{"an unknown letter", "DD.MM.YYYY Z", `"Z" is no token; forms are made of DD D MM M YYYY YY DDD CYY HH hh mm ss AM`},
		{"the pattern of Go", "02.01.2006", `the digit "0" cannot separate digits`},
		{"minutes for months", "DD.mm.YYYY", "the month is missing; mm is minutes, months are MM"},
		{"months for minutes", "DD.MM.YYYY HH:MM", "MM is there twice; minutes are mm"},
		{"no day", "MM.YYYY", "the day is missing, add DD"},
		{"no month", "DD.YYYY", "the month is missing, add MM"},
		{"no year", "DD.MM.", "the year is missing, add YYYY or YY"},
		{"two years", "YY YYYY-MM-DD", "the year is there twice, keep YYYY or YY"},
		{"the same token twice", "DD.MM.YYYY DD", "DD is there twice"},
		{"a day of the year beside a month", "YYYYMMDDD", "DDD is the day of the year, it takes no D and no M beside it"},
		{"minutes without an hour", "DD.MM.YYYY mm", "mm is minutes, so the hour is missing; add HH"},
		{"seconds without minutes", "DD.MM.YYYY HH:ss", "ss is seconds, so the minutes are missing; add mm"},
		{"an hour of 12 without AM", "DD.MM.YYYY hh:mm", "hh is an hour of 12, so AM is missing; write HH for an hour of 24"},
		{"AM without an hour", "DD.MM.YYYY AM", "AM stands for nothing without an hour, add hh"},
		{"AM beside an hour of 24", "DD.MM.YYYY HH:mm AM", "HH is an hour of 24 and takes no hh and no AM, write hh for an hour of 12"},
		{"one digit or two with none to end it", "DMYYYY", "D can be one digit or two, so a separator must follow it; or write DD"},
		{"nothing", "", "it is empty, write it like DD.MM.YYYY"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := transforms.ParseDateForm(tt.form)
			if err == nil {
				t.Fatalf("the form %q is taken", tt.form)
			}
			if want := fmt.Sprintf("date form %q: %s", tt.form, tt.want); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestDateFormKnowsWhetherItReadsATime(t *testing.T) {
	t.Parallel()
	if newForm(t, "DD.MM.YYYY").HasTime() {
		t.Error("DD.MM.YYYY reads no time")
	}
	form := newForm(t, "DD.MM.YYYY HH:mm")
	if !form.HasTime() {
		t.Error("DD.MM.YYYY HH:mm reads a time")
	}
	if form.String() != "DD.MM.YYYY HH:mm" {
		t.Errorf("got %s", form)
	}
}

func TestNoDateWithoutAForm(t *testing.T) {
	t.Parallel()
	_, err := transforms.DateForm{}.Parse("21.11.2026")
	if err == nil || !strings.Contains(err.Error(), "no form of dates is declared") {
		t.Errorf("got %v", err)
	}
}

func TestISODate(t *testing.T) {
	t.Parallel()
	got, err := transforms.ISODate("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	want := transforms.Civil{Year: 2026, Month: time.November, Day: 21}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := transforms.ISODate("21.11.2026"); err == nil {
		t.Error("a German date is no ISO date")
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]int{"07:00": {7, 0, 0}, "07:00:30": {7, 0, 30}, " 23:59:59 ": {23, 59, 59}} {
		hour, minute, second, err := transforms.ParseClock(text)
		if got := [3]int{hour, minute, second}; err != nil || got != want {
			t.Errorf("%q: got %v and error %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "7:00", "0700", "24:00", "07:60", "07:00:60", "07-00", "07:00 AM", "aa:bb", "07:00:3"} {
		if _, _, _, err := transforms.ParseClock(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestDateWrittenInAFormIsReadBackFromIt(t *testing.T) {
	t.Parallel()
	layouts := map[string]string{
		"DD.MM.YYYY": "02.01.2006", "M/D/YYYY": "1/2/2006", "YYYYMMDD": "20060102", "YYYYDDD": "2006002", "D.M.YY": "2.1.06",
		"YYYY-MM-DDTHH:mm:ss": "2006-01-02T15:04:05", "M/D/YYYY hh:mm:ss AM": "1/2/2006 3:04:05 PM",
	}
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom([]string{"DD.MM.YYYY", "M/D/YYYY", "YYYYMMDD", "YYYYDDD", "D.M.YY", "YYYY-MM-DDTHH:mm:ss", "M/D/YYYY hh:mm:ss AM"}).Draw(t, "form")
		first, last := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2069, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
		want := time.Unix(rapid.Int64Range(first, last).Draw(t, "instant"), 0).UTC()

		compiled, err := transforms.ParseDateForm(form)
		if err != nil {
			t.Fatal(err)
		}
		cell := want.Format(layouts[form])
		got, err := compiled.Parse(cell)
		if err != nil {
			t.Fatal(err)
		}
		if !compiled.HasTime() {
			want = want.Truncate(24 * time.Hour)
		}
		if instant, shift := got.In(time.UTC); !instant.Equal(want) || shift != transforms.Exact {
			t.Fatalf("%q was read as %s (%s), want %s", cell, instant, shift, want)
		}
	})
}

func newForm(t testing.TB, form string) transforms.DateForm {
	t.Helper()
	compiled, err := transforms.ParseDateForm(form)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}
