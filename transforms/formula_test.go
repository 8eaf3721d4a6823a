package transforms_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/transforms"
)

// row is a row of a file, by column.
type row map[string]string

func (r row) Cell(column string) string { return r[column] }

var machine = row{
	"number": "004711", "serial": " gs3216p-123456 ", "status": "V", "contract": "MV-1", "line": "10", "Geräte-Nr.": "G1",
	"begin": "21.11.2026", "due": "31.12.2026", "returned": "", "rate": "1.250,50", "hours": "12.345,6", "date": "a column", "in": "reserved",
}

// machineEnv is the mapping that the formulas of the tests stand in.
func machineEnv(t testing.TB, result transforms.FormulaResult) transforms.FormulaEnv {
	t.Helper()
	return transforms.FormulaEnv{
		Columns: []string{"number", "serial", "status", "contract", "line", "Geräte-Nr.", "begin", "due", "returned", "rate", "hours", "date", "in", "line no"},
		Result:  result,
		Tables:  map[string]transforms.Codes{"status": transforms.NewCodes(map[string]string{"V": "ON_RENT", "F": "AVAILABLE"})},
		Number:  german,
		Dates:   newForm(t, "DD.MM.YYYY"),
	}
}

func TestFormulaGivesText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"texts are joined", `contract + "/" + line`, "MV-1/10"},
		{"joined texts in brackets", `contract + ("/" + (line + "!"))`, "MV-1/10!"},
		{"a constant", `"Cash customer"`, "Cash customer"},
		{"single quotes", `'Cash customer'`, "Cash customer"},
		{"a column whose name is no word", `col("Geräte-Nr.") + "!"`, "G1!"},
		{"a column that is called like an operator", `col("in")`, "reserved"},
		{"a column that is called like a function beside that function", `text(number(number))`, "4711"},
		{"a column that is called like a function alone", `date`, "a column"},
		{"a cell that says nothing", `returned`, ""},
		{"one value or another", `blank(returned) ? "out" : "back"`, "out"},
		{"one value or another in words", `if blank(returned) { "out" } else { "back" }`, "out"},
		{"a code table", `lookup("status", status)`, "ON_RENT"},
		{"a code table with a value for all others", `lookup("status", line, "OTHER")`, "OTHER"},
		{"upper, lower and trim", `upper(trim(serial)) + lower("ÄÖ")`, "GS3216P-123456äö"},
		{"functions in a row", `serial | trim() | upper()`, "GS3216P-123456"},
		{"replace", `replace(contract, "MV-", "")`, "1"},
		{"part counts from 1", `part("310-0450-A", "-", 2)`, "0450"},
		{"part counts from the end, too", `part("310-0450-A", "-", -1)`, "A"},
		{"split is part", `split("310-0450-A", "-", 1)`, "310"},
		{"left", `left(number, 4)`, "0047"},
		{"left of less", `left("ab", 4)`, "ab"},
		{"left of none", `left("ab", 0)`, ""},
		{"right counts characters", `right("Straße", 2)`, "ße"},
		{"right of less", `right("ab", 4)`, "ab"},
		{"right of none", `right("ab", 0)`, ""},
		{"substring counts from 1 and takes both ends", `substring(number, 3, 4)`, "47"},
		{"pad fills with zeros", `pad("4711", 6)`, "004711"},
		{"pad fills with another character", `pad("4711", 6, "*")`, "**4711"},
		{"pad leaves nothing nothing", `pad(returned, 6)`, ""},
		{"length counts characters", `length("Straße")`, "6"},
		{"a number is written canonically", `number(rate)`, "1250.5"},
		{"a whole number", `number(line) * 2`, "20"},
		{"a number without the noise of floats", `0.1 + 0.2`, "0.3"},
		{"a number next to nothing is nothing", `0.1 + 0.2 - 0.3`, "0"},
		{"a negative number", `-number(rate)`, "-1250.5"},
		{"a negative number next to nothing has no sign", `0.3 - 0.1 - 0.2`, "0"},
		{"a large whole number is exact", `number("9007199254740991")`, "9007199254740991"},
		{"rounded", `round(number(rate) / 3, 2)`, "416.83"},
		{"reckoned with brackets", `(1 + 2) * 3 / 4`, "2.25"},
		{"a number within text", `"rate " + text(number(rate) * 2)`, "rate 2501"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := transforms.CompileFormula(tt.source, machineEnv(t, transforms.Text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Text(machine)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.source, got, tt.want)
			}
		})
	}
}

func TestFormulaGivesCondition(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		source string
		want   bool
	}{
		{"texts are equal", `status == "V"`, true},
		{"texts are equal in their case only", `status == "v"`, false},
		{"texts are not equal", `contract != ""`, true},
		{"a text begins with another", `number startsWith "SUMME"`, false},
		{"a text ends with another", `contract endsWith "-1"`, true},
		{"a text contains another", `serial contains "3216"`, true},
		{"a text does not contain another", `serial not contains "3216"`, false},
		{"a text matches a pattern", `number matches "^[0-9]{6}$"`, true},
		{"a value is in a list", `status in ["V", "R"]`, true},
		{"a value is in no list", `status not in ["V", "R"]`, false},
		{"a value is in a list of one", `status in ["V"]`, true},
		{"a value is in an empty list", `status in []`, false},
		{"a number is in a list", `number(line) in [5, 10]`, true},
		{"a column is in a list of columns", `line in [number, line]`, true},
		{"numbers are compared as numbers", `number(rate) > 999`, true},
		{"a number is equal to one written otherwise", `number(number) == 4711.0`, true},
		{"dates are compared as dates", `date(begin) < date(due)`, true},
		{"dates are equal", `date(begin) == date("21.11.2026")`, true},
		{"both", `status == "V" and line == "10"`, true},
		{"one of both", `status == "X" or line == "10"`, true},
		{"not", `not blank(returned)`, false},
		{"not in signs", `!(status == "V" && line == "10") || false`, false},
		{"the second is not asked when the first is enough", `blank(returned) or date(returned) > date(begin)`, true},
		{"a condition compared with one", `(status == "V") == true`, true},
		{"over several lines, with a remark", "status == \"V\" // on rent\n  and line == \"10\"", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := transforms.CompileFormula(tt.source, machineEnv(t, transforms.Bool))
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Bool(machine)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("%s: got %v, want %v", tt.source, got, tt.want)
			}
		})
	}
}

func TestFormulaIsRefusedAtItsPlaceWithItsCure(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"a column of another spelling", `statsu + "x"`, `1:1: unknown column "statsu"; did you mean status?`},
		{"a column of no spelling", `"x" + warehouse`, `1:7: unknown column "warehouse"; name it under columns, or write "warehouse" in quotes if it is a text`},
		{"a column whose name is no word", `Geräte-Nr + "x"`, `1:1: unknown column "Geräte"; did you mean col("Geräte-Nr.")?`},
		{"a column of another spelling by its name", `col("Geräte-Nr")`, `1:1: unknown column "Geräte-Nr"; did you mean col("Geräte-Nr.")?`},
		{"a column whose name has a blank", `line no + "x"`, `1:1: the column name "line no" is no word; write col("line no")`},
		{"a column whose name has a blank, behind an operator", `contract + "/" + line no`, `1:18: the column name "line no" is no word; write col("line no")`},
		{"a column by nothing", `col(status)`, `1:1: col takes the name of one column in quotes; as col("Geräte-Nr.")`},
		{"the engine's own name", `$env`, `1:1: unknown column "$env"`},
		{"a function of another spelling", `uper(status)`, `1:1: unknown function "uper"; did you mean upper(x)?`},
		{"a function of a spreadsheet", `MID(status, 1, 2)`, `1:1: unknown function "MID"; write substring(x, 2, 5), counted from 1`},
		{"a function of the engine that is not offered", `toJSON(status)`, `1:1: unknown function "toJSON"; the functions are blank, col, date, left`},
		{"a function of the engine that is not offered, in its own space", `::upper(status)`, ""},
		{"a function that grows text", `repeat(status, 1000)`, `1:1: unknown function "repeat"`},
		{"a function without its brackets", `upper`, `1:1: unknown column "upper"; it is a function, as upper(x)`},
		{"a column with brackets", `status()`, `1:1: unknown function "status"; it is a column; a column takes no brackets`},
		{"the clock", `now()`, `1:1: unknown function "now"; formulas know no clock, so that a file gives the same result every day`},
		{"too few values", `pad(number)`, `1:1: pad does not take 1 value; write pad(x, 6) or pad(x, 6, "0")`},
		{"too many values", `upper(number, 1)`, `1:1: upper does not take 2 values; write upper(x)`},
		{"a text where a number belongs", `left(number, line)`, `1:14: left takes a number, and this is a text; write number(…) around it`},
		{"a number where a text belongs", `upper(5)`, `1:7: upper takes a text, and this is a number; write text(…) around it`},
		{"a text and a number", `contract + 5`, `1:10: + stands between a text and a number; write text(…) around the number to join, or number(…) around the text to add`},
		{"a text compared with a number", `line == 5 ? "a" : "b"`, `1:6: == compares a text with a number; write number(…) around it`},
		{"a text compared with a date", `date(begin) < due ? "a" : "b"`, `1:13: < compares a date with a text; write date(…) around it`},
		{"texts that are ordered", `rate > hours ? "a" : "b"`, `1:6: > would order texts letter by letter; write number(…) or date(…) around both`},
		{"conditions that are ordered", `blank(rate) > blank(hours) ? "a" : "b"`, `1:13: > cannot order conditions`},
		{"a text as a condition", `status and line ? "a" : "b"`, `1:1: and takes a condition, and this is a text; compare it, as … != ""`},
		{"a text negated", `not status ? "a" : "b"`, `1:5: not takes a condition, and this is a text`},
		{"a text before a question mark", `status ? "a" : "b"`, `1:1: ? takes a condition, and this is a text`},
		{"two kinds of result", `blank(status) ? "a" : 1`, `1:23: one side of ? : is a text, the other is a number; write text(…) around it`},
		{"dates to reckon with", `date(due) - date(begin)`, `1:11: dates can be compared, not reckoned with`},
		{"dates to multiply", `date(due) * 2`, `1:11: dates can be compared, not reckoned with`},
		{"a date to join", `date(due) + "x"`, `1:11: dates can be compared, not reckoned with`},
		{"a condition to join", `blank(due) + "x"`, `1:12: + stands between a condition and a text`},
		{"a text to negate", `-rate`, `1:2: - takes a number, and this is a text; write number(…) around it`},
		{"a date where a text belongs", `upper(date(due))`, `1:7: upper takes a text, and this is a date`},
		{"a condition compared with a text", `blank(due) == "x" ? "a" : "b"`, `1:12: == compares a condition with a text`},
		{"a date as a result", `date(due)`, `1:1: a text or a number is needed here, and the formula gives a date; remove date(…): a field that is a date reads its text by itself`},
		{"a condition as a result", `status == "V"`, `1:8: a text is needed here, and the formula gives a condition; say what to write: … ? "yes" : "no"`},
		{"an unknown code table", `lookup("sttus", status)`, `1:8: unknown code table "sttus"; did you mean "status"?`},
		{"a code table of no spelling", `lookup("warehouse", status)`, `1:8: unknown code table "warehouse"; the tables are status`},
		{"a code table that is not in quotes", `lookup(status, status)`, `1:8: the table of lookup must be known beforehand; write its name in quotes, as lookup("status", x)`},
		{"a list of the wrong kind", `line in [5, 10] ? "a" : "b"`, `1:10: in looks for a text, and this is a number; put it in quotes`},
		{"a list that is a text", `line in "5, 10" ? "a" : "b"`, `1:6: in needs a list behind it; write status in ["V", "R"], or "abc" contains x`},
		{"a list alone", `["V"]`, `1:1: a list can stand behind in only`},
		{"a table", `{"V": "x"}`, `1:1: a table cannot stand in a formula; put it under codes`},
		{"nil", `status == nil ? "a" : "b"`, `1:11: there is no nil; a cell that says nothing is "", ask blank(x)`},
		{"nothing or else", `status ?? "a"`, `1:8: formulas have no ??; a cell that says nothing is "", write blank(x) ? "other" : x`},
		{"a loop", `any(["a"], status startsWith #) ? "a" : "b"`, `1:1: any is a loop, and formulas have none; say each case`},
		{"a loop in a loop", `sum(1..300, sum(1..300, #))`, `1:1: sum is a loop, and formulas have none`},
		{"a range", `number(line) in 1..300 ? "a" : "b"`, `1:14: in needs a list behind it`},
		{"a range alone", `1..300`, `1:2: formulas have no ..; write x >= 1 and x <= 9`},
		{"a variable", `let x = status; x + x`, `1:5: a formula is one expression, without let and semicolons`},
		{"a chained comparison", `1 < 2 < 3 ? "a" : "b"`, `1:5: a value cannot serve two comparisons; write a < b and b < c`},
		{"a value for itself", `blank(status) ?: "b"`, `1:1: a value cannot serve two comparisons`},
		{"a text cut with brackets", `status[0:1]`, `1:7: a text is not cut with brackets; write substring(x, 1, 3)`},
		{"a letter of a text", `status[0]`, `1:7: a value has no parts behind a dot or in brackets; write col("…")`},
		{"a dot", `customer.name`, `1:10: a value has no parts behind a dot or in brackets; write col("…") for a column whose name has a dot`},
		{"a function behind a dot", `status.upper()`, `1:8: a value has no functions of its own; write upper(x)`},
		{"bytes", `b"abc"`, `1:1: this cannot stand in a formula`},
		{"one equals sign", `status = "V" ? "a" : "b"`, `1:8: "=" cannot stand here; write == for "equal"`},
		{"an operator misspelled", `contract startWith "A" ? "a" : "b"`, `1:10: "startWith" cannot stand here; did you mean startsWith?`},
		{"an operator in capitals", `status == "V" AND line == "1" ? "a" : "b"`, `1:15: "AND" cannot stand here; did you mean and?`},
		{"an operator of two words", `contract begins with "A" ? "a" : "b"`, `1:10: "begins" cannot stand here; did you mean startsWith?`},
		{"an operator of a database", `contract LIKE "A" ? "a" : "b"`, `1:10: "LIKE" cannot stand here; did you mean matches?`},
		{"an operator nobody knows", `contract resembles "A" ? "a" : "b"`, `1:10: "resembles" cannot stand here; an operator is missing before it, one of == != < <= > >= + - * / and or in contains startsWith endsWith matches`},
		{"no operator", `contract "A" ? "a" : "b"`, `1:10: "A" cannot stand here; an operator is missing before it, one of == !=`},
		{"angle brackets", `status <> "V" ? "a" : "b"`, `1:9: ">" cannot stand here; write != for "not equal"`},
		{"the ampersand of a spreadsheet", `contract & line`, `1:10: "&" cannot stand here; write + to join texts, and for conditions`},
		{"the semicolons of a spreadsheet", `pad(number; 6)`, `1:11: ";" cannot stand here; values are separated by commas`},
		{"an operator called like a function", `contains(status, "V")`, `1:1: "contains" cannot stand here; it stands between two texts, as name contains "GmbH"`},
		{"typographic quotes", `status + “x”`, `1:10: "“" is no character of formulas; write plain quotes: "text"`},
		{"a sign that is no part of any language", `rate + §`, `1:8: "§" is no character of formulas; put text in quotes; write col("…") for a column whose name is no word`},
		{"a quote that is not closed", `status + "x`, `1:12: a quoted text is not closed; put a " behind it`},
		{"a bracket that is not closed", `upper(status`, `1:12: the formula ends too early; something is missing behind its last word; is a bracket still open?`},
		{"a pattern that is none", `status matches "(" ? "a" : "b"`, `1:16: the pattern cannot be read: error parsing regexp: missing closing )`},
		{"a pattern that a row would say", `status matches line ? "a" : "b"`, `1:16: the pattern of matches must be known beforehand; write it in quotes; for columns use contains`},
		{"a pattern that is too large", `status matches "((x{10}){10}){10}" ? "a" : status matches "x{900}" ? "b" : "c"`, `1:16: the patterns of the formula are too large`},
		{"a fault on the second line", "contract +\n  \"/\" + contrcat", `2:9: unknown column "contrcat"; did you mean contract?`},
		{"nothing", " ", `1:1: the formula is empty; write an expression, as contract + "/" + line`},
		{"a source that is too long", `"` + strings.Repeat("x", 2000) + `"`, `1:2001: the formula has 2002 characters, 2000 are the most`},
		{"a source of too many parts", strings.Repeat("!", 1200) + "true", `1:1204: the formula has more than 1000 parts`},
		{"a source that is no UTF-8", "\"\xff\"", `1:2: the formula is not valid UTF-8; save the file as UTF-8`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := transforms.CompileFormula(tt.source, machineEnv(t, transforms.Text))
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var fault *transforms.FormulaError
			if !errors.As(err, &fault) {
				t.Fatalf("%s: got %v, want a formula error", tt.source, err)
			}
			if want := "formula " + tt.want; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestConditionIsRefusedWhereItIsNone(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`status`:       `formula 1:1: a condition is needed here, and the formula gives a text; compare it, as … != ""`,
		`number(rate)`: `formula 1:1: a condition is needed here, and the formula gives a number; compare it, as … > 0`,
		`date(begin)`:  `formula 1:1: a condition is needed here, and the formula gives a date; compare it`,
	} {
		if _, err := transforms.CompileFormula(source, machineEnv(t, transforms.Bool)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
}

func TestFormulaNeedsWhatTheMappingDeclares(t *testing.T) {
	t.Parallel()
	env := transforms.FormulaEnv{Columns: []string{"begin"}, Result: transforms.Bool}
	for source, want := range map[string]string{
		`date(begin) == date(begin)`:  `formula 1:1: date cannot read a cell, the file declares no form of dates; name the form under dates, as DD.MM.YYYY`,
		`lookup("status", begin)==""`: `formula 1:8: unknown code table "status", the mapping has none; write the table under codes`,
	} {
		if _, err := transforms.CompileFormula(source, env); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
}

func TestEvaluationFailsWithFunctionAndValue(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"a text that is no number", `"x" + text(number(contract))`, `formula 1:12: number(x): number "MV-1": does not fit its declared form (decimal ",", thousands "."): "M" is no digit`},
		{"nothing that is no number", `number(returned)`, `formula 1:1: number(x): the cell is blank, ask blank(x) first`},
		{"nothing that is no date", `date(returned) < date(begin) ? "a" : "b"`, `formula 1:1: date(x): the cell is blank, ask blank(x) first`},
		{"a text that is no date", `date(contract) < date(begin) ? "a" : "b"`, `formula 1:1: date(x): date "MV-1": does not fit DD.MM.YYYY: DD takes 2 digits, found "MV-1"`},
		{"a code that is unknown", `lookup("status", line)`, `formula 1:1: lookup("status", x): unknown code "10", the table knows F, V`},
		{"a code that is near", `lookup("status", lower(status))`, `formula 1:1: lookup("status", x): unknown code "v", the table has "V"`},
		{"a division by zero", `number(rate) / 0`, `formula 1:14: /: 1250.5 cannot be divided by 0`},
		{"half a character", `left(number, 1.5)`, `formula 1:1: left(x, n): 1.5 is not a whole number from 0 on`},
		{"characters less than none", `right(number, -1)`, `formula 1:1: right(x, n): -1 is not a whole number from 0 on`},
		{"a substring that ends before it begins", `substring(number, 3, 2)`, `formula 1:1: substring(x, from, to): the characters 3 to 2 are none, they are counted from 1`},
		{"a part 0", `part(number, "-", 0)`, `formula 1:1: part(x, by, n): there is no part 0 by "-", 1 is the first and -1 the last`},
		{"replacing nothing", `replace(number, returned, "x")`, `formula 1:1: replace(x, from, to): from is blank, name the text to replace`},
		{"padding with two characters", `pad(number, 9, "ab")`, `formula 1:1: pad(x, n, with): it pads up to 1000 characters with one character, not to 9 with "ab"`},
		{"more places than there are", `round(number(rate), 99)`, `formula 1:1: round(n, places): 99 places are more than 10`},
		{"a text that outgrows its limit", growing, `formula 1:137: replace(x, from, to): the text grows beyond 65536 characters`},
		{"a number that outgrows all numbers", `number("` + strings.Repeat("9", 40) + `") * 1000`, `formula 1:1: the result is no number that can be written`},
		{"a number that outgrows all numbers within text", `text(number("` + strings.Repeat("9", 40) + `") * 1000)`, `formula 1:1: text(n): `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := transforms.CompileFormula(tt.source, machineEnv(t, transforms.Text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Text(machine)
			if err == nil {
				t.Fatalf("%s gives %q", tt.source, got)
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

// growing would make 100^20 characters out of one.
var growing = strings.Repeat("replace(", 20) + `"a"` + strings.Repeat(`, "a", "`+strings.Repeat("a", 50)+`")`, 20)

// Each of these took exponential time or memory somewhere within the engine.
func TestFormulaThatWouldNeverEndIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	sources := map[string]string{
		"comparisons chained within each other": strings.Repeat("(1 < ", 120) + "1" + strings.Repeat(" < 2)", 120),
		"calls with one value too few":          strings.Repeat("pad(", 150) + "status" + strings.Repeat(", 1)", 149),
		"calls of one of two kinds":             strings.Repeat("pad(", 150) + "status" + strings.Repeat(`, 1, "0")`, 150),
		"a variable that doubles":               strings.Repeat("let a = status + status; ", 60) + "a",
		"values for themselves":                 strings.Repeat("(", 300) + "true" + strings.Repeat(" ?: true)", 150),
		"brackets":                              strings.Repeat("(", 990) + "status" + strings.Repeat(")", 990),
		"growing text":                          growing,
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan struct{})
			go func() {
				defer close(done)
				if f, err := transforms.CompileFormula(source, machineEnv(t, transforms.Text)); err == nil {
					_, _ = f.Text(machine)
				}
			}()
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Fatal("it does not end")
			}
		})
	}
}

func TestFormulaListsItsColumns(t *testing.T) {
	t.Parallel()
	f, err := transforms.CompileFormula(`status == "V" ? col("Geräte-Nr.") + number : status + line`, machineEnv(t, transforms.Text))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"status", "Geräte-Nr.", "number", "line"}
	if diff := cmp.Diff(want, f.Columns()); diff != "" {
		t.Error(diff)
	}
	f.Columns()[0] = "changed"
	if diff := cmp.Diff(want, f.Columns()); diff != "" {
		t.Error(diff)
	}
}

func TestFormulaForgetsTheRowBefore(t *testing.T) {
	t.Parallel()
	f, err := transforms.CompileFormula(`contract + "/" + line`, machineEnv(t, transforms.Text))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a/1", "a/2", "/2", "/", "b/"} {
		contract, line, _ := strings.Cut(want, "/")
		got, err := f.Text(row{"contract": contract, "line": line})
		if err != nil || got != want {
			t.Errorf("got %q and error %v, want %q", got, err, want)
		}
	}
}

func TestFormulaGoesOnAfterAnError(t *testing.T) {
	t.Parallel()
	f, err := transforms.CompileFormula(`number(rate)`, machineEnv(t, transforms.Text))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := f.Text(row{"rate": "x"}); err == nil {
			t.Fatal("x is read as a number")
		}
		if got, err := f.Text(row{"rate": "1,50"}); err != nil || got != "1.5" {
			t.Fatalf("got %q and error %v", got, err)
		}
	}
}

func TestFormulaMayBeSharedByGoroutines(t *testing.T) {
	t.Parallel()
	f, err := transforms.CompileFormula(`upper(contract) + "/" + line`, machineEnv(t, transforms.Text))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 200 {
				want := fmt.Sprintf("MV%d/%d", g, i)
				if got, err := f.Text(row{"contract": fmt.Sprintf("mv%d", g), "line": fmt.Sprint(i)}); err != nil || got != want {
					t.Errorf("got %q and error %v, want %q", got, err, want)
				}
			}
		})
	}
	group.Wait()
}

func TestFormulaIsAskedForWhatItGives(t *testing.T) {
	t.Parallel()
	condition, err := transforms.CompileFormula(`blank(status)`, machineEnv(t, transforms.Bool))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := condition.Text(machine); err == nil {
		t.Error("a condition gave a text")
	}
	text, err := transforms.CompileFormula(`status`, machineEnv(t, transforms.Text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := text.Bool(machine); err == nil {
		t.Error("a text gave a condition")
	}
}

func TestFunctionsAreListedWithTheirUse(t *testing.T) {
	t.Parallel()
	names := transforms.FunctionNames()
	if !slices.IsSorted(names) || !slices.Contains(names, "lookup") || !slices.Contains(names, "col") {
		t.Errorf("got %v", names)
	}
	for _, name := range names {
		if usage := transforms.FunctionUsage(name); !strings.Contains(usage, name+"(") {
			t.Errorf("%s: got %q", name, usage)
		}
	}
	if got := transforms.FunctionUsage("repeat"); got != "" {
		t.Errorf("got %q", got)
	}
}
