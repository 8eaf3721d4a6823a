package transforms_test

import (
	"regexp"
	"testing"
	"time"

	"rentalsync/transforms"
)

// Whatever an admin writes and an ERP exports: an answer or an error, soon.

func FuzzFormula(f *testing.F) {
	for _, source := range []string{
		`contract + "/" + line`, `col("Geräte-Nr.")`, `number(rate) * 1.19 > 5 ? "a" : 'b'`, `status in ["V", "R"] and not blank(line)`,
		`date(begin) <= date(due)`, `lookup("status", status, "OTHER") | upper()`, `if status == "V" { "a" } else { "b" }`,
		`substring(pad(number, 9), 1, 3) + text(round(1/3, 2))`, `serial matches "^[A-Z]{3}"`, `any(["a"], # == status)`, `1..3`, `let a = 1; a`,
		`1 < 2 < 3`, `status ?: "x"`, `{"a": 1}["a"]`, `b"x"`, `$env`, `::upper(status)`, "`raw` /* remark */ // more", `-+!not 1e9 ** 2 % 3`, `status?.x`, `nil ?? 1`,
		growing,
	} {
		f.Add(source, "V")
	}
	f.Fuzz(func(t *testing.T, source, cell string) {
		if len(cell) > 1000 {
			return
		}
		begin := time.Now()
		for _, result := range []transforms.FormulaResult{transforms.Text, transforms.Bool} {
			env := machineEnv(t, result)
			formula, err := transforms.CompileFormula(source, env)
			if err != nil {
				mustHavePlace(t, err)
				continue
			}
			cells := row{}
			for _, column := range formula.Columns() {
				cells[column] = cell
			}
			if result == transforms.Text {
				_, err = formula.Text(cells)
			} else {
				_, err = formula.Bool(cells)
			}
			mustHavePlace(t, err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %s", source, took)
		}
	})
}

func mustHavePlace(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	fault, ok := err.(*transforms.FormulaError)
	if !ok || fault.Line < 1 || fault.Column < 1 || fault.What == "" {
		t.Errorf("an error without its place or its reason: %#v", err)
	}
}

var canonicalNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]*(\.[0-9]*[1-9])?|-?0\.[0-9]*[1-9])$`)

func FuzzNumber(f *testing.F) {
	for _, cell := range []string{"1.250,00", "1,234.50", "125-", "-0,5", "0000128500", "1 234", "1'234", "1e5", "€", ",5", "5,", "", "--", "$-1,5", "5 EUR-", "%", "19 %", "٤٢", "\xff"} {
		f.Add(cell, ",", ".", 2)
		f.Add(cell, ".", "", 0)
		f.Add(cell, ".", " ", 40)
	}
	f.Fuzz(func(t *testing.T, cell, decimal, thousands string, places int) {
		format := transforms.NumberFormat{Decimal: decimal, Thousands: thousands}
		if places > 0 {
			format.Currency, format.Percent = []string{"$", "EUR"}, true
		}
		_ = format.Check()
		got, err := format.Parse(cell)
		if err == nil && format.Check() == nil && !canonicalNumber.MatchString(got) {
			t.Errorf("%v: %q was read as %q", format, cell, got)
		}
		if got, err := transforms.Implied(cell, places); err == nil && !canonicalNumber.MatchString(got) {
			t.Errorf("%d places: %q was read as %q", places, cell, got)
		}
	})
}

func FuzzFigure(f *testing.F) {
	for _, cell := range []string{"0000128500", "000000000}", "12345K", "00125-", "-00125", "1234r", "  12{", "", "{", "\xff", "12é"} {
		for sign := transforms.AnySign; sign <= transforms.Overpunch; sign++ {
			f.Add(cell, uint8(sign), 2)
		}
	}
	f.Fuzz(func(t *testing.T, cell string, sign uint8, places int) {
		figure := transforms.Figure{Places: places, Sign: transforms.Sign(sign % 4)}
		got, err := figure.Parse(cell)
		if err == nil && !canonicalNumber.MatchString(got) {
			t.Errorf("%+v: %q was read as %q", figure, cell, got)
		}
	})
}

// What a workbook calls a number is one, and so is what a formula is shown of it.
func FuzzPlain(f *testing.F) {
	for _, cell := range []string{"1250.5", "1e-7", "1.2345678901234567E+16", "46347.3125", "60", "2958465", "-1", "NaN", "0x1p-2", "1_000", ""} {
		f.Add(cell)
	}
	german := transforms.NumberFormat{Decimal: ",", Thousands: "."}
	f.Fuzz(func(t *testing.T, cell string) {
		_ = transforms.Rescaled(cell)
		if date, err := transforms.ExcelDate(cell, false); err == nil && (date.Year < 1900 || date.Year > 9999) {
			t.Errorf("%q is %s", cell, date)
		}
		got, err := transforms.PlainNumber(cell)
		if err != nil {
			return
		}
		if !canonicalNumber.MatchString(got) {
			t.Errorf("%q was read as %q", cell, got)
		}
		if back, err := german.Parse(german.Write(got)); err != nil || back != got {
			t.Errorf("%q is written %q and read as %q, %v", got, german.Write(got), back, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for form, cell := range map[string]string{
		"DD.MM.YYYY": "29.02.2023", "CYYDDD": "126325", "M/D/YYYY hh:mm:ss AM": "11/21/2026 7:30:00 AM", "YYYY-MM-DDTHH:mm:ss": "2026-03-29T02:30:00",
		"dd.mm.yyyy": "1.1.2026", "DD-MON-YY": "21-NOV-26", "YYYYMMDD": "00000000", "": "", "DMYY": "\xff",
	} {
		f.Add(form, cell)
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, form, cell string) {
		compiled, err := transforms.ParseDateForm(form)
		if err != nil {
			return
		}
		c, err := compiled.Parse(cell)
		if err != nil {
			return
		}
		if written, says := compiled.Write(c); !says {
			t.Errorf("%q in %s is written %q", cell, form, written)
		}
		got, shift := c.In(berlin)
		if back := got.Format("2006-01-02T15:04:05"); shift == transforms.Exact && c.HasTime && back != c.String() {
			t.Errorf("%q in %s: got %s, and the clock shows %s", cell, form, c, back)
		}
		if c.HasTime != compiled.HasTime() {
			t.Errorf("%q in %s: has a time is %v", cell, form, c.HasTime)
		}
	})
}
