package mappings

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// compileFormula compiles a formula and marks the columns it reads. It is nil
// where the formula has a fault.
func (c *compiler) compileFormula(said Text, result transforms.FormulaResult) *transforms.Formula {
	source := strings.TrimPrefix(said.Value, "=")
	formula, err := transforms.CompileFormula(source, transforms.FormulaEnv{
		Columns: c.formulaNames(), Result: result, Tables: c.tables, Number: c.made.number, Dates: c.made.dates,
	})
	if err != nil {
		c.formulaFault(said, len(said.Value)-len(source), err)
		return nil
	}

	for _, name := range formula.Columns() {
		at, _ := c.find(name)
		c.into.columns[at].used = true
	}
	c.noteTables(source)
	return formula
}

// formulaNames are the names by which a formula knows the columns.
func (c *compiler) formulaNames() []string {
	names := c.shortNames()
	for i := range c.into.columns {
		p := &c.into.columns[i]
		for _, header := range p.headers {
			if _, taken := c.into.short[header]; !taken {
				names = append(names, header)
			}
		}
	}
	return names
}

var lookupCall = regexp.MustCompile(`lookup\(\s*["']([^"']+)["']`)

// noteTables marks the code tables that a formula looks into.
func (c *compiler) noteTables(source string) {
	for _, call := range lookupCall.FindAllStringSubmatch(source, -1) {
		c.usedBy[call[1]] = append(c.usedBy[call[1]], "a formula")
	}
}

// formulaFault tells a formula's fault at its place in the YAML file.
func (c *compiler) formulaFault(said Text, skipped int, err error) {
	var bad *transforms.FormulaError
	if !errors.As(err, &bad) {
		c.fault(said.Place, err.Error(), "")
		return
	}
	if said.style == 0 && c.cutByComment(said) {
		c.fault(said.Place, "the formula is cut: what follows # is a comment", quoteWhole)
		return
	}
	c.fault(c.within(said, bad.Line, bad.Column+skipped), bad.What, bad.Hint)
}

// cutByComment reports whether a comment follows a plain value on its line.
func (c *compiler) cutByComment(said Text) bool {
	line := c.doc.line(said.Line)
	at := strings.Index(line, said.Value)
	return at >= 0 && strings.HasPrefix(strings.TrimSpace(line[at+len(said.Value):]), "#")
}

// within gives the place of a character of a text that has lines and columns of
// its own.
func (c *compiler) within(said Text, line, column int) Place {
	if said.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		text := c.doc.line(said.Line + line)
		return Place{said.Line + line, len(text) - len(strings.TrimLeft(text, " ")) + column}
	}
	if line > 1 {
		return said.Place
	}
	switch {
	case said.style&yaml.SingleQuotedStyle != 0:
		before := string([]rune(said.Value)[:min(column-1, utf8.RuneCountInString(said.Value))])
		column += 1 + strings.Count(before, "'")
	case said.style&yaml.DoubleQuotedStyle != 0:
		column++
	}
	return Place{said.Line, said.Column + column - 1}
}

// skips compiles the rules that leave rows out.
func (c *compiler) skips() {
	for _, e := range c.part.Skip {
		c.in("skip", e.Name.Value, func() { c.skip(e) })
	}
}

func (c *compiler) skip(e Entry[Text]) {
	switch e.Name.Value {
	case NoEntity:
		c.fault(e.Name.Place, fmt.Sprintf("reports use the name %q for rows without any entity", NoEntity), "choose another one")
	case HiddenRow:
		c.fault(e.Name.Place, fmt.Sprintf("reports use the name %q for rows that the workbook hides", HiddenRow), "choose another one")
	}
	formula := c.compileFormula(e.Value, transforms.Bool)
	c.needColumns(formula)
	c.into.skips = append(c.into.skips, skipPlan{name: e.Name.Value, when: formula})
}

// needColumns makes the columns of a formula ones that every file must have:
// without them it would decide wrongly about every row.
func (c *compiler) needColumns(formula *transforms.Formula) {
	if formula == nil {
		return
	}
	for _, name := range formula.Columns() {
		at, _ := c.find(name)
		c.need(at)
	}
}
