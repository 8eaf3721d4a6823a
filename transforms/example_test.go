package transforms_test

import (
	"fmt"
	"time"

	"rentalsync/transforms"
)

// An equipment number is formed once, in the order the mapping says.
func ExampleSteps() {
	var steps transforms.Steps
	for _, s := range []struct {
		name string
		arg  any
	}{{"trim", nil}, {"removeChars", "-"}, {"pad", 6}} {
		step, err := transforms.NewStep(s.name, s.arg)
		if err != nil {
			fmt.Println(err)
			return
		}
		steps = append(steps, step)
	}

	fmt.Println(steps.Apply(" 47-11 "))
	// Output: 004711
}

// A number in another form than the declared one is an error, never a guess.
func ExampleNumberFormat_Parse() {
	german := transforms.NumberFormat{Decimal: ",", Thousands: "."}
	fmt.Println(german.Parse("1.250,00"))
	fmt.Println(german.Parse("1,234.50"))
	// Output:
	// 1250 <nil>
	//  number "1,234.50": does not fit its declared form (decimal ",", thousands "."): "." is no digit of it, its marks stand the other way round; check decimal and thousands
}

// The Julian dates of JD Edwards are a form like any other.
func ExampleParseDateForm() {
	form, err := transforms.ParseDateForm("CYYDDD")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(form.Parse("126325"))

	_, err = transforms.ParseDateForm("dd.MM.yyyy")
	fmt.Println(err)
	// Output:
	// 2026-11-21 <nil>
	// date form "dd.MM.yyyy": "dd" is no token, did you mean "DD"?; forms are made of DD D MM M YYYY YY DDD CYY HH hh mm ss AM
}

// A rental that begins while the clocks jump begins when they have jumped.
func ExampleCivil_In() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	begin := transforms.Civil{Year: 2026, Month: time.March, Day: 29, Hour: 2, Minute: 30, HasTime: true}
	fmt.Println(begin.In(berlin))
	// Output: 2026-03-29 03:00:00 +0200 CEST gap
}

// A code that misses the table by its case is unknown, but a hint can say so.
func ExampleCodes() {
	codes := transforms.NewCodes(map[string]string{"V": "ON_RENT", "F": "AVAILABLE"})
	fmt.Println(codes.Lookup("V"))
	fmt.Println(codes.Lookup("v"))
	fmt.Println(codes.Near("v"))
	// Output:
	// ON_RENT true
	//  false
	// V true
}

// A header is the same however its case, its accents and its blanks change.
func ExampleFold() {
	fmt.Println(transforms.Fold("Rückgabe Datum") == transforms.Fold("RUCKGABEDATUM"))
	fmt.Println(transforms.Nearest("seirennr", []string{"Seriennr", "Kundennr"}))
	// Output:
	// true
	// Seriennr true
}

// A formula knows columns, tables and forms by its environment.
func ExampleCompileFormula() {
	env := transforms.FormulaEnv{Columns: []string{"contract", "line"}}
	formula, err := transforms.CompileFormula(`contract + "/" + pad(line, 3)`, env)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(formula.Text(row{"contract": "MV-1", "line": "10"}))

	_, err = transforms.CompileFormula(`contract + "/" + lnie`, env)
	fmt.Println(err)
	// Output:
	// MV-1/010 <nil>
	// formula 1:18: unknown column "lnie"; did you mean line?
}
