package transforms_test

import (
	"testing"

	"rentalsync/transforms"
)

func BenchmarkSteps(b *testing.B) {
	for name, cell := range map[string]string{"changed": "  gs3216p-123456 ", "unchanged": "GS3216P 123456"} {
		steps := newSteps(b, "trim", "collapse", "upper")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				steps.Apply(cell)
			}
		})
	}
}

func BenchmarkNumber(b *testing.B) {
	for name, cell := range map[string]string{"plain": "004711", "grouped": "12.345,60"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := german.Parse(cell); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDate(b *testing.B) {
	form, berlin := newForm(b, "DD.MM.YYYY"), zone(b, "Europe/Berlin")
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := form.Parse("21.11.2026"); err != nil {
				b.Fatal(err)
			}
		}
	})

	c, err := form.Parse("21.11.2026")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("in its zone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.StartOfDay().In(berlin)
		}
	})
}

// pair is a row of two columns, as cheap as a row can be.
type pair struct{ status, contract string }

func (p *pair) Cell(column string) string {
	if column == "status" {
		return p.status
	}
	return p.contract
}

func BenchmarkFormula(b *testing.B) {
	env := transforms.FormulaEnv{Columns: []string{"status", "contract"}, Number: german}
	rows := []*pair{{" On Hire", "4711"}, {" Off Hire ", "4712"}}
	for name, source := range map[string]string{
		"column":    `status`,
		"joined":    `contract + "/" + status`,
		"condition": `upper(trim(status)) == "ON HIRE" ? "ON_RENT" : "AVAILABLE"`,
		"reckoned":  `number(contract) * 2 > 100 ? "a" : "b"`,
	} {
		formula, err := transforms.CompileFormula(source, env)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := formula.Text(rows[i&1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompileFormula(b *testing.B) {
	env := transforms.FormulaEnv{Columns: []string{"status", "contract"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := transforms.CompileFormula(`upper(trim(status)) == "ON HIRE" ? "ON_RENT" : "AVAILABLE"`, env); err != nil {
			b.Fatal(err)
		}
	}
}
