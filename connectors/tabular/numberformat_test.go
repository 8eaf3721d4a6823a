package tabular

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func TestFormatsOfNumbers(t *testing.T) {
	t.Parallel()

	tests := []struct {
		code string
		want cellFormat
	}{
		{"General", cellFormat{}},
		{"GENERAL;[Red]-General", cellFormat{}},
		{"", cellFormat{}},
		{"@", cellFormat{}},
		{"0", cellFormat{}},
		{"0.00", cellFormat{}},
		{"#,##0.00", cellFormat{}},
		{"0.00E+00", cellFormat{}},
		{"##0.0e-0", cellFormat{}},
		{"# ?/?", cellFormat{}},
		{`#,##0.00\ "€";[Red]\-#,##0.00\ "€"`, cellFormat{}},
		{`_-* #,##0.00\ [$€-407]_-`, cellFormat{}},
		{`0" days"`, cellFormat{}},
		{`0\d`, cellFormat{}},
		{`[Red]0`, cellFormat{}},
		{`[<100]0;[>=100]0.0`, cellFormat{}},
		{`"Std: "0.0`, cellFormat{}},
		{"0.0h", cellFormat{}},
		{"00000", cellFormat{zeros: 5}},
		{"000000;-000000", cellFormat{zeros: 6}},
		{"[Blue]000", cellFormat{zeros: 3}},
		{`"MV-"000`, cellFormat{}},
		{"000-000", cellFormat{}},

		{"dd.mm.yyyy", cellFormat{show: showDate}},
		{"DD/MM/YYYY", cellFormat{show: showDate}},
		{"m/d/yy", cellFormat{show: showDate}},
		{"mmm-yy", cellFormat{show: showDate}},
		{"mmmm", cellFormat{show: showDate}},
		{"yyyy", cellFormat{show: showDate}},
		{`[$-407]d/\ mmmm\ yyyy;@`, cellFormat{show: showDate}},
		{`[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, cellFormat{show: showDate}},
		{`yyyy"年"m"月"d"日"`, cellFormat{show: showDate}},
		{"[$-411]ggge\"年\"m\"月\"", cellFormat{show: showDate}},
		{`"am" dd.mm.yyyy`, cellFormat{show: showDate}},
		{"[Red]dd.mm.yyyy", cellFormat{show: showDate}},

		{"dd.mm.yyyy hh:mm", cellFormat{show: showMoment}},
		{"m/d/yy h:mm AM/PM", cellFormat{show: showMoment}},
		{"yyyy-mm-dd\\Thh:mm:ss", cellFormat{show: showMoment}},
		{"yyyy-mm-dd hh:mm:ss.000", cellFormat{show: showMoment}},

		{"h:mm", cellFormat{show: showTime}},
		{"hh:mm:ss", cellFormat{show: showTime}},
		{"mm:ss", cellFormat{show: showTime}},
		{"mm:ss.0", cellFormat{show: showTime}},
		{"h AM/PM", cellFormat{show: showTime}},
		{"h:mm A/P", cellFormat{show: showTime}},
		{`h" Uhr "mm`, cellFormat{show: showTime}},

		{"[h]:mm", cellFormat{show: showDuration}},
		{"[HH]:MM:SS", cellFormat{show: showDuration}},
		{"[mm]:ss", cellFormat{show: showDuration}},
		{"[ss].00", cellFormat{show: showDuration}},

		{`"never closed`, cellFormat{}},
		{"[never closed", cellFormat{}},
		{`dd.mm\`, cellFormat{show: showDate}},
	}
	for _, tt := range tests {
		if got := parseFormat(tt.code); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.code, got, tt.want)
		}
	}
}

func TestBuiltInFormats(t *testing.T) {
	t.Parallel()

	want := map[cellShow]string{
		showDate: "14 15 16 17", showTime: "18 19 20 21 45 47", showMoment: "22", showDuration: "46",
		showEither: "27 28 29 30 31 32 33 34 35 36 50 51 52 53 54 55 56 57 58",
	}
	got := map[cellShow]string{}
	for id := range 200 {
		if show := builtinFormat(id).show; show != showNumber {
			got[show] = strings.TrimSpace(got[show] + " " + strconv.Itoa(id))
		}
	}
	for show, ids := range want {
		if got[show] != ids {
			t.Errorf("%d: got %s, want %s", show, got[show], ids)
		}
	}
}

func TestDaysAreThoseOfExcelize(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		since1904 := rapid.Bool().Draw(t, "since 1904")
		days := rapid.IntRange(leapDay+1, lastDay1904).Draw(t, "days")
		seconds := rapid.IntRange(0, secondsPerDay-1).Draw(t, "seconds")
		n := float64(days) + float64(seconds)/secondsPerDay

		got, ok := appendSerial(nil, n, showMoment, since1904)
		want, err := excelize.ExcelDateToTime(n, since1904)
		if !ok || err != nil || string(got) != want.Round(time.Second).Format("2006-01-02T15:04:05") {
			t.Fatalf("%v: got %s, want %v", n, got, want)
		}
	})
}

func TestNumbersAreShownWithFifteenDigits(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Float64Range(-1e300, 1e300), rapid.Float64Range(-1e6, 1e6), rapid.Map(rapid.Int64(), func(i int64) float64 { return float64(i) })).Draw(t, "number")
		for _, written := range []string{strconv.FormatFloat(n, 'g', -1, 64), strconv.FormatFloat(n, 'E', 17, 64), strconv.FormatFloat(n, 'f', -1, 64)} {
			got, ok := appendNumber(nil, []byte(written), 0)
			back, err := strconv.ParseFloat(string(got), 64)
			if want := strconv.FormatFloat(n, 'g', 15, 64); !ok || err != nil || strconv.FormatFloat(back, 'g', 15, 64) != want && n != 0 {
				t.Fatalf("%s: got %s, want %s", written, got, want)
			}
			if text := string(got); strings.ContainsAny(text, "E+") || strings.HasPrefix(text, ".") || strings.Contains(text, ".") && strings.HasSuffix(text, "0") && !strings.Contains(text, "e") {
				t.Fatalf("%s is shown as %s", written, got)
			}
		}
	})
}

func TestNumbersThatAreWrittenAsTheyAreShownAreKept(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		written := rapid.StringMatching(`[0-9]{0,10}(\.[0-9]{0,9})?`).Draw(t, "number")
		n, ok := parseNumber([]byte(written))
		got, also := appendNumber(nil, []byte(written), 0)
		if ok != also || ok && string(got) != string(appendShown(nil, n, 0)) {
			t.Fatalf("%q: got %s, want %s", written, got, fmt.Sprint(string(appendShown(nil, n, 0)), ok))
		}
	})
}
