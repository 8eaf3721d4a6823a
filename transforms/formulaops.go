package transforms

import (
	"regexp/syntax"

	"github.com/expr-lang/expr/ast"
)

// binary analyses an operator with its two sides.
func (a *analysis) binary(node *ast.Node, n *ast.BinaryNode) (kind, *FormulaError) {
	if hint, refused := refusedOperators[n.Operator]; refused {
		return noKind, a.fault(n, hint, "formulas have no %s", n.Operator)
	}
	left, fault := a.visit(&n.Left)
	if fault != nil {
		return noKind, fault
	}
	if n.Operator == "in" {
		return boolKind, a.in(n, left)
	}
	right, fault := a.visit(&n.Right)
	if fault != nil {
		return noKind, fault
	}

	switch n.Operator {
	case "and", "&&", "or", "||":
		return boolKind, a.needBoth(n, boolKind, left, right)
	case "==", "!=":
		return boolKind, a.comparable(n, left, right)
	case "<", ">", "<=", ">=":
		return boolKind, a.ordered(n, left, right)
	case "contains", "startsWith", "endsWith":
		return boolKind, a.needBoth(n, textKind, left, right)
	case "matches":
		return boolKind, a.matches(n, left, right)
	case "+":
		return a.plus(node, n, left, right)
	case "-", "*", "/":
		return numberKind, a.reckon(node, n, left, right)
	}
	return noKind, a.refuse(n)
}

var refusedOperators = map[string]string{
	"..": "write x >= 1 and x <= 9",
	"??": `a cell that says nothing is "", write blank(x) ? "other" : x`,
	"%":  "use + - * /",
	"^":  "use + - * /",
	"**": "use + - * /",
}

func (a *analysis) needBoth(n *ast.BinaryNode, want, left, right kind) *FormulaError {
	if fault := a.need(n.Left, n.Operator, want, left); fault != nil {
		return fault
	}
	return a.need(n.Right, n.Operator, want, right)
}

func (a *analysis) comparable(n *ast.BinaryNode, left, right kind) *FormulaError {
	if left == right {
		return nil
	}
	hint := turnHint(numberKind, textKind)
	if left == dateKind || right == dateKind {
		hint = turnHint(dateKind, textKind)
	}
	if left == boolKind || right == boolKind {
		hint = ""
	}
	return a.fault(n, hint, "%s compares %s with %s", n.Operator, left, right)
}

// ordered refuses to order texts: 9 would come behind 10, and the first of
// December before the second of January of the same year.
func (a *analysis) ordered(n *ast.BinaryNode, left, right kind) *FormulaError {
	if left != right {
		return a.comparable(n, left, right)
	}
	switch left {
	case numberKind, dateKind:
		return nil
	case textKind:
		return a.fault(n, "write number(…) or date(…) around both", "%s would order texts letter by letter", n.Operator)
	}
	return a.fault(n, "compare numbers or dates", "%s cannot order conditions", n.Operator)
}

// in takes a list of values of the same kind as the one that is looked for.
func (a *analysis) in(n *ast.BinaryNode, left kind) *FormulaError {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return a.fault(n, `write status in ["V", "R"], or "abc" contains x`, "in needs a list behind it")
	}
	for i := range list.Nodes {
		got, fault := a.visit(&list.Nodes[i])
		if fault != nil {
			return fault
		}
		if got != left {
			return a.fault(list.Nodes[i], listHint(left, got), "in looks for %s, and this is %s", left, got)
		}
	}
	return nil
}

func listHint(want, got kind) string {
	if want == textKind && got == numberKind {
		return "put it in quotes, or write number(…) around what is looked for"
	}
	return turnHint(want, got)
}

// matches takes a pattern that is known now, so that it is compiled once, and
// bounds it, since its size is what a long cell costs.
func (a *analysis) matches(n *ast.BinaryNode, left, right kind) *FormulaError {
	if fault := a.needBoth(n, textKind, left, right); fault != nil {
		return fault
	}
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok {
		return a.fault(n.Right, "write it in quotes; for columns use contains", "the pattern of matches must be known beforehand")
	}
	parsed, err := syntax.Parse(pattern.Value, syntax.Perl)
	if err != nil {
		return a.fault(pattern, "", "the pattern cannot be read: %v", err)
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return a.fault(pattern, "", "the pattern cannot be compiled: %v", err)
	}
	if a.patterns += len(compiled.Inst); a.patterns > maxPattern {
		return a.fault(pattern, "use fewer repetitions, or contains", "the patterns of the formula are too large")
	}
	return nil
}

// maxPattern bounds the instructions of all patterns of a formula.
const maxPattern = 1000

// plus adds numbers, and joins texts: all texts of a chain at once, which
// saves the texts in between, and in bounds.
func (a *analysis) plus(node *ast.Node, n *ast.BinaryNode, left, right kind) (kind, *FormulaError) {
	if left == numberKind && right == numberKind {
		return numberKind, nil
	}
	if fault := a.plusFault(n, left, right); fault != nil {
		return noKind, fault
	}

	name := a.bind(joinFunction, 0)
	if chain, ok := n.Left.(*ast.CallNode); ok && isCallOf(chain, name) {
		chain.Arguments = append(chain.Arguments, n.Right)
		ast.Patch(node, chain)
		return textKind, nil
	}
	a.replace(node, name, n.Left, n.Right)
	return textKind, nil
}

func (a *analysis) plusFault(n *ast.BinaryNode, left, right kind) *FormulaError {
	switch {
	case left == textKind && right == textKind:
		return nil
	case left == textKind && right == numberKind, left == numberKind && right == textKind:
		return a.fault(n, "write text(…) around the number to join, or number(…) around the text to add",
			"+ stands between %s and %s", left, right)
	case left == dateKind || right == dateKind:
		return a.fault(n, "", "dates can be compared, not reckoned with")
	}
	return a.fault(n, "", "+ stands between %s and %s", left, right)
}

func (a *analysis) reckon(node *ast.Node, n *ast.BinaryNode, left, right kind) *FormulaError {
	if left == dateKind || right == dateKind {
		return a.fault(n, "", "dates can be compared, not reckoned with")
	}
	if fault := a.needBoth(n, numberKind, left, right); fault != nil {
		return fault
	}
	if n.Operator == "/" {
		a.replace(node, a.bind(divideFunction, 2), n.Left, n.Right)
	}
	return nil
}
