package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reading is one kind of value, as rows reads it by a mapping that has it in the
// column CELL and puts it into a field.
type reading struct {
	it      string
	mapping string // under testdata/checklist
	says    []string
	field   string
	cells   []cellTold
}

// cellTold is a cell, and the field's value as JSON has it or what is wrong with
// the cell, where an ellipsis stands for any text.
type cellTold struct{ cell, want string }

func readCells(t *testing.T, readings []reading) {
	t.Helper()
	t.Parallel()
	for _, r := range readings {
		t.Run(r.it, func(t *testing.T) {
			t.Parallel()
			told := r.read(t)
			if len(told) != len(r.cells) {
				t.Fatalf("%d cells are told as %q", len(r.cells), told)
			}
			for i, c := range r.cells {
				if !fitsEllipsis(c.want, told[i]) {
					t.Errorf("%q is told as\n%s, want\n%s", c.cell, told[i], c.want)
				}
			}
		})
	}
}

// read gives what rows tells of each cell.
func (r reading) read(t *testing.T) (told []string) {
	t.Helper()
	text := "NO;CELL\n"
	for i, c := range r.cells {
		text += fmt.Sprintf("%d;%s\n", i+1, c.cell)
	}
	dir := t.TempDir()
	mapping, file := filepath.Join(dir, "mapping.yaml"), filepath.Join(dir, "VALUES.csv")
	for path, content := range map[string]string{mapping: trapMapping(t, r.mapping, r.says), file: text} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	var out, talk bytes.Buffer
	if code := run([]string{"rows", "-m", mapping, file}, nil, &out, &talk, environment); code != 0 && code != exitAttention {
		t.Fatalf("rows ended with %d: %s", code, talk.String())
	}
	for line := range strings.Lines(out.String()) {
		told = append(told, r.told(t, line))
	}
	return told
}

// told is the field's value in a line of rows, or what is wrong.
func (r reading) told(t *testing.T, line string) string {
	t.Helper()
	var row struct {
		Key    string
		Fields map[string]json.RawMessage
		Errors []struct{ What, Hint string }
	}
	if err := json.Unmarshal([]byte(line), &row); err != nil {
		t.Fatal(err)
	}
	switch {
	case len(row.Errors) > 0:
		return strings.TrimSuffix(row.Errors[0].What+"; "+row.Errors[0].Hint, "; ")
	case r.field == "key":
		return row.Key
	}
	return string(row.Fields[r.field])
}

func TestChecklistOfNumbers(t *testing.T) {
	american := []string{`decimal: "."`, `thousands: ","`}
	readCells(t, []reading{
		{
			it: "a decimal comma with points between thousands", mapping: "numbers", field: "meterHours",
			cells: []cellTold{
				{"1.250,00", "1250"},
				{"12.345.678,9", "12345678.9"},
				{"1250,00", "1250"},
				{"1,250.00", "does not fit its declared form (decimal \",\", thousands \".\")…the other way round; check decimal and thousands"},
				{"1.25", "has a group of 2 digits beside its thousands mark \".\"…is \".\" the decimal here?"},
				{"1.250.00", "…a group of 2 digits…"},
				{"", "null"},
			},
		},
		{
			it: "a decimal point with commas between thousands", mapping: "numbers", says: american, field: "meterHours",
			cells: []cellTold{
				{"1,250.00", "1250"},
				{"1.250,00", "…the other way round; check decimal and thousands"},
				{"1,25", "…a group of 2 digits…"},
				{"$1,250.00", "…\"$\" is no digit of it…"},
			},
		},
		{
			it: "a price has the sign of its currency, which the mapping declares", mapping: "numbers", field: "meterHours",
			says: append([]string{`currency: ["$", USD]`}, american...),
			cells: []cellTold{
				{"$1,250.00", "1250"},
				{"$ 1,250.00", "1250"},
				{"-$5.00", "-5"},
				{"1250.00 USD", "1250"},
				{"€1,250.00", "…\"€\" is no digit of it…"},
			},
		},
		{
			it: "a minus stands before or behind the digits", mapping: "numbers", field: "meterHours",
			cells: []cellTold{
				{"125-", "-125"},
				{"-125", "-125"},
				{"1.250,50-", "-1250.5"},
				{"0-", "0"},
				{"-125-", "…one sign before or behind the digits is enough"},
			},
		},
		{
			it: "blanks that a spreadsheet writes stand between thousands", mapping: "numbers", says: []string{`thousands: " "`}, field: "meterHours",
			cells: []cellTold{
				{"1\u00a0250,50", "1250.5"},
				{"1\u202f250,50", "1250.5"},
				{"1 250,50", "1250.5"},
				{"1.250,50", "…\".\" is no digit of it…"},
			},
		},
		{
			it: "a spreadsheet has rounded the digits away", mapping: "numbers", field: "meterHours",
			cells: []cellTold{{"1,23457E+12", "…an exponent means that a spreadsheet rounded the value, export it as text"}},
		},
		{
			it: "the last digits are the fraction, without a sign that says so", mapping: "digits", field: "meterHours",
			cells: []cellTold{
				{"0000128500", "1285"},
				{"0000000005", "0.05"},
				{"00125-", "-1.25"},
				{"1285.00", "…"},
			},
		},
	})
}

func TestChecklistOfDates(t *testing.T) {
	readCells(t, []reading{
		{
			it: "a day that could be a month is the day that the mapping says", mapping: "dates", says: []string{"dates: DD/MM/YYYY"}, field: "onRentDate",
			cells: []cellTold{
				{"03/04/2026", `"2026-04-02T22:00:00Z"`},
				{"12/11/2026", `"2026-11-11T23:00:00Z"`},
				{"11/21/2026", "…no month 21…"},
			},
		},
		{
			it: "a month that could be a day is the month that the mapping says", mapping: "dates", says: []string{"dates: MM/DD/YYYY"}, field: "onRentDate",
			cells: []cellTold{
				{"03/04/2026", `"2026-03-03T23:00:00Z"`},
				{"21/11/2026", "…no month 21…"},
			},
		},
		{
			it: "a year of two digits is one of 1970 to 2069", mapping: "dates", says: []string{"dates: DD.MM.YY"}, field: "onRentDate",
			cells: []cellTold{
				{"21.11.26", `"2026-11-20T23:00:00Z"`},
				{"21.11.69", `"2069-11-20T23:00:00Z"`},
				{"21.11.70", `"1970-11-20T23:00:00Z"`},
				{"21.11.2026", "…"},
			},
		},
		{
			it: "dates that mean nothing are nothing where the mapping lists them", mapping: "dates", field: "onRentDate",
			cells: []cellTold{{"00.00.0000", "null"}, {"31.12.9999", "null"}, {"", "null"}},
		},
		{
			it: "a date that no calendar has, which nobody listed, rejects its row", mapping: "dates", says: []string{`none: [""]`}, field: "onRentDate",
			cells: []cellTold{
				{"00.00.0000", "there is no year 0; list it under none if it means \"nothing\""},
				{"00.00.2026", "…"},
				{"29.02.2023", "February 2023 has 28 days"},
				{"29.02.2024", `"2024-02-28T23:00:00Z"`},
				{"31.04.2026", "April 2026 has 30 days"},
			},
		},
		{
			it: "a clock of twelve hours", mapping: "dates", says: []string{"dates: MM/DD/YYYY hh:mm:ss AM"}, field: "onRentDate",
			cells: []cellTold{
				{"11/21/2026 7:30:00 AM", `"2026-11-21T06:30:00Z"`},
				{"11/21/2026 12:00:00 AM", `"2026-11-20T23:00:00Z"`},
				{"11/21/2026 12:00:00 PM", `"2026-11-21T11:00:00Z"`},
				{"11/21/2026 11:59:59 pm", `"2026-11-21T22:59:59Z"`},
				{"11/21/2026 13:00:00 PM", "…"},
				{"11/21/2026 7:30:00", "…found the end"},
			},
		},
		{
			it: "the day of the year behind a digit for the century", mapping: "dates", says: []string{"dates: CYYDDD", `none: ["0"]`}, field: "onRentDate",
			cells: []cellTold{
				{"126325", `"2026-11-20T23:00:00Z"`},
				{"099365", `"1999-12-30T23:00:00Z"`},
				{"126366", "…"},
				{"0", "null"},
			},
		},
		{
			it: "the hour that the clock leaves out in spring begins when it goes on, and the one it has twice in autumn is the first", mapping: "dates",
			says: []string{"dates: YYYY-MM-DD HH:mm"}, field: "onRentDate",
			cells: []cellTold{
				{"2026-03-29 02:30", `"2026-03-29T01:00:00Z"`},
				{"2026-10-25 02:30", `"2026-10-25T00:30:00Z"`},
			},
		},
	})
}

func TestChecklistOfKeys(t *testing.T) {
	readCells(t, []reading{
		{
			it: "a spreadsheet has eaten the leading zeros, which the mapping gives back", mapping: "keys", field: "key",
			cells: []cellTold{{"4711", "004711"}, {"004711", "004711"}, {" 4711 ", "004711"}, {"1234567", "1234567"}},
		},
		{
			it: "a key is text, whatever it looks like", mapping: "keys", field: "identifier",
			cells: []cellTold{{"004711", `"004711"`}, {"1.0", `"0001.0"`}, {"TRUE", `"00TRUE"`}, {"2002-17", `"2002-17"`}, {"|PKUP", `"0|PKUP"`}},
		},
		{
			it: "a spreadsheet has turned a serial number into powers of ten, and its digits are gone", mapping: "keys", field: "identifier",
			cells: []cellTold{
				{"1.23457E+12", "Excel has changed this number, and digits of it are lost; …"},
				{"1,23457E+12", "Excel has changed this number, …"},
				{"123457E12", `"123457E12"`},
			},
		},
	})
}
