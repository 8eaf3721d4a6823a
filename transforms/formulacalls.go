package transforms

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// call analyses the call of a function.
func (a *analysis) call(node *ast.Node, n *ast.CallNode) (kind, *FormulaError) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return noKind, a.fault(n, "write upper(x)", "a value has no functions of its own")
	}
	if callee.Value == "col" {
		return a.columnByName(node, n)
	}
	fn, fault := a.function(callee, len(n.Arguments))
	if fault != nil {
		return noKind, fault
	}

	for i, want := range fn.takes {
		got, fault := a.visit(&n.Arguments[i])
		if fault != nil {
			return noKind, fault
		}
		if fault := a.need(n.Arguments[i], fn.name, want, got); fault != nil {
			return noKind, fault
		}
	}
	if fault := a.possible(n, fn); fault != nil {
		return noKind, fault
	}
	a.replace(node, a.bind(fn, len(n.Arguments)), n.Arguments...)
	return fn.gives, nil
}

// function finds the function of a name that takes n values.
func (a *analysis) function(callee *ast.IdentifierNode, n int) (function, *FormulaError) {
	name := callee.Value
	var usage string
	for _, fn := range functions {
		if fn.name == name && len(fn.takes) == n {
			return fn, nil
		}
		if fn.name == name {
			usage = fn.usage
		}
	}
	if usage != "" {
		return function{}, a.fault(callee, "write "+usage, "%s does not take %s", name, counted(n, "value"))
	}
	return function{}, a.fault(callee, a.functionHint(name), "unknown function %q", name)
}

func (a *analysis) functionHint(name string) string {
	if hint, ok := foreignFunctions[strings.ToLower(name)]; ok {
		return hint
	}
	if meant, ok := Nearest(name, FunctionNames()); ok {
		return fmt.Sprintf("did you mean %s?", FunctionUsage(meant))
	}
	if slices.Contains(a.env.Columns, name) {
		return "it is a column; a column takes no brackets"
	}
	return "the functions are " + strings.Join(FunctionNames(), ", ")
}

// possible tells whether a function has what it needs of the mapping.
func (a *analysis) possible(n *ast.CallNode, fn function) *FormulaError {
	switch {
	case fn.name == "date" && a.env.Dates.text == "":
		return a.fault(n, "name the form under dates, as DD.MM.YYYY", "date cannot read a cell, the file declares no form of dates")
	case fn.name == "lookup":
		return a.table(n.Arguments[0])
	}
	return nil
}

// table tells whether lookup names a table that is there.
func (a *analysis) table(node ast.Node) *FormulaError {
	names := slices.Sorted(maps.Keys(a.env.Tables))
	name, ok := node.(*ast.StringNode)
	if !ok {
		return a.fault(node, `write its name in quotes, as lookup("status", x)`, "the table of lookup must be known beforehand")
	}
	if slices.Contains(names, name.Value) {
		return nil
	}
	if meant, ok := Nearest(name.Value, names); ok {
		return a.fault(node, fmt.Sprintf("did you mean %q?", meant), "unknown code table %q", name.Value)
	}
	if len(names) == 0 {
		return a.fault(node, "write the table under codes", "unknown code table %q, the mapping has none", name.Value)
	}
	return a.fault(node, "the tables are "+strings.Join(names, ", "), "unknown code table %q", name.Value)
}

// columnByName turns col("Geräte-Nr.") into the column.
func (a *analysis) columnByName(node *ast.Node, n *ast.CallNode) (kind, *FormulaError) {
	if len(n.Arguments) == 1 {
		if name, ok := n.Arguments[0].(*ast.StringNode); ok {
			return a.column(node, name.Value)
		}
	}
	return noKind, a.fault(n, `as col("Geräte-Nr.")`, "col takes the name of one column in quotes")
}

// replace puts the call of a bound function in the place of a node.
func (a *analysis) replace(node *ast.Node, name string, arguments ...ast.Node) {
	callee := &ast.IdentifierNode{Value: name}
	callee.SetLocation((*node).Location())
	ast.Patch(node, &ast.CallNode{Callee: callee, Arguments: arguments})
	a.seen[*node] = true
}

func isCallOf(call *ast.CallNode, name string) bool {
	callee, ok := call.Callee.(*ast.IdentifierNode)
	return ok && callee.Value == name
}
